// The workbook of the demo whose buttons try every option: each of them answers.
import type { Page } from '@playwright/test';

import { expect, hydrated, test } from '../helper';

async function openPlayground(page: Page) {
  await page.goto('/');
  await hydrated(page);
  await page.getByRole('link', { name: 'Demo', exact: true }).click();
  await page.getByRole('link', { name: /^Playground/ }).first().click();
  await expect(page.getByRole('gridcell', { name: 'Lamp' }).first()).toBeVisible();
}

async function pressInMenu(page: Page, name: string) {
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name, exact: true }).click();
}

const toast = (page: Page, words: string | RegExp) => page.locator('.toast', { hasText: words });
const TROUBLE = /did not|It did not work|nobody/i;

test('every button without a form tells its outcome', async ({ page }) => {
  test.setTimeout(120_000);
  await openPlayground(page);
  // Nothing is seen of it, then and at its end.
  await pressInMenu(page, 'Work unseen');
  for (const [name, told] of [
    ['With remarks', 'Once a week'],
    ['Outcome: a page', 'There is a page about this'],
    ['Outcome: an address', 'The host is named'],
    ['Outcome: a download', 'A file by its address'],
    ['Outcome: files', 'A file of the space'],
    ['Outcome: once more', 'It can be done once more'],
    ['Outcome: fewer columns', 'Two columns may go'],
    ['Outcome: no filters', 'Filters hide records'],
    ['Fail', 'this button is there to fail'],
  ]) {
    await pressInMenu(page, name);
    await expect(toast(page, told).first()).toBeVisible();
    await toast(page, told).first().getByRole('button', { name: 'Close' }).click();
  }
  for (const [name, told] of [['In parts, at once', 'Three parts'], ['In parts, one by one', 'Three parts']]) {
    await pressInMenu(page, name);
    await expect(toast(page, told)).toBeVisible({ timeout: 20_000 });
    await toast(page, told).getByRole('button', { name: 'Close' }).click();
  }
  await expect(toast(page, 'Work unseen')).toHaveCount(0);
  await expect(toast(page, TROUBLE)).toHaveCount(0);
});

test('modes, a dialog and what asks first', async ({ page }) => {
  await openPlayground(page);
  await page.getByRole('button', { name: 'Work in front' }).click();
  await expect(page.locator('.cover')).toContainText('of 10');
  await expect(toast(page, 'Work in front done')).toBeVisible();
  await pressInMenu(page, 'Outcome: a dialog');
  const dialog = page.getByRole('dialog', { name: 'An outcome with a heading' });
  await dialog.getByRole('button', { name: 'So it is' }).click();
  await pressInMenu(page, 'With a warning and help');
  const warned = page.getByRole('dialog', { name: 'With a warning and help' });
  await expect(warned).toContainText('This is a guardrail.');
  await warned.getByRole('button', { name: 'Continue' }).click();
  await expect(warned).toContainText('Shall it begin?');
  await warned.getByRole('button', { name: 'With a warning and help' }).click();
  await expect(toast(page, 'The warning was passed')).toBeVisible();
  await page.getByRole('button', { name: 'Count them' }).click();
  const count = page.getByRole('dialog', { name: 'Count them' });
  await expect(count).toContainText('All 18 records');
  await count.getByRole('button', { name: 'Count them' }).click();
  await expect(toast(page, 'This was about 18 records')).toBeVisible();
});

test('the form has every input, and its listener knows fruits', async ({ page, checkAccessibility }) => {
  await openPlayground(page);
  await pressInMenu(page, 'With a form');
  const dialog = page.getByRole('dialog', { name: 'With a form' });
  await dialog.getByLabel('Colour', { exact: true }).selectOption('Another');
  await dialog.getByLabel('Which other colour').fill('Teal');
  await checkAccessibility();
  await dialog.getByRole('button', { name: 'Next' }).click();
  await dialog.getByLabel('Number plate').fill('ab');
  await dialog.getByRole('button', { name: 'Next' }).click();
  await expect(dialog.getByText('As AB-123')).toBeVisible();
  await dialog.getByLabel('Number plate').fill('AB-123');
  await dialog.getByRole('button', { name: 'Next' }).click();
  await dialog.getByRole('combobox', { name: 'Found by the listener' }).fill('ap');
  await expect(dialog.getByRole('listbox').getByRole('option')).toHaveText(['Apple', 'Apricot']);
  await dialog.getByRole('listbox').getByRole('option', { name: 'Apple' }).click();
  await dialog.getByRole('button', { name: 'Next' }).click();
  await expect(dialog.locator('.review').first()).toContainText('Teal');
  await dialog.getByRole('button', { name: 'With a form' }).click();
  await expect(toast(page, /answers came with the job/)).toBeVisible();
});

test('space, file, column and document answer, too', async ({ page }) => {
  await openPlayground(page);
  await page.getByRole('button', { name: 'Actions of the space' }).click();
  await page.getByRole('menuitem', { name: 'Greet the space' }).click();
  await expect(toast(page, 'Hello')).toBeVisible();
  await page.locator('[role=gridcell][data-row="0"][data-column="1"]').click();
  await page.keyboard.press('Alt+ArrowDown');
  await page.getByRole('menuitem', { name: 'Round it' }).click();
  await page.getByRole('dialog', { name: 'Round it' }).getByRole('button', { name: 'Round it' }).click();
  await expect(toast(page, 'This was about the column `amount`')).toBeVisible();
  await pressInMenu(page, 'Outcome: files');
  await expect(toast(page, 'A file of the space')).toBeVisible();
  await page.getByRole('link', { name: /^Files/ }).click();
  await page.getByRole('button', { name: 'Actions of playground.csv' }).click();
  await page.getByRole('menuitem', { name: 'Tell its size' }).click();
  await expect(toast(page, /playground.csv has \d+ bytes/)).toBeVisible();
  await page.getByRole('link', { name: 'How this works' }).click();
  await page.getByRole('button', { name: 'Mark as read' }).click();
  await expect(toast(page, 'Thank you for reading')).toBeVisible();
});
