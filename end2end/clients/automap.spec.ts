// A file whose extraction has ended goes on into the sheet without a person.
import { cells, expect, makeSpace, openSheet, shows, test } from './fixtures';

const people = { name: 'People', slug: 'people', fields: [{ key: 'name', type: 'string', label: 'Name' }, { key: 'age', type: 'number', label: 'Age' }] };

test('an extracted file is mapped and its records are on the page', shows('@flatfile/plugin-automap'), async ({ page, call, keys, listen, request }) => {
  await listen('automap.cjs');
  const made = await makeSpace({ call, keys }, { sheets: [people] });
  await openSheet(page, made);

  // What an extractor does, here by the test: a workbook for the file, and a job of its own that ends.
  const multipart = { spaceId: made.space.id, environmentId: keys.ENVIRONMENT_ID, file: { name: 'people.txt', mimeType: 'text/plain', buffer: Buffer.from('Name#Age\nAda#36\n') } };
  const uploaded = await request.post('/v1/files', { multipart, headers: { authorization: `Bearer ${keys.API_KEY}` } });
  const { data: file } = await uploaded.json();
  const fields = [{ key: 'Name', type: 'string', label: 'Name' }, { key: 'Age', type: 'string', label: 'Age' }];
  const sheets = [{ name: 'Sheet', slug: 'sheet', fields }];
  const extracted = await call('POST', '/workbooks', { spaceId: made.space.id, environmentId: keys.ENVIRONMENT_ID, name: '[file] people.txt', labels: ['file'], sheets });
  await call('POST', `/sheets/${extracted.sheets[0].id}/records`, cells([{ Name: 'Ada', Age: '36' }, { Name: 'Grace', Age: '85' }]));
  await call('PATCH', `/files/${file.id}`, { workbookId: extracted.id, status: 'complete' });
  const job = await call('POST', '/jobs', { type: 'file', operation: 'extract-plugin-test', source: file.id, status: 'ready' });
  await call('POST', `/jobs/${job.id}/execute`);
  await call('POST', `/jobs/${job.id}/ack`, { progress: 10 });
  await call('POST', `/jobs/${job.id}/complete`, { info: 'Extracted' });

  await expect(page.getByRole('tab', { name: /^All/ })).toHaveText('All2', { timeout: 15_000 });
  await expect(page.getByRole('gridcell', { name: 'Grace' })).toBeVisible();
  await expect(page.getByRole('gridcell', { name: '85' })).toBeVisible();
  await expect.poll(async () => (await call('GET', `/files/${file.id}`)).name).toBe('⚡️ people.txt 🔁 People');
});
