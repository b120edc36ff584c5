// Pages of other sites that open the importer by its script tag, and what a person does in it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FrameLocator, Page } from '@playwright/test';

import { expect } from '../helper';
import { keysOf } from './listener';

export type Server = { url: string; data: string };

/** A file of the repository. */
export const fileOf = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

const fields = [
  { key: 'name', type: 'string', label: 'Name', constraints: [{ type: 'required' }] },
  { key: 'email', type: 'string', label: 'E-mail' },
];
export const contacts = { name: 'Contacts', slug: 'contacts', fields };

/**
 * A page with a button for each of `buttons`, which opens the importer with these options, as they stand in a script. What it
 * says with `say` is in `window.said`; what it was given, in `window.importer`.
 */
export function opening(server: Server, buttons: Record<string, string>, body = '') {
  const made = Object.entries(buttons).map(([label, options]) => {
    const all = `{ publishableKey: '${keysOf(server.data).PUBLISHABLE_KEY}', blueprint: ${JSON.stringify(contacts)}, onError() {}, ${options} }`;
    return `<button onclick="start('${label}')">${label}</button><script>options['${label}'] = () => (${all})</script>`;
  });
  return `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>A shop</title><main><h1>A shop</h1>
<script src="${server.url}/embed.js"></script>
<script>window.said = []; const say = (...words) => said.push(words.join(' ')); const options = {};
window.start = (label) => Inlet.open(options[label]()).then((it) => (window.importer = it), (error) => say('rejected', error));</script>
${body}${made.join('\n')}</main>`;
}

/** What a page has said. */
export const said = (page: Page) => page.evaluate(() => (window as any).said as string[]);
/** Waits until a page has said something. */
export const hears = (page: Page, words: string | RegExp) =>
  expect.poll(async () => (await said(page)).filter((each) => (typeof words === 'string' ? each === words : words.test(each))).length).toBeGreaterThan(0);

export const frameOf = (page: Page) => page.frameLocator('inlet-importer iframe');
export const cell = (page: Page, name: string) => frameOf(page).getByRole('gridcell', { name, exact: true });

/** Presses a button of the page around, and waits for the sheet. */
export async function open(page: Page, button = 'Import', heading = 'Contacts') {
  await page.getByRole('button', { name: button, exact: true }).click();
  await expect(frameOf(page).getByRole('heading', { name: heading })).toBeVisible();
  await frameOf(page).locator('html[data-hydrated]').waitFor();
}

/** Presses the cross, when all that is shown has come: what is on its way would be reported as lost. */
export async function leave(page: Page, words = 'Close') {
  await expect(frameOf(page).locator('.coming')).toHaveCount(0);
  await page.getByRole('button', { name: words, exact: true }).first().click();
  await expect(page.locator('inlet-importer')).toHaveCount(0);
}

export const csv = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('Name,E-mail\nAda,ADA@x.example\nGrace,g@x.example\nAlan,nothing\n') };

/** Drops a file on the open importer. */
export async function drop(page: Page) {
  await expect(frameOf(page).getByRole('heading', { name: 'Contacts' })).toBeVisible();
  await frameOf(page).locator('html[data-hydrated]').waitFor();
  await frameOf(page).getByLabel('File to import').setInputFiles(csv);
  await expect(cell(page, 'Ada')).toBeVisible();
}

/** Presses Submit, and what its dialog asks. */
export async function submit(frame: FrameLocator) {
  await frame.getByRole('button', { name: 'Submit' }).first().click();
  await frame.getByRole('dialog', { name: 'Submit' }).getByRole('button', { name: 'Submit' }).click();
}
