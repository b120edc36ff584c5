// The pages of developers: environments, keys, personal tokens, secrets, people, agents, and what happened.
import { expect, hydrated, test } from '../helper';
import { caller } from './api';
import { keysOf } from './listener';

test.use({ viewport: { width: 1440, height: 900 } });

test('a key is shown once, opens the environment, and is revoked', async ({ page, request, checkAccessibility }) => {
  await page.goto('/');
  await hydrated(page);
  await page.getByRole('link', { name: 'Developers' }).click();
  await expect(page.getByRole('heading', { name: 'Environments', level: 1 })).toBeVisible();
  await checkAccessibility();
  await page.getByRole('link', { name: 'Keys' }).click();
  await expect(page).toHaveTitle('Keys · Inlet');
  await page.getByRole('button', { name: 'New secret key' }).click();
  const shown = page.getByRole('dialog', { name: 'New secret key' });
  const key = await shown.locator('code').innerText();
  expect(key).toMatch(/^sk_/);
  await checkAccessibility();
  await shown.getByRole('button', { name: 'Done' }).click();
  const begins = `${key.slice(0, 8)}…`;
  const row = page.getByRole('table', { name: 'Keys' }).getByRole('row', { name: begins });
  await expect(row).toContainText('Secret');
  expect(await page.content()).not.toContain(key);

  const call = caller(request, key);
  expect((await call('GET', '/spaces')).length).toBeGreaterThan(0);
  await row.getByRole('button', { name: `Revoke ${begins}` }).click();
  const question = page.getByRole('dialog', { name: `Revoke ${begins}?` });
  await expect(question).toContainText('cannot be undone');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(row).toBeVisible();
  await row.getByRole('button', { name: `Revoke ${begins}` }).click();
  await question.getByRole('button', { name: 'Revoke' }).click();
  await expect(row).toBeHidden();
  const refused = await request.get('/v1/spaces', { headers: { authorization: `Bearer ${key}` } });
  expect(refused.status()).toBe(401);
});

test('an environment is made, changed and deleted by its name', async ({ page, checkAccessibility }) => {
  await page.goto('/developers');
  await hydrated(page);
  await page.getByRole('button', { name: 'New environment' }).click();
  const form = page.getByRole('dialog', { name: 'New environment' });
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('An environment needs a name')).toBeVisible();
  await form.getByLabel('Name').fill('staging');
  await form.getByLabel('Sites').fill('http://example.com');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText(/is not encrypted/)).toBeVisible();
  await form.getByLabel('Sites').fill('https://app.example.com\nhttps://*.example.org');
  await checkAccessibility();
  await form.getByRole('button', { name: 'Save' }).click();

  // What is made next are its keys.
  await expect(page.getByRole('heading', { name: 'Keys', level: 1 })).toBeVisible();
  await expect(page.getByLabel('Environment', { exact: true })).toHaveValue(/^us_env_/);
  await expect(page.getByLabel('Environment', { exact: true }).locator('option:checked')).toHaveText('staging');
  await expect(page.getByText('No keys yet')).toBeVisible();
  await page.reload();
  await expect(page.getByText('No keys yet')).toBeVisible();
  await page.getByRole('link', { name: 'Environments' }).click();
  const row = page.getByRole('table', { name: 'Environments' }).getByRole('row', { name: /staging/ });
  await expect(row).toContainText('https://app.example.com, https://*.example.org');
  await row.getByRole('button', { name: 'Actions of staging' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const question = page.getByRole('dialog', { name: 'Delete staging?' });
  await expect(question.getByRole('button', { name: 'Delete' })).toHaveAttribute('aria-disabled', 'true');
  await question.getByLabel('Write staging to go on').fill('staging');
  await question.getByRole('button', { name: 'Delete' }).click();
  await expect(row).toBeHidden();
});

test('a personal token does what its person may do', async ({ page, request }) => {
  await page.goto('/developers/tokens');
  await hydrated(page);
  await expect(page.getByText('No personal tokens')).toBeVisible();
  await page.getByRole('main').getByRole('button', { name: 'New token' }).first().click();
  const form = page.getByRole('dialog', { name: 'New personal token' });
  await form.getByLabel('What it is for').fill('a script');
  // A second press while the first is on its way makes no second token.
  let asked = 0;
  await page.route(/make_token/, async (route) => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  await form.getByRole('button', { name: 'Make token' }).dblclick();
  const token = await page.locator('#developers-secret code').innerText();
  await page.getByRole('button', { name: 'Done' }).click();
  expect(asked).toBe(1);
  const environments = await caller(request, token)('GET', '/environments');
  expect(environments.length).toBeGreaterThan(1);
  await page.getByRole('button', { name: 'Revoke a script' }).click();
  await page.getByRole('dialog', { name: 'Revoke a script?' }).getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText('No personal tokens')).toBeVisible();
  const refused = await request.get('/v1/environments', { headers: { authorization: `Bearer ${token}` } });
  expect(refused.status()).toBe(401);
});

test('a secret is stored, renewed and deleted, and never shown', async ({ page, checkAccessibility }) => {
  const sent: string[] = [];
  page.on('response', async (response) => sent.push(await response.text().catch(() => '')));
  await page.goto('/developers/secrets');
  await hydrated(page);
  const store = async (dialog: string, value: string) => {
    const form = page.getByRole('dialog', { name: 'Store a secret' });
    if (dialog) await form.getByLabel('Name').fill(dialog);
    await form.getByLabel('Value').fill(value);
    await form.getByRole('button', { name: 'Store' }).click();
    await expect(form).toBeHidden();
  };
  await page.getByRole('main').getByRole('button', { name: 'New secret' }).first().click();
  await store('CRM_TOKEN', 'canary-one');
  const row = page.getByRole('table', { name: 'Secrets' }).getByRole('row', { name: /CRM_TOKEN/ });
  await expect(row).toContainText('The whole environment');
  await checkAccessibility();

  // In a space the environment's holds, until the space has its own.
  await page.getByLabel('Where').selectOption('Demo');
  await expect(row).toContainText('The whole environment');
  await row.getByRole('button', { name: 'New value of CRM_TOKEN' }).click();
  await store('', 'canary-two');
  await expect(row).toContainText('This space');
  await row.getByRole('button', { name: 'Delete CRM_TOKEN' }).click();
  await page.getByRole('dialog', { name: 'Delete CRM_TOKEN?' }).getByRole('button', { name: 'Delete' }).click();
  await expect(row).toContainText('The whole environment');
  expect(sent.join('')).not.toContain('canary');
});

test('events come in while one looks, and show what listeners get', async ({ page, context, checkAccessibility }) => {
  await page.goto('/developers/events');
  await hydrated(page);
  const table = page.getByRole('table', { name: 'Events' });
  await expect(table.getByRole('row', { name: /space:created/ })).toBeVisible();
  await page.getByLabel('Topic').fill('document:*');
  await expect(table.getByRole('row')).toHaveCount(2);
  await page.getByLabel('Topic').fill('');
  await checkAccessibility();

  const other = await context.newPage();
  await other.goto('/');
  await hydrated(other);
  await other.getByRole('button', { name: 'New space' }).first().click();
  await other.getByRole('button', { name: 'Use the example: people' }).click();
  await other.getByLabel('Name').fill('Second');
  await other.getByRole('button', { name: 'Create space' }).click();
  const made = table.getByRole('row', { name: /space:created Second/ });
  await expect(made).toBeVisible();
  await made.getByRole('button', { name: 'space:created' }).click();
  const panel = page.getByRole('dialog', { name: 'space:created' });
  await expect(panel.getByRole('group', { name: 'JSON' })).toContainText('"topic": "space:created"');
  await checkAccessibility();
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
});

test('a person is invited by a link, and sees no keys', async ({ page, browser, server, checkAccessibility }) => {
  await page.goto('/developers/people');
  await hydrated(page);
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  const form = page.getByRole('dialog', { name: 'Invite somebody' });
  await form.getByLabel('E-mail').fill('mia@example.com');
  await form.getByLabel('Name').fill('Mia');
  await form.getByLabel('Role').selectOption('Member');
  await checkAccessibility();
  await form.getByRole('button', { name: 'Invite' }).click();
  const link = await page.locator('#developers-secret code').innerText();
  await page.getByRole('button', { name: 'Done' }).click();
  const row = page.getByRole('table', { name: 'People' }).getByRole('row', { name: /mia@example.com/ });
  await expect(row).toContainText('Invited');
  await checkAccessibility();

  const theirs = await (await browser.newContext()).newPage();
  await theirs.goto(`${server.url}/invitation${new URL(link).hash}`);
  await theirs.getByLabel('Name').fill('Mia');
  await theirs.getByLabel('Password').fill('a password of hers');
  await theirs.getByRole('button', { name: 'Join' }).click();
  await theirs.waitForURL(`${server.url}/`);
  await theirs.goto(`${server.url}/developers/people`);
  await hydrated(theirs);
  await expect(theirs.getByRole('table', { name: 'People' })).toBeVisible();
  await expect(theirs.getByRole('button', { name: 'Invite somebody' })).toHaveCount(0);
  await expect(theirs.getByRole('link', { name: 'Keys' })).toHaveCount(0);
  await theirs.goto(`${server.url}/developers/keys`);
  await expect(theirs.getByRole('alert').filter({ hasText: /a member may not/i })).toBeVisible();
  await theirs.context().close();
});

test('a guest is shown single workbooks, with the keyboard alone', async ({ page, browser, request, server, checkAccessibility }) => {
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = (await call('POST', '/spaces', { name: 'Two workbooks' })).id;
  for (const name of ['Open', 'Kept']) {
    const sheets = [{ name: `${name} sheet`, slug: name.toLowerCase(), fields: [{ key: 'name', type: 'string' }] }];
    await call('POST', '/workbooks', { spaceId: space, name, sheets });
  }
  await page.goto('/developers/people');
  await hydrated(page);
  const invite = page.getByRole('button', { name: 'Invite a guest' }).first();
  await invite.focus();
  await page.keyboard.press('Enter');
  const form = page.getByRole('dialog', { name: 'Invite a guest' });
  await form.getByLabel('E-mail').fill('part@example.com');
  const ofSpace = form.getByRole('group', { name: 'Workbooks of Two workbooks' });
  await expect(ofSpace).toBeHidden();
  await form.getByLabel('Two workbooks', { exact: true }).focus();
  await page.keyboard.press('Space');
  await expect(ofSpace.getByLabel('Open')).toBeChecked();
  await expect(ofSpace.getByLabel('Kept')).toBeChecked();
  await page.keyboard.press('Tab');
  await expect(ofSpace.getByLabel('Open')).toBeFocused();
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(ofSpace.getByLabel('Kept')).not.toBeChecked();
  await checkAccessibility();
  await page.keyboard.press('Enter');
  await expect(form.getByText('Choose at least one workbook of Two workbooks')).toBeVisible();
  await ofSpace.getByLabel('Open').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  const row = page.getByRole('table', { name: 'Guests' }).getByRole('row', { name: 'part@example.com' });
  await expect(row).toContainText('Two workbooks (Open)');

  await row.getByRole('button', { name: /^Actions of/ }).click();
  await page.getByRole('menuitem', { name: 'Link to Two workbooks' }).click();
  const link = await page.getByRole('dialog', { name: 'The link of this guest' }).locator('code').innerText();
  const theirs = await (await browser.newContext()).newPage();
  await theirs.goto(link);
  await hydrated(theirs);
  await expect(theirs.getByRole('link', { name: /Open sheet/ })).toBeVisible();
  expect(await theirs.content()).not.toContain('Kept');
  await theirs.context().close();
});

test('agents, jobs, webhooks and the API are looked at', async ({ page, request, server, checkAccessibility }) => {
  const call = caller(request, keysOf(server.data).API_KEY);
  const agent = { topics: ['space:created'], compiler: 'js', source: "exports.default = (l) => l.on('space:created', () => console.log('hello'))", slug: 'greeter' };
  await call('POST', `/agents?environmentId=${keysOf(server.data).ENVIRONMENT_ID}`, agent);
  await page.goto('/developers/agents');
  await hydrated(page);
  const row = page.getByRole('table', { name: 'Agents' }).getByRole('row', { name: /greeter/ });
  await expect(row).toContainText('space:created');
  await checkAccessibility();
  await row.getByRole('button', { name: 'greeter', exact: true }).click();
  const panel = page.getByRole('dialog').filter({ has: page.getByRole('tab', { name: 'Log' }) });
  await panel.getByRole('tab', { name: 'Versions' }).click();
  await expect(panel.getByText(/Version 1|In use|now/i).first()).toBeVisible();
  await checkAccessibility();
  await page.keyboard.press('Escape');

  await page.getByRole('link', { name: 'Jobs' }).click();
  await expect(page.getByRole('heading', { name: 'Jobs', level: 1 })).toBeVisible();
  await checkAccessibility();
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await expect(page.getByText('No webhooks yet')).toBeVisible();
  await checkAccessibility();
  await page.getByRole('link', { name: 'API' }).click();
  await page.getByLabel('Search').fill('publishable');
  await page.getByRole('button', { name: /publishable-key/ }).or(page.getByText('/v1/auth/publishable-key')).first().click();
  await expect(page.getByText(/curl/).first()).toBeVisible();
  await checkAccessibility();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });

  test('the sections are a row, and nothing is wider than the screen', async ({ page, checkAccessibility }) => {
    // Ten pages are looked through, one of them with every operation of the API.
    test.slow();
    for (const section of ['', '/keys', '/tokens', '/events', '/jobs', '/secrets', '/agents', '/webhooks', '/people', '/api']) {
      await page.goto(`/developers${section}`);
      await hydrated(page);
      await checkAccessibility();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), section).toBeLessThanOrEqual(390);
    }
  });
});
