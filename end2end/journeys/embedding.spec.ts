// A space inside of another site's page: no cookies, no token in an address, and the site hears what happens.
import type { Page } from '@playwright/test';

import { expect, hydrated, test } from '../helper';
import { caller } from './api';
import { blockThirdPartyCookies, host, listening } from './host';
import { keysOf } from './listener';

const fields = [
  { key: 'name', type: 'string', label: 'Name' },
  { key: 'mail', type: 'string', label: 'Mail' },
];

/** A space with one sheet of two records. */
async function made(request: any, server: { data: string }, more: object = {}) {
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await call('POST', '/spaces', { name: 'Orders', ...more });
  const sheets = [{ name: 'People', slug: 'people', fields }, { name: 'Places', slug: 'places', fields }];
  const workbook = await call('POST', '/workbooks', { spaceId: space.id, name: 'Orders', sheets });
  const rows = [{ name: { value: 'Ada' } }, { name: { value: 'Grace' } }];
  await call('POST', `/sheets/${workbook.sheets[0].id}/records`, rows);
  return { call, space, workbook, sheet: workbook.sheets[0].id as string };
}

/** The topics that the host's page has heard. */
const topics = (page: Page) =>
  page.evaluate(() => (window as any).heard.map(({ data }: any) => data.flatfileEvent?.topic).filter(Boolean) as string[]);

test('a space opens in a frame of another site, without cookies', async ({ page, request, server }) => {
  const { space } = await made(request, server);
  const site = await host({ '/': listening(`<iframe width="1200" height="700" src="${space.guestLink}"></iframe>`) });
  await blockThirdPartyCookies(page);
  await page.goto(site.url);
  const frame = page.frameLocator('iframe');
  await expect(frame.getByRole('gridcell', { name: 'Ada' })).toBeVisible();
  const inner = () => page.frames().find((candidate) => candidate.url().startsWith(server.url))!;
  expect(inner().url()).not.toContain('token');
  expect(await page.context().cookies()).toEqual([]);
  // A new space tells what has happened in it before; each event once, to this site.
  await expect.poll(() => topics(page)).toContain('records:created');
  const heard = await page.evaluate(() => (window as any).heard);
  expect(heard.every(({ origin }: any) => origin === server.url)).toBe(true);
  expect(heard[0].data.localTranslations.en.host.modals.closeModal.title).toBeTruthy();

  await frame.getByRole('gridcell', { name: 'Grace' }).dblclick();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Barbara');
  await page.keyboard.press('Enter');
  await expect(frame.getByRole('gridcell', { name: 'Barbara' })).toBeVisible();
  // A reload takes along what was not sent, and then it would be one commit with the next edit.
  const commits = async () => (await topics(page)).filter((topic) => topic === 'commit:created').length;
  await expect.poll(commits).toBe(2);

  // The visit outlives the frame's document, and the site hears on from where it was.
  const before = await topics(page);
  await inner().evaluate(() => location.reload());
  await expect(frame.getByRole('gridcell', { name: 'Barbara' })).toBeVisible();
  expect(inner().url()).not.toContain('token');
  await frame.getByRole('gridcell', { name: 'Ada' }).dblclick();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Alan');
  await page.keyboard.press('Enter');
  await expect(frame.getByRole('gridcell', { name: 'Alan' })).toBeVisible();
  await expect.poll(commits).toBe(3);
  const ids = await page.evaluate(() => (window as any).heard.map(({ data }: any) => data.flatfileEvent?.id).filter(Boolean));
  expect(new Set(ids).size).toBe(ids.length);
  expect((await topics(page)).slice(0, before.length)).toEqual(before);
  await site.stop();
});

test('a link that is too old says so, and a frame without a visit too', async ({ page, request, server, complaints }) => {
  const { space } = await made(request, server);
  const forged = space.guestLink.replace(/.$/, (last: string) => (last === '0' ? '1' : '0'));
  const site = await host({
    '/forged': listening(`<iframe src="${forged}"></iframe>`),
    '/bare': listening(`<iframe src="${server.url}/space/${space.id}"></iframe>`),
  });
  await page.goto(`${site.url}/forged`);
  await expect(page.frameLocator('iframe').getByRole('heading')).toHaveText('This link does not open the space any more');
  await page.goto(`${site.url}/bare`);
  await expect(page.frameLocator('iframe').getByRole('heading')).toHaveText('This visit is over');
  expect(complaints.splice(0).join()).toContain('401');
  await site.stop();
});

test('a person who opens the link in a tab of their own is a guest there', async ({ browser, request, server }) => {
  const { space } = await made(request, server);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(space.guestLink);
  await expect(page.getByRole('gridcell', { name: 'Ada' })).toBeVisible();
  expect(page.url()).not.toContain('token');
  await expect(page.getByRole('link', { name: 'Webhooks' })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('gridcell', { name: 'Ada' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Webhooks' })).toHaveCount(0);
  // A tab of its own knows the visit by its cookie.
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByRole('gridcell', { name: 'Ada' })).toBeVisible();
  await expect(other.getByRole('link', { name: 'Webhooks' })).toHaveCount(0);
  await context.close();
});

test('files are sent and fetched in a frame', async ({ page, request, server }) => {
  const { space, call, sheet } = await made(request, server);
  const site = await host({ '/': listening(`<iframe width="1200" height="700" src="${space.guestLink}"></iframe>`) });
  await blockThirdPartyCookies(page);
  await page.goto(site.url);
  const frame = page.frameLocator('iframe');
  await expect(frame.getByRole('gridcell', { name: 'Ada' })).toBeVisible();
  const file = { name: 'more.csv', mimeType: 'text/csv', buffer: Buffer.from('Name,Mail\nEdsger,e@x.example\n') };
  await frame.getByLabel('File to import').setInputFiles(file);
  await expect(frame.getByRole('gridcell', { name: 'Edsger' })).toBeVisible();
  await frame.getByRole('link', { name: /Files/ }).click();
  const fetched = page.waitForEvent('download');
  await frame.getByRole('link', { name: 'more.csv' }).click();
  expect((await fetched).suggestedFilename()).toBe('more.csv');
  expect((await call('GET', `/sheets/${sheet}/counts`)).counts.total).toBe(3);
  await site.stop();
});

test('the theme and the sidebar are those of the space', async ({ page, request, server }) => {
  const theme = { root: { primaryColor: '#ffe600', buttonBorderRadius: '15px' }, sidebar: { backgroundColor: '#102030' } };
  const { space, workbook, call } = await made(request, server, { metadata: { theme, sidebarConfig: { showSidebar: false } } });
  const workbookId = workbook.id;
  const metadata = { theme, sidebarConfig: { showSidebar: false, defaultPage: { workbook: { workbookId, sheetId: workbook.sheets[1].id } } } };
  await call('PATCH', `/spaces/${space.id}`, { metadata });
  const site = await host({ '/': listening(`<iframe width="1200" height="700" src="${space.guestLink}"></iframe>`) });
  await page.goto(site.url);
  const frame = page.frameLocator('iframe');
  await expect(frame.getByRole('heading', { name: 'Places' })).toBeVisible();
  // Only the way from sheet to sheet is left of the sidebar.
  await expect(frame.getByRole('link', { name: 'Files' })).toBeHidden();
  await expect(frame.getByRole('link', { name: /People/ })).toBeVisible();
  const style = (selector: string, property: string) =>
    frame.locator(selector).first().evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), property);
  expect(await style('.sidebar', 'background-color')).toBe('rgb(16, 32, 48)');
  expect(await style('.button', 'border-top-left-radius')).toBe('15px');
  // Bright yellow could not be read on white.
  expect(await style('html', '--accent')).not.toBe('#ffe600');
  await site.stop();
});

test('a document is reached where the sidebar is left out', async ({ page, request, server }) => {
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await call('POST', '/spaces', { name: 'Orders', metadata: { sidebarConfig: { showSidebar: false } } });
  await call('POST', '/workbooks', { spaceId: space.id, name: 'Orders', sheets: [{ name: 'People', slug: 'people', fields }] });
  await call('POST', `/spaces/${space.id}/documents`, { title: 'How to import', body: '# Two steps' });
  const site = await host({ '/': listening(`<iframe style="width: 100%; height: 600px" src="${space.guestLink}"></iframe>`) });
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(site.url);
    const frame = page.frameLocator('iframe');
    await frame.locator('html[data-hydrated]').waitFor();
    const drawer = frame.getByRole('button', { name: 'Workbooks, files and jobs' });
    if (width < 700) await drawer.click();
    await expect(frame.getByRole('link', { name: 'Files' })).toBeHidden();
    await frame.getByRole('link', { name: 'How to import' }).click();
    await expect(frame.getByRole('heading', { name: 'Two steps' })).toBeVisible();
    if (width < 700) await drawer.click();
    await frame.getByRole('link', { name: 'People' }).click();
    await expect(frame.getByRole('heading', { level: 1, name: 'People' })).toBeVisible();
  }
  await site.stop();
});

test('long labels are cut where there is no room for them, and the primary action is in reach', async ({ page, request, server }) => {
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await call('POST', '/spaces', { name: 'Orders', metadata: { sidebarConfig: { showSidebar: false } } });
  const action = (label: string, place: number) => ({ operation: `a${place}`, mode: 'foreground', label, primary: true });
  const long = ['Send everything to the reception and to the back office at once', 'Check with the property management system'];
  const ofSheet = [...long, 'Look for guests who were here before', 'Ask the reception for what is missing'];
  const sheets = [{ name: 'People who have stayed with us in the last season', slug: 'people', fields, actions: ofSheet.map(action) }];
  await call('POST', '/workbooks', { spaceId: space.id, name: 'Orders', sheets, actions: [...long, 'Submit'].map(action) });
  for (const width of [1440, 1024, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(space.guestLink);
    await hydrated(page);
    for (const bar of ['.top-bar', '.toolbar']) {
      const out = await page.locator(`${bar} button`).evaluateAll((buttons, width) => {
        const seen = buttons.filter((button) => button.checkVisibility() && !button.closest('[popover]'));
        return seen.filter((button) => button.getBoundingClientRect().right > width || button.getBoundingClientRect().left < 0).map((button) => button.textContent);
      }, width);
      expect(out, `${bar} at ${width}`).toEqual([]);
    }
    await expect(page.getByTitle(long[0]).first()).toHaveCSS('text-overflow', 'ellipsis');
    const submit = page.getByRole('button', { name: 'Submit', exact: true });
    expect(await submit.evaluate((button) => button.scrollWidth <= button.clientWidth)).toBe(true);
    await submit.click({ trial: true });
    await page.getByRole('button', { name: 'Actions', exact: true }).click();
    await expect(page.getByRole('menuitem', { name: ofSheet[3] })).toBeVisible();
    await page.keyboard.press('Escape');
  }
});
