// @flatfile/javascript in a page of another site: the hook and the submit run in the page.
import type { Page } from '@playwright/test';

import { acknowledge, cellAt, expect, frameOf, people, submit, test, typeRecord } from './embed';
import { makeSpace, shows } from './fixtures';

const page = (options: string) => `
  <script src="/node_modules/@flatfile/javascript/dist/index.js"></script>
  <script>
    const sheet = ${people};
    document.querySelector('#open').onclick = () => FlatFileJavaScript.startFlatfile({ ...server, ...${options} });
  </script>`;

/** What a page does with the records. */
const work = `
  // What it answers about the blank record may come after the name was typed: it says nothing of what is blank.
  onRecordHook: (record) => { if (record.get('first')) record.set('first', String(record.get('first')).toUpperCase()); return record; },
  onSubmit: async ({ sheet }) => {
    const all = await sheet.allData();
    say('submitted ' + all.records.map(({ values }) => values.first.value + ' ' + values.last.value));
    await sheet.inChunks((chunk) => say('chunk of ' + chunk.length), { chunkSize: 1 });
  },`;

const closing = `closeSpace: { operation: 'simpleSubmitAction', onClose: () => say('closed') },`;

/** A person adds a record, submits and closes; the page hears of each. */
async function importOne(tab: Page) {
  await typeRecord(tab, ['ada', 'Lovelace']);
  await expect(cellAt(tab, 0, 0)).toHaveText('ADA');
  await submit(tab);
  const said = tab.locator('output');
  await expect(said).toContainText('submitted ADA Lovelace');
  await expect(said).toContainText('chunk of 1');
  await acknowledge(tab);
  await expect(said).toContainText('closed');
  await expect(tab.locator('iframe')).toHaveCount(0);
}

test('a page opens a space that its server has made', shows('@flatfile/javascript'), async ({ page: tab, embed, call, keys }) => {
  const actions = [{ operation: 'simpleSubmitAction', mode: 'foreground', label: 'Submit data', primary: true }];
  const { space } = await makeSpace({ call, keys }, { sheets: [JSON.parse(people)], actions });
  const { id, accessToken } = space;
  await embed(page(`{
    space: ${JSON.stringify({ id, accessToken })},
    listener: FlatFileJavaScript.createSimpleListener({ slug: 'people', ${work} }),
    ${closing}
  }`));
  await importOne(tab);
});

test('a page imports into a new space and gets the records', shows('@flatfile/javascript'), async ({ page: tab, embed }) => {
  await embed(page(`{
    publishableKey, name: 'People', sheet,
    ${work}
    ${closing}
  }`));
  await importOne(tab);
});

test('a page whose space is deleted after the submit hears when its outcome is closed', shows('@flatfile/javascript'), async ({ page: tab, embed, complaints }) => {
  await embed(page(`{
    publishableKey, name: 'People', sheet,
    ${work}
    submitSettings: { complete: { acknowledge: true, message: 'Welcome aboard' }, deleteSpaceAfterSubmit: true },
    ${closing}
  }`));
  await importOne(tab);
  // What the page asked for once its space was gone.
  complaints.splice(0, complaints.length, ...complaints.filter((complaint) => !complaint.includes('401 (Unauthorized)')));
});

test('the frame opens at the page and in the colours that were asked for, and the cross asks before it closes', shows('@flatfile/javascript'), async ({ page: tab, embed }) => {
  await embed(page(`{
    publishableKey, name: 'Atlas',
    workbook: { name: 'Atlas', sheets: [sheet, { ...sheet, name: 'Places', slug: 'places', defaultPage: true }] },
    sidebarConfig: { showSidebar: true },
    themeConfig: { sidebar: { backgroundColor: '#102030' } },
    closeSpace: { operation: 'submitAction', onClose: () => say('closed') },
  }`));
  const frame = frameOf(tab);
  await expect(frame.getByRole('heading', { level: 1, name: 'Places' })).toBeVisible();
  await expect(frame.locator('.sidebar').first()).toHaveCSS('background-color', 'rgb(16, 32, 48)');
  // Their cross lies over the frame, and over nothing of ours.
  const cross = (await tab.locator('.flatfile-close-button').boundingBox())!;
  const last = (await frame.locator('.top-bar button:visible').last().boundingBox())!;
  expect(last.x + last.width).toBeLessThanOrEqual(cross.x);
  await tab.locator('.flatfile-close-button').click();
  await expect(tab.getByText('Close the importer?')).toBeVisible();
  await tab.getByText('Close', { exact: true }).click();
  await expect(tab.locator('iframe')).toHaveCount(0);
  await expect(tab.locator('output')).toContainText('closed');
});
