// The `test` of every spec: a server of its own with fresh data for each test, and a page that may not complain.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Locator, type Page, test as base } from '@playwright/test';
import { fileURLToPath } from 'node:url';

import { serve } from '../tools/serve.mjs';

/** The program that is tried out. */
export const binary = process.env.INLET_BINARY ?? fileURLToPath(new URL('../target/debug/inlet', import.meta.url));

export type Server = { url: string; data: string; restart: () => Promise<void>; stop: () => Promise<void>; log: () => string };
type Fixtures = {
  server: Server;
  /** What the page logged as an error or threw. The test fails when anything is left in it. */
  complaints: string[];
  /** Fails when axe finds anything, for WCAG 2.2 AA and its best practices. */
  checkAccessibility: (page?: Page) => Promise<void>;
};

export const test = base.extend<Fixtures>({
  // Playwright asks for a pattern as the first argument.
  // eslint-disable-next-line no-empty-pattern
  server: async ({}, use) => {
    const server = await serve(binary, { environment: { INLET_FAST_TIMEOUTS: '1' } });
    await use(server);
    await server.stop();
  },

  baseURL: async ({ server }, use) => use(server.url),

  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
      });
      // From the beginning: a file chooser that opens while the first listener for it is on its way is never told of.
      page.on('filechooser', () => {});
      page.on('pageerror', (error) => complaints.push(`thrown: ${error.stack ?? error.message}`));
      await use(complaints);
      expect(complaints, 'the page logged errors').toEqual([]);
    },
    { auto: true },
  ],

  checkAccessibility: async ({ page }, use) => {
    await use(async (checked = page) => {
      const { violations } = await new AxeBuilder({ page: checked }).analyze();
      const found = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.target.join(' ')) }));
      expect(found, 'axe found violations').toEqual([]);
    });
  },
});

export { expect };

/** Waits until the browser half has taken over: before that, a press does nothing. */
export async function hydrated(page: Page) {
  await page.waitForSelector('html[data-hydrated]');
}

/** Where something is. The layer of the grid is built anew now and then, so it is asked until it answers. */
export async function place(of: Locator) {
  let box: Awaited<ReturnType<Locator['boundingBox']>> = null;
  await expect(async () => {
    box = await of.boundingBox();
    expect(box).not.toBeNull();
  }).toPass();
  return box!;
}

/** Opens the sheet of the demo from the list of spaces. */
export async function openDemo(page: Page) {
  await page.goto('/');
  await hydrated(page);
  await page.getByRole('link', { name: 'Demo', exact: true }).click();
  await expect(page.getByRole('gridcell').first()).toBeVisible();
}
