// A large paste: people see how far it is, may go on, and lose nothing when it fails.
import type { Page } from '@playwright/test';

import { expect, test } from '../helper';
import { openOwnSheet } from './own_sheet';

const columns = 8;
const count = 30_000;
const fields = Array.from({ length: columns }, (_, place) => ({ key: `c${place}`, label: `Column ${place}`, type: 'string' }));
const rows = count.toLocaleString('en-US');

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

const cell = (page: Page, row: number, column: number) => page.locator(`[role=gridcell][data-row="${row}"][data-column="${column}"]`);
const bar = (page: Page) => page.locator('.status-bar');
const notes = (page: Page) => page.getByRole('region', { name: 'Notifications' });

test.beforeEach(async ({ page, request, server }) => {
  await openOwnSheet({ page, request, server }, fields, [{ c0: 'first' }, { c0: 'second' }]);
  await expect(cell(page, 1, 0)).toHaveText('second');
  const text = Array.from({ length: count }, (_, row) => fields.map((_, column) => `r${row} c${column}`).join('\t')).join('\n');
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
});

test('a large paste shows how far it is, while the grid is used, and is one change', async ({ page, checkAccessibility }) => {
  test.setTimeout(120_000);
  // A line that takes a while for three megabytes.
  const network = await page.context().newCDPSession(page);
  const slow = (uploadThroughput: number) =>
    network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
  await slow(200_000);
  await cell(page, 1, 0).click();
  await page.keyboard.press('Control+v');
  const progress = bar(page).getByRole('progressbar', { name: `Pasting ${rows} rows…` });
  await expect(progress).toHaveAttribute('value', /^[1-9]\d?$/, { timeout: 20_000 });
  await expect(bar(page)).toContainText(`Pasting ${rows} rows…`);
  await checkAccessibility();
  await page.keyboard.press('ArrowUp');
  await expect(page.locator('[role=gridcell][data-row="0"][data-column="0"]:focus')).toBeVisible();
  // Leaving is warned of, and can be given up.
  const warned = page.waitForEvent('dialog');
  void page.evaluate(() => location.reload()).catch(() => {});
  const dialog = await warned;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await expect(progress).toHaveCount(1);
  await slow(-1);
  await expect(progress).toHaveCount(0, { timeout: 60_000 });
  await expect(bar(page)).toContainText('Saved');
  await expect(bar(page)).toContainText(`${(count + 1).toLocaleString('en-US')} of`);
  await page.keyboard.press('Control+End');
  await expect(cell(page, count, columns - 1)).toHaveText(`r${count - 1} c${columns - 1}`, { timeout: 30_000 });
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '3', { timeout: 60_000 });
  await expect(cell(page, 1, 0)).toHaveText('second');
});

test('a large paste that fails says so, leaves nothing behind, and can be repeated', async ({ page, complaints }) => {
  test.setTimeout(120_000);
  await page.route(/fill_cells/, (route) => route.abort('connectionreset'));
  await cell(page, 1, 0).click();
  await page.keyboard.press('Control+v');
  await expect(notes(page)).toContainText('The cells were not changed', { timeout: 60_000 });
  await expect(notes(page)).toContainText('paste');
  await expect(bar(page).getByRole('progressbar')).toHaveCount(0);
  await expect(cell(page, 1, 0)).toHaveText('second');
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '3');
  await page.unroute(/fill_cells/);
  await cell(page, 1, 0).click();
  await page.keyboard.press('Control+v');
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', `${count + 2}`, { timeout: 60_000 });
  await expect(cell(page, 1, 0)).toHaveText('r0 c0');
  // The browser itself tells of the connection.
  complaints.length = 0;
});
