// What has changed since a version that was kept: how much, where, and the way back for each kind of change.
import type { Page } from '@playwright/test';

import { expect, hydrated, test } from '../helper';
import { openOwnSheet } from './own_sheet';

const fields = [{ key: 'name', type: 'string', label: 'Name' }, { key: 'city', type: 'string', label: 'City' }];
const records = [{ name: 'Ada', city: 'London' }, { name: 'Grace', city: 'York' }, { name: 'Edith', city: 'Bath' }];

const cell = (page: Page, row: number, column: number) => page.locator(`[role=gridcell][data-row="${row}"][data-column="${column}"]`);
const side = (page: Page) => page.getByRole('complementary');

/** A version is kept; then one record comes, one changes and one goes. */
async function changed(page: Page, made: Parameters<typeof openOwnSheet>[0]) {
  const { call, sheet } = await openOwnSheet(made, fields, records);
  const { id } = await call('POST', '/snapshots', { sheetId: sheet, label: 'Before the clean-up' });
  const { records: all } = await call('GET', `/sheets/${sheet}/records`);
  await call('PUT', `/sheets/${sheet}/records`, [{ id: all[0].id, values: { city: { value: 'Paris' } } }]);
  await call('DELETE', `/sheets/${sheet}/records?ids=${all[2].id}`);
  await call('POST', `/sheets/${sheet}/records`, [{ name: { value: 'Joan' }, city: { value: 'Leeds' } }]);
  return { call, sheet, version: id as string };
}

test('a kept version is compared, each change is shown and taken back', async ({ page, request, server, checkAccessibility }) => {
  await changed(page, { page, request, server });
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Versions' }).click();
  await side(page).getByRole('button', { name: 'Compare' }).click();
  await expect(side(page).getByRole('heading', { name: 'What changed' })).toBeFocused();
  await expect(page).toHaveURL(/[?&]compare=us_ss_/);
  await expect(side(page)).toContainText('Before the clean-up');
  await expect(side(page).getByRole('tab', { name: /^All/ })).toHaveText(/3/);
  const items = side(page).locator('#changed-records li');
  await expect(items).toHaveCount(3);
  await expect(side(page).locator('del')).toHaveText('London');
  await expect(side(page).locator('ins')).toHaveText('Paris');
  await checkAccessibility();

  // One kind of change alone, and its way back.
  await side(page).getByRole('tab', { name: /^Deleted/ }).click();
  await expect(items).toHaveCount(1);
  await expect(items).toContainText('Edith');
  await side(page).getByRole('tab', { name: /^New/ }).click();
  await side(page).getByRole('button', { name: 'Delete the 1 new record' }).click();
  await expect(side(page).getByRole('tab', { name: /^New/ })).toHaveText(/0/);
  await expect(page.getByRole('gridcell', { name: 'Joan' })).toHaveCount(0);
  await expect(cell(page, 0, 1)).toHaveText('Paris');

  // A press leads to the record, past a filter that hides it.
  await page.getByRole('searchbox', { name: 'Search the records' }).fill('Grace');
  await expect(page.getByRole('gridcell', { name: 'Paris' })).toHaveCount(0);
  await side(page).getByRole('tab', { name: /^Changed/ }).click();
  await side(page).getByRole('button', { name: 'Show Ada' }).click();
  await expect(page.getByRole('gridcell', { name: 'Paris' })).toBeVisible();

  await side(page).getByRole('tab', { name: /^All/ }).click();
  await side(page).getByRole('button', { name: 'Go back to it' }).click();
  await expect(side(page)).toContainText('No record has changed');
  await expect(cell(page, 0, 1)).toHaveText('London');
  await side(page).getByRole('button', { name: 'Close' }).click();
  await expect(page).not.toHaveURL(/compare=/);
});

test('a link opens what changed, and the way back closes it', async ({ page, request, server, complaints }) => {
  const { version } = await changed(page, { page, request, server });
  await page.goto(`${page.url()}?compare=${version}`);
  await hydrated(page);
  await expect(side(page).locator('#changed-records li')).toHaveCount(3);
  await side(page).getByRole('button', { name: 'All versions' }).click();
  await expect(side(page).getByRole('heading', { name: 'Versions' })).toBeVisible();
  await expect(page).not.toHaveURL(/compare=/);
  await page.goBack();
  await expect(side(page).getByRole('heading', { name: 'What changed' })).toBeVisible();
  await page.goto(`${page.url().split('?')[0]}?compare=us_ss_0123456789`);
  await hydrated(page);
  await expect(side(page)).toContainText('no snapshot');
  complaints.length = 0;
});

test('an outcome leads to what changed', async ({ page }) => {
  await page.goto('/');
  await hydrated(page);
  await page.getByRole('link', { name: 'Demo', exact: true }).click();
  await page.getByRole('link', { name: /^Playground/ }).first().click();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('searchbox', { name: 'Find an action' }).fill('what changed');
  await page.getByRole('menuitem', { name: 'Outcome: what changed' }).click();
  const told = page.locator('.toast', { hasText: 'An amount is another now' });
  await told.getByRole('link', { name: 'See what changed' }).or(told.getByRole('button', { name: 'See what changed' })).click();
  await expect(side(page).locator('#changed-records li')).toHaveCount(1);
  await expect(side(page)).toContainText('Amount');
});
