// A sheet of the test's own, made by the API and opened.
import type { APIRequestContext, Page } from '@playwright/test';

import { hydrated } from '../helper';
import { caller } from './api';
import { keysOf } from './listener';

type Made = { page: Page; request: APIRequestContext; server: { data: string } };
type Row = Record<string, string>;
type Sheet = { name: string; slug: string; fields: object[]; records: Row[] };

/** Records that one request takes. */
const LOT = 10_000;

/** Makes a space with one sheet of these fields and records, and others `beside` it, and opens the first. */
export async function openOwnSheet({ page, request, server }: Made, fields: object[], records: Row[], beside: Sheet[] = []) {
  await page.goto('/');
  await hydrated(page);
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await call('POST', '/spaces', { name: 'Desk' });
  const all = [{ name: 'Items', slug: 'items', fields, records }, ...beside];
  const sheets = all.map(({ name, slug, fields }) => ({ name, slug, fields }));
  const workbook = await call('POST', '/workbooks', { spaceId: space.id, name: 'Desk', sheets });
  // What a record refers to is there before it.
  for (const [place, { records }] of [...all.entries()].reverse()) {
    const rows = records.map((record) => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, { value }])));
    for (let from = 0; from < rows.length; from += LOT) await call('POST', `/sheets/${workbook.sheets[place].id}/records`, rows.slice(from, from + LOT));
  }
  await page.goto(`/space/${space.id}/workbook/${workbook.id}/sheet/${workbook.sheets[0].id}`);
  await hydrated(page);
  return { call, sheet: workbook.sheets[0].id as string };
}
