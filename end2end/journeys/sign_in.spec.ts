// Who comes in: guests by links that are mailed to them and open once, and people who forgot their password.
import { execFileSync } from 'node:child_process';

import { serve } from '../../tools/serve.mjs';
import { binary, expect, hydrated, test as base } from '../helper';
import { caller } from './api';
import { keysOf } from './listener';
import { Mailbox } from './mailbox';

const test = base.extend<{ mailbox: Mailbox }>({
  // Playwright asks for a pattern as the first argument.
  // eslint-disable-next-line no-empty-pattern
  mailbox: async ({}, use) => {
    const mailbox = await Mailbox.open();
    await use(mailbox);
    await mailbox.close();
  },
  server: async ({ mailbox }, use) => {
    const environment = {
      INLET_FAST_TIMEOUTS: '1',
      INLET_ADMIN_PASSWORD: 'that of the settings',
      INLET_SMTP_URL: mailbox.url,
      INLET_MAIL_FROM: 'Inlet <inlet@example.com>',
    };
    const server = await serve(binary, { environment });
    await use(server);
    await server.stop();
  },
});

test('a guest asks for a link, and it opens the space once', async ({ page, browser, request, server, mailbox, checkAccessibility }) => {
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await call('POST', '/spaces', { name: 'Closed', guestAuthentication: ['magic_link'] });
  const workbook = { spaceId: space.id, name: 'Contacts', sheets: [{ name: 'Contacts', slug: 'contacts', fields: [{ key: 'name', type: 'string' }] }] };
  await call('POST', '/workbooks', workbook);
  const guest = { environmentId: keysOf(server.data).ENVIRONMENT_ID, email: 'ann@example.com', name: 'Ann', spaces: [{ id: space.id }] };
  await call('POST', '/guests', [guest]);
  const first = await mailbox.link('ann@example.com');

  await page.goto(space.guestLink);
  await expect(page.getByRole('heading', { name: 'Come into the space' })).toBeVisible();
  await checkAccessibility();
  await page.getByLabel('E-mail').fill('eve@example.com');
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(page.getByText('If that address was invited')).toBeVisible();
  await checkAccessibility();

  await page.goto(first);
  await expect(page).toHaveURL(`${server.url}/space/${space.id}/enter`);
  await checkAccessibility();
  await page.getByRole('button', { name: 'Open the space' }).click();
  await hydrated(page);
  await expect(page.getByRole('grid')).toBeVisible();
  expect(page.url()).not.toContain(first.split('#')[1]);
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole('grid')).toBeVisible();

  // Somebody else who finds the link comes in by it no more; who has the address gets another.
  const other = await (await browser.newContext()).newPage();
  await other.goto(first);
  await other.getByRole('button', { name: 'Open the space' }).click();
  await expect(other.getByText('This link does not open the space any more.')).toBeVisible();
  await other.getByLabel('E-mail').fill('ann@example.com');
  await other.getByRole('button', { name: 'Send me a link' }).click();
  await other.goto(await mailbox.link('ann@example.com'));
  await other.getByRole('button', { name: 'Open the space' }).click();
  await expect(other.getByRole('grid')).toBeVisible();
  await other.context().close();
});

test('nobody can sign in any more, and then everybody can', async ({ page, browser, server, mailbox, checkAccessibility }) => {
  const link = execFileSync(binary, ['password-link', '--data', server.data, '--public-url', server.url], { encoding: 'utf8' }).trim();
  await page.goto(link);
  await expect(page).toHaveURL(`${server.url}/password`);
  await page.getByLabel('New password').fill('chosen by a link');
  await checkAccessibility();
  await page.getByRole('button', { name: 'Keep it and sign in' }).click();
  await hydrated(page);

  await page.goto('/developers/people');
  await hydrated(page);
  await page.getByRole('link', { name: 'Change your own password' }).click();
  await page.getByLabel('Your password of now').fill('chosen by a link');
  await page.getByLabel('New password').fill('chosen by oneself');
  await checkAccessibility();
  await page.getByRole('button', { name: 'Change it' }).click();
  await expect(page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible();
  await page.getByRole('link', { name: 'Go on' }).click();
  await hydrated(page);

  await page.goto('/developers/people');
  await hydrated(page);
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  const form = page.getByRole('dialog', { name: 'Invite somebody' });
  await form.getByLabel('E-mail').fill('mia@example.com');
  await form.getByRole('button', { name: 'Invite' }).click();
  const theirs = await (await browser.newContext()).newPage();
  await theirs.goto(await mailbox.link('mia@example.com'));
  await theirs.getByLabel('Name').fill('Mia');
  await theirs.getByLabel('Password').fill('a password of hers');
  await theirs.getByRole('button', { name: 'Join' }).click();
  await hydrated(theirs);

  // The password of the settings is not taken at the next start: the administrator has one of their own.
  await server.restart();
  const again = await (await browser.newContext()).newPage();
  await again.goto(`${server.url}/sign-in`);
  await again.getByLabel('E-mail').fill('admin@localhost');
  await again.getByLabel('Password').fill('chosen by oneself');
  await again.getByRole('button', { name: 'Sign in' }).click();
  await hydrated(again);

  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await checkAccessibility();
  await page.getByLabel('E-mail').fill('mia@example.com');
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(page.getByText('If that address signs in here')).toBeVisible();
  const forgotten = await (await browser.newContext()).newPage();
  await forgotten.goto(await mailbox.link('mia@example.com'));
  await forgotten.getByLabel('New password').fill('another one of hers');
  await forgotten.getByRole('button', { name: 'Keep it and sign in' }).click();
  await hydrated(forgotten);
  await theirs.goto(server.url);
  await expect(theirs).toHaveURL(/\/sign-in/);
});
