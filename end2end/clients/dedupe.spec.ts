// A person presses the button of the plugin, and the doubles are gone.
import { cells, expect, makeSpace, openSheet, shows, test } from './fixtures';

const sheet = {
  name: 'Contacts',
  slug: 'contacts',
  fields: [{ key: 'name', type: 'string', label: 'Name' }, { key: 'email', type: 'string', label: 'E-mail' }],
  actions: [{ operation: 'dedupe-email', label: 'Remove doubles', mode: 'foreground', primary: true, confirm: false }],
};

test('doubles are removed, the first of each stays', shows('@flatfile/plugin-dedupe'), async ({ page, call, keys, listen }) => {
  await listen('dedupe.cjs');
  const made = await makeSpace({ call, keys }, { sheets: [sheet] });
  const rows = [{ name: 'Ada', email: 'a@example.com' }, { name: 'Bob', email: 'b@example.com' }, { name: 'Ada again', email: 'a@example.com' }];
  await call('POST', `/sheets/${made.sheet.id}/records`, cells(rows));
  await openSheet(page, made);
  await expect(page.getByRole('tab', { name: /^All/ })).toHaveText('All3');
  await page.getByRole('button', { name: 'Remove doubles', exact: true }).click();
  await expect(page.getByRole('tab', { name: /^All/ })).toHaveText('All2');
  await expect(page.getByRole('gridcell', { name: 'Ada', exact: true })).toBeVisible();
  await expect(page.getByRole('gridcell', { name: 'Ada again' })).toHaveCount(0);
  await expect(page.locator('.cover')).toHaveCount(0);
});
