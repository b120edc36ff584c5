// The founding journey with the listener inside the server, which answers in spaces of the namespace `demo`.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, hydrated, test } from '../helper';
import { caller } from './api';
import { dropAndSubmit } from './founding';
import { keysOf } from './listener';

const people = JSON.parse(readFileSync(fileURLToPath(new URL('../../benches/people.blueprint.json', import.meta.url)), 'utf8'));
const submit = { operation: 'submitAction', label: 'Submit', mode: 'foreground', primary: true, constraints: [{ type: 'hasData' }] };

test('10,000 people are dropped, mended by nobody, submitted, and the rejected ones come back', async ({ page, request, server }) => {
  test.setTimeout(180_000);
  await page.goto('/');
  await hydrated(page);
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await call('POST', '/spaces', { name: 'People', namespace: 'demo' });
  const workbook = await call('POST', '/workbooks', { spaceId: space.id, name: 'People', sheets: [people], actions: [submit] });
  const sheet = { id: workbook.sheets[0].id, spaceId: space.id, workbookId: workbook.id };
  const { words, accepted, rejected } = await dropAndSubmit(page, call, sheet);
  expect(words).toContain(`${accepted.toLocaleString('en')} contacts sent to the pretended CRM. ${rejected} contacts with errors came back`);
});
