// A space in another language, with the words of its host.
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { expect, hydrated, test } from '../helper';
import { caller } from './api';
import { host } from './host';
import { keysOf } from './listener';

const fields = [
  { key: 'name', type: 'string', label: 'people.name', constraints: [{ type: 'required' }] },
  { key: 'files', type: 'string', label: 'people.files' },
  { key: 'age', type: 'number', label: 'people.age' },
];

/** What a host serves: its words in English, and some of them in German. */
const locales = {
  '/locales/en/translation.json': JSON.stringify({ people: { sheet: 'Guests', name: 'Full name', files: 'Papers', age: 'Age' } }),
  '/locales/de/translation.json': JSON.stringify({ people: { sheet: 'Gäste', name: 'Voller Name', age: 'Alter' } }),
};

/** A space that asks for a language, with two records: a value that is a word of ours, and an error. */
async function made(request: any, server: { data: string }, more: object) {
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await call('POST', '/spaces', { name: 'Files', ...more });
  const sheets = [{ name: 'people.sheet', slug: 'people', fields }];
  const workbook = await call('POST', '/workbooks', { spaceId: space.id, name: 'Party', sheets });
  const rows = [{ name: { value: 'Save' } }, { files: { value: 'Files' }, age: { value: 'old' } }];
  await call('POST', `/sheets/${workbook.sheets[0].id}/records`, rows);
  return { space, sheet: workbook.sheets[0].id as string };
}

/** Every text of the page, and of what names its parts, that is neither German nor named here. */
async function leftInEnglish(page: Page, own: RegExp) {
  const script = readFileSync(new URL('../../public/languages/de.js', import.meta.url), 'utf8');
  const words: Record<string, string> = JSON.parse(script.slice(script.indexOf('{'), script.lastIndexOf('}') + 1));
  const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const shapes = Object.values(words).map((text) => text.split(/\{\d?\}/).map(escaped).join('.+?'));
  const german = new RegExp(`^(?:${shapes.join('|')})$`, 's');
  const texts = await page.evaluate(() => {
    const left = '[translate="no"], script, style, noscript, del, ins, [role="gridcell"], .grid-window, .brand b, .person, .card-line > span, .card-head b';
    const found = new Set<string>();
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      node instanceof Element && node.matches(left) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (node instanceof Text) found.add(node.data.trim());
      else for (const name of ['title', 'aria-label', 'placeholder', 'aria-description']) found.add((node as Element).getAttribute(name)?.trim() ?? '');
    }
    return [...found];
  });
  const parts = texts.filter((text) => /\p{L}{2}/u.test(text)).flatMap((text) => (german.test(text) ? [] : text.split(/\. | · |, /)));
  return parts.filter((text) => /\p{L}{2}/u.test(text) && !german.test(text) && !own.test(text));
}

/** The words of the space itself, and those that are the same in both languages. */
const own = /^(Files|Party|Gäste|Voller Name|Papers|Alter|Save|Inlet|CSV|TSV|Excel|JSON( Lines)?)$/;

test('a page is in the language that the space asks for', async ({ page, request, server }) => {
  const words = await host(locales);
  const more = { languageOverride: 'de', translationsPath: `${words.url}/locales/en/translation.json` };
  const { space } = await made(request, server, more);
  await page.goto(space.guestLink);
  await hydrated(page);
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByRole('link', { name: 'Dateien' })).toBeVisible();
  // What the host says of its blueprint; the file in German does not say all.
  await expect(page.getByRole('heading', { name: 'Gäste' })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Voller Name' })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Papers' })).toBeVisible();
  // People's own data stay.
  await expect(page.getByRole('gridcell', { name: 'Save' })).toBeVisible();
  await expect(page.locator('.brand b')).toHaveText('Files');
  expect(await leftInEnglish(page, own)).toEqual([]);

  // What the application says later is said in German as well.
  await page.getByRole('gridcell', { name: 'Save' }).dblclick();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Ada');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Gespeichert')).toBeVisible();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Space');
  await expect(page.getByRole('tab', { name: 'Verlauf' })).toBeVisible();
  expect(await leftInEnglish(page, own)).toEqual([]);
  await page.getByRole('tab', { name: 'Verlauf' }).click();
  await expect(page.locator('ins', { hasText: 'Ada' })).toBeVisible();
  expect(await leftInEnglish(page, own)).toEqual([]);
  for (const name of ['Dateien', 'Aufträge']) {
    await page.getByRole('link', { name }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    expect(await leftInEnglish(page, own)).toEqual([]);
  }
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await words.stop();
});

test('without a word of the space a page is in the language of the browser', async ({ browser, request, server }) => {
  const { space } = await made(request, server, {});
  for (const [locale, language, link] of [['de-CH', 'de', 'Dateien'], ['tlh', 'en', 'Files']]) {
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    await page.goto(space.guestLink);
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    await expect(page.getByRole('link', { name: link })).toBeVisible();
    await context.close();
  }
});

test('what the host wrote is said as a whole in another language, or as it is', async ({ page, request, server }) => {
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await call('POST', '/spaces', { name: 'Hotel', languageOverride: 'de' });
  const labels = ['Import everything', 'Check guests', 'Delete 3 records, then go on', 'Download'];
  const actions = labels.map((label, place) => ({ operation: `a${place}`, label, mode: 'foreground', primary: true, confirm: place === 0, description: 'Check guests. 3 records are waiting' }));
  const sheets = [{ name: 'Import rooms', slug: 'rooms', fields: [{ key: 'a', type: 'string', label: 'Check name' }, { key: 'b', type: 'string', label: 'Name', constraints: [{ type: 'required' }] }], actions }];
  const workbook = await call('POST', '/workbooks', { spaceId: space.id, name: 'Edit prices', sheets });
  const sheet = workbook.sheets[0].id;
  const told = { value: 'Ada', messages: [{ type: 'error', message: 'Check the passport' }, { type: 'warn', message: 'Name is required' }] };
  await call('POST', `/sheets/${sheet}/records`, [{ a: told }]);
  await page.goto(space.guestLink);
  await hydrated(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Import rooms', exact: true })).toBeVisible();
  await expect(page).toHaveTitle(/^Import rooms · Edit prices/);
  await expect(page.getByRole('link', { name: 'Import rooms' })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Check name', exact: true })).toBeVisible();
  for (const label of labels.slice(0, 3)) await expect(page.getByRole('button', { name: label, exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Aktionen', exact: true }).click();
  // A whole text of the host that is one of ours, too, is said.
  await expect(page.getByRole('menuitem', { name: 'Herunterladen', exact: true })).toBeVisible();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Import everything' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import everything', exact: true });
  await expect(dialog.getByText('Check guests. 3 records are waiting', { exact: true })).toBeVisible();
  await expect(dialog.locator('.scope')).toContainText('Der 1 Datensatz');
  await page.keyboard.press('Escape');

  // Messages of a listener stay; those of our own rules are said.
  await page.getByRole('gridcell', { name: 'Ada' }).click();
  const tip = page.getByRole('tooltip');
  await expect(tip).toContainText('Check the passport');
  await expect(tip).toContainText('Name is required');
  await page.keyboard.press('Space');
  const record = page.getByRole('complementary').last();
  await expect(record.getByText('Check the passport', { exact: true })).toBeVisible();
  await expect(record.getByText('Name ist erforderlich', { exact: true })).toBeVisible();
  await record.getByRole('button', { name: 'Schließen' }).click();
  await page.keyboard.press('Control+Shift+E');
  await expect(record.getByText('Check the passport', { exact: true })).toBeVisible();

  const job = await call('POST', '/jobs', { type: 'sheet', operation: 'a0', source: sheet, trigger: 'immediate' });
  await call('POST', `/jobs/${job.id}/ack`, {});
  await call('POST', `/jobs/${job.id}/complete`, { outcome: { heading: 'Import done', message: '3 records imported', acknowledge: true, buttonText: 'Open rooms' } });
  const outcome = page.getByRole('dialog', { name: 'Import done', exact: true });
  await expect(outcome.getByText('3 records imported', { exact: true })).toBeVisible();
  await expect(outcome.getByRole('button', { name: 'Open rooms', exact: true })).toBeVisible();
});
