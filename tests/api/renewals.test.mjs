// Renewing: every rule and its words, at the desk, by readers themselves, and many at once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, DAY_MS, expect, INSTANT, invalid, lend, makeBook, makeMember, refused, takeBack, UNKNOWN_ID } from '../support/library.mjs';
import { dayFromNow, daysAgo, startServer } from '../support/noon.mjs';
import { makePeople, makeReader } from '../support/people.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const set = async (values, of = server) => expect(await of.put('/admin/system-config', values), 200);
const renew = (borrow, body, of = server) => of.post(`/borrows/${borrow.id}/renew`, body);
const dueDay = (borrow) => borrow.due_date.slice(0, 10);
const later = (day, days) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
const hold = async (book, of = server) => {
  const member = await makeMember(of);
  return expect(await of.post('/holds', { book_id: book.id, member_id: member.id }), 201);
};

/** A rule for the members of one type only, so that no test disturbs another. */
async function ruleFor(member_type, facts) {
  const given = { max_loans: 5, loan_days: 14, max_renewals: 2, hold_limit: 5, fine_per_day: 1, grace_days: 0, ...facts };
  const old = expect(await server.get('/policies/loan-rules'), 200).data.find((one) => one.member_type === member_type && !one.item_type);
  return old ? expect(await server.put(`/policies/loan-rules/${old.id}`, given), 200) : expect(await server.post('/policies/loan-rules', { member_type, item_type: null, ...given }), 201);
}

describe('one loan', () => {
  test('goes on for the days of its rule, from the day it was due; the row, the list and the log say so', async () => {
    const borrow = await lend(server, await makeBook(server), await makeMember(server));
    const renewed = expect(await renew(borrow), 200);
    assertHas(renewed, { id: borrow.id, renewals: 1, status: 'borrowed', overdue: false, fine: 0, borrowed_at: borrow.borrowed_at });
    assert.equal(dueDay(renewed), later(dueDay(borrow), 14));
    assert.match(renewed.due_date, /T23:59:59\.999Z$/);
    assert.deepEqual(expect(await server.get(`/borrows/${borrow.id}`), 200), renewed);
    const [row, ...more] = expect(await server.get(`/borrows/${borrow.id}/renewals`), 200).data;
    assert.deepEqual(more, []);
    assertHas(row, { due_day_before: dueDay(borrow), due_day_after: dueDay(renewed), fine: 0, way: 'desk', renewed_by: 'anonymous' });
    assert.match(row.at, INSTANT);
    const [log] = expect(await server.get('/admin/audit-logs?action=borrow.renewed&limit=1'), 200).data;
    assertHas(log, { entity: 'borrow', entity_id: borrow.id });
    assert.deepEqual([JSON.parse(log.before), JSON.parse(log.after)], [{ due_day: dueDay(borrow) }, { due_day: dueDay(renewed) }]);
  });

  test('also over /borrowings', async () => {
    const borrow = await lend(server, await makeBook(server), await makeMember(server));
    assert.equal(expect(await server.post(`/borrowings/${borrow.id}/renew`), 200).renewals, 1);
    assert.equal(expect(await server.get(`/borrowings/${borrow.id}/renewals`), 200).meta.total, 1);
  });

  test('as often as the rule says: 409 RENEWAL_LIMIT_EXCEEDED, naming it', async () => {
    const borrow = await lend(server, await makeBook(server), await makeMember(server));
    expect(await renew(borrow), 200);
    const second = expect(await renew(borrow), 200);
    const body = refused(await renew(borrow), 409, 'RENEWAL_LIMIT_EXCEEDED', /renewed 2 of 2 times/);
    assert.deepEqual(body.reason, { rule: 'any × any', max_renewals: 2, renewals: 2 });
    assert.deepEqual(expect(await server.get(`/borrows/${borrow.id}`), 200), second, 'a refusal changes nothing');
    assert.equal(expect(await server.get(`/borrows/${borrow.id}/renewals`), 200).meta.total, 2);
  });

  test('the rule in force decides, not the one of the day it was lent', async () => {
    await ruleFor('staff', { max_renewals: 0 });
    const borrow = await lend(server, await makeBook(server), await makeMember(server, { member_type: 'staff' }));
    assert.equal(refused(await renew(borrow), 409, 'RENEWAL_LIMIT_EXCEEDED', /cannot be renewed/).reason.rule, 'staff × any');
    await ruleFor('staff', { max_renewals: 1, loan_days: 3 });
    assert.equal(dueDay(expect(await renew(borrow), 200)), later(dueDay(borrow), 3));
  });

  test('not what is back, nor what never was: 409 ALREADY_RETURNED, 404 BORROW_RECORD_NOT_FOUND', async () => {
    const borrow = await lend(server, await makeBook(server), await makeMember(server));
    await takeBack(server, borrow);
    refused(await renew(borrow), 409, 'ALREADY_RETURNED');
    refused(await renew({ id: UNKNOWN_ID }), 404, 'BORROW_RECORD_NOT_FOUND');
    refused(await server.get(`/borrows/${UNKNOWN_ID}/renewals`), 404, 'BORROW_RECORD_NOT_FOUND');
    invalid(await renew({ id: '17' }), ['id'], 'path');
    invalid(await renew(borrow, { due_date: '2030-01-01' }), ['due_date']);
  });

  test('not for who may not borrow: suspended, expired, or owing too much', async () => {
    const member = await makeMember(server);
    const borrow = await lend(server, await makeBook(server), member);
    expect(await server.put(`/members/${member.id}/status`, { status: 'suspended' }), 200);
    refused(await renew(borrow), 409, 'MEMBER_SUSPENDED');
    expect(await server.put(`/members/${member.id}/status`, { status: 'active' }), 200);
    expect(await server.patch(`/members/${member.id}`, { expires_on: dayFromNow(-1) }), 200);
    refused(await renew(borrow), 409, 'MEMBER_EXPIRED');
    expect(await server.patch(`/members/${member.id}`, { expires_on: null }), 200);
    await set({ block_balance: '5.00' });
    expect(await server.post('/fines/charge', { member_id: member.id, kind: 'fee', amount: '5.01', note: 'A new card' }), 201);
    const body = refused(await renew(borrow), 409, 'MEMBER_BLOCKED');
    assert.deepEqual([body.reason.balance, body.reason.limit], ['5.01', '5.00']);
    await set({ block_balance: '0' });
    expect(await renew(borrow), 200);
  });

  test('no later than before is no renewal: 409 RENEWAL_NOT_ALLOWED', async () => {
    await ruleFor('child', { loan_days: 0 });
    const borrow = await lend(server, await makeBook(server), await makeMember(server, { member_type: 'child' }));
    assert.deepEqual(refused(await renew(borrow), 409, 'RENEWAL_NOT_ALLOWED', /would not be due any later/).reason, { rule: 'child × any', loan_days: 0 });
  });

  test('a day that is closed is passed over', async () => {
    const borrow = await lend(server, await makeBook(server), await makeMember(server));
    const day = later(dueDay(borrow), 14);
    const closure = expect(await server.post('/closures', { first_day: day, last_day: later(day, 1), name: 'Stock-taking' }), 201);
    assert.equal(dueDay(expect(await renew(borrow), 200)), later(day, 2));
    expect(await server.delete(`/closures/${closure.id}`), 200);
  });
});

describe('what is overdue', () => {
  test('goes on from today; what it has cost stays and is owed; the days after cost again', async () => {
    await ruleFor('faculty', { loan_days: 3, max_renewals: 5, fine_per_day: '0.50' });
    const member = await makeMember(server, { member_type: 'faculty' });
    const borrow = await lend(server, await makeBook(server), member, { occurred_at: daysAgo(10) });
    assertHas(borrow, { overdue: true, fine: 3.5 });
    const renewed = expect(await renew(borrow), 200);
    assertHas(renewed, { overdue: false, fine: 3.5, renewals: 1 });
    assert.equal(dueDay(renewed), dayFromNow(3));
    assert.equal(expect(await server.get(`/members/${member.id}/fines`), 200).balance, 3.5);
    assert.equal(expect(await server.get(`/borrows/${borrow.id}/renewals`), 200).data[0].fine, 3.5);
    const back = await takeBack(server, borrow);
    assertHas(back, { fine: 3.5, balance: 3.5 });
  });

  test('has to be brought back, where the library says so: 409 RENEWAL_NOT_ALLOWED', async () => {
    await ruleFor('faculty', { loan_days: 3, max_renewals: 5 });
    const borrow = await lend(server, await makeBook(server), await makeMember(server, { member_type: 'faculty' }), { occurred_at: daysAgo(5) });
    await set({ renew_overdue: 'off' });
    assert.deepEqual(refused(await renew(borrow), 409, 'RENEWAL_NOT_ALLOWED', /overdue by 2 days/).reason, { setting: 'renew_overdue', days_overdue: 2 });
    await set({ renew_overdue: 'on' });
    expect(await renew(borrow), 200);
  });
});

describe('what others wait for', () => {
  test('is not renewed while more wait than copies are there: 409 HELD_FOR_ANOTHER', async () => {
    const book = await makeBook(server, { total_copies: 2 });
    const borrow = await lend(server, book, await makeMember(server));
    await hold(book);
    expect(await renew(borrow), 200);
    await hold(book);
    const body = refused(await renew(borrow), 409, 'HELD_FOR_ANOTHER', /other readers wait/);
    assert.deepEqual(body.reason, { holds_waiting: 2, available_copies: 1 });
  });

  test('unless a librarian says why, which the log keeps, or the library does not mind', async () => {
    const book = await makeBook(server);
    const borrow = await lend(server, book, await makeMember(server));
    await hold(book);
    refused(await renew(borrow), 409, 'HELD_FOR_ANOTHER', /another reader waits/);
    assert.equal(expect(await renew(borrow, { override_reason: 'An exam tomorrow' }), 200).renewals, 1);
    const [log] = expect(await server.get('/admin/audit-logs?action=borrow.renewed&limit=1'), 200).data;
    assert.equal(JSON.parse(log.after).override_reason, 'An exam tomorrow');
    await set({ renew_held: 'on' });
    assert.equal(expect(await renew(borrow), 200).renewals, 2);
    await set({ renew_held: 'off' });
  });
});

describe('many at once', () => {
  test('all that a member has: each that may be, and why the others are not', async () => {
    const member = await makeMember(server);
    const [one, two] = [await lend(server, await makeBook(server), member), await lend(server, await makeBook(server), member)];
    const wanted = await makeBook(server);
    const three = await lend(server, wanted, member);
    await hold(wanted);
    for (const who of [{ member_id: member.id }, { card: member.card }]) {
      const { renewed, refused: not } = expect(await server.post('/borrows/renew', who), 200);
      assert.deepEqual(renewed.map((loan) => loan.id), [one.id, two.id]);
      assert.deepEqual(not.map(({ id, error_code }) => [id, error_code]), [[three.id, 'HELD_FOR_ANOTHER']]);
      assert.match(not[0].detail, /another reader waits/);
    }
    const { renewed, refused: not } = expect(await server.post('/borrowings/renew', { member_id: member.id }), 200);
    assert.deepEqual([renewed.length, not.map((loan) => loan.error_code)], [0, ['HELD_FOR_ANOTHER', 'RENEWAL_LIMIT_EXCEEDED', 'RENEWAL_LIMIT_EXCEEDED']], 'soonest due first');
  });

  test('by their ids, in that order; unknown ones are refused, each for itself', async () => {
    const [one, two] = [await lend(server, await makeBook(server), await makeMember(server)), await lend(server, await makeBook(server), await makeMember(server))];
    const { renewed, refused: not } = expect(await server.post('/borrows/renew', { ids: [two.id, UNKNOWN_ID, one.id] }), 200);
    assert.deepEqual(renewed.map((loan) => [loan.id, loan.renewals]), [[two.id, 1], [one.id, 1]]);
    assert.deepEqual(not.map(({ id, error_code }) => [id, error_code]), [[UNKNOWN_ID, 'BORROW_RECORD_NOT_FOUND']]);
  });

  test('said in one way, and well', async () => {
    const member = await makeMember(server);
    const borrow = await lend(server, await makeBook(server), member);
    invalid(await server.post('/borrows/renew', {}), ['member_id']);
    invalid(await server.post('/borrows/renew', { member_id: member.id, card: member.card }), ['card']);
    invalid(await server.post('/borrows/renew', { member_id: member.id, ids: [borrow.id] }), ['ids']);
    invalid(await server.post('/borrows/renew', { ids: ['17'] }), ['ids']);
    invalid(await server.post('/borrows/renew', { ids: [borrow.id, borrow.id] }), ['ids']);
    refused(await server.post('/borrows/renew', { member_id: UNKNOWN_ID }), 404, 'MEMBER_NOT_FOUND');
    refused(await server.post('/borrows/renew', { card: 'NO-SUCH' }), 404, 'MEMBER_NOT_FOUND');
    assert.equal(expect(await server.get(`/borrows/${borrow.id}`), 200).renewals, 0);
  });
});

describe('by readers themselves', () => {
  let guarded;
  let people;
  let reader;
  before(async () => {
    guarded = await startServer({ auth: 'on' });
    people = await makePeople(guarded);
    reader = await makeReader(guarded, people.admin);
  });
  after(() => guarded.stop({ check: true }));

  test('their own, one or all; the row says that it was the reader', async () => {
    const [one, two] = [await lend(people.librarian, await makeBook(people.librarian), reader.record), await lend(people.librarian, await makeBook(people.librarian), reader.record)];
    assert.equal(expect(await renew(one, undefined, reader), 200).renewals, 1);
    const { renewed } = expect(await reader.post('/borrows/renew', {}), 200);
    assert.deepEqual(renewed.map((loan) => [loan.id, loan.renewals]).sort(), [[one.id, 2], [two.id, 1]].sort());
    const rows = expect(await people.librarian.get(`/borrows/${one.id}/renewals`), 200).data;
    assert.deepEqual(rows.map((row) => row.way), ['reader', 'reader']);
  });

  test("another's is not there for them, whoever they name", async () => {
    const other = await makeMember(people.librarian);
    const borrow = await lend(people.librarian, await makeBook(people.librarian), other);
    refused(await renew(borrow, undefined, reader), 404, 'BORROW_RECORD_NOT_FOUND');
    const named = expect(await reader.post('/borrows/renew', { ids: [borrow.id] }), 200);
    assert.deepEqual([named.renewed, named.refused.map((one) => one.error_code)], [[], ['BORROW_RECORD_NOT_FOUND']]);
    const own = expect(await reader.post('/borrows/renew', { member_id: other.id }), 200);
    assert.ok(![...own.renewed, ...own.refused].some((one) => one.id === borrow.id));
    assert.equal(expect(await people.librarian.get(`/borrows/${borrow.id}`), 200).renewals, 0);
  });

  test('a reason of theirs overrides nothing, and no name of another reader is told', async () => {
    const book = await makeBook(people.librarian);
    const borrow = await lend(people.librarian, book, reader.record);
    const waiting = await hold(book, people.librarian);
    const body = refused(await renew(borrow, { override_reason: 'I want to' }, reader), 409, 'HELD_FOR_ANOTHER');
    assert.ok(!JSON.stringify(body).includes(waiting.member.name));
  });

  test('not where the library renews at the desk only: 409 RENEWAL_NOT_ALLOWED', async () => {
    const borrow = await lend(people.librarian, await makeBook(people.librarian), reader.record);
    await set({ renew_by_reader: 'off' }, people.admin);
    assert.deepEqual(refused(await renew(borrow, undefined, reader), 409, 'RENEWAL_NOT_ALLOWED', /at the desk/).reason, { setting: 'renew_by_reader' });
    expect(await renew(borrow, undefined, people.librarian), 200);
    await set({ renew_by_reader: 'on' }, people.admin);
    expect(await renew(borrow, undefined, reader), 200);
  });
});
