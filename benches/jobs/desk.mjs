// A space with a sheet in a running server, and what a browser and a listener do there.
import http from 'node:http';

import { caller } from '../api.mjs';

/** Makes the sheet; gives its ids, the address of its page, `call` for the API, and the cookie of a browser. */
export async function desk(server) {
  const call = caller(server);
  const [{ id: environmentId }] = await call('GET', '/environments');
  const { id: space } = await call('POST', '/spaces', { name: 'Bench', environmentId });
  const sheets = [{ name: 'Items', slug: 'items', fields: [{ key: 'name', type: 'string', label: 'Name' }] }];
  const workbook = await call('POST', '/workbooks', { name: 'Bench', spaceId: space, environmentId, sheets });
  const [{ id: sheet }] = workbook.sheets;
  await call('POST', `/sheets/${sheet}/records`, ['Ada', 'Grace'].map((name) => ({ name: { value: name } })));
  const page = await fetch(`${server.url}/`, { headers: { accept: 'text/html' } });
  const [cookie] = page.headers.getSetCookie()[0].split(';');
  return { server, call, space, sheet, cookie, address: `${server.url}/space/${space}/workbook/${workbook.id}/sheet/${sheet}` };
}

/** A job that a listener works on; its id. */
export async function listenersJob({ call, sheet }, info) {
  const { id } = await call('POST', '/jobs', { type: 'sheet', operation: 'bench', source: sheet, trigger: 'immediate' });
  await call('POST', `/jobs/${id}/ack`, { info, progress: 0 });
  return id;
}

/** Watches a space as a page does: `hear` is told how many events of jobs came. Gives what ends it. */
export function watch({ server, space, cookie }, hear) {
  return new Promise((resolve, reject) => {
    const request = http.get(`${server.url}/stream?space=${space}`, { headers: { cookie }, agent: false }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`/stream: ${answer.statusCode}`));
      answer.setEncoding('latin1');
      answer.on('data', (text) => hear(text.split('"topic":"job:').length - 1));
      answer.on('error', () => {});
      resolve(() => request.destroy());
    });
    request.on('error', reject);
  });
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
