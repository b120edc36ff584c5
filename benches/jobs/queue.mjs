// From the asking for a job to its beginning, and how many jobs a second begin and end: ours beside the bare database
// and beside graphile-worker, in turn.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { line, median, notMeasured, quantile } from '../line.mjs';
import { peer } from './peer.mjs';

/** Jobs one by one, and some before them that do not count. */
const STARTS = 400;
const WARM = 20;

const ours = (name, { folder }, ...database) => {
  const data = join(folder, name);
  mkdirSync(data, { recursive: true });
  return peer('cargo', ['bench', '--quiet', '--bench', 'jobs', '--no-default-features', '--features', 'ssr', '--', data, ...database]);
};
const graphile = ({ packages, postgres }, ...how) => peer(process.execPath, [fileURLToPath(new URL('graphile.mjs', import.meta.url)), packages, postgres, ...how]);

/** A database beside the one that the tests use. */
async function database({ packages, postgres }, name) {
  const { Client } = createRequire(join(packages, 'package.json'))('pg');
  const client = new Client(postgres);
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const [address, query] = postgres.split('?');
  return `${address.slice(0, address.lastIndexOf('/'))}/${name}?${query ?? ''}`;
}

/** Runs all of them until the last has ended, and ends them whatever happens. */
async function among(programs, act) {
  const started = [];
  try {
    for (const program of programs) started.push(await program());
    return await act(...started);
  } finally {
    for (const program of started) await program.stop();
  }
}

/** Both in turn, one by one; the milliseconds of each. */
async function starts(one, other, [ask, askOther]) {
  const [seconds, others] = [[], []];
  await one.ask(`start ${WARM}`);
  await other.ask(askOther(WARM));
  for (let round = 0; round < STARTS; round += 1) {
    seconds.push(...(await one.ask(ask(1))));
    others.push(...(await other.ask(askOther(1))));
  }
  return [seconds, others].map((list) => list.map((second) => second * 1000));
}

const start = (count) => `start ${count}`;

/** From the asking to the beginning. */
export async function enqueue(run) {
  const bare = () => peer(run.limits, ['pairs', run.folder]);
  const [sqlite, pairs] = await among([() => ours('start', run), bare], (one, other) => starts(one, other, [start, String]));
  line('enqueue to started on SQLite, p50 ms, beside two bare durable commits', median(sqlite), median(pairs), '≤ 1.5', (ratio) => ratio <= 1.5);
  line('enqueue to started on SQLite, p99 ms, beside two bare durable commits', quantile(sqlite, 0.99), quantile(pairs, 0.99), '-', () => true);
  const name = 'enqueue to started on PostgreSQL, p50 ms, beside graphile-worker';
  if (!run.packages || !run.postgres) return notMeasured(name, 'graphile-worker or PostgreSQL is not there');
  const address = await database(run, 'inlet_start');
  for (const how of ['', 'tuned']) {
    const [on, theirs] = await among([() => ours('start-postgres', run, address), () => graphile(run, how)], (one, other) => starts(one, other, [start, start]));
    line(`${name}${how && `, ${how}`}`, median(on), median(theirs), '≤ 1', (ratio) => ratio <= 1);
  }
}

/** Waiting jobs that begin and end. */
export async function drain(run) {
  const name = 'trivial jobs drained a second';
  if (!run.packages || !run.postgres) return notMeasured(name, 'graphile-worker or PostgreSQL is not there');
  const address = await database(run, 'inlet_drain');
  // A database each, so that neither takes the tasks of the other.
  const [tunedOn, plainOn] = [await database(run, 'graphile_tuned'), await database(run, 'graphile_plain')];
  const theirs = [() => graphile({ ...run, postgres: tunedOn }, 'tuned'), () => graphile({ ...run, postgres: plainOn })];
  const programs = [() => ours('drain', run), () => ours('drain-postgres', run, address), ...theirs];
  const rates = await among(programs, async (...all) => {
    const rates = all.map(() => []);
    for (let round = 0; round <= run.runs; round += 1) {
      for (const [place, program] of all.entries()) {
        const [rate] = await program.ask(`drain ${run.jobs}`);
        // The first is for warming up.
        if (round) rates[place].push(rate);
      }
    }
    return rates.map(median);
  });
  const [sqlite, postgres, tuned, plain] = rates;
  line(`${name} on SQLite, beside graphile-worker, tuned`, sqlite, tuned, '≥ 2', (ratio) => ratio >= 2);
  line(`${name} on PostgreSQL, beside graphile-worker, tuned`, postgres, tuned, '≥ 2', (ratio) => ratio >= 2);
  line(`${name} on SQLite, beside graphile-worker as it comes`, sqlite, plain, '-', () => true);
  line(`${name} on PostgreSQL, beside graphile-worker as it comes`, postgres, plain, '-', () => true);
}
