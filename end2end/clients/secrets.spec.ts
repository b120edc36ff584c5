// Secrets reach a listener, those of the space before those of its environment.
import { expect, makeSpace, openSheet, shows, test } from './fixtures';

const actions = [{ operation: 'check', label: 'Check the key', mode: 'foreground', primary: true, confirm: false }];
const sheets = [{ name: 'Items', slug: 'items', fields: [{ key: 'name', type: 'string', label: 'Name' }] }];

test('a listener reads the secrets of the environment and of the space', shows('@flatfile/listener'), async ({ page, call, keys, listen }) => {
  await listen('secrets.mjs');
  const environmentId = keys.ENVIRONMENT_ID;
  await call('POST', '/secrets', { environmentId, name: 'CRM_KEY', value: 'of-all-1111' });
  for (const [own, end] of [[false, '1111'], [true, '2222']] as const) {
    const made = await makeSpace({ call, keys }, { sheets, actions });
    if (own) await call('POST', '/secrets', { environmentId, spaceId: made.space.id, name: 'CRM_KEY', value: 'of-one-2222' });
    await openSheet(page, made);
    await page.getByRole('button', { name: 'Check the key', exact: true }).click();
    await expect(page.getByRole('dialog', { name: 'Checked' })).toContainText(`The key ends with ${end}.`);
  }
});
