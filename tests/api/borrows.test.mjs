// Lending and taking back: every rule, its words, and the order in which they are asked (API.md "Errors", "Borrows").
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  assertHas, copiesOf, DAY_MS, expect, INSTANT, invalid, lend, makeBook, makeMember, refused, takeBack, unique, UNKNOWN_ID, UUID,
} from '../support/library.mjs';
import { dayFromNow, daysAgo, NOON, startServer } from '../support/noon.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const tryLending = (book, member, more = {}) => server.post('/borrows', { book_id: book.id, member_id: member.id, ...more });
const suspend = async (member) => expect(await server.put(`/members/${member.id}/status`, { status: 'suspended' }), 200);
const bookNow = async (book) => expect(await server.get(`/books/${book.id}`), 200);

/** Lends the member as much as the rule allows, each title its own. */
async function fill(member, count = 5) {
  const books = [];
  for (let i = 0; i < count; i++) {
    const book = await makeBook(server);
    await lend(server, book, member);
    books.push(book);
  }
  return books;
}

describe('lending', () => {
  test('answers 201 with the loan, its title, member and copy, due at the end of the day a fortnight on', async () => {
    const book = await makeBook(server, { title: 'Wide Sargasso Sea', author: 'Jean Rhys', isbn: '9780393308808', total_copies: 2 });
    const member = await makeMember(server);
    const borrow = expect(await tryLending(book, member), 201);
    assert.match(borrow.id, UUID);
    assert.equal(borrow.borrowed_at, daysAgo(0));
    assertHas(borrow, { book_id: book.id, member_id: member.id, returned_at: null, status: 'borrowed', renewals: 0, fine: 0, overdue: false });
    const day = new Date(Date.parse(borrow.borrowed_at) + 14 * DAY_MS).toISOString().slice(0, 10);
    assert.equal(borrow.due_date, `${day}T23:59:59.999Z`);
    assertHas(borrow.book, { id: book.id, title: 'Wide Sargasso Sea', author: 'Jean Rhys', isbn: '9780393308808' });
    assertHas(borrow.member, { id: member.id, name: member.name, card: member.card });
    assert.equal(borrow.copy.id, borrow.copy_id);
    assert.equal(borrow.rule, 'any × any', 'the rule that decided is part of the answer');
    assert.deepEqual(expect(await server.get(`/borrows/${borrow.id}`), 200), borrow);
    assertHas(await bookNow(book), { total_copies: 2, available_copies: 1, borrow_count: 1 });
    assert.equal((await bookNow(book)).last_borrowed_at, borrow.borrowed_at);
  });

  test('by barcode and card, as the desk does it: that very copy', async () => {
    const book = await makeBook(server, { total_copies: 3 });
    const member = await makeMember(server);
    const [, copy] = await copiesOf(server, book);
    const borrow = expect(await server.post('/borrows', { barcode: copy.barcode, card: member.card }), 201);
    assertHas(borrow, { copy_id: copy.id, book_id: book.id, member_id: member.id });
    assert.equal(borrow.copy.barcode, copy.barcode);
  });

  test('over /members/{id}/borrows with the book in the body or in the query, and over /borrowings', async () => {
    const [one, two, three] = [await makeBook(server), await makeBook(server), await makeBook(server)];
    const member = await makeMember(server);
    assert.equal(expect(await server.post(`/members/${member.id}/borrows`, { book_id: one.id }), 201).member_id, member.id);
    assert.equal(expect(await server.post(`/members/${member.id}/borrows?book_id=${two.id}`), 201).book_id, two.id);
    assert.equal(expect(await server.post('/borrowings', { book_id: three.id, member_id: member.id }), 201).book_id, three.id);
    assert.equal(expect(await server.get(`/borrowings/member/${member.id}`), 200).meta.total, 3);
    invalid(await server.post(`/members/${member.id}/borrows`), ['book_id']);
    refused(await server.post(`/members/${member.id}/borrows?book_id=17`), 400, 'INVALID_PARAMETER', /book_id/);
  });

  test('needs a thing and a person, each said in one way', async () => {
    const book = await makeBook(server);
    const member = await makeMember(server);
    invalid(await server.post('/borrows', {}), ['book_id', 'member_id']);
    invalid(await server.post('/borrows', { book_id: book.id, barcode: 'x', member_id: member.id, card: 'y' }), ['barcode', 'card']);
    invalid(await server.post('/borrows', { book_id: 'no-uuid', member_id: 17, due_date: '2030-01-01' }), ['book_id', 'member_id', 'due_date']);
  });
});

describe('what is refused when lending', () => {
  test('an unknown member or card: 404 MEMBER_NOT_FOUND', async () => {
    const book = await makeBook(server);
    refused(await server.post('/borrows', { book_id: book.id, member_id: UNKNOWN_ID }), 404, 'MEMBER_NOT_FOUND', /^Member not found\./);
    refused(await server.post('/borrows', { book_id: book.id, card: 'NO-SUCH-CARD' }), 404, 'MEMBER_NOT_FOUND', /^Member not found\..*NO-SUCH-CARD/);
  });

  test('an unknown book: 404 BOOK_NOT_FOUND; an unknown barcode: 404 COPY_NOT_FOUND', async () => {
    const member = await makeMember(server);
    refused(await server.post('/borrows', { book_id: UNKNOWN_ID, member_id: member.id }), 404, 'BOOK_NOT_FOUND', /^Book not found\./);
    refused(await server.post('/borrows', { barcode: 'NO-SUCH', member_id: member.id }), 404, 'COPY_NOT_FOUND', /^Copy not found\..*NO-SUCH/);
  });

  test('none left: 409 INVENTORY_UNAVAILABLE', async () => {
    const book = await makeBook(server);
    await lend(server, book, await makeMember(server));
    const body = refused(await tryLending(book, await makeMember(server)), 409, 'INVENTORY_UNAVAILABLE', /No copies available/);
    assert.equal(body.reason.total_copies, 1);
  });

  test('a copy that is out already, by its barcode: 409 COPY_NOT_AVAILABLE with its state', async () => {
    const book = await makeBook(server, { total_copies: 2 });
    const borrow = await lend(server, book, await makeMember(server));
    const member = await makeMember(server);
    const body = refused(await server.post('/borrows', { barcode: borrow.copy.barcode, member_id: member.id }), 409, 'COPY_NOT_AVAILABLE', /cannot be lent/);
    assert.equal(body.reason.status, 'on_loan');
  });

  test('a sixth loan: 409 BORROW_LIMIT_EXCEEDED, naming the rule; a return makes room again', async () => {
    const member = await makeMember(server);
    const [first] = await fill(member);
    const sixth = await makeBook(server);
    const body = refused(await tryLending(sixth, member), 409, 'BORROW_LIMIT_EXCEEDED', /^Member has reached the maximum limit of 5 active borrows\.$/);
    assertHas(body.reason, { rule: 'any × any', max_loans: 5, active_borrows: 5 });
    assertHas(await bookNow(sixth), { available_copies: 1, borrow_count: 0 });
    const [borrow] = expect(await server.get(`/borrows?member_id=${member.id}&book_id=${first.id}`), 200).data;
    await takeBack(server, borrow);
    expect(await tryLending(sixth, member), 201);
  });

  test('the same book twice: 409 ACTIVE_BORROW_EXISTS, by title or by another copy; after its return it may go again', async () => {
    const book = await makeBook(server, { total_copies: 2 });
    const member = await makeMember(server);
    const borrow = await lend(server, book, member);
    refused(await tryLending(book, member), 409, 'ACTIVE_BORROW_EXISTS', /already has an active borrow for this book/);
    const other = (await copiesOf(server, book)).find((copy) => copy.id !== borrow.copy_id);
    refused(await server.post('/borrows', { barcode: other.barcode, card: member.card }), 409, 'ACTIVE_BORROW_EXISTS', /already has an active borrow/);
    await takeBack(server, borrow);
    expect(await tryLending(book, member), 201);
  });

  test('a refusal leaves nothing behind: no loan, no event, no audit row, no number', async () => {
    const member = await makeMember(server);
    const book = await makeBook(server);
    await suspend(member);
    const audit = async () => expect(await server.get('/admin/audit-logs?limit=1'), 200).meta.total;
    const [borrows, rows] = [expect(await server.get('/borrows?limit=1'), 200).meta.total, await audit()];
    for (let i = 0; i < 3; i++) refused(await tryLending(book, member), 409, 'MEMBER_SUSPENDED');
    assert.equal(expect(await server.get('/borrows?limit=1'), 200).meta.total, borrows);
    assert.equal(await audit(), rows);
    assertHas(await bookNow(book), { available_copies: 1, borrow_count: 0 });
  });
});

describe('how many of a kind, and how many altogether', () => {
  const addRule = async (facts) => expect(await server.post('/policies/loan-rules', { max_loans: 5, loan_days: 14, max_renewals: 2, hold_limit: 5, fine_per_day: 1, ...facts }), 201);
  const game = () => makeBook(server, { item_type: 'game' });

  test('a rule that names an item type limits things of that type; books may still be lent', async () => {
    const rule = await addRule({ member_type: null, item_type: 'game', max_loans: 1, loan_days: 7 });
    const member = await makeMember(server);
    const borrow = await lend(server, await game(), member);
    assert.equal(borrow.rule, 'any × game');
    assert.equal(borrow.due_date.slice(0, 10), dayFromNow(7));
    const body = refused(await tryLending(await game(), member), 409, 'BORROW_LIMIT_EXCEEDED', /maximum limit of 1 active borrows of the type “game”/);
    assert.deepEqual(body.reason, { rule: 'any × game', max_loans: 1, active_borrows: 1, item_type: 'game' });
    assert.equal((await lend(server, await makeBook(server), member)).rule, 'any × any');
    await takeBack(server, borrow);
    await lend(server, await game(), member);
    expect(await server.delete(`/policies/loan-rules/${rule.id}`), 204);
  });

  test('and the rule without an item type limits all together, whatever the other allows', async () => {
    const rule = await addRule({ member_type: null, item_type: 'game', max_loans: 10 });
    const member = await makeMember(server);
    await fill(member);
    const body = refused(await tryLending(await game(), member), 409, 'BORROW_LIMIT_EXCEEDED', /^Member has reached the maximum limit of 5 active borrows\.$/);
    assert.deepEqual(body.reason, { rule: 'any × any', max_loans: 5, active_borrows: 5 });
    expect(await server.delete(`/policies/loan-rules/${rule.id}`), 204);
  });

  test('students have three, by their own rule', async () => {
    const member = await makeMember(server, { member_type: 'student' });
    await fill(member, 3);
    assert.equal(refused(await tryLending(await makeBook(server), member), 409, 'BORROW_LIMIT_EXCEEDED', /limit of 3 /).reason.rule, 'student × any');
  });
});

describe('what others wait for', () => {
  const placeHold = async (book, member) => expect(await server.post('/holds', { book_id: book.id, member_id: member.id }), 201);
  const holdNow = async (hold) => expect(await server.get(`/holds/${hold.id}`), 200);
  const statusOf = async (copy_id) => expect(await server.get(`/copies/${copy_id}`), 200).status;

  test('a hold’s whole life at the desk: placed while it is out, ready at the return, refused to others, fetched', async () => {
    const book = await makeBook(server, { title: unique('Waited For') });
    const [reader, waiting, other] = [await makeMember(server), await makeMember(server), await makeMember(server)];
    const borrow = await lend(server, book, reader);
    const hold = await placeHold(book, waiting);
    const back = await takeBack(server, borrow);
    assert.deepEqual(back.next_hold, { hold_id: hold.id, member_id: waiting.id, member_name: waiting.name, card: waiting.card, pickup_until: dayFromNow(7) });
    assert.equal((await holdNow(hold)).status, 'ready');
    assert.equal(await statusOf(borrow.copy_id), 'on_hold_shelf');
    refused(await tryLending(book, other), 409, 'INVENTORY_UNAVAILABLE');
    const body = refused(await server.post('/borrows', { barcode: borrow.copy.barcode, card: other.card }), 409, 'HELD_FOR_ANOTHER', new RegExp(waiting.name));
    assertHas(body.reason, { holds_waiting: 0, available_copies: 0 });
    const fetched = expect(await server.post('/borrows', { barcode: borrow.copy.barcode, card: waiting.card }), 201);
    assert.equal(fetched.copy_id, borrow.copy_id);
    assert.equal((await holdNow(hold)).status, 'fulfilled');
    assert.equal((await takeBack(server, fetched)).next_hold, null);
    assert.equal(await statusOf(borrow.copy_id), 'available');
  });

  test('asked for by title, the copy on the hold shelf is taken, not another', async () => {
    const book = await makeBook(server, { total_copies: 2 });
    const [one, two] = [await lend(server, book, await makeMember(server)), await lend(server, book, await makeMember(server))];
    const waiting = await makeMember(server);
    const hold = await placeHold(book, waiting);
    await takeBack(server, two);
    await takeBack(server, one);
    assert.equal((await lend(server, book, waiting)).copy_id, two.copy_id);
    assert.equal((await holdNow(hold)).status, 'fulfilled');
  });

  test('a copy on the shelf is for who is first: 409 HELD_FOR_ANOTHER with the queue as the reason', async () => {
    const book = await makeBook(server);
    const [first, other] = [await makeMember(server), await makeMember(server)];
    const hold = await placeHold(book, first);
    const body = refused(await tryLending(book, other), 409, 'HELD_FOR_ANOTHER');
    assertHas(body.reason, { hold_position: 1, holds_waiting: 1, available_copies: 1 });
    await lend(server, book, first);
    assert.equal((await holdNow(hold)).status, 'fulfilled');
  });

  test('a reason lets it through; the log keeps the reason, the queue its order', async () => {
    const book = await makeBook(server);
    const [first, other] = [await makeMember(server), await makeMember(server)];
    const hold = await placeHold(book, first);
    const borrow = await lend(server, book, other, { override_reason: 'The hold is for next month' });
    const [log] = expect(await server.get('/admin/audit-logs?action=borrow.lent&limit=1'), 200).data;
    assert.deepEqual([log.entity_id, JSON.parse(log.after)], [borrow.id, { override_reason: 'The hold is for next month' }]);
    assertHas(await holdNow(hold), { status: 'waiting', position: 1 });
    assert.equal((await takeBack(server, borrow)).next_hold.hold_id, hold.id);
    const [copy] = await copiesOf(server, book);
    const taken = expect(await server.post(`/members/${other.id}/borrows`, { barcode: copy.barcode, override_reason: 'Again' }), 201);
    assertHas(await holdNow(hold), { status: 'waiting', position: 1 });
    await takeBack(server, taken);
    assert.equal((await holdNow(hold)).status, 'ready');
  });

  test('a copy that stands on its shelf is pulled when it is read at the returns desk', async () => {
    const book = await makeBook(server);
    const [copy] = await copiesOf(server, book);
    const waiting = await makeMember(server);
    const hold = await placeHold(book, waiting);
    const pulled = expect(await server.post('/borrows/return', { barcode: copy.barcode }), 200);
    assertHas(pulled, { outcome: 'pulled', id: null, member: null, member_id: null, book_id: book.id, copy_id: copy.id, balance: 0, returned_at: null });
    assertHas(pulled.next_hold, { hold_id: hold.id, member_name: waiting.name });
    assert.equal(await statusOf(copy.id), 'on_hold_shelf');
    assert.equal(refused(await server.post('/borrows/return', { barcode: copy.barcode }), 409, 'ALREADY_RETURNED').reason.status, 'on_hold_shelf');
  });
});

describe('due dates and closed days', () => {
  test('a loan that would be due on a closed day is due on the first open one after', async () => {
    const closure = expect(await server.post('/closures', { first_day: dayFromNow(14), last_day: dayFromNow(16), name: 'Works' }), 201);
    const borrow = await lend(server, await makeBook(server), await makeMember(server));
    assert.equal(borrow.due_date, `${dayFromNow(17)}T23:59:59.999Z`);
    expect(await server.delete(`/closures/${closure.id}`), 200);
    assert.equal(expect(await server.get(`/borrows/${borrow.id}`), 200).due_date, borrow.due_date, 'what was lent meanwhile keeps its day');
  });

  test('with opening hours, no loan is due on a weekday that is closed', async () => {
    const weekday = (new Date(`${dayFromNow(14)}T12:00:00Z`).getUTCDay() + 6) % 7;
    const days = [0, 1, 2, 3, 4, 5, 6].filter((one) => one !== weekday).map((one) => ({ weekday: one, opens: '09:00', closes: '17:00' }));
    expect(await server.put('/opening-hours', { days }), 200);
    assert.equal((await lend(server, await makeBook(server), await makeMember(server))).due_date.slice(0, 10), dayFromNow(15));
    expect(await server.put('/opening-hours', { days: [] }), 200);
  });
});

describe('the order of the checks: member exists, may borrow, limit, duplicate, book exists, copy available', () => {
  // One member at the limit, who holds `held` already; `held` has no copy left.
  let member;
  let held;
  before(async () => {
    member = await makeMember(server);
    [held] = await fill(member);
  });

  test('an unknown member comes before everything, an unknown book included', async () => {
    refused(await server.post('/borrows', { book_id: UNKNOWN_ID, member_id: UNKNOWN_ID }), 404, 'MEMBER_NOT_FOUND');
    refused(await server.post('/borrows', { barcode: 'NONE', card: 'NONE' }), 404, 'MEMBER_NOT_FOUND');
  });

  test('a suspended member at the limit with an unknown book hears of the suspension', async () => {
    await suspend(member);
    refused(await server.post('/borrows', { book_id: UNKNOWN_ID, member_id: member.id }), 409, 'MEMBER_SUSPENDED');
    refused(await tryLending(held, member), 409, 'MEMBER_SUSPENDED');
    expect(await server.put(`/members/${member.id}/status`, { status: 'active' }), 200);
  });

  test('an expired member who is suspended too hears of the suspension, then of the expiry', async () => {
    const both = await makeMember(server, { expires_on: dayFromNow(-10) });
    await suspend(both);
    refused(await server.post('/borrows', { book_id: UNKNOWN_ID, member_id: both.id }), 409, 'MEMBER_SUSPENDED');
    const expired = await makeMember(server, { expires_on: dayFromNow(-10) });
    refused(await server.post('/borrows', { book_id: UNKNOWN_ID, member_id: expired.id }), 409, 'MEMBER_EXPIRED');
  });

  test('at the limit, the limit comes before the duplicate, the unknown book and the missing copy', async () => {
    refused(await tryLending(held, member), 409, 'BORROW_LIMIT_EXCEEDED');
    refused(await server.post('/borrows', { book_id: UNKNOWN_ID, member_id: member.id }), 409, 'BORROW_LIMIT_EXCEEDED');
    refused(await server.post('/borrows', { barcode: 'NO-SUCH', member_id: member.id }), 409, 'BORROW_LIMIT_EXCEEDED');
  });

  test('below the limit, the duplicate comes before the missing copy', async () => {
    const reader = await makeMember(server);
    const book = await makeBook(server);
    const borrow = await lend(server, book, reader);
    refused(await tryLending(book, reader), 409, 'ACTIVE_BORROW_EXISTS');
    refused(await server.post('/borrows', { barcode: borrow.copy.barcode, member_id: reader.id }), 409, 'ACTIVE_BORROW_EXISTS');
  });

  test('wrong members of the body come first of all', async () => {
    invalid(await server.post('/borrows', { book_id: UNKNOWN_ID, member_id: UNKNOWN_ID, occurred_at: 'yesterday' }), ['occurred_at']);
  });
});

describe('taking back', () => {
  for (const [how, back] of [
    ['POST /borrows/{id}/return', (borrow) => server.post(`/borrows/${borrow.id}/return`)],
    ['POST /borrows/{id}/return with an empty body', (borrow) => server.post(`/borrows/${borrow.id}/return`, {})],
    ['PUT /borrows/{id}/return', (borrow) => server.put(`/borrows/${borrow.id}/return`, {})],
    ['POST /borrows/return with the barcode', (borrow) => server.post('/borrows/return', { barcode: borrow.copy.barcode })],
    ['POST /borrowings/{id}/return', (borrow) => server.post(`/borrowings/${borrow.id}/return`)],
    ['PUT /borrowings/{id}/return', (borrow) => server.put(`/borrowings/${borrow.id}/return`)],
    ['POST /borrowings/return', (borrow) => server.post('/borrowings/return', { barcode: borrow.copy.barcode })],
  ]) {
    test(`${how} closes the loan once; the second time is 409 ALREADY_RETURNED`, async () => {
      const book = await makeBook(server);
      const member = await makeMember(server);
      const borrow = await lend(server, book, member);
      const returned = expect(await back(borrow), 200);
      assertHas(returned, { id: borrow.id, status: 'returned', overdue: false, fine: 0, due_date: borrow.due_date, borrowed_at: borrow.borrowed_at });
      assert.match(returned.returned_at, INSTANT);
      assert.ok(returned.returned_at >= returned.borrowed_at);
      assertHas(await bookNow(book), { available_copies: 1, borrow_count: 1 });
      refused(await back(borrow), 409, 'ALREADY_RETURNED', /already returned/);
      const { outcome, balance, next_hold, ...loan } = returned;
      assert.deepEqual({ outcome, balance, next_hold }, { outcome: 'returned', balance: 0, next_hold: null });
      assert.deepEqual(expect(await server.get(`/borrowings/${borrow.id}`), 200), loan, 'a returned loan never changes again');
      assertHas(await bookNow(book), { available_copies: 1 });
    });
  }

  test('an unknown loan is 404 BORROW_RECORD_NOT_FOUND, an unknown barcode 404 COPY_NOT_FOUND, a malformed id 422', async () => {
    for (const root of ['/borrows', '/borrowings']) {
      refused(await server.get(`${root}/${UNKNOWN_ID}`), 404, 'BORROW_RECORD_NOT_FOUND', /^Borrow record not found\./);
      refused(await server.post(`${root}/${UNKNOWN_ID}/return`), 404, 'BORROW_RECORD_NOT_FOUND', /^Borrow record not found\./);
      refused(await server.put(`${root}/${UNKNOWN_ID}/return`), 404, 'BORROW_RECORD_NOT_FOUND', /^Borrow record not found\./);
      refused(await server.post(`${root}/return`, { barcode: 'NO-SUCH' }), 404, 'COPY_NOT_FOUND', /^Copy not found\./);
      invalid(await server.get(`${root}/17`), ['id'], 'path');
      invalid(await server.post(`${root}/17/return`), ['id'], 'path');
      invalid(await server.post(`${root}/return`, { card: 'x' }), ['barcode', 'card']);
    }
  });

  test('a copy that never was out is 409 ALREADY_RETURNED', async () => {
    const [copy] = await copiesOf(server, await makeBook(server));
    refused(await server.post('/borrows/return', { barcode: copy.barcode }), 409, 'ALREADY_RETURNED', /already returned/);
  });
});

describe('when it happened (occurred_at)', () => {
  test('a loan reported late is dated, due and overdue accordingly', async () => {
    const book = await makeBook(server);
    const at = daysAgo(13);
    const borrow = expect(await tryLending(book, await makeMember(server), { occurred_at: at }), 201);
    assert.equal(Date.parse(borrow.borrowed_at), Date.parse(at));
    const due = new Date(Date.parse(at) + 14 * DAY_MS).toISOString().slice(0, 10);
    assert.equal(borrow.due_date.slice(0, 10), due);
    assert.equal(borrow.overdue, false);
    const back = daysAgo(2);
    const returned = await takeBack(server, borrow, { occurred_at: back });
    assert.equal(Date.parse(returned.returned_at), Date.parse(back));
  });

  test('an offset from Greenwich means the same instant', async () => {
    const at = new Date(NOON - 2 * DAY_MS);
    const abroad = `${new Date(at.getTime() + 5.5 * 3_600_000).toISOString().slice(0, 19)}+05:30`;
    const borrow = await lend(server, await makeBook(server), await makeMember(server), { occurred_at: abroad });
    assert.equal(Math.floor(Date.parse(borrow.borrowed_at) / 1000), Math.floor(at.getTime() / 1000));
  });

  test('not in the future, not more than 14 days back, and no other way of writing it', async () => {
    const book = await makeBook(server);
    const member = await makeMember(server);
    for (const occurred_at of [new Date(NOON + 600_000).toISOString(), daysAgo(14.1), '2026-01-01', 'yesterday', 1_700_000_000, '2026-02-30T10:00:00Z']) {
      invalid(await tryLending(book, member, { occurred_at }), ['occurred_at']);
    }
    const borrow = await lend(server, book, member, { occurred_at: daysAgo(13.9) });
    for (const occurred_at of [daysAgo(14.1), daysAgo(13.95), new Date(NOON + 600_000).toISOString()]) {
      invalid(await server.post(`/borrows/${borrow.id}/return`, { occurred_at }), ['occurred_at']);
    }
    invalid(await server.post('/borrows/return', { barcode: borrow.copy.barcode, occurred_at: daysAgo(13.95) }), ['occurred_at']);
    await takeBack(server, borrow, { occurred_at: daysAgo(13.85) });
  });

  test('the same copy was not in two hands at once', async () => {
    const book = await makeBook(server);
    const borrow = await lend(server, book, await makeMember(server), { occurred_at: daysAgo(5) });
    await takeBack(server, borrow, { occurred_at: daysAgo(2) });
    invalid(await tryLending(book, await makeMember(server), { occurred_at: daysAgo(3) }), ['occurred_at']);
    expect(await tryLending(book, await makeMember(server), { occurred_at: daysAgo(1) }), 201);
  });

  test('a late return is overdue, costs the daily fine, and is listed while it is out, longest first', async () => {
    const [rule] = expect(await server.get('/policies/loan-rules'), 200).data;
    expect(await server.put(`/policies/loan-rules/${rule.id}`, { loan_days: 2, fine_per_day: '0.25' }), 200);
    const [early, late] = [await makeMember(server), await makeMember(server)];
    const [book, other] = [await makeBook(server), await makeBook(server)];
    const second = await lend(server, book, late, { occurred_at: daysAgo(5) });
    const first = await lend(server, other, early, { occurred_at: daysAgo(12) });
    await lend(server, await makeBook(server), late);
    assertHas(first, { overdue: true, fine: 2.5 });
    assertHas(second, { overdue: true, fine: 0.75 });
    for (const path of ['/borrows/overdue', '/borrowings/overdue']) {
      assert.deepEqual(expect(await server.get(path), 200).data.map((one) => one.id), [first.id, second.id], path);
    }
    assert.deepEqual(expect(await server.get('/borrows?overdue=true&sort_by=due_date'), 200).data.map((one) => one.id), [first.id, second.id]);
    assert.equal(expect(await server.get(`/borrows/overdue?member_id=${late.id}`), 200).meta.total, 1);
    const returned = await takeBack(server, first, { occurred_at: daysAgo(4) });
    assertHas(returned, { overdue: false, fine: 1.5, status: 'returned' });
    assert.deepEqual(expect(await server.get('/borrows/overdue'), 200).data.map((one) => one.id), [second.id]);
    await takeBack(server, second);
    expect(await server.put(`/policies/loan-rules/${rule.id}`, { loan_days: rule.loan_days, fine_per_day: rule.fine_per_day }), 200);
    assert.equal(expect(await server.get(`/borrows/${first.id}`), 200).fine, 1.5, 'a loan keeps the terms on which it was lent');
  });

  test('no parameter of a client widens the list of what is overdue', async () => {
    const all = expect(await server.get('/borrows?limit=1'), 200).meta.total;
    const overdue = expect(await server.get('/borrows/overdue?limit=1'), 200).meta.total;
    assert.ok(overdue < all);
    for (const query of ['.overdue=true', 'overdue=true', 'overdue=false', 'status=returned']) {
      assert.equal(expect(await server.get(`/borrows/overdue?limit=1&${query}`), 200).meta.total, overdue, query);
    }
  });
});

describe('lists of loans', () => {
  let reader;
  let book;
  let open;
  let closed;
  before(async () => {
    reader = await makeMember(server, { name: unique('Listing Reader') });
    book = await makeBook(server, { title: unique('Listed Quagga'), total_copies: 3 });
    closed = await takeBack(server, await lend(server, book, reader, { occurred_at: daysAgo(9) }));
    open = await lend(server, book, reader);
    await lend(server, book, await makeMember(server));
  });
  const ids = async (path) => expect(await server.get(path), 200).data.map((one) => one.id);

  test('by member, by book, by status, newest first', async () => {
    for (const path of [`/members/${reader.id}/borrows`, `/members/${reader.id}/history`, `/borrowings/member/${reader.id}`, `/borrows?member_id=${reader.id}`, `/borrowings?member_id=${reader.id}`]) {
      assert.deepEqual(await ids(path), [open.id, closed.id], path);
    }
    assert.deepEqual(await ids(`/members/${reader.id}/history?status=returned`), [closed.id]);
    assert.deepEqual(await ids(`/members/${reader.id}/history?sort=borrowed_at&order=asc`), [closed.id, open.id]);
    assert.deepEqual(await ids(`/borrows?member_id=${reader.id}&status=borrowed`), [open.id]);
    assert.equal(expect(await server.get(`/books/${book.id}/borrows`), 200).meta.total, 3);
    assert.equal(expect(await server.get(`/borrows?book_id=${book.id}&status=borrowed`), 200).meta.total, 2);
    refused(await server.get('/borrows?status=eaten'), 400, 'INVALID_PARAMETER', /status/);
    refused(await server.get('/borrows?member_id=17'), 400, 'INVALID_PARAMETER', /member_id/);
  });

  test("a client's own member_id or book_id does not overrule the path", async () => {
    const other = await makeMember(server);
    assert.deepEqual(await ids(`/members/${reader.id}/borrows?member_id=${other.id}`), [open.id, closed.id]);
    assert.equal(expect(await server.get(`/books/${book.id}/borrows?book_id=${UNKNOWN_ID}`), 200).meta.total, 3);
  });

  test('by day of lending, both ends included', async () => {
    const of = (query) => ids(`/borrows?member_id=${reader.id}&${query}`);
    const then = daysAgo(9).slice(0, 10);
    assert.deepEqual(await of(`from=${then}&to=${then}`), [closed.id]);
    assert.deepEqual(await of(`from=${dayFromNow(0)}`), [open.id]);
    assert.deepEqual(await of(`to=${dayFromNow(-1)}`), [closed.id]);
    refused(await server.get('/borrows?from=yesterday'), 400, 'INVALID_PARAMETER', /from/);
  });

  test('by words of the title and of the name', async () => {
    assert.equal((await ids(`/borrows?q=${encodeURIComponent(book.title)}`)).length, 3);
    assert.deepEqual(await ids(`/borrows?q=${encodeURIComponent(reader.name)}`), [open.id, closed.id]);
    assert.deepEqual(await ids('/borrows?q=nobodyhasthisname'), []);
  });

  test('sorted by status, what is out comes first', async () => {
    assert.deepEqual(await ids(`/borrows?member_id=${reader.id}&sort_by=status`), [open.id, closed.id]);
    assert.deepEqual(await ids(`/borrows?member_id=${reader.id}&sort=-status`), [closed.id, open.id]);
    assert.deepEqual(await ids(`/borrows?member_id=${reader.id}&sort_by=returned_at`), [closed.id, open.id]);
    assert.deepEqual(await ids(`/borrows?member_id=${reader.id}&sort_by=due_date&order=desc`), [open.id, closed.id]);
  });
});

describe("a title's details", () => {
  test('show who has it now, who had it, and its figures', async () => {
    const book = await makeBook(server, { total_copies: 2 });
    const [now, then] = [await makeMember(server, { name: 'Has It' }), await makeMember(server, { name: 'Had It' })];
    const past = await takeBack(server, await lend(server, book, then, { occurred_at: daysAgo(6) }), { occurred_at: daysAgo(3) });
    const open = await lend(server, book, now);
    const details = expect(await server.get(`/books/${book.id}/details`), 200);
    assert.deepEqual(details.book, await bookNow(book));
    assert.deepEqual(details.current_borrowers, [
      { borrow_id: open.id, member_id: now.id, name: 'Has It', borrowed_at: open.borrowed_at, due_date: open.due_date, days_until_due: 14 },
    ]);
    assert.deepEqual(details.borrow_history, [
      { member_id: then.id, member_name: 'Had It', borrowed_at: past.borrowed_at, returned_at: past.returned_at, duration_days: 3 },
    ]);
    assertHas(details.analytics, { total_times_borrowed: 2, last_borrowed_at: open.borrowed_at, longest_borrow_duration: 3, availability_status: 'LOW_STOCK' });
    assert.deepEqual(Object.keys(details), ['book', 'current_borrowers', 'borrow_history', 'analytics']);
  });
});

describe('what happened is told', () => {
  test('a loan and its return are one compact audit row each, with the correlation id of their request', async () => {
    const book = await makeBook(server);
    const member = await makeMember(server);
    const borrow = expect(await server.post('/borrows', { book_id: book.id, member_id: member.id }, { 'X-Correlation-ID': 'lend-1' }), 201);
    expect(await server.post(`/borrows/${borrow.id}/return`, undefined, { 'X-Correlation-ID': 'back-1' }), 200);
    const log = expect(await server.get('/admin/audit-logs?entity=borrow&limit=2'), 200).data;
    assert.deepEqual(log.map(({ at, ...row }) => {
      assert.match(at, INSTANT);
      return row;
    }), [
      { actor: 'anonymous', action: 'borrow.returned', entity: 'borrow', entity_id: borrow.id, before: null, after: null, address: '127.0.0.1', correlation_id: 'back-1' },
      { actor: 'anonymous', action: 'borrow.lent', entity: 'borrow', entity_id: borrow.id, before: null, after: null, address: '127.0.0.1', correlation_id: 'lend-1' },
    ]);
  });

  test('the log can be asked by action, actor and day', async () => {
    const total = async (query) => expect(await server.get(`/admin/audit-logs?limit=1&${query}`), 200).meta.total;
    assert.ok(await total('action=borrow.lent') > 0);
    assert.ok(await total('action=borrow.lent') < await total(''));
    assert.equal(await total('action=borrow.eaten'), 0);
    assert.equal(await total('actor=nobody'), 0);
    assert.equal(await total(`from=${dayFromNow(2)}`), 0);
    assert.equal(await total(`to=${dayFromNow(-2)}`), 0);
    assert.equal(await total('.entity_id=1'), await total(''), 'internal ids are nobody’s business');
  });

  test('nobody writes the log from outside', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const reply = await server.http(method, '/api/v1/admin/audit-logs', method === 'DELETE' ? undefined : {});
      refused(reply, 405, 'METHOD_NOT_ALLOWED');
      assert.equal(reply.headers.allow, 'GET, HEAD');
    }
  });
});

describe('/metrics', () => {
  test('counts loans made and refused since the start, and those that are out now', async () => {
    const metrics = async () => expect(await server.get('/metrics'), 200);
    const before = await metrics();
    assert.equal(before.active_borrows_gauge, expect(await server.get('/borrows?status=borrowed&limit=1'), 200).meta.total);
    const [book, member] = [await makeBook(server), await makeMember(server)];
    const borrow = await lend(server, book, member);
    refused(await tryLending(book, member), 409, 'ACTIVE_BORROW_EXISTS');
    refused(await tryLending(book, await makeMember(server)), 409, 'INVENTORY_UNAVAILABLE');
    assert.deepEqual(await metrics(), {
      borrow_success_count: before.borrow_success_count + 1, borrow_failure_count: before.borrow_failure_count + 2, active_borrows_gauge: before.active_borrows_gauge + 1,
      last_backup_age_seconds: -1,
    });
    await takeBack(server, borrow);
    assert.equal((await metrics()).active_borrows_gauge, before.active_borrows_gauge);
  });
});
