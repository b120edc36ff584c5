// What a page does while it is scrolled: frames, and seconds of its main thread.

/** How long each test scrolls. */
export const SECONDS = 5;
/** A frame that takes longer is a long one. */
const LONG = 25;

/** Runs in the page: notes how long each frame takes until `window.noted` is asked for. */
function note() {
  window.noted = [];
  window.noting = true;
  let last = 0;
  const frame = (now) => {
    if (last) window.noted.push(now - last);
    last = now;
    if (window.noting) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** Does something while frames are noted; the frame rate, the share of long frames, seconds of the main thread. */
export async function watched(page, session, act) {
  const busy = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value;
  };
  const before = await busy();
  await page.evaluate(note);
  await act();
  const frames = await page.evaluate(() => {
    window.noting = false;
    return window.noted;
  });
  const seconds = frames.reduce((sum, frame) => sum + frame, 0) / 1000;
  return {
    rate: frames.length / seconds,
    long: frames.filter((frame) => frame > LONG).length / frames.length,
    main: (await busy()) - before,
  };
}

/** Nothing: what the machine can do. */
export const rest = (page) => page.waitForTimeout(1000);

/** The wheel, turned as fast as the page takes it. */
export async function wheel(page) {
  const end = Date.now() + SECONDS * 1000;
  while (Date.now() < end) {
    await page.mouse.wheel(0, 400);
    await page.waitForTimeout(16);
  }
}

/** The thumb, from the first row to the last and back. */
export const drag = (page, scroller) =>
  page.evaluate(
    ([selector, seconds]) =>
      new Promise((done) => {
        const element = document.querySelector(selector);
        const range = element.scrollHeight - element.clientHeight;
        let begin = 0;
        const step = (now) => {
          begin ||= now;
          const part = (now - begin) / 1000 / seconds;
          if (part >= 1) return done();
          element.scrollTop = range * (0.5 - 0.5 * Math.cos(part * Math.PI * 2));
          requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
    [scroller, SECONDS],
  );
