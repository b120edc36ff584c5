// The page of webhooks: one is added, tried, stopped and deleted, and what was sent to it is looked at.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, hydrated, openDemo, test } from '../helper';

/** A receiver of webhooks: what it answers, and what it was sent. */
async function receiver() {
  const state = { status: 200, body: '', requests: [] as any[] };
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part;
    state.requests.push({ headers: request.headers, body: JSON.parse(body) });
    response.writeHead(state.status).end(state.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return { state, url, stop: () => new Promise((resolve) => server.close(resolve)) };
}

test('a webhook is added, tried and looked at', async ({ page, checkAccessibility }) => {
  const target = await receiver();
  await openDemo(page);
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await expect(page.getByRole('heading', { name: 'Webhooks', exact: true })).toBeVisible();
  await expect(page.getByText('No webhooks yet')).toBeVisible();
  await checkAccessibility();
  await page.getByRole('button', { name: 'Add webhook' }).click();
  const form = page.getByRole('dialog', { name: 'Add webhook' });
  await form.getByLabel('Address').fill('ftp://example.com');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText(/an address begins with https/i)).toBeVisible();
  await form.getByLabel('Address').fill(target.url);
  await form.getByLabel('Name', { exact: true }).fill('Our CRM');
  await checkAccessibility();
  await form.getByRole('button', { name: 'Save' }).click();
  const secret = page.getByRole('dialog', { name: 'The secret of this webhook' });
  await expect(secret.locator('code')).toHaveText(/^whsec_/);
  await secret.getByRole('button', { name: 'Done' }).click();
  const row = page.getByRole('table', { name: 'Webhooks' }).getByRole('row', { name: /Our CRM/ });
  await expect(row).toContainText('Working');

  const menu = async (item: string) => {
    await row.getByRole('button', { name: 'Actions of Our CRM' }).click();
    await page.getByRole('menuitem', { name: item, exact: true }).click();
  };
  await menu('Send a test');
  const log = page.getByRole('region', { name: 'Sent to Our CRM' });
  const tried = log.getByRole('row', { name: /webhook:test/ });
  await expect(tried).toContainText('Delivered');
  expect(target.state.requests[0].body.topic).toBe('webhook:test');
  await tried.getByRole('button', { name: 'webhook:test', exact: true }).click();
  const detail = page.getByRole('dialog', { name: 'webhook:test' });
  await expect(detail.getByRole('region', { name: 'Request' })).toContainText('A test of this webhook');
  await checkAccessibility();
  await page.keyboard.press('Escape');

  // What fails is given up after some tries, and sent again when somebody says so.
  target.state.status = 500;
  await tried.getByRole('button', { name: 'Replay webhook:test' }).click();
  await expect(tried).toContainText('Given up');
  await expect(row).toContainText('Failing since');
  await log.getByLabel('Show').selectOption('Delivered');
  await expect(log.getByText('Nothing is in this state.')).toBeVisible();
  await log.getByLabel('Show').selectOption('All');
  target.state.status = 200;
  await log.getByRole('button', { name: 'Replay failed' }).click();
  await expect(tried).toContainText('Delivered');
  await expect(row).toContainText('Working');

  await menu('Pause');
  await expect(row).toContainText('Paused');
  await menu('Let it go on');
  await expect(row).toContainText('Working');
  await menu('Make a new secret');
  await expect(secret.locator('code')).toHaveText(/^whsec_/);
  await secret.getByRole('button', { name: 'Done' }).click();
  await menu('Delete');
  await page.getByRole('dialog', { name: 'Delete Our CRM?' }).getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No webhooks yet')).toBeVisible();
  await target.stop();
});

test('by keyboard, and on a phone', async ({ page, checkAccessibility }) => {
  const target = await receiver();
  await openDemo(page);
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(`${page.url().split('/workbook/')[0]}/webhooks`);
  await hydrated(page);
  await page.getByRole('button', { name: 'Add webhook' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Add webhook' }).getByLabel('Address')).toBeFocused();
  await page.keyboard.type(target.url);
  await page.keyboard.press('Enter');
  const secret = page.getByRole('dialog', { name: 'The secret of this webhook' });
  await expect(secret.getByRole('button', { name: 'Copy' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('table', { name: 'Webhooks' })).toContainText(target.url);
  // Nothing is wider than the screen but the tables, which scroll.
  for (const name of ['Add webhook', 'Replay failed']) {
    const box = await page.getByRole('button', { name }).boundingBox();
    expect(box!.x + box!.width, name).toBeLessThanOrEqual(390);
  }
  await checkAccessibility();
  await target.stop();
});
