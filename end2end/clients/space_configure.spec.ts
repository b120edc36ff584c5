// A space that a plugin configures is ready when a person opens it.
import { expect, open, shows, test } from './fixtures';

test('a new space gets its workbooks and its document', shows('@flatfile/plugin-space-configure'), async ({ page, call, keys, listen }) => {
  await listen('space_configure.mjs');
  const space = await call('POST', '/spaces', { name: 'Onboarding', environmentId: keys.ENVIRONMENT_ID, autoConfigure: true });
  await expect.poll(async () => (await call('GET', `/jobs?spaceId=${space.id}`))[0]?.status).toBe('complete');
  await open(page, `/space/${space.id}`);
  const sidebar = page.getByRole('navigation').filter({ has: page.getByRole('link', { name: /^Contacts/ }) });
  await expect(sidebar.getByRole('link', { name: /^Cities/ })).toBeVisible();
  await sidebar.getByRole('link', { name: /^Contacts/ }).click();
  await expect(page.getByRole('columnheader', { name: 'E-mail' })).toBeVisible();
  await page.getByRole('link', { name: 'Read me' }).click();
  await expect(page.getByRole('heading', { name: 'Welcome aboard' })).toBeVisible();

  const [people, places] = await call('GET', `/workbooks?spaceId=${space.id}`);
  expect(await call('GET', `/spaces/${space.id}`)).toMatchObject({
    primaryWorkbookId: [people, places].find(({ name }) => name === 'People').id,
    metadata: { theme: { root: { primaryColor: 'red' } } },
    settings: { sidebarConfig: { workbookSidebarOrder: expect.arrayContaining([people.id, places.id]) } },
  });
});
