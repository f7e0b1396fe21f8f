// Privacy: a loan that came back long ago forgets who had it, and wherever a loan is shown it says so. Months pass by
// the test's clock; the server is stopped with --check, so that every number is counted again.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, lend, makeBook, makeMember, takeBack } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const JOB = '/admin/jobs/forget_loans/run';
const forgetAfter = async (server, days) => expect(await server.put('/admin/system-config', { forget_loans_after_days: days }), 200);
const get = async (server, path) => expect(await server.get(path), 200);
const run = async (server) => expect(await server.post(JOB), 200).outcome;

/** A server that stands at nine o'clock of a day that the test moves on. */
async function startAt(day) {
  const clock = await makeTestClock(`${day}T09:00:00.000Z`);
  const server = await startServer({ home: clock.home, env: clock.env });
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
    assert.equal(await run(server), 'ok: 0 rows');
    assert.equal((await get(server, `/borrows/${loan.id}`)).member.id, member.id);
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
  let outcome;
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
    goTo('2026-04-01');
    await takeBack(server, others);
    recent = await lend(server, book, reader);
    goTo('2026-04-24');
    assert.equal(await run(server), 'ok: 0 rows', 'the day before');
    goTo('2026-04-25');
    outcome = await run(server);
  });
  after(() => server.stop({ check: true }));

  test('the loan names nobody; what was lent and when it came back stays', async () => {
    assert.equal(outcome, 'ok: 1 rows');
    const loan = await get(server, `/borrows/${old.id}`);
    assertHas(loan, { member_id: null, member: { id: null, name: null, card: null }, book_id: book.id, status: 'returned', borrowed_at: old.borrowed_at });
    assert.equal(loan.returned_at, '2026-01-25T09:00:00.000Z');
    assert.equal((await get(server, `/borrows/${recent.id}`)).member_id, reader.id);
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
    assert.equal(await run(server), 'ok: 0 rows');
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
    assert.equal(await run(server), 'ok: 0 rows');
    const paid = await server.post('/fines/pay', { member_id: member.id, amount: 5, method: 'cash' }, { 'Idempotency-Key': 'paid-once' });
    assert.match(paid.text, new RegExp(loan.book.title), 'the kept answer names what it was for');
    assert.equal(await run(server), 'ok: 0 rows');
    goTo('2026-02-06');
    assert.equal(await run(server), 'ok: 1 rows');
    assert.equal((await get(server, `/borrows/${loan.id}`)).member_id, null);
    assertHas(await get(server, `/fines/${charge.id}`), { member_id: member.id, borrow_id: null, copy_id: null, amount: 5 });
  });
});
