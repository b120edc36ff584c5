// What goes wrong between the importer and the page around: it is said where somebody can do something about it.
import { expect, test } from '../helper';
import { caller } from './api';
import { host } from './host';
import { cell, contacts, csv, drop, fileOf, frameOf, hears, leave, open, opening, said, submit } from './importer';
import { keysOf } from './listener';

/** What the page has logged since the last time. */
const logged = (complaints: string[]) => complaints.splice(0).join('\n');

test('a check that throws or names no field is told of, and the others hold', async ({ page, server, complaints }) => {
  const checking = `onError: (error) => say(error.name, error.message), onRecord({ values: { name } }) {
    if (name === 'Alan') throw new Error('my bug');
    return { values: { name: name.toUpperCase(), ...(name === 'Ada' && { nickname: 'A' }) }, ...(name === 'Grace' && { values: { email: { a: 1 } } }) } }`;
  const site = await host({ '/': opening(server, { Import: checking }) });
  await page.goto(site.url);
  await open(page);
  await frameOf(page).getByLabel('File to import').setInputFiles({
    name: 'people.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('Name,E-mail\nAda,a@x.example\nGrace,g@x.example\nAlan,b@x.example\nEve,e@x.example\n'),
  });
  await expect(cell(page, 'ADA')).toBeVisible();
  await expect(cell(page, 'EVE')).toBeVisible();
  await expect(cell(page, 'Alan')).toBeVisible();
  const record = /^InletError onRecord, record us_rc_\w+ of “contacts”: /;
  const heard = await said(page);
  expect(heard.every((words) => record.test(words)), heard.join('\n')).toBe(true);
  expect(heard.map((words) => words.replace(record, ''))).toEqual([
    'there is no field “nickname”',
    'my bug',
    'email: a cell takes a text, a number, a boolean, a list or null, not an object',
  ]);
  expect(logged(complaints)).toMatch(/nickname[^]*my bug[^]*email/);
  await site.stop();
});

test('what a check says of a sheet that is busy is written a moment later', async ({ page, server, complaints }) => {
  const site = await host({ '/': opening(server, { Import: `onRecord: ({ values }) => ({ values: { name: values.name.toUpperCase() } })` }) });
  let refused = 0;
  await page.route('**/v1/sheets/*/records?*', (route) => {
    if (route.request().method() !== 'PUT' || refused++) return route.continue();
    const headers = { 'access-control-allow-origin': '*' };
    return route.fulfill({ status: 409, headers, json: { errors: [{ message: 'records are being imported into Contacts' }] } });
  });
  await page.goto(site.url);
  await open(page);
  await frameOf(page).getByLabel('File to import').setInputFiles(csv);
  await expect(cell(page, 'ADA')).toBeVisible();
  expect(refused).toBeGreaterThan(1);
  expect(logged(complaints)).toMatch(/^error: Failed to load resource: the server responded with a status of 409 \(Conflict\)$/m);
  await site.stop();
});

test('who throws nothing, or something else than an error, is given a sentence', async ({ page, server }) => {
  const site = await host({ '/': opening(server, { Nothing: 'onSubmit: () => Promise.reject()', Thing: 'onSubmit: () => Promise.reject({ code: 3 })' }) });
  await page.goto(site.url);
  for (const button of ['Nothing', 'Thing']) {
    await open(page, button);
    await drop(page);
    await submit(frameOf(page));
    const outcome = frameOf(page).getByRole('dialog');
    await expect(outcome).toContainText('Your data could not be submitted.');
    await outcome.getByRole('button', { name: 'Close' }).last().click();
    await leave(page);
  }
  await site.stop();
});

test('what the page throws when it is told something stops nothing', async ({ page, server, complaints }) => {
  const throwing = `onEvent() { throw new Error('not today') }, onClose() { throw new Error('not closed') }, onSubmit() { say('submitted') },
    onRecord: ({ values }) => ({ values: { name: values.name.toUpperCase() } })`;
  const site = await host({ '/': opening(server, { Import: throwing }) });
  await page.goto(site.url);
  await open(page);
  await frameOf(page).getByLabel('File to import').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('Name\nAda\n') });
  await expect(cell(page, 'ADA')).toBeVisible();
  await submit(frameOf(page));
  await hears(page, 'submitted');
  await frameOf(page).getByRole('dialog').filter({ hasText: 'Your data has been submitted' }).getByRole('button').last().click();
  await expect(page.locator('inlet-importer')).toHaveCount(0);
  expect(logged(complaints)).toMatch(/Inlet: onEvent[^]*not today[^]*Inlet: onClose[^]*not closed/);
  await site.stop();
});

test('a space without an action for onSubmit is told of', async ({ page, request, server, complaints }) => {
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await call('POST', '/spaces', { name: 'Orders' });
  await call('POST', '/workbooks', { spaceId: space.id, name: 'Orders', sheets: [contacts] });
  const own = `space: { id: '${space.id}', accessToken: '${space.accessToken}' }`;
  const site = await host({ '/': opening(server, { Silent: own, Import: `${own}, onSubmit() {}` }) });
  await page.goto(site.url);
  await open(page, 'Silent');
  await leave(page);
  expect(logged(complaints)).toBe('');
  await open(page);
  await expect.poll(() => logged(complaints)).toContain('onSubmit is never called: no action of the space has the operation simpleSubmitAction');
  await site.stop();
});

test('an importer that cannot be opened says what is wrong', async ({ page, server, complaints }) => {
  const wrong: Record<string, [string, string]> = {
    Away: [`url: 'http://127.0.0.1:7199'`, 'http://127.0.0.1:7199 does not answer'],
    Empty: ['blueprint: { sheets: [] }', 'blueprint: there is no sheet'],
    List: ['blueprint: []', 'blueprint: there is no sheet'],
    Bare: [`blueprint: { name: 'People' }`, 'blueprint: the sheet “People” has no fields'],
    Keyless: ['publishableKey: undefined', 'say `publishableKey`, or `space`'],
  };
  const buttons = Object.fromEntries(Object.entries(wrong).map(([name, [options]]) => [name, options]));
  const site = await host({ '/': opening(server, buttons) });
  await page.goto(site.url);
  for (const [button, [, words]] of Object.entries(wrong)) {
    await page.getByRole('button', { name: button }).click();
    await expect.poll(async () => (await said(page)).at(-1)).toContain(`rejected InletError: ${words}`);
    await expect(page.locator('inlet-importer')).toHaveCount(0);
  }
  expect(logged(complaints)).not.toContain('thrown');
  await site.stop();
});

test('a loader that was not there is asked for again, and each server has its own', async ({ page, server, complaints }) => {
  const key = keysOf(server.data).PUBLISHABLE_KEY;
  const site = await host({
    '/': `<!doctype html><link rel="icon" href="data:,"><title>A shop</title><script type="module">
      import { load } from './load.js';
      window.opened = async (server) => {
        const { open } = await load(server);
        const importer = await open({ publishableKey: '${key}', blueprint: ${JSON.stringify(contacts)}, resume: false });
        importer.close();
        return importer.frame.src;
      };
      window.isSame = async (server) => (await load(server)).open === (await load(server + '/')).open;
      </script>`,
    '/load.js': fileOf('clients/embed/index.js'),
  });
  const opened = (server: string) => page.evaluate((server) => (window as any).opened(server).catch(String), server);
  await page.goto(site.url);
  await page.waitForFunction(() => 'opened' in window);
  await page.route('**/embed.js', (route) => route.abort(), { times: 1 });
  expect(await opened(server.url)).toContain(`there is no ${server.url}/embed.js`);
  expect(await opened(server.url)).toBe(`${server.url}/embed`);
  const other = server.url.replace('127.0.0.1', 'localhost');
  expect(await opened(other)).toBe(`${other}/embed`);
  expect(await opened(server.url)).toBe(`${server.url}/embed`);
  expect(await page.evaluate((server) => (window as any).isSame(server), server.url)).toBe(true);
  expect(logged(complaints)).toContain('ERR_FAILED');
  await site.stop();
});

test('pages that take only what says that it may be taken can take the loader', async ({ page, request, server }) => {
  const site = await host({ '/': `<!doctype html><link rel="icon" href="data:,"><title>A shop</title><script crossorigin src="${server.url}/embed.js"></script>` });
  await page.goto(site.url);
  expect(await page.evaluate(() => typeof (window as any).Inlet)).toBe('object');
  const { headers } = { headers: (await request.get('/embed.js')).headers() };
  expect(headers['cross-origin-resource-policy']).toBe('cross-origin');
  await site.stop();
});
