// A page of another site that holds Inlet by one of Flatfile's packages for pages.
import type { Page } from '@playwright/test';
import { buildSync } from 'esbuild';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { blockThirdPartyCookies, host } from '../journeys/host';
import { expect, folder, test as base } from './fixtures';

/** A sheet of people, as a page describes it. */
export const people = JSON.stringify({
  name: 'People',
  slug: 'people',
  fields: [{ key: 'first', type: 'string', label: 'First name' }, { key: 'last', type: 'string', label: 'Last name' }],
});

/** What each page begins with: where it says what it hears, and where the server is. */
const beginning = (server: { url: string }, key: string) => `<!doctype html><link rel="icon" href="data:,"><title>A shop</title>
  <button id="open">Import</button><output></output><div id="place"></div>
  <script>
    const say = (words) => (document.querySelector('output').textContent += words + ';');
    const server = { apiUrl: ${JSON.stringify(server.url)}, spaceUrl: ${JSON.stringify(`${server.url}/s`)} };
    const publishableKey = ${JSON.stringify(key)};
    window.CROSSENV_FLATFILE_API_URL = server.apiUrl;
  </script>`;

/** What browsers say of the packages themselves: an attribute of their frame, and a message to it before it has an address. */
const theirs = /Unrecognized origin: ''\*\.flatfile\.com''|Failed to execute 'postMessage' on 'DOMWindow'/;

/** Opens a page with `body`, which may load any file of the packages, and presses its button. */
export const test = base.extend<{ embed: (body: string) => Promise<void> }>({
  embed: async ({ page, server, keys, complaints }, use) => {
    const sites: { stop: () => unknown }[] = [];
    await use(async (body) => {
      const files = (path: string) => {
        const file = join(folder, path);
        return path.startsWith('/node_modules/') && existsSync(file) ? readFileSync(file) : undefined;
      };
      const site = await host({ '/': beginning(server, keys.PUBLISHABLE_KEY) + body }, files);
      sites.push(site);
      await blockThirdPartyCookies(page);
      await page.goto(site.url);
      // A page that is built by scripts listens a moment later.
      await page.waitForFunction(() => document.querySelector<HTMLElement>('#open')!.onclick);
      await page.getByRole('button', { name: 'Import' }).click();
    });
    for (const site of sites) void site.stop();
    const own = complaints.filter((complaint) => !theirs.test(complaint));
    complaints.splice(0, complaints.length, ...own);
  },
});

/** A module for a page, with the packages that it imports: what developers have of their bundler. */
export function bundled(source: string) {
  const { outputFiles } = buildSync({
    stdin: { contents: source, resolveDir: folder },
    bundle: true,
    write: false,
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
  });
  // The text of a script ends at the first end tag in it.
  return `<script>${outputFiles[0].text.replaceAll('</script', '<\\/script')}</script>`;
}

const frameOf = (page: Page) => page.frameLocator('iframe');
const cellAt = (page: Page, row: number, column: number) => frameOf(page).locator(`[role=gridcell][data-row="${row}"][data-column="${column}"]`);

/** Types a record into the frame, as a person does. */
export async function typeRecord(page: Page, texts: string[]) {
  await frameOf(page).locator('html[data-hydrated]').waitFor();
  await frameOf(page).getByRole('button', { name: 'Add a record' }).click();
  for (const [column, text] of texts.entries()) {
    await cellAt(page, 0, column).click();
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  }
}

/** Presses Submit, and confirms it. */
export async function submit(page: Page, label = 'Submit data') {
  await frameOf(page).getByRole('button', { name: label, exact: true }).click();
  await frameOf(page).getByRole('dialog', { name: label }).getByRole('button', { name: label }).click();
}

/** Closes the outcome. */
export async function acknowledge(page: Page) {
  await frameOf(page).getByRole('dialog').getByRole('button').last().click();
}

export { cellAt, expect, frameOf };
