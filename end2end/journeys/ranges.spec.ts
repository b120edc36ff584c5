// Several ranges of cells, with the keys and the mouse of a person who knows spreadsheets.
import type { Page } from '@playwright/test';

import { expect, hydrated, place, test } from '../helper';
import { openOwnSheet } from './own_sheet';

const fields = [
  { key: 'item', label: 'Item', type: 'string' },
  { key: 'note', label: 'Note', type: 'string' },
  { key: 'count', label: 'Count', type: 'number' },
  { key: 'price', label: 'Price', type: 'number' },
  { key: 'total', label: 'Total', type: 'number', readonly: true },
];

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test.beforeEach(async ({ page, request, server }) => {
  const texts = (row: number) => ({ item: `i${row}`, note: `n${row}`, count: `${row}`, price: `${row * 10}`, total: '7' });
  await openOwnSheet({ page, request, server }, fields, Array.from({ length: 8 }, (_, row) => texts(row)));
  await expect(cell(page, 0, 'Item')).toHaveText('i0');
});

const column = (label: string) => fields.findIndex((field) => field.label === label);
const cell = (page: Page, row: number, label: string) => page.locator(`[role=gridcell][data-row="${row}"][data-column="${column(label)}"]`);
const bar = (page: Page) => page.locator('.status-bar');
const notes = (page: Page) => page.getByRole('region', { name: 'Notifications' });
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
const texts = async (page: Page, label: string) => Promise.all(Array.from({ length: 8 }, (_, row) => cell(page, row, label).textContent()));

/** Drags from one cell to another, with Ctrl held when a further range is meant. */
async function drag(page: Page, from: [number, string], to: [number, string], control = false) {
  const [start, end] = [await place(cell(page, ...from)), await place(cell(page, ...to))];
  if (control) await page.keyboard.down('Control');
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
  await page.mouse.down();
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 4 });
  await page.mouse.up();
  if (control) await page.keyboard.up('Control');
}

test('several ranges are cleared as one change, and overlaps are counted once', async ({ page, checkAccessibility }) => {
  await drag(page, [0, 'Item'], [1, 'Note']);
  await drag(page, [3, 'Count'], [5, 'Count'], true);
  await drag(page, [5, 'Count'], [6, 'Price'], true);
  // Shift and a press extend the newest.
  await cell(page, 7, 'Total').click({ modifiers: ['Shift'] });
  await expect(bar(page)).toContainText('3 ranges, 15 cells');
  await expect(bar(page).getByRole('combobox')).toContainText('Sum 226');
  await expect(page.locator('[role=gridcell][aria-selected=true]')).toHaveCount(15);
  await expect(cell(page, 4, 'Price')).toHaveAttribute('aria-selected', 'false');
  await checkAccessibility();
  await page.keyboard.press('Delete');
  await expect.poll(() => texts(page, 'Count')).toEqual(['0', '1', '2', '', '', '', '', '']);
  expect(await texts(page, 'Item')).toEqual(['', '', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7']);
  expect(await texts(page, 'Price')).toEqual(['0', '10', '20', '30', '40', '', '', '']);
  expect(await texts(page, 'Total'), 'what is locked stays').toEqual(Array(8).fill('7'));
  await page.reload();
  await hydrated(page);
  await expect.poll(() => texts(page, 'Count')).toEqual(['0', '1', '2', '', '', '', '', '']);
  await cell(page, 0, 'Item').click();
  await page.keyboard.press('Control+z');
  await expect.poll(() => texts(page, 'Count')).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
  expect(await texts(page, 'Item')).toEqual(['i0', 'i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7']);
  await page.keyboard.press('Control+z');
  await expect(notes(page)).toContainText('There is nothing to undo');
});

test('ranges of the same rows or columns are copied as one table, others not', async ({ page }) => {
  await drag(page, [1, 'Price'], [3, 'Price']);
  await drag(page, [1, 'Item'], [3, 'Item'], true);
  await page.keyboard.press('Control+c');
  await expect(bar(page)).toContainText('6 cells copied');
  expect(await clipboard(page)).toBe('i1\t10\ni2\t20\ni3\t30');
  await page.keyboard.press('Control+x');
  await expect(notes(page)).toContainText('Cut works on one range');
  await drag(page, [5, 'Item'], [5, 'Note']);
  await drag(page, [1, 'Item'], [2, 'Note'], true);
  await page.keyboard.press('Control+c');
  await expect.poll(() => clipboard(page)).toBe('i1\tn1\ni2\tn2\ni5\tn5');
  await cell(page, 7, 'Price').click({ modifiers: ['Control'] });
  await page.keyboard.press('Control+c');
  await expect(notes(page)).toContainText('Copy works on ranges with the same rows or the same columns');
  expect(await clipboard(page), 'what was copied before is still there').toBe('i1\tn1\ni2\tn2\ni5\tn5');
  // A paste goes to the range of the active cell.
  await cell(page, 0, 'Count').click();
  await cell(page, 5, 'Item').click({ modifiers: ['Control'] });
  await page.keyboard.press('Control+v');
  await expect.poll(() => texts(page, 'Item')).toEqual(['i0', 'i1', 'i2', 'i3', 'i4', 'i1', 'i2', 'i5']);
  expect(await texts(page, 'Count')).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
});

test('typing goes to the active cell; a press, an arrow and Esc give the others up', async ({ page }) => {
  const several = async () => {
    await drag(page, [0, 'Item'], [1, 'Item']);
    await cell(page, 3, 'Item').click({ modifiers: ['Control'] });
    await expect(bar(page)).toContainText('2 ranges, 3 cells');
  };
  await several();
  await page.keyboard.type('x');
  await page.keyboard.press('Enter');
  await expect.poll(() => texts(page, 'Item')).toEqual(['i0', 'i1', 'i2', 'x', 'i4', 'i5', 'i6', 'i7']);
  for (const way of ['ArrowDown', 'Escape']) {
    await several();
    await page.keyboard.press(way);
    await expect(page.locator('[role=gridcell][aria-selected=true]')).toHaveCount(0);
  }
  await several();
  await cell(page, 6, 'Item').click();
  await page.keyboard.press('Delete');
  await expect.poll(() => texts(page, 'Item')).toEqual(['i0', 'i1', 'i2', 'x', 'i4', 'i5', '', 'i7']);
  // What the menu does to records, it does to those of every range.
  await several();
  await cell(page, 1, 'Item').click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: 'Delete 3 records' })).toBeVisible();
  await page.getByRole('menuitem', { name: 'Clear cells' }).click();
  await expect.poll(() => texts(page, 'Item')).toEqual(['', '', 'i2', '', 'i4', 'i5', '', 'i7']);
});

test('columns are chosen by their headers', async ({ page, checkAccessibility }) => {
  const header = async (label: string, ...keys: string[]) => {
    const { x, y, height } = await place(page.getByRole('columnheader', { name: new RegExp(`^${label}`) }));
    for (const key of keys) await page.keyboard.down(key);
    await page.mouse.click(x + 40, y + height / 2);
    for (const key of keys) await page.keyboard.up(key);
  };
  const menu = async (label: string) => {
    await cell(page, 0, label).click();
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByRole('menuitem', { name: 'Select its cells' }).click();
  };
  await menu('Item');
  await expect(bar(page)).toContainText('8 cells');
  await expect(cell(page, 0, 'Item')).toBeFocused();
  // With Ctrl beside it, with Shift as far as another.
  await header('Price', 'Control');
  await expect(bar(page)).toContainText('2 ranges, 16 cells');
  await expect(bar(page).getByRole('combobox')).toContainText('Sum 280');
  await header('Count', 'Shift');
  await expect(bar(page)).toContainText('2 ranges, 24 cells');
  await expect(page.getByRole('columnheader', { name: /^Count/ })).not.toHaveAttribute('aria-sort', /ending/);
  await checkAccessibility();
  await page.keyboard.press('Control+c');
  await expect.poll(() => clipboard(page)).toContain('i0\t0\t0\ni1\t1\t10');
  await page.keyboard.press('Delete');
  await expect.poll(() => texts(page, 'Price')).toEqual(Array(8).fill(''));
  expect(await texts(page, 'Item')).toEqual(Array(8).fill(''));
  expect(await texts(page, 'Note')).toEqual(Array.from({ length: 8 }, (_, row) => `n${row}`));
  // A press alone sorts as before.
  await header('Note');
  await expect(page.getByRole('columnheader', { name: /^Note/ })).toHaveAttribute('aria-sort', 'ascending');
});
