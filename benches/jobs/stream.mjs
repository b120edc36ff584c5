// What a job that talks much costs those who watch, and the server.
import { readFileSync } from 'node:fs';

import { line } from '../line.mjs';
import { desk, listenersJob, pause, watch } from './desk.mjs';

/** Acknowledgements, and in how many seconds they are sent. */
const ACKS = 200;
const SECONDS = 2;
const WATCHERS = 1000;
/** Changes a second while they watch, and for how many seconds. */
const CHANGES = 10;
const WATCHING = 12;
/** Ticks of `/proc/PID/stat` in a second. */
const TICKS = 100;

/** Messages about one job whose listener tells of it as often as it can. */
export async function progress(server) {
  const at = await desk(server);
  const job = await listenersJob(at, 'Begun');
  const heard = [];
  const stop = await watch(at, (events) => heard.push(...Array(events).fill(performance.now())));
  await pause(500);
  heard.length = 0;
  const begun = performance.now();
  for (let ack = 0; ack < ACKS; ack += 1) {
    await at.call('POST', `/jobs/${job}/ack`, { progress: Math.floor(ack / 2), info: `Step ${ack}` });
    await pause(begun + ((ack + 1) * SECONDS * 1000) / ACKS - performance.now());
  }
  stop();
  // From the first to the last there is one interval less than there are messages.
  const rate = ((heard.length - 1) * 1000) / (heard.at(-1) - heard[0]);
  line(`messages a second of a job that tells ${ACKS / SECONDS} times a second`, rate, null, '≤ 10', (messages) => messages > 0 && messages <= 10);
}

/** Seconds of the processors that a program has used. */
function used(program) {
  const stat = readFileSync(`/proc/${program}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** The share of a core that the server uses while a job goes on, and how many messages came. */
async function watched(at, job, watchers) {
  const stops = [];
  let heard = 0;
  for (let watcher = 0; watcher < watchers; watcher += 1) stops.push(await watch(at, (events) => (heard += events)));
  await pause(2000);
  const [before, begun] = [used(at.server.child.pid), performance.now()];
  heard = 0;
  for (let change = 0; change < CHANGES * WATCHING; change += 1) {
    await at.call('POST', `/jobs/${job}/ack`, { progress: change % 100, info: `Change ${change}` });
    await pause(begun + ((change + 1) * 1000) / CHANGES - performance.now());
  }
  const share = (used(at.server.child.pid) - before) / ((performance.now() - begun) / 1000);
  await pause(500);
  stops.forEach((stop) => stop());
  return { share, heard };
}

/** A thousand browsers that watch a job, as their streams have it; `painted.mjs` counts what a page asks besides. */
export async function watchers(server) {
  const at = await desk(server);
  const job = await listenersJob(at, 'Begun');
  const nobody = await watched(at, job, 0);
  const { share, heard } = await watched(at, job, WATCHERS);
  line('share of a core while nobody watches', nobody.share, null, '-', () => true);
  line('messages a second of each watching browser', heard / WATCHERS / WATCHING, null, '-', () => true);
  line(`share of a core while ${WATCHERS} browsers watch a job that changes ten times a second`, share, null, '≤ 0.2', (value) => heard > 0 && value <= 0.2);
}
