// A person presses the button of the plugin, and downloads the workbook.
import { readFileSync } from 'node:fs';
import xlsx from 'xlsx';

import { cells, expect, makeSpace, openSheet, shows, test } from './fixtures';

const fields = [{ key: 'name', type: 'string', label: 'Name' }, { key: 'age', type: 'number', label: 'Age' }];
const actions = [{ operation: 'downloadWorkbook', label: 'Write to Excel', mode: 'foreground', primary: true, confirm: false }];

test('a workbook becomes an Excel file with the messages as comments', shows('@flatfile/plugin-export-workbook'), async ({ page, call, keys, listen }) => {
  await listen('export_workbook.cjs');
  const made = await makeSpace({ call, keys }, { sheets: [{ name: 'People', slug: 'people', fields }], actions });
  await call('POST', `/sheets/${made.sheet.id}/records`, cells([{ name: 'Ada', age: 36 }, { name: 'Bob', age: 'old' }]));
  await openSheet(page, made);
  await page.getByRole('button', { name: 'Write to Excel', exact: true }).click();
  await expect(page.getByText('Data was successfully written to Excel file').first()).toBeVisible();
  await page.getByRole('link', { name: /^Files/ }).click();
  const file = page.getByRole('link', { name: /Workbook-\d+\.xlsx/ }).first();
  const [download] = await Promise.all([page.waitForEvent('download'), file.click()]);
  const { Sheets } = xlsx.read(readFileSync(await download.path()));
  expect(xlsx.utils.sheet_to_json(Sheets.People)).toEqual([{ name: 'Ada', age: 36 }, { name: 'Bob', age: 'old' }]);
  expect(Sheets.People.B3.c![0].t).toMatch(/^\[ERROR\]: .*number/);
});
