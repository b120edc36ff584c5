// The founding journey with a listener of the published Flatfile packages: a new space is configured
// by it, and it answers Submit.
import { expect, hydrated, test as base } from '../helper';
import { type Call, caller } from '../journeys/api';
import { dropAndSubmit } from '../journeys/founding';
import { startListener } from '../journeys/listener';
import { type Listener, shows } from './fixtures';

const test = base.extend<{ listener: Listener }>({
  listener: async ({ server }, use) => {
    const listener = await startListener(server);
    await use(listener);
    await listener.stop();
  },
});

const clients = shows('@flatfile/listener');

const header = 'first_name,last_name,email,phone,birth_date,amount,quantity,status,country,company';

/** Makes a space and waits until the listener has configured it. */
async function configuredSpace(call: Call) {
  const space = await call('POST', '/spaces', { name: 'Contacts', autoConfigure: true });
  await expect
    .poll(async () => (await call('GET', `/jobs?spaceId=${space.id}`))[0].status, { timeout: 10_000 })
    .toBe('complete');
  const [workbook] = await call('GET', `/workbooks?spaceId=${space.id}`);
  return { space: await call('GET', `/spaces/${space.id}`), workbook, sheet: workbook.sheets[0] };
}

/** Starts the job of the Submit button; gives it when it has ended. */
async function submit(call: Call, workbookId: string, input: object) {
  const job = await call('POST', '/jobs', { type: 'workbook', operation: 'submitAction', source: workbookId, input });
  await call('POST', `/jobs/${job.id}/execute`);
  await expect
    .poll(async () => (await call('GET', `/jobs/${job.id}`)).status, { timeout: 15_000 })
    .toMatch(/complete|failed/);
  return call('GET', `/jobs/${job.id}`);
}

test('the listener configures a space, and answers Submit with the rejected rows', clients, async ({ request, listener }) => {
  const call = caller(request, listener.key);
  const { space, workbook, sheet } = await configuredSpace(call);
  expect(workbook.name).toBe('All Contacts');
  expect(space.primaryWorkbookId).toBe(workbook.id);
  expect(workbook.actions[0]).toMatchObject({ operation: 'submitAction', primary: true });

  const cells = (email: string) => ({
    first_name: { value: 'Ada' }, last_name: { value: 'Lovelace' }, email: { value: email }, company: { value: '=1+1' },
  });
  await call('POST', `/sheets/${sheet.id}/records`, [cells('a@example.com'), cells('nonsense'), cells('b@example.com')]);
  const job = await submit(call, workbook.id, { destination: 'crm' });
  expect(job).toMatchObject({ status: 'complete', progress: 100 });
  expect(job.outcome).toMatchObject({ message: '2 records accepted, 1 rejected.', next: { type: 'files' } });

  const download = await request.get(`/v1/files/${job.outcome.next.files[0].fileId}/download`, {
    headers: { authorization: `Bearer ${listener.key}` },
  });
  const lines = (await download.text()).trim().split('\r\n');
  expect(lines[0]).toBe(`${header},errors`);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^Ada,Lovelace,nonsense,.*'=1\+1,.*email: /);
});

test('a listener that throws makes the job fail with a message', clients, async ({ request, listener }) => {
  const call = caller(request, listener.key);
  const { workbook } = await configuredSpace(call);
  const job = await submit(call, workbook.id, { destination: 'crm', note: 'please fail' });
  expect(job.status).toBe('failed');
  expect(job.outcome.message).toBe('This did not work: the note asked for it');
});

test('10,000 people are dropped and submitted, and the listener hands the rejected ones back', clients, async ({ page, request, listener }) => {
  test.setTimeout(180_000);
  await page.goto('/');
  await hydrated(page);
  const call = caller(request, listener.key);
  const { space, workbook, sheet } = await configuredSpace(call);
  const { words, lines, accepted, rejected } = await dropAndSubmit(page, call, { id: sheet.id, spaceId: space.id, workbookId: workbook.id });
  expect(words).toContain(`${accepted} records accepted, ${rejected} rejected.`);
  expect(lines[0]).toBe(`${header},errors`);
});

test('what the listener says when it throws is the outcome on the page', clients, async ({ page, request, listener }) => {
  await page.goto('/');
  await hydrated(page);
  const call = caller(request, listener.key);
  const { space, workbook, sheet } = await configuredSpace(call);
  await call('POST', `/sheets/${sheet.id}/records`, [{ first_name: { value: 'Ada' } }]);
  await page.goto(`/space/${space.id}/workbook/${workbook.id}/sheet/${sheet.id}`);
  await hydrated(page);
  await page.getByRole('button', { name: 'Submit', exact: true }).click();
  const question = page.getByRole('dialog', { name: 'Submit', exact: true });
  await question.getByLabel('Note').fill('please fail');
  await question.getByRole('button', { name: 'Submit' }).click();
  const outcome = page.getByRole('dialog', { name: 'Submit: failed' });
  await expect(outcome).toContainText('This did not work: the note asked for it', { timeout: 20_000 });
  await expect(outcome.getByRole('button', { name: 'Retry' })).toBeVisible();
});
