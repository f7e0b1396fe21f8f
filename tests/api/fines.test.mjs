// Money: charges, payments with receipts, waivers that somebody asks for and somebody else decides, the till, reports.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, copiesOf, expect, invalid, lend, makeBook, makeMember, refused, UNKNOWN_ID, UUID, walk } from '../support/library.mjs';
import { dayFromNow, startServer } from '../support/noon.mjs';
import { makePeople } from '../support/people.mjs';

const KEY = 'Idempotency-Key';
const today = dayFromNow(0);

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const charge = async (member, amount, more = {}, by = server) => expect(await by.post('/fines/charge', { member_id: member.id, kind: 'fee', amount, ...more }), 201);
const pay = async (member, amount, more = {}, by = server) => expect(await by.post('/fines/pay', { member_id: member.id, amount, method: 'cash', ...more }), 201);
const account = async (member, by = server) => expect(await by.get(`/members/${member.id}/fines`), 200);
const balance = async (member) => expect(await server.get(`/members/${member.id}`), 200).member.balance;

describe('charging at the desk', () => {
  test('a charge is shown with whose it is and what for, and is owed', async () => {
    const member = await makeMember(server);
    const book = await makeBook(server, { title: 'Dune' });
    const borrow = await lend(server, book, member);
    const made = await charge(member, 12.5, { kind: 'damage', borrow_id: borrow.id, note: 'coffee' });
    assert.match(made.id, UUID);
    assertHas(made, {
      member_id: member.id, kind: 'damage', amount: 12.5, settled: 0, open: 12.5, borrow_id: borrow.id, copy_id: borrow.copy_id, title: 'Dune', note: 'coffee',
    });
    assert.equal(made.member.name, member.name);
    assert.deepEqual(expect(await server.get(`/fines/${made.id}`), 200), made);
    assert.equal(await balance(member), 12.5);
    const [row] = expect(await server.get('/admin/audit-logs?entity=charge&limit=1'), 200).data;
    assertHas(row, { action: 'charge.made', entity_id: made.id });
  });

  test('by card and barcode, money as text; lost and fee', async () => {
    const member = await makeMember(server);
    const [copy] = await copiesOf(server, await makeBook(server));
    const lost = expect(await server.post('/fines/charge', { card: member.card, kind: 'lost', amount: '20.00', barcode: copy.barcode }), 201);
    assertHas(lost, { kind: 'lost', amount: 20, copy_id: copy.id, barcode: copy.barcode, borrow_id: null });
    const fee = await charge(member, '0.10');
    assertHas(fee, { kind: 'fee', amount: 0.1, copy_id: null, barcode: null, title: null, note: null });
    assert.equal(await balance(member), 20.1);
  });

  test('nobody owes more than the greatest amount', async () => {
    const member = await makeMember(server);
    await charge(member, '9999999999.50');
    const body = refused(await server.post('/fines/charge', { member_id: member.id, kind: 'fee', amount: '0.51' }), 409, 'CONFLICT', /no account can owe more than/);
    assert.deepEqual(body.reason, { balance: '9999999999.50', limit: '10000000000.00' });
    await charge(member, '0.50');
    assert.equal(await balance(member), 10000000000);
    await pay(member, '10000000000.00');
  });

  test('wrong members are named together; money is exact or refused', async () => {
    const member = await makeMember(server);
    invalid(await server.post('/fines/charge', { member_id: 'me', kind: 'overdue', amount: 0, note: 5, colour: 'red' }), ['member_id', 'kind', 'amount', 'note', 'colour']);
    invalid(await server.post('/fines/charge', {}), ['kind', 'amount']);
    invalid(await server.post('/fines/charge', { kind: 'fee', amount: 1 }), ['member_id']);
    invalid(await server.post('/fines/charge', { kind: 'fee', amount: 1, member_id: member.id, card: member.card }), ['card']);
    for (const amount of [0.005, '1e2', -1, 'a lot', true]) invalid(await server.post('/fines/charge', { member_id: member.id, kind: 'fee', amount }), ['amount']);
    assert.equal(await balance(member), 0);
  });

  test('who or what is not there: 404; a loan of another member, or a loan and a copy: 422', async () => {
    const member = await makeMember(server);
    const book = await makeBook(server);
    const theirs = await lend(server, book, await makeMember(server));
    const body = { member_id: member.id, kind: 'damage', amount: 1 };
    refused(await server.post('/fines/charge', { ...body, member_id: UNKNOWN_ID }), 404, 'MEMBER_NOT_FOUND');
    refused(await server.post('/fines/charge', { card: 'no such card', kind: 'fee', amount: 1 }), 404, 'MEMBER_NOT_FOUND', /no such card/);
    refused(await server.post('/fines/charge', { ...body, borrow_id: UNKNOWN_ID }), 404, 'BORROW_RECORD_NOT_FOUND');
    refused(await server.post('/fines/charge', { ...body, barcode: 'nothing' }), 404, 'COPY_NOT_FOUND', /nothing/);
    invalid(await server.post('/fines/charge', { ...body, borrow_id: theirs.id }), ['borrow_id']);
    invalid(await server.post('/fines/charge', { ...body, borrow_id: theirs.id, barcode: 'x' }), ['barcode']);
    refused(await server.get(`/fines/${UNKNOWN_ID}`), 404, 'CHARGE_NOT_FOUND');
    assert.deepEqual((await account(member)).open_charges, []);
  });
});

describe('paying', () => {
  test('the oldest charge first; the receipt says what it was for and what is left', async () => {
    const member = await makeMember(server);
    const [first, second, third] = [await charge(member, 2, { note: 'one' }), await charge(member, 3), await charge(member, 4)];
    const receipt = await pay(member, 4.5, { method: 'mobile_money', reference: 'MM-77', note: 'thank you' });
    assertHas(receipt, { amount: 4.5, method: 'mobile_money', reference: 'MM-77', note: 'thank you', currency: 'EUR', library: 'My Library', balance_after: 4.5 });
    assert.deepEqual(receipt.member, { id: member.id, name: member.name, card: member.card });
    assert.deepEqual(receipt.allocations.map(({ amount, kind, note, charged_at, charged_until }) => ({ amount, kind, note, charged_at, charged_until })), [
      { amount: 2, kind: 'fee', note: 'one', charged_at: first.at, charged_until: first.at },
      { amount: 2.5, kind: 'fee', note: null, charged_at: second.at, charged_until: second.at }]);
    assert.deepEqual((await account(member)).open_charges.map(({ id, settled, open }) => ({ id, settled, open })), [
      { id: second.id, settled: 2.5, open: 0.5 }, { id: third.id, settled: 0, open: 4 }]);
    assert.equal(await balance(member), 4.5);
    const [row] = expect(await server.get('/admin/audit-logs?entity=payment&limit=1'), 200).data;
    assertHas(row, { action: 'payment.taken', entity_id: receipt.id });
  });

  test('the receipt stays what it was', async () => {
    const member = await makeMember(server);
    await charge(member, 10);
    const receipt = await pay(member, 1);
    await charge(member, 5);
    await pay(member, 2);
    assert.deepEqual(expect(await server.get(`/fines/${receipt.id}/receipt`), 200), receipt);
    assert.equal(receipt.balance_after, 9);
  });

  test('of the charges that are named, and of no others', async () => {
    const member = await makeMember(server);
    const [first, second] = [await charge(member, 2), await charge(member, 3, { note: 'that one' })];
    const receipt = await pay(member, 3, { charge_ids: [second.id, second.id] });
    assert.deepEqual(receipt.allocations.map((line) => line.note), ['that one']);
    const body = refused(await server.post('/fines/pay', { member_id: member.id, amount: 0.01, method: 'cash', charge_ids: [second.id] }), 409, 'OVERPAYMENT', /owes nothing here/);
    assert.deepEqual(body.reason, { owed: '0.00', amount: '0.01' });
    assert.deepEqual((await account(member)).open_charges.map((one) => one.id), [first.id]);
  });

  test('more than is owed: 409 OVERPAYMENT, and nothing was taken', async () => {
    const member = await makeMember(server);
    const number = (await pay(await owing(1), 1)).receipt_number;
    await charge(member, 2.5);
    const body = refused(await server.post('/fines/pay', { member_id: member.id, amount: 2.51, method: 'cash' }), 409, 'OVERPAYMENT', /2\.51 is more than .* owes here: 2\.50/);
    assert.deepEqual(body.reason, { owed: '2.50', amount: '2.51' });
    assert.deepEqual((await account(member)).payments, []);
    assert.equal((await pay(member, 2.5)).receipt_number, number + 1, 'a refusal leaves no gap');
    refused(await server.post('/fines/pay', { member_id: member.id, amount: 0.01, method: 'cash' }), 409, 'OVERPAYMENT', /Nothing to pay/);
  });

  test('wrong members are named together; unknown people and charges: 404', async () => {
    const member = await makeMember(server);
    const theirs = await charge(await makeMember(server), 5);
    const body = { member_id: member.id, amount: 1, method: 'cash' };
    invalid(await server.post('/fines/pay', { member_id: 'me', amount: 0, method: 'gold', colour: 'red' }), ['member_id', 'amount', 'method', 'colour']);
    invalid(await server.post('/fines/pay', { amount: 1, method: 'cash' }), ['member_id']);
    invalid(await server.post('/fines/pay', { ...body, charge_ids: ['nonsense'] }), ['charge_ids']);
    refused(await server.post('/fines/pay', { ...body, member_id: UNKNOWN_ID }), 404, 'MEMBER_NOT_FOUND');
    refused(await server.post('/fines/pay', { ...body, charge_ids: [UNKNOWN_ID] }), 404, 'CHARGE_NOT_FOUND');
    refused(await server.post('/fines/pay', { ...body, charge_ids: [theirs.id] }), 404, 'CHARGE_NOT_FOUND', new RegExp(member.name));
    refused(await server.get(`/fines/${UNKNOWN_ID}/receipt`), 404, 'PAYMENT_NOT_FOUND');
    refused(await server.get(`/fines/${theirs.id}/receipt`), 404, 'PAYMENT_NOT_FOUND');
  });

  test('sent twice with one key, it is taken once', async () => {
    const member = await owing(5);
    const send = () => server.post('/fines/pay', { member_id: member.id, amount: 2, method: 'card' }, { [KEY]: 'pay-once' });
    const [first, second] = [await send(), await send()];
    assert.equal(second.headers['idempotency-replayed'], 'true');
    assert.deepEqual(second.body, expect(first, 201));
    assert.equal(await balance(member), 3);
  });

  test('many at once: numbers run on without gaps, and all sums agree', async () => {
    const member = await owing(100);
    const replies = await Promise.all(Array.from({ length: 20 }, (_, i) => server.post('/fines/pay', { member_id: member.id, amount: i % 4 === 3 ? 1000 : 1, method: 'cash' })));
    const numbers = replies.filter((reply) => reply.status === 201).map((reply) => reply.body.receipt_number).sort((a, b) => a - b);
    assert.equal(numbers.length, 15);
    assert.equal(numbers.at(-1) - numbers[0], 14);
    assert.equal(await balance(member), 85);
  });

  test('who owes is not archived; who has paid is', async () => {
    const member = await owing(2);
    refused(await server.api('DELETE', `/members/${member.id}`), 409, 'HAS_BALANCE', /2\.00/);
    await pay(member, 2);
    expect(await server.api('DELETE', `/members/${member.id}`), 204);
    assert.equal((await account(member)).payments.length, 1, 'the account of an archived member is still shown');
    refused(await server.post('/fines/charge', { member_id: member.id, kind: 'fee', amount: 1 }), 404, 'MEMBER_NOT_FOUND');
  });
});

async function owing(amount) {
  const member = await makeMember(server);
  await charge(member, amount);
  return member;
}

describe('waivers', () => {
  const ask = async (of, body) => expect(await server.post(`/fines/waive/${of.id}`, body), 201);

  test('asked for, nothing changes; approved, it settles that very charge', async () => {
    const member = await owing(3);
    const second = await charge(member, 5);
    const asked = await ask(second, { amount: 4, reason: 'first time' });
    assertHas(asked, { status: 'asked', kind: 'waiver', amount: 4, allocated: 0, charge_id: second.id, member_id: member.id, reason: 'first time', decided_by: null, decided_at: null });
    assert.equal(await balance(member), 8);
    const approved = expect(await server.post(`/fines/waivers/${asked.id}/approve`), 200);
    assertHas(approved, { id: asked.id, status: 'approved', allocated: 4 });
    assert.ok(approved.decided_by && approved.decided_at);
    assert.equal(await balance(member), 4);
    assertHas(expect(await server.get(`/fines/${second.id}`), 200), { settled: 4, open: 1 });
    const actions = expect(await server.get('/admin/audit-logs?entity=waiver&limit=2'), 200).data.map((row) => row.action);
    assert.deepEqual(actions, ['waiver.approved', 'waiver.asked']);
  });

  test('without an amount, all that is open', async () => {
    const member = await makeMember(server);
    const one = await charge(member, 5);
    await pay(member, 2);
    assert.equal((await ask(one, { reason: 'r' })).amount, 3);
  });

  test('refused, nothing changes; why stands in the audit log', async () => {
    const member = await makeMember(server);
    const one = await charge(member, 5);
    const asked = await ask(one, { reason: 'r' });
    assertHas(expect(await server.post(`/fines/waivers/${asked.id}/refuse`, { reason: 'not again' }), 200), { status: 'refused', allocated: 0 });
    assert.equal(await balance(member), 5);
    const [row] = expect(await server.get('/admin/audit-logs?entity=waiver&limit=1'), 200).data;
    assert.equal(row.action, 'waiver.refused');
    assert.deepEqual(JSON.parse(row.after), { refused_because: 'not again' });
    const again = await ask(one, { reason: 'r' });
    expect(await server.post(`/fines/waivers/${again.id}/refuse`), 200);
  });

  test('decided twice: 409 ALREADY_DECIDED', async () => {
    const one = await charge(await makeMember(server), 5);
    const asked = await ask(one, { amount: 1, reason: 'r' });
    expect(await server.post(`/fines/waivers/${asked.id}/approve`), 200);
    refused(await server.post(`/fines/waivers/${asked.id}/approve`), 409, 'ALREADY_DECIDED');
    refused(await server.post(`/fines/waivers/${asked.id}/refuse`), 409, 'ALREADY_DECIDED');
    refused(await server.post(`/fines/waivers/${UNKNOWN_ID}/approve`), 404, 'WAIVER_NOT_FOUND');
    refused(await server.post(`/fines/waivers/${UNKNOWN_ID}/refuse`), 404, 'WAIVER_NOT_FOUND');
  });

  test('more than is open, when asked for and when approved: 409 OVERPAYMENT', async () => {
    const member = await makeMember(server);
    const one = await charge(member, 5);
    const body = refused(await server.post(`/fines/waive/${one.id}`, { amount: 5.01, reason: 'r' }), 409, 'OVERPAYMENT', /5\.00 of this charge is open/);
    assert.deepEqual(body.reason, { open: '5.00', amount: '5.01' });
    const asked = await ask(one, { amount: 4, reason: 'r' });
    await pay(member, 2);
    refused(await server.post(`/fines/waivers/${asked.id}/approve`), 409, 'OVERPAYMENT', /3\.00 of this charge is open/);
    await pay(member, 3);
    refused(await server.post(`/fines/waive/${one.id}`, { reason: 'r' }), 409, 'OVERPAYMENT', /settled/);
    expect(await server.post(`/fines/waivers/${asked.id}/refuse`), 200);
  });

  test('a charge that is not there: 404; a body without a reason: 422', async () => {
    const one = await charge(await makeMember(server), 5);
    refused(await server.post(`/fines/waive/${UNKNOWN_ID}`, { reason: 'r' }), 404, 'CHARGE_NOT_FOUND');
    invalid(await server.post(`/fines/waive/${one.id}`, {}), ['reason']);
    invalid(await server.post(`/fines/waive/${one.id}`, { amount: 0, reason: '', colour: 'red' }), ['amount', 'reason', 'colour']);
    const asked = await ask(one, { reason: 'r' });
    invalid(await server.post(`/fines/waivers/${asked.id}/refuse`, { why: 'x' }), ['why']);
    expect(await server.post(`/fines/waivers/${asked.id}/refuse`), 200);
  });

  test('are listed by status and member', async () => {
    const member = await makeMember(server);
    const one = await charge(member, 5);
    const [first, second] = [await ask(one, { amount: 1, reason: 'r' }), await ask(one, { amount: 2, reason: 'r' })];
    expect(await server.post(`/fines/waivers/${first.id}/approve`), 200);
    const ids = async (query) => expect(await server.get(`/fines/waivers?${query}`), 200).data.map((row) => row.id);
    assert.deepEqual(await ids(`member_id=${member.id}`), [second.id, first.id]);
    assert.deepEqual(await ids(`member_id=${member.id}&status=approved`), [first.id]);
    const waiting = expect(await server.get('/fines/waivers?status=asked'), 200);
    assert.ok(waiting.data.some((row) => row.id === second.id) && waiting.data.every((row) => row.status === 'asked'));
    assert.equal((await account(member)).waivers.length, 2);
  });
});

test('a credit: what was paid for a copy that is found settles the next charges, and only what is left of them is owed', async () => {
  const member = await makeMember(server);
  const borrow = await lend(server, await makeBook(server), member);
  expect(await server.post(`/borrows/${borrow.id}/lost`, { amount: 10 }), 200);
  await pay(member, 10);
  assert.equal(expect(await server.post('/borrows/return', { barcode: borrow.copy.barcode }), 200).balance, -10);
  const credit = await account(member);
  assertHas(credit, { balance: -10, open_charges: [] });
  assertHas(credit.waivers[0], { kind: 'found', status: 'approved', amount: 10, allocated: 0 });
  assert.ok(expect(await server.get('/fines/reports'), 200).credit.count >= 1);
  refused(await server.post('/fines/pay', { member_id: member.id, amount: 1, method: 'cash' }), 409, 'OVERPAYMENT', /Nothing to pay/);
  assertHas(await charge(member, 4), { settled: 4, open: 0 });
  assertHas(await charge(member, 7.5), { settled: 6, open: 1.5 });
  assert.equal(await balance(member), 1.5);
  assert.equal((await account(member)).waivers[0].allocated, 10);
  await pay(member, 1.5);
});

describe('lists', () => {
  test('charges by member, kind, day and what is open; every page once', async () => {
    const member = await makeMember(server);
    const made = [];
    for (let i = 0; i < 6; i++) made.unshift(await charge(member, 1 + i, { kind: ['fee', 'damage', 'lost'][i % 3] }));
    await pay(member, 1); // the first
    const of = `member_id=${member.id}`;
    const { rows } = await walk(server, `/fines?${of}`, { limit: 4 });
    assert.deepEqual(rows.map((row) => row.id), made.map((row) => row.id));
    const ids = async (query) => expect(await server.get(`/fines?${of}&${query}`), 200).data.map((row) => row.id);
    assert.deepEqual(await ids('open=true'), made.slice(0, 5).map((row) => row.id));
    assert.deepEqual(await ids('kind=lost'), [made[0].id, made[3].id]);
    assert.deepEqual(await ids('kind=overdue'), []);
    assert.deepEqual(await ids(`from=${today}&to=${today}`), made.map((row) => row.id));
    assert.deepEqual(await ids(`to=${dayFromNow(-1)}`), []);
    const all = expect(await server.get('/fines?limit=1'), 200).meta.total;
    const open = expect(await server.get('/fines?open=true&limit=1'), 200).meta.total;
    assert.ok(open < all && open >= 5);
    refused(await server.get('/fines?kind=theft'), 400, 'INVALID_PARAMETER');
  });

  test('payments by member and day, newest first', async () => {
    const member = await owing(5);
    const [first, second] = [await pay(member, 1), await pay(member, 2)];
    const list = expect(await server.get(`/fines/payments?member_id=${member.id}&from=${today}`), 200);
    assert.deepEqual(list.data.map((row) => [row.id, row.receipt_number, row.amount]), [[second.id, second.receipt_number, 2], [first.id, first.receipt_number, 1]]);
    assert.equal(list.data[0].member.card, member.card);
    assert.deepEqual(expect(await server.get(`/fines/payments?member_id=${member.id}&to=${dayFromNow(-1)}`), 200).data, []);
    assert.ok(expect(await server.get('/fines/payments?limit=1'), 200).meta.total >= 2);
  });
});

test('a member’s account is the same under both names; an unknown member: 404', async () => {
  const member = await owing(5);
  await pay(member, 2);
  const shown = await account(member);
  assertHas(shown, { member_id: member.id, balance: 3 });
  assert.equal(shown.payments[0].amount, 2);
  assert.deepEqual(expect(await server.get(`/fines/member/${member.id}`), 200), shown);
  refused(await server.get(`/fines/member/${UNKNOWN_ID}`), 404, 'MEMBER_NOT_FOUND');
  refused(await server.get(`/members/${UNKNOWN_ID}/fines`), 404, 'MEMBER_NOT_FOUND');
});

test('an account shows all that is open, also past what a page of a list has; the last 50 payments', async () => {
  const member = await makeMember(server);
  const replies = await Promise.all(Array.from({ length: 130 }, () => server.post('/fines/charge', { member_id: member.id, kind: 'fee', amount: 1 })));
  assert.ok(replies.every((reply) => reply.status === 201));
  const one = await charge(member, 60);
  for (let i = 0; i < 52; i++) await pay(member, 1, { charge_ids: [one.id] });
  const shown = await account(member);
  assert.equal(shown.open_charges.length, 131);
  assert.deepEqual([shown.open_charges.at(-1).id, shown.open_charges.at(-1).open], [one.id, 8], 'oldest first');
  assert.equal(shown.payments.length, 50);
  assert.ok(shown.payments[0].receipt_number > shown.payments[49].receipt_number, 'newest first');
});

describe('the till and reports', () => {
  const sumOf = (sums, name, value) => sums.find((one) => one[name] === value);

  test('today’s payments by method; a day on which nothing came in is empty', async () => {
    const till = async (query = '') => expect(await server.get(`/fines/till${query}`), 200);
    const before = await till();
    const member = await owing(10);
    await pay(member, 1.5, { method: 'card' });
    await pay(member, 0.25, { method: 'other' });
    const after = await till(`?day=${today}`);
    assertHas(after, { from: today, to: today, count: before.count + 2 });
    assert.equal(Math.round((after.amount - before.amount) * 100), 175);
    assert.equal(after.methods.length, 4);
    assert.equal(sumOf(after.methods, 'method', 'card').count, sumOf(before.methods, 'method', 'card').count + 1);
    assert.deepEqual(after.days.map((one) => [one.day, one.amount]), [[today, after.amount]]);
    assertHas(await till(`?from=${dayFromNow(-10)}&to=${dayFromNow(-1)}`), { count: 0, amount: 0, days: [] });
    assert.equal((await till(`?from=${dayFromNow(-10)}`)).amount, after.amount);
  });

  test('which days cannot be meant: 400', async () => {
    refused(await server.get(`/fines/till?day=${today}&from=${today}`), 400, 'INVALID_PARAMETER', /not for both/);
    refused(await server.get(`/fines/till?from=${today}&to=${dayFromNow(-1)}`), 400, 'INVALID_PARAMETER', /Start date cannot be after end date\./);
    refused(await server.get(`/fines/till?from=2020-01-01&to=${today}`), 400, 'INVALID_PARAMETER', /366 days/);
    refused(await server.get('/fines/till?day=tomorrow'), 400, 'INVALID_PARAMETER');
    refused(await server.get(`/fines/reports?from=${today}&to=${dayFromNow(-1)}`), 400, 'INVALID_PARAMETER', /Start date cannot be after end date\./);
    refused(await server.get(`/fines/reports?from=1999-01-01&to=${today}`), 400, 'INVALID_PARAMETER', /3700 days/);
  });

  test('a report adds up to what the lists show', async () => {
    const rich = await owing(5000);
    const report = expect(await server.get(`/fines/reports?from=${today}&to=${today}`), 200);
    const { rows: charges } = await walk(server, '/fines', { limit: 100 });
    const cents = (rows, name) => rows.reduce((sum, row) => sum + Math.round(row[name] * 100), 0);
    assert.equal(Math.round(report.charged.amount * 100), cents(charges, 'amount'));
    assert.equal(report.charged.count, charges.length);
    const damage = charges.filter((row) => row.kind === 'damage');
    assert.equal(Math.round(sumOf(report.charged.kinds, 'kind', 'damage').amount * 100), cents(damage, 'amount'));
    const { rows: payments } = await walk(server, '/fines/payments', { limit: 100 });
    assert.equal(Math.round(report.paid.amount * 100), cents(payments, 'amount'));
    const { rows: waivers } = await walk(server, '/fines/waivers?status=approved', { limit: 100 });
    assert.ok(waivers.length > 0);
    assert.equal(Math.round(report.waived.amount * 100), cents(waivers, 'amount'));
    for (const kind of ['waiver', 'found', 'correction']) assert.equal(Math.round(sumOf(report.waived.kinds, 'kind', kind).amount * 100), cents(waivers.filter((row) => row.kind === kind), 'amount'), kind);
    assert.equal(report.open_charges, charges.filter((row) => row.open > 0).length);
    assert.equal(Math.round(report.outstanding.amount * 100), cents(charges, 'open'));
    assertHas(report.credit, { count: 0, amount: 0 });
    assertHas(report.top_debtors[0], { member_id: rich.id, name: rich.name, card: rich.card, balance: 5000 });
    assert.ok(report.top_debtors.length <= 10);
    assert.deepEqual(report.months, [{ month: today.slice(0, 7), charged: report.charged.amount, paid: report.paid.amount, waived: report.waived.amount }]);
    assert.equal(expect(await server.get('/fines/reports'), 200).to, today);
  });
});

test('who may: a reader sees their own account and receipts; a librarian asks, an administrator decides', async () => {
  const guarded = await startServer({ auth: 'on' });
  const { admin, librarian, member, otherMember } = await makePeople(guarded);
  const one = await charge(member.record, 5, {}, librarian);
  const receipt = await pay(member.record, 2, {}, librarian);
  assert.equal(receipt.taken_by, librarian.account.name);
  const shown = await account(member.record, member);
  assertHas(shown, { balance: 3 });
  assert.deepEqual(shown.open_charges.map((row) => row.id), [one.id]);
  assert.deepEqual(expect(await member.get(`/fines/${receipt.id}/receipt`), 200), receipt);
  refused(await otherMember.get(`/fines/${receipt.id}/receipt`), 404, 'PAYMENT_NOT_FOUND');
  refused(await otherMember.get(`/members/${member.record.id}/fines`), 403, 'FORBIDDEN');
  const asked = expect(await librarian.post(`/fines/waive/${one.id}`, { reason: 'r' }), 201);
  refused(await librarian.post(`/fines/waivers/${asked.id}/approve`), 403, 'FORBIDDEN');
  refused(await librarian.post(`/fines/waivers/${asked.id}/refuse`), 403, 'FORBIDDEN');
  const approved = expect(await admin.post(`/fines/waivers/${asked.id}/approve`), 200);
  assertHas(approved, { asked_by: librarian.account.name, decided_by: admin.account.name });
  assert.equal((await account(member.record, member)).balance, 0);
  await guarded.stop({ check: true });
});
