// What every sheet and column can do by itself: from the menus through the dialog to the outcome and its Undo.
import type { Page } from '@playwright/test';

import { expect, hydrated, test } from '../helper';
import { openOwnSheet } from './own_sheet';

const fields = [
  { key: 'name', type: 'string', label: 'Name' },
  { key: 'city', type: 'string', label: 'City' },
  { key: 'code', type: 'string', label: 'Code', readonly: true },
];
const records = [{ name: 'Ada', city: 'London' }, { name: '', city: 'York' }, { name: 'Ada', city: 'Bath' }];
const archive = {
  name: 'Archive', slug: 'archive', records: [],
  fields: [{ key: 'name', type: 'string', label: 'Name' }, { key: 'town', type: 'string', label: 'City' }],
};

const item = (page: Page, name: string) => page.getByRole('menuitem', { name });
const cell = (page: Page, row: number, column: number) => page.locator(`[role=gridcell][data-row="${row}"][data-column="${column}"]`);
const toast = (page: Page, words: string | RegExp) => page.locator('.toast', { hasText: words });

async function pressInSheet(page: Page, name: string) {
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await item(page, name).click();
}

async function pressInColumn(page: Page, column: number, name: string) {
  await cell(page, 0, column).click();
  await page.keyboard.press('Alt+ArrowDown');
  await item(page, name).click();
}

/** The dialog of that name, ready to be filled in. */
async function asked(page: Page, name: string) {
  const dialog = page.getByRole('dialog', { name, exact: true });
  await expect(dialog.locator('form')).toBeVisible();
  return dialog;
}

async function begin(page: Page, name: string) {
  await (await asked(page, name)).getByRole('button', { name, exact: true }).click();
}

test('empty cells are filled from above, a column is cleared, and both are taken back', async ({ page, request, server, checkAccessibility }) => {
  await openOwnSheet({ page, request, server }, fields, records);
  await pressInColumn(page, 0, 'Fill empty cells');
  const dialog = await asked(page, 'Fill empty cells');
  await expect(dialog).toContainText('All 3 records');
  await expect(dialog.getByLabel('Value')).toBeVisible();
  await checkAccessibility();
  await dialog.getByLabel('With').selectOption('What stands above them');
  await expect(dialog.getByLabel('Value')).toHaveCount(0);
  await begin(page, 'Fill empty cells');
  await expect(cell(page, 1, 0)).toHaveText('Ada');
  await toast(page, '1 record changed in Items').getByRole('button', { name: 'Undo' }).click();
  await expect(cell(page, 1, 0)).toHaveText('');

  await pressInColumn(page, 1, 'Clear column');
  await begin(page, 'Clear column');
  await expect(cell(page, 0, 1)).toHaveText('');
  await toast(page, '3 records changed in Items').getByRole('button', { name: 'Undo' }).click();
  await expect(cell(page, 0, 1)).toHaveText('London');

  // What people may not write cannot be filled, and says why.
  await cell(page, 0, 2).click();
  await page.keyboard.press('Alt+ArrowDown');
  await expect(item(page, 'Clear column')).toHaveAttribute('aria-disabled', 'true');
  await expect(item(page, 'Clear column')).toContainText('This column is read-only');
});

test('duplicates are removed among the records that are shown', async ({ page, request, server }) => {
  await openOwnSheet({ page, request, server }, fields, records);
  await pressInSheet(page, 'Remove duplicates');
  const dialog = await asked(page, 'Remove duplicates');
  await dialog.getByRole('button', { name: 'Remove duplicates' }).click();
  await expect(dialog.getByText('Compare by is required')).toBeVisible();
  await dialog.getByRole('checkbox', { name: 'Name' }).check();
  await dialog.getByLabel('Keep').selectOption('The last of them');
  await begin(page, 'Remove duplicates');
  const told = toast(page, '1 duplicate removed from Items');
  await expect(told).toBeVisible();
  await expect(cell(page, 0, 1)).toHaveText('York');
  await told.getByRole('button', { name: 'Undo' }).click();
  await expect(cell(page, 0, 1)).toHaveText('London');
});

test('selected records are moved to another sheet, which the outcome leads to', async ({ page, request, server }) => {
  await openOwnSheet({ page, request, server }, fields, records, [archive]);
  // The elements over the picture are built anew once, right after the page is taken over.
  await expect(async () => page.getByRole('checkbox', { name: 'Select record 2', exact: true }).check({ timeout: 1000 })).toPass();
  await pressInSheet(page, 'Move to another sheet');
  const dialog = await asked(page, 'Move to another sheet');
  await expect(dialog).toContainText('1 selected record');
  await expect(dialog.getByLabel('To')).toHaveValue(/^us_sh_/);
  await begin(page, 'Move to another sheet');
  const told = toast(page, '1 record moved to Archive. Without a column there: Code');
  await expect(told.getByRole('button', { name: 'Undo' })).toBeVisible();
  await expect(cell(page, 1, 1)).toHaveText('Bath');
  await told.getByRole('link', { name: 'Show them' }).or(told.getByRole('button', { name: 'Show them' })).click();
  await expect(page.getByRole('heading', { name: 'Archive' }).or(page.getByText('Archive').first()).first()).toBeVisible();
  await expect(cell(page, 0, 1)).toHaveText('York');
});

test('a sheet without another beside it says so', async ({ page, request, server }) => {
  await openOwnSheet({ page, request, server }, fields, records);
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await expect(item(page, 'Copy to another sheet')).toContainText('There is no other sheet in this space');
});

test('columns are added, renamed and removed, and come back with what was in them', async ({ page, request, server, checkAccessibility }) => {
  await openOwnSheet({ page, request, server }, fields, records);
  await pressInSheet(page, 'Add column');
  const dialog = await asked(page, 'Add column');
  // It is about the sheet, and not about records.
  await expect(dialog).not.toContainText('3 records');
  await dialog.getByLabel('Name').fill('Size');
  await dialog.getByLabel('What it holds').selectOption('One of some options');
  await dialog.getByLabel('Options').fill('S\nM');
  await checkAccessibility();
  await begin(page, 'Add column');
  await expect(page.getByRole('columnheader', { name: 'Size' })).toBeVisible();

  await pressInColumn(page, 1, 'Rename column');
  const rename = await asked(page, 'Rename column');
  await expect(rename.getByLabel('Name')).toHaveValue('City');
  await rename.getByLabel('Name').fill('Town');
  await begin(page, 'Rename column');
  await expect(page.getByRole('columnheader', { name: 'Town' })).toBeVisible();

  await pressInColumn(page, 1, 'Remove column');
  await begin(page, 'Remove column');
  await expect(page.getByRole('columnheader', { name: 'Town' })).toHaveCount(0);
  await toast(page, 'Town is no longer a column of Items').getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('columnheader', { name: 'Town' })).toBeVisible();
  await expect(cell(page, 0, 1)).toHaveText('London');
});

test('a sheet is checked again at once', async ({ page, request, server }) => {
  await openOwnSheet({ page, request, server }, fields, records);
  await pressInSheet(page, 'Check again');
  await expect(toast(page, 'Items has no errors.')).toBeVisible();
});

test('a space goes without what it omits', async ({ page, request, server }) => {
  const { call } = await openOwnSheet({ page, request, server }, fields, records);
  const omitActions = [
    'file.import', 'file.delete', 'file.download', 'records.delete', 'records.download', 'records.find-replace',
    'records.deduplicate', 'records.copy', 'records.move', 'records.validate',
    'column.add', 'column.fill', 'column.clear', 'column.rename', 'column.remove',
  ];
  const space = new URL(page.url()).pathname.split('/')[2];
  await call('PATCH', `/spaces/${space}`, { settings: { omitActions } });
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole('button', { name: 'Add file' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Download', exact: true })).toHaveCount(0);
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await expect(page.locator('#sheet-menu').getByRole('menuitem')).toHaveText(['Versions']);
  await page.keyboard.press('Escape');
  await cell(page, 0, 0).click();
  await page.keyboard.press('Alt+ArrowDown');
  const menu = page.getByRole('menu', { name: 'Column Name' });
  await expect(menu.getByRole('menuitem', { name: 'Hide' })).toBeVisible();
  await expect(menu.getByRole('menuitem', { name: /Clear|Fill|Rename|Remove/ })).toHaveCount(0);
});
