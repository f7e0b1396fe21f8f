// A closure that is entered later: what was due then moves, is spread if that is wished, and comes back when it is undone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, invalid, lend, makeBook, makeMember, refused, takeBack, UNKNOWN_ID } from '../support/library.mjs';
import { dayFromNow, daysAgo, startServer } from '../support/noon.mjs';

let server;
let rule;
before(async () => {
  server = await startServer();
  [rule] = expect(await server.get('/policies/loan-rules'), 200).data;
});
after(() => server.stop({ check: true }));

const close = async (first, last, more = {}) => expect(await server.post('/closures', { first_day: dayFromNow(first), last_day: dayFromNow(last), name: 'Closed', ...more }), 201);
const preview = async (first, last, more = {}) => expect(await server.post('/closures/preview', { first_day: dayFromNow(first), last_day: dayFromNow(last), name: 'Closed', ...more }), 200);
const reopen = async (closure) => expect(await server.delete(`/closures/${closure.id}`), 200);
const dueIn = (loan) => Math.round((Date.parse(loan.due_date) - Date.parse(`${dayFromNow(0)}T23:59:59.999Z`)) / 86_400_000);
const dueNow = async (loan) => dueIn(expect(await server.get(`/borrows/${loan.id}`), 200));

/** A loan that is due in so many days. */
async function loanDueIn(days, member) {
  expect(await server.put(`/policies/loan-rules/${rule.id}`, { loan_days: days, max_loans: 1000 }), 200);
  const loan = await lend(server, await makeBook(server), member ?? (await makeMember(server)));
  assert.equal(dueIn(loan), days);
  return loan;
}

describe('entering a closure', () => {
  test('moves what is due then to the first open day after; what is due else stays', async () => {
    const [before, first, last, later] = [await loanDueIn(9), await loanDueIn(10), await loanDueIn(12), await loanDueIn(13)];
    const closure = await close(10, 12);
    assertHas(closure, { kind: 'closure', first_day: dayFromNow(10), last_day: dayFromNow(12), name: 'Closed', loans_moved: 2, holds_moved: 0 });
    assert.deepEqual([await dueNow(before), await dueNow(first), await dueNow(last), await dueNow(later)], [9, 13, 13, 13]);
    assertHas(expect(await server.get(`/closures/${closure.id}`), 200), { id: closure.id, name: 'Closed' });
    assert.deepEqual(await reopen(closure), { loans_moved: 2, holds_moved: 0 });
    assert.deepEqual([await dueNow(before), await dueNow(first), await dueNow(last), await dueNow(later)], [9, 10, 12, 13]);
    refused(await server.delete(`/closures/${closure.id}`), 404, 'CLOSURE_NOT_FOUND');
  });

  test('passes over days that are closed for another reason', async () => {
    const loan = await loanDueIn(20);
    const next = await close(21, 22, { name: 'Before' });
    const closure = await close(20, 20);
    assert.equal(await dueNow(loan), 23);
    await reopen(closure);
    assert.equal(await dueNow(loan), 20);
    await reopen(next);
  });

  test('without move, nothing moves; an exceptional opening moves nothing and keeps its day open', async () => {
    const loan = await loanDueIn(30);
    const still = await close(30, 30, { move: false });
    assertHas(still, { loans_moved: 0 });
    assert.equal(await dueNow(loan), 30);
    await reopen(still);
    const opening = await close(30, 30, { kind: 'opening', name: 'Open after all' });
    assertHas(opening, { kind: 'opening', loans_moved: 0 });
    const around = await close(29, 31);
    assert.equal(await dueNow(loan), 30, 'an opening wins over a closure');
    await reopen(around);
    await reopen(opening);
  });

  test('a yearly one moves what is due when it comes again', async () => {
    // Not due on a 29th of February: the year before has none.
    const days = dayFromNow(400).endsWith('-02-29') ? 402 : 400;
    const loan = await loanDueIn(days);
    const first = new Date(Date.parse(loan.due_date));
    first.setUTCFullYear(first.getUTCFullYear() - 1);
    const day = first.toISOString().slice(0, 10);
    const closure = expect(await server.post('/closures', { first_day: day, name: 'Founding day', yearly: true }), 201);
    assertHas(closure, { yearly: true, last_day: day, loans_moved: 1 });
    assert.equal(await dueNow(loan), days + 1);
    await reopen(closure);
    assert.equal(await dueNow(loan), days);
  });

  test('moves the last day on which a hold may be fetched, and back', async () => {
    const book = await makeBook(server);
    const out = await lend(server, book, await makeMember(server));
    const waiting = await makeMember(server);
    const hold = expect(await server.post('/holds', { book_id: book.id, member_id: waiting.id }), 201);
    const until = (await takeBack(server, out)).next_hold.pickup_until;
    assert.equal(until, dayFromNow(7));
    const closure = await close(6, 8);
    assertHas(closure, { holds_moved: 1 });
    const holdNow = async () => expect(await server.get(`/holds/${hold.id}`), 200).pickup_until;
    assert.equal(await holdNow(), dayFromNow(9));
    assert.equal((await reopen(closure)).holds_moved, 1);
    assert.equal(await holdNow(), dayFromNow(7));
  });

  test('tells whoever has the loan: an event for each, an audit row for the closure', async () => {
    const loan = await loanDueIn(40);
    const { last_event_id: before } = expect(await server.get('/events'), 200);
    const closure = await close(40, 40, { name: 'Polling day' });
    const { events } = expect(await server.get(`/events?after=${before}`), 200);
    assert.deepEqual(events.filter(({ type }) => type === 'DueDateMoved').map((event) => [event.borrow_id, event.detail]), [[loan.id, dayFromNow(41)]]);
    const [log] = expect(await server.get('/admin/audit-logs?entity=closed_day&limit=1'), 200).data;
    assertHas(log, { action: 'closure.added', entity_id: closure.id });
    await reopen(closure);
  });
});

describe('spreading', () => {
  test('evenly over the next open days, in the order in which it was due', async () => {
    const loans = [];
    for (const days of [50, 50, 50, 51, 51, 52]) loans.push(await loanDueIn(days));
    const gap = await close(54, 54, { name: 'A day between' });
    const closure = await close(50, 52, { spread_days: 3 });
    assert.equal(closure.loans_moved, 6);
    assert.deepEqual(await Promise.all(loans.map(dueNow)), [53, 53, 55, 55, 56, 56]);
    assert.deepEqual(await reopen(closure), { loans_moved: 6, holds_moved: 0 });
    assert.deepEqual(await Promise.all(loans.map(dueNow)), [50, 50, 50, 51, 51, 52]);
    await reopen(gap);
  });

  test('fewer loans than days', async () => {
    const loans = [await loanDueIn(60), await loanDueIn(60)];
    const closure = await close(60, 60, { spread_days: 4 });
    assert.deepEqual(await Promise.all(loans.map(dueNow)), [61, 63]);
    await reopen(closure);
  });
});

describe('the preview', () => {
  test('says what would move, day by day and by example, and changes nothing', async () => {
    const member = await makeMember(server);
    const [one, two, there] = [await loanDueIn(70, member), await loanDueIn(71), await loanDueIn(72)];
    const closures = expect(await server.get('/closures'), 200).meta.total;
    const plan = await preview(70, 71, { spread_days: 2 });
    assertHas(plan, { loans_moved: 2, holds_moved: 0 });
    assert.deepEqual(plan.per_day, [
      { day: dayFromNow(70), returns_before: 1, returns_after: 0 },
      { day: dayFromNow(71), returns_before: 1, returns_after: 0 },
      { day: dayFromNow(72), returns_before: 1, returns_after: 2 },
      { day: dayFromNow(73), returns_before: 0, returns_after: 1 },
    ]);
    assert.deepEqual(plan.examples[0], { borrow_id: one.id, title: one.book.title, member_name: member.name, card: member.card, due_before: dayFromNow(70), due_after: dayFromNow(72) });
    assert.deepEqual(plan.examples.map((example) => example.due_after), [dayFromNow(72), dayFromNow(73)]);
    assert.deepEqual([await dueNow(one), await dueNow(two), await dueNow(there)], [70, 71, 72]);
    assert.equal(expect(await server.get('/closures'), 200).meta.total, closures);
    const closure = await close(70, 71, { spread_days: 2 });
    assert.deepEqual([await dueNow(one), await dueNow(two), await dueNow(there)], [72, 73, 72], 'and so it comes about');
    await reopen(closure);
  });

  test('of nothing is empty; of an exceptional opening as well', async () => {
    const nothing = { loans_moved: 0, holds_moved: 0, per_day: [], examples: [] };
    assert.deepEqual(await preview(500, 501), nothing);
    assert.deepEqual(await preview(70, 72, { kind: 'opening' }), nothing);
    assert.deepEqual(await preview(70, 72, { move: false }), nothing);
  });
});

describe('taking it back', () => {
  test('leaves alone what was renewed, returned or moved on since', async () => {
    const [renewed, returned, moved, stays] = [await loanDueIn(80), await loanDueIn(80), await loanDueIn(80), await loanDueIn(80)];
    const closure = await close(80, 81);
    expect(await server.post(`/borrows/${renewed.id}/renew`), 200);
    await takeBack(server, returned);
    const renewedDue = await dueNow(renewed);
    const after = await close(82, 82);
    assert.deepEqual([await dueNow(moved), await dueNow(stays)], [83, 83]);
    assert.deepEqual(await reopen(closure), { loans_moved: 0, holds_moved: 0 }, 'the later closure has moved them on');
    assert.equal(await dueNow(renewed), renewedDue);
    assert.equal((await reopen(after)).loans_moved, 2);
    assert.deepEqual([await dueNow(moved), await dueNow(stays)], [82, 82]);
  });

  test('makes nothing late: what was due before today comes back to today', async () => {
    expect(await server.put(`/policies/loan-rules/${rule.id}`, { loan_days: 3, max_loans: 1000 }), 200);
    const loan = await lend(server, await makeBook(server), await makeMember(server), { occurred_at: daysAgo(5) });
    assert.equal(dueIn(loan), -2);
    const closure = await close(-3, 4);
    assertHas(expect(await server.get(`/borrows/${loan.id}`), 200), { overdue: false, fine: 0 });
    assert.equal(await dueNow(loan), 5);
    await reopen(closure);
    assert.equal(await dueNow(loan), 0);
    assertHas(expect(await server.get(`/borrows/${loan.id}`), 200), { overdue: false, fine: 0 });
    await takeBack(server, loan);
  });

  test('what lateness had cost by then is corrected with the move', async () => {
    const member = await makeMember(server);
    expect(await server.put(`/policies/loan-rules/${rule.id}`, { loan_days: 3, max_loans: 1000, fine_per_day: 1 }), 200);
    const loan = await lend(server, await makeBook(server), member, { occurred_at: daysAgo(5) });
    assert.equal(expect(await server.post('/fines/calculate', { member_id: member.id }), 200).fines, 2);
    const closure = await close(-2, 0);
    assert.equal(expect(await server.get(`/members/${member.id}/fines`), 200).balance, 0);
    assert.equal(await dueNow(loan), 1);
    await reopen(closure);
    await takeBack(server, loan);
  });
});

describe('what is refused', () => {
  test('days in the wrong order or out of the calendar, no name, an unknown kind, a spread of none', async () => {
    for (const path of ['/closures', '/closures/preview']) {
      invalid(await server.post(path, {}), ['first_day', 'name']);
      invalid(await server.post(path, { first_day: dayFromNow(5), last_day: dayFromNow(4), name: 'x' }), ['last_day']);
      invalid(await server.post(path, { first_day: '1889-12-31', name: 'x' }), ['first_day']);
      invalid(await server.post(path, { first_day: dayFromNow(5), name: 'x', kind: 'holiday', spread_days: 0, colour: 'red' }), ['kind', 'spread_days', 'colour']);
    }
    refused(await server.delete(`/closures/${UNKNOWN_ID}`), 404, 'CLOSURE_NOT_FOUND');
    invalid(await server.delete('/closures/17'), ['id'], 'path');
  });
});
