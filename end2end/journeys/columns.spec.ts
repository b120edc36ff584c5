// The columns of a sheet: wider, elsewhere, hidden, pinned, by mouse and by keyboard, and the same after a reload.
import type { Page } from '@playwright/test';

import { expect, hydrated, openDemo, place as placeOf, test } from '../helper';

const headers = (page: Page) =>
  page.getByRole('columnheader').evaluateAll((all) =>
    all.map((header) => header.getAttribute('aria-label')?.replace(', required', '')).filter(Boolean));

const header = (page: Page, name: string) => page.getByRole('columnheader', { name });

/** Where a header is. */
const place = (page: Page, name: string) => placeOf(header(page, name));

/** The layout is kept half a second after it rests. */
const kept = (page: Page) => page.waitForResponse((response) => response.url().endsWith('/layouts/keep_layout'));

test('columns are made wider and moved with the mouse, and stay so on another device', async ({ page, browser }) => {
  await openDemo(page);
  const before = await place(page, 'First name');
  await page.mouse.move(before.x + before.width - 2, before.y + 15);
  await page.mouse.down();
  await page.mouse.move(before.x + before.width + 78, before.y + 15, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => Math.round((await place(page, 'First name')).width)).toBe(260);
  // Dragging the edge sorts nothing.
  await expect(header(page, 'First name')).not.toHaveAttribute('aria-sort', /./);

  const saved = kept(page);
  const phone = await place(page, 'Phone');
  await page.mouse.move(phone.x + 40, phone.y + 15);
  await page.mouse.down();
  const first = await place(page, 'First name');
  await page.mouse.move(first.x + 10, first.y + 15, { steps: 6 });
  await page.mouse.up();
  await expect.poll(() => headers(page).then((names) => names.slice(0, 3))).toEqual(['Phone', 'First name', 'Last name']);
  await expect(header(page, 'Phone')).not.toHaveAttribute('aria-sort', /./);
  // The cells went along, and an edit goes into the field that is seen.
  await page.getByRole('gridcell').first().click();
  await page.keyboard.type('+49 30 0000000');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await saved;

  const context = await browser.newContext({ storageState: await page.context().storageState(), javaScriptEnabled: false });
  const other = await context.newPage();
  await other.goto(page.url());
  const table = other.getByRole('table', { name: 'Contacts: first records' });
  await expect(table.getByRole('columnheader').first()).toHaveText('Phone');
  await expect(table.locator('tbody td').first()).toHaveText('+49 30 0000000');
  await context.close();
  await page.reload();
  await expect.poll(async () => Math.round((await place(page, 'First name')).width)).toBe(260);
});

test('the columns are kept however soon the page is left', async ({ page }) => {
  await openDemo(page);
  await page.getByRole('gridcell').first().click();
  await page.keyboard.press('Alt+ArrowDown');
  await page.getByRole('menuitem', { name: 'Hide' }).click();
  await expect(header(page, 'First name')).toHaveCount(0);
  const address = page.url();
  await page.goto('about:blank');
  // What the browser sends to the end may come after what it asks for next.
  await expect(async () => {
    await page.goto(address);
    await hydrated(page);
    await expect(header(page, 'Last name')).toBeVisible();
    await expect(header(page, 'First name')).toHaveCount(0, { timeout: 500 });
  }).toPass();
});

test('a double press on the edge fits the column to what it holds', async ({ page }) => {
  await openDemo(page);
  const before = await place(page, 'E-mail');
  await page.mouse.dblclick(before.x + before.width - 2, before.y + 15);
  await expect.poll(async () => (await place(page, 'E-mail')).width).not.toBe(before.width);
  await expect(header(page, 'E-mail')).not.toHaveAttribute('aria-sort', /./);
});

test('the menu of a column does everything by keyboard', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await page.getByRole('gridcell').first().click();
  const menu = page.getByRole('dialog', { name: 'Column menu' });
  const open = async () => {
    await page.keyboard.press('Alt+ArrowDown');
    await expect(menu.getByRole('menuitemcheckbox', { name: 'Sort upwards' })).toBeFocused();
  };
  const choose = async (name: string) => {
    await open();
    await expect(menu.getByRole('listitem').first()).toBeVisible();
    for (let press = 0; press < 9; press += 1) {
      if (await menu.getByRole('menuitem', { name }).evaluate((item) => item === document.activeElement)) break;
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    await expect(menu).toBeHidden();
    // The keyboard goes on in the grid.
    await expect(page.locator('[role=gridcell]:focus')).toHaveCount(1);
  };
  await open();
  await expect(menu.getByRole('menuitem', { name: 'Move left' })).toHaveAttribute('aria-disabled', 'true');
  await expect(menu.getByRole('listitem').first()).toBeVisible();
  await checkAccessibility();
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(page.locator('[role=gridcell]:focus')).toHaveAttribute('aria-colindex', '2');

  await choose('Move right');
  await expect.poll(() => headers(page).then((names) => names.slice(0, 2))).toEqual(['Last name', 'First name']);
  // The active cell went with its column.
  await expect(page.locator('[role=gridcell]:focus')).toHaveAttribute('aria-colindex', '3');
  await choose('Pin to the left');
  await expect.poll(() => headers(page).then((names) => names[0])).toBe('First name');
  await open();
  await page.keyboard.press('Enter');
  await expect(header(page, 'First name')).toHaveAttribute('aria-sort', 'ascending');
  await choose('Hide');
  await expect.poll(() => headers(page)).not.toContain('First name');
  const notes = page.getByRole('region', { name: 'Notifications' });
  await expect(notes).toContainText('1 column hidden');
  await notes.getByRole('button', { name: 'Show all' }).click();
  await expect.poll(() => headers(page)).toContain('First name');
});

test('pinned columns stay while the others scroll', async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 600 });
  await openDemo(page);
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('button', { name: 'Pin E-mail' }).click();
  await page.keyboard.press('Escape');
  await expect.poll(() => headers(page).then((names) => names[0])).toBe('E-mail');
  const before = await place(page, 'E-mail');
  await page.getByRole('gridcell').first().click();
  await page.keyboard.press('End');
  await expect(header(page, 'Company')).toBeVisible();
  expect((await place(page, 'E-mail')).x).toBe(before.x);
  // Coming back, the first column that scrolls is not left under the pinned one.
  for (let press = 0; press < 6; press += 1) await page.keyboard.press('ArrowLeft');
  const active = await placeOf(page.locator('[role=gridcell]:focus'));
  expect(active.x).toBeGreaterThanOrEqual(before.x + before.width - 1);
});

test('the columns panel finds, hides, resets and changes the height of rows', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await page.getByRole('button', { name: 'Columns' }).click();
  const panel = page.getByRole('dialog', { name: 'Columns' });
  await panel.getByRole('searchbox', { name: 'Find a column' }).fill('name');
  await expect(panel.getByRole('checkbox')).toHaveCount(2);
  await panel.getByRole('checkbox', { name: 'Last name' }).uncheck();
  await expect.poll(() => headers(page)).not.toContain('Last name');
  await checkAccessibility();
  await panel.getByText('Compact').click();
  await expect.poll(async () => (await placeOf(page.getByRole('gridcell').first())).height).toBe(26);
  await panel.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(() => headers(page)).toContain('Last name');
  await expect.poll(async () => (await placeOf(page.getByRole('gridcell').first())).height).toBe(32);
  await page.keyboard.press('Escape');
  await page.getByRole('region', { name: 'Notifications' }).getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => headers(page)).not.toContain('Last name');
});

test('a hidden column tells of its errors, and a condition on a column is begun at its row', async ({ page }) => {
  await openDemo(page);
  await page.getByRole('button', { name: 'Columns' }).click();
  const panel = page.getByRole('dialog', { name: 'Columns' });
  await panel.getByRole('checkbox', { name: 'Balance' }).uncheck();
  await expect(panel.getByRole('checkbox', { name: 'Balance' })).toHaveAccessibleName('Balance 2 errors');
  await expect(panel.getByRole('checkbox', { name: 'Company' })).toHaveAccessibleName('Company');
  await page.keyboard.press('Escape');
  const search = page.getByRole('searchbox', { name: 'Search the records' });
  await search.fill('filter: balance gt 0');
  await search.press('Enter');
  await page.getByRole('gridcell').first().click();
  await page.keyboard.press('Alt+ArrowDown');
  await page.getByRole('menuitem', { name: 'Filter by condition…' }).click();
  const fields = page.getByRole('dialog', { name: /Filter/ }).getByRole('combobox', { name: 'Field' });
  await expect(fields).toHaveCount(2);
  await expect(fields.last()).toBeFocused();
  await expect(fields.last()).toHaveValue('first_name');
});
