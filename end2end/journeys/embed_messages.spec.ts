// Messages between Inlet and the site around: other frames of that site are not listened to, and hear nothing.
import type { Page } from '@playwright/test';

import { expect, test } from '../helper';
import { caller } from './api';
import { host, listening } from './host';
import { keysOf } from './listener';

/** A frame of a third site, which says everything to everybody. */
const shouting = (messages: object[]) => `<!doctype html><link rel="icon" href="data:,"><title>A stranger</title>
<script>window.heard = []; addEventListener("message", ({ data }) => heard.push(data));
window.shout = () => { for (const message of ${JSON.stringify(messages)}) {
  parent.postMessage(message, "*");
  for (let place = 0; place < parent.frames.length; place++)
    if (parent.frames[place] !== window) parent.frames[place].postMessage(message, "*");
} };</script>`;

const stranger = (page: Page, url: string) => page.frames().find((frame) => frame.url().startsWith(url))!;

test('a frame of a stranger opens no space in the importer beside it', async ({ page, request, server }) => {
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await call('POST', '/spaces', { name: 'Orders' });
  const open = { inlet: 'open', address: `/space/${space.id}`, token: space.accessToken };
  const spaceUrl = `${server.url}/space/${space.id}?token=${space.accessToken}`;
  const event = { flatfileEvent: { topic: 'portal:initialize', payload: { status: 'complete', spaceUrl } } };
  const evil = await host({ '/': shouting([open, event]) });
  const site = await host({
    '/': listening(`<iframe id="inlet" src="${server.url}/embed"></iframe><iframe src="${evil.url}"></iframe>`),
  });
  await page.goto(site.url);
  await expect.poll(() => page.evaluate(() => (window as any).heard.some(({ data }: any) => data.inlet === 'ready'))).toBe(true);
  await stranger(page, evil.url).evaluate(() => (window as any).shout());
  // What the site itself says is done, and after what the stranger said: the frame would be elsewhere already.
  const inner = () => page.frames().find((frame) => frame.url().startsWith(server.url))!;
  await inner().evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  expect(inner().url()).toBe(`${server.url}/embed`);
  await page.evaluate((open) => (document.querySelector('#inlet') as HTMLIFrameElement).contentWindow!.postMessage(open, '*'), open);
  await expect.poll(() => inner().url()).toContain(space.id);
  expect(inner().url()).not.toContain('token');
  await expect.poll(() => page.evaluate(() => (window as any).heard.some(({ data }: any) => data.localTranslations))).toBe(true);
  expect(await stranger(page, evil.url).evaluate(() => (window as any).heard)).toEqual([]);
  await Promise.all([site.stop(), evil.stop()]);
});

test('a page with embed.js listens to its importer alone', async ({ page, server }) => {
  const invented = { flatfileEvent: { id: 'us_evt_invented', topic: 'commit:created', payload: {}, context: {} } };
  const evil = await host({ '/': shouting([invented, { inlet: 'ready' }]) });
  const key = keysOf(server.data).PUBLISHABLE_KEY;
  const blueprint = { name: 'Contacts', sheets: [{ name: 'People', slug: 'people', fields: [{ key: 'name', type: 'string' }] }] };
  const site = await host({
    '/': listening(`<iframe src="${evil.url}"></iframe><script src="${server.url}/embed.js"></script>
<script>window.events = []; window.opened = Inlet.open({ publishableKey: "${key}", blueprint: ${JSON.stringify(blueprint)},
  onEvent: (event) => events.push(event) })</script>`),
  });
  await page.goto(site.url);
  await expect.poll(() => page.evaluate(() => (window as any).events.length)).toBeGreaterThan(0);
  await stranger(page, evil.url).evaluate(() => (window as any).shout());
  await expect.poll(() => page.evaluate(() => (window as any).heard.some(({ data }: any) => data.flatfileEvent?.id === 'us_evt_invented'))).toBe(true);
  const ids = await page.evaluate(() => (window as any).events.map(({ id }: any) => id));
  expect(ids).not.toContain('us_evt_invented');
  // The token goes to the importer's own origin: a frame that is led elsewhere does not get it.
  expect(await stranger(page, evil.url).evaluate(() => JSON.stringify((window as any).heard))).not.toContain('token');
  await Promise.all([site.stop(), evil.stop()]);
});
