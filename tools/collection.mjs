// collection.mjs - the API as a collection for Postman (format 2.1; Bruno and Insomnia read it too), from /openapi.json.
//
//     node tools/collection.mjs <openapi.json >carrel.postman_collection.json
import { readFileSync } from 'node:fs';

const api = JSON.parse(readFileSync(0, 'utf8'));

/** What a field of this schema may look like. */
function example(schema, depth = 0) {
  if (!schema || depth > 4) return null;
  if (schema.$ref) return example(schema.$ref.split('/').slice(1).reduce((at, name) => at[name], api), depth + 1);
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const type = [schema.type].flat().find((one) => one !== 'null');
  if (type === 'object') return Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => (schema.required ?? []).includes(name)).map(([name, its]) => [name, example(its, depth + 1)]));
  if (type === 'array') return [];
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  return schema.format === 'uuid' ? '00000000-0000-7000-8000-000000000000' : schema.format === 'date' ? '2026-01-31' : schema.format === 'date-time' ? '2026-01-31T10:00:00Z' : 'text';
}

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
        query: of('query').map((one) => ({ key: one.name, value: '', description: one.description ?? '', disabled: true })),
        variable: of('path').map((one) => ({ key: one.name, value: '', description: one.description ?? '' })),
      },
      ...(body ? { body: { mode: 'raw', raw: JSON.stringify(example(body.schema), null, 2), options: { raw: { language: 'json' } } } } : {}),
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
