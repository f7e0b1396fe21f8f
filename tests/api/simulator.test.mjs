// What would the desk say? Every reason not to lend at once; and lending itself says the first of them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertHas, copiesOf, DAY_MS, expect, invalid, lend, makeBook, makeMember, refused, UNKNOWN_ID } from '../support/library.mjs';
import { dayFromNow, startServer } from '../support/noon.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const ask = (params) => server.get(`/policies/loan-rules/simulate?${new URLSearchParams(params)}`);
const simulate = async (params) => expect(await ask(params), 200);
const codes = (answer) => answer.refusals.map((refusal) => refusal.error_code);
const set = async (values) => expect(await server.put('/admin/system-config', values), 200);

test('yes: until when, how often longer, and by which rules; nothing is written', async () => {
  const [book, member] = [await makeBook(server), await makeMember(server)];
  const loans = expect(await server.get('/borrows?limit=1'), 200).meta.total;
  const answer = await simulate({ member_id: member.id, book_id: book.id });
  assertHas(answer, { allowed: true, refusals: [], renewals_allowed: 2, due_date: `${dayFromNow(14)}T23:59:59.999Z` });
  assertHas(answer.rule, { name: 'any × any', max_loans: 5, loan_days: 14, max_renewals: 2, hold_limit: 5, fine_per_day: 1, fine_cap: null, grace_days: 0 });
  assert.deepEqual(answer.total_rule, answer.rule);
  const [copy] = await copiesOf(server, book);
  assert.deepEqual(await simulate({ card: member.card, barcode: copy.barcode }), answer);
  assert.equal(expect(await server.get('/borrows?limit=1'), 200).meta.total, loans);
  assert.equal((await lend(server, book, member)).due_date, answer.due_date);
});

test('every reason at once, in the order of the checks; lending says the first', async () => {
  const member = await makeMember(server, { member_type: 'student' });
  const book = await makeBook(server, { item_type: 'video' });
  const type = expect(await server.post('/policies/loan-rules', { member_type: 'student', item_type: 'video', max_loans: 1, loan_days: 7, max_renewals: 0, hold_limit: 0, fine_per_day: '2.00' }), 201);
  await lend(server, book, member);
  for (let i = 0; i < 2; i++) await lend(server, await makeBook(server), member);
  expect(await server.post('/fines/charge', { member_id: member.id, kind: 'damage', amount: '9.00', note: 'A torn page' }), 201);
  await set({ block_balance: '5.00' });
  expect(await server.put(`/members/${member.id}/status`, { status: 'suspended', reason: 'Unpaid fees' }), 200);
  const answer = await simulate({ member_id: member.id, book_id: book.id });
  assert.equal(answer.allowed, false);
  assert.deepEqual(codes(answer), ['MEMBER_SUSPENDED', 'MEMBER_BLOCKED', 'BORROW_LIMIT_EXCEEDED', 'BORROW_LIMIT_EXCEEDED', 'ACTIVE_BORROW_EXISTS', 'INVENTORY_UNAVAILABLE']);
  assert.deepEqual(answer.refusals[2].reason, { rule: 'student × video', max_loans: 1, active_borrows: 1, item_type: 'video' });
  assert.deepEqual(answer.refusals[3].reason, { rule: 'student × any', max_loans: 3, active_borrows: 3 });
  assert.deepEqual([answer.rule.name, answer.total_rule.name], ['student × video', 'student × any']);
  const said = refused(await server.post('/borrows', { member_id: member.id, book_id: book.id }), 409, 'MEMBER_SUSPENDED');
  assert.equal(answer.refusals[0].detail, said.detail);
  assert.deepEqual(answer.refusals[0].reason, said.reason);
  await set({ block_balance: '0' });
  expect(await server.delete(`/policies/loan-rules/${type.id}`), 204);
});

test('what others wait for: HELD_FOR_ANOTHER', async () => {
  const book = await makeBook(server);
  const waiting = await makeMember(server);
  expect(await server.post('/holds', { book_id: book.id, member_id: waiting.id }), 201);
  assert.deepEqual(codes(await simulate({ member_id: (await makeMember(server)).id, book_id: book.id })), ['HELD_FOR_ANOTHER']);
  assertHas(await simulate({ member_id: waiting.id, book_id: book.id }), { allowed: true, refusals: [] });
});

test('a copy that is not there to be lent: COPY_NOT_AVAILABLE', async () => {
  const book = await makeBook(server);
  const [copy] = await copiesOf(server, book);
  expect(await server.patch(`/copies/${copy.id}`, { status: 'in_repair' }), 200);
  const answer = await simulate({ card: (await makeMember(server)).card, barcode: copy.barcode });
  assert.deepEqual([codes(answer), answer.refusals[0].reason], [['COPY_NOT_AVAILABLE'], { status: 'in_repair' }]);
});

test('a closed day is counted in', async () => {
  const closure = expect(await server.post('/closures', { first_day: dayFromNow(14), last_day: dayFromNow(15), name: 'Closed' }), 201);
  const { due_date } = await simulate({ member_type: 'adult', item_type: 'book' });
  assert.equal(due_date, `${dayFromNow(16)}T23:59:59.999Z`);
  expect(await server.delete(`/closures/${closure.id}`), 200);
});

test('of kinds alone: by which rule, how long, and a limit of none', async () => {
  assertHas(await simulate({ member_type: 'student', item_type: 'book' }), { allowed: true });
  assert.equal((await simulate({ member_type: 'faculty', item_type: 'book' })).rule.name, 'faculty × any');
  const none = expect(await server.post('/policies/loan-rules', { member_type: null, item_type: 'reference', max_loans: 0, loan_days: 1, max_renewals: 0, hold_limit: 0, fine_per_day: 0 }), 201);
  const answer = await simulate({ member_type: 'adult', item_type: 'reference' });
  assert.deepEqual([answer.allowed, codes(answer), answer.rule.name], [false, ['BORROW_LIMIT_EXCEEDED'], 'any × reference']);
  assert.equal(Math.round((Date.parse(answer.due_date) - Date.parse(`${dayFromNow(0)}T23:59:59.999Z`)) / DAY_MS), 1);
  expect(await server.delete(`/policies/loan-rules/${none.id}`), 204);
});

test('who and what are each said in one way; what is not there is 404', async () => {
  const [book, member] = [await makeBook(server), await makeMember(server)];
  invalid(await ask({}), ['member_id', 'book_id'], 'query');
  invalid(await ask({ member_id: member.id, card: member.card, book_id: book.id, item_type: 'book' }), ['card', 'item_type'], 'query');
  invalid(await ask({ member_type: 'martian', item_type: 'sculpture' }), ['member_type', 'item_type'], 'query');
  refused(await ask({ member_id: UNKNOWN_ID, book_id: book.id }), 404, 'MEMBER_NOT_FOUND');
  refused(await ask({ card: 'NO-SUCH', book_id: book.id }), 404, 'MEMBER_NOT_FOUND');
  refused(await ask({ member_id: member.id, book_id: UNKNOWN_ID }), 404, 'BOOK_NOT_FOUND');
  refused(await ask({ member_id: member.id, barcode: 'NO-SUCH' }), 404, 'COPY_NOT_FOUND');
  refused(await ask({ member_id: '17', book_id: book.id }), 400, 'INVALID_PARAMETER');
});
