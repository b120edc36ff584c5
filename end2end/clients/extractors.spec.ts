// Files that plugins read: a person uploads one, sees how far it is, and finds the records.
import type { Page } from '@playwright/test';
import xlsx from 'xlsx';

import { type Call, expect, open, shows, test, type Upload } from './fixtures';

const people = [['Name', 'Age'], ['Ada', '36'], ['Grace', '85']];

function excel(): Buffer {
  const book = xlsx.utils.book_new();
  // Two lines stand above the header.
  xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet([['Our people'], [], ...people]), 'People');
  return xlsx.write(book, { type: 'buffer', bookType: 'xlsx' });
}

const files: Record<string, Upload> = {
  '@flatfile/plugin-delimiter-extractor': { name: 'people.txt', mimeType: 'text/plain', buffer: Buffer.from(people.map((row) => row.join('#')).join('\n')) },
  '@flatfile/plugin-xlsx-extractor': { name: 'people.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: excel() },
  '@flatfile/plugin-json-extractor': { name: 'people.json', mimeType: 'application/json', buffer: Buffer.from('[{"Name":"Ada","Age":"36"},{"Name":"Grace","Age":"85"}]') },
  '@flatfile/plugin-extract-html-table': {
    name: 'people.html',
    mimeType: 'text/html',
    buffer: Buffer.from('<table><tr><th>Name</th><th>Age</th></tr><tr><td>Ada</td><td>36</td></tr><tr><td>Grace</td><td>85</td></tr></table>'),
  },
  '@flatfile/plugin-xml-extractor': {
    name: 'people.xml',
    mimeType: 'application/xml',
    buffer: Buffer.from('<?xml version="1.0"?><people><person><Name>Ada</Name><Age>36</Age></person><person><Name>Grace</Name><Age>85</Age></person></people>'),
  },
};

/** The workbook that a plugin made of a file. */
async function extracted(call: Call, fileId: string) {
  const at = async () => call('GET', `/files/${fileId}`);
  await expect.poll(async () => (await at()).status, { timeout: 20_000 }).toMatch(/complete|failed/);
  const file = await at();
  expect(file.status).toBe('complete');
  return call('GET', `/workbooks/${file.workbookId}`);
}

/** What stands in the cells of the first rows on the page. */
async function shown(page: Page, rows: number) {
  const cell = (row: number, column: number) => page.locator(`[role=gridcell][data-row="${row}"][data-column="${column}"]`);
  await expect(cell(rows - 1, 1)).toHaveText(/./);
  const texts = [];
  for (let row = 0; row < rows; row += 1) texts.push([await cell(row, 0).innerText(), await cell(row, 1).innerText()]);
  return texts;
}

for (const [plugin, source] of Object.entries(files)) {
  test(`${source.name} is read, and its records are on the page`, shows(plugin), async ({ page, call, keys, listen, upload }) => {
    await listen('extractors.cjs');
    const space = await call('POST', '/spaces', { name: 'Files', environmentId: keys.ENVIRONMENT_ID });
    await open(page, `/space/${space.id}`);
    const { id } = await upload(space.id, source);
    const workbook = await extracted(call, id);
    expect(workbook).toMatchObject({ name: `[file] ${source.name}`, labels: ['file'] });

    await open(page, `/space/${space.id}/workbook/${workbook.id}/sheet/${workbook.sheets[0].id}`);
    await expect(page.getByRole('tab', { name: /^All/ })).toHaveText('All2');
    for (const label of people[0]) await expect(page.getByRole('columnheader', { name: label })).toBeVisible();
    expect(await shown(page, 2)).toEqual(people.slice(1));
    // The history says in words what the plugin names by keys.
    await page.getByRole('link', { name: /^Jobs/ }).click();
    const row = page.locator('.job-row').first();
    await expect(row).toContainText('The file was read.');
    await expect(page.locator('main')).not.toContainText('plugins.');
  });
}
