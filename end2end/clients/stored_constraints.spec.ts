// Constraints that an app keeps, and a listener evaluates.
import { cells, expect, makeSpace, openSheet, shows, test } from './fixtures';

test('what an app forbids is marked in its spaces', shows('@flatfile/plugin-stored-constraints'), async ({ page, call, keys, listen }) => {
  const app = await call('POST', '/apps', { name: 'Portal', namespace: 'portal', type: 'PORTAL' });
  const check = 'function constraint(value, key, { config, record }) { if (String(value).length > config.most) record.addError(key, `More than ${config.most} letters`); }';
  await call('POST', `/apps/${app.id}/constraints`, { validator: 'short', function: check });
  await listen('stored_constraints.mjs');
  const fields = [{ key: 'code', type: 'string', label: 'Code', constraints: [{ type: 'stored', validator: 'short', config: { most: 3 } }] }];
  const made = await makeSpace({ call, keys }, { sheets: [{ name: 'Codes', slug: 'codes', fields }] }, { appId: app.id, namespace: '' });
  await call('POST', `/sheets/${made.sheet.id}/records`, cells([{ code: 'abc' }, { code: 'abcd' }]));
  await openSheet(page, made);
  await expect(page.getByRole('tab', { name: /^Invalid/ })).toHaveText('Invalid1');
  const cell = page.locator('[role=gridcell][data-row="1"][data-column="0"]');
  await cell.click();
  await expect(page.getByRole('tooltip')).toContainText('More than 3 letters');
});
