// The `test` of the specs here: the real clients, each pointed at the server of the test.
import type { Page } from '@playwright/test';
import { fileURLToPath } from 'node:url';

import { expect, hydrated, test as base } from '../helper';
import { type Call, caller } from '../journeys/api';
import { keysOf, startListener } from '../journeys/listener';

export const folder = fileURLToPath(new URL('.', import.meta.url));

export type Listener = Awaited<ReturnType<typeof startListener>>;
type Fixtures = {
  keys: Record<string, string>;
  call: Call;
  /** Starts the listener of a file of `listeners/`; `at` is another way to the server. It ends with the test. */
  listen: (file: string, at?: { url: string }) => Promise<Listener>;
};

export const test = base.extend<Fixtures>({
  keys: async ({ server }, use) => use(keysOf(server.data)),

  call: async ({ request, keys }, use) => use(caller(request, keys.API_KEY)),

  listen: async ({ server }, use, result) => {
    const listeners: Listener[] = [];
    await use(async (file, at) => {
      const listener = await startListener({ ...server, ...at }, { folder, program: ['listeners/run.mjs', file] });
      listeners.push(listener);
      return listener;
    });
    for (const listener of listeners) {
      await listener.stop();
      if (result.status !== result.expectedStatus) console.log(listener.said());
    }
  },
});

export { expect };

/** Says which clients a test shows at work: they are the first column of the table in docs/clients.md. */
export function shows(...clients: string[]) {
  return { annotation: clients.map((description) => ({ type: 'client', description })) };
}

type Made = { call: Call; keys: Record<string, string> };

/** A space with one workbook; gives both, and the first sheet. */
export async function makeSpace({ call, keys }: Made, workbook: { sheets: object[] } & Record<string, unknown>, space: object = {}) {
  const environmentId = keys.ENVIRONMENT_ID;
  const made = await call('POST', '/spaces', { name: 'Desk', environmentId, ...space });
  const book = await call('POST', '/workbooks', { spaceId: made.id, environmentId, name: 'Desk', ...workbook });
  return { space: made, workbook: book, sheet: book.sheets[0] };
}

/** Cells as the API takes them. */
export function cells(rows: Record<string, unknown>[]) {
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, { value }])));
}

/** Opens a page of the server. */
export async function open(page: Page, path: string) {
  await page.goto(path);
  await hydrated(page);
}

type Named = { id: string };

/** Opens a sheet. */
export async function openSheet(page: Page, { space, workbook, sheet }: { space: Named; workbook: Named; sheet: Named }) {
  await open(page, `/space/${space.id}/workbook/${workbook.id}/sheet/${sheet.id}`);
}
