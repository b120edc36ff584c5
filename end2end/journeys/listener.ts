// A listener made with the published Flatfile packages, as a process of its own beside the server.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const example = fileURLToPath(new URL('../../examples/listener', import.meta.url));

/** The keys that the server wrote at its first start. */
export function keysOf(data: string): Record<string, string> {
  const lines = readFileSync(join(data, 'keys.env'), 'utf8').split('\n');
  return Object.fromEntries(lines.filter((line) => line.includes('=')).map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

/** The variables that point the packages at a server. */
export function environmentOf(server: { url: string; data: string }): Record<string, string> {
  const keys = keysOf(server.data);
  return {
    AGENT_INTERNAL_URL: server.url,
    FLATFILE_API_URL: server.url,
    FLATFILE_API_KEY: keys.API_KEY,
    FLATFILE_BEARER_TOKEN: keys.API_KEY,
    FLATFILE_ENVIRONMENT_ID: keys.ENVIRONMENT_ID,
  };
}

/** Starts the listener of the example, or another with its `arguments`, and waits until it hears the server. */
export async function startListener(
  server: { url: string; data: string },
  { folder = example, program = ['index.js'], environment = {} } = {},
) {
  const variables = { ...environmentOf(server), ...environment };
  const child = spawn(process.execPath, ['--require', 'inlet-redirect', ...program], {
    cwd: folder,
    env: { ...process.env, ...variables },
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
    child.once('exit', (code) => reject(new Error(`the listener ended with ${code}; tools/setup.sh test installs its packages:\n${said}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  return { key: variables.FLATFILE_API_KEY, said: () => said, stop };
}
