// Two people on one sheet: each sees where the other is and what they write, nobody writes over the other unasked, and
// what is typed while the server cannot be reached is sent when it can.
import type { Browser, BrowserContext, Locator, Page } from '@playwright/test';

import { expect, hydrated, openDemo, place as placeOf, test } from '../helper';
import { caller } from './api';
import { keysOf } from './listener';

const cell = (page: Page, row: number, column: number) => page.locator(`[role=gridcell][data-row="${row}"][data-column="${column}"]`);
const people = (page: Page) => page.getByRole('list', { name: 'Also on this sheet' });
const editor = (page: Page) => page.locator('.grid-editor');
const choice = (page: Page) => page.getByRole('group', { name: 'Changed by somebody else' });
const status = (page: Page) => page.locator('.status-bar');
const notes = (page: Page) => page.getByRole('region', { name: 'Notifications' });

async function openContacts(page: Page) {
  await openDemo(page);
  await expect(cell(page, 0, 0)).toHaveText('Ada');
}

/** The same sheet in another browser of the same person. */
async function another(browser: Browser, page: Page): Promise<{ context: BrowserContext; other: Page }> {
  const context = await browser.newContext({ storageState: await page.context().storageState() });
  const other = await context.newPage();
  await other.goto(page.url());
  await hydrated(other);
  await expect(cell(other, 0, 0)).toHaveText('Ada');
  return { context, other };
}

/** Types a text into a cell, and goes on to the next row. */
async function write(page: Page, row: number, column: number, text: string) {
  await cell(page, row, column).click();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

async function shot(page: Page, name: string) {
  if (!process.env.INLET_SHOTS) return;
  for (const [scheme, width, height] of [['light', 1440, 900], ['dark', 1440, 900], ['light', 390, 844], ['dark', 390, 844]] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(350);
    await page.screenshot({ path: `${process.env.INLET_SHOTS}/${name}-${scheme}-${width}.png` });
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize({ width: 1440, height: 900 });
}

test('people see who else is here and where, and when they have gone', async ({ page, browser, checkAccessibility }) => {
  await openContacts(page);
  await expect(people(page)).toHaveCount(0);
  const { context, other } = await another(browser, page);
  await expect(people(page).getByRole('button')).toHaveCount(1);
  await expect(people(other).getByRole('button')).toHaveCount(1);
  await cell(other, 3, 1).click();
  await expect(cell(page, 3, 1)).toHaveAttribute('aria-description', /is here$/);
  await other.keyboard.press('ArrowDown');
  await expect(cell(page, 4, 1)).toHaveAttribute('aria-description', /is here$/);
  // The name is shown for a moment.
  if (process.env.INLET_SHOTS) await page.screenshot({ path: `${process.env.INLET_SHOTS}/name.png`, clip: { x: 230, y: 90, width: 700, height: 300 } });
  await expect(cell(page, 3, 1)).not.toHaveAttribute('aria-description', /./);
  await checkAccessibility();
  await shot(page, 'presence');
  // The initials lead to the cell.
  await page.getByRole('button', { name: /go to their cell$/ }).click();
  await page.keyboard.press('Escape');
  await expect(page.locator('[role=gridcell][tabindex="0"]')).toHaveAttribute('data-row', '4');
  // Another sheet is another place, and a page that is closed is none.
  await other.getByRole('link', { name: /^Jobs/ }).click();
  await expect(people(page)).toHaveCount(0, { timeout: 3_000 });
  await other.goBack();
  await expect(people(page).getByRole('button')).toHaveCount(1);
  await context.close();
  await expect(people(page)).toHaveCount(0, { timeout: 12_000 });
});

test('a connection that is lost ends in being gone', async ({ page, browser }) => {
  await openContacts(page);
  const { context } = await another(browser, page);
  await expect(people(page).getByRole('button')).toHaveCount(1);
  await context.setOffline(true);
  await expect(people(page)).toHaveCount(0, { timeout: 12_000 });
  await context.setOffline(false);
  await expect(people(page).getByRole('button')).toHaveCount(1, { timeout: 10_000 });
  await context.close();
});

test('the edit of another appears at once, and what is looked at stays', async ({ page, browser }) => {
  await openContacts(page);
  const { context, other } = await another(browser, page);
  await cell(page, 10, 0).click();
  const top = await page.locator('.grid-scroller').evaluate((scroller) => scroller.scrollTop);
  await write(other, 2, 0, 'Grace');
  await expect(cell(page, 2, 0)).toHaveText('Grace', { timeout: 1_500 });
  await expect(cell(page, 10, 0)).toBeFocused();
  expect(await page.locator('.grid-scroller').evaluate((scroller) => scroller.scrollTop)).toBe(top);
  await context.close();
});

test('nothing is written over what another wrote meanwhile: theirs or mine', async ({ page, browser, checkAccessibility }) => {
  await openContacts(page);
  const { context, other } = await another(browser, page);
  await cell(page, 0, 0).click();
  await page.keyboard.type('Mine');
  await write(other, 0, 0, 'Theirs');
  // The editor tells as soon as it is known.
  const note = page.getByText('Changed meanwhile to “Theirs”');
  await expect(note).toBeVisible();
  await expect(editor(page)).toHaveAttribute('aria-describedby', 'grid-editor-note');
  await shot(page, 'editor-note');
  await editor(page).focus();
  await page.keyboard.press('Enter');
  await expect(choice(page)).toContainText('changed First name to “Theirs” while you were typing');
  await expect(choice(page)).toContainText('You wrote “Mine”');
  await expect(cell(page, 0, 0)).toHaveText('Theirs');
  await expect(cell(page, 1, 0)).toBeFocused();
  await checkAccessibility();
  await shot(page, 'clash');
  // By keyboard to the choice, and back to the grid with it.
  await cell(page, 0, 0).click();
  await page.keyboard.press('Control+.');
  await expect(page.getByRole('button', { name: 'Keep theirs' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(choice(page)).toHaveCount(0);
  await expect(cell(page, 0, 0)).toBeFocused();
  await expect(cell(page, 0, 0)).toHaveText('Theirs');
  await expect(status(page)).toContainText('Saved');

  await page.keyboard.type('Mine');
  await write(other, 0, 0, 'Theirs again');
  await expect(page.getByText('Changed meanwhile to “Theirs again”')).toBeVisible();
  await editor(page).focus();
  await page.keyboard.press('Enter');
  await expect(choice(page)).toContainText('“Theirs again”');
  await page.keyboard.press('Control+.');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(choice(page)).toHaveCount(0);
  await expect(cell(page, 0, 0)).toHaveText('Mine');
  await expect(cell(other, 0, 0)).toHaveText('Mine');
  await expect(status(page)).toContainText('Saved');
  await context.close();
});

test('a record that was deleted meanwhile leaves the text to be copied', async ({ page, browser, checkAccessibility }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await openContacts(page);
  const { context, other } = await another(browser, page);
  await cell(page, 0, 0).click();
  await page.keyboard.type('Precious');
  await cell(other, 0, 0).click();
  await other.keyboard.press('Control+Alt+-');
  await expect(other.getByRole('grid')).toHaveAttribute('aria-rowcount', '500');
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '500');
  await editor(page).focus();
  await page.keyboard.press('Enter');
  await expect(choice(page)).toContainText('The record was deleted while you were typing into First name');
  await checkAccessibility();
  await shot(page, 'gone');
  await page.getByRole('button', { name: 'Copy the text' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('Precious');
  await choice(page).getByRole('button', { name: 'Close' }).click();
  await expect(choice(page)).toHaveCount(0);
  await context.close();
});

test('what is typed without a connection waits, warns, and is sent in order', async ({ page, browser, complaints, checkAccessibility }) => {
  await openContacts(page);
  const { context, other } = await another(browser, page);
  await page.context().setOffline(true);
  await expect(status(page)).toContainText('Offline');
  await write(page, 0, 0, 'One');
  await expect(status(page)).toContainText('1 change waiting to be sent');
  await write(page, 1, 0, 'Two');
  await write(page, 2, 0, 'Three');
  await write(page, 1, 0, 'Second');
  await expect(status(page)).toContainText('3 changes waiting to be sent');
  await expect(cell(page, 1, 0)).toHaveText('Second');
  await expect(cell(page, 1, 0)).toHaveAttribute('aria-description', 'waits to be sent');
  await checkAccessibility();
  await shot(page, 'waiting');
  // Changes of many cells are refused with the reason.
  await cell(page, 3, 0).click();
  await cell(page, 4, 0).click({ modifiers: ['Shift'] });
  const before = await cell(page, 4, 0).textContent();
  await page.keyboard.press('Delete');
  await expect(notes(page)).toContainText('only single cells can be changed');
  await expect(cell(page, 4, 0)).toHaveText(before!);
  // Leaving is warned of.
  const asked = page.waitForEvent('dialog');
  const left = page.reload({ timeout: 2_000 }).catch(() => 'stayed');
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  expect(await left).toBe('stayed');
  // Somebody else writes into one of the cells meanwhile.
  await write(other, 2, 0, 'Elsewhere');
  await page.context().setOffline(false);
  await expect(status(page)).not.toContainText('waiting', { timeout: 10_000 });
  await expect(cell(other, 0, 0)).toHaveText('One');
  await expect(cell(other, 1, 0)).toHaveText('Second');
  await expect(choice(page)).toContainText('“Elsewhere”');
  await choice(page).getByRole('button', { name: 'Keep theirs' }).click();
  await expect(cell(page, 2, 0)).toHaveText('Elsewhere');
  // Nothing waits: nobody is asked.
  await page.reload();
  await hydrated(page);
  await expect(cell(page, 1, 0)).toHaveText('Second');
  await context.close();
  complaints.length = 0;
});

test('an edit whose answer was lost is nobody else’s, and is made once', async ({ page, complaints }) => {
  await openContacts(page);
  const edits = '**/rpc/inlet/rpc/records/edit_cells';
  let lost = 0;
  await page.route(edits, async (route) => {
    // The server gets it; its answer never arrives.
    await route.fetch();
    lost += 1;
    await route.abort();
  });
  await write(page, 0, 0, 'Grace');
  await expect(status(page)).toContainText('1 change waiting to be sent');
  await write(page, 0, 0, 'Ada');
  await expect(status(page)).toContainText('2 changes waiting to be sent');
  await page.unroute(edits);
  await page.getByRole('button', { name: 'Try now' }).click();
  await expect(status(page)).toContainText('Saved');
  expect(lost).toBeGreaterThan(0);
  await expect(choice(page)).toHaveCount(0);
  await page.reload();
  await expect(cell(page, 0, 0)).toHaveText('Ada');
  complaints.length = 0;
});

test('a refused edit is listed until it is settled', async ({ page, request, server, complaints, checkAccessibility }) => {
  await openContacts(page);
  const call = caller(request, keysOf(server.data).API_KEY);
  await page.context().setOffline(true);
  await expect(status(page)).toContainText('Offline');
  await write(page, 0, 3, '+49 30 7');
  await expect(status(page)).toContainText('1 change waiting to be sent');
  // The column goes meanwhile.
  await call('DELETE', `/sheets/${page.url().match(/us_sh_\w+/)![0]}/fields/phone`);
  await page.context().setOffline(false);
  await expect(notes(page)).toContainText('“+49 30 7” was not saved', { timeout: 10_000 });
  await page.getByRole('button', { name: '1 change refused' }).click();
  const list = page.getByRole('dialog', { name: 'Changes that were refused' });
  await expect(list.getByRole('listitem')).toContainText('+49 30 7');
  await checkAccessibility();
  await shot(page, 'refused');
  await list.getByRole('button', { name: /^Try again/ }).click();
  await expect(notes(page).getByText('was not saved')).toHaveCount(2);
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await list.getByRole('button', { name: /^Discard/ }).click();
  await expect(list).toContainText('Nothing is left');
  await list.getByRole('button', { name: 'Close', exact: true }).first().click();
  await expect(page.getByRole('button', { name: /refused$/ })).toHaveCount(0);
  complaints.length = 0;
});

test('a press that is held while others write is not lost', async ({ page, browser }) => {
  await openContacts(page);
  const { context, other } = await another(browser, page);
  const hold = async (target: Locator, act: () => Promise<void>) => {
    const { x, y, width, height } = await placeOf(target);
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await act();
    await page.mouse.up();
  };
  const box = page.getByRole('checkbox', { name: 'Select record 3', exact: true });
  await hold(box, async () => {
    await write(other, 0, 0, 'Augusta');
    await expect(status(other)).toContainText('Saved');
    await page.waitForTimeout(600);
    // The picture has it; the elements over it wait for the pointer.
    await expect(cell(page, 0, 0)).toHaveText('Ada');
  });
  await expect(cell(page, 0, 0)).toHaveText('Augusta');
  await expect(box).toBeChecked();
  const header = page.getByRole('columnheader', { name: /^Last name/ });
  await hold(header, async () => {
    await write(other, 1, 0, 'Marie');
    await page.waitForTimeout(600);
  });
  await expect(header).toHaveAttribute('aria-sort', 'ascending');
  await context.close();
});
