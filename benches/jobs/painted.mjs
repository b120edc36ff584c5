// From a change of a job to the frame in which the page of a space shows it.
import { chromium } from 'playwright-core';

import { line, median, quantile } from '../line.mjs';
import { desk, listenersJob, pause } from './desk.mjs';

/** Jobs, and how often each says how far it is before it ends. */
const JOBS = 40;
const STEPS = 9;
/** Between two changes, in milliseconds: longer than the time in which a server tells of a job once. */
const BETWEEN = 150;
/** Nobody waits longer for a change. */
const LONGEST = 10_000;
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Runs in the page: notes when each text of the form `mark-7` is painted for the first time. */
function noteMarks() {
  window.marks = {};
  const look = () => {
    const shown = (document.body.innerText.match(/mark-\d+/g) ?? []).filter((mark) => !(mark in window.marks));
    for (const mark of shown) window.marks[mark] = 0;
    // What was changed before a frame is painted when its callbacks have run and a task comes after it.
    if (shown.length) requestAnimationFrame(() => setTimeout(() => shown.forEach((mark) => (window.marks[mark] = Date.now()))));
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
}

/** The milliseconds from each change to the frame that shows it. */
async function waits(page, at) {
  const asked = [];
  const change = async (act) => {
    const mark = `mark-${asked.length}`;
    asked.push([mark, Date.now()]);
    const done = await act(mark);
    await pause(BETWEEN + 50 * Math.random());
    return done;
  };
  for (let job = 0; job < JOBS; job += 1) {
    const id = await change((mark) => listenersJob(at, mark));
    for (let step = 1; step < STEPS; step += 1) {
      await change((info) => at.call('POST', `/jobs/${id}/ack`, { info, progress: step * 10 }));
    }
    await change((message) => at.call('POST', `/jobs/${id}/complete`, { outcome: { message } }));
  }
  await page.waitForFunction((marks) => marks.every((mark) => window.marks[mark]), asked.map(([mark]) => mark), { timeout: LONGEST });
  const painted = await page.evaluate(() => window.marks);
  return asked.map(([mark, begun]) => painted[mark] - begun);
}

/** Of all changes: jobs that begin, go on and end. */
export async function painted(server) {
  const at = await desk(server);
  const browser = await chromium.launch({ executablePath: process.env.INLET_CHROMIUM ?? '/usr/bin/chromium', args: flags });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(server.url);
    await page.goto(at.address);
    await page.waitForSelector('html[data-hydrated]');
    await page.waitForTimeout(1500);
    await page.evaluate(noteMarks);
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const all = await waits(page, at);
    const ofJobs = asked.filter((path) => path.startsWith('/rpc/jobs')).length;
    line('change of a job to painted, p50 ms', median(all), null, '-', () => true);
    line('change of a job to painted, p99 ms', quantile(all, 0.99), null, '≤ 250', (wait) => wait <= 250);
    line('questions of the page about a job, for each message of the stream', ofJobs / all.length, null, '-', () => true);
  } finally {
    await browser.close();
  }
}
