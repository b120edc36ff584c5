// Archives that a plugin unpacks: each file in them becomes one of the space.
import AdmZip from 'adm-zip';

import { expect, open, shows, test } from './fixtures';

test('an archive is unpacked, and its files are read', shows('@flatfile/plugin-zip-extractor'), async ({ page, call, keys, listen, upload }) => {
  await listen('archives.mjs');
  const archive = new AdmZip();
  archive.addFile('people.csv', Buffer.from('Name,Age\nAda,36\nGrace,85\n'));
  archive.addFile('towns/towns.csv', Buffer.from('Town\nLondon\n'));
  const space = await call('POST', '/spaces', { name: 'Archives', environmentId: keys.ENVIRONMENT_ID });
  await upload(space.id, { name: 'all.zip', mimeType: 'application/zip', buffer: archive.toBuffer() });

  const files = async () => call('GET', `/files?spaceId=${space.id}`);
  const read = async () => (await files()).filter(({ status }: { status: string }) => status === 'complete').map(({ name }: { name: string }) => name).sort();
  await expect.poll(read, { timeout: 20_000 }).toEqual(['people.csv', 'towns.csv']);
  const people = (await files()).find(({ name }: { name: string }) => name === 'people.csv');
  const workbook = await call('GET', `/workbooks/${people.workbookId}`);
  await open(page, `/space/${space.id}/workbook/${workbook.id}/sheet/${workbook.sheets[0].id}`);
  await expect(page.getByRole('tab', { name: /^All/ })).toHaveText('All2');
  await expect(page.getByRole('gridcell', { name: 'Grace', exact: true })).toBeVisible();
});
