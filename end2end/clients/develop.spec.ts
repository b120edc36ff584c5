// `flatfile develop`: a listener that runs on the developer's machine, and anew after each change.
import { cells, expect, makeSpace, openSheet, shows, test } from './fixtures';
import { makeProject } from './project';

const sheet = {
  name: 'Items',
  slug: 'items',
  fields: [{ key: 'name', type: 'string', label: 'Name' }],
  actions: [{ operation: 'greet', label: 'Greet', mode: 'foreground', primary: true, confirm: false }],
};

const listener = (words: string) => `
const { recordHook } = require('@flatfile/plugin-record-hook');
const { jobHandler } = require('@flatfile/plugin-job-handler');
module.exports.default = function (listener) {
  listener.use(recordHook('items', (record) => record.set('name', String(record.get('name')).toUpperCase())));
  listener.use(jobHandler('sheet:greet', () => ({ outcome: { heading: 'Greeted', acknowledge: true, message: '${words}' } })));
};
`;

test('a listener under development answers, and answers anew after a change', shows('flatfile'), async ({ page, call, keys, server }) => {
  test.setTimeout(150_000);
  const project = makeProject(server, listener('The first answer'));
  try {
    const command = project.start(['develop', 'index.js']);
    const mounted = () => command.said().split('File change detected').length - 1;
    await expect.poll(mounted, { timeout: 60_000 }).toBe(1);
    const made = await makeSpace({ call, keys }, { sheets: [sheet] });
    await openSheet(page, made);
    await call('POST', `/sheets/${made.sheet.id}/records`, cells([{ name: 'ada' }]));
    await expect(page.getByRole('gridcell', { name: 'ADA' })).toBeVisible();
    const greeted = page.getByRole('dialog', { name: 'Greeted' });
    await page.getByRole('button', { name: 'Greet', exact: true }).click();
    await expect(greeted).toContainText('The first answer');
    await page.keyboard.press('Escape');

    project.write(listener('The second answer'));
    await expect.poll(mounted, { timeout: 40_000 }).toBe(2);
    await page.getByRole('button', { name: 'Greet', exact: true }).click();
    await expect(greeted).toContainText('The second answer');
  } finally {
    await project.remove();
  }
});
