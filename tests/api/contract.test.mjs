// /openapi.json: a sound OpenAPI 3.1 document of everything there is. That every reply of the suite is as it says is
// checked with every call of server.api(); that every operation was called, by tests/support/run-api.mjs.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { brokenReferences, Contract, METHODS } from '../support/contract.mjs';
import { expect, makeBook, refused, UNKNOWN_ID } from '../support/library.mjs';
import { startServer, top } from '../support/server.mjs';

let server;
let document;
before(async () => {
  server = await startServer();
  document = server.contract.document;
});
after(() => server.stop());

/** Runs tests/check/openapi.mjs over a document. */
function lint(source) {
  const child = spawn(process.execPath, [join(top, 'tests/check/openapi.mjs')], { stdio: ['pipe', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
  child.stdin.on('error', () => {}); // it ended before it had read all: what it said tells why
  child.stdin.end(source);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr })));
}

const schemasOf = (node, at = '#', found = []) => {
  if (node === null || typeof node !== 'object') return found;
  for (const [name, value] of Object.entries(node)) {
    if (name === 'schema' || at === '#/components/schemas') found.push([`${at}/${name}`, value]);
    else schemasOf(value, `${at}/${name}`, found);
  }
  return found;
};

test('it is OpenAPI 3.1 with a title and a version, and says the same each time', async () => {
  assert.match(document.openapi, /^3\.1\.\d+$/);
  assert.ok(document.info.title && document.info.version);
  const reply = await server.get('/openapi.json');
  assert.deepEqual(expect(reply, 200), document);
  assert.match(reply.headers.etag, /^"[0-9a-f]{64}"$/);
  assert.equal((await server.get('/openapi.json', { 'If-None-Match': reply.headers.etag })).status, 304);
});

test('every $ref leads somewhere', () => {
  assert.deepEqual(brokenReferences(document), []);
  assert.deepEqual(brokenReferences({ a: { $ref: '#/b' } }), ['#/a: #/b'], 'a broken one would be found');
});

test('every schema is valid JSON Schema 2020-12 without a word that means nothing', () => {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true, strictRequired: false, validateFormats: true });
  addFormats(ajv);
  ajv.addKeyword('example');
  const schemas = schemasOf(document);
  assert.ok(schemas.length > 60);
  const local = (schema) => JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', 'components#/$defs/'));
  ajv.addSchema({ $id: 'components', $defs: local(document.components.schemas) });
  for (const [at, schema] of schemas) assert.doesNotThrow(() => ajv.compile(local(schema)), at);
  const [, book] = schemas.find(([at]) => at.endsWith('/Book'));
  for (const spoilt of [{ ...book, requierd: [] }, { ...book, required: 'id' }, { $ref: '#/components/schemas/Bock' }]) assert.throws(() => ajv.compile(local(spoilt)));
});

test('every object that is described names its members and allows no others', () => {
  const open = [];
  const walk = (node, at) => {
    if (node === null || typeof node !== 'object') return;
    if (node.type === 'object' && node.properties && node.additionalProperties === undefined && node.unevaluatedProperties === undefined) open.push(at);
    for (const [name, value] of Object.entries(node)) walk(value, `${at}/${name}`);
  };
  walk(document.components.schemas, '#/components/schemas');
  assert.deepEqual(open, []);
});

describe('every operation', () => {
  test('has a summary, an id of its own, who may, and what comes back', () => {
    const ids = new Set();
    for (const { key, operation } of server.contract.operations) {
      assert.ok(operation.summary?.length > 4, `${key}: summary`);
      assert.ok(operation.operationId && !ids.has(operation.operationId), `${key}: ${operation.operationId}`);
      ids.add(operation.operationId);
      assert.match(operation['x-access'] ?? '', /^(anyone|member|librarian|administrator|this machine)$/, `${key}: x-access`);
      const statuses = Object.keys(operation.responses);
      assert.equal(statuses.filter((status) => /^2/.test(status)).length, 1, `${key}: one success: ${statuses}`);
      assert.ok(statuses.some((status) => /^4/.test(status)) && !statuses.includes('default'), `${key}: errors`);
    }
  });

  test('names each part of its path as a required parameter, and no parameter twice', () => {
    for (const { key, path, operation } of server.contract.operations) {
      const parameters = operation.parameters ?? [];
      const names = parameters.map((one) => `${one.in}:${one.name}`);
      assert.equal(new Set(names).size, names.length, `${key}: ${names}`);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
      assert.deepEqual(parameters.filter((one) => one.in === 'path').map((one) => one.name).sort(), inPath, key);
      for (const one of parameters) {
        assert.ok(one.schema, `${key}: ${one.name}`);
        if (one.in === 'path') assert.equal(one.required, true, `${key}: ${one.name}`);
      }
    }
  });

  test('is there: none answers 404 for the address or 405', async () => {
    const nowhere = refused(await server.http('GET', '/api/v1/no/such/place'), 404, 'NOT_FOUND').detail;
    for (const { key, method, path } of server.contract.operations) {
      const target = path.replaceAll(/\{\w+\}/g, UNKNOWN_ID);
      const reply = await server.http(method, target, ['POST', 'PUT', 'PATCH'].includes(method) ? 'x' : undefined, { 'Content-Type': 'text/none' });
      assert.notEqual(reply.body?.detail, nowhere, `${key}: ${reply.text}`);
      assert.notEqual(reply.status, 405, key);
    }
  });

  test('that API.md promises for this version is there', () => {
    const keys = new Set(server.contract.operations.map((one) => one.key));
    const promised = `
      GET /books POST /books GET /books/{id} PUT /books/{id} PATCH /books/{id} DELETE /books/{id} POST /books/{id}/restore GET /books/{id}/details
      GET /books/{id}/borrows GET /books/{id}/availability GET /books/{id}/audit GET /books/{id}/copies POST /books/{id}/copies
      GET /books/export/csv POST /books/import/csv GET /members POST /members GET /members/{id} PUT /members/{id} PATCH /members/{id} DELETE /members/{id}
      POST /members/{id}/restore GET /members/{id}/stats GET /members/{id}/history GET /members/{id}/borrows POST /members/{id}/borrows PUT /members/{id}/status
      GET /members/export/csv GET /borrows POST /borrows GET /borrows/{id} POST /borrows/{id}/return PUT /borrows/{id}/return GET /borrows/overdue POST /borrows/return
      GET /borrowings POST /borrowings GET /borrowings/{id} POST /borrowings/{id}/return PUT /borrowings/{id}/return GET /borrowings/overdue POST /borrowings/return
      GET /borrowings/member/{id} POST /admin/books/bulk-import GET /admin/audit-logs GET /admin/system-config PUT /admin/system-config`;
    const wanted = [...promised.matchAll(/([A-Z]+) (\S+)/g)].map(([, method, path]) => `${method} /api/v1${path}`);
    wanted.push('GET /health', 'GET /healthz', 'GET /readyz', 'GET /openapi.json');
    assert.deepEqual(wanted.filter((key) => !keys.has(key)), []);
  });
});

describe('what it says', () => {
  /** Each example of the document with the schema that it must be of: [where, example, pointer of the schema]. */
  const examplesOf = () => {
    const found = [];
    const { contract } = server;
    for (const { key, operation, pointer } of contract.operations) {
      const contents = [[operation.requestBody?.content, `${pointer}/requestBody/content`]];
      for (const status of Object.keys(operation.responses)) {
        const [response, at] = contract.follow(operation.responses[status], `${pointer}/responses/${status}`);
        contents.push([response.content, `${at}/content`]);
      }
      for (const [content, at] of contents) {
        const json = content?.['application/json'];
        const schema = `${at}/application~1json/schema`;
        if (json && 'example' in json) found.push([key, json.example, schema]);
        for (const one of Object.values(json?.examples ?? {})) found.push([key, contract.follow(one)[0].value, schema]);
      }
      operation.parameters.forEach((one, i) => {
        for (const value of [...('example' in one ? [one.example] : []), ...(one.schema.examples ?? [])]) found.push([`${key}: ${one.name}`, value, `${pointer}/parameters/${i}/schema`]);
        if (one.in !== 'path') assert.ok(!('example' in one), `${key}: ${one.name} would be sent by who tries it out`);
      });
    }
    return found;
  };

  test('every example is as its schema says, and none is empty', () => {
    const examples = examplesOf();
    assert.ok(examples.length > 1500, `${examples.length} examples`);
    const empty = new Set();
    const look = (value, at, where) => {
      if (value === '' || (typeof value === 'string' && value.trim() === '')) empty.add(`${where}: ${at}`);
      if (value && typeof value === 'object') for (const [name, its] of Object.entries(value)) look(its, `${at}.${name}`, where);
    };
    for (const [where, example, schema] of examples) {
      server.contract.assertValid(schema, example, `the example of ${where}`);
      look(example, '', where);
    }
    assert.deepEqual([...empty], []);
    const [, , schema] = examples.find(([where]) => where === 'POST /api/v1/books');
    assert.throws(() => server.contract.assertValid(schema, { title: 7 }, 'a spoilt one'), /not as documented/);
  });

  test('every body and every JSON reply has one', () => {
    const without = [];
    for (const { key, operation } of server.contract.operations) {
      const body = operation.requestBody?.content?.['application/json'];
      if (body && !('example' in body)) without.push(`${key}: body`);
      const [, success] = Object.entries(operation.responses).find(([status]) => /^2/.test(status));
      const reply = success.content?.['application/json'];
      if (reply && !reply.examples && key !== 'GET /openapi.json') without.push(`${key}: reply`);
    }
    assert.deepEqual(without, []);
  });

  test('every operation, parameter, part and member of a schema is described', () => {
    const without = [];
    const walk = (node, at) => {
      if (node === null || typeof node !== 'object') return;
      for (const [name, its] of Object.entries((node.type && !Array.isArray(node.properties) && node.properties) || {})) {
        if (!its.description && !its.$ref) without.push(`${at}.${name}`);
      }
      for (const [name, its] of Object.entries(node)) if (name !== 'examples' && name !== 'example') walk(its, `${at}/${name}`);
    };
    walk(document.components.schemas, '');
    for (const { key, operation } of server.contract.operations) {
      if (!operation.description) without.push(key);
      for (const one of operation.parameters) if (!one.description) without.push(`${key}: ${one.name}`);
      walk(operation.requestBody, key);
    }
    for (const tag of document.tags) if (!tag.description) without.push(`tag ${tag.name}`);
    assert.deepEqual(without, []);
  });

  test('every refusal tells its codes with what they mean, and one that the program says', () => {
    for (const { key, operation } of server.contract.operations) {
      const refusals = Object.keys(operation.responses).filter((status) => status >= '400');
      assert.ok(refusals.includes('400') && refusals.includes('500'), `${key}: ${refusals}`);
      for (const status of refusals) {
        const [response] = server.contract.follow(operation.responses[status]);
        for (const code of Object.keys(response.content['application/json'].examples)) {
          assert.ok(response.description.includes(`\`${code}\`: `), `${key}: ${code}`);
          const { summary, value } = document.components.examples[code];
          assert.ok(summary.length > 10 && value.detail.length > 10, code);
          assert.equal(value.error_code, code);
        }
      }
    }
  });

  test('it passes the linter; a broken one does not', async () => {
    const good = await lint(JSON.stringify(document));
    assert.equal(good.code, 0, good.stderr);
    const broken = structuredClone(document);
    broken.paths['/api/v1/books'].get.operationId = broken.paths['/api/v1/books'].post.operationId;
    broken.paths['/api/v1/books'].post.requestBody.content['application/json'].example = { title: 7 };
    delete broken.paths['/api/v1/books'].post.summary;
    const bad = await lint(JSON.stringify(broken));
    assert.equal(bad.code, 1);
    for (const rule of ['operation-operationId-unique', 'no-invalid-media-type-examples', 'operation-summary']) assert.match(bad.stderr, new RegExp(`\\(${rule}\\)`));
  });
});

describe('the checks themselves', () => {
  // A contract that never complains would be green for ever.
  const small = () => ({
    openapi: '3.1.0', info: { title: 't', version: '1' }, servers: [{ url: '/api/v1' }],
    paths: { '/x/{id}': { get: { responses: { 200: { content: { 'application/json': { schema: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] } } } } } } } },
  });
  const check = (body, { status = 200, type = 'application/json; charset=utf-8' } = {}) => {
    const contract = new Contract(small());
    const [operation, target] = contract.find('GET', '/x/1');
    contract.check(operation, { method: 'GET', path: target }, { status, headers: { 'content-type': type }, body, text: JSON.stringify(body) });
  };

  test('accept what is documented', () => assert.doesNotThrow(() => check({ a: 1 })));
  test('complain of a wrong type', () => assert.throws(() => check({ a: 'one' }), /not as documented/));
  test('complain of a missing member', () => assert.throws(() => check({}), /not as documented/));
  test('complain of a member nobody documented', () => assert.throws(() => check({ a: 1, b: 2 }), /not as documented/));
  test('complain of a status nobody documented', () => assert.throws(() => check({ a: 1 }, { status: 201 }), /not documented/));
  test('complain of a content type nobody documented', () => assert.throws(() => check({ a: 1 }, { type: 'text/plain' }), /documented/));
  test('complain of an address nobody documented', () => assert.throws(() => new Contract(small()).find('GET', '/y'), /not in \/openapi\.json/));

  test('hold the real document against a real reply that is spoilt', async () => {
    const book = await makeBook(server);
    const reply = await server.get(`/books/${book.id}`);
    const [operation, target] = server.contract.find('GET', `/books/${book.id}`);
    const spoilt = { ...reply, body: { ...reply.body, secret: 1 } };
    assert.throws(() => server.contract.check(operation, { method: 'GET', path: target }, spoilt), /secret/);
    const { title, ...without } = reply.body;
    assert.ok(title);
    assert.throws(() => server.contract.check(operation, { method: 'GET', path: target }, { ...reply, body: without }), /title/);
  });

  test('know every method of a document', () => assert.deepEqual([...METHODS].sort(), ['delete', 'get', 'head', 'options', 'patch', 'post', 'put', 'trace']));
});
