// Pages with nothing of ours but a script tag: they import a file into a space and get the records back.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, test } from '../helper';
import { blockThirdPartyCookies, host } from './host';
import { type Server, drop, fileOf, submit } from './importer';
import { keysOf } from './listener';

/** An example as it is in the repository, told where the server is and with which key. */
function example(server: Server, path: string) {
  const key = keysOf(server.data).PUBLISHABLE_KEY;
  return fileOf(`examples/embed/${path}`).replace('http://127.0.0.1:3000', server.url).replace('pk_…', key);
}

test('a page with a script tag imports a file and gets the records', async ({ page, server, checkAccessibility }) => {
  const site = await host({ '/': example(server, 'plain/index.html') });
  await blockThirdPartyCookies(page);
  await page.goto(site.url);
  const open = page.getByRole('button', { name: 'Import contacts' });
  await open.click();
  const frame = page.frameLocator('inlet-importer iframe');
  await drop(page);
  // The sheet is as wide as the frame, which has no list of sheets beside it.
  const [whole, bar] = [await page.locator('inlet-importer iframe').boundingBox(), await frame.locator('header').first().boundingBox()];
  expect(bar!.width).toBeCloseTo(whole!.width, 0);
  const cross = await page.getByRole('button', { name: 'Close' }).boundingBox();
  expect(cross!.y + cross!.height).toBeLessThanOrEqual(whole!.y);
  // What the page says of each record is on the sheet.
  await expect(frame.getByRole('gridcell', { name: 'ada@x.example' })).toBeVisible();
  await checkAccessibility();

  // Closed before it was handed in, it goes on where it was.
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(page.locator('inlet-importer')).toHaveCount(0);
  await expect(open).toBeFocused();
  await open.click();
  await expect(frame.getByRole('gridcell', { name: 'ada@x.example' })).toBeVisible();

  await submit(frame);
  const outcome = frame.getByRole('dialog');
  await expect(outcome).toContainText('2 contacts are yours now.');
  await expect(page.locator('#contacts li')).toHaveText(['Ada ada@x.example', 'Grace g@x.example']);
  await outcome.getByRole('button').first().click();
  await expect(page.locator('inlet-importer')).toHaveCount(0);

  // What was handed in is not gone on with.
  await open.click();
  await expect(frame.getByRole('heading', { name: 'Contacts' })).toBeVisible();
  await expect(frame.getByRole('gridcell', { name: 'Ada', exact: true })).toHaveCount(0);
  await site.stop();
});

test('what a page throws is told to the person, and a wrong key to the page', async ({ page, server, complaints }) => {
  const throwing = example(server, 'plain/index.html').replace('const records = await', "throw new Error('The shop is closed'); const records = await");
  const site = await host({ '/': throwing, '/wrong': example(server, 'plain/index.html').replace(/pk_\w+/, 'pk_wrong') });
  await page.goto(site.url);
  await page.getByRole('button', { name: 'Import contacts' }).click();
  const frame = page.frameLocator('inlet-importer iframe');
  await drop(page);
  await submit(frame);
  await expect(frame.getByRole('dialog')).toContainText('The shop is closed');

  await page.goto(`${site.url}/wrong`);
  await page.getByRole('button', { name: 'Import contacts' }).click();
  await expect(page.locator('inlet-importer')).toHaveCount(0);
  await expect.poll(() => complaints.splice(0).join()).toMatch(/thrown: InletError|40[13]/);
  await expect.poll(() => complaints.splice(0).length).toBe(0);
  await site.stop();
});

/** A file of a package that the pages of the examples load. */
const packaged = (path: string) => readFileSync(fileURLToPath(new URL(`../clients/node_modules/${path}`, import.meta.url)));

for (const [name, scripts] of [
  ['react', { '/react.js': 'react/umd/react.production.min.js', '/react-dom.js': 'react-dom/umd/react-dom.production.min.js' }],
  ['vue', { '/vue.js': 'vue/dist/vue.global.prod.js' }],
] as const) {
  test(`the example in ${name} imports a file and gets the records`, async ({ page, server }) => {
    const files: Record<string, string> = { ...scripts };
    const pages = { '/': example(server, `${name}/index.html`), '/importer.js': example(server, `${name}/importer.js`) };
    const site = await host(pages, (path) => (files[path] ? packaged(files[path]) : undefined));
    await blockThirdPartyCookies(page);
    await page.goto(site.url);
    if (name === 'react') await page.getByRole('button', { name: 'Import contacts' }).click();
    const frame = page.frameLocator('inlet-importer iframe');
    await drop(page);
    await submit(frame);
    await frame.getByRole('dialog').filter({ hasText: 'Your data has been submitted' }).getByRole('button').first().click();
    await expect(page.getByRole('listitem')).toHaveText(['Ada', 'Grace', 'Alan']);
    await expect(page.locator('inlet-importer')).toHaveCount(0);
    await site.stop();
  });
}
