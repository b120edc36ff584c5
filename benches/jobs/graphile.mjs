// graphile.mjs FOLDER DATABASE [tuned]: graphile-worker from the packages in a folder, as `engine.rs` is to Inlet:
//
//   start N   seconds from the asking to the beginning of each of N tasks, one after the other
//   drain N   tasks a second, of N that come at once to workers that wait for them; their ends on the disk
//
// Its tasks do nothing. Without `tuned` it runs as its documentation begins, ten at a time; with it as its page on
// performance has it: a queue of its own that fetches 500, and ends written together.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [folder, connectionString, how] = process.argv.slice(2);
const require = createRequire(join(folder, 'package.json'));
const { Logger, makeWorkerUtils, run, runMigrations } = require('graphile-worker');
const { Pool } = require('pg');

const logger = new Logger(() => () => {});
const pgPool = new Pool({ connectionString, max: 30 });
// It asks for them, and nothing is lost by an error that a query tells of, too.
pgPool.on('error', () => {});
pgPool.on('connect', (client) => client.on('error', () => {}));
await runMigrations({ pgPool, logger });
const utils = await makeWorkerUtils({ pgPool, logger });

/** How often it is looked whether tasks have ended, in milliseconds. */
const LOOK = 2;
let hear = () => {};
const taskList = { nothing: async () => hear(performance.now()) };
const tuned = { worker: { concurrentJobs: 24, localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0, maxPoolSize: 25 } };
const settings = how === 'tuned' ? { preset: tuned } : { concurrency: 10, pollInterval: 1000 };
let runner;
const work = async () => (runner ??= await run({ pgPool, logger, noHandleSignals: true, taskList, crontab: '', ...settings }));

async function start(count) {
  await work();
  const seconds = [];
  for (let task = 0; task < count; task += 1) {
    const begun = new Promise((resolve) => (hear = resolve));
    const asked = performance.now();
    await utils.addJob('nothing', { task });
    seconds.push(((await begun) - asked) / 1000);
  }
  return seconds;
}

async function drain(count) {
  await work();
  let begun = 0;
  const all = new Promise((resolve) => (hear = () => (begun += 1) === count && resolve()));
  await pgPool.query(
    `select graphile_worker.add_jobs(array(select json_populate_record(null::graphile_worker.job_spec,
      json_build_object('identifier', 'nothing', 'payload', json_build_object('task', task))) from generate_series(1, $1) task))`,
    [count],
  );
  const first = performance.now();
  await all;
  const left = 'select exists (select from graphile_worker._private_jobs) as any';
  while ((await pgPool.query(left)).rows[0].any) await new Promise((resolve) => setTimeout(resolve, LOOK));
  return [count / ((performance.now() - first) / 1000)];
}

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [what, count] = line.split(' ');
  console.log((await { start, drain }[what](Number(count))).join(' '));
}
await runner?.stop();
await utils.release();
await pgPool.end();
