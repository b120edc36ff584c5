// What a sheet shows: filters by rows, by text and by values, chips, saved views, and the address that says it.
import type { Page } from '@playwright/test';

import { expect, hydrated, openDemo, test } from '../helper';

/** Opens the sheet of the demo space. */
const rows = async (page: Page) =>
  Number(await page.getByRole('grid', { name: 'Contacts: records' }).getAttribute('aria-rowcount')) - 1;
const chips = (page: Page) => page.getByRole('list', { name: 'Filters' }).getByRole('listitem');
const toolbar = (page: Page) => page.getByRole('group', { name: 'Sheet' });

test('rows and text of a filter say the same', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await toolbar(page).getByRole('button', { name: 'Filter' }).click();
  const panel = page.getByRole('dialog', { name: /^Filter/ });
  await panel.getByRole('combobox', { name: 'Field' }).selectOption('Plan');
  await panel.getByRole('combobox', { name: 'Value' }).selectOption('Team');
  const text = panel.getByRole('textbox', { name: 'As text' });
  await expect(text).toHaveValue('"plan" eq "team"');
  await expect.poll(() => rows(page)).toBe(166);

  await panel.getByRole('button', { name: 'Condition', exact: true }).click();
  await panel.getByRole('combobox', { name: 'Field' }).nth(1).selectOption('Balance');
  await panel.getByRole('combobox', { name: 'Condition', exact: true }).nth(1).selectOption('is more than');
  await panel.getByRole('textbox', { name: 'Value' }).fill('1000');
  await panel.getByRole('combobox', { name: 'How the conditions are joined' }).selectOption('or');
  await expect(text).toHaveValue('"plan" eq "team" or "balance" gt "1000"');
  await checkAccessibility();

  await text.fill('plan eq free and (balance lt 100 or company like "Fer%")');
  await expect(panel.getByRole('group', { name: 'Group' }).getByRole('textbox', { name: 'Value' }).first()).toHaveValue('100');
  await expect(chips(page)).toHaveText(['Plan is Free', 'Balance is less than 100 or Company is like, with that case, Fer%']);
  await expect.poll(() => rows(page)).toBe(28);
  await text.fill('plan eq free and (balance lt 100');
  await expect(panel.getByRole('status')).toContainText('At character 33');
  await expect(text).toHaveAttribute('aria-invalid', 'true');
  expect(await rows(page), 'what cannot be read filters nothing anew').toBe(28);
  await text.fill('plan eq free or (balance lt 100 and (company eq Fern or is error))');
  await expect(panel).toContainText('deeper than rows can show');

  await page.keyboard.press('Escape');
  await expect(chips(page)).toHaveCount(1);
  await page.getByRole('button', { name: 'Clear all' }).click();
  await expect(chips(page)).toHaveCount(0);
  await expect.poll(() => rows(page)).toBe(500);
});

test('values are ticked in the menu of the column, with counts under the other filters', async ({ page }) => {
  await openDemo(page);
  await page.getByRole('columnheader', { name: 'Plan' }).click({ button: 'right' });
  const menu = page.getByRole('dialog', { name: 'Column menu' });
  await expect(menu.getByRole('listitem').first()).toContainText('16');
  await menu.getByRole('searchbox', { name: 'Find a value' }).fill('buis');
  await expect(menu.getByRole('checkbox')).toHaveCount(1);
  await menu.getByRole('checkbox', { name: 'buisness' }).check();
  await expect.poll(() => rows(page)).toBe(1);
  await menu.getByRole('searchbox').fill('');
  await menu.getByRole('checkbox', { name: 'Team' }).check();
  await expect.poll(() => rows(page)).toBe(167);
  await page.keyboard.press('Escape');
  await expect(chips(page)).toHaveText(['Plan is buisness or Team']);

  await page.getByRole('columnheader', { name: 'Last name' }).click({ button: 'right' });
  await expect(menu.getByRole('listitem').first()).toBeVisible();
  const counts = await menu.getByRole('listitem').locator('small').allTextContents();
  expect(counts.map(Number).reduce((sum, count) => sum + count, 0)).toBe(167);
  await page.keyboard.press('Escape');
  await chips(page).getByRole('button').click();
  await expect.poll(() => rows(page)).toBe(500);
});

test('the address shows the same after a reload, on the way back, and without a script', async ({ page, browser }) => {
  await openDemo(page);
  await page.getByRole('searchbox', { name: 'Search the records' }).fill('filter:email like "%fern%" and plan eq team');
  await page.keyboard.press('Enter');
  await expect(chips(page)).toHaveCount(2);
  await page.getByRole('tab', { name: /^Valid/ }).click();
  await page.getByRole('columnheader', { name: 'Balance' }).click();
  await page.getByRole('columnheader', { name: 'Balance' }).click();
  await expect(page).toHaveURL(/tab=valid&filter=email\+like\+%22%25fern%25%22.*sort=balance&direction=desc/);
  await expect.poll(() => rows(page)).toBeLessThan(100);
  const found = await rows(page);

  const context = await browser.newContext({ storageState: await page.context().storageState(), javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto(page.url());
  const first = await plain.locator('tbody td').first().textContent();
  await expect(page.getByRole('row').nth(1).getByRole('gridcell').first()).toHaveText(first!);
  await context.close();

  await page.reload();
  await hydrated(page);
  await expect.poll(() => rows(page)).toBe(found);
  await expect(page.getByRole('tab', { name: /^Valid/ })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('columnheader', { name: 'Balance' })).toHaveAttribute('aria-sort', 'descending');
  await page.getByRole('tab', { name: /^Invalid/ }).click();
  await expect(page).toHaveURL(/tab=invalid/);
  await page.goBack();
  await expect(page).toHaveURL(/tab=valid/);
  await expect(page.getByRole('tab', { name: /^Valid/ })).toHaveAttribute('aria-selected', 'true');
  await expect.poll(() => rows(page)).toBe(found);
});

test('views are saved, linked, changed, renamed, deleted and brought back', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  const sheet = page.url();
  await page.goto(`${sheet}?filter=plan+eq+team`);
  await hydrated(page);
  await expect.poll(() => rows(page)).toBe(166);
  const panel = page.getByRole('dialog').filter({ hasText: 'Default view' });
  await toolbar(page).getByRole('button', { name: 'Views' }).click();
  await panel.getByRole('textbox', { name: 'Name of the new view' }).fill('Teams');
  await panel.getByRole('button', { name: 'Save as new' }).click();
  const button = toolbar(page).locator('[aria-controls=views-panel]');
  await expect(button).toHaveAccessibleName('Teams');
  await expect(page).toHaveURL(/\?view=us_vi_\w+$/);
  const link = page.url();

  // The view has columns of its own; the person's stay as they were.
  await toolbar(page).getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Phone' }).uncheck();
  await page.keyboard.press('Escape');
  await expect(button).toHaveAccessibleName('Teams, changed');
  await button.click();
  await panel.getByRole('button', { name: 'Update “Teams”' }).click();
  await expect(button).toHaveAccessibleName('Teams');
  await expect(panel).toHaveCount(0);
  await button.click();
  await checkAccessibility();
  await panel.getByRole('button', { name: 'Default view' }).click();
  await expect(page.getByRole('columnheader', { name: 'Phone' })).toBeVisible();
  await expect.poll(() => rows(page)).toBe(500);
  await page.goBack();
  await expect(button).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Phone' })).toHaveCount(0);

  await page.goto(link);
  await hydrated(page);
  await expect.poll(() => rows(page)).toBe(166);
  await expect(page.getByRole('columnheader', { name: 'Phone' })).toHaveCount(0);
  await button.click();
  await panel.getByRole('button', { name: 'Rename “Teams”' }).click();
  await panel.getByRole('textbox', { name: 'New name of the view' }).fill('Our teams');
  await page.keyboard.press('Enter');
  await expect(toolbar(page).getByRole('button', { name: 'Our teams', exact: true }).first()).toBeVisible();
  await panel.getByRole('button', { name: 'Delete “Our teams”' }).click();
  await expect(toolbar(page).getByRole('button', { name: 'Views' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('region', { name: 'Notifications' }).getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('region', { name: 'Notifications' })).toContainText('The view is back');
  await page.goto(link);
  await hydrated(page);
  await expect(toolbar(page).getByRole('button', { name: 'Our teams' })).toBeVisible();
});
