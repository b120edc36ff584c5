// Starts the server on a free port with a data folder of its own, for the scripts here and the
// end-to-end tests.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Starts `binary`; gives its address, `restart`, which keeps address and data, and `stop`, which removes the data. */
export async function serve(binary, { environment = {}, flags = [] } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'inlet-data-'));
  let running = await start(binary, ['--listen', '127.0.0.1:0', '--data', data, ...flags], environment);
  const { url } = running;
  let before = '';
  const restart = async () => {
    await running.end();
    before += running.log();
    running = await start(binary, ['--listen', new URL(url).host, '--data', data, ...flags], environment);
  };
  const stop = async () => {
    await running.end();
    rmSync(data, { recursive: true, force: true });
  };
  return {
    url,
    data,
    restart,
    stop,
    log: () => before + running.log(),
    get child() {
      return running.child;
    },
  };
}

/** Starts one process, and waits until it serves. */
async function start(binary, flags, environment) {
  const child = spawn(binary, flags, {
    env: { ...process.env, INLET_LOG: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let log = '';
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.stderr.on('data', (text) => (log += text));
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      said += text;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) resolve(found[0]);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${binary} ended with ${code} before it served:\n${said}${log}`)));
  });
  const end = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  return { url, child, end, log: () => log };
}

/** Fetches as a browser does, and gives the bytes as they came over the wire. */
export function fetchRaw(url, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers: { accept: 'text/html, */*', 'accept-encoding': 'br, gzip', ...headers } }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(parts) }));
    });
    request.on('error', reject);
  });
}
