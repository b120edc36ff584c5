// The API of a server that a bench has started.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The header by which a program is known. */
export const authorization = (server) => `Bearer ${/API_KEY=(\S+)/.exec(readFileSync(join(server.data, 'keys.env'), 'utf8'))[1]}`;

/** Calls it with the key of its own environment; gives the `data` of the answer. */
export function caller(server) {
  const known = { authorization: authorization(server) };
  return async (method, path, body) => {
    const headers = { ...known, ...(body ? { 'content-type': 'application/json' } : {}) };
    const answer = await fetch(`${server.url}/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return (await answer.json()).data;
  };
}
