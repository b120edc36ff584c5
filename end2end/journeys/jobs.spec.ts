// Jobs as a person sees them: while they run, in each mode, and afterwards in the history.
import { expect, hydrated, test } from '../helper';
import type { Call } from './api';
import { openOwnSheet } from './own_sheet';

const fields = [
  { key: 'name', type: 'string', label: 'Name', constraints: [{ type: 'required' }] },
  { key: 'city', type: 'string', label: 'City' },
];
const records = [{ name: 'Ada', city: 'London' }, { city: 'Paris' }];

async function start(call: Call, sheet: string, more: object = {}) {
  const job = { type: 'sheet', operation: 'check', source: sheet, trigger: 'immediate', ...more };
  return (await call('POST', '/jobs', job)).id as string;
}

test('a foreground job covers the sheet, says how long, and can be stopped', async ({ page, request, server, checkAccessibility }) => {
  const { call, sheet } = await openOwnSheet({ page, request, server }, fields, records);
  const job = await start(call, sheet, { mode: 'foreground' });
  const soon = new Date(Date.now() + 300_000).toISOString();
  // A listener that is slow but beats is never given up.
  const beat = () => call('POST', `/jobs/${job}/ack`, { info: 'Asking the registry', progress: 30, estimatedCompletionAt: soon });
  await beat();
  const beating = setInterval(beat, 1_000);
  const cover = page.locator('.cover');
  await expect(cover).toContainText('Asking the registry');
  await expect(cover).toContainText(/[45] min.* left/);
  await expect(page.locator('#grid')).toHaveAttribute('inert', '');
  await checkAccessibility();
  clearInterval(beating);
  await cover.getByRole('button', { name: 'Cancel' }).click();
  await expect(cover).toHaveCount(0);
  expect((await call('GET', `/jobs/${job}`)).status).toBe('canceled');
  await expect(page.locator('#grid')).not.toHaveAttribute('inert', '');
});

test('a background job is a pill and a card, a hidden one nothing', async ({ page, request, server }) => {
  const { call, sheet } = await openOwnSheet({ page, request, server }, fields, records);
  const hidden = await start(call, sheet, { mode: 'hidden' });
  await call('POST', `/jobs/${hidden}/ack`, { info: 'Nobody sees this', progress: 10 });
  const job = await start(call, sheet);
  await call('POST', `/jobs/${job}/ack`, { info: 'Sending', progress: 40 });
  const pill = page.locator('.pill');
  await expect(pill).toContainText('40 %');
  await expect(page.locator('.toast.job')).toContainText('Sending');
  await expect(page.getByText('Nobody sees this')).toHaveCount(0);
  // A closed tab changes nothing: coming back shows the running job.
  await page.reload();
  await hydrated(page);
  await expect(pill).toContainText('40 %');
  await call('POST', `/jobs/${job}/complete`, { outcome: { message: 'Sent.' } });
  await expect(page.getByText('Sent.')).toBeVisible();
  await expect(pill).toHaveCount(0);
  await call('POST', `/jobs/${hidden}/complete`, { outcome: { message: 'Nor this.' } });
  await expect(page.getByText('Nor this.')).toHaveCount(0);
});

test('the history is filtered and searched, and tells all that is known of a job', async ({ page, request, server, checkAccessibility }) => {
  const { call, sheet } = await openOwnSheet({ page, request, server }, fields, records);
  const subject = { type: 'collection', resource: 'records', params: { sheetId: sheet }, query: { filter: 'all' } };
  const job = await start(call, sheet, { subject, input: { region: 'north' } });
  await call('POST', `/jobs/${job}/ack`, { info: 'Reading', progress: 10 });
  await call('POST', `/jobs/${job}/log`, { lines: [{ message: 'asked the registry' }, { level: 'warn', message: 'it is slow' }] });
  await call('POST', `/jobs/${job}/fail`, { outcome: { message: 'The registry is down.' } });
  const other = await start(call, sheet, { operation: 'publish' });
  await call('POST', `/jobs/${other}/complete`, { outcome: { message: 'Published.' } });

  await page.getByRole('link', { name: /^Jobs/ }).click();
  const rows = page.locator('.job-row');
  await expect(rows).toHaveCount(2);
  await page.getByRole('combobox', { name: 'Which jobs' }).selectOption('Failed');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('The registry is down.');
  await page.getByRole('searchbox', { name: 'Search jobs' }).fill('publish');
  await page.getByRole('button', { name: 'Show all jobs' }).click();
  await expect(rows).toHaveCount(2);
  await page.getByRole('searchbox', { name: 'Search jobs' }).fill('REGISTRY');
  await expect(rows).toHaveCount(1);

  await rows.getByRole('button', { name: /Details/ }).click();
  const details = page.locator('.job-details');
  await expect(details).toContainText('On the sheet Items: all records.');
  await expect(details.getByRole('list', { name: 'Log' })).toContainText('asked the registry');
  await expect(details.getByRole('list', { name: 'Log' })).toContainText('Failed');
  await expect(rows).toContainText('north');
  await checkAccessibility();

  // On the record with an error alone: a new job with that subject.
  await details.getByRole('button', { name: 'Run on records with errors' }).click();
  await expect.poll(async () => (await call('GET', `/jobs?source=${sheet}`)).length).toBe(3);
  const [again] = await call('GET', `/jobs?source=${sheet}`);
  expect(again).toMatchObject({ operation: 'check', input: { region: 'north' }, subject: { query: { filter: 'error' } } });
});

test('a job in parts shows them, and its failed parts run again', async ({ page, request, server }) => {
  const { call, sheet } = await openOwnSheet({ page, request, server }, fields, records);
  const job = await start(call, sheet);
  await call('POST', `/jobs/${job}/split`, { parts: 2, runInParallel: true });
  const parts = await call('GET', `/jobs?parentId=${job}`);
  parts.sort((one: { part: number }, other: { part: number }) => one.part - other.part);
  await call('POST', `/jobs/${parts[0].id}/complete`, {});
  await expect(page.locator('.toast.job')).toContainText('1 of 2 parts done');
  await expect(page.locator('.toast.job')).toHaveCount(1);
  await call('POST', `/jobs/${parts[1].id}/fail`, { info: 'no answer' });
  await call('POST', `/jobs/${job}/fail`, { outcome: { message: 'Half of it failed.' } });
  await page.getByRole('link', { name: /^Jobs/ }).click();
  await expect(page.locator('.job-row')).toHaveCount(1);
  await page.getByRole('button', { name: /Details/ }).click();
  await expect(page.getByRole('list', { name: 'Parts' }).getByRole('listitem')).toContainText(['Complete', 'no answer']);
  await page.getByRole('button', { name: 'Run the 1 failed part again' }).click();
  await expect.poll(async () => (await call('GET', `/jobs/${parts[1].id}`)).status).toBe('ready');
  expect((await call('GET', `/jobs/${job}`)).status).toBe('waiting');
  await call('POST', `/jobs/${parts[1].id}/complete`, {});
  await expect.poll(async () => (await call('GET', `/jobs/${job}`)).status).toBe('executing');
  await call('POST', `/jobs/${job}/complete`, { outcome: { message: 'Now all of it.' } });
  await expect(page.getByText('Now all of it.').first()).toBeVisible();
});
