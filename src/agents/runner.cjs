// Runs the agent that lies beside it. Inlet writes one event a line to stdin, and reads one answer a line from
// stdout: a line of Inlet's begins with U+001E, every other one is text that the agent wrote past its console.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { isNativeError } = require('node:util').types;
const { Readable, Writable } = require('node:stream');

const ENVIRONMENT = ['AGENT_INTERNAL_URL', 'FLATFILE_API_URL', 'FLATFILE_API_KEY', 'FLATFILE_BEARER_TOKEN'];
const MOST_LOGGED = 65536;

const input = process.stdin;
let running = null;
let log = '';
let left = 0;
let failed = false;

function keep(text) {
  const room = MOST_LOGGED - log.length;
  if (text.length > room) left += text.length - Math.max(room, 0);
  if (room > 0) log += text.slice(0, room);
}

function say(answer) {
  const bytes = Buffer.from(`\u001e${JSON.stringify(answer)}\n`);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += fs.writeSync(1, bytes, written);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

function answer(success, last) {
  const id = running;
  running = null;
  const cut = left > 0 ? `\n… and ${left} more characters\n` : '';
  say({ id, success, last, log: log + cut, memory: process.memoryUsage.rss() });
  [log, left, failed] = ['', 0, false];
}

function words(error) {
  return isNativeError(error) ? (error.stack ?? String(error)) : `${require('node:util').inspect(error)}`;
}

function giveUp(error) {
  keep(`${words(error)}\n`);
  if (running !== null) answer(false, true);
  process.exit(1);
}

function prepare() {
  for (const name of Object.keys(process.env)) {
    if (!ENVIRONMENT.includes(name)) delete process.env[name];
  }
  const output = () =>
    new Writable({ decodeStrings: false, write: (part, _, done) => (keep(String(part)), done()) });
  for (const [name, stream] of [['stdout', output()], ['stderr', output()], ['stdin', Readable.from([])]]) {
    Object.defineProperty(process, name, { value: stream, configurable: true, enumerable: true });
  }
  const error = console.error;
  console.error = (...parts) => {
    failed ||= parts.some((part) => part instanceof Error || isNativeError(part));
    error(...parts);
  };
  for (const name of ['kill', '_kill', '_debugProcess']) {
    process[name] = () => {
      throw new Error('an agent may not send signals to processes');
    };
  }
  os.tmpdir = () => path.join(__dirname, 'temporary');
  require('node:module').syncBuiltinESMExports();
  process.on('uncaughtException', giveUp);
  process.on('exit', (code) => {
    if (running === null) return;
    keep(`the agent ended its process (exit code ${code})\n`);
    answer(false, true);
  });
}

function load() {
  const found = require(path.join(__dirname, 'agent.js'));
  for (const agent of [found, found?.default, found?.listener]) {
    for (const name of ['dispatchEvent', 'routeEvent']) {
      if (typeof agent?.[name] === 'function') return (event) => agent[name](event);
    }
  }
  throw new Error('the bundle exports no listener: nothing in it has `dispatchEvent`');
}

async function run(dispatch, { id, event }) {
  running = id;
  try {
    await dispatch(event);
  } catch (error) {
    failed = true;
    keep(`${words(error)}\n`);
  }
  if (running === id) answer(!failed, false);
}

async function main() {
  prepare();
  let dispatch;
  try {
    dispatch = load();
  } catch (error) {
    keep(`${words(error)}\n`);
    return answer(false, true), process.exit(1);
  }
  answer(true, false);
  let text = '';
  input.setEncoding('utf8');
  for await (const part of input) {
    const lines = (text + part).split('\n');
    text = lines.pop();
    for (const line of lines) await run(dispatch, JSON.parse(line));
  }
  process.exit(0);
}

main().catch(giveUp);
