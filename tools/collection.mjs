// collection.mjs - the API as a collection for Postman (format 2.1; Bruno and Insomnia read it too), from /openapi.json.
//
//     node tools/collection.mjs <openapi.json >carrel.postman_collection.json
import { readFileSync } from 'node:fs';

const api = JSON.parse(readFileSync(0, 'utf8'));

function request(method, path, operation) {
  const parameters = operation.parameters ?? [];
  const of = (where) => parameters.filter((one) => one.in === where);
  const body = operation.requestBody?.content?.['application/json'];
  return {
    name: operation.summary ?? `${method.toUpperCase()} ${path}`,
    request: {
      method: method.toUpperCase(),
      description: operation.description ?? '',
      header: body ? [{ key: 'Content-Type', value: 'application/json' }] : [],
      url: {
        raw: `{{baseUrl}}${path.replace(/\{(\w+)\}/g, ':$1')}`,
        host: ['{{baseUrl}}'],
        path: path.split('/').slice(1).map((part) => part.replace(/^\{(\w+)\}$/, ':$1')),
        query: of('query').map((one) => ({ key: one.name, value: String(one.schema.examples?.[0] ?? ''), description: one.description ?? '', disabled: true })),
        variable: of('path').map((one) => ({ key: one.name, value: String(one.example ?? ''), description: one.description ?? '' })),
      },
      ...(body ? { body: { mode: 'raw', raw: JSON.stringify(body.example, null, 2), options: { raw: { language: 'json' } } } } : {}),
    },
  };
}

const folders = new Map();
for (const [path, operations] of Object.entries(api.paths)) {
  for (const [method, operation] of Object.entries(operations)) {
    if (!operation.responses) continue;
    const tag = operation.tags?.[0] ?? 'other';
    folders.set(tag, [...(folders.get(tag) ?? []), request(method, path, operation)]);
  }
}

process.stdout.write(`${JSON.stringify({
  info: {
    name: `${api.info.title} ${api.info.version}`,
    description: api.info.description,
    schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
  },
  auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
  variable: [{ key: 'baseUrl', value: 'http://127.0.0.1:8000' }, { key: 'token', value: '' }],
  item: [...folders].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, item]) => ({ name, item })),
}, null, 1)}\n`);
