// Record hooks: what they say of a record is what a person sees in the grid.
import type { Page } from '@playwright/test';

import { cells, expect, makeSpace, openSheet, shows, test } from './fixtures';

const contacts = {
  name: 'Contacts',
  slug: 'contacts',
  fields: [{ key: 'first', type: 'string', label: 'First name' }, { key: 'last', type: 'string', label: 'Last name' }],
};
const lines = {
  name: 'Lines',
  slug: 'lines',
  fields: [
    { key: 'price', type: 'number', label: 'Price' },
    { key: 'pieces', type: 'number', label: 'Pieces' },
    { key: 'total', type: 'number', label: 'Total' },
  ],
};

const cellAt = (page: Page, row: number, column: number) => page.locator(`[role=gridcell][data-row="${row}"][data-column="${column}"]`);

test('a hook changes a cell, and its messages are on the page', shows('@flatfile/plugin-record-hook', '@flatfile/listener'), async ({ page, call, keys, listen }) => {
  await listen('record_hook.mjs');
  const made = await makeSpace({ call, keys }, { sheets: [contacts] });
  await call('POST', `/sheets/${made.sheet.id}/records`, cells([{ first: 'Eve', last: 'Moreau' }, { first: 'nobody' }, { first: 'odd', last: 'Ball' }]));
  await openSheet(page, made);

  // What a person types comes back as the hook has it.
  await cellAt(page, 0, 0).click();
  await page.keyboard.type('ada');
  await page.keyboard.press('Enter');
  await expect(cellAt(page, 0, 0)).toHaveText('Ada');
  const tip = page.getByRole('tooltip');
  await cellAt(page, 0, 0).click();
  await expect(tip).toContainText('Written large');

  await expect(cellAt(page, 1, 1)).toHaveAttribute('aria-invalid', 'true');
  await cellAt(page, 1, 1).click();
  await expect(tip).toContainText('Everybody has a last name');
  await expect(page.getByRole('tab', { name: /^Invalid/ })).toHaveText('Invalid1');

  // A warning is no error.
  await expect(cellAt(page, 2, 0)).not.toHaveAttribute('aria-invalid', 'true');
  await cellAt(page, 2, 0).click();
  await expect(tip).toContainText('An odd name');

  // The error goes when a person puts it right.
  await cellAt(page, 1, 0).click();
  await page.keyboard.type('Somebody');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: /^Invalid/ })).toHaveText('Invalid0');
});

test('a hook locks a cell and notes something of a record', shows('@flatfile/plugin-record-hook'), async ({ page, call, keys, listen }) => {
  await listen('record_hook.mjs');
  const made = await makeSpace({ call, keys }, { sheets: [contacts] });
  const records = `/sheets/${made.sheet.id}/records`;
  await call('POST', records, cells([{ first: 'locked', last: 'Door' }, { first: 'noted', last: 'Hand' }]));
  await expect.poll(async () => (await call('GET', records)).records[1].metadata).toEqual({ source: 'hook' });
  await openSheet(page, made);
  await cellAt(page, 0, 0).click();
  await page.keyboard.press('Space');
  const record = page.getByRole('complementary').last();
  await expect(record.getByRole('textbox', { name: 'First name' })).toHaveAttribute('readonly', '');
  await expect(record).toContainText('This cell is read-only');
  await expect(record.getByRole('textbox', { name: 'Last name' })).not.toHaveAttribute('readonly', '');
});

test('a hook for many records computes 2,000 of them in chunks', shows('@flatfile/plugin-record-hook'), async ({ page, call, keys, listen }) => {
  await listen('record_hook.mjs');
  const made = await makeSpace({ call, keys }, { sheets: [lines] });
  const rows = Array.from({ length: 2_000 }, (_, number) => ({ price: 2, pieces: number }));
  await call('POST', `/sheets/${made.sheet.id}/records`, cells(rows));
  await openSheet(page, made);
  await expect(page.getByRole('tab', { name: /^Invalid/ })).toHaveText('Invalid1,000', { timeout: 20_000 });
  await expect(cellAt(page, 7, 2)).toHaveText('14');
  await page.getByRole('tab', { name: /^Invalid/ }).click();
  await expect(cellAt(page, 0, 2)).toHaveText('2000');
  const { records } = await call('GET', `/sheets/${made.sheet.id}/records`);
  expect(records.map(({ values }: any) => values.total.value)).toEqual(rows.map(({ pieces }) => 2 * pieces));
});

test('a hook that changes nothing writes nothing, and completes the commit', shows('@flatfile/plugin-record-hook'), async ({ call, keys, listen }) => {
  await listen('record_hook.mjs');
  const made = await makeSpace({ call, keys }, { sheets: [contacts], settings: { trackChanges: true } });
  await call('POST', `/sheets/${made.sheet.id}/records`, cells([{ first: 'Grace', last: 'Hopper' }]));
  const commits = async (state = '') => (await call('GET', `/sheets/${made.sheet.id}/commits${state}`)).length;
  await expect.poll(() => commits('?completed=true')).toBe(1);
  expect(await commits()).toBe(1);
  // One that changes something completes its commit too.
  await call('POST', `/sheets/${made.sheet.id}/records`, cells([{ first: 'ada', last: 'Lovelace' }]));
  await expect.poll(async () => (await call('GET', `/sheets/${made.sheet.id}/records`)).records[1].values.first.value).toBe('Ada');
  await expect.poll(() => commits('?completed=false')).toBe(0);
});
