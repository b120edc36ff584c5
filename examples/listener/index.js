// A listener made with the published Flatfile packages. It configures new spaces, and answers the
// Submit button: it reads all records, hands the invalid ones back as a file, and tells how it went.

'use strict';

const { createReadStream } = require('node:fs');
const { mkdtemp, rm, writeFile } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const path = require('node:path');

const { FlatfileClient } = require('@flatfile/api');
const { Client } = require('@flatfile/listener');
const { PubSubDriver } = require('@flatfile/listener-driver-pubsub');

// The blueprint of the one sheet: its fields and what must hold for them.
const contacts = require('./contacts.json');

// The client finds the server in FLATFILE_API_URL and the key in FLATFILE_API_KEY.
const api = new FlatfileClient();

/** Records are read this many at a time. */
const PAGE = 5000;

/** The workbook that every new space gets. */
const workbook = {
  name: 'All Contacts',
  labels: ['pinned'],
  sheets: [contacts],
  actions: [
    {
      operation: 'submitAction',
      mode: 'foreground',
      label: 'Submit',
      description: 'Sends all records on their way. Those with errors come back to you as a file.',
      primary: true,
      confirm: true,
      constraints: [{ type: 'hasData' }],
      inputForm: {
        type: 'simple',
        fields: [
          {
            key: 'destination',
            label: 'Where to',
            type: 'enum',
            defaultValue: 'crm',
            config: { options: [{ value: 'crm', label: 'Customers' }, { value: 'newsletter', label: 'Newsletter' }] },
            constraints: [{ type: 'required' }],
          },
          { key: 'note', label: 'Note', type: 'string', description: 'For whoever receives the records' },
        ],
      },
    },
  ],
};

/** Runs `work` as the answer to a job: the first sign of life before, complete or fail after. */
async function answer(event, firstWords, work) {
  const { jobId } = event.context;
  try {
    await api.jobs.ack(jobId, { info: firstWords, progress: 10 });
    await api.jobs.complete(jobId, await work());
  } catch (error) {
    console.error(error);
    await api.jobs.fail(jobId, {
      info: 'The listener gave up',
      outcome: { acknowledge: true, message: `This did not work: ${reason(error)}` },
    });
  }
}

/** What the server or Node says about an error, in one line. */
function reason(error) {
  return error.body?.errors?.[0]?.message ?? error.message;
}

async function configure(event) {
  const { spaceId, environmentId, jobId } = event.context;
  const made = await api.workbooks.create({ spaceId, environmentId, ...workbook });
  await api.jobs.ack(jobId, { info: 'The workbook is there', progress: 60 });
  await api.spaces.update(spaceId, { environmentId, primaryWorkbookId: made.data.id });
  return { info: 'Ready', outcome: { message: 'The space is ready for your contacts.' } };
}

/** The records of a sheet, page by page. */
async function* pages(sheetId) {
  for (let pageNumber = 1; ; pageNumber += 1) {
    const { data } = await api.records.get(sheetId, { pageSize: PAGE, pageNumber });
    if (data.records.length) yield data.records;
    if (data.records.length < PAGE) return;
  }
}

/** One line of CSV. Texts that a spreadsheet would run as a formula get an apostrophe. */
function line(values) {
  const cells = values.map((value) => {
    const text = String(value ?? '').replace(/^[=+\-@\t\r]/, "'$&");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${cells.join(',')}\r\n`;
}

/** Stores the rejected rows as a file of the space; gives its id. */
async function upload(event, name, text) {
  const { spaceId, environmentId } = event.context;
  const folder = await mkdtemp(path.join(tmpdir(), 'listener-'));
  try {
    await writeFile(path.join(folder, name), text);
    const stream = createReadStream(path.join(folder, name));
    const { data } = await api.files.upload(stream, { spaceId, environmentId, mode: 'export' });
    return data.id;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function submit(event) {
  const { workbookId, jobId } = event.context;
  const { data: job } = await api.jobs.get(jobId);
  if (job.input?.note === 'please fail') throw new Error('the note asked for it');

  const { data: sheets } = await api.sheets.list({ workbookId });
  let accepted = 0;
  let rejected = 0;
  let text = '';
  for (const [number, sheet] of sheets.entries()) {
    const keys = sheet.config.fields.map((field) => field.key);
    text += line([...keys, 'errors']);
    for await (const records of pages(sheet.id)) {
      for (const { valid, values } of records) {
        if (valid) {
          accepted += 1;
          continue;
        }
        rejected += 1;
        const errors = keys.flatMap((key) => values[key].messages.map(({ message }) => `${key}: ${message}`));
        text += line([...keys.map((key) => values[key].value), errors.join('; ')]);
      }
      await api.jobs.ack(jobId, { info: `${accepted + rejected} records read`, progress: 10 });
    }
    await api.jobs.ack(jobId, { info: `${sheet.name} is done`, progress: 10 + (80 * (number + 1)) / sheets.length });
  }

  const message = `${accepted} ${accepted === 1 ? 'record' : 'records'} accepted, ${rejected} rejected.`;
  if (!rejected) return { info: message, outcome: { acknowledge: true, message } };
  const fileId = await upload(event, 'rejected.csv', text);
  return {
    info: message,
    outcome: {
      acknowledge: true,
      heading: 'Submitted',
      message,
      next: { type: 'files', label: 'Rejected rows', files: [{ fileId, label: 'rejected.csv' }] },
    },
  };
}

const listener = Client.create((events) => {
  events.on('job:ready', { job: 'space:configure' }, (event) =>
    answer(event, 'Setting up the space', () => configure(event)),
  );
  events.on('job:ready', { job: 'workbook:submitAction' }, (event) =>
    answer(event, 'Reading the records', () => submit(event)),
  );
});

async function start() {
  const scope = process.env.FLATFILE_ENVIRONMENT_ID ?? (await api.environments.list()).data[0].id;
  const driver = new PubSubDriver(scope);
  listener.mount(driver);
  await driver.start();
  console.log(`Listening to ${scope}`);
}

start().catch((error) => {
  console.error(`The listener cannot start: ${reason(error)}`);
  process.exit(1);
});
