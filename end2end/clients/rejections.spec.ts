// What a system behind refuses stays in the sheet, and says why.
import { cells, expect, makeSpace, openSheet, shows, test } from './fixtures';

const sheet = {
  name: 'People',
  slug: 'people',
  fields: [{ key: 'name', type: 'string', label: 'Name' }, { key: 'email', type: 'string', label: 'E-mail' }],
  actions: [{ operation: 'hand-in', label: 'Hand in', mode: 'foreground', primary: true, confirm: false }],
};

test('what was taken is gone, and what was refused is marked', shows('@flatfile/util-response-rejection'), async ({ page, call, keys, listen }) => {
  await listen('rejections.mjs');
  const made = await makeSpace({ call, keys }, { sheets: [sheet] });
  const rows = [{ name: 'Ada', email: 'ada@example.com' }, { name: 'Bob', email: null }, { name: 'Cleo', email: 'cleo@example.com' }];
  await call('POST', `/sheets/${made.sheet.id}/records`, cells(rows));
  await openSheet(page, made);
  await page.getByRole('button', { name: 'Hand in', exact: true }).click();
  const outcome = page.getByRole('dialog', { name: 'Rejected Records' });
  await expect(outcome).toContainText('1 records were rejected');
  await outcome.getByRole('button', { name: 'Close' }).last().click();

  await expect(page.getByRole('tab', { name: /^All/ })).toHaveText('All1');
  await expect(page.getByRole('gridcell', { name: 'Bob', exact: true })).toBeVisible();
  await page.locator('[role=gridcell][data-row="0"][data-column="1"]').click();
  await expect(page.getByRole('tooltip')).toContainText('The desk needs an address');
});
