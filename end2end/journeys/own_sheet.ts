// A sheet of the test's own, made by the API and opened.
import type { APIRequestContext, Page } from '@playwright/test';

import { hydrated } from '../helper';
import { caller } from './api';
import { keysOf } from './listener';

type Made = { page: Page; request: APIRequestContext; server: { data: string } };

/** Makes a space with one sheet of these fields and records, and opens it. */
export async function openOwnSheet({ page, request, server }: Made, fields: object[], records: Record<string, string>[]) {
  await page.goto('/');
  await hydrated(page);
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await call('POST', '/spaces', { name: 'Desk' });
  const workbook = await call('POST', '/workbooks', { spaceId: space.id, name: 'Desk', sheets: [{ name: 'Items', slug: 'items', fields }] });
  const rows = records.map((record) => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, { value }])));
  await call('POST', `/sheets/${workbook.sheets[0].id}/records`, rows);
  await page.goto(`/space/${space.id}/workbook/${workbook.id}/sheet/${workbook.sheets[0].id}`);
  await hydrated(page);
}
