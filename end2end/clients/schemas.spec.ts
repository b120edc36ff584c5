// Spaces whose workbooks are made of schemas: what a person finds in them.
import { expect, open, shows, test } from './fixtures';

const plugins = {
  json: '@flatfile/plugin-convert-json-schema',
  yaml: '@flatfile/plugin-convert-yaml-schema',
  openapi: '@flatfile/plugin-convert-openapi-schema',
  sql: '@flatfile/plugin-convert-sql-ddl',
};

for (const [namespace, plugin] of Object.entries(plugins)) {
  test(`a ${namespace} schema becomes a sheet`, shows(plugin), async ({ page, call, keys, listen }) => {
    await listen('schemas.mjs');
    const space = await call('POST', '/spaces', { name: 'Schema', namespace, environmentId: keys.ENVIRONMENT_ID, autoConfigure: true });
    await expect.poll(async () => (await call('GET', `/jobs?spaceId=${space.id}`))[0]?.status).toBe('complete');
    await open(page, `/space/${space.id}`);
    // Those of the grid: the table of the first view stands beside it for a moment.
    for (const name of ['name', 'age', 'member']) await expect(page.locator(`[role=columnheader][aria-label^="${name}"]`)).toBeVisible();
    const [workbook] = await call('GET', `/workbooks?spaceId=${space.id}`);
    const types = workbook.sheets[0].config.fields.map(({ key, type }: { key: string; type: string }) => [key, type]);
    expect(types).toEqual([['name', 'string'], ['age', 'number'], ['member', 'boolean']]);
  });
}
