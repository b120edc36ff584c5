// What a person does to cells and records with mouse, keys and clipboard, as in a spreadsheet.
import type { BrowserContext, Page } from '@playwright/test';

import { expect, hydrated, place, test } from '../helper';
import { openOwnSheet } from './own_sheet';

const fields = [
  { key: 'item', label: 'Item', type: 'string' },
  { key: 'note', label: 'Note', type: 'string' },
  { key: 'count', label: 'Count', type: 'number' },
  { key: 'due', label: 'Due', type: 'date' },
  { key: 'done', label: 'Done', type: 'boolean' },
  { key: 'colour', label: 'Colour', type: 'enum', config: { options: [{ value: 'r', label: 'Red' }, { value: 'g', label: 'Green' }, { value: 'b', label: 'Blue' }] } },
  { key: 'tags', label: 'Tags', type: 'string-list' },
  { key: 'country', label: 'Country', type: 'reference', config: { ref: 'countries', key: 'name', relationship: 'has-one' } },
  { key: 'total', label: 'Total', type: 'number', readonly: true },
];
const countries = {
  name: 'Countries',
  slug: 'countries',
  fields: [{ key: 'name', label: 'Name', type: 'string' }],
  records: ['France', 'Ghana', 'Germany', 'Peru'].map((name) => ({ name })),
};

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

/** Opens a sheet with these records; the fields that are not given are empty. */
async function open({ page, request, server }: { page: Page; request: any; server: { data: string } }, records: Record<string, string>[]) {
  const opened = await openOwnSheet({ page, request, server }, fields, records, [countries]);
  if (records.length) await expect(cell(page, 0, 'Item')).toHaveText(records[0].item ?? '');
  return opened;
}

const column = (label: string) => fields.findIndex((field) => field.label === label);
const cell = (page: Page, row: number, label: string) => page.locator(`[role=gridcell][data-row="${row}"][data-column="${column(label)}"]`);
const rows = (page: Page, count: number) => expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', `${count + 1}`);

/** The texts of a column, from the first row on. */
async function holds(page: Page, label: string, texts: string[]) {
  for (const [row, text] of texts.entries()) await expect(cell(page, row, label)).toHaveText(text);
}

/** Selects from one cell to another with the mouse. */
async function drag(page: Page, from: [number, string], to: [number, string]) {
  await cell(page, ...from).click();
  await cell(page, ...to).click({ modifiers: ['Shift'] });
}

/** Puts something on the clipboard as another program does. */
async function elsewhere(context: BrowserContext, forms: Record<string, string>) {
  const page = await context.newPage();
  await page.setContent('<p>x</p>');
  await page.evaluate((forms) => {
    document.addEventListener('copy', (event) => {
      for (const [type, text] of Object.entries(forms)) event.clipboardData!.setData(type, text);
      event.preventDefault();
    });
  }, forms);
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+c');
  await page.close();
}

const letters = (count: number) => Array.from({ length: count }, (_, row) => ({ item: String.fromCharCode(97 + row), count: `${row + 1}` }));

test('a range is copied, pasted, repeated, cut and taken back', async ({ page, request, server, checkAccessibility }) => {
  await open({ page, request, server }, letters(6));
  await drag(page, [0, 'Item'], [1, 'Item']);
  await page.keyboard.press('Control+c');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('a\nb');
  await drag(page, [2, 'Item'], [5, 'Item']);
  await page.keyboard.press('Control+v');
  await holds(page, 'Item', ['a', 'b', 'a', 'b', 'a', 'b']);
  await drag(page, [0, 'Item'], [0, 'Count']);
  await page.keyboard.press('Control+x');
  await expect(cell(page, 0, 'Count')).toHaveText('');
  await cell(page, 4, 'Item').click();
  await page.keyboard.press('Control+v');
  await expect(cell(page, 4, 'Count')).toHaveText('1');
  await checkAccessibility();
  // Three changes, three steps back; a reload forgets none of them.
  await expect(page.getByRole('button', { name: 'Undo', exact: true })).toHaveAttribute('aria-disabled', 'false');
  await page.reload();
  await hydrated(page);
  await cell(page, 0, 'Item').click();
  for (const wanted of ['5', '5', '5']) {
    await page.keyboard.press('Control+z');
    await expect(cell(page, 4, 'Count')).toHaveText(wanted);
  }
  await holds(page, 'Item', ['a', 'b', 'c', 'd', 'e', 'f']);
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('region', { name: 'Notifications' })).toContainText('There is nothing to undo');
  await page.keyboard.press('Control+Shift+z');
  await holds(page, 'Item', ['a', 'b', 'a', 'b', 'a', 'b']);
  await expect(page.getByRole('region', { name: 'Notifications' })).toContainText('Redone: edit of 4 records');
});

test('what spreadsheets put on the clipboard is pasted as they show it', async ({ page, request, server, context }) => {
  await open({ page, request, server }, letters(2));
  const excel = `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta name=ProgId content=Excel.Sheet>
<style>br {mso-data-placement:same-cell;}</style></head><body><table border=0><!--StartFragment--><col width=64>
 <tr height=20><td height=20 style='mso-number-format:"\\@"'>00
  7</td><td x:num="12">two<br>
    lines</td></tr>
 <tr><td colspan=2>a &amp; b<span style='mso-spacerun:yes'>&nbsp; </span></td></tr><!--EndFragment--></table></body></html>`;
  await elsewhere(context, { 'text/html': excel, 'text/plain': '00 7\t"two\nlines"\r\na & b\t\r\n' });
  await cell(page, 0, 'Item').click();
  await page.keyboard.press('Control+v');
  await holds(page, 'Item', ['00 7', 'a & b']);
  await expect(cell(page, 0, 'Note')).toHaveText('two\nlines', { useInnerText: false });
  const google = '<meta charset="utf-8"><google-sheets-html-origin><style></style><table xmlns="http://www.w3.org/1999/xhtml" data-sheets-root="1"><colgroup><col></colgroup><tbody><tr><td data-sheets-value=\'{"1":2,"2":"x"}\'>say &quot;hi&quot;</td><td rowspan="2">tall</td></tr><tr><td>line<br/>break</td></tr></tbody></table>';
  await elsewhere(context, { 'text/html': google, 'text/plain': 'say "hi"\ttall\n"line\nbreak"\t' });
  await cell(page, 0, 'Item').click();
  await page.keyboard.press('Control+v');
  await expect(cell(page, 0, 'Item')).toHaveText('say "hi"');
  await expect(cell(page, 1, 'Item')).toHaveText('line\nbreak');
  await expect(cell(page, 1, 'Note')).toHaveText('');
  const calc = '<!DOCTYPE html><html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"/><title></title><meta name="generator" content="LibreOffice 7.4.7.2 (Linux)"/></head><body><table cellspacing="0" border="0"><tr><td height="17" align="left">Ann</td><td align="right" sdval="5" sdnum="1033;">5</td></tr></table></body></html>';
  await elsewhere(context, { 'text/html': calc, 'text/plain': 'Ann\t5\n' });
  await cell(page, 1, 'Item').click();
  await page.keyboard.press('Control+v');
  await expect(cell(page, 1, 'Note')).toHaveText('5');
});

test('a paste adds records, and tells what it leaves out', async ({ page, request, server, context }) => {
  const { call, sheet } = await open({ page, request, server }, letters(2));
  await elsewhere(context, { 'text/plain': 'Peru\t1\tx\nGhana\t2\ty\nFrance\t3\tz' });
  await cell(page, 1, 'Country').click();
  await page.keyboard.press('Control+v');
  await rows(page, 4);
  await holds(page, 'Country', ['', 'Peru', 'Ghana', 'France']);
  const notes = page.getByRole('region', { name: 'Notifications' });
  await expect(notes).toContainText('1 column beyond the last one');
  await expect(notes).toContainText('Total cannot be changed here');
  const { records } = await call('GET', `/sheets/${sheet}/records`);
  expect(records.map(({ values }: any) => values.total.value)).toEqual([null, null, null, null]);
  await page.keyboard.press('Control+z');
  await rows(page, 2);
});

test('thousands of rows are cleared, copied and pasted as one change each', async ({ page, request, server }) => {
  await open({ page, request, server }, Array.from({ length: 12_000 }, (_, row) => ({ item: `i${row}`, count: `${row}` })));
  await cell(page, 0, 'Count').click();
  await page.keyboard.press('Control+ ');
  // Most of the column is not here: the server hands it over.
  await page.keyboard.press('Control+c');
  await expect(page.locator('.status-bar')).toContainText('12,000 cells copied');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split('\n')).toHaveLength(12_000);
  await page.keyboard.press('Delete');
  await expect(cell(page, 5, 'Count')).toHaveText('');
  await cell(page, 0, 'Note').click();
  await page.keyboard.press('Control+v');
  await expect(cell(page, 5, 'Note')).toHaveText('5');
  await page.keyboard.press('Control+End');
  await expect(cell(page, 11_999, 'Note')).toHaveText('11999');
  await expect(cell(page, 11_999, 'Count')).toHaveText('');
  await page.keyboard.press('Control+z');
  await expect(cell(page, 0, 'Note')).toHaveText('');
  await page.keyboard.press('Control+z');
  await expect(cell(page, 5, 'Count')).toHaveText('5');
});

test('values are filled by keys and by the handle, and series go on', async ({ page, request, server }) => {
  await open({ page, request, server }, letters(8));
  await drag(page, [0, 'Item'], [2, 'Item']);
  await page.keyboard.press('Control+d');
  await holds(page, 'Item', ['a', 'a', 'a', 'd']);
  await drag(page, [0, 'Item'], [1, 'Note']);
  await page.keyboard.press('Control+r');
  await holds(page, 'Note', ['a', 'a', '']);
  await drag(page, [3, 'Note'], [5, 'Note']);
  await page.keyboard.type('same');
  await page.keyboard.press('Control+Enter');
  await holds(page, 'Note', ['a', 'a', '', 'same', 'same', 'same']);
  await drag(page, [2, 'Count'], [7, 'Count']);
  await page.keyboard.press('Delete');
  await holds(page, 'Count', ['1', '2', '', '']);
  await drag(page, [0, 'Count'], [1, 'Count']);
  const corner = await place(cell(page, 1, 'Count'));
  const target = await place(cell(page, 5, 'Count'));
  await page.mouse.move(corner.x + corner.width - 2, corner.y + corner.height - 2);
  await page.mouse.down();
  await page.mouse.move(target.x + 20, target.y + 10, { steps: 5 });
  await page.mouse.up();
  await holds(page, 'Count', ['1', '2', '3', '4', '5', '6', '', '']);
});

test('records come, come twice and go by keys and by the menu', async ({ page, request, server, checkAccessibility }) => {
  await open({ page, request, server }, letters(5));
  await drag(page, [1, 'Item'], [2, 'Item']);
  await cell(page, 1, 'Item').click({ button: 'right' });
  const menu = page.getByRole('menu', { name: 'Cell' });
  await expect(menu.getByRole('menuitem', { name: 'Delete 2 records' })).toBeVisible();
  await checkAccessibility();
  await menu.getByRole('menuitem', { name: 'Duplicate 2 records' }).click();
  await rows(page, 7);
  await holds(page, 'Item', ['a', 'b', 'c', 'b', 'c', 'd', 'e']);
  await drag(page, [0, 'Item'], [3, 'Item']);
  await page.keyboard.press('Control+Alt+-');
  await rows(page, 3);
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await rows(page, 7);
  await holds(page, 'Item', ['a', 'b', 'c', 'b', 'c', 'd', 'e']);
  await cell(page, 5, 'Item').click();
  await page.keyboard.press('Shift+F10');
  await page.keyboard.press('Escape');
  await expect(cell(page, 5, 'Item')).toBeFocused();
  await page.keyboard.press('Shift+F10');
  await menu.getByRole('menuitem', { name: 'Show where Item is “d”' }).click();
  await rows(page, 1);
  // All but the one that is taken out.
  await page.getByRole('button', { name: 'Clear all' }).click();
  await rows(page, 7);
  await page.getByRole('checkbox', { name: 'Select all records' }).check();
  await page.getByRole('checkbox', { name: 'Select record 2', exact: true }).uncheck();
  await expect(page.locator('.status-bar')).toContainText('6 selected');
  await cell(page, 0, 'Item').click();
  await page.keyboard.press('Control+Alt+-');
  await rows(page, 1);
  await expect(cell(page, 0, 'Item')).toHaveText('b');
});

test('records are inserted above and below others and keep their places', async ({ page, request, server, checkAccessibility }) => {
  const { call, sheet } = await open({ page, request, server }, letters(4));
  const menu = page.getByRole('menu', { name: 'Cell' });
  await cell(page, 1, 'Note').click({ button: 'right' });
  await menu.getByRole('menuitem', { name: 'Insert 1 record above' }).click();
  await rows(page, 5);
  await expect(cell(page, 1, 'Note')).toBeFocused();
  await expect(page.locator('.status-bar .sr-only[role=status]')).toHaveText('1 record added at row 2');
  await page.keyboard.type('new');
  await page.keyboard.press('Enter');
  await holds(page, 'Item', ['a', '', 'b', 'c', 'd']);
  await holds(page, 'Note', ['', 'new', '', '', '']);
  // As many as are chosen, below the last one, with the keys alone.
  await drag(page, [3, 'Item'], [4, 'Item']);
  await page.keyboard.press('Shift+F10');
  await checkAccessibility();
  await expect(menu.getByRole('menuitem', { name: 'Insert 2 records above' })).toBeVisible();
  for (const key of ['i', 'i', 'Enter']) await page.keyboard.press(key);
  await rows(page, 7);
  await expect(cell(page, 5, 'Item')).toBeFocused();
  await holds(page, 'Item', ['a', '', 'b', 'c', 'd', '', '']);
  await cell(page, 0, 'Item').click({ button: 'right' });
  await menu.getByRole('menuitem', { name: 'Insert 1 record below' }).click();
  await rows(page, 8);
  await page.keyboard.type('x');
  await page.keyboard.press('Enter');
  await holds(page, 'Item', ['a', 'x', '', 'b', 'c', 'd', '', '']);
  for (const [key, count] of [['Control+z', 8], ['Control+z', 7], ['Control+z', 5], ['Control+y', 7], ['Control+y', 8], ['Control+y', 8]] as const) {
    await page.keyboard.press(key);
    await rows(page, count);
  }
  await holds(page, 'Item', ['a', 'x', '', 'b', 'c', 'd', '', '']);
  await page.reload();
  await hydrated(page);
  await holds(page, 'Item', ['a', 'x', '', 'b', 'c', 'd', '', '']);
  const { records } = await call('GET', `/sheets/${sheet}/records`);
  expect(records.map((record: any) => record.values.item.value ?? '')).toEqual(['a', 'x', '', 'b', 'c', 'd', '', '']);
  // Among those that a filter shows the order is the same; an empty record is shown nevertheless.
  await page.getByRole('searchbox', { name: 'Search the records' }).fill('x');
  await rows(page, 1);
  await cell(page, 0, 'Item').click({ button: 'right' });
  await menu.getByRole('menuitem', { name: 'Insert 1 record below' }).click();
  await rows(page, 9);
  await holds(page, 'Item', ['a', 'x', '', '', 'b', 'c', 'd', '', '']);
  // In another order there is no place to insert into.
  await page.getByRole('columnheader', { name: 'Item' }).click();
  await holds(page, 'Item', ['a', 'b', 'c', 'd', 'x']);
  await cell(page, 1, 'Item').click({ button: 'right' });
  await expect(menu.getByRole('menuitem', { name: 'Insert 1 record above' })).toHaveAttribute('aria-disabled', 'true');
  await expect(menu).toContainText('The view is sorted. Clear the sort to insert in place');
});

test('every type of field has its editor', async ({ page, request, server, checkAccessibility }) => {
  await open({ page, request, server }, letters(3));
  await cell(page, 0, 'Note').click();
  await page.keyboard.type('one');
  await page.keyboard.press('Alt+Enter');
  await page.keyboard.type('two');
  await page.keyboard.press('Enter');
  await expect(cell(page, 0, 'Note')).toHaveText('one\ntwo');
  await expect(cell(page, 1, 'Note')).toBeFocused();
  await page.keyboard.type('x');
  await page.keyboard.press('ArrowRight');
  await expect(cell(page, 1, 'Count')).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(cell(page, 1, 'Note')).toHaveText('x');

  await cell(page, 0, 'Done').click();
  await page.keyboard.press(' ');
  await expect(cell(page, 0, 'Done')).toHaveText('true');
  await page.keyboard.press(' ');
  await expect(cell(page, 0, 'Done')).toHaveText('false');

  await cell(page, 0, 'Colour').click();
  await page.keyboard.type('gr');
  const list = page.getByRole('listbox', { name: 'Colour' });
  await expect(list.getByRole('option')).toHaveText(['Green']);
  await checkAccessibility();
  await page.keyboard.press('Enter');
  await expect(cell(page, 0, 'Colour')).toHaveText('g');
  await page.keyboard.press('F2');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(list.locator('.at')).toHaveText('Blue');
  await page.keyboard.press('Enter');
  await expect(cell(page, 0, 'Colour')).toHaveText('b');

  await cell(page, 0, 'Tags').click();
  await page.keyboard.type('new');
  await page.keyboard.press('Enter');
  await page.keyboard.type('old');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Items' }).getByRole('listitem')).toHaveText([/new/, /old/]);
  await page.getByRole('button', { name: 'Remove new' }).click();
  await page.keyboard.press('Tab');
  await expect(cell(page, 0, 'Tags')).toHaveText('old');

  await page.keyboard.type('g');
  const found = page.getByRole('listbox', { name: 'Country' });
  await expect(found.getByRole('option')).toHaveText(['Germany', 'Ghana']);
  await found.getByRole('option', { name: 'Ghana' }).click();
  await expect(cell(page, 0, 'Country')).toHaveText('Ghana');

  await cell(page, 0, 'Due').click();
  await page.keyboard.press('F2');
  await page.getByLabel('Choose a day').fill('2026-03-01');
  await expect(cell(page, 0, 'Due')).toHaveText('2026-03-01');
});

test('what an input method composes begins the edit', async ({ page, request, server, context }) => {
  await open({ page, request, server }, letters(2));
  await cell(page, 0, 'Item').click();
  const client = await context.newCDPSession(page);
  await client.send('Input.imeSetComposition', { text: 'か', selectionStart: 1, selectionEnd: 1 });
  await client.send('Input.insertText', { text: '仮' });
  await expect(page.getByRole('textbox', { name: 'Item, record 1' })).toHaveValue('仮');
  await page.keyboard.press('Enter');
  await expect(cell(page, 0, 'Item')).toHaveText('仮');
});

test('rows are selected from one to another, also those that never were on the screen', async ({ page, request, server }) => {
  await open({ page, request, server }, Array.from({ length: 3_000 }, (_, row) => ({ item: `i${row}` })));
  const box = (row: number) => page.getByRole('checkbox', { name: `Select record ${row}`, exact: true });
  await box(2).click();
  await cell(page, 0, 'Item').click();
  await page.keyboard.press('Control+End');
  await expect(cell(page, 2_999, 'Total')).toBeFocused();
  await box(2_999).click({ modifiers: ['Shift'] });
  await expect(page.locator('.status-bar')).toContainText('2,998 selected');
  await page.keyboard.press('Control+Home');
  await expect(box(1)).not.toBeChecked();
  await expect(box(3)).toBeChecked();
});
