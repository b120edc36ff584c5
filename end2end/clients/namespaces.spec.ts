// A listener that serves several products answers in the namespace of each space.
import { expect, makeSpace, openSheet, shows, test } from './fixtures';

const actions = [{ operation: 'greet', label: 'Greet', mode: 'foreground', primary: true, confirm: false }];
const sheets = [{ name: 'Items', slug: 'items', fields: [{ key: 'name', type: 'string', label: 'Name' }] }];

test('a listener answers in the namespace of the space', shows('@flatfile/listener'), async ({ page, call, keys, listen }) => {
  await listen('namespaces.mjs');
  for (const [namespace, words] of [['blue', 'Blue says hello'], ['red', 'Red says hello']]) {
    const made = await makeSpace({ call, keys }, { sheets, actions }, { name: namespace, namespace });
    await openSheet(page, made);
    await page.getByRole('button', { name: 'Greet', exact: true }).click();
    await expect(page.getByRole('dialog', { name: 'Greeted' })).toContainText(words);
  }
});
