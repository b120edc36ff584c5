// Ten core tasks by keyboard alone, and what a screen reader is told after each step. A pointer fails the test.
import type { Locator, Page } from '@playwright/test';

import { expect, hydrated, test } from '../helper';

test.beforeEach(async ({ page }) => {
  test.setTimeout(90_000);
  // A press of Enter or Space makes a click without a pointer: its detail is 0.
  await page.addInitScript(() => {
    for (const name of ['pointerdown', 'mousedown', 'click', 'dblclick', 'wheel']) {
      window.addEventListener(name, (event) => {
        const pointed = event.isTrusted && (name !== 'click' || (event as MouseEvent).detail > 0);
        if (pointed) console.error(`a pointer was used: ${name}`);
      }, true);
    }
  });
  await page.goto('/');
  await hydrated(page);
});

const press = (page: Page, ...keys: string[]) => keys.reduce<Promise<void>>((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
const focus = (page: Page) => page.locator(':focus');
/** What is said without a move of the focus. */
const said = (page: Page) => page.locator('.status-bar .sr-only[role=status]');
/** How many records are shown, which is said when it changes. */
const shown = (page: Page) => page.locator('.status-bar').getByRole('status').first();
const notes = (page: Page) => page.getByRole('region', { name: 'Notifications' });

/** Tabs to an element, forwards or backwards, as often as that takes. */
async function tabTo(page: Page, to: Locator, key = 'Tab') {
  for (let press = 0; press < 40; press += 1) {
    await page.keyboard.press(key);
    if (await to.evaluate((element) => element === document.activeElement).catch(() => false)) return;
  }
  await expect(to, 'Tab leads there').toBeFocused();
}

/** Opens the sheet of the demo space by its link. */
async function openDemo(page: Page) {
  const link = page.getByRole('link', { name: 'Demo', exact: true });
  await tabTo(page, link);
  await press(page, 'Enter');
  await expect(page.getByRole('gridcell').first()).toBeVisible();
}

/** Goes into the grid, where one arrives at the active cell. */
async function enterGrid(page: Page) {
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await tabTo(page, page.locator('[role=gridcell][tabindex="0"]'));
}

/** The cell that has the focus: its column, its text, and what is said of it. */
async function hears(page: Page, column: string, text: string | RegExp, remark?: RegExp) {
  const cell = page.locator('[role=gridcell]:focus');
  await expect(cell).toHaveText(text);
  const index = await cell.getAttribute('aria-colindex');
  await expect(page.locator(`[role=columnheader][aria-colindex="${index}"]`)).toHaveAccessibleName(new RegExp(`^${column}`));
  if (remark) {
    await expect(cell).toHaveAttribute('aria-invalid', 'true');
    await expect(cell).toHaveAccessibleDescription(remark);
  } else {
    await expect(cell).not.toHaveAttribute('aria-invalid', 'true');
  }
}

/** Shows the invalid records only: the tabs are walked with the arrows. */
async function onlyInvalid(page: Page) {
  await tabTo(page, page.getByRole('tab', { selected: true }).first());
  await press(page, 'End');
  await expect(focus(page)).toHaveAccessibleName(/^Invalid/);
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '13');
}

test('1: a space and its sheet are opened', async ({ page }) => {
  await press(page, 'Tab');
  await tabTo(page, page.getByRole('link', { name: 'Demo', exact: true }));
  await press(page, 'Enter');
  await expect(page).toHaveTitle('Contacts · All Contacts · Inlet');
  // The reader begins at the heading of the page, and is told what the grid is.
  await expect(page.getByRole('heading', { level: 1, name: 'Contacts' })).toBeFocused();
  await expect(page.getByRole('grid', { name: 'Contacts: records' })).toHaveAccessibleDescription(/Arrow keys move, Enter edits/);
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '501');
  await expect(shown(page)).toHaveText(/^500 of 500 records/);
  await expect(page.getByRole('tablist', { name: 'Which records' })).toMatchAriaSnapshot(`
    - tablist "Which records":
      - tab "All 500" [selected]
      - tab "Valid 488"
      - tab "Invalid 12"
  `);
  // From the start of the document the first stop leads past everything that is on every page.
  await page.reload();
  await hydrated(page);
  await press(page, 'Tab');
  await expect(focus(page)).toHaveAccessibleName('Skip to the content');
});

test('2: a cell is found, with its value and its messages', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await enterGrid(page);
  await hears(page, 'First name', 'Ada');
  await press(page, 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight');
  await hears(page, 'E-mail', 'wei.zhang#bluebird.example', /Error .*not an e-mail address/);
  await expect(page.locator('[role=row]:has(:focus)').getByRole('rowheader')).toHaveAccessibleName(/4 has errors/);
  await checkAccessibility();
  await press(page, 'Control+Home');
  await hears(page, 'First name', 'Ada');
  // Nobody is caught in the grid.
  await press(page, 'Escape', 'Tab');
  await expect(focus(page)).toHaveAccessibleName('Summary');
});

test('3: a wrong cell is corrected', async ({ page }) => {
  await openDemo(page);
  await onlyInvalid(page);
  await tabTo(page, page.locator('[role=gridcell][tabindex="0"]'));
  await press(page, 'ArrowRight', 'ArrowRight');
  await hears(page, 'E-mail', 'wei.zhang#bluebird.example', /not an e-mail address/);
  await press(page, 'F2');
  await expect(focus(page)).toHaveAccessibleName(/^E-mail, record 4/);
  await press(page, 'Control+a');
  await page.keyboard.type('wei.zhang@bluebird.example');
  await press(page, 'Enter');
  await expect(page.getByRole('tab', { name: /^Invalid/ })).toHaveAccessibleName('Invalid 11');
  await expect(shown(page)).toHaveText(/^11 of 500 records/);
  await expect(page.locator('[role=gridcell]:focus')).toHaveCount(1);
  // What helps with a message is one key away.
  await press(page, 'Control+Home', 'Home');
  const plan = page.getByRole('gridcell', { name: 'buisness' });
  await expect(plan).toBeAttached();
  const row = Number(await plan.getAttribute('data-row'));
  for (let step = 0; step < row; step += 1) await press(page, 'ArrowDown');
  for (let step = Number(await plan.getAttribute('data-column')); step > 0; step -= 1) await press(page, 'ArrowRight');
  await hears(page, 'Plan', 'buisness', /did you mean “Business”/);
  await press(page, 'Control+.');
  await expect(focus(page)).toHaveAccessibleName('Use “Business”');
  await press(page, 'Enter');
  await expect(page.getByRole('tab', { name: /^Invalid/ })).toHaveAccessibleName('Invalid 10');
});

test('4: an edit is undone and redone', async ({ page }) => {
  await openDemo(page);
  await enterGrid(page);
  await page.keyboard.type('Grace');
  await press(page, 'Enter', 'ArrowUp');
  await hears(page, 'First name', 'Grace');
  await press(page, 'Control+z');
  await expect(notes(page).getByRole('status').last()).toContainText('Undone: edit of 1 record');
  await hears(page, 'First name', 'Ada');
  await press(page, 'Control+Shift+z');
  await expect(notes(page).getByRole('status').last()).toContainText('Redone: edit of 1 record');
  await hears(page, 'First name', 'Grace');
});

test('5: rows are chosen, deleted and brought back', async ({ page }) => {
  await openDemo(page);
  await enterGrid(page);
  await press(page, 'Shift+Space');
  await expect(said(page)).toContainText('1 record selected');
  await press(page, 'ArrowDown', 'Shift+Space');
  await expect(said(page)).toContainText('2 records selected');
  await expect(page.locator('[role=row]:has(:focus)')).toHaveAttribute('aria-selected', 'true');
  await press(page, 'Control+Alt+-');
  await expect(notes(page)).toContainText('2 records deleted');
  await expect(shown(page)).toHaveText(/^498 of 498 records/);
  await expect(page.locator('[role=gridcell]:focus')).toHaveCount(1);
  await press(page, 'Control+z');
  await expect(notes(page).getByRole('status').last()).toContainText('Undone');
  await expect(shown(page)).toHaveText(/^500 of 500 records/);
});

test('6: only records with errors are shown, and then those of one kind', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await onlyInvalid(page);
  await expect(focus(page)).toHaveAttribute('aria-selected', 'true');
  await expect(shown(page)).toHaveText(/^12 of 500 records/);
  await press(page, 'Control+Shift+e');
  await expect(page.getByRole('heading', { name: 'Errors' })).toBeFocused();
  const group = page.getByRole('button', { name: /^Error: Balance .*is not a number/ });
  await tabTo(page, group);
  await expect(group).toHaveAttribute('aria-expanded', 'false');
  await press(page, 'Enter');
  await expect(group).toHaveAttribute('aria-expanded', 'true');
  await expect(shown(page)).toHaveText(/^2 of 500 records/);
  await checkAccessibility();
  await press(page, 'Escape');
  await hears(page, 'Balance', '12a.5', /is not a number/);
});

test('7: a text is found and replaced', async ({ page }) => {
  await openDemo(page);
  await enterGrid(page);
  await press(page, 'Control+h');
  await expect(focus(page)).toHaveAccessibleName('Find');
  const box = page.getByRole('search', { name: 'Find and replace' });
  await page.keyboard.type('bluebird');
  await expect(box.getByRole('status').first()).toContainText(/^1 of \d+/);
  await tabTo(page, box.getByRole('textbox', { name: 'Replace with' }));
  await page.keyboard.type('Redbird');
  await expect(box).toContainText(/Replaces \d+ cells in 2 columns/);
  await tabTo(page, box.getByRole('button', { name: 'Replace all' }));
  await press(page, 'Enter');
  await expect(notes(page)).toContainText(/records? changed|cells? replaced/);
  await expect(box.getByRole('status').first()).toContainText('Nothing found');
  await press(page, 'Escape');
  await expect(page.locator('[role=gridcell]:focus')).toHaveCount(1);
});

test('8: a column sorts, moves and is hidden', async ({ page }) => {
  await openDemo(page);
  await enterGrid(page);
  const header = page.getByRole('columnheader', { name: /^Last name/ });
  const choose = async (label: string) => {
    await press(page, 'Alt+ArrowDown');
    await expect(focus(page)).toHaveAccessibleName('Sort upwards');
    await expect(page.getByRole('menu', { name: 'Column Last name' })).toBeVisible();
    const item = page.getByRole('menuitem', { name: label }).or(page.getByRole('menuitemcheckbox', { name: label }));
    for (let step = 0; step < 12 && !(await item.evaluate((element) => element === document.activeElement)); step += 1) await press(page, 'ArrowDown');
    await expect(item).toBeFocused();
    await press(page, 'Enter');
    await expect(page.locator('[role=gridcell]:focus')).toHaveCount(1);
  };
  await press(page, 'ArrowRight');
  await choose('Sort downwards');
  await expect(header).toHaveAttribute('aria-sort', 'descending');
  await expect(said(page)).toContainText('Sorted by Last name, downwards');
  await choose('Move right');
  await expect(header).toHaveAttribute('aria-colindex', '4');
  await expect(said(page)).toContainText('Last name is column 3');
  await choose('Hide');
  await expect(header).toHaveCount(0);
  await expect(notes(page).getByRole('status').last()).toContainText('1 column hidden');
});

test('9: a record is opened as a form, changed, and the next one follows', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  await onlyInvalid(page);
  await tabTo(page, page.locator('[role=gridcell][tabindex="0"]'));
  await press(page, 'Space');
  await expect(page.getByRole('heading', { name: 'Record 4', exact: true })).toBeFocused();
  const mail = page.getByRole('textbox', { name: 'E-mail' });
  await tabTo(page, mail);
  await expect(mail).toHaveAttribute('aria-invalid', 'true');
  await expect(mail).toHaveAccessibleDescription(/Error: .*not an e-mail address/);
  await press(page, 'Control+a');
  await page.keyboard.type('wei.zhang@bluebird.example');
  await press(page, 'Enter');
  await expect(mail).toHaveAttribute('aria-invalid', 'false');
  await expect(mail).toHaveAccessibleDescription('');
  await expect(mail).toBeFocused();
  await checkAccessibility();
  await tabTo(page, page.getByRole('button', { name: 'Next record' }), 'Shift+Tab');
  await press(page, 'Enter');
  await expect(page.getByRole('heading', { name: 'Record 18', exact: true })).toBeVisible();
  await expect(said(page)).toContainText('Record 18');
  await press(page, 'Escape');
  await expect(page.locator('[role=gridcell]:focus')).toHaveCount(1);
});

test('10: a file is mapped and imported, and an action tells its outcome', async ({ page, checkAccessibility }) => {
  await openDemo(page);
  const add = page.getByRole('button', { name: 'Add file' });
  await tabTo(page, add);
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press(page, 'Enter')]);
  await chooser.setFiles({ name: 'guests.csv', mimeType: 'text/csv', buffer: Buffer.from('Who,Mail address\nNadia,nadia@example.com\n') });
  const dialog = page.getByRole('dialog', { name: 'Import guests.csv' });
  await expect(dialog).toBeVisible();
  await expect(dialog.locator(':focus')).toHaveCount(1);
  await checkAccessibility();
  const who = dialog.getByRole('combobox', { name: 'Field for Who' });
  await tabTo(page, who);
  await page.keyboard.type('First');
  await expect(who.locator('option:checked')).toHaveText(/^First name/);
  const mail = dialog.getByRole('combobox', { name: 'Field for Mail address' });
  await tabTo(page, mail);
  await page.keyboard.type('E-mail');
  await expect(mail.locator('option:checked')).toHaveText(/^E-mail/);
  await tabTo(page, dialog.getByRole('button', { name: 'Import', exact: true }));
  await press(page, 'Enter');
  await expect(notes(page).getByRole('status').last()).toContainText('guests.csv', { timeout: 20_000 });
  await expect(shown(page)).toHaveText(/^501 of 501 records/);

  const submit = page.getByRole('button', { name: 'Submit', exact: true });
  await tabTo(page, submit, 'Shift+Tab');
  await press(page, 'Enter');
  const question = page.getByRole('dialog', { name: 'Submit', exact: true });
  await expect(question).toContainText('All 501 records');
  await expect(question.locator(':focus')).toHaveCount(1);
  await tabTo(page, question.getByRole('button', { name: 'Submit' }));
  await press(page, 'Enter');
  const outcome = page.getByRole('dialog', { name: 'Contacts submitted' });
  await expect(outcome).toBeVisible({ timeout: 20_000 });
  await expect(outcome.locator(':focus')).toHaveCount(1);
  await expect(outcome).toContainText(/contacts/);
  await press(page, 'Escape');
  await expect(outcome).toBeHidden();
});
