// What jobs cost: the queue beside the bare database and graphile-worker, the page that shows them, and those who watch.
//
//   jobs.mjs BINARY LIMITS [--only enqueue,drain,painted,progress,watchers] [--jobs 3000] [--runs 3] [--packages FOLDER]
//
// One line a figure: name · value · denominator · ratio · must · ok|SHORT. Both sides run in turn; rates and times are
// medians. It fails when a must is missed. FOLDER has graphile-worker and pg; PostgreSQL is the one of
// INLET_TEST_POSTGRES_URL, which must wait for the disk.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { serve } from '../../tools/serve.mjs';
import { judge } from '../line.mjs';
import { painted } from './painted.mjs';
import { drain, enqueue } from './queue.mjs';
import { progress, watchers } from './stream.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: 'enqueue,drain,painted,progress,watchers' },
    jobs: { type: 'string', default: '3000' },
    runs: { type: 'string', default: '3' },
    packages: { type: 'string' },
  },
});
const [binary, limits] = positionals;
const folder = mkdtempSync(join(tmpdir(), 'inlet-jobs-'));
const run = {
  limits,
  folder,
  packages: values.packages,
  postgres: process.env.INLET_TEST_POSTGRES_URL,
  jobs: Number(values.jobs),
  runs: Number(values.runs),
};

/** On a server of its own, with new data. */
const served = (measure) => async () => {
  const server = await serve(binary);
  try {
    await measure(server);
  } finally {
    await server.stop();
  }
};
const groups = {
  enqueue: () => enqueue(run),
  drain: () => drain(run),
  painted: served(painted),
  progress: served(progress),
  watchers: served(watchers),
};
const load = () => readFileSync('/proc/loadavg', 'utf8').split(' ')[0];

try {
  for (const name of values.only.split(',')) {
    if (!groups[name]) throw new Error(`there is no group ${name}; there are ${Object.keys(groups).join(', ')}`);
    const begun = performance.now();
    await groups[name]();
    console.log(`    (${name}: ${Math.round((performance.now() - begun) / 1000)} s, load ${load()})`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
judge();
