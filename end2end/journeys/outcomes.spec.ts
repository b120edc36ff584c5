// What a job tells at its end: every field of an outcome, every `next`, and when it happens.
import type { Page } from '@playwright/test';

import { expect, test } from '../helper';
import type { Call } from './api';
import { openOwnSheet } from './own_sheet';

const fields = [{ key: 'name', type: 'string', label: 'Name' }, { key: 'city', type: 'string', label: 'City' }];
const records = [{ name: 'Ada', city: 'London' }, { name: 'Blaise', city: 'Paris' }];

/** A job of the sheet that has ended with that outcome. */
async function ended(call: Call, sheet: string, outcome: object, how = 'complete') {
  const job = await call('POST', '/jobs', { type: 'sheet', operation: 'check', source: sheet, trigger: 'immediate' });
  await call('POST', `/jobs/${job.id}/ack`, {});
  return call('POST', `/jobs/${job.id}/${how}`, { outcome });
}

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true });

test('a message is a note, and one that is to be acknowledged a dialog', async ({ page, request, server, checkAccessibility }) => {
  const { call, sheet } = await openOwnSheet({ page, request, server }, fields, records);
  await ended(call, sheet, { heading: 'Checked', message: 'All is well.' });
  await expect(page.getByRole('status').filter({ hasText: 'All is well.' }).first()).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await ended(call, sheet, { heading: 'Checked twice', message: 'Still well.', acknowledge: true, buttonText: 'Go on' });
  await expect(dialog(page, 'Checked twice')).toContainText('Still well.');
  await checkAccessibility();
  await dialog(page, 'Checked twice').getByRole('button', { name: 'Go on' }).click();
  await expect(dialog(page, 'Checked twice')).toBeHidden();

  // Without its own button only what comes next is offered; Esc still closes.
  await ended(call, sheet, { heading: 'One way', acknowledge: true, hideDefaultButton: true, next: { type: 'retry', label: 'Once more' } });
  await expect(dialog(page, 'One way').locator('footer').getByRole('button')).toHaveText(['Once more']);
  await page.keyboard.press('Escape');
  await expect(dialog(page, 'One way')).toBeHidden();

  await ended(call, sheet, { heading: 'It failed', message: 'The CRM is down.', acknowledge: true }, 'fail');
  await expect(dialog(page, 'It failed').getByRole('button', { name: 'Retry' })).toBeVisible();
});

test('what comes next is a link that says where it leads', async ({ page, request, server }) => {
  const { call, sheet } = await openOwnSheet({ page, request, server }, fields, records);
  const space = page.url().match(/space\/([^/]+)/)![1];
  const links: [object, RegExp | string, string | null][] = [
    [{ type: 'id', id: space, path: 'files', query: 'from=job', label: 'To the files' }, 'To the files', `/space/${space}/files?from=job`],
    [{ type: 'id', id: sheet }, 'Open', new URL(page.url()).pathname],
    [{ type: 'url', url: 'https://example.com/report', label: 'The report' }, 'The report (example.com)', 'https://example.com/report'],
    [{ type: 'url', url: 'mailto:ada@example.com', label: 'Write' }, 'Write', 'mailto:ada@example.com'],
    [{ type: 'download', url: '/files/none', fileName: 'mine.csv', label: 'Take it' }, 'Take it', '/files/none'],
    [{ type: 'snapshot', snapshotId: 'us_ss_1', sheetId: sheet }, 'See what changed', `${new URL(page.url()).pathname}?compare=us_ss_1`],
  ];
  for (const [place, [next, label, address]] of links.entries()) {
    await ended(call, sheet, { heading: `End ${place}`, acknowledge: true, next });
    const link = dialog(page, `End ${place}`).getByRole('link', { name: label, exact: true });
    await expect(link).toHaveAttribute('href', address!);
    await page.keyboard.press('Escape');
    await expect(dialog(page, `End ${place}`)).toBeHidden();
  }
  await ended(call, sheet, { heading: 'Beside', acknowledge: true, next: { type: 'url', url: 'https://example.com' } });
  await expect(dialog(page, 'Beside').getByRole('link')).toHaveAttribute('target', '_blank');
  await page.keyboard.press('Escape');
  await ended(call, sheet, { heading: 'Instead', acknowledge: true, next: { type: 'url', url: 'https://example.com', replace: true } });
  await expect(dialog(page, 'Instead').getByRole('link')).not.toHaveAttribute('target', /./);
  await page.keyboard.press('Escape');
  await ended(call, sheet, { heading: 'Named', acknowledge: true, next: { type: 'download', url: '/files/none', fileName: 'mine.csv' } });
  await expect(dialog(page, 'Named').getByRole('link')).toHaveAttribute('download', 'mine.csv');
});

test('an outcome that may not be followed is refused', async ({ page, request, server }) => {
  const { call, sheet } = await openOwnSheet({ page, request, server }, fields, records);
  const job = await call('POST', '/jobs', { type: 'sheet', operation: 'check', source: sheet, trigger: 'immediate' });
  await expect(call('POST', `/jobs/${job.id}/complete`, { outcome: { next: { type: 'url', url: 'javascript:alert(1)' } } })).rejects.toThrow(/can be followed/);
});

test('retry runs the job again, and clearing the filters shows all records', async ({ page, request, server }) => {
  const { call, sheet } = await openOwnSheet({ page, request, server }, fields, records);
  const job = await ended(call, sheet, { heading: 'Again?', acknowledge: true, next: { type: 'retry', label: 'Once more' } });
  await dialog(page, 'Again?').getByRole('button', { name: 'Once more' }).click();
  await expect.poll(async () => (await call('GET', `/jobs/${job.id}`)).status).toBe('ready');
  await call('POST', `/jobs/${job.id}/cancel`, {});

  const grid = page.getByRole('grid');
  await page.getByRole('searchbox', { name: /search/i }).first().fill('Paris');
  await expect(grid).toHaveAttribute('aria-rowcount', '2');
  await ended(call, sheet, { heading: 'Hidden', acknowledge: true, next: { type: 'clearFilters', label: 'Show them', sheetIds: [sheet] } });
  await dialog(page, 'Hidden').getByRole('button', { name: 'Show them' }).click();
  await expect(grid).toHaveAttribute('aria-rowcount', '3');
});

test('columns are hidden by a view', async ({ page, request, server }) => {
  const { call, sheet } = await openOwnSheet({ page, request, server }, fields, records);
  await ended(call, sheet, { heading: 'Narrow', acknowledge: true, next: { type: 'view', sheetId: sheet, hiddenColumns: ['city'], label: 'Hide the city' } });
  await dialog(page, 'Narrow').getByRole('button', { name: 'Hide the city' }).click();
  await expect(page.getByRole('columnheader', { name: /City/ })).toHaveCount(0);
  await expect(page.getByRole('columnheader', { name: /Name/ })).toHaveCount(1);
});

test('a wait fades the page and celebrates', async ({ page, request, server, checkAccessibility }) => {
  const { call, sheet } = await openOwnSheet({ page, request, server }, fields, records);
  await ended(call, sheet, { heading: 'Thank you', message: 'All is handed in.', next: { type: 'wait', fade: true, confetti: true } });
  await expect(dialog(page, 'Thank you')).toContainText('All is handed in.');
  await expect(page.locator('.rest.fade i')).toHaveCount(48);
  await checkAccessibility();
  await page.keyboard.press('Escape');
  await expect(page.locator('.rest')).toHaveCount(0);
});

test('what comes next happens by itself where the outcome says so, and never leads away', async ({ page, request, server }) => {
  const { call, sheet } = await openOwnSheet({ page, request, server }, fields, records);
  const space = page.url().match(/space\/([^/]+)/)![1];
  const here = page.url();
  await ended(call, sheet, { heading: 'Silent', acknowledge: true, trigger: 'automatic_silent', next: { type: 'clearFilters' } });
  await ended(call, sheet, { heading: 'Foreign', acknowledge: true, trigger: 'automatic', next: { type: 'url', url: 'https://example.com', replace: true } });
  await expect(dialog(page, 'Foreign').getByRole('link', { name: 'Open (example.com)' })).toBeVisible();
  expect(page.url()).toBe(here);
  await page.keyboard.press('Escape');
  await expect(dialog(page, 'Silent')).toHaveCount(0);
  await ended(call, sheet, { heading: 'Off we go', trigger: { type: 'automatic', audience: 'all' }, next: { type: 'id', id: space, path: 'files' } });
  await expect(page).toHaveURL(new RegExp(`/space/${space}/files$`));
});
