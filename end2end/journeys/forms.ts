// An action with a form, on a sheet of the test's own.
import type { APIRequestContext, Page } from '@playwright/test';

import { expect, hydrated } from '../helper';
import { caller } from './api';
import { keysOf } from './listener';

type Made = { page: Page; request: APIRequestContext; server: { data: string } };

/** Makes a space with two orders and some customers, whose workbook has one action, and opens its orders. */
export async function openWithAction({ page, request, server }: Made, action: object, customers = ['Ada', 'Adam', 'Bob']) {
  await page.goto('/');
  await hydrated(page);
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await call('POST', '/spaces', { name: 'Desk' });
  const field = (key: string, constraints: object[] = []) => ({ key, type: 'string', label: key, constraints });
  const workbook = await call('POST', '/workbooks', {
    spaceId: space.id,
    name: 'Desk',
    sheets: [
      { name: 'Orders', slug: 'orders', fields: [field('number', [{ type: 'required' }]), field('note')] },
      { name: 'Customers', slug: 'customers', fields: [field('name'), field('city')] },
    ],
    actions: [{ operation: 'send', label: 'Send', ...action }],
  });
  const [orders, people] = workbook.sheets.map((sheet: { id: string }) => sheet.id);
  await call('POST', `/sheets/${orders}/records`, ['1', '2'].map((number) => ({ number: { value: number } })));
  for (let from = 0; from < customers.length; from += 5000) {
    const rows = customers.slice(from, from + 5000).map((name) => ({ name: { value: name }, city: { value: `${name}stadt` } }));
    await call('POST', `/sheets/${people}/records`, rows);
  }
  await page.goto(`/space/${space.id}/workbook/${workbook.id}/sheet/${orders}`);
  await hydrated(page);
  const jobs = async () => (await call('GET', `/jobs?spaceId=${space.id}`)) as { id: string; operation: string; input: any; status: string }[];
  const open = async () => {
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Send', exact: true });
    await expect(dialog.locator('form')).toBeVisible();
    return dialog;
  };
  /** The job that the dialog made, once it is there. */
  const sent = async () => {
    await expect.poll(async () => (await jobs()).filter((job) => job.operation === 'send').length).toBe(1);
    return (await jobs()).find((job) => job.operation === 'send')!;
  };
  return { call, open, sent, jobs, orders, people, space: space.id as string };
}

/** An input with that key and type; more members as given. */
export const input = (key: string, type: string, more: object = {}) => ({ key, type, label: `The ${key}`, ...more });
export const required = { constraints: [{ type: 'required' }] };
