// `flatfile deploy`, `list`, `download` and `delete`: a listener that the server runs.
import { expect, makeSpace, openSheet, shows, test } from './fixtures';
import { makeProject } from './project';

const sheet = {
  name: 'Items',
  slug: 'items',
  fields: [{ key: 'name', type: 'string', label: 'Name' }],
  actions: [{ operation: 'greet', label: 'Greet', mode: 'foreground', primary: true, confirm: false }],
};

const listener = (words: string) => `
const { jobHandler } = require('@flatfile/plugin-job-handler');
module.exports.default = function (listener) {
  listener.use(jobHandler('sheet:greet', () => ({ outcome: { heading: 'Greeted', acknowledge: true, message: '${words}' } })));
};
`;

test('a listener is deployed, listed, deployed anew, downloaded, and deleted', shows('flatfile'), async ({ page, call, keys, server }) => {
  test.setTimeout(180_000);
  const project = makeProject(server, listener('The first answer'));
  const deploy = () => project.run(['deploy', 'index.js', '--slug', 'greeter', '--namespace', 'space:blue', '--ci']);
  const agents = () => call('GET', `/agents?environmentId=${keys.ENVIRONMENT_ID}`);
  try {
    await deploy();
    expect(await project.run(['list', '--with-topics'])).toMatch(/greeter[^]*job:ready/);
    const made = await makeSpace({ call, keys }, { sheets: [sheet] }, { namespace: 'blue' });
    await openSheet(page, made);
    const greeted = page.getByRole('dialog', { name: 'Greeted' });
    await page.getByRole('button', { name: 'Greet', exact: true }).click();
    await expect(greeted).toContainText('The first answer', { timeout: 20_000 });
    await page.keyboard.press('Escape');

    project.write(listener('The second answer'));
    await deploy();
    expect(await agents()).toHaveLength(1);
    await page.getByRole('button', { name: 'Greet', exact: true }).click();
    await expect(greeted).toContainText('The second answer', { timeout: 20_000 });

    expect(await project.run(['download', '--slug', 'greeter'])).toContain('Successfully extracted agent to ./greeter');
    expect(project.read('greeter/index.js')).toBe(listener('The second answer'));
    expect(JSON.parse(project.read('greeter/package.json'))).toEqual(JSON.parse(project.read('package.json')));
    for (const file of ['.flatfile/deploy.js', '.flatfile/deploy.js.map']) {
      expect(project.read(`greeter/${file}`) === project.read(file), file).toBe(true);
    }

    await project.run(['delete', '--slug', 'greeter'], 'y\n');
    expect(await agents()).toEqual([]);
  } finally {
    await project.remove();
  }
});
