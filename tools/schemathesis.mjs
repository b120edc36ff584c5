// Runs schemathesis over the API of a server with fresh data: schemathesis.mjs SCHEMATHESIS BINARY SECONDS SEED
//
// Most of what it asks for exists: some of everything is made first, in several spaces, because it deletes what it finds.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { serve } from './serve.mjs';

const [program, binary, seconds, seed] = process.argv.slice(2);
const SPACES = 6;
const PEOPLES = JSON.stringify(['users', 'userRoles', 'roles', 'apiTokens', 'personalAccessTokens', 'environments']);
const EMAIL = 'admin@localhost';
const PASSWORD = 'a password of schemathesis';

/** Calls the API, and fails when it does not answer with success. */
function client(url, token) {
  return async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}` };
    const content = body instanceof FormData || body === undefined ? body : JSON.stringify(body);
    const response = await fetch(url + path, { method, headers, body: content });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
}

const blueprint = (spaceId) => ({
  spaceId,
  name: 'Contacts',
  sheets: [
    {
      name: 'People',
      slug: 'people',
      allowAdditionalFields: true,
      fields: [
        { key: 'name', type: 'string', label: 'Name', constraints: [{ type: 'required' }] },
        { key: 'age', type: 'number', label: 'Age' },
        { key: 'email', type: 'string', label: 'Email', constraints: [{ type: 'unique' }] },
        { key: 'kind', type: 'enum', label: 'Kind', config: { options: [{ value: 'a', label: 'A' }, { value: 'b', label: 'B' }] } },
      ],
    },
    { name: 'Source', slug: 'source', fields: [{ key: 'name', type: 'string', label: 'Name' }] },
  ],
  actions: [{ operation: 'submit', label: 'Submit' }],
});

/** Makes some of everything; gives the ids by the names that parameters have. */
async function make(call, environmentId) {
  const ids = {};
  const keep = (name, id) => (ids[name] ??= []).push(id);
  const made = async (name, path, body) => {
    const { data } = await call('POST', path, body);
    const { id } = [data].flat()[0];
    keep(name, id);
    return id;
  };
  for (let place = 0; place < SPACES; place += 1) {
    const spaceId = await made('spaceId', '/v1/spaces', { name: `Space ${place}` });
    const { data: workbook } = await call('POST', '/v1/workbooks', blueprint(spaceId));
    const [sheet, source] = workbook.sheets;
    keep('workbookId', workbook.id);
    keep('sheetId', sheet.id);
    const rows = Array.from({ length: 5 }, (_, row) => ({
      name: { value: `Ann ${row}` },
      age: { value: row === 1 ? 'old' : row },
      email: { value: 'ann@example.com' },
    }));
    const { data: written } = await call('POST', `/v1/sheets/${sheet.id}/records`, rows);
    written.records.forEach((record) => keep('recordId', record.id));
    await call('PUT', `/v1/sheets/${sheet.id}/records`, [{ id: written.records[0].id, values: { name: { value: 'Bob' } } }]);
    const { data: commits } = await call('GET', `/v1/sheets/${sheet.id}/commits`);
    for (const { id } of commits) {
      keep('commitId', id);
      keep('changeId', (await call('GET', `/v1/commits/${id}`)).data.changeId);
    }
    await made('snapshotId', '/v1/snapshots', { sheetId: sheet.id, label: 'Before' });
    await made('viewId', '/v1/views', { sheetId: sheet.id, name: 'All', config: {} });
    await made('documentId', `/v1/spaces/${spaceId}/documents`, { title: 'Guide', body: '# Guide' });
    await made('actionId', `/v1/actions?spaceId=${spaceId}`, { targetId: sheet.id, operation: 'go', label: 'Go' });
    await made('webhookId', '/v1/webhooks', { url: 'https://hook.invalid/', spaceId });
    const { data: delivery } = await call('POST', `/v1/webhooks/${ids.webhookId.at(-1)}/test`);
    keep('deliveryId', delivery.id);
    await made('secretId', '/v1/secrets', { name: `KEY_${place}`, value: 'x', environmentId });
    await made('guestId', '/v1/guests', [{ environmentId, email: `ann${place}@example.com`, name: 'Ann', spaces: [{ id: spaceId }] }]);
    const agentId = await made('agentId', '/v1/agents', { source: 'exports.x = 1', slug: `agent-${place}`, topics: ['job:ready'] });
    keep('agentVersionId', (await call('GET', `/v1/agents/${agentId}/versions`)).data[0].id);
    const job = { type: 'workbook', operation: 'go', source: workbook.id };
    await made('jobId', '/v1/jobs', job);
    await made('jobId', '/v1/jobs', { ...job, trigger: 'immediate' });
    const config = { sourceSheetId: source.id, destinationSheetId: sheet.id };
    await made('jobId', '/v1/jobs', { ...job, operation: 'map', config });
    const form = new FormData();
    form.append('spaceId', spaceId);
    form.append('environmentId', environmentId);
    form.append('file', new Blob(['name,age\nAnn,1\n']), 'people.csv');
    await made('fileId', '/v1/files', form);
  }
  for (const event of (await call('GET', '/v1/events?pageSize=40')).data) keep('eventId', event.id);
  return { ...ids, fieldKey: ['name', 'age', 'email'], resourceId: ids.spaceId };
}

/** What only people may do; gives the ids of people, roles and environments. */
async function makePeople(call) {
  const { data: roles } = await call('GET', '/v1/roles');
  const { data: account } = await call('GET', '/v1/accounts/current');
  const ids = { userId: [], actorRoleId: [], accessTokenId: [], environmentId: [] };
  for (let person = 0; person < SPACES; person += 1) {
    const actorRoles = [{ roleId: roles[1].id, resourceId: account.id }];
    const invited = { email: `bob${person}@example.com`, name: 'Bob', actorRoles };
    const { data: user } = await call('POST', '/v1/users/invite', invited);
    ids.userId.push(user.id);
    ids.actorRoleId.push(user.actorRoles[0].id);
    const { data: token } = await call('POST', '/v1/auth/personal-access-tokens', { name: `Token ${person}` });
    ids.accessTokenId.push(token.personalAccessToken.id);
    const { data: environment } = await call('POST', '/v1/environments', { name: `Other ${person}`, isProd: false });
    ids.environmentId.push(environment.id);
  }
  return ids;
}

/** Parameters take most of their values from the lists of their names. */
const bindings = (ids, prefix = '') =>
  Object.keys(ids).flatMap((name) => [
    `"path.${name}" = { dictionary = "${prefix}${name}", probability = 0.9 }`,
    `"query.${name}" = { dictionary = "${prefix}${name}", probability = 0.7 }`,
  ]).join('\n');

/** The parts of the configuration that are known only now. */
function configuration(key, admin, ids, peoplesIds) {
  const lists = { ...ids, ...peoplesIds };
  for (const [name, values] of Object.entries(ids)) {
    const kept = Math.ceil(values.length / 2);
    lists[name] = values.slice(0, kept);
    lists[`doomed_${name}`] = values.slice(values.length > 1 ? kept : 0);
  }
  return `
[dictionaries]
${Object.entries(lists).map(([name, values]) => `${name} = { values = ${JSON.stringify(values)} }`).join('\n')}

[parameters]
${bindings(ids)}

[headers]
Authorization = "Bearer ${key}"

# A key sees its own environment alone, and nobody's roles.
[[operations]]
include-tag = ${PEOPLES}
headers = { Authorization = "Bearer ${admin}" }
[operations.parameters]
${bindings(peoplesIds)}

# What is deleted is not what the others ask for.
[[operations]]
include-method = "DELETE"
exclude-tag = ${PEOPLES}
[operations.parameters]
${bindings(ids, 'doomed_')}
`;
}

const server = await serve(binary, {
  // No agent runs: what it sends as their code is none.
  environment: { INLET_ADMIN_PASSWORD: PASSWORD, INLET_FAST_TIMEOUTS: '1', INLET_NODE: '/nowhere/node' },
});
let status = 1;
try {
  const keys = Object.fromEntries(
    readFileSync(join(server.data, 'keys.env'), 'utf8').trim().split('\n').map((line) => line.split('=')),
  );
  const ids = await make(client(server.url, keys.API_KEY), keys.ENVIRONMENT_ID);
  const signIn = { type: 'userCredentials', email: EMAIL, password: PASSWORD };
  const { accessToken } = await client(server.url, '')('POST', '/v1/auth', signIn);
  const peoplesIds = await makePeople(client(server.url, accessToken));
  const folder = join(dirname(binary), '..', 'schemathesis');
  mkdirSync(folder, { recursive: true });
  const settings = join(folder, 'schemathesis.toml');
  const fixed = readFileSync(fileURLToPath(new URL('schemathesis.toml', import.meta.url)), 'utf8');
  writeFileSync(settings, fixed + configuration(keys.API_KEY, accessToken, ids, peoplesIds));
  const flags = ['--config-file', settings, 'run', `${server.url}/v1/openapi.json`, '--max-time', seconds, '--seed', seed];
  const child = spawn(program, [...flags, '--no-color', ...process.argv.slice(6)], { cwd: folder, stdio: 'inherit' });
  status = await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
  const bad = server.log().split('\n').filter((line) => / (ERROR|panicked)/.test(line));
  if (bad.length > 0) {
    console.log(`the server logged errors:\n${bad.slice(0, 20).join('\n')}`);
    status = 1;
  }
} finally {
  await server.stop();
}
process.exit(status);
