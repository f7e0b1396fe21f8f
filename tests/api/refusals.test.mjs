// Every route of /openapi.json, called as everyone there is: who gets past the door, and how the others are refused.
// The table is made from the document (x-access, x-own, x-catalogue, x-during-setup), the answers from the server; they
// must agree. What was seen is written to build/test-refusals.txt.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { expect, makeBook, refused, UNKNOWN_ID } from '../support/library.mjs';
import { bearer, makePeople } from '../support/people.mjs';
import { startServer, top } from '../support/server.mjs';

let server;
let people;
const rows = [];

before(async () => {
  server = await startServer({ auth: 'on' });
  people = await makePeople(server);
  const key = expect(await people.admin.post('/admin/api-keys', { name: 'Refusals', role: 'librarian' }), 201).key;
  people.key = bearer(server, key);
});

after(async () => {
  const width = Math.max(...rows.map((row) => row.key.length));
  const lines = rows.map(({ key, access, seen }) => `${key.padEnd(width)}  ${access.padEnd(22)} ${Object.values(seen).map((one) => String(one).padEnd(11)).join(' ')}`);
  const head = `${'route'.padEnd(width)}  ${'access'.padEnd(22)} ${Object.keys(rows[0]?.seen ?? {}).map((who) => who.padEnd(11)).join(' ')}`;
  mkdirSync(join(top, 'build'), { recursive: true });
  writeFileSync(join(top, 'build/test-refusals.txt'), `${[head, ...lines].map((line) => line.trimEnd()).join('\n')}\n`);
  await server.stop({ check: true });
});

const LEVELS = { anyone: 1, member: 2, librarian: 3, administrator: 4, 'this machine': 5 };
// Who calls: level, and whose record it may see.
const CALLERS = { anonymous: 1, member: 2, otherMember: 2, librarian: 3, key: 3, admin: 4 };
const UNSAFE = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** What the table says: undefined, or status and code of the refusal. */
function due(operation, caller, target) {
  const needed = LEVELS[operation['x-access']];
  assert.ok(needed, `x-access: ${operation['x-access']}`);
  if (operation['x-for-monitors']) return undefined; // all call from this machine; auth.test.mjs has others
  if (CALLERS[caller] < needed) return caller === 'anonymous' ? [401, 'UNAUTHENTICATED'] : [403, 'FORBIDDEN'];
  if (operation['x-own'] && CALLERS[caller] === LEVELS.member && !target.includes(people[caller].record.id)) return [403, 'FORBIDDEN'];
  return undefined;
}

/** The path with the ids it wants: `member`'s where members may see their own, else one that nothing has. */
function targetOf({ path, operation }) {
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => (name === operation['x-own'] ? people.member.record.id : UNKNOWN_ID));
}

/** A body that no route would take: a refusal must come before it is looked at. */
const badBody = (method) => (UNSAFE.includes(method) && method !== 'DELETE' ? ['{"never": ', { 'Content-Type': 'application/json' }] : [undefined, {}]);

/** Sessions that are ended on the way, and what would end the test itself, are not called as those who may. */
const notAsAllowed = (path) => /^\/api\/v1\/auth\/logout$/.test(path);

test('each route refuses whom it must, with the right status and code, before it reads a body', async () => {
  assert.ok(server.contract.operations.length > 60);
  for (const one of server.contract.operations) {
    const target = targetOf(one);
    const row = { key: one.key, access: `${one.operation['x-access']}${one.operation['x-own'] ? ' (own)' : ''}${one.operation['x-catalogue'] ? ' (catalogue)' : ''}`, seen: {} };
    rows.push(row);
    for (const caller of Object.keys(CALLERS)) {
      const wanted = due(one.operation, caller, target);
      if (!wanted && notAsAllowed(one.path)) {
        row.seen[caller] = 'passes';
        continue;
      }
      const [body, headers] = badBody(one.method);
      const reply = await people[caller].http(one.method, target, body, headers);
      const what = `${one.key} as ${caller}: ${reply.status} ${reply.text.slice(0, 300)}`;
      row.seen[caller] = wanted ? reply.status : 'passes';
      if (wanted) {
        assert.deepEqual([reply.status, reply.body?.error_code], wanted, what);
      } else {
        assert.ok(!['UNAUTHENTICATED', 'FORBIDDEN', 'INVALID_TOKEN', 'CSRF_TOKEN_MISSING', 'CSRF_TOKEN_WRONG', 'SETUP_REQUIRED'].includes(reply.body?.error_code)
          || /\/auth\/password$/.test(one.path), what);
        assert.ok(reply.status < 500, what);
      }
    }
  }
});

test('the table is the one this library means: what it says of each kind of route', () => {
  const access = Object.fromEntries(server.contract.operations.map(({ key, operation }) => [key, [operation['x-access'], operation['x-own']]]));
  const sayings = {
    anyone: ['GET /api/v1/books', 'POST /api/v1/auth/login', 'POST /api/v1/auth/setup', 'GET /health', 'GET /openapi.json', 'GET /api/v1/auth/me', 'POST /api/v1/members/register'],
    member: ['GET /api/v1/members/profile', 'PUT /api/v1/auth/password', 'POST /api/v1/holds', 'DELETE /api/v1/holds/{id}', 'POST /api/v1/borrows/{id}/renew', 'POST /api/v1/borrows/renew'],
    librarian: ['GET /api/v1/members', 'GET /api/v1/holds', 'GET /api/v1/books/{id}/holds', 'POST /api/v1/borrows', 'GET /api/v1/analytics/summary', 'PUT /api/v1/members/{id}/status', 'POST /api/v1/books', 'GET /api/v1/books/{id}/details', 'POST /api/v1/books/import/csv', 'POST /api/v1/fines/pay', 'POST /api/v1/fines/waive/{id}', 'POST /api/v1/borrows/{id}/lost', 'POST /api/v1/fines/calculate'],
    administrator: ['PUT /api/v1/admin/system-config', 'GET /api/v1/admin/audit-logs', 'POST /api/v1/admin/accounts', 'GET /api/v1/admin/api-keys', 'POST /api/v1/admin/users/{id}/promote', 'POST /api/v1/fines/waivers/{id}/approve', 'POST /api/v1/closures', 'POST /api/v1/closures/preview', 'DELETE /api/v1/closures/{id}'],
    'this machine': ['GET /api/v1/admin/check', 'POST /api/v1/admin/rebuild', 'POST /api/v1/admin/accounts/password'],
  };
  for (const [level, keys] of Object.entries(sayings)) for (const key of keys) assert.deepEqual(access[key], [level, undefined], key);
  const own = Object.entries(access).filter(([, [, parameter]]) => parameter).map(([key]) => key).sort();
  assert.deepEqual(own, ['GET /api/v1/analytics/member-activity/{id}', 'GET /api/v1/books/recommended/{memberId}', 'GET /api/v1/borrowings/member/{id}', 'GET /api/v1/fines/member/{id}', 'GET /api/v1/members/{id}', 'GET /api/v1/members/{id}/analytics',
    'GET /api/v1/members/{id}/borrows', 'GET /api/v1/members/{id}/fines', 'GET /api/v1/members/{id}/history', 'GET /api/v1/members/{id}/holds', 'GET /api/v1/members/{id}/reservations', 'GET /api/v1/members/{id}/stats', 'GET /api/v1/members/{id}/watches',
    'GET /api/v1/notifications/member/{id}', 'GET /api/v1/notifications/member/{id}/unread', 'GET /api/v1/notifications/preferences/{memberId}', 'PUT /api/v1/notifications/member/{id}/read', 'PUT /api/v1/notifications/preferences/{memberId}']);
});

describe('a member', () => {
  test('is told the same of another member and of one that is not there', async () => {
    const { record } = people.otherMember;
    const answers = [];
    for (const id of [record.id, UNKNOWN_ID, 'nonsense']) {
      const { correlation_id: _, ...body } = refused(await people.member.http('GET', `/api/v1/members/${id}`), 403, 'FORBIDDEN');
      answers.push(body);
    }
    assert.deepEqual(answers[0], answers[1]);
    assert.deepEqual(answers[0], answers[2]);
  });
});

test('a session’s unsafe request without its token is refused on every route, before anything else is told', async () => {
  const { Cookie } = people.admin.headers;
  for (const one of server.contract.operations.filter(({ method }) => UNSAFE.includes(method))) {
    const [body, headers] = badBody(one.method);
    refused(await server.http(one.method, targetOf(one), body, { ...headers, Cookie }), 403, 'CSRF_TOKEN_MISSING');
  }
});

test('without an administrator only the rows marked for setup answer', async () => {
  const fresh = await startServer({ auth: 'on' });
  for (const one of fresh.contract.operations) {
    const [body, headers] = badBody(one.method);
    const reply = await fresh.http(one.method, one.path.replaceAll(/\{\w+\}/g, UNKNOWN_ID), body, headers);
    assert.equal(reply.body?.error_code === 'SETUP_REQUIRED', !one.operation['x-during-setup'], `${one.key}: ${reply.text.slice(0, 200)}`);
  }
  await fresh.stop({ check: true });
});

test('a catalogue that is not public is for those who have signed in', async () => {
  await makeBook(people.librarian);
  expect(await people.admin.put('/admin/system-config', { public_catalogue: 'off' }), 200);
  const catalogue = server.contract.operations.filter(({ operation }) => operation['x-catalogue']);
  assert.ok(catalogue.length >= 4);
  for (const one of catalogue) {
    refused(await people.anonymous.http(one.method, targetOf(one)), 401, 'UNAUTHENTICATED');
    const [body, headers] = one.method === 'POST' ? ['verb=Identify', { 'Content-Type': 'application/x-www-form-urlencoded' }] : []; // /oai takes a form
    assert.ok([200, 404].includes((await people.member.http(one.method, targetOf(one), body, headers)).status), one.key);
  }
  expect(await people.admin.put('/admin/system-config', { public_catalogue: null }), 200);
});
