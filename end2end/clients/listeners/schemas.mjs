// Gives new spaces a workbook that is made of a schema: each kind in a namespace of its own.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

import json from '@flatfile/plugin-convert-json-schema';
import { configureSpaceWithOpenAPI } from '@flatfile/plugin-convert-openapi-schema';
import yaml from '@flatfile/plugin-convert-yaml-schema';

// It finds its files from its own folder, which it knows as a CommonJS module only.
const { configureSpaceWithSqlDDL } = createRequire(import.meta.url)('@flatfile/plugin-convert-sql-ddl');

const person = {
  $id: 'https://example.com/person.json',
  title: 'Person',
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' }, member: { type: 'boolean' } },
  required: ['name'],
};
const files = {
  '/person.yaml': 'title: Person\ntype: object\nproperties:\n  name:\n    type: string\n  age:\n    type: integer\n  member:\n    type: boolean\nrequired:\n  - name\n',
  '/api.json': JSON.stringify({ openapi: '3.1.0', info: { title: 'People', version: '1' }, components: { schemas: { Person: person } } }),
};

// The plugins fetch what is named by an address.
const server = createServer((request, response) => response.end(files[request.url]));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const at = (path) => `http://127.0.0.1:${server.address().port}${path}`;

export default function (listener) {
  listener.namespace('space:json', (listener) =>
    listener.use(json.configureSpaceWithJsonSchema({ workbooks: [{ name: 'JSON', sheets: [{ source: person, name: 'Person' }] }] })),
  );
  listener.namespace('space:yaml', (listener) =>
    listener.use(yaml.configureSpaceWithYamlSchema([{ sourceUrl: at('/person.yaml'), name: 'Person' }], { workbookConfig: { name: 'YAML' } })),
  );
  listener.namespace('space:openapi', (listener) =>
    listener.use(configureSpaceWithOpenAPI({ workbooks: [{ name: 'OpenAPI', source: at('/api.json'), sheets: [{ model: 'Person', name: 'Person' }] }] })),
  );
  listener.namespace('space:sql', (listener) =>
    listener.use(
      configureSpaceWithSqlDDL({ workbooks: [{ name: 'SQL', source: '../../../listeners/people.sql', sheets: [{ name: 'Person', slug: 'people' }] }] }),
    ),
  );
}
