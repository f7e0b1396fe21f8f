// What being late costs: on the screen, posted by night, and at the return, always the same. Lost and found.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, copiesOf, endNight, expect, invalid, lend, makeBook, makeMember, refused, runJob, takeBack, UNKNOWN_ID } from '../support/library.mjs';
import { dayFromNow, daysAgo, startServer } from '../support/noon.mjs';

let server;
before(async () => {
  server = await startServer();
  const [rule] = expect(await server.get('/policies/loan-rules'), 200).data;
  expect(await server.put(`/policies/loan-rules/${rule.id}`, { loan_days: 3, fine_per_day: '0.50', max_loans: 20 }), 200);
  await endNight(server);
});
after(() => server.stop({ check: true }));

const set = async (values) => expect(await server.put('/admin/system-config', values), 200);
const owes = async (member) => expect(await server.get(`/members/${member.id}/fines`), 200).balance;
const loanNow = async (borrow) => expect(await server.get(`/borrows/${borrow.id}`), 200);
const calculate = async (body = {}) => expect(await server.post('/fines/calculate', body), 200);
const copyNow = async (book) => (await copiesOf(server, book))[0] ?? expect(await server.get(`/copies?book_id=${book.id}&include_withdrawn=true`), 200).data[0];
const handIn = (barcode) => server.post('/borrows/return', { barcode });

/** A loan that is so many days late, and its book and reader. */
async function lateLoan(days, given = {}) {
  const [book, member] = [await makeBook(server, given), await makeMember(server)];
  return { book, member, borrow: await lend(server, book, member, { occurred_at: daysAgo(days + 3) }) };
}

describe('what a late loan costs', () => {
  test('is the same on the screen, in the account once posted, and at the return', async () => {
    const { member, borrow } = await lateLoan(7);
    assert.equal(borrow.fine, 3.5);
    assert.equal(await owes(member), 0, 'nothing is posted before somebody does');
    assert.deepEqual(await calculate({ member_id: member.id }), { overdue_loans: 1, fines: 3.5 });
    assert.equal(await owes(member), 3.5);
    await calculate({ card: member.card });
    assert.equal(await owes(member), 3.5, 'posted once, however often it is asked for');
    const back = await takeBack(server, borrow);
    assertHas(back, { fine: 3.5, balance: 3.5, overdue: false });
    assert.equal((await loanNow(borrow)).fine, 3.5);
    assert.equal(await owes(member), 3.5);
    assert.deepEqual(await calculate({ member_id: member.id }), { overdue_loans: 0, fines: 0 });
  });

  test('follows the day on which it came back, also when that is told later; what was posted too much is corrected', async () => {
    const { member, borrow } = await lateLoan(7);
    await calculate({ member_id: member.id });
    assertHas(await takeBack(server, borrow, { occurred_at: daysAgo(5) }), { fine: 1, balance: 1 });
    assert.equal(await owes(member), 1);
  });

  test('also when it was renewed before anybody told of it: what the renewal had cost is given back', async () => {
    const { member, borrow } = await lateLoan(7);
    expect(await server.post(`/borrows/${borrow.id}/renew`), 200);
    assert.equal(await owes(member), 3.5);
    assertHas(await takeBack(server, borrow, { occurred_at: daysAgo(5) }), { fine: 1, balance: 1, renewals: 1 });
  });

  test('does not run on days on which the library is closed', async () => {
    const { member, borrow } = await lateLoan(7);
    const closure = expect(await server.post('/closures', { first_day: dayFromNow(-4), last_day: dayFromNow(-3), name: 'Pipes' }), 201);
    assert.equal((await loanNow(borrow)).fine, 2.5);
    await calculate({ member_id: member.id });
    assert.equal(await owes(member), 2.5);
    await set({ fines_on_closed_days: 'on' });
    assert.equal((await loanNow(borrow)).fine, 3.5, 'unless the library says so');
    await set({ fines_on_closed_days: 'off' });
    expect(await server.delete(`/closures/${closure.id}`), 200);
    assert.equal((await loanNow(borrow)).fine, 3.5);
    assertHas(await takeBack(server, borrow), { fine: 3.5, balance: 3.5 });
  });

  test('is one line of the receipt, however often it was posted', async () => {
    const { book, member, borrow } = await lateLoan(7);
    const closure = expect(await server.post('/closures', { first_day: dayFromNow(-4), last_day: dayFromNow(-3), name: 'Mistake' }), 201);
    await calculate({ member_id: member.id });
    expect(await server.delete(`/closures/${closure.id}`), 200);
    await takeBack(server, borrow);
    const open = expect(await server.get(`/members/${member.id}/fines`), 200).open_charges;
    assert.deepEqual(open.map(({ amount }) => amount), [2.5, 1]);
    const receipt = expect(await server.post('/fines/pay', { member_id: member.id, amount: 3.5, method: 'cash' }), 201);
    assert.deepEqual(receipt.allocations, [{ kind: 'overdue', amount: 3.5, charged_at: open[0].at, charged_until: open[1].at, title: book.title, note: null }]);
  });

  test('is corrected in the account when a closure is entered later', async () => {
    const { member, borrow } = await lateLoan(7);
    await calculate({ member_id: member.id });
    const closure = expect(await server.post('/closures', { first_day: dayFromNow(-2), last_day: dayFromNow(-1), name: 'Snow' }), 201);
    await calculate({ member_id: member.id });
    assert.equal(await owes(member), 2.5);
    expect(await server.delete(`/closures/${closure.id}`), 200);
    await calculate({ member_id: member.id });
    assert.equal(await owes(member), 3.5);
    await takeBack(server, borrow);
  });

  test('never more than the cap, nor anything within the days of grace', async () => {
    const rule = expect(await server.post('/policies/loan-rules', { member_type: 'child', item_type: null, max_loans: 5, loan_days: 3, max_renewals: 2, hold_limit: 5, fine_per_day: '0.50', fine_cap: '1.25', grace_days: 2 }), 201);
    const member = await makeMember(server, { member_type: 'child' });
    const late = async (days) => (await lend(server, await makeBook(server), member, { occurred_at: daysAgo(days + 3) })).fine;
    assert.deepEqual([await late(2), await late(3), await late(4), await late(5)], [0, 0.5, 1, 1.25]);
    assert.equal((await calculate({ member_id: member.id })).fines, 2.75);
    expect(await server.delete(`/policies/loan-rules/${rule.id}`), 204);
  });

  test('counts for the block before it is posted: 409 MEMBER_BLOCKED; without a limit nobody is blocked', async () => {
    const { member, borrow } = await lateLoan(7);
    const book = await makeBook(server);
    await set({ block_balance: '3.00' });
    const body = refused(await server.post('/borrows', { book_id: book.id, member_id: member.id }), 409, 'MEMBER_BLOCKED');
    assert.deepEqual([body.reason.balance, body.reason.limit], ['3.50', '3.00']);
    await calculate({ member_id: member.id });
    assert.equal(refused(await server.post('/borrows', { book_id: book.id, member_id: member.id }), 409, 'MEMBER_BLOCKED').reason.balance, '3.50', 'and not twice');
    await set({ block_balance: '3.50' });
    expect(await server.post('/borrows', { book_id: book.id, member_id: member.id }), 201);
    await set({ block_balance: '0' });
    await takeBack(server, borrow);
  });
});

describe('POST /fines/calculate', () => {
  test('goes through every late loan of everybody', async () => {
    const late = [];
    for (const days of [1, 2, 3]) late.push(await lateLoan(days));
    const total = expect(await server.get('/borrows/overdue?limit=1'), 200).meta.total;
    assert.equal((await calculate()).overdue_loans, total);
    for (const [index, { member }] of late.entries()) assert.equal(await owes(member), (index + 1) / 2);
  });

  test('refuses an unknown member, and both ways of naming one', async () => {
    refused(await server.post('/fines/calculate', { member_id: UNKNOWN_ID }), 404, 'MEMBER_NOT_FOUND');
    refused(await server.post('/fines/calculate', { card: 'NO-SUCH' }), 404, 'MEMBER_NOT_FOUND');
    const member = await makeMember(server);
    invalid(await server.post('/fines/calculate', { member_id: member.id, card: member.card }), ['card']);
    invalid(await server.post('/fines/calculate', { colour: 'red' }), ['colour']);
  });
});

describe('by night', () => {
  const night = (name) => runJob(server, name);

  test('what is late is posted, as at the return, and readers are urged', async () => {
    const { member, borrow } = await lateLoan(9);
    await night('accrue_fines');
    assert.equal(await owes(member), 4.5);
    assertHas(await loanNow(borrow), { fine: 4.5, overdue_step: 2 });
    await night('accrue_fines');
    assert.equal(await owes(member), 4.5);
    assertHas(await takeBack(server, borrow), { fine: 4.5, balance: 4.5 });
  });

  test('a copy that stays away so long is lost, where the library says so', async () => {
    const { member, borrow } = await lateLoan(10);
    await set({ lost_after_days: 10, lost_price: '15.00' });
    await night('accrue_fines');
    await set({ lost_after_days: 0, lost_price: '0' });
    assertHas(await loanNow(borrow), { lost: true, status: 'returned', fine: 5 });
    assert.equal(await owes(member), 20);
    const [log] = expect(await server.get('/admin/audit-logs?action=borrow.lost&limit=1'), 200).data;
    assertHas(log, { actor: 'scheduler', entity_id: borrow.id });
  });

  test('what is due today is renewed, where the library says so', async () => {
    const [rule] = expect(await server.get('/policies/loan-rules'), 200).data;
    expect(await server.put(`/policies/loan-rules/${rule.id}`, { loan_days: 0 }), 200);
    const borrow = await lend(server, await makeBook(server), await makeMember(server));
    expect(await server.put(`/policies/loan-rules/${rule.id}`, { loan_days: 3 }), 200);
    await night('renew_automatically');
    assert.equal((await loanNow(borrow)).renewals, 0);
    await set({ renew_automatically: 'on' });
    await night('renew_automatically');
    await set({ renew_automatically: 'off' });
    assertHas(await loanNow(borrow), { renewals: 1, due_date: `${dayFromNow(3)}T23:59:59.999Z` });
    assertHas(expect(await server.get(`/borrows/${borrow.id}/renewals`), 200).data[0], { way: 'automatic', renewed_by: 'scheduler' });
  });
});

describe('lost', () => {
  for (const root of ['/borrows', '/borrowings']) {
    test(`POST ${root}/{id}/lost ends the loan, takes the copy out of the count, and charges its price and its lateness`, async () => {
      const { book, member, borrow } = await lateLoan(4);
      expect(await server.patch(`/copies/${borrow.copy_id}`, { price: '12.00' }), 200);
      const lost = expect(await server.post(`${root}/${borrow.id}/lost`, { note: 'Left on a train' }), 200);
      assertHas(lost, { id: borrow.id, status: 'returned', lost: true, fine: 2, balance: 14, next_hold: null, outcome: 'returned' });
      assert.equal((await copyNow(book)).status, 'lost');
      assertHas(expect(await server.get(`/books/${book.id}`), 200), { total_copies: 0, available_copies: 0 });
      assert.equal(await owes(member), 14);
      const [log] = expect(await server.get('/admin/audit-logs?action=borrow.lost&limit=1'), 200).data;
      assert.equal(JSON.parse(log.after).note, 'Left on a train');
      refused(await server.post(`${root}/${borrow.id}/lost`), 409, 'ALREADY_RETURNED');
    });
  }

  test('what is charged can be said, 0 included; without a price the library’s own counts', async () => {
    const lose = async (body) => {
      const { borrow } = await lateLoan(0);
      return expect(await server.post(`/borrows/${borrow.id}/lost`, body), 200).balance;
    };
    assert.equal(await lose({}), 0);
    await set({ lost_price: '8.00' });
    assert.deepEqual([await lose({}), await lose({ amount: '3.25' }), await lose({ amount: 0 })], [8, 3.25, 0]);
    await set({ lost_price: '0' });
  });

  test('an unknown loan, a wrong amount', async () => {
    refused(await server.post(`/borrows/${UNKNOWN_ID}/lost`), 404, 'BORROW_RECORD_NOT_FOUND');
    const { borrow } = await lateLoan(0);
    invalid(await server.post(`/borrows/${borrow.id}/lost`, { amount: -1, why: 'x' }), ['amount', 'why']);
    assert.equal((await loanNow(borrow)).lost, false);
  });
});

describe('found again', () => {
  /** A copy that was lost with a charge of 12.00 and lateness of 2.00. */
  async function lostCopy() {
    const late = await lateLoan(4);
    const lost = expect(await server.post(`/borrows/${late.borrow.id}/lost`, { amount: '12.00' }), 200);
    return { ...late, lost };
  }

  test('its barcode at the returns desk takes the charge for the copy back; lateness stays', async () => {
    const { book, member, borrow } = await lostCopy();
    assert.equal(await owes(member), 14);
    const found = expect(await handIn(borrow.copy.barcode), 200);
    assertHas(found, { outcome: 'found', id: borrow.id, lost: true, balance: 2, next_hold: null });
    assert.equal(await owes(member), 2);
    assert.equal((await copyNow(book)).status, 'available');
    assertHas(expect(await server.get(`/books/${book.id}`), 200), { total_copies: 1, available_copies: 1 });
    refused(await handIn(borrow.copy.barcode), 409, 'ALREADY_RETURNED');
    assert.equal(await owes(member), 2, 'taken back once');
  });

  test('what was paid for it becomes a credit', async () => {
    const { member, borrow } = await lostCopy();
    expect(await server.post('/fines/pay', { member_id: member.id, amount: '14.00', method: 'cash' }), 201);
    assert.equal(expect(await handIn(borrow.copy.barcode), 200).balance, -12);
  });

  test('where the library does not refund, the charge stands', async () => {
    const { member, borrow } = await lostCopy();
    await set({ refund_found: 'off' });
    assertHas(expect(await handIn(borrow.copy.barcode), 200), { outcome: 'found', balance: 14 });
    await set({ refund_found: 'on' });
    assert.equal(await owes(member), 14);
  });

  test('it goes to the reader who waits for the title', async () => {
    const { book, borrow } = await lateLoan(1);
    const waiting = await makeMember(server);
    const hold = expect(await server.post('/holds', { book_id: book.id, member_id: waiting.id }), 201);
    expect(await server.post(`/borrows/${borrow.id}/lost`), 200);
    const found = expect(await handIn(borrow.copy.barcode), 200);
    assertHas(found.next_hold, { hold_id: hold.id, member_id: waiting.id, member_name: waiting.name, card: waiting.card });
    assert.equal((await copyNow(book)).status, 'on_hold_shelf');
  });

  test('one that nobody had lost is found, too: the answer has no loan, but title and copy', async () => {
    const book = await makeBook(server);
    const [copy] = await copiesOf(server, book);
    expect(await server.patch(`/copies/${copy.id}`, { status: 'lost' }), 200);
    const found = expect(await handIn(copy.barcode), 200);
    assertHas(found, { outcome: 'found', id: null, member: null, member_id: null, status: null, balance: 0, fine: 0, book_id: book.id, copy_id: copy.id });
    assert.deepEqual([found.book.title, found.copy.barcode], [book.title, copy.barcode]);
    assert.equal((await copyNow(book)).status, 'available');
  });

  test('a date that lies too far back, or ahead, is refused whatever the copy was; a copy in its place says what it is', async () => {
    const book = await makeBook(server);
    const [copy] = await copiesOf(server, book);
    const handInAt = (days) => server.post('/borrows/return', { barcode: copy.barcode, occurred_at: daysAgo(days) });
    assert.deepEqual(refused(await handInAt(15), 409, 'ALREADY_RETURNED').reason, { status: 'available' });
    expect(await server.patch(`/copies/${copy.id}`, { status: 'lost' }), 200);
    for (const days of [15, -1]) invalid(await handInAt(days), ['occurred_at']);
    assert.equal((await copyNow(book)).status, 'lost');
    assertHas(expect(await handInAt(3), 200), { outcome: 'found' });
    expect(await server.post('/holds', { book_id: book.id, member_id: (await makeMember(server)).id }), 201);
    for (const days of [15, -1]) invalid(await handInAt(days), ['occurred_at']);
    assertHas(expect(await handInAt(3), 200), { outcome: 'pulled' });
  });

  test('of an archived title: 404 BOOK_NOT_FOUND until that is restored', async () => {
    const book = await makeBook(server);
    const [copy] = await copiesOf(server, book);
    expect(await server.patch(`/copies/${copy.id}`, { status: 'lost' }), 200);
    expect(await server.delete(`/books/${book.id}`), 204);
    refused(await handIn(copy.barcode), 404, 'BOOK_NOT_FOUND', /archived/);
    expect(await server.post(`/books/${book.id}/restore`), 200);
    expect(await handIn(copy.barcode), 200);
  });
});
