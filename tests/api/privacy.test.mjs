// Privacy: a loan that came back long ago forgets who had it, and wherever a loan is shown it says so. Months pass by
// the test's clock; the server is stopped with --check, so that every number is counted again.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, lend, makeBook, makeMember, takeBack } from '../support/library.mjs';
import { makePeople, signIn } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const JOB = '/admin/jobs/forget_loans/run';
const forgetAfter = async (server, days) => expect(await server.put('/admin/system-config', { forget_loans_after_days: days }), 200);
const get = async (server, path) => expect(await server.get(path), 200);
/** Every run is awaited; the scheduler may have made one of its own before, so that what is left tells, not how many rows it had. */
const run = async (server) => assert.match(expect(await server.post(JOB), 200).outcome, /^ok: (1 row|[02-9] rows)$/);
const readerOf = async (server, loan) => (await get(server, `/borrows/${loan.id}`)).member_id;

/** Whatever a row says of its member is null. */
function assertNobody(row) {
  assert.equal(row.member_id, null);
  assert.deepEqual(Object.entries(row.member).filter(([, value]) => value !== null), []);
}

/** A server that stands at nine o'clock of a day that the test moves on. */
async function startAt(day, options = {}) {
  const clock = await makeTestClock(`${day}T09:00:00.000Z`);
  const server = await startServer({ home: clock.home, env: clock.env, ...options });
  return { server, goTo: (next) => clock.moveTo(`${next}T09:00:00.000Z`) };
}

describe('unless an administrator wants it', () => {
  let server;
  let goTo;
  before(async () => {
    ({ server, goTo } = await startAt('2016-03-01'));
  });
  after(() => server.stop({ check: true }));

  test('nothing is forgotten, not after ten years', async () => {
    const member = await makeMember(server);
    const loan = await lend(server, await makeBook(server), member);
    await takeBack(server, loan);
    goTo('2026-03-01');
    await run(server);
    assert.equal(await readerOf(server, loan), member.id);
  });
});

describe('ninety days after its return', () => {
  let server;
  let goTo;
  let reader;
  let other;
  let book;
  let old;
  let recent;
  before(async () => {
    ({ server, goTo } = await startAt('2026-01-05'));
    reader = await makeMember(server);
    other = await makeMember(server);
    book = await makeBook(server, { total_copies: 3 });
    await forgetAfter(server, 90);
    old = await lend(server, book, reader);
    const others = await lend(server, book, other);
    goTo('2026-01-25'); // late
    await takeBack(server, old);
    const { balance } = await get(server, `/members/${reader.id}/fines`);
    expect(await server.post('/fines/pay', { member_id: reader.id, amount: balance, method: 'cash' }), 201);
    goTo('2026-04-01');
    await takeBack(server, others);
    recent = await lend(server, book, reader);
    goTo('2026-04-24');
    await run(server);
    assert.equal(await readerOf(server, old), reader.id, 'the day before');
    goTo('2026-04-25');
    await run(server);
  });
  after(() => server.stop({ check: true }));

  test('the loan names nobody; what was lent and when it came back stays', async () => {
    const loan = await get(server, `/borrows/${old.id}`);
    assertNobody(loan);
    assertHas(loan, { book_id: book.id, status: 'returned', borrowed_at: old.borrowed_at });
    assert.equal(loan.returned_at, '2026-01-25T09:00:00.000Z');
    assert.equal(await readerOf(server, recent), reader.id);
  });

  test("it is in the library's and in the title's lists, in the reader's no more, and totals agree", async () => {
    for (const [path, total, has] of [['/borrows', 3, true], [`/books/${book.id}/borrows`, 3, true], [`/borrows?book_id=${book.id}`, 3, true],
      [`/members/${reader.id}/borrows`, 1, false], [`/members/${reader.id}/history`, 1, false], [`/borrows?member_id=${reader.id}`, 1, false],
      [`/borrows?q=${encodeURIComponent(reader.name)}`, 1, false], [`/borrows?q=${encodeURIComponent(book.title)}`, 3, true]]) {
      const page = await get(server, path);
      assert.deepEqual([page.meta.total, page.data.length, page.data.some((row) => row.id === old.id)], [total, total, has], path);
    }
  });

  test("the title's page has it without a name", async () => {
    const { borrow_history: history } = await get(server, `/books/${book.id}/details`);
    assert.deepEqual(history.map((past) => [past.member_id, past.member_name]), [[other.id, other.name], [null, null]]);
    assert.equal(history.find((past) => past.member_id === null).duration_days, 20);
  });

  test('as CSV its cells are empty', async () => {
    const { text } = await server.http('GET', '/api/v1/borrows', undefined, { Accept: 'text/csv' });
    const [head, ...rows] = text.trim().split(/\r?\n/).map((line) => line.split(','));
    const row = rows.find((cells) => cells.includes(old.id));
    assert.equal(rows.length, 3);
    const ofMember = head.filter((name) => name.startsWith('member'));
    assert.ok(ofMember.length >= 3, head.join());
    for (const name of ofMember) assert.equal(row[head.indexOf(name)], '', name);
  });

  test('the reader has the numbers of the loans that are left', async () => {
    assertHas(await get(server, `/members/${reader.id}/analytics`), { total_books_borrowed: 1, active_books: 1, overdue_count: 0 });
    const { member } = await get(server, `/members/${reader.id}`);
    assert.equal(member.id, reader.id);
  });

  test('the dashboard keeps the readers of the day and the loans of the title, and leaves the loan out of the favourites', async () => {
    const days = 'from=2026-01-01&to=2026-04-25';
    const summary = await get(server, `/analytics/summary?${days}`);
    assert.deepEqual(summary.daily_active_members.filter((one) => one.count > 0), [{ date: '2026-01-05', count: 2 }, { date: '2026-04-01', count: 1 }]);
    assert.deepEqual(summary.popular_books.map((one) => [one.book_id, one.borrow_count]), [[book.id, 3]]);
    assert.deepEqual(summary.top_members.map((one) => [one.member_id, one.borrow_count]).sort(), [[reader.id, 1], [other.id, 1]].sort());
    assert.deepEqual((await get(server, '/analytics/stats/top-members?from=2026-01-01&to=2026-01-31')).data.map((one) => one.member_id), [other.id]);
    const acts = summary.recent_activity.filter((one) => one.id === old.id);
    assert.deepEqual(acts.map((one) => [one.type, one.member_name, one.book_title]), [['return', null, book.title], ['borrow', null, book.title]]);
  });

  test('the audit log says that it was done, once, and how many', async () => {
    const { data } = await get(server, '/admin/audit-logs?action=loans.forgotten');
    assert.deepEqual(data.map((row) => [row.actor, row.entity, row.after]), [['scheduler', 'library', '{"loans":"1"}']]);
    const { data: acts } = await get(server, '/admin/audit-logs?entity=borrow');
    const ofLoan = acts.filter((row) => row.entity_id === old.id);
    assert.deepEqual(ofLoan.map((row) => [row.action, row.correlation_id]), [['borrow.returned', null], ['borrow.lent', null]]);
    assert.ok(acts.some((row) => row.entity_id === recent.id && row.correlation_id !== null));
  });

  test('again: nothing is left to forget', async () => {
    assert.equal(expect(await server.post(JOB), 200).outcome, 'ok: 0 rows');
  });
});

describe('a fee that is open', () => {
  let server;
  let goTo;
  before(async () => {
    ({ server, goTo } = await startAt('2026-01-05'));
    await forgetAfter(server, 1);
  });
  after(() => server.stop({ check: true }));

  test('keeps the loan until a day after it was paid; then the charge no longer says what for', async () => {
    const member = await makeMember(server);
    const loan = await lend(server, await makeBook(server), member);
    await takeBack(server, loan);
    const charge = expect(await server.post('/fines/charge', { member_id: member.id, kind: 'damage', amount: 5, borrow_id: loan.id, note: 'coffee' }), 201);
    assert.equal(charge.borrow_id, loan.id);
    goTo('2026-02-05');
    await run(server);
    assert.equal(await readerOf(server, loan), member.id, 'while it is open');
    const paid = await server.post('/fines/pay', { member_id: member.id, amount: 5, method: 'cash' }, { 'Idempotency-Key': 'paid-once' });
    assert.match(paid.text, new RegExp(loan.book.title), 'the kept answer names what it was for');
    await run(server);
    assert.equal(await readerOf(server, loan), member.id, 'while that answer is kept');
    goTo('2026-02-06');
    await run(server);
    assert.equal(await readerOf(server, loan), null);
    assertHas(await get(server, `/fines/${charge.id}`), { member_id: member.id, borrow_id: null, copy_id: null, amount: 5 });
  });
});

describe('what the readers did themselves', () => {
  let server;
  let goTo;
  let people;
  let book;
  let loan;
  let admin;
  let first;
  before(async () => {
    ({ server, goTo } = await startAt('2026-01-05', { auth: 'on' }));
    people = await makePeople(server);
    expect(await people.admin.put('/admin/system-config', { forget_loans_after_days: 20, session_idle_minutes: 20160 }), 200);
    first = expect(await people.librarian.get('/events'), 200).last_event_id;
    book = await makeBook(people.librarian);
    expect(await people.member.post('/holds', { book_id: book.id }), 201);
    loan = await lend(people.librarian, book, people.member.record);
    goTo('2026-01-08');
    expect(await people.member.post(`/borrows/${loan.id}/renew`), 200);
    await takeBack(people.librarian, loan);
    const before = expect(await people.admin.get(`/borrows/${loan.id}/renewals`), 200).data;
    assert.deepEqual(before.map((row) => row.renewed_by), [people.member.account.name], 'until then the reader is named');
    goTo('2026-01-28');
    admin = await signIn(server, people.admin.account.name);
    await run(admin);
  });
  after(() => server.stop({ check: true }));

  test('a renewal says that a reader made it, not which', async () => {
    const { data } = expect(await admin.get(`/borrows/${loan.id}/renewals`), 200);
    assert.deepEqual(data.map((row) => [row.way, row.renewed_by]), [['reader', 'a reader']]);
  });

  test('the hold that led to the loan names nobody, and still counts', async () => {
    const { data, meta } = expect(await admin.get(`/holds?book_id=${book.id}`), 200);
    assert.equal(meta.total, 1);
    assert.equal(data[0].status, 'fulfilled');
    assertNobody(data[0]);
    const ofReader = expect(await admin.get(`/members/${people.member.record.id}/holds`), 200);
    assert.deepEqual([ofReader.meta.total, ofReader.data], [0, []]);
  });

  test('the audit log has the acts, those of the staff with their names', async () => {
    const { data } = expect(await admin.get('/admin/audit-logs?limit=100'), 200);
    const acts = data.filter((row) => ['borrow', 'hold'].includes(row.entity)).map((row) => [row.action, row.actor, row.address === null, row.correlation_id]);
    const librarian = people.librarian.account.name;
    assert.deepEqual(acts.sort(), [['borrow.lent', librarian, false, null], ['borrow.renewed', 'a reader', true, null], ['borrow.returned', librarian, false, null],
      ['hold.fulfilled', librarian, false, null], ['hold.placed', 'a reader', true, null]]);
    assert.ok(data.some((row) => row.actor === people.member.account.name && row.action === 'login.succeeded'), 'what is of no loan stays');
  });

  test('no event says who', async () => {
    const { events } = expect(await admin.get(`/events?after=${first}`), 200);
    const ofBook = events.filter((event) => event.book_id === book.id);
    const types = new Set(ofBook.map((event) => event.type));
    for (const type of ['BookReserved', 'BookIssued', 'HoldFulfilled', 'BookRenewed', 'BookReturned']) assert.ok(types.has(type), `${type} of ${[...types]}`);
    assert.deepEqual(ofBook.filter((event) => event.member_id !== null), []);
  });
});

describe('holds that ended without a loan', () => {
  let server;
  let goTo;
  let people;
  let book;
  let admin;
  let first;
  before(async () => {
    ({ server, goTo } = await startAt('2026-01-05', { auth: 'on' }));
    people = await makePeople(server);
    expect(await people.admin.put('/admin/system-config', { forget_loans_after_days: 20, session_idle_minutes: 20160 }), 200);
    first = expect(await people.librarian.get('/events'), 200).last_event_id;
    book = await makeBook(people.librarian);
    const hold = expect(await people.member.post('/holds', { book_id: book.id }), 201);
    goTo('2026-01-08');
    expect(await people.member.delete(`/holds/${hold.id}`), 200);
    goTo('2026-01-09');
    expect(await people.member.post('/holds', { book_id: book.id }), 201);
    goTo('2026-01-27');
    admin = await signIn(server, people.admin.account.name);
    await run(admin);
    const { data } = expect(await admin.get(`/holds?book_id=${book.id}`), 200);
    assert.ok(data.every((row) => row.member_id === people.member.record.id), 'the day before');
    goTo('2026-01-28');
    assert.equal(expect(await admin.post(JOB), 200).outcome, 'ok: 1 row');
  });
  after(() => server.stop({ check: true }));

  test('name nobody twenty days later; one that waits does', async () => {
    const { data } = expect(await admin.get(`/holds?book_id=${book.id}`), 200);
    const [ended, waits] = ['cancelled', 'waiting'].map((status) => data.find((row) => row.status === status));
    assertNobody(ended);
    assert.equal(waits.member_id, people.member.record.id);
    assert.deepEqual(expect(await admin.get(`/members/${people.member.record.id}/holds`), 200).data.map((row) => row.status), ['waiting']);
  });

  test('nor do the audit log and the events', async () => {
    const { data } = expect(await admin.get('/admin/audit-logs?entity=hold'), 200);
    const login = people.member.account.name;
    assert.deepEqual(data.map((row) => [row.action, row.actor]).sort(), [['hold.cancelled', 'a reader'], ['hold.placed', 'a reader'], ['hold.placed', login]].sort());
    const [told] = expect(await admin.get('/admin/audit-logs?action=holds.forgotten'), 200).data;
    assert.equal(told.after, '{"holds":"1"}');
    const { events } = expect(await admin.get(`/events?after=${first}`), 200);
    const ofBook = events.filter((event) => event.book_id === book.id && event.type !== 'BookAdded');
    assert.deepEqual(ofBook.map((event) => [event.type, event.member_id !== null]), [['BookReserved', false], ['HoldCancelled', false], ['BookReserved', true]]);
    assert.ok(events.some((event) => event.type === 'HoldsForgotten'));
  });
});
