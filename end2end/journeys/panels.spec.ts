// What stands beside the grid and over it: errors, find and replace, one record, calculations, versions.
import type { Page } from '@playwright/test';

import { expect, hydrated, openDemo, test } from '../helper';

/** Opens the sheet of the demo space. */
const grid = (page: Page) => page.getByRole('grid', { name: 'Contacts: records' });
const side = (page: Page) => page.getByRole('complementary').last();
const cellAt = (page: Page, row: number, column: number) =>
  page.locator(`[role=gridcell][data-row="${row}"][data-column="${column}"]`);

test('a group of errors is put right in three presses, and comes back with Undo', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await page.getByRole('button', { name: /^Errors/ }).click();
  const errors = side(page);
  await expect(errors.getByRole('heading', { name: 'Errors' })).toBeFocused();
  const group = errors.getByRole('button', { name: /Balance.*is not a number/ });
  await expect(group).toContainText('2');
  await group.click();
  // The grid shows just those records and stands at the first cell.
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '3');
  await expect(cellAt(page, 0, 5)).toHaveAttribute('tabindex', '0');
  await expect(cellAt(page, 0, 5)).toHaveText('12a.5');
  await checkAccessibility();
  await errors.getByRole('button', { name: 'Clear' }).click();
  const notes = page.getByRole('region', { name: 'Notifications' });
  await expect(notes).toContainText('2 records changed');
  await expect(group).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^Errors/ })).toContainText('10');
  await notes.getByRole('button', { name: 'Undo' }).click();
  await expect(group).toContainText('2');
  await expect(page.getByRole('button', { name: /^Errors/ })).toContainText('12');
  // Set: the right control for the type, and the number of records on the button.
  await errors.getByRole('button', { name: /Plan.*not one of the options/ }).first().click();
  await errors.getByRole('button', { name: 'Set…' }).click();
  await errors.getByRole('combobox', { name: 'New value of Plan' }).selectOption('Team');
  await errors.getByRole('button', { name: 'Set in 1' }).click();
  await expect(page.getByRole('button', { name: /^Errors/ })).toContainText('11');
});

test('records of a group are deleted or exported, and an edit moves the counts', async ({ page }) => {
  await openDemo(page);
  await page.keyboard.press('Control+Shift+E');
  const errors = side(page);
  await errors.getByRole('button', { name: /Signed up/ }).click();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '3');
  await errors.getByRole('button', { name: 'Delete records' }).click();
  await expect(errors.getByRole('button', { name: /Signed up/ })).toHaveCount(0);
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(errors.getByRole('button', { name: /Signed up/ })).toContainText('2');
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '501');
  // One of the two is put right in the grid.
  await errors.getByRole('button', { name: /Signed up/ }).click();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '3');
  await cellAt(page, 0, 4).click();
  await page.keyboard.press('F2');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('2026-02-28');
  await page.keyboard.press('Enter');
  await expect(errors.getByRole('button', { name: /Signed up/ })).toContainText('1');
});

test('a sheet without errors says so', async ({ page }) => {
  await openDemo(page);
  await page.keyboard.press('Control+Shift+E');
  const groups = side(page).locator('.group');
  for (let left = 9; left > 0; left -= 1) {
    await expect(groups).toHaveCount(left);
    await groups.first().locator('.group-head').click();
    await groups.first().getByRole('button', { name: 'Delete records' }).click();
  }
  await expect(side(page)).toContainText('Nothing is wrong');
});

test('find moves the grid from match to match', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await page.getByRole('gridcell').first().click();
  await page.keyboard.press('Control+f');
  const find = page.getByRole('search', { name: 'Find and replace' });
  await page.keyboard.type('zhang');
  await expect(find.getByRole('status')).toContainText(/^1 of \d+$/);
  await page.keyboard.press('Enter');
  await expect(find.getByRole('status')).toContainText(/^2 of/);
  await checkAccessibility();
  const many = Number((await find.getByRole('status').textContent())?.split(' of ')[1]);
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.press('Shift+Enter');
  await expect(find.getByRole('status')).toContainText(`${many} of ${many}`);
  await find.getByRole('checkbox', { name: 'Match case' }).check();
  await find.getByRole('textbox', { name: 'Find' }).fill('Zhang');
  await expect(find.getByRole('status')).not.toContainText(`of ${many}`);
  await find.getByRole('checkbox', { name: 'Whole cell' }).check();
  await find.getByRole('combobox', { name: 'In which columns' }).selectOption('Last name');
  await expect(find.getByRole('status')).toContainText(/of (29|30)$/);
  await expect(page.locator('[role=gridcell][tabindex="0"]')).toHaveText('Zhang');
  await page.keyboard.press('Escape');
  await expect(find).toHaveCount(0);
  await expect(page.locator('[role=gridcell]:focus')).toHaveText('Zhang');
});

test('everything is replaced as one change, after its number was seen', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await page.keyboard.press('Control+h');
  const find = page.getByRole('search', { name: 'Find and replace' });
  await expect(find.getByRole('button', { name: 'Replace all' })).toHaveAttribute('aria-disabled', 'true');
  await find.getByRole('textbox', { name: 'Find', exact: true }).fill('bluebird');
  await find.getByRole('textbox', { name: 'Replace with' }).fill('Redbird');
  await expect(find).toContainText(/Replaces \d+ cells in 2 columns/);
  await checkAccessibility();
  const cells = Number(/Replaces (\d+)/.exec((await find.textContent()) ?? '')?.[1]);
  await find.getByRole('button', { name: 'Replace', exact: true }).click();
  await expect(find).toContainText(`Replaces ${cells - 1} cells`);
  await find.getByRole('button', { name: 'Replace all' }).click();
  await expect(find).toContainText('Nothing found');
  const notes = page.getByRole('region', { name: 'Notifications' });
  await notes.getByRole('button', { name: 'Undo' }).last().click();
  await expect(find).toContainText(`Replaces ${cells - 1} cells`);
});

test('a record opens as a form, is mended and has a history', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await page.getByRole('tab', { name: /^Invalid/ }).click();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '13');
  await page.getByRole('gridcell', { name: 'wei.zhang#bluebird.example' }).click();
  await page.keyboard.press('Space');
  const record = side(page);
  await expect(record.getByRole('heading', { name: 'Record 4', exact: true })).toBeFocused();
  const mail = record.getByRole('textbox', { name: 'E-mail' });
  await expect(mail).toHaveAccessibleDescription(/not an e-mail address/);
  await expect(mail).toHaveAttribute('aria-invalid', 'true');
  await checkAccessibility();
  await mail.fill('wei.zhang@bluebird.example');
  await mail.press('Enter');
  // The record has left the tab; the panel still shows it.
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '12');
  await expect(mail).toHaveAttribute('aria-invalid', 'false');
  await expect(record.getByRole('heading', { name: 'Record 4', exact: true })).toBeVisible();
  await record.getByRole('tab', { name: 'History' }).click();
  await expect(record).toContainText('wei.zhang#bluebird.example');
  await checkAccessibility();
  await record.getByRole('button', { name: /^Restore E-mail/ }).click();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '13');
  await record.getByRole('tab', { name: 'Fields' }).click();
  await record.getByRole('button', { name: 'Next record' }).click();
  await expect(record.getByRole('heading', { name: 'Record 18' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('[role=gridcell]:focus')).toHaveAttribute('data-row', '1');
});

test('a message proposes what was meant, by mouse and by keyboard', async ({ page }) => {
  await openDemo(page);
  await page.getByRole('tab', { name: /^Invalid/ }).click();
  await page.getByRole('gridcell', { name: 'buisness' }).click();
  await expect(page.getByRole('tooltip')).toContainText('did you mean “Business”');
  await page.keyboard.press('Control+.');
  await expect(page.getByRole('button', { name: 'Use “Business”' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: /^Invalid/ })).toHaveText('Invalid11');
  await page.getByRole('gridcell', { name: 'call me' }).hover();
  await page.getByRole('button', { name: 'All like this…' }).click();
  await expect(side(page).getByRole('button', { name: /Phone/ })).toHaveAttribute('aria-expanded', 'true');
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '2');
});

test('chosen cells and whole columns are calculated', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await cellAt(page, 0, 5).click();
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('Shift+ArrowDown');
  const bar = page.locator('.status-bar');
  const first = await Promise.all([0, 1, 2, 3].map((row) => cellAt(page, row, 5).textContent()));
  const sum = first.reduce((total, text) => total + Number(text), 0).toLocaleString('en-US', { minimumFractionDigits: 2 });
  await expect(bar).toContainText('4 cells');
  await expect(bar.getByRole('combobox')).toContainText(`Sum ${sum}`);
  await bar.getByRole('combobox').selectOption({ index: 4 });
  await expect(bar.getByRole('combobox')).toHaveValue('Average');
  // The choice is remembered, and rows that were never loaded count, too.
  await page.reload();
  await hydrated(page);
  await cellAt(page, 0, 5).click();
  await page.keyboard.press('Control+Shift+ArrowDown');
  await expect(bar).toContainText('500 cells');
  await expect(bar.getByRole('combobox')).toHaveValue('Average');
  await page.getByRole('button', { name: 'Summary' }).click();
  const summary = page.getByRole('group', { name: 'Calculations of the columns' });
  await summary.getByRole('combobox', { name: 'Calculation of Plan' }).selectOption('Distinct');
  await expect(summary).toContainText(/Distinct\s*5(?!\d)/);
  await checkAccessibility();
  await page.getByRole('tab', { name: /^Invalid/ }).click();
  await expect(summary).toContainText(/Filled\s*11(?!\d)/);
});

test('a kept version comes back, and a change is undone from the history', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Versions' }).click();
  const versions = side(page);
  await versions.getByRole('textbox', { name: 'Name of this version' }).fill('Before the clean-up');
  await versions.getByRole('button', { name: 'Keep', exact: true }).click();
  await expect(versions).toContainText('Before the clean-up');
  await page.getByRole('gridcell', { name: 'Ada', exact: true }).first().click();
  await page.keyboard.type('Grace');
  await page.keyboard.press('Enter');
  await expect(versions).toContainText('Edited 1 record');
  await checkAccessibility();
  await versions.getByRole('button', { name: 'Go back to it' }).click();
  await expect(page.getByRole('gridcell', { name: 'Grace', exact: true })).toHaveCount(0);
  await expect(versions).toContainText('Before going back');
});

test('on a phone a panel fills the screen', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: /^Errors/ }).click();
  await expect(side(page).getByRole('heading', { name: 'Errors' })).toBeVisible();
  const box = await side(page).boundingBox();
  expect(box).toEqual({ x: 0, y: 0, width: 390, height: 844 });
  await checkAccessibility();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
