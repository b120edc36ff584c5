// The command line of Flatfile in a project as developers have it: a listener, a manifest, the packages.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { environmentOf } from '../journeys/listener';
import { expect, folder } from './fixtures';

const packages = join(folder, 'node_modules');

/** Makes a project whose listener is `source`, for the server. */
export function makeProject(server: { url: string; data: string }, source: string) {
  const place = mkdtempSync(join(tmpdir(), 'inlet-project-'));
  const write = (text: string) => writeFileSync(join(place, 'index.js'), text);
  const read = (file: string) => readFileSync(join(place, file), 'utf8');
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name: 'listener', version: '1.0.0', main: 'index.js', dependencies }));
  symlinkSync(packages, join(place, 'node_modules'));
  write(source);
  const running: (() => Promise<unknown>)[] = [];

  /** Starts `flatfile` with these words; `answers` is what a person types. */
  function start(words: string[], answers = '') {
    const child = spawn(process.execPath, [join(packages, 'flatfile/dist/index.js'), ...words], {
      cwd: place,
      env: { ...process.env, ...environmentOf(server), NODE_OPTIONS: '--require inlet-redirect', NO_UPDATE_NOTIFIER: '1' },
    });
    let said = '';
    child.stdin.end(answers);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    running.push(() => {
      child.kill('SIGTERM');
      return ended;
    });
    return { said: () => said, ended };
  }

  /** Runs `flatfile` to its end; gives what it said. */
  async function run(words: string[], answers = '') {
    const { said, ended } = start(words, answers);
    const code = await ended;
    expect(code, said()).toBe(0);
    return said();
  }

  async function remove() {
    for (const stop of running) await stop();
    rmSync(place, { recursive: true, force: true });
  }
  return { start, run, write, read, remove };
}
