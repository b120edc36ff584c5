// @flatfile/api: every call that importers and plugins use is answered in the form that the client expects. It says
// "Failed to validate" on the console where it is not.
import { FlatfileClient } from '@flatfile/api';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { environmentOf } from '../journeys/listener';
import { expect, folder, shows, test as base } from './fixtures';

const test = base.extend<{ api: FlatfileClient; made: Awaited<ReturnType<typeof make>> }>({
  api: async ({ server, keys }, use) => {
    const said: string[] = [];
    const { warn, error } = console;
    console.warn = console.error = (...words: unknown[]) => void said.push(words.join(' '));
    await use(new FlatfileClient({ apiUrl: server.url, token: keys.API_KEY } as object));
    Object.assign(console, { warn, error });
    expect(said, 'the client complains of answers').toEqual([]);
  },
  made: async ({ api, keys }, use) => use(await make(api, keys.ENVIRONMENT_ID)),
});

const fields = [
  { key: 'name', type: 'string' as const, label: 'Name', constraints: [{ type: 'required' as const }] },
  { key: 'age', type: 'number' as const, label: 'Age' },
];

/** A space with a workbook of one sheet. */
async function make(api: FlatfileClient, environmentId: string) {
  const { data: space } = await api.spaces.create({ name: 'Desk', environmentId, namespace: 'blue', labels: ['first'] });
  const sheets = [{ name: 'People', slug: 'people', fields, allowAdditionalFields: true }];
  const { data: workbook } = await api.workbooks.create({ spaceId: space.id, environmentId, name: 'Desk', labels: ['primary'], sheets });
  return { environmentId, space, workbook, sheet: workbook.sheets![0] };
}

async function fileOf<Result>(name: string, text: string, use: (path: string) => Promise<Result>) {
  const place = mkdtempSync(join(tmpdir(), 'inlet-upload-'));
  try {
    writeFileSync(join(place, name), text);
    return await use(join(place, name));
  } finally {
    rmSync(place, { recursive: true });
  }
}

const api = shows('@flatfile/api');

test('environments and spaces', api, async ({ api, made, keys }) => {
  expect((await api.environments.list({ pageSize: 100 })).data.map(({ id }) => id)).toContain(keys.ENVIRONMENT_ID);
  expect((await api.environments.get(keys.ENVIRONMENT_ID)).data.id).toBe(keys.ENVIRONMENT_ID);
  const { space, workbook, environmentId } = made;
  expect(space).toMatchObject({ name: 'Desk', environmentId, namespace: 'blue', labels: ['first'] });
  expect(space.accessToken).toBeTruthy();
  expect(space.guestLink).toContain(space.id);
  const metadata = { theme: { root: { primaryColor: 'red' } } };
  await api.spaces.update(space.id, { primaryWorkbookId: workbook.id, metadata });
  expect((await api.spaces.get(space.id)).data).toMatchObject({ primaryWorkbookId: workbook.id, metadata });
  expect((await api.spaces.list({ environmentId, pageSize: 50, search: 'Desk' })).data.map(({ id }) => id)).toEqual([space.id]);
  await api.spaces.archiveSpace(space.id);
  expect((await api.spaces.list({ environmentId, search: 'Desk' })).data).toEqual([]);
  await api.spaces.delete(space.id);
  await expect(api.spaces.get(space.id)).rejects.toMatchObject({ statusCode: 404, body: { errors: [{ message: expect.any(String) }] } });
});

test('workbooks and sheets', api, async ({ api, made }) => {
  const { space, workbook, sheet } = made;
  expect((await api.workbooks.get(workbook.id)).data.sheets![0].config.fields.map(({ key }) => key)).toEqual(['name', 'age']);
  await api.workbooks.update(workbook.id, { name: 'Other', labels: ['file'] });
  expect((await api.workbooks.list({ spaceId: space.id })).data).toMatchObject([{ name: 'Other', labels: ['file'] }]);
  expect((await api.sheets.list({ workbookId: workbook.id })).data.map(({ id }) => id)).toEqual([sheet.id]);
  await api.sheets.updateSheet(sheet.id, { name: 'Persons', metadata: { rowHeaders: [1] } });
  await api.sheets.addField(sheet.id, { body: { key: 'city', type: 'string', label: 'City' } } as never);
  const { data } = await api.sheets.get(sheet.id);
  expect(data).toMatchObject({ name: 'Persons', slug: 'people', metadata: { rowHeaders: [1] } });
  expect(data.config.fields.map(({ key }) => key)).toEqual(['name', 'age', 'city']);
  await api.sheets.delete(sheet.id);
  await api.workbooks.delete(workbook.id);
  expect((await api.workbooks.list({ spaceId: space.id })).data).toEqual([]);
});

test('records and commits', api, async ({ api, made: { sheet } }) => {
  const { data: inserted } = await api.records.insert(sheet.id, [{ name: { value: 'Ada' }, age: { value: 36 } }, { age: { value: 40 } }]);
  expect(inserted.records).toHaveLength(2);
  expect(inserted.commitId).toBe(inserted.versionId);
  await api.records.insert(sheet.id, [{ name: { value: 'Eve' } }], { compressRequestBody: true });

  const { records } = (await api.records.get(sheet.id, { pageSize: 10, includeMessages: true })).data;
  expect(records.map(({ values }) => values.name.value ?? null)).toEqual(['Ada', null, 'Eve']);
  expect(records[1]).toMatchObject({ valid: false, values: { name: { messages: [{ type: 'error', source: 'required-constraint' }] } } });
  expect((await api.records.get(sheet.id, { filter: 'error' })).data.records.map(({ id }) => id)).toEqual([records[1].id]);
  expect((await api.sheets.getRecordCounts(sheet.id)).data.counts).toMatchObject({ total: 3, valid: 2, error: 1 });

  const { id } = records[1];
  await api.records.update(sheet.id, [{ id, values: { name: { value: 'Bob' } }, metadata: { seen: true } }]);
  expect((await api.records.get(sheet.id, { ids: [id] })).data.records[0]).toMatchObject({ valid: true, metadata: { seen: true }, values: { name: { value: 'Bob' } } });

  const { data: commits } = await api.sheets.getSheetCommits(sheet.id);
  expect(commits).toHaveLength(3);
  await api.commits.complete(commits[0].id);
  expect((await api.commits.get(commits[0].id)).data.sheetId).toBe(sheet.id);

  await api.records.delete(sheet.id, { ids: [records[0].id] });
  expect((await api.sheets.getRecordCounts(sheet.id)).data.counts.total).toBe(2);
});

test('files', api, async ({ api, made: { space, environmentId, workbook } }) => {
  const text = 'name#age\nAda#36\n';
  const upload = (path: string) => api.files.upload(createReadStream(path), { spaceId: space.id, environmentId, mode: 'import' });
  const { data: file } = await fileOf('people.txt', text, upload);
  expect(file).toMatchObject({ name: 'people.txt', ext: 'txt', size: text.length, spaceId: space.id });
  const chunks: Buffer[] = [];
  for await (const chunk of await api.files.download(file.id)) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe(text);
  await api.files.update(file.id, { name: '⚡️ people.txt', status: 'complete', workbookId: workbook.id });
  expect((await api.files.get(file.id)).data).toMatchObject({ name: '⚡️ people.txt', status: 'complete', workbookId: workbook.id });
  expect((await api.files.list({ spaceId: space.id })).data.map(({ id }) => id)).toEqual([file.id]);
  await api.files.delete(file.id);
  expect((await api.files.list({ spaceId: space.id })).data).toEqual([]);
});

test('jobs', api, async ({ api, made: { space, workbook } }) => {
  const make = async (more: object = {}) => (await api.jobs.create({ type: 'workbook', operation: 'send', source: workbook.id, ...more })).data;
  const job = await make({ trigger: 'manual', input: { to: 'crm' } });
  await api.jobs.execute(job.id);
  await api.jobs.ack(job.id);
  await api.jobs.ack(job.id, { info: 'Half of it', progress: 50 });
  expect((await api.jobs.get(job.id)).data).toMatchObject({ status: 'executing', progress: 50, info: 'Half of it', input: { to: 'crm' } });
  await api.jobs.update(job.id, { progress: 60 });
  await api.jobs.complete(job.id, { outcome: { message: 'Sent', acknowledge: true, next: { type: 'url', url: 'https://example.com', label: 'There' } } });
  expect((await api.jobs.get(job.id)).data).toMatchObject({ status: 'complete', outcome: { message: 'Sent' } });

  const failed = await make({ trigger: 'immediate' });
  await api.jobs.fail(failed.id, { info: 'No', outcome: { message: 'No answer', acknowledge: true } });
  const canceled = await make();
  await api.jobs.cancel(canceled.id, { info: 'Enough' });
  const states = Object.fromEntries((await api.jobs.list({ spaceId: space.id, pageSize: 50 })).data.map(({ id, status }) => [id, status]));
  expect(states).toEqual({ [job.id]: 'complete', [failed.id]: 'failed', [canceled.id]: 'canceled' });
});

test('a mapping plan: read, changed, executed', api, async ({ api, made: { space, environmentId, workbook, sheet } }) => {
  const sheets = [{ name: 'Upload', slug: 'upload', fields: [{ key: 'NAME', type: 'string' as const }, { key: 'years', type: 'string' as const }] }];
  const { data: file } = await api.workbooks.create({ spaceId: space.id, environmentId, name: '[file] people', labels: ['file'], sheets });
  await api.records.insert(file.sheets![0].id, [{ NAME: { value: 'Ada' }, years: { value: '36' } }]);
  const config = { sourceSheetId: file.sheets![0].id, destinationSheetId: sheet.id };
  const { data: job } = await api.jobs.create({ type: 'workbook', operation: 'map', source: file.id, destination: workbook.id, managed: true, config });
  await expect.poll(async () => (await api.jobs.get(job.id)).data.status).toBe('planning');
  const { data: { plan } } = await api.jobs.getExecutionPlan(job.id);
  expect(plan.fieldMapping).toMatchObject([{ sourceField: { key: 'NAME' }, destinationField: { key: 'name' } }]);
  const [{ sourceField }, { destinationField }] = [plan.unmappedSourceFields[0], plan.unmappedDestinationFields[0]];
  const fieldMapping = [...plan.fieldMapping, { sourceField, destinationField }];
  const changed = { fieldMapping, unmappedSourceFields: [], unmappedDestinationFields: [] };
  await api.jobs.updateExecutionPlan(job.id, { ...changed, jobId: job.id, fileId: 'us_fl_none' });
  await api.jobs.execute(job.id);
  await expect.poll(async () => (await api.jobs.get(job.id)).data.status).toBe('complete');
  expect((await api.records.get(sheet.id)).data.records).toMatchObject([{ values: { name: { value: 'Ada' }, age: { value: 36 } } }]);
});

test('documents, actions, views and snapshots', api, async ({ api, made: { space, sheet } }) => {
  const { data: document } = await api.documents.create(space.id, { title: 'Read me', body: '# Welcome' });
  await api.documents.update(space.id, document.id, { title: 'Read me first', body: '# Hello' });
  expect((await api.documents.list(space.id)).data).toMatchObject([{ id: document.id, title: 'Read me first' }]);
  await api.documents.delete(space.id, document.id);

  const { data: action } = await api.actions.create({ spaceId: space.id, body: { operation: 'check', label: 'Check', targetId: space.id } } as never);
  expect((await api.actions.getAll({ spaceId: space.id })).map(({ id }) => id)).toContain(action.id);

  const { data: view } = await api.views.create({ sheetId: sheet.id, name: 'Bad ones', config: { filter: 'error' } });
  expect((await api.views.list({ sheetId: sheet.id })).data.map(({ id }) => id)).toEqual([view.id]);

  await api.records.insert(sheet.id, [{ name: { value: 'Ada' } }]);
  const { data: snapshot } = await api.snapshots.createSnapshot({ sheetId: sheet.id, label: 'Before' });
  expect((await api.snapshots.listSnapshots({ sheetId: sheet.id })).data.map(({ id }) => id)).toContain(snapshot.id);
});

test('events', api, async ({ api, made: { environmentId, space } }) => {
  const { data: events } = await api.events.list({ environmentId, spaceId: space.id, pageSize: 50 });
  const created = events.find(({ topic }) => topic === 'space:created')!;
  expect(created.context).toMatchObject({ environmentId, spaceId: space.id });
  expect((await api.events.get(created.id)).data.id).toBe(created.id);
  expect((await api.events.getEventToken({ scope: space.id })).data).toMatchObject({ subscribeKey: expect.any(String), token: expect.any(String) });
});

/** What a program of ours prints that lists the environments with 1.23.1. */
async function listsEnvironments(server: { url: string; data: string }, flags: string[]) {
  const program = "new (require('flatfile-api-1.23.1').FlatfileClient)().environments.list().then(({ data }) => console.log(data[0].id), ({ message }) => console.log(message)).then(process.exit)";
  const child = spawn(process.execPath, [...flags, '--eval', program], { cwd: folder, env: { ...process.env, ...environmentOf(server) } });
  let said = '';
  child.stdout.on('data', (text) => (said += text));
  await once(child, 'close');
  return said.trim();
}

test('version 1.23.1, which Node.js refuses, works with the preload', shows('flatfile-api-1.23.1'), async ({ server, keys }) => {
  expect(await listsEnvironments(server, [])).toBe('fetch failed');
  expect(await listsEnvironments(server, ['--require', 'inlet-redirect'])).toBe(keys.ENVIRONMENT_ID);
});
