// Opening hours that change: what is due on a day that is closed from then on moves to the next open one. The hours
// themselves: calendar.test.mjs.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { assertHas, expect, invalid, lend, makeBook, makeMember, takeBack } from '../support/library.mjs';
import { dayFromNow, startServer } from '../support/noon.mjs';

let server;
let rule;
before(async () => {
  server = await startServer();
  [rule] = expect(await server.get('/policies/loan-rules'), 200).data;
});
after(() => server.stop({ check: true }));

const close = async (first, last, more = {}) => expect(await server.post('/closures', { first_day: dayFromNow(first), last_day: dayFromNow(last), name: 'Closed', ...more }), 201);
const reopen = async (closure) => expect(await server.delete(`/closures/${closure.id}`), 200);
const dueIn = (loan) => Math.round((Date.parse(loan.due_date) - Date.parse(`${dayFromNow(0)}T23:59:59.999Z`)) / 86_400_000);
const dueNow = async (loan) => dueIn(expect(await server.get(`/borrows/${loan.id}`), 200));

/** A loan that is due in so many days. */
async function loanDueIn(days) {
  expect(await server.put(`/policies/loan-rules/${rule.id}`, { loan_days: days, max_loans: 1000 }), 200);
  const loan = await lend(server, await makeBook(server), await makeMember(server));
  assert.equal(dueIn(loan), days);
  return loan;
}

describe('a day that is closed without a closure', () => {
  const WEEK = [0, 1, 2, 3, 4, 5, 6];
  const weekdayIn = (days) => (new Date(`${dayFromNow(days)}T12:00:00Z`).getUTCDay() + 6) % 7;
  const openBut = async (...closed) => {
    const days = WEEK.filter((weekday) => !closed.includes(weekday)).map((weekday) => ({ weekday, opens: '10:00', closes: '18:00' }));
    return expect(await server.put('/opening-hours', { days }), 200);
  };
  beforeEach(() => openBut());

  test('what is due on a weekday that the opening hours close goes to the next open day, and stays there', async () => {
    const [before, on, again, far] = [await loanDueIn(120), await loanDueIn(121), await loanDueIn(121), await loanDueIn(128)];
    assertHas(await openBut(), { loans_moved: 0, holds_moved: 0 });
    const week = await openBut(weekdayIn(121), weekdayIn(122));
    assert.deepEqual([week.days.length, week.loans_moved, week.holds_moved], [5, 3, 0]);
    assert.deepEqual([await dueNow(before), await dueNow(on), await dueNow(again), await dueNow(far)], [120, 123, 123, 130]);
    assertHas(await openBut(weekdayIn(121), weekdayIn(122)), { loans_moved: 0, holds_moved: 0 });
    assertHas(await openBut(), { loans_moved: 0, holds_moved: 0 });
    assert.equal(await dueNow(on), 123, 'other hours move nothing back');
    for (const loan of [before, on, again, far]) await takeBack(server, loan);
  });

  test('the last day on which a hold may be fetched moves as well', async () => {
    const book = await makeBook(server);
    const out = await lend(server, book, await makeMember(server));
    const hold = expect(await server.post('/holds', { book_id: book.id, member_id: (await makeMember(server)).id }), 201);
    assert.equal((await takeBack(server, out)).next_hold.pickup_until, dayFromNow(7));
    assertHas(await openBut(weekdayIn(7)), { holds_moved: 1 });
    assert.equal(expect(await server.get(`/holds/${hold.id}`), 200).pickup_until, dayFromNow(8));
    expect(await server.delete(`/holds/${hold.id}`), 200);
  });

  test('what a closure left where it was stays, whatever the hours are', async () => {
    const loan = await loanDueIn(140);
    const still = await close(140, 140, { move: false });
    assertHas(await openBut(weekdayIn(140)), { loans_moved: 0 });
    assert.equal(await dueNow(loan), 140);
    await reopen(still);
    await takeBack(server, loan);
  });

  test('an exceptional opening that is taken back lets what was due then move on', async () => {
    await openBut(weekdayIn(150));
    const opening = await close(150, 150, { kind: 'opening', name: 'Reading night' });
    const loan = await loanDueIn(150);
    assert.deepEqual(await reopen(opening), { loans_moved: 1, holds_moved: 0 });
    assert.equal(await dueNow(loan), 151);
    await takeBack(server, loan);
  });

  test('wrong hours move nothing', async () => {
    const loan = await loanDueIn(160);
    invalid(await server.put('/opening-hours', { days: [{ weekday: weekdayIn(161), opens: '18:00', closes: '10:00' }] }), ['days']);
    assert.equal(await dueNow(loan), 160);
    await takeBack(server, loan);
  });
});
