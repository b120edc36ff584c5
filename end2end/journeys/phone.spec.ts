// A phone held upright: records are cards. They are read, mended, chosen and deleted there, however many there are.
import type { Locator, Page } from '@playwright/test';

import { expect, hydrated, place, test } from '../helper';
import { drop } from './drop';
import { openOwnSheet } from './own_sheet';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test.beforeEach(() => test.setTimeout(90_000));

const list = (page: Page) => page.getByRole('list', { name: 'Contacts: records' });
const card = (page: Page, position: number) => page.locator(`.grid-cards [aria-posinset="${position}"]`);
const open = (of: Locator) => of.getByRole('button');
const record = (page: Page) => page.getByRole('complementary').last();
const notes = (page: Page) => page.getByRole('region', { name: 'Notifications' });

/** Nothing is wider than the screen, and whatever is pressed is as large as a finger. */
async function fits(page: Page) {
  expect(await page.evaluate(() => document.scrollingElement!.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  const small = await page.evaluate(() => {
    const pressed = document.querySelectorAll<HTMLElement>('.toolbar button, .toolbar .search, .card-open, .card-check, .card-bar button, .side button, .side input');
    const sizes = [...pressed].map((element) => ({ name: element.ariaLabel ?? element.textContent, box: element.getBoundingClientRect(), role: element.role }));
    return sizes.filter(({ box, role }) => box.width > 1 && (box.height < (role === 'tab' ? 40 : 44) || box.width < 44)).map(({ name, box }) => `${name}: ${box.width} × ${box.height}`);
  });
  expect(small).toEqual([]);
}

async function openDemo(page: Page) {
  await page.goto('/');
  await hydrated(page);
  await page.getByRole('link', { name: 'Demo', exact: true }).tap();
  await expect(open(card(page, 1))).toContainText('Ada');
}

test('the first records are readable before the script, and stay where they are', async ({ page, browser, server }) => {
  await openDemo(page);
  const before = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 }, storageState: await page.context().storageState() });
  const still = await before.newPage();
  await still.goto(page.url());
  const first = still.getByRole('listitem').filter({ hasText: 'Ada' }).first();
  await expect(first).toBeVisible();
  await expect(still.locator('.grid-window table')).toBeHidden();
  expect(await first.boundingBox()).toEqual(await card(page, 1).boundingBox());
  expect(await first.innerText()).toBe(await card(page, 1).innerText());
  await before.close();
  expect(server.url).toBeTruthy();
});

test('a record is mended in its form, and its card follows', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await fits(page);
  await checkAccessibility();
  await expect(list(page)).toHaveAccessibleDescription(/Enter opens a record/);
  const fourth = card(page, 4);
  await expect(fourth).toHaveAttribute('aria-setsize', '500');
  await expect(open(fourth)).toHaveAccessibleName(/^Wei Haddad record 4 E-mail wei\.zhang#bluebird\.example .*1 error: E-mail is not an e-mail address$/);
  await open(fourth).tap();
  const form = record(page);
  await expect(form.getByRole('heading', { name: 'Record 4' })).toBeFocused();
  expect(await form.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
  await fits(page);
  await checkAccessibility();
  const mail = form.getByRole('textbox', { name: 'E-mail' });
  await expect(mail).toHaveAccessibleDescription(/not an e-mail address/);
  await mail.fill('wei.zhang@bluebird.example');
  // Leaving the field for the next record saves it.
  await form.getByRole('button', { name: 'Next record' }).tap();
  await expect(form.getByRole('heading', { name: 'Record 5' })).toBeVisible();
  await form.getByRole('button', { name: 'Previous record' }).tap();
  await expect(mail).toHaveAttribute('aria-invalid', 'false');
  await form.getByRole('button', { name: 'Close' }).tap();
  await expect(open(fourth)).toBeFocused();
  await expect(fourth).not.toContainText('error');
  await expect(fourth).toContainText('wei.zhang@bluebird.example');
  await expect(page.getByRole('tab', { name: /^Invalid/ })).toHaveText('Invalid11');
});

test('records are chosen, deleted and brought back', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await card(page, 2).getByRole('checkbox', { name: /record 2$/ }).tap();
  await card(page, 3).getByRole('checkbox').tap();
  const bar = page.getByRole('group', { name: 'Selected records' });
  await expect(bar).toContainText('2 selected');
  await expect(page.locator('.status-bar .sr-only[role=status]')).toHaveText('2 records selected');
  await fits(page);
  await checkAccessibility();
  await bar.getByRole('button', { name: 'Delete' }).tap();
  const question = page.getByRole('dialog').filter({ hasText: '2 selected records' });
  await fits(page);
  await checkAccessibility();
  await question.getByRole('button', { name: /Delete/ }).tap();
  await expect(card(page, 1)).toHaveAttribute('aria-setsize', '498', { timeout: 15_000 });
  await expect(bar).toHaveCount(0);
  await notes(page).getByRole('button', { name: 'Undo' }).tap();
  await expect(card(page, 1)).toHaveAttribute('aria-setsize', '500', { timeout: 15_000 });
  await card(page, 2).getByRole('checkbox').tap();
  await bar.getByRole('button', { name: 'Select all' }).tap();
  await expect(bar).toContainText('500 selected');
  await expect(card(page, 5).getByRole('checkbox')).toBeChecked();
  await bar.getByRole('button', { name: 'Select none' }).tap();
  await expect(card(page, 5).getByRole('checkbox')).not.toBeChecked();
});

test('search, filter, order and a new record work as in the grid', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await page.getByRole('tab', { name: /^Invalid/ }).tap();
  await expect(card(page, 1)).toHaveAttribute('aria-setsize', '12');
  await expect(page.locator('.grid-cards .card:not(.invalid)')).toHaveCount(0);
  await page.getByRole('searchbox', { name: 'Search the records' }).fill('nobody at all');
  await expect(page.getByRole('heading', { name: 'No record matches' })).toBeVisible();
  await fits(page);
  await checkAccessibility();
  await page.getByRole('button', { name: 'Show all records' }).tap();
  await expect(card(page, 1)).toHaveAttribute('aria-setsize', '500');
  await page.getByRole('button', { name: 'Sort' }).tap();
  await page.getByRole('menuitem', { name: 'Balance' }).tap();
  // The field that sorts is on the cards.
  await expect(card(page, 1)).toContainText('Balance');
  await fits(page);
  await page.getByRole('button', { name: /^Filter/ }).tap();
  await expect(page.getByRole('dialog', { name: /Filter/ })).toBeVisible();
  await fits(page);
  await checkAccessibility();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Add record' }).tap();
  await expect(record(page).getByRole('heading', { name: 'Record 501' })).toBeFocused();
  await record(page).getByRole('textbox', { name: 'First name' }).fill('Nadia');
  await record(page).getByRole('button', { name: 'Close' }).tap();
  await expect(open(card(page, 501))).toContainText('Nadia');
  await expect(open(card(page, 501))).toBeFocused();
});

test('a list becomes a grid and a list again, and nothing is lost', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await page.getByRole('tab', { name: /^Invalid/ }).tap();
  await card(page, 2).getByRole('checkbox').tap();
  const views = page.getByRole('button', { name: 'Views' });
  await views.tap();
  await fits(page);
  await checkAccessibility();
  await page.getByText('As a grid').tap();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '13');
  await expect(page.getByRole('checkbox', { name: /^Select record/ }).nth(1)).toBeChecked();
  await fits(page);
  await checkAccessibility();
  // The choice is remembered, and the server knows of it.
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-records', 'grid');
  await hydrated(page);
  await expect(page.getByRole('gridcell').first()).toBeVisible();
  await views.tap();
  await page.getByText('As a list').tap();
  await page.keyboard.press('Escape');
  await expect(open(card(page, 1))).toBeVisible();

  // Turned on its side the screen shows the grid; what is typed in a form stays.
  await open(card(page, 3)).tap();
  const mail = record(page).getByRole('textbox', { name: 'First name' });
  await mail.fill('Half a na');
  await page.setViewportSize({ width: 844, height: 390 });
  await expect(page.getByRole('grid')).toBeVisible();
  await expect(mail).toHaveValue('Half a na');
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(mail).toHaveValue('Half a na');
  await page.keyboard.press('Escape');
  await expect(open(card(page, 3))).toBeFocused();
  await expect(open(card(page, 3))).toContainText('Half a na');
});

test('twenty thousand records are scrolled from first to last', async ({ page, request, server, checkAccessibility }) => {
  const fields = [
    { key: 'code', label: 'Code', type: 'string' },
    { key: 'amount', label: 'Amount', type: 'number' },
  ];
  await openOwnSheet({ page, request, server }, fields, []);
  await expect(page.getByRole('heading', { name: 'No records yet' })).toBeVisible();
  await fits(page);
  await checkAccessibility();
  await drop(page, 'many.csv', ['Code,Amount', ...Array.from({ length: 20_000 }, (_, row) => `c${row + 1},${row === 12_344 ? 'many' : row}`)].join('\n'));
  await expect(card(page, 1)).toHaveAttribute('aria-setsize', '20000', { timeout: 60_000 });
  const scroller = page.locator('.grid-scroller');
  const scroll = (share: number) => scroller.evaluate((element, share) => element.scrollTo(0, (element.scrollHeight - element.clientHeight) * share), share);
  await scroll(1);
  await expect(open(card(page, 20_000))).toContainText('c20000');
  await expect(card(page, 20_000)).toBeInViewport();
  // Few cards are in the document, however many records there are.
  expect(await page.locator('.grid-cards > li').count()).toBeLessThan(60);
  await scroll(0.5);
  await expect(open(page.locator('.grid-cards > li').nth(10))).toContainText(/c1000\d|c999\d/);
  await fits(page);
  // By keys from the first to the last.
  await scroll(0);
  await open(card(page, 1)).focus();
  await page.keyboard.press('ArrowDown');
  await expect(open(card(page, 2))).toBeFocused();
  await page.keyboard.press('End');
  await expect(open(card(page, 20_000))).toBeFocused();
  await expect(open(card(page, 20_000))).toHaveAccessibleName(/^c20000 record 20,000 Amount 19999$/);
  await page.keyboard.press('Shift+Space');
  await expect(card(page, 20_000).getByRole('checkbox')).toBeChecked();
  await page.keyboard.press('Home');
  await expect(open(card(page, 1))).toBeFocused();
});

test('in the grid a finger opens the menu of a cell, and makes a column wider', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await page.getByRole('button', { name: 'Views' }).tap();
  await page.getByText('As a grid').tap();
  await page.keyboard.press('Escape');
  const touch = await page.context().newCDPSession(page);
  const finger = (type: 'touchStart' | 'touchMove' | 'touchEnd', x = 0, y = 0) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] });
  const cell = await place(page.getByRole('gridcell', { name: 'Maria', exact: true }).first());
  await finger('touchStart', cell.x + 30, cell.y + 10);
  // Longer than a browser takes that tells of it by itself.
  await page.waitForTimeout(900);
  await finger('touchEnd');
  await expect(page.getByRole('menu', { name: 'Cell' })).toBeVisible();
  await checkAccessibility();
  await page.keyboard.press('Escape');
  const header = page.getByRole('columnheader', { name: 'First name' });
  const { x, y, width, height } = await place(header);
  await finger('touchStart', x + width - 7, y + height / 2);
  for (const step of [20, 40, 60]) await finger('touchMove', x + width - 7 + step, y + height / 2);
  await finger('touchEnd');
  await expect.poll(async () => Math.round((await place(header)).width - width)).toBe(60);
  await fits(page);
});
