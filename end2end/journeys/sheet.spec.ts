// The demo sheet: read, find, select and mend records.
import type { Page } from '@playwright/test';

import { expect, openDemo, test } from '../helper';
import { openOwnSheet } from './own_sheet';

/** Opens the sheet of the demo space. */
const grid = (page: Page) => page.getByRole('grid', { name: 'Contacts: records' });

test('the first rows are readable without a script', async ({ page, browser }) => {
  await openDemo(page);
  const address = page.url();
  // The session's cookie goes along; the script does not.
  const context = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() });
  const plain = await context.newPage();
  await plain.goto(address);
  const table = plain.getByRole('table', { name: 'Contacts: first records' });
  await expect(table.getByRole('columnheader', { name: 'E-mail' })).toBeVisible();
  await expect(table.getByRole('row').nth(1)).toContainText('Ada');
  await context.close();
});

test('the grid tells readers what it shows', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '501');
  await expect(page.getByRole('columnheader', { name: 'E-mail' })).toBeVisible();
  await expect(page.getByRole('tab', { name: /^Invalid/ })).toHaveText('Invalid12');
  await checkAccessibility();
});

test('the keyboard moves, scrolls to the end and comes back', async ({ page }) => {
  await openDemo(page);
  await page.getByRole('gridcell').first().click();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('[role=gridcell]:focus')).toHaveAttribute('aria-colindex', '3');
  await page.keyboard.press('Control+End');
  await expect(page.locator('[role=gridcell]:focus')).toHaveAttribute('data-row', '499');
  await expect(page.getByRole('checkbox', { name: 'Select record 500' })).toBeVisible();
  await page.keyboard.press('Control+Home');
  await expect(page.locator('[role=gridcell]:focus')).toHaveAttribute('data-row', '0');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(page.locator('[role=gridcell]:focus')).toHaveCount(0);
});

test('the invalid tab shows what is wrong, and an edit puts it right', async ({ page }) => {
  await openDemo(page);
  await page.getByRole('tab', { name: /^Invalid/ }).click();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '13');
  // Records keep their numbers, whatever the tab leaves out.
  await expect(page.getByRole('checkbox', { name: 'Select record 4', exact: true })).toBeVisible();
  const cell = page.getByRole('gridcell', { name: 'wei.zhang#bluebird.example' });
  await expect(cell).toHaveAttribute('aria-invalid', 'true');
  await cell.click();
  await expect(page.getByRole('tooltip')).toContainText('e-mail', { ignoreCase: true });
  await page.keyboard.press('F2');
  const editor = page.getByRole('textbox', { name: /^E-mail, record/ });
  await editor.fill('wei.zhang@bluebird.example');
  await editor.press('Enter');
  await expect(page.getByRole('tab', { name: /^Invalid/ })).toHaveText('Invalid11');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '12');
  // It is still so after a reload: the server has it.
  await page.reload();
  await expect(page.getByRole('tab', { name: /^Invalid/ })).toHaveText('Invalid11');
});

test('what is typed while rows move belongs to its record', async ({ page }) => {
  await openDemo(page);
  await page.getByRole('tab', { name: /^Invalid/ }).click();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '13');
  await page.getByRole('gridcell', { name: 'wei.zhang#bluebird.example' }).click();
  // The answer to the first edit takes its row away while the next record's editor is open.
  await page.keyboard.type('wei.zhang@bluebird.example');
  await page.keyboard.press('Enter');
  await page.keyboard.press('F2');
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '12');
  const editor = page.getByRole('textbox', { name: 'E-mail, record 18' });
  await editor.fill('lea@example.com');
  await editor.press('Enter');
  await page.getByRole('tab', { name: /^All/ }).click();
  const row = page.getByRole('row').filter({ has: page.getByRole('checkbox', { name: 'Select record 18', exact: true }) });
  await expect(row.getByRole('gridcell', { name: 'lea@example.com' })).toBeVisible();
});

test('typing replaces, Esc gives up', async ({ page }) => {
  await openDemo(page);
  const cell = page.getByRole('gridcell', { name: 'Ada', exact: true }).first();
  await cell.click();
  await page.keyboard.type('Grace');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('gridcell', { name: 'Ada', exact: true }).first()).toBeFocused();
  await page.keyboard.type('Grace');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('gridcell', { name: 'Grace', exact: true })).toBeVisible();
});

test('what could not be sent is sent later, even from another page', async ({ page, complaints }) => {
  await openDemo(page);
  const edits = '**/rpc/inlet/rpc/records/edit_cells';
  await page.route(edits, (route) => route.abort());
  await page.getByRole('gridcell', { name: 'Ada', exact: true }).first().click();
  await page.keyboard.type('Grace');
  await page.keyboard.press('Enter');
  await expect(page.locator('.status-bar')).toContainText('1 change waiting to be sent');
  // All of it is seen, however narrow the screen is.
  const whole = page.viewportSize()!;
  for (const width of [1024, 390]) {
    await page.setViewportSize({ width, height: whole.height });
    const cut = await page.locator('.status-bar :is(.saved, .saved > span)').evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1).map((one) => one.className));
    expect(cut).toEqual([]);
    const again = (await page.getByRole('button', { name: 'Try now' }).boundingBox())!;
    expect(again.x + again.width).toBeLessThanOrEqual(width);
  }
  await page.setViewportSize(whole);
  await page.getByRole('link', { name: /^Jobs/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Jobs' })).toBeVisible();
  await page.unroute(edits);
  await expect(page.getByRole('region', { name: 'Notifications' })).toContainText('1 change was sent', { timeout: 10_000 });
  await page.getByRole('link', { name: /^Contacts/ }).click();
  await expect(page.getByRole('gridcell', { name: 'Grace', exact: true })).toBeVisible();
  // Chromium logs the requests that were cut off.
  for (const complaint of complaints.splice(0)) expect(complaint).toContain('net::ERR_FAILED');
});

test('a search narrows the grid and the counts', async ({ page }) => {
  await openDemo(page);
  await page.getByRole('searchbox', { name: 'Search the records' }).fill('zhang');
  const rows = async () => Number(await grid(page).getAttribute('aria-rowcount')) - 1;
  await expect.poll(rows).toBeLessThan(100);
  const found = await rows();
  expect(found).toBeGreaterThan(0);
  await expect(page.getByRole('tab', { name: /^All/ })).toHaveText(`All${found}`);
  await page.getByRole('searchbox').fill('nothing has this');
  await expect(page.getByRole('heading', { name: 'No record matches' })).toBeVisible();
  await page.getByRole('button', { name: 'Show all records' }).click();
  await expect.poll(rows).toBe(500);
});

test('the records can be had in several forms', async ({ page }) => {
  await openDemo(page);
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  const forms = ['CSV for spreadsheets', 'CSV, exact text', 'TSV', 'JSON', 'JSON Lines', 'Excel'];
  await expect(page.locator('#download-menu').getByRole('menuitem')).toHaveText(forms);
  await page.keyboard.press('Escape');
});

test('selected records are deleted after a question', async ({ page }) => {
  await openDemo(page);
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await expect(page.getByRole('menuitem', { name: 'Delete selected records' })).toContainText('Select records first');
  await page.keyboard.press('Escape');
  await page.getByRole('checkbox', { name: 'Select record 2', exact: true }).check();
  await page.getByRole('checkbox', { name: 'Select record 4', exact: true }).click({ modifiers: ['Shift'] });
  await expect(page.locator('.status-bar')).toContainText('3 selected');
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Delete selected records' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete records' });
  await expect(dialog).toContainText('3 selected records');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '498');
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '501');
});

test('lists and booleans are read by what they mean, and edited as they were given', async ({ page, request, server }) => {
  const options = [{ value: 's', label: 'Single' }, { value: 'd', label: 'Double' }];
  const fields = [
    { key: 'tags', type: 'string-list', label: 'Tags' },
    { key: 'rooms', type: 'enum-list', label: 'Rooms', config: { options } },
    { key: 'vip', type: 'boolean', label: 'VIP' },
  ];
  const { call, sheet } = await openOwnSheet({ page, request, server }, fields, [{ tags: '["x","y"]', rooms: '["s","d"]', vip: 'yes' }, { tags: 'z', rooms: 'd', vip: 'off' }]);
  await expect(page.getByRole('gridcell', { name: 'x, y', exact: true })).toBeVisible();
  await expect(page.getByRole('gridcell', { name: 'Single, Double', exact: true })).toBeVisible();
  await page.getByRole('gridcell', { name: 'Single, Double' }).dblclick();
  await page.keyboard.press('Escape');
  const { records } = await call('GET', `/sheets/${sheet}/records`);
  expect(records[0].values.rooms.value).toEqual(['s', 'd']);
  await page.setViewportSize({ width: 390, height: 844 });
  const card = page.locator('.grid-cards [aria-posinset="1"]');
  await expect(card).toContainText('x, y');
  await expect(card).toContainText('Single, Double');
  await expect(card).toContainText('Yes');
  await expect(page.locator('.grid-cards [aria-posinset="2"]')).toContainText('No');
});
