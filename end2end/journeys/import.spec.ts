// A CSV file is dropped on a sheet of one's own, and its records are there with their errors marked.
import type { Page } from '@playwright/test';

import { expect, hydrated, place, test } from '../helper';
import { drop } from './drop';

const PEOPLE = {
  name: 'People',
  fields: [
    { key: 'first_name', label: 'First name', type: 'string', constraints: [{ type: 'required' }] },
    { key: 'email', label: 'E-mail', type: 'string', constraints: [{ type: 'external', validator: 'email' }] },
    { key: 'amount', label: 'Amount', type: 'number' },
  ],
};

/** Makes a space through the dialog and opens its only sheet. */
async function newSpace(page: Page, name: string) {
  await page.goto('/');
  await hydrated(page);
  await page.getByRole('button', { name: 'New space' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'New space' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('Blueprint', { exact: false }).last().fill(JSON.stringify(PEOPLE));
  await dialog.getByRole('button', { name: 'Create space' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'People' })).toBeVisible();
}

function people(rows: number) {
  const lines = Array.from({ length: rows }, (_, row) => {
    const email = row % 10 === 3 ? `person${row}#example.com` : `person${row}@example.com`;
    return `${row % 10 === 7 ? '' : `Person ${row}`},${email},${row * 1.5}`;
  });
  return ['First name,E-mail,Amount', ...lines].join('\n');
}

test('a dropped file whose columns all match becomes records without a question', async ({ page, checkAccessibility }) => {
  await newSpace(page, 'Dropped');
  await expect(page.getByRole('heading', { name: 'No records yet' })).toBeVisible();
  await checkAccessibility();
  await drop(page, 'people.csv', people(1000));
  await expect(page.getByRole('tab', { name: /^All/ })).toHaveText('All1,000', { timeout: 20_000 });
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByRole('tab', { name: /^Invalid/ })).toHaveText('Invalid200');
  await expect(page.getByRole('gridcell', { name: 'person3#example.com' })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '1001');
  await checkAccessibility();
  // What was imported can be taken back, once.
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('heading', { name: 'No records yet' })).toBeVisible();
  await expect(page.getByRole('tab', { name: /^All/ })).toHaveText('All0');
  await page.getByRole('link', { name: /^Jobs/ }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'people.csv' })).toContainText('Complete');
  await expect(page.getByRole('button', { name: 'Undo' })).toBeHidden();
});

test('an import that was canceled and run again is taken back alone', async ({ page }) => {
  test.setTimeout(90_000);
  await newSpace(page, 'Again');
  const all = page.getByRole('tab', { name: /^All/ });
  await page.getByRole('button', { name: 'Add a record' }).click();
  await expect(all).toHaveText('All1');
  await drop(page, 'many.csv', people(500_000));
  // Some of it is there, so that its end is seen to be taken back.
  await expect(all).not.toHaveText('All1');
  await page.getByRole('status').getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Import many.csv: canceled')).toBeVisible();
  await expect(all).toHaveText('All1', { timeout: 20_000 });
  // What somebody does between the two runs is not the import's to take back.
  await page.getByRole('button', { name: 'Add record' }).click();
  await expect(all).toHaveText('All2');
  await page.getByRole('link', { name: /^Jobs/ }).click();
  await page.getByRole('button', { name: 'Run again' }).click();
  await page.getByRole('link', { name: /^People/ }).click();
  await expect(all).toHaveText('All500,002', { timeout: 60_000 });
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(all).toHaveText('All2', { timeout: 20_000 });
});

test('a file of another kind is refused with words', async ({ page }) => {
  await newSpace(page, 'Foreign');
  await drop(page, 'table.csv', '\u0025PDF-1.7 and so on');
  const dialog = page.getByRole('dialog', { name: 'Import table.csv' });
  await expect(dialog.getByRole('alert')).toContainText('This is a PDF, not a CSV file');
});

test('a column goes where the person says', async ({ page, checkAccessibility }) => {
  await newSpace(page, 'Mapped');
  await drop(page, 'odd.csv', 'Who,Mail,Number\nAda,ada@example.com,1\n');
  const dialog = page.getByRole('dialog', { name: 'Import odd.csv' });
  await expect(dialog.getByText('Required, but in no column: First name')).toBeVisible();
  await checkAccessibility();
  await dialog.getByRole('combobox', { name: 'Field for Who' }).selectOption({ label: 'First name *' });
  await dialog.getByRole('combobox', { name: 'Field for Number' }).selectOption('first_name');
  await expect(dialog.getByText('Two columns go into First name')).toBeVisible();
  await dialog.getByRole('combobox', { name: 'Field for Number' }).selectOption('amount');
  await dialog.getByRole('combobox', { name: 'Field for Mail' }).selectOption('email');
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(page.getByRole('gridcell', { name: 'ada@example.com' })).toBeVisible({ timeout: 20_000 });
});

test('an empty file is refused with words', async ({ page }) => {
  await newSpace(page, 'Refused');
  await drop(page, 'empty.csv', '');
  const dialog = page.getByRole('dialog', { name: 'Import empty.csv' });
  await expect(dialog.getByRole('alert')).toContainText('empty');
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await expect(dialog).toBeHidden();
});

test('a sheet of many records is sorted, filtered and searched while one looks', async ({ page, checkAccessibility }) => {
  await newSpace(page, 'Sorted');
  await drop(page, 'people.csv', people(20_000));
  await expect(page.getByRole('tab', { name: /^All/ })).toHaveText('All20,000', { timeout: 60_000 });
  const amounts = page.locator('[role=gridcell][aria-colindex="4"]');
  await page.getByRole('button', { name: 'Sort' }).click();
  await page.getByRole('menuitem', { name: 'Amount' }).click();
  await expect(page.getByRole('columnheader', { name: 'Amount' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(amounts.first()).toHaveText('0');
  await page.getByRole('button', { name: 'Sort' }).click();
  await page.getByRole('menuitem', { name: 'Amount' }).click();
  await expect(page.getByRole('columnheader', { name: 'Amount' })).toHaveAttribute('aria-sort', 'descending');
  await expect(amounts.first()).toHaveText('29998.5');
  await checkAccessibility();
  // A click on the header goes on: back to the order of the sheet.
  const header = await place(page.getByRole('columnheader', { name: 'Amount' }));
  await page.mouse.click(header.x + 20, header.y + header.height / 2);
  await expect(amounts.first()).toHaveText('0');

  const search = page.getByRole('searchbox', { name: 'Search the records' });
  await search.fill('filter: amount gt 29000 and first_name is error');
  await search.press('Enter');
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '68');
  await search.fill('filter: amount about 3');
  await search.press('Enter');
  await expect(page.getByText('character 8: expected an operator')).toBeVisible();
  await page.getByRole('button', { name: 'Clear all' }).click();
  await search.fill('person19999@');
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '2');
});
