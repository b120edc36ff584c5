// A listener made with the published Flatfile packages, as a process of its own beside the server.
import { spawn, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../examples/listener', import.meta.url));

/** The keys that the server wrote at its first start. */
export function keysOf(data: string): Record<string, string> {
  const lines = readFileSync(join(data, 'keys.env'), 'utf8').split('\n');
  return Object.fromEntries(lines.filter((line) => line.includes('=')).map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

/** Starts the listener and waits until it hears the server. */
export async function startListener(server: { url: string; data: string }) {
  if (!existsSync(join(folder, 'node_modules'))) {
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
  }
  const keys = keysOf(server.data);
  const child = spawn(process.execPath, ['--require', './redirect.cjs', 'index.js'], {
    cwd: folder,
    env: {
      ...process.env,
      AGENT_INTERNAL_URL: server.url,
      FLATFILE_API_URL: server.url,
      FLATFILE_API_KEY: keys.API_KEY,
      FLATFILE_BEARER_TOKEN: keys.API_KEY,
      FLATFILE_ENVIRONMENT_ID: keys.ENVIRONMENT_ID,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    const hear = (text: Buffer) => {
      said += text;
      if (said.includes('Listening to')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => reject(new Error(`the listener ended with ${code}:\n${said}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  return { key: keys.API_KEY, said: () => said, stop };
}
