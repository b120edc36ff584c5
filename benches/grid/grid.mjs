// What the grid costs in a browser, beside an idle page and a bare canvas in the same run.
//
//   grid.mjs BINARY [--rows 1000000] [--ten] [--runs 5]
//
// One line a figure: name · value · denominator · ratio · must · ok|SHORT. It fails when a must is missed.
// --ten looks at ten million rows as well.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { chromium } from 'playwright-core';

import { serve } from '../../tools/serve.mjs';
import { judge, line, median } from '../line.mjs';
import { drag, rest, watched, wheel } from './frames.mjs';
import { blankWhileWheeling, inputToPaint, memory, paintedAfterRest } from './page.mjs';
import { filledSheet } from './people.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: 'string', default: '1000000' }, runs: { type: 'string', default: '5' }, ten: { type: 'boolean', default: false } },
});
const [binary] = positionals;
const [rows, runs] = [Number(values.rows), Number(values.runs)];
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--enable-precise-memory-info', '--js-flags=--expose-gc'];
const floor = (columns) => new URL(`floor.html?rows=${rows}&columns=${columns}`, import.meta.url).href;

/** Opens an address in a browser of its own. */
async function opened(address, act) {
  const folder = mkdtempSync(join(tmpdir(), 'inlet-browser-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: process.env.INLET_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport: { width: 1280, height: 800 },
    args: flags,
  });
  try {
    const page = await context.newPage();
    await page.goto(address, { waitUntil: 'load' });
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable');
    await page.waitForTimeout(1500);
    await page.mouse.move(500, 400);
    return await act(page, session);
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const scrolled = (scroller) => async (page, session) => ({
  idle: await watched(page, session, () => rest(page)),
  wheel: await watched(page, session, () => wheel(page)),
  drag: await watched(page, session, () => drag(page, scroller)),
});

async function compared(address, columns) {
  const [bare, ours] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    bare.push(await opened(floor(columns), scrolled('#scroller')));
    ours.push(await opened(address, scrolled('.grid-scroller')));
  }
  const name = `${rows} × ${columns}`;
  const of = (list, way, what) => median(list.map((run) => run[way][what]));
  line(`${name}, frames a second of an idle page`, of(ours, 'idle', 'rate'), of(bare, 'idle', 'rate'), '-', () => true);
  for (const way of ['wheel', 'drag']) {
    line(`${name}, ${way}: frames a second`, of(ours, way, 'rate'), of(bare, way, 'rate'), '≥ 0.97', (ratio) => ratio >= 0.97);
    const [long, bareLong] = [of(ours, way, 'long'), of(bare, way, 'long')];
    line(`${name}, ${way}: share of long frames above the canvas's`, long - bareLong, null, '≤ 0.03', (share) => share <= 0.03);
    line(`${name}, ${way}: seconds of the main thread`, of(ours, way, 'main'), of(bare, way, 'main'), '≤ 2', (ratio) => ratio <= 2);
  }
}

// Ten million rows are a larger file than a server takes by default.
const server = await serve(binary, { flags: ['--max-file', '8GiB'] });
try {
  const narrow = await filledSheet(server, rows, 20);
  await compared(narrow, 20);
  const html = await (await fetch(narrow, { headers: { accept: 'text/html' } })).text();
  line('rows in the HTML, before any script', html.split('<tr').length - 2, null, '≥ 20', (count) => count >= 20);
  await opened(narrow, async (page) => {
    line('blank cells while wheeling', await blankWhileWheeling(page, wheel), null, '≤ 0.05', (share) => share <= 0.05);
    line('a page is painted after the thumb rests, p50 ms', await paintedAfterRest(page), null, '≤ 60', (wait) => wait <= 60);
  });
  await opened(narrow, async (page) => {
    for (const [name, wait] of Object.entries(await inputToPaint(page))) {
      line(`input to paint, ${name}, p99 ms`, wait, null, '≤ 50', (value) => value <= 50);
    }
  });
  const atOne = await opened(narrow, async (page) => (await drag(page, '.grid-scroller'), memory(page)));
  line(`memory of the browser at ${rows} rows, MB`, atOne, null, '≤ 40', (size) => size <= 40);
  if (values.ten) {
    const atTen = await opened(await filledSheet(server, rows * 10, 20), async (page) => (await drag(page, '.grid-scroller'), memory(page)));
    line(`memory of the browser at ${rows * 10} rows, MB`, atTen, atOne, '≤ 1.05', (ratio) => ratio <= 1.05);
  }
  await compared(await filledSheet(server, rows, 100), 100);
} finally {
  await server.stop();
}
judge();
