// The log: one JSON object a line, which requests are in it, and nothing of people.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { expect, makeBook, makeMember, refused, UNKNOWN_ID } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';

let server;
let people;
before(async () => {
  server = await startServer({ auth: 'on' });
  people = await makePeople(server);
});
after(() => server.stop({ check: true }));

const linesOf = (text) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line));

/** What was logged from the request with this correlation id; the log comes through a pipe, so it is waited for. */
async function linesOfRequest(id) {
  const mark = `mark-${Math.random()}`;
  const level = expect(await people.admin.get('/admin/log-level'), 200).level;
  expect(await people.admin.put('/admin/log-level', { level: 'info' }), 200);
  const choice = expect(await people.admin.get('/admin/system-config'), 200).settings.find((one) => one.name === 'log_requests').value;
  expect(await people.admin.put('/admin/system-config', { log_requests: 'on' }), 200);
  expect(await people.admin.get('/admin/log-level', { 'X-Correlation-ID': mark }), 200);
  const until = Date.now() + 10_000;
  while (!server.logs.includes(mark) && Date.now() < until) await new Promise((done) => setTimeout(done, 10));
  expect(await people.admin.put('/admin/system-config', { log_requests: choice }), 200);
  expect(await people.admin.put('/admin/log-level', { level }), 200);
  return linesOf(server.logs).filter((line) => line.correlation_id === id);
}

test('one line for each request: its route, how it ended, how long it took, and what kind of person asked', async () => {
  const book = await makeBook(people.librarian);
  expect(await people.librarian.get(`/books/${book.id}?archived=false`, { 'X-Correlation-ID': 'line-1' }), 200);
  const [line, ...others] = await linesOfRequest('line-1');
  assert.deepEqual(others, []);
  assert.deepEqual({ ...line, time: undefined, ms: undefined, bytes: undefined, trace_id: undefined, span_id: undefined }, {
    trace_id: undefined, span_id: undefined, time: undefined, level: 'info', message: 'request', correlation_id: 'line-1', method: 'GET', route: '/api/v1/books/{id}', status: 200, ms: undefined, bytes: undefined, actor: 'librarian',
  });
  assert.match(line.time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.ok(line.ms >= 0 && line.bytes > 500);
  refused(await server.get(`/members/${UNKNOWN_ID}`, { 'X-Correlation-ID': 'line-2' }), 401, 'UNAUTHENTICATED');
  const [stranger] = await linesOfRequest('line-2');
  assert.deepEqual([stranger.route, stranger.status, stranger.actor], ['/api/v1/members/{id}', 401, 'anonymous']);
});

describe('the setting log_requests', () => {
  after(async () => expect(await people.admin.put('/admin/system-config', { log_requests: 'on' }), 200));

  test('slow: those that fail are there, the others are not', async () => {
    expect(await people.admin.put('/admin/system-config', { log_requests: 'slow' }), 200);
    expect(await people.admin.get('/auth/me', { 'X-Correlation-ID': 'quick' }), 200);
    refused(await people.admin.get(`/books/${UNKNOWN_ID}`, { 'X-Correlation-ID': 'failing' }), 404, 'BOOK_NOT_FOUND');
    assert.deepEqual((await linesOfRequest('quick')).map((line) => line.message), []);
    assert.deepEqual((await linesOfRequest('failing')).map((line) => [line.message, line.status]), [['request', 404]]);
  });

  test('off: none is', async () => {
    expect(await people.admin.put('/admin/system-config', { log_requests: 'off' }), 200);
    refused(await people.admin.get(`/books/${UNKNOWN_ID}`, { 'X-Correlation-ID': 'unseen' }), 404, 'BOOK_NOT_FOUND');
    assert.deepEqual(await linesOfRequest('unseen'), []);
  });
});

test('the level is changed while the program runs, by an administrator, and leaves a row', async () => {
  assert.deepEqual(expect(await people.admin.get('/admin/log-level'), 200), { level: 'info' });
  assert.deepEqual(expect(await people.admin.put('/admin/log-level', { level: 'error' }), 200), { level: 'error' });
  expect(await people.admin.get('/admin/log-level', { 'X-Correlation-ID': 'not-told' }), 200);
  assert.deepEqual(expect(await people.admin.put('/admin/log-level', { level: 'error' }), 200), { level: 'error' });
  assert.deepEqual(await linesOfRequest('not-told'), []);
  assert.deepEqual(expect(await people.admin.put('/admin/log-level', { level: 'info' }), 200), { level: 'info' });
  const rows = expect(await people.admin.get('/admin/audit-logs?action=log_level.changed'), 200).data;
  assert.deepEqual([rows.at(-1).before, rows.at(-1).after], ['{"level":"info"}', '{"level":"error"}'], 'the first change');
  assert.equal(rows.filter((row) => row.before === row.after).length, 0, 'no change, no row');
  refused(await people.admin.put('/admin/log-level', { level: 'loud' }), 422, 'VALIDATION_ERROR');
  refused(await people.librarian.put('/admin/log-level', { level: 'debug' }), 403, 'FORBIDDEN');
});

test('nothing of a person is ever in it, whatever the level', async () => {
  expect(await people.admin.put('/admin/log-level', { level: 'debug' }), 200);
  const secrets = { name: 'Wilhelmina Quackenbush', email: 'mina.quack@example.org', phone: '+49 30 7654321' };
  const member = await makeMember(people.librarian, secrets);
  const book = await makeBook(people.librarian, { title: 'Private Reading Matters' });
  expect(await people.librarian.get('/members?q=Quackenbush'), 200);
  expect(await people.librarian.get(`/members/${member.id}`), 200);
  const borrow = expect(await people.librarian.post('/borrows', { book_id: book.id, member_id: member.id }), 201);
  refused(await people.librarian.post('/borrows', { book_id: book.id, member_id: member.id }), 409, 'ACTIVE_BORROW_EXISTS');
  expect(await people.librarian.post(`/borrows/${borrow.id}/return`), 200);
  refused(await people.librarian.post('/members', secrets), 409, 'DUPLICATE_EMAIL');
  refused(await server.post('/auth/login', { name: 'mina.quack@example.org', password: 'opensesame-opensesame' }), 401, 'WRONG_CREDENTIALS');
  await server.http('GET', `/api/v1/${encodeURIComponent(secrets.name)}`);
  await server.http('GET', '/api/v1/books?q=PrivateQuestion');
  await linesOfRequest('none');
  expect(await people.admin.put('/admin/log-level', { level: 'info' }), 200);
  const log = server.logs;
  for (const line of linesOf(log)) assert.equal(typeof line.message, 'string');
  for (const secret of ['Quackenbush', 'mina.quack', '7654321', member.card, member.id, borrow.id, 'Private Reading', 'PrivateQuestion', 'opensesame'].filter(Boolean)) {
    assert.ok(!log.includes(secret), `${secret} stands in the log: ${log.split('\n').find((line) => line.includes(secret))}`);
  }
});
