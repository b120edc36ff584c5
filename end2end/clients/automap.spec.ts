// A file that a plugin has read goes on into the sheet without a person.
import { expect, makeSpace, openSheet, shows, test } from './fixtures';

const fields = [{ key: 'name', type: 'string', label: 'Name' }, { key: 'age', type: 'number', label: 'Age' }];

test('a file is read and mapped, and its records are on the page', shows('@flatfile/plugin-automap', '@flatfile/plugin-delimiter-extractor'), async ({ page, call, keys, listen, upload }) => {
  await listen('automap.cjs');
  const made = await makeSpace({ call, keys }, { sheets: [{ name: 'People', slug: 'people', fields }] });
  await openSheet(page, made);
  const { id } = await upload(made.space.id, { name: 'people.txt', mimeType: 'text/plain', buffer: Buffer.from('Name#Age\nAda#36\nGrace#85\n') });
  await expect(page.getByRole('tab', { name: /^All/ })).toHaveText('All2', { timeout: 20_000 });
  await expect(page.getByRole('gridcell', { name: 'Grace' })).toBeVisible();
  await expect(page.getByRole('gridcell', { name: '85' })).toBeVisible();
  await expect.poll(async () => (await call('GET', `/files/${id}`)).name).toBe('⚡️ people.txt 🔁 People');
});
