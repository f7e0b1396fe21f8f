// Circulation rules: those of a new library, what they decide, and how they come and go.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, invalid, lend, makeBook, makeMember, refused, takeBack, UNKNOWN_ID } from '../support/library.mjs';
import { dayFromNow, startServer } from '../support/noon.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const PATH = '/policies/loan-rules';
const ruleNow = async (of = server) => expect(await of.get(PATH), 200).data[0];
const change = async (body) => server.put(`${PATH}/${(await ruleNow()).id}`, body);

test('a new library has the any × any rule: 5 loans, 14 days, 1.00 a day, no cap; students have 3, teachers 10', async () => {
  const list = expect(await server.get(PATH), 200);
  assert.equal(list.meta.total, 3);
  assertHas(list.data[0], { name: 'any × any', member_type: null, item_type: null, max_loans: 5, loan_days: 14, fine_per_day: 1, fine_cap: null, grace_days: 0 });
  assertHas(list.data[1], { name: 'student × any', member_type: 'student', item_type: null, max_loans: 3, hold_limit: 3, loan_days: 14, fine_per_day: 1 });
  assertHas(list.data[2], { name: 'faculty × any', member_type: 'faculty', item_type: null, max_loans: 10, hold_limit: 10, loan_days: 14, fine_per_day: 1 });
});

test('the types that rules tell apart are listed', async () => {
  const codes = async (path) => expect(await server.get(path), 200).data.map((one) => one.code).sort();
  assert.deepEqual(await codes('/policies/member-types'), ['adult', 'child', 'faculty', 'staff', 'student']);
  assert.deepEqual(await codes('/policies/item-types'), ['audio', 'book', 'game', 'other', 'periodical', 'reference', 'video']);
});

test('a changed rule decides from the next loan on; loans that are out keep their terms', async () => {
  const member = await makeMember(server);
  const [one, two, three] = [await makeBook(server), await makeBook(server), await makeBook(server)];
  const before = await lend(server, one, member);
  const changed = expect(await change({ max_loans: 2, loan_days: 7 }), 200);
  assertHas(changed, { max_loans: 2, loan_days: 7, fine_per_day: 1 });
  assert.deepEqual(await ruleNow(), changed);
  const second = await lend(server, two, member);
  assert.equal(Date.parse(second.due_date) - Date.parse(before.due_date), -7 * 86_400_000);
  assert.equal(expect(await server.get(`/borrows/${before.id}`), 200).due_date, before.due_date);
  const body = refused(await server.post('/borrows', { book_id: three.id, member_id: member.id }), 409, 'BORROW_LIMIT_EXCEEDED', /maximum limit of 2 active borrows/);
  assertHas(body.reason, { rule: 'any × any', max_loans: 2 });
  expect(await change({ max_loans: 5, loan_days: 14 }), 200);
});

test('nothing is lent at 0 loans; at 0 days it is due the same day', async () => {
  const member = await makeMember(server);
  const book = await makeBook(server);
  expect(await change({ max_loans: 0 }), 200);
  refused(await server.post('/borrows', { book_id: book.id, member_id: member.id }), 409, 'BORROW_LIMIT_EXCEEDED', /maximum limit of 0/);
  expect(await change({ max_loans: 5, loan_days: 0 }), 200);
  const borrow = await lend(server, book, member);
  assert.equal(borrow.due_date, `${borrow.borrowed_at.slice(0, 10)}T23:59:59.999Z`);
  assert.equal(borrow.overdue, false);
  await takeBack(server, borrow);
  expect(await change({ loan_days: 14 }), 200);
});

test('wrong and unknown members are named all at once, and nothing changes', async () => {
  const before = await ruleNow();
  invalid(await change({ max_loans: -1, loan_days: 3651, fine_per_day: 'a lot', grace_days: null, colour: 'red' }), ['max_loans', 'loan_days', 'fine_per_day', 'grace_days', 'colour']);
  invalid(await change({ fine_per_day: 0.005 }), ['fine_per_day']);
  assert.deepEqual(await ruleNow(), before);
});

test('money is exact: as number, as text, up to a cap', async () => {
  assertHas(expect(await change({ fine_per_day: 0.1, fine_cap: '12.30' }), 200), { fine_per_day: 0.1, fine_cap: 12.3 });
  assertHas(expect(await change({ fine_per_day: 1, fine_cap: null }), 200), { fine_per_day: 1, fine_cap: null });
});

test('a rule takes back what it showed, leaving no trace', async () => {
  const before = await ruleNow();
  const rows = async () => expect(await server.get('/admin/audit-logs?entity=loan_rule&limit=1'), 200).meta.total;
  const count = await rows();
  assert.deepEqual(expect(await change(before), 200), before);
  assert.equal(await rows(), count);
});

test('a change is in the audit log with before and after', async () => {
  expect(await change({ grace_days: 3 }), 200);
  const [row] = expect(await server.get('/admin/audit-logs?entity=loan_rule&limit=1'), 200).data;
  assertHas(row, { action: 'loan_rule.updated', entity_id: (await ruleNow()).id });
  assert.deepEqual([JSON.parse(row.before), JSON.parse(row.after)], [{ grace_days: '0' }, { grace_days: '3' }]);
  expect(await change({ grace_days: 0 }), 200);
});

test('an unknown rule is 404, a malformed id 422', async () => {
  refused(await server.put(`${PATH}/${UNKNOWN_ID}`, { max_loans: 1 }), 404, 'NOT_FOUND', /Loan rule not found\./);
  invalid(await server.put(`${PATH}/17`, { max_loans: 1 }), ['id'], 'path');
});

const VIDEOS = { item_type: 'video', max_loans: 1, loan_days: 7, max_renewals: 0, hold_limit: 0, fine_per_day: '0.50' };

describe('a rule of one’s own', () => {
  let rule;

  test('is added whole, listed last, and decides', async () => {
    rule = expect(await server.post(PATH, VIDEOS), 201);
    assertHas(rule, { ...VIDEOS, name: 'any × video', member_type: null, fine_per_day: 0.5, fine_cap: null, grace_days: 0 });
    assert.deepEqual(expect(await server.get(PATH), 200).data.at(-1), rule);
    const member = await makeMember(server);
    const video = await lend(server, await makeBook(server, { item_type: 'video' }), member);
    assert.equal(video.due_date.slice(0, 10), dayFromNow(7));
    const book = await lend(server, await makeBook(server), member);
    assert.equal(book.due_date.slice(0, 10), dayFromNow(14));
  });

  test('for both types wins over one for either', async () => {
    const both = expect(await server.post(PATH, { ...VIDEOS, member_type: 'student', loan_days: 3, grace_days: 2, fine_cap: 5 }), 201);
    assertHas(both, { name: 'student × video', loan_days: 3, grace_days: 2, fine_cap: 5 });
    const student = await makeMember(server, { member_type: 'student' });
    const borrow = await lend(server, await makeBook(server, { item_type: 'video' }), student);
    assert.equal(borrow.due_date.slice(0, 10), dayFromNow(3));
    expect(await server.delete(`${PATH}/${both.id}`), 204);
  });

  test('can be changed, keeping its types', async () => {
    assertHas(expect(await server.put(`${PATH}/${rule.id}`, { loan_days: 5, item_type: 'book' }), 200), { id: rule.id, item_type: 'video', loan_days: 5 });
  });

  test('is there once: 409 DUPLICATE_RULE, as for any × any', async () => {
    const body = refused(await server.post(PATH, VIDEOS), 409, 'DUPLICATE_RULE', /any × video/);
    assert.equal(body.reason.rule, 'any × video');
    refused(await server.post(PATH, { ...VIDEOS, item_type: null }), 409, 'DUPLICATE_RULE', /any × any/);
    refused(await server.post(PATH, { ...VIDEOS, item_type: '', member_type: 'faculty' }), 409, 'DUPLICATE_RULE', /faculty × any/);
  });

  test('names types that are there, and all of its values', async () => {
    invalid(await server.post(PATH, { ...VIDEOS, member_type: 'wizard', item_type: 'broom' }), ['member_type', 'item_type']);
    invalid(await server.post(PATH, { item_type: 'game' }), ['max_loans', 'loan_days', 'max_renewals', 'hold_limit', 'fine_per_day']);
    invalid(await server.post(PATH, { ...VIDEOS, item_type: 'game', max_loans: 1001, colour: 'red' }), ['max_loans', 'colour']);
  });

  test('is removed: it decides no more, what it decided still names it, and the two types are free again', async () => {
    const [loan] = expect(await server.get('/borrows?limit=1'), 200).data;
    expect(await server.delete(`${PATH}/${rule.id}`), 204);
    assert.equal(expect(await server.get(PATH), 200).meta.total, 3);
    const borrow = await lend(server, await makeBook(server, { item_type: 'video' }), await makeMember(server));
    assert.equal(borrow.due_date.slice(0, 10), dayFromNow(14));
    expect(await server.get(`/borrows/${loan.id}`), 200);
    assert.deepEqual(expect(await server.get(`${PATH}?removed=true`), 200).data.map((one) => one.name), ['any × video', 'student × video']);
    refused(await server.delete(`${PATH}/${rule.id}`), 404, 'NOT_FOUND', /Loan rule not found\./);
    refused(await server.put(`${PATH}/${rule.id}`, { loan_days: 1 }), 404, 'NOT_FOUND');
    const again = expect(await server.post(PATH, VIDEOS), 201);
    assert.notEqual(again.id, rule.id);
    expect(await server.delete(`${PATH}/${again.id}`), 204);
  });

  test('leaves its traces in the audit log', async () => {
    const log = expect(await server.get(`/admin/audit-logs?entity=loan_rule&limit=100`), 200).data.filter((row) => row.entity_id === rule.id);
    assert.deepEqual(log.map((row) => row.action), ['loan_rule.removed', 'loan_rule.updated', 'loan_rule.added']);
    assertHas(JSON.parse(log[2].after), { item_type: 'video', max_loans: '1', fine_per_day: '0.50' });
    assertHas(JSON.parse(log[0].before), { item_type: 'video', loan_days: '5' });
  });
});

test('the rule any × any stays: 409 RULE_IN_USE; an unknown one is 404', async () => {
  const body = refused(await server.delete(`${PATH}/${(await ruleNow()).id}`), 409, 'RULE_IN_USE', /any × any/);
  assert.equal(body.reason.rule, 'any × any');
  refused(await server.delete(`${PATH}/${UNKNOWN_ID}`), 404, 'NOT_FOUND', /Loan rule not found\./);
  invalid(await server.delete(`${PATH}/17`), ['id'], 'path');
});

describe('values given by flag or environment', () => {
  let given;
  before(async () => {
    given = await startServer({ args: ['--max-active-borrows', '1'], env: { CARREL_DEFAULT_BORROW_DURATION_DAYS: '3', CARREL_DAILY_FINE: '0.50' } });
  });
  after(() => given.stop({ check: true }));

  test('lie over the any × any rule, and decide', async () => {
    assertHas(await ruleNow(given), { max_loans: 1, loan_days: 3, fine_per_day: 0.5 });
    const member = await makeMember(given);
    const borrow = await lend(given, await makeBook(given), member);
    assert.equal((Date.parse(borrow.due_date) + 1 - Date.parse(`${borrow.borrowed_at.slice(0, 10)}T00:00:00Z`)) / 86_400_000, 4);
    const body = refused(await given.post('/borrows', { book_id: (await makeBook(given)).id, member_id: member.id }), 409, 'BORROW_LIMIT_EXCEEDED', /limit of 1 active/);
    assert.equal(body.reason.max_loans, 1);
  });

  test('cannot be changed here, saying who decides; the others can, and what is stored stays whole', async () => {
    const rule = await ruleNow(given);
    const body = refused(await given.put(`${PATH}/${rule.id}`, { max_loans: 9 }), 409, 'CONFLICT', /--max-active-borrows/);
    assert.equal(body.reason.field, 'max_loans');
    refused(await given.put(`${PATH}/${rule.id}`, { loan_days: 9 }), 409, 'CONFLICT', /CARREL_DEFAULT_BORROW_DURATION_DAYS/);
    assertHas(expect(await given.put(`${PATH}/${rule.id}`, { ...rule, max_renewals: 7 }), 200), { max_loans: 1, loan_days: 3, max_renewals: 7 });
    await given.stop({ keep: true });
    given = await startServer({ home: given.home });
    assertHas(await ruleNow(given), { max_loans: 5, loan_days: 14, fine_per_day: 1, max_renewals: 7 });
  });
});
