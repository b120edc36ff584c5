// What was closed, or whose page was loaded anew: it goes on where it was, once, and with nothing left out.
import type { Page } from '@playwright/test';

import { expect, test } from '../helper';
import { caller } from './api';
import { host } from './host';
import { cell, contacts, drop, frameOf, hears, leave, open, opening, said, type Server, submit } from './importer';
import { keysOf } from './listener';

test('another blueprint, language or theme begins anew, and each keeps its own draft', async ({ page, server }) => {
  const more = { ...contacts, fields: [...contacts.fields, { key: 'phone', type: 'string', label: 'Phone' }] };
  const buttons = {
    Import: '',
    Rooms: `blueprint: { name: 'Rooms', fields: [{ key: 'number', type: 'string' }] }`,
    More: `blueprint: ${JSON.stringify(more)}`,
    German: `language: 'de'`,
    Pink: `theme: { root: { primaryColor: '#b00060' } }`,
  };
  const site = await host({ '/': opening(server, buttons) });
  await page.goto(site.url);
  await open(page);
  await drop(page);
  await leave(page);
  for (const [button, heading, cross] of [['Rooms', 'Rooms', 'Close'], ['More', 'Contacts', 'Close'], ['German', 'Contacts', 'Schließen'], ['Pink', 'Contacts', 'Close']]) {
    await open(page, button, heading);
    await expect(frameOf(page).getByRole('heading', { name: button === 'German' ? 'Noch keine Datensätze' : 'No records yet' })).toBeVisible();
    if (button === 'More') await expect(frameOf(page).getByRole('columnheader', { name: 'Phone' })).toBeVisible();
    await leave(page, cross);
  }
  await open(page);
  await expect(cell(page, 'Ada')).toBeVisible();
  await site.stop();
});

/** A submission that takes until `finish`, and says now and then that it is at it. */
const slow = `async onSubmit({ progress }) {
  say('begins');
  const beat = setInterval(() => progress(0), 1000);
  await new Promise((resolve) => (window.finish = resolve));
  clearInterval(beat);
  say('ends');
}`;
/** A site whose visitor has handed something in, at which `slow` is. */
async function handingIn(page: Page, server: Server) {
  const site = await host({ '/': opening(server, { Import: slow }) });
  await page.goto(site.url);
  await open(page);
  await drop(page);
  await submit(frameOf(page));
  await hears(page, 'begins');
  return site;
}
const finish = (page: Page) => page.evaluate(() => (window as any).finish());

test('what is handed in while the importer is closed is handed in once', async ({ page, server }) => {
  const site = await handingIn(page, server);
  await leave(page);
  const completed = page.waitForResponse((answer) => answer.url().endsWith('/complete'));
  await finish(page);
  await hears(page, 'ends');
  await completed;
  await open(page);
  await expect(frameOf(page).getByRole('heading', { name: 'No records yet' })).toBeVisible();

  // Who comes back before it is done sees how it ends, and it is not done twice.
  await drop(page);
  await submit(frameOf(page));
  await expect.poll(async () => (await said(page)).join()).toBe('begins,ends,begins');
  await leave(page);
  await open(page);
  await expect(frameOf(page).locator('.cover').getByText('Starting')).toBeVisible();
  await finish(page);
  await frameOf(page).getByRole('dialog').filter({ hasText: 'Your data has been submitted' }).getByRole('button').last().click();
  await expect(page.locator('inlet-importer')).toHaveCount(0);
  expect((await said(page)).join()).toBe('begins,ends,begins,ends');
  await site.stop();
});

test('of two pages with one draft, one hands it in', async ({ page, server }) => {
  const site = await host({ '/': opening(server, { Import: `async onSubmit() { say('begins'); await new Promise((resolve) => setTimeout(resolve, 500)) }` }) });
  await page.goto(site.url);
  await open(page);
  await drop(page);
  const other = await page.context().newPage();
  await other.goto(site.url);
  await open(other);
  await expect(cell(other, 'Ada')).toBeVisible();
  await submit(frameOf(page));
  for (const each of [page, other]) await expect(frameOf(each).getByRole('dialog').filter({ hasText: 'Your data has been submitted' })).toBeVisible();
  // Whoever came second has looked at the job by now.
  await other.waitForTimeout(500);
  expect([...(await said(page)), ...(await said(other))]).toEqual(['begins']);
  await site.stop();
});

test('what a page did not get to check is checked when it comes back', async ({ page, server }) => {
  const blueprint = JSON.stringify({ name: 'Contacts', settings: { trackChanges: true }, sheets: [contacts] });
  const checking = `blueprint: ${blueprint}, onSubmit() { say('submitted') }, async onRecord({ values }) { say('checks', values.name);
    if (!location.search) await new Promise(() => {}); return { errors: { name: 'Not on the list' } } }`;
  const site = await host({ '/': opening(server, { Import: checking }) });
  await page.goto(site.url);
  await open(page);
  await drop(page);
  await hears(page, 'checks Ada');
  const button = frameOf(page).getByRole('button', { name: 'Submit' }).first();
  await expect(button).toHaveAttribute('aria-description', /Waiting for 1 check/);

  await page.goto(`${site.url}/?again`);
  await open(page);
  await expect.poll(() => said(page)).toEqual(['checks Ada', 'checks Grace', 'checks Alan']);
  await expect(frameOf(page).locator('body')).toContainText(/Invalid\s*3/);
  await expect(button).not.toHaveAttribute('aria-description', /Waiting/);
  // What is behind it is not told again.
  await page.reload();
  await open(page);
  await expect(cell(page, 'Ada')).toBeVisible();
  await page.waitForTimeout(500);
  expect(await said(page)).toEqual([]);
  await site.stop();
});

test('a submission whose page is loaded anew fails, says so, and may be tried again', async ({ page, request, server }) => {
  const site = await handingIn(page, server);
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await page.evaluate(() => (window as any).importer.space.id);
  const [job] = (await call('GET', `/jobs?spaceId=${space}`)).filter(({ operation }: any) => operation === 'simpleSubmitAction');
  // Nobody has said how far it is, so nobody knows how long it will take.
  expect(job).toMatchObject({ status: 'executing', info: 'Starting', progress: 0 });

  // However long the page takes, the server does not give the job up meanwhile.
  const beat = setInterval(() => void call('POST', `/jobs/${job.id}/ack`, {}).catch(() => {}), 1000);
  await page.reload();
  await open(page);
  const outcome = frameOf(page).getByRole('dialog').filter({ hasText: 'not known whether all of it arrived' });
  await expect(outcome).toBeVisible();
  clearInterval(beat);
  expect(await said(page)).toEqual([]);
  await outcome.getByRole('button', { name: 'Close' }).last().click();
  await submit(frameOf(page));
  await hears(page, 'begins');
  await finish(page);
  await expect(frameOf(page).getByRole('dialog')).toContainText('Your data has been submitted');
  await site.stop();
});
