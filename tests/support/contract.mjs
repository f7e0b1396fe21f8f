// contract.mjs — holds requests and replies against /openapi.json, and remembers which operations were used.
//
// The document is read as a closed one: a member that a schema does not name is an error, so that a reply cannot say
// more than is documented. What an operation answers with success here is written to $CARREL_TEST_COVERAGE at the end
// of the process; run-api.mjs then says which operations no test has seen work.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

// ---- what was used ---------------------------------------------------------------------------------------------

const used = new Map(); // "GET /api/v1/books/{id}" → Set of statuses

function remember(key, status) {
  if (!used.has(key)) used.set(key, new Set());
  used.get(key).add(status);
}

process.on('exit', () => {
  const folder = process.env.CARREL_TEST_COVERAGE;
  if (!folder || used.size === 0) return;
  mkdirSync(folder, { recursive: true });
  const file = basename(process.argv[1] ?? 'unknown', '.mjs');
  const operations = Object.fromEntries([...used].map(([key, statuses]) => [key, [...statuses].sort()]));
  writeFileSync(join(folder, `${file}-${process.pid}.json`), `${JSON.stringify({ file, operations }, null, 1)}\n`);
});

// ---- what every reply promises, documented or not (API.md "Every response", "Errors") ---------------------------

const PRINTABLE = /^[\x20-\x7e]{1,128}$/;

export function checkEveryReply(method, path, sent, reply) {
  const where = `${method} ${path} → ${reply.status}`;
  const { headers } = reply;
  const mine = Object.entries(sent).find(([name]) => name.toLowerCase() === 'x-correlation-id')?.[1];
  assert.match(headers['x-correlation-id'] ?? '', PRINTABLE, `${where}: X-Correlation-ID`);
  if (mine !== undefined && PRINTABLE.test(mine)) assert.equal(headers['x-correlation-id'], mine, `${where}: X-Correlation-ID`);
  assert.match(headers['x-process-time'] ?? '', /^\d+(\.\d+)?$/, `${where}: X-Process-Time`);
  assert.ok(Number(headers['x-process-time']) < 120, `${where}: X-Process-Time is in seconds`);
  assert.equal(headers['x-content-type-options'], 'nosniff', `${where}: X-Content-Type-Options`);
  // Pictures are kept by browsers, which ask each time whether they are still the same.
  const cached = /\/cover$/.test(path.split('?')[0]) && method !== 'PUT' && [200, 304].includes(reply.status) ? /^private, no-cache$/ : /no-store/;
  if (path.startsWith('/api/')) assert.match(headers['cache-control'] ?? '', cached, `${where}: Cache-Control`);
  if ([204, 304].includes(reply.status)) {
    assert.equal(reply.text, '', `${where}: no body`);
    assert.equal(headers['content-type'], undefined, `${where}: no Content-Type without a body`);
  }
  if (reply.status >= 400 && method !== 'HEAD') checkProblem(where, path, reply);
}

function checkProblem(where, path, { status, headers, body, text }) {
  assert.equal(headers['content-type'], 'application/json; charset=utf-8', `${where}: Content-Type`);
  assert.equal(typeof body?.detail, 'string', `${where}: detail in ${text}`);
  assert.match(body.error_code, /^[A-Z][A-Z_]+$/, `${where}: error_code`);
  assert.equal(body.correlation_id, headers['x-correlation-id'], `${where}: correlation_id`);
  // Where there is no library, the addresses that watchers ask keep their own members beside.
  const known = [...(body.status === 'damaged' && !path.startsWith('/api/') ? ['status', 'db'] : []), 'detail', 'error_code', 'correlation_id', 'reason', 'validation_errors'];
  for (const member of Object.keys(body)) assert.ok(known.includes(member), `${where}: undocumented member ${member}`);
  if (body.reason !== undefined) assert.ok(Object.keys(body.reason).length > 0, `${where}: an empty reason`);
  if (status === 422) checkValidationErrors(where, body);
  else assert.equal(body.validation_errors, undefined, `${where}: validation_errors belong to 422: ${text}`);
  if (status === 405) assert.match(headers.allow ?? '', /^[A-Z]+(, [A-Z]+)*$/, `${where}: Allow`);
  if (status === 429 || status === 503) assert.match(headers['retry-after'] ?? '', /^\d+$/, `${where}: Retry-After`);
  if (status >= 500 && status !== 503) assert.equal(body.detail, 'An unexpected error occurred', `${where}: never internals`);
}

function checkValidationErrors(where, body) {
  if (body.error_code === 'VALIDATION_ERROR' || body.validation_errors !== undefined) {
    assert.ok(body.validation_errors?.length > 0, `${where}: validation_errors`);
  }
  for (const wrong of body.validation_errors ?? []) {
    assert.deepEqual(Object.keys(wrong).sort(), ['loc', 'msg', 'type'], `${where}: ${JSON.stringify(wrong)}`);
    assert.ok(['body', 'path', 'query', 'header'].includes(wrong.loc[0]), `${where}: ${JSON.stringify(wrong)}`);
  }
}

// ---- the document ----------------------------------------------------------------------------------------------

/** The same document in which every object that names its members may have no others. */
export function closed(node) {
  if (Array.isArray(node)) return node.map(closed);
  if (node === null || typeof node !== 'object') return node;
  const copy = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, closed(value)]));
  const isSchema = copy.properties && !Array.isArray(copy.properties) && (copy.type === undefined || [].concat(copy.type).includes('object'));
  if (isSchema && !('additionalProperties' in copy) && !('unevaluatedProperties' in copy)) {
    copy[copy.allOf || copy.oneOf || copy.anyOf ? 'unevaluatedProperties' : 'additionalProperties'] = false;
  }
  return copy;
}

const escapePointer = (name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));

const segmentsOf = (path) => path.split('/').filter((segment) => segment !== '');

/** Every operation of the document: { key, method, path (whole), segments, operation, pointer }. */
export function operationsOf(document) {
  const base = (holder) => (holder?.servers?.[0]?.url ?? '').replace(/^https?:\/\/[^/]*/, '').replace(/\/$/, '');
  const operations = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const operation = item[method];
      const holder = [operation, item, document].find((one) => one.servers);
      const whole = `${base(holder)}${path}`;
      operations.push({
        key: `${method.toUpperCase()} ${whole}`,
        method: method.toUpperCase(),
        path: whole,
        segments: segmentsOf(whole),
        operation,
        pointer: `#/paths/${escapePointer(path)}/${method}`,
      });
    }
  }
  return operations;
}

export class Contract {
  constructor(document) {
    this.document = document;
    this.operations = operationsOf(document);
    this.ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats(this.ajv);
    this.ajv.addSchema(closed(document), 'contract');
    this.compiled = new Map();
  }

  /** The operation and the whole target of `path`, which may leave out the /api/v1 before it. */
  find(method, path) {
    const [plain, query] = [path.split('?')[0], path.includes('?') ? path.slice(path.indexOf('?')) : ''];
    const wanted = method === 'HEAD' ? 'GET' : method;
    for (const prefix of ['/api/v1', '']) {
      const segments = segmentsOf(prefix + plain);
      const fitting = this.operations.filter((one) => one.method === wanted && one.segments.length === segments.length
        && one.segments.every((segment, i) => segment.startsWith('{') || segment === segments[i]));
      // The most literal one, as the router chooses.
      const rank = (one) => one.segments.map((segment) => (segment.startsWith('{') ? '1' : '0')).join('');
      fitting.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
      if (fitting.length > 0) return [fitting[0], prefix + plain + query];
    }
    return assert.fail(`${method} ${path} is not in /openapi.json`);
  }

  validator(pointer) {
    if (!this.compiled.has(pointer)) {
      const validate = this.ajv.getSchema(`contract${pointer}`);
      assert.ok(validate, `no schema at ${pointer}`);
      this.compiled.set(pointer, validate);
    }
    return this.compiled.get(pointer);
  }

  assertValid(pointer, value, what) {
    const validate = this.validator(pointer);
    if (validate(value)) return;
    const problems = validate.errors.map(({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`);
    assert.fail(`${what} is not as documented:\n  ${problems.join('\n  ')}\n  ${JSON.stringify(value).slice(0, 2000)}`);
  }

  /** A reference's target and its pointer; anything else as it is. */
  follow(node, pointer) {
    if (!node?.$ref) return [node, pointer];
    const target = node.$ref.slice(2).split('/').reduce((at, name) => at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], this.document);
    assert.ok(target, `${node.$ref} leads nowhere`);
    return this.follow(target, node.$ref);
  }

  check(found, request, reply) {
    const where = `${request.method} ${request.path} → ${reply.status}`;
    const { responses } = found.operation;
    const name = [String(reply.status), `${String(reply.status)[0]}XX`, 'default'].find((one) => responses?.[one]);
    // 304 is HTTP's own answer to a conditional request, as is HEAD's empty body.
    if (!(reply.status === 304 && !name)) {
      assert.ok(name, `${where}: this status is not documented. Documented: ${Object.keys(responses ?? {})}\n${reply.text.slice(0, 1000)}`);
      this.checkBody(where, found, name, request, reply);
    }
    if (reply.status >= 200 && reply.status < 300) this.checkRequest(where, found, request);
    remember(found.key, reply.status);
  }

  checkBody(where, found, name, request, reply) {
    const [response, pointer] = this.follow(found.operation.responses[name], `${found.pointer}/responses/${name}`);
    const documented = Object.keys(response.content ?? {});
    if (request.method === 'HEAD' || [204, 304].includes(reply.status)) {
      assert.equal(reply.text, '', `${where}: no body`);
      return;
    }
    if (documented.length === 0) {
      assert.equal(reply.text, '', `${where}: a body that is not documented`);
      return;
    }
    const given = (reply.headers['content-type'] ?? '').split(';')[0].trim();
    assert.ok(documented.includes(given), `${where}: Content-Type ${given}, documented: ${documented}`);
    if (given !== 'application/json') return;
    assert.equal(reply.headers['content-type'], 'application/json; charset=utf-8', where);
    assert.ok(response.content[given].schema, `${where}: no schema is documented`);
    if (reply.status >= 400) this.checkCode(where, found, response.content[given], reply);
    this.assertValid(`${pointer}/content/${escapePointer(given)}/schema`, reply.body, where);
  }

  /** Of a refusal: its code is one of those that the operation is said to answer with this status. */
  checkCode(where, found, content, reply) {
    const code = reply.body.error_code;
    assert.ok(content.examples?.[code], `${where}: ${code} is not documented. Documented: ${Object.keys(content.examples ?? {})}`);
  }

  /** What the server has accepted, the document must allow. */
  checkRequest(where, found, request) {
    const type = 'application/json';
    const isObject = request.body !== null && typeof request.body === 'object' && !Buffer.isBuffer(request.body);
    if (!isObject) return;
    const [body, pointer] = this.follow(found.operation.requestBody, `${found.pointer}/requestBody`);
    assert.ok(body?.content?.[type]?.schema, `${where}: the request body that was accepted is not documented`);
    this.assertValid(`${pointer}/content/${escapePointer(type)}/schema`, request.body, `the request of ${where}`);
  }
}

/** Every $ref of the document that leads nowhere. */
export function brokenReferences(document) {
  const broken = [];
  const walk = (node, at) => {
    if (node === null || typeof node !== 'object') return;
    for (const [name, value] of Object.entries(node)) {
      if (name === '$ref' && typeof value === 'string') {
        const target = value.startsWith('#/')
          && value.slice(2).split('/').reduce((from, part) => from?.[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')], document);
        if (!target) broken.push(`${at}: ${value}`);
      } else {
        walk(value, `${at}/${name}`);
      }
    }
  };
  walk(document, '#');
  return broken;
}
