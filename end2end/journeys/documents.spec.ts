// Documents: markdown pages of a space, made by the API, with buttons, and live.
import type { APIRequestContext, Page } from '@playwright/test';

import { expect, hydrated, test } from '../helper';
import { type Call, caller } from './api';
import { keysOf } from './listener';

type Made = { page: Page; request: APIRequestContext; server: { data: string } };

const text = `Some words with **weight** and a [link](https://example.com).

## A list
- one
- two

| Column | Count |
|:-------|------:|
| name   |    12 |

\`\`\`
inlet --help
\`\`\`

![A picture](/favicon.svg)
`;

/** A space with a sheet of two records, one of them bad, and documents; a call of the API, and ways to the pages. */
async function made({ page, request, server }: Made, documents: object[], sheets = true) {
  await page.goto('/');
  await hydrated(page);
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await call('POST', '/spaces', { name: 'Desk' });
  let sheet = '';
  if (sheets) {
    const fields = [{ key: 'name', type: 'string', label: 'Name', constraints: [{ type: 'required' }] }, { key: 'city', type: 'string', label: 'City' }];
    const workbook = await call('POST', '/workbooks', { spaceId: space.id, name: 'People', sheets: [{ name: 'Contacts', slug: 'contacts', fields }] });
    sheet = workbook.sheets[0].id;
    await call('POST', `/sheets/${sheet}/records`, [{ name: { value: 'Ada' } }, { city: { value: 'Paris' } }]);
  }
  const all: { id: string; path: string }[] = [];
  for (const document of documents) {
    const { id } = await call('POST', `/spaces/${space.id}/documents`, { title: 'Guide', body: text, ...document });
    all.push({ id, path: `/spaces/${space.id}/documents/${id}` });
  }
  const open = async (place = 0) => {
    await page.goto(`/space/${space.id}/documents/${all[place].id}`);
    await hydrated(page);
  };
  return { call, space: space.id as string, sheet, documents: all, open };
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });
const sidebar = (page: Page) => page.getByRole('navigation', { name: 'Space' });

async function shot(page: Page, name: string) {
  if (!process.env.INLET_SHOTS) return;
  for (const scheme of ['light', 'dark'] as const) {
    for (const [width, height] of [[1440, 900], [1024, 768], [390, 844]] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(350);
      await page.screenshot({ path: `${process.env.INLET_SHOTS}/${name}-${scheme}-${width}.png` });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize({ width: 1440, height: 900 });
}

test('documents are in the sidebar over the workbooks, in the order they were made', async ({ page, request, server, checkAccessibility }) => {
  const { space } = await made({ page, request, server }, [{ title: 'Begin here' }, { title: 'At the end' }, { title: 'Unlisted', treatments: ['ephemeral'] }]);
  await page.goto(`/space/${space}`);
  await hydrated(page);
  await expect(page).toHaveURL(/\/sheet\//);
  await expect(sidebar(page).getByRole('heading')).toHaveText(['Documents', 'Workbooks', 'Space']);
  await expect(sidebar(page).locator('a[href*="/documents/"]')).toHaveText(['Begin here', 'At the end']);
  // By keyboard to the page, whose code comes now.
  await sidebar(page).getByRole('link', { name: 'Begin here' }).focus();
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Begin here')).toBeVisible();
  await expect(sidebar(page).getByRole('link', { name: 'Begin here' })).toBeFocused();
  await expect(page.locator('.markdown li')).toHaveText(['one', 'two']);
  await expect(page.getByRole('link', { name: 'link', exact: true })).toHaveAttribute('target', '_blank');
  await expect(sidebar(page).getByRole('link', { name: 'Begin here' })).toHaveAttribute('aria-current', 'page');
  await checkAccessibility();
  await sidebar(page).getByRole('link', { name: 'At the end' }).click();
  await expect(heading(page, 'At the end')).toBeVisible();
  await expect(page).toHaveTitle('At the end · Inlet');
  await page.goBack();
  await expect(heading(page, 'Begin here')).toBeVisible();
});

test('a space of documents alone opens on the first; without them nothing of them is there', async ({ page, request, server }) => {
  const { space, call, documents } = await made({ page, request, server }, [{ title: 'Hidden', treatments: ['ephemeral'] }, { title: 'First' }], false);
  await page.goto(`/space/${space}`);
  await expect(heading(page, 'First')).toBeVisible();
  await hydrated(page);
  await call('DELETE', documents[1].path);
  await expect(page.getByRole('heading', { name: 'This document was deleted' })).toBeVisible();
  await expect(sidebar(page).getByText('Documents')).toHaveCount(0);
});

test('a change by the API shows at once, where one is reading; a deletion says so', async ({ page, request, server, checkAccessibility }) => {
  const long = Array.from({ length: 80 }, (_, line) => `Line ${line}`).join('\n\n');
  const { call, documents, open, space } = await made({ page, request, server }, [{ body: `${long}\n\nOld end` }]);
  await open();
  await expect(page.getByText('Old end')).toBeAttached();
  const main = page.locator('main');
  await main.focus();
  await main.evaluate((main) => main.scrollTo({ top: 700, behavior: 'instant' }));
  await expect.poll(() => main.evaluate((main) => main.scrollTop)).toBe(700);
  await page.evaluate(() => Object.assign(window, { same: true }));
  await call('PATCH', documents[0].path, { title: 'Guide, again', body: `${long}\n\nNew end` });
  await expect(page.getByText('New end')).toBeAttached();
  await expect(heading(page, 'Guide, again')).toBeVisible();
  await expect(sidebar(page).getByRole('link', { name: 'Guide, again' })).toBeVisible();
  expect(await main.evaluate((main) => main.scrollTop)).toBe(700);
  await expect(main).toBeFocused();
  expect(await page.evaluate(() => 'same' in window)).toBe(true);
  await call('PATCH', documents[0].path, { actions: [{ operation: 'go', label: 'Go' }] });
  await expect(page.getByRole('button', { name: 'Go', exact: true })).toBeVisible();

  await call('DELETE', documents[0].path);
  await expect(page.getByRole('alert').getByRole('heading', { name: 'This document was deleted' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Go', exact: true })).toHaveCount(0);
  await checkAccessibility();
  await shot(page, 'document-deleted');
  await page.getByRole('link', { name: 'Go to Desk' }).click();
  await expect(page).toHaveURL(new RegExp(`/space/${space}/workbook/`));
});

test('an action is asked about, held back for a reason, runs, and tells its outcome', async ({ page, request, server, checkAccessibility }) => {
  const actions = [
    { operation: 'send', label: 'Send', primary: true, description: 'Sends the guide.', inputForm: { type: 'simple', fields: [{ key: 'to', type: 'string', label: 'To', constraints: [{ type: 'required' }] }] } },
    { operation: 'check', label: 'Check', constraints: [{ type: 'hasAllValid' }] },
    { operation: 'note', label: 'Note', confirm: false },
  ];
  const { call, documents, open, space } = await made({ page, request, server }, [{ actions }]);
  await open();
  await expect(page.locator('.workbook-actions button')).toHaveText(['Check', 'Note', 'Send']);
  await expect(page.getByRole('button', { name: 'Check' })).toHaveAttribute('aria-description', '1 record with errors: put them right first');
  await page.getByRole('button', { name: 'Send' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send', exact: true });
  await expect(dialog).toContainText('This document');
  await checkAccessibility();
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect(dialog).toContainText('To is required');
  await dialog.getByLabel('To').fill('Ada');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  const [job] = await call('GET', `/jobs?spaceId=${space}`);
  expect(job).toMatchObject({ type: 'document', operation: 'send', source: documents[0].id, input: { to: 'Ada' } });
  await call('POST', `/jobs/${job.id}/ack`, { info: 'Sending', progress: 40 });
  await expect(page.locator('.toast.job')).toContainText('Sending');
  const next = { type: 'id', id: documents[0].id, label: 'To the guide' };
  await call('POST', `/jobs/${job.id}/complete`, { outcome: { heading: 'Sent', message: 'Ada has it.', acknowledge: true, next } });
  const outcome = page.getByRole('dialog', { name: 'Sent', exact: true });
  await expect(outcome).toContainText('Ada has it.');
  await expect(outcome.getByRole('link', { name: 'To the guide' })).toHaveAttribute('href', `/space/${space}/documents/${documents[0].id}`);
  await page.keyboard.press('Escape');
  // One that runs in the foreground covers the page.
  const cover = await call('POST', '/jobs', { type: 'document', operation: 'wait', source: documents[0].id, trigger: 'immediate', mode: 'foreground' });
  await expect(page.locator('.cover')).toBeVisible();
  await call('POST', `/jobs/${cover.id}/complete`, {});
  await expect(page.locator('.cover')).toHaveCount(0);
});

test('a sheet that is embedded is a card with its counts, and unknown embeds are left out', async ({ page, request, server, checkAccessibility }) => {
  const { call, documents, open, sheet, space } = await made({ page, request, server }, [{}]);
  const embed = (attributes: string) => `<embed ${attributes}>`;
  const body = [text, embed(`type='embedded-sheet' name='All people' sheetId='${sheet}'`), 'after', embed(`type='embedded-sheet' sheetId='us_sh_0000000000'`), embed(`type='embedded-diff' sheetId='${sheet}'`)].join('\n\n');
  await call('PATCH', documents[0].path, { body, actions: [{ operation: 'go', label: 'Go', primary: true }] });
  await open();
  const card = page.locator('.sheet-card');
  await expect(card).toHaveCount(1);
  await expect(card).toContainText('All people');
  await expect(card).toContainText('2 records');
  await expect(card).toContainText('1 with errors');
  await call('POST', `/sheets/${sheet}/records`, [{ name: { value: 'Grace' } }]);
  await expect(card).toContainText('3 records');
  await checkAccessibility();
  await page.emulateMedia({ colorScheme: 'dark' });
  await checkAccessibility();
  await shot(page, 'document');
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await checkAccessibility();
  await page.setViewportSize({ width: 1440, height: 900 });
  await card.click();
  await expect(page).toHaveURL(new RegExp(`/space/${space}/workbook/us_wb_\\w+/sheet/${sheet}`));
});

test('one that is ephemeral fills the screen, and closing it leads to the space', async ({ page, request, server, checkAccessibility }) => {
  const { space, open } = await made({ page, request, server }, [{ title: 'Welcome', treatments: ['ephemeral'], actions: [{ operation: 'go', label: 'Go', primary: true }] }]);
  await open();
  await expect(heading(page, 'Welcome')).toBeVisible();
  await expect(sidebar(page)).toBeHidden();
  expect(await page.locator('main').evaluate((main) => main.getBoundingClientRect().width)).toBe(1440);
  await checkAccessibility();
  await shot(page, 'ephemeral');
  await page.getByRole('link', { name: 'Close' }).click();
  await expect(page).toHaveURL(new RegExp(`/space/${space}/workbook/`));
  await expect(sidebar(page)).toBeVisible();
  await expect(sidebar(page)).not.toContainText('Welcome');
});

test('a hostile text shows nothing harmful', async ({ page, request, server, complaints }) => {
  const body = [
    '<script>window.harm = 1</script>',
    '<img src=x onerror="window.harm = 1">',
    '<a href="javascript:window.harm = 1">press me</a>',
    '<iframe src="https://evil.example"></iframe>',
    '<embed src="https://evil.example" type="embedded-sheet">',
    '<form action="https://evil.example"><input name=password autofocus onfocus="window.harm = 1"></form>',
    '<style>main { display: none }</style><p style="position:fixed;inset:0" class="dialog">cover</p>',
    '[link](javascript:alert(1))',
    'The end',
  ].join('\n\n');
  const { open } = await made({ page, request, server }, [{ title: '<img src=x onerror="window.harm = 1">', body }]);
  await open();
  await expect(page.getByText('The end')).toBeVisible();
  await expect(heading(page, '<img src=x onerror="window.harm = 1">')).toBeVisible();
  await page.getByText('press me').click();
  expect(await page.evaluate(() => 'harm' in window)).toBe(false);
  await expect(page.locator('main :is(script, iframe, embed, form, style, [style], [onerror], [onfocus], a[href^=javascript])')).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test('an address that names no document of the space says so', async ({ page, request, server, complaints }) => {
  const { call, documents, space } = await made({ page, request, server }, [{}]);
  const other: { id: string } = await (call as Call)('POST', '/spaces', { name: 'Other' });
  for (const path of [`/space/${space}/documents/us_dc_0000000000`, `/space/${other.id}/documents/${documents[0].id}`]) {
    const response = await page.goto(path);
    expect(response?.status()).toBe(404);
    await expect(page.getByRole('heading', { name: 'Nothing is here' })).toBeVisible();
  }
  // The browser tells of the statuses.
  complaints.length = 0;
});
