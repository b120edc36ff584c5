// Figures of the grid's page alone.

const SAMPLES = 400;
/** Nobody waits longer for a page, in milliseconds. */
const LONGEST = 2000;

/** Runs in the page: counts what the canvas draws in each frame; a bar in place of a text is a blank cell. */
function countDrawing() {
  window.drawn = { texts: 0, blanks: 0 };
  const pen = CanvasRenderingContext2D.prototype;
  for (const [name, kind] of [['fillText', 'texts'], ['roundRect', 'blanks']]) {
    const original = pen[name];
    pen[name] = function (...given) {
      window.drawn[kind] += 1;
      return original.apply(this, given);
    };
  }
}

const drawn = (page) => page.evaluate(() => window.drawn);

/** The share of cells that were painted without their text while the wheel turned. */
export async function blankWhileWheeling(page, wheel) {
  await page.evaluate(countDrawing);
  await wheel(page);
  const { texts, blanks } = await drawn(page);
  return blanks / Math.max(texts + blanks, 1);
}

/** How long after the thumb was put somewhere the rows there are painted: the median of many places. */
export async function paintedAfterRest(page) {
  const waits = [];
  for (let place = 1; place <= 40; place += 1) {
    const wait = await page.evaluate(
      ([part, longest]) =>
        new Promise((done) => {
          const scroller = document.querySelector('.grid-scroller');
          scroller.scrollTop = (scroller.scrollHeight - scroller.clientHeight) * part;
          const begin = performance.now();
          let last = { ...window.drawn };
          const frame = () => {
            const now = { ...window.drawn };
            // The frame of the active cell is a rounded one, too.
            const painted = now.texts - last.texts > 20 * (now.blanks - last.blanks);
            const wait = performance.now() - begin;
            if (painted || wait > longest) return done(wait);
            last = now;
            requestAnimationFrame(frame);
          };
          requestAnimationFrame(frame);
        }),
      [(place * 0.618) % 1, LONGEST],
    );
    waits.push(wait);
    await page.waitForTimeout(150);
  }
  return waits.sort((one, other) => one - other)[Math.floor(waits.length / 2)];
}

/** From a key or press to the next frame, the slowest in a hundred, as the browser itself tells it. */
export async function inputToPaint(page) {
  await page.evaluate(() => {
    window.waits = [];
    new PerformanceObserver((list) => window.waits.push(...list.getEntries().map(({ name, duration }) => [name, duration]))).observe({ type: 'event', durationThreshold: 16, buffered: false });
  });
  const slowest = async (names, act) => {
    await page.evaluate(() => (window.waits.length = 0));
    for (let time = 0; time < SAMPLES; time += 1) {
      await act(time);
      await page.waitForTimeout(20);
    }
    await page.waitForTimeout(200);
    const waits = await page.evaluate(() => window.waits);
    // The browser tells only of those that take longer than a frame.
    const slow = waits.filter(([name]) => names.includes(name)).map(([, wait]) => wait).sort((one, other) => other - one);
    return slow[Math.floor(SAMPLES / 100)] ?? 16;
  };
  await page.mouse.click(400, 400);
  const arrows = await slowest(['keydown'], (time) => page.keyboard.press(['ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowLeft'][time % 4]));
  const selection = await slowest(['keydown'], (time) => page.keyboard.press(time % 8 < 4 ? 'Shift+ArrowDown' : 'Shift+ArrowUp'));
  await page.keyboard.press('F2');
  const typing = await slowest(['keydown', 'input', 'keypress'], () => page.keyboard.press('a'));
  await page.keyboard.press('Escape');
  return { arrows, selection, typing };
}

/** What the page holds: objects of the script and the memory of the WebAssembly, in MB. */
export const memory = (page) =>
  page.evaluate(async () => {
    globalThis.gc?.();
    const module = await import('/pkg/inlet.js');
    const { memory } = module.initSync();
    return (performance.memory.usedJSHeapSize + memory.buffer.byteLength) / 1e6;
  });
