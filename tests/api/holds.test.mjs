// Holds: the queue of a title, the pull list, the hold shelf, stepping aside and being moved; watching a title. What
// readers see of each other: nothing. How lending and returning heed the queue: borrows.test.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, copiesOf, expect, invalid, lend, makeBook, makeMember, refused, unique, UNKNOWN_ID, UUID, walk } from '../support/library.mjs';
import { dayFromNow, startServer } from '../support/noon.mjs';
import { makePeople } from '../support/people.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const place = async (book, member, of = server) => expect(await of.post('/holds', { book_id: book.id, member_id: member.id }), 201);
const show = async (hold) => expect(await server.get(`/holds/${hold.id}`), 200);
const pull = async (copy) => expect(await server.post('/holds/pull', { barcode: copy.barcode }), 200);
const idsOf = (rows) => rows.map((row) => row.id);
const openOf = async (book) => expect(await server.get(`/books/${book.id}/holds?open=true&sort_by=position`), 200).data;
const makeMembers = async (count) => {
  const members = [];
  for (let i = 0; i < count; i++) members.push(await makeMember(server));
  return members;
};

describe('placing', () => {
  test('a hold stands at the end of the queue, and says whose it is and of what', async () => {
    const book = await makeBook(server);
    const [jane, john] = await makeMembers(2);
    const first = await place(book, jane);
    assert.match(first.id, UUID);
    assertHas(first, { book_id: book.id, member_id: jane.id, copy_id: null, status: 'waiting', position: 1, ready_at: null, pickup_until: null, suspended: false, suspended_until: null, ended_at: null, ended_reason: null });
    assert.deepEqual(first.book, { id: book.id, title: book.title, author: book.author });
    assert.deepEqual(first.member, { id: jane.id, name: jane.name, card: jane.card });
    const second = await place(book, john);
    assert.equal(second.position, 2);
    assert.deepEqual(await show(second), second);
    assert.deepEqual(idsOf(await openOf(book)), [first.id, second.id]);
  });

  test('by card, under either name', async () => {
    const book = await makeBook(server);
    const jane = await makeMember(server);
    const hold = expect(await server.post('/reservations', { book_id: book.id, card: jane.card }), 201);
    assert.equal(hold.member_id, jane.id);
    assert.deepEqual(expect(await server.get(`/reservations/${hold.id}`), 200), hold);
    for (const path of [`/reservations?member_id=${jane.id}`, `/holds?book_id=${book.id}`, `/books/${book.id}/reservations`, `/members/${jane.id}/reservations`, `/members/${jane.id}/holds`]) {
      assert.deepEqual(expect(await server.get(path), 200).data, [hold], path);
    }
    expect(await server.put(`/reservations/${hold.id}/suspend`, { suspended: true }), 200);
    expect(await server.put(`/reservations/${hold.id}/position`, { position: 1 }), 200);
    expect(await server.delete(`/reservations/${hold.id}`), 200);
  });

  test('the same title twice: 409 HOLD_EXISTS; again after it is over: 201', async () => {
    const book = await makeBook(server);
    const jane = await makeMember(server);
    const hold = await place(book, jane);
    refused(await server.post('/holds', { book_id: book.id, member_id: jane.id }), 409, 'HOLD_EXISTS', new RegExp(book.title));
    expect(await server.delete(`/holds/${hold.id}`), 200);
    await place(book, jane);
  });

  test('who has the title at home: 409 ACTIVE_BORROW_EXISTS', async () => {
    const book = await makeBook(server);
    const jane = await makeMember(server);
    await lend(server, book, jane);
    refused(await server.post('/holds', { book_id: book.id, member_id: jane.id }), 409, 'ACTIVE_BORROW_EXISTS', /at home/);
  });

  test('a fourth of a student: 409 HOLD_LIMIT_EXCEEDED, and which rule says so', async () => {
    const student = await makeMember(server, { member_type: 'student' });
    for (let i = 0; i < 3; i++) await place(await makeBook(server), student);
    const body = refused(await server.post('/holds', { book_id: (await makeBook(server)).id, member_id: student.id }), 409, 'HOLD_LIMIT_EXCEEDED', /3 titles/);
    assert.deepEqual(body.reason, { rule: 'student × any', hold_limit: 3, open_holds: 3 });
  });

  test('a title without a copy: 409 INVENTORY_UNAVAILABLE; an archived or unknown one: 404', async () => {
    const book = await makeBook(server);
    const jane = await makeMember(server);
    const [copy] = await copiesOf(server, book);
    expect(await server.patch(`/copies/${copy.id}`, { status: 'lost' }), 200);
    const body = refused(await server.post('/holds', { book_id: book.id, member_id: jane.id }), 409, 'INVENTORY_UNAVAILABLE');
    assert.deepEqual(body.reason, { total_copies: 0 });
    expect(await server.delete(`/books/${book.id}`), 204);
    refused(await server.post('/holds', { book_id: book.id, member_id: jane.id }), 404, 'BOOK_NOT_FOUND');
    refused(await server.post('/holds', { book_id: UNKNOWN_ID, member_id: jane.id }), 404, 'BOOK_NOT_FOUND');
    refused(await server.post('/holds', { book_id: book.id, member_id: UNKNOWN_ID }), 404, 'MEMBER_NOT_FOUND');
    refused(await server.post('/holds', { book_id: book.id, card: 'no such card' }), 404, 'MEMBER_NOT_FOUND', /no such card/);
  });

  test('a member who may not borrow: 409 MEMBER_SUSPENDED, MEMBER_EXPIRED', async () => {
    const book = await makeBook(server);
    const [jane, john] = await makeMembers(2);
    expect(await server.put(`/members/${jane.id}/status`, { status: 'suspended' }), 200);
    refused(await server.post('/holds', { book_id: book.id, member_id: jane.id }), 409, 'MEMBER_SUSPENDED');
    expect(await server.put(`/members/${john.id}/status`, { status: 'expired' }), 200);
    refused(await server.post('/holds', { book_id: book.id, member_id: john.id }), 409, 'MEMBER_EXPIRED');
  });

  test('wrong, missing and contradicting members of a body: 422', async () => {
    const book = await makeBook(server);
    const jane = await makeMember(server);
    invalid(await server.post('/holds', { member_id: 'me', colour: 'red' }), ['book_id', 'member_id', 'colour']);
    invalid(await server.post('/holds', { book_id: book.id }), ['member_id']);
    invalid(await server.post('/holds', { book_id: book.id, member_id: jane.id, card: jane.card }), ['card']);
  });
});

describe('the pull list and the hold shelf', () => {
  test('as many of the queue are to be pulled as copies stand there; a pulled copy is ready for who is first', async () => {
    const book = await makeBook(server, { total_copies: 2 });
    const members = await makeMembers(3);
    const holds = [];
    for (const member of members) holds.push(await place(book, member));
    const toPull = async () => idsOf((await walk(server, '/holds?to_pull=true&sort_by=placed_at&order=asc', { limit: 100 })).rows.filter((row) => row.book_id === book.id));
    assert.deepEqual(await toPull(), [holds[0].id, holds[1].id]);
    const [copy, other] = await copiesOf(server, book);
    const ready = await pull(copy);
    assertHas(ready, { id: holds[0].id, status: 'ready', position: 0, copy_id: copy.id, pickup_until: dayFromNow(7) });
    assert.deepEqual(ready.copy, { id: copy.id, barcode: copy.barcode, shelf: copy.shelf });
    assert.equal(expect(await server.get(`/copies/${copy.id}`), 200).status, 'on_hold_shelf');
    assert.deepEqual(await toPull(), [holds[1].id]);
    assert.deepEqual((await openOf(book)).map((row) => [row.id, row.position]), [[holds[0].id, 0], [holds[1].id, 1], [holds[2].id, 2]]);
    assertHas(expect(await server.post('/reservations/pull', { barcode: other.barcode }), 200), { id: holds[1].id, status: 'ready' });
    assert.deepEqual(await toPull(), []);
    assert.equal(expect(await server.get(`/books/${book.id}`), 200).available_copies, 0);
    assert.deepEqual(idsOf(expect(await server.get(`/holds?status=ready&book_id=${book.id}`), 200).data).sort(), [holds[0].id, holds[1].id].sort());
  });

  test('who waits for a title whose last copy is lost is found, so that somebody buys or says no', async () => {
    const [book, whole] = [await makeBook(server), await makeBook(server)];
    const [jane] = await makeMembers(1);
    const [hold, other] = [await place(book, jane), await place(whole, jane)];
    const inVain = async () => idsOf((await walk(server, '/holds?without_copies=true', { limit: 100 })).rows);
    assert.deepEqual((await inVain()).filter((id) => id === hold.id || id === other.id), []);
    const [copy] = await copiesOf(server, book);
    expect(await server.patch(`/copies/${copy.id}`, { status: 'lost' }), 200);
    assert.deepEqual((await inVain()).filter((id) => id === hold.id || id === other.id), [hold.id]);
    expect(await server.delete(`/holds/${hold.id}`), 200);
    assert.ok(!(await inVain()).includes(hold.id));
  });

  test('what is suspended is not to be pulled', async () => {
    const book = await makeBook(server);
    const [jane, john] = await makeMembers(2);
    const aside = await place(book, jane);
    const next = await place(book, john);
    expect(await server.put(`/holds/${aside.id}/suspend`, { suspended: true }), 200);
    assert.deepEqual(idsOf(expect(await server.get(`/holds?to_pull=true&book_id=${book.id}`), 200).data), [next.id]);
    const [copy] = await copiesOf(server, book);
    assert.equal((await pull(copy)).id, next.id);
  });

  test('who may not borrow is passed over, and stands in the old place when that is over', async () => {
    const book = await makeBook(server);
    const [barred, ended, next] = await makeMembers(3);
    const loan = await lend(server, book, await makeMember(server));
    const holds = [];
    for (const member of [barred, ended, next]) holds.push(await place(book, member));
    expect(await server.put(`/members/${barred.id}/status`, { status: 'suspended' }), 200);
    expect(await server.patch(`/members/${ended.id}`, { expires_on: dayFromNow(-1) }), 200);
    const { next_hold } = expect(await server.post(`/borrows/${loan.id}/return`, {}), 200);
    assert.equal(next_hold.hold_id, holds[2].id);
    assert.deepEqual((await openOf(book)).map((hold) => [hold.id, hold.position]), [[holds[0].id, 1], [holds[1].id, 2], [holds[2].id, 0]]);
    expect(await server.delete(`/holds/${holds[2].id}`), 200);
    const toPull = async () => idsOf(expect(await server.get(`/holds?to_pull=true&book_id=${book.id}`), 200).data);
    const [copy] = await copiesOf(server, book);
    assert.equal(copy.status, 'available');
    assert.deepEqual(await toPull(), []);
    refused(await server.post('/holds/pull', { barcode: copy.barcode }), 404, 'HOLD_NOT_FOUND');
    expect(await server.patch(`/members/${ended.id}`, { expires_on: dayFromNow(30) }), 200);
    assert.deepEqual(await toPull(), [holds[1].id]);
    expect(await server.put(`/members/${barred.id}/status`, { status: 'active' }), 200);
    assert.deepEqual(await toPull(), [holds[0].id]);
    assert.equal((await pull(copy)).id, holds[0].id);
  });

  test('a copy that nobody waits for, or that does not stand there, is not pulled: 404, 409', async () => {
    const book = await makeBook(server);
    const jane = await makeMember(server);
    const [copy] = await copiesOf(server, book);
    refused(await server.post('/holds/pull', { barcode: copy.barcode }), 404, 'HOLD_NOT_FOUND', /back on its shelf/);
    refused(await server.post('/reservations/pull', { barcode: 'no such' }), 404, 'COPY_NOT_FOUND', /no such/);
    await place(book, jane);
    await pull(copy);
    const body = refused(await server.post('/holds/pull', { barcode: copy.barcode }), 409, 'COPY_NOT_AVAILABLE', new RegExp(jane.name));
    assert.deepEqual(body.reason, { status: 'on_hold_shelf' });
    const out = await makeBook(server);
    await lend(server, out, jane);
    const [lent] = await copiesOf(server, out);
    refused(await server.post('/holds/pull', { barcode: lent.barcode }), 409, 'COPY_NOT_AVAILABLE', /take it back/);
    invalid(await server.post('/holds/pull', {}), ['barcode']);
  });

  test('ready ones by the last day to fetch them, and those that are late', async () => {
    const book = await makeBook(server);
    const jane = await makeMember(server);
    const hold = await place(book, jane);
    await pull((await copiesOf(server, book))[0]);
    const { rows } = await walk(server, '/holds?status=ready&sort_by=pickup_date', { limit: 3 });
    assert.deepEqual(rows.map((row) => row.pickup_until), rows.map((row) => row.pickup_until).sort());
    assert.ok(idsOf(rows).includes(hold.id));
    const late = async (day) => expect(await server.get(`/holds?pickup_before=${day}&member_id=${jane.id}`), 200).data;
    assert.deepEqual(await late(dayFromNow(7)), []);
    assert.deepEqual(idsOf(await late(dayFromNow(8))), [hold.id]);
  });
});

describe('changing', () => {
  test('a cancelled hold’s copy goes to the next, and then back to its shelf', async () => {
    const book = await makeBook(server);
    const [jane, john] = await makeMembers(2);
    const first = await place(book, jane);
    const second = await place(book, john);
    const [copy] = await copiesOf(server, book);
    await pull(copy);
    const over = expect(await server.delete(`/holds/${first.id}`), 200);
    assertHas(over, { status: 'cancelled', position: null, ended_reason: 'at the desk', copy_id: copy.id });
    assert.ok(over.ended_at);
    assertHas(await show(second), { status: 'ready', copy_id: copy.id });
    expect(await server.delete(`/holds/${second.id}`), 200);
    assert.equal(expect(await server.get(`/copies/${copy.id}`), 200).status, 'available');
    for (const act of [() => server.delete(`/holds/${first.id}`), () => server.put(`/holds/${first.id}/suspend`, { suspended: true }), () => server.put(`/holds/${first.id}/position`, { position: 1 })]) {
      refused(await act(), 409, 'HOLD_OVER', /was cancelled/);
    }
  });

  test('who steps aside keeps the place; a ready copy goes to the next', async () => {
    const book = await makeBook(server);
    const [jane, john] = await makeMembers(2);
    const first = await place(book, jane);
    const second = await place(book, john);
    await pull((await copiesOf(server, book))[0]);
    const aside = expect(await server.put(`/holds/${first.id}/suspend`, { suspended: true, until: dayFromNow(3) }), 200);
    assertHas(aside, { status: 'waiting', position: 1, suspended: true, suspended_until: dayFromNow(3), copy_id: null, pickup_until: null });
    assert.equal((await show(second)).status, 'ready');
    assertHas(expect(await server.put(`/holds/${first.id}/suspend`, { suspended: false }), 200), { suspended: false, suspended_until: null, position: 1 });
    invalid(await server.put(`/holds/${first.id}/suspend`, { suspended: true, until: dayFromNow(0) }), ['until']);
    invalid(await server.put(`/holds/${first.id}/suspend`, { suspended: false, until: dayFromNow(3) }), ['until']);
    invalid(await server.put(`/holds/${first.id}/suspend`, {}), ['suspended']);
  });

  test('a hold is moved; the others keep their order; past the end is the end', async () => {
    const book = await makeBook(server);
    const holds = [];
    for (const member of await makeMembers(3)) holds.push(await place(book, member));
    const order = async () => (await openOf(book)).map((row) => [holds.findIndex((hold) => hold.id === row.id), row.position]);
    assert.equal(expect(await server.put(`/holds/${holds[2].id}/position`, { position: 1 }), 200).position, 1);
    assert.deepEqual(await order(), [[2, 1], [0, 2], [1, 3]]);
    assert.equal(expect(await server.put(`/holds/${holds[2].id}/position`, { position: 50 }), 200).position, 3);
    assert.deepEqual(await order(), [[0, 1], [1, 2], [2, 3]]);
    invalid(await server.put(`/holds/${holds[2].id}/position`, { position: 0 }), ['position']);
    await pull((await copiesOf(server, book))[0]);
    refused(await server.put(`/holds/${holds[0].id}/position`, { position: 2 }), 409, 'CONFLICT', /hold shelf/);
  });

  test('a copy that is gone from the hold shelf: its hold waits again, in its place', async () => {
    const book = await makeBook(server, { total_copies: 2 });
    const [jane, john] = await makeMembers(2);
    const first = await place(book, jane);
    const second = await place(book, john);
    const [copy, other] = await copiesOf(server, book);
    refused(await server.post(`/holds/${first.id}/copy-gone`, { status: 'lost' }), 409, 'CONFLICT', /No copy lies/);
    await pull(copy);
    const waits = expect(await server.post(`/holds/${first.id}/copy-gone`, { status: 'lost' }), 200);
    assertHas(waits, { status: 'waiting', position: 1, copy_id: null, pickup_until: null });
    assert.equal(expect(await server.get(`/copies/${copy.id}`), 200).status, 'lost');
    assert.equal(expect(await server.get(`/books/${book.id}`), 200).total_copies, 1);
    assert.equal((await pull(other)).id, first.id);
    expect(await server.post(`/reservations/${first.id}/copy-gone`, { status: 'in_repair' }), 200);
    assert.deepEqual((await openOf(book)).map((row) => [row.id, row.position]), [[first.id, 1], [second.id, 2]]);
    invalid(await server.post(`/holds/${first.id}/copy-gone`, { status: 'on_loan' }), ['status']);
    expect(await server.delete(`/holds/${first.id}`), 200);
    refused(await server.post(`/holds/${first.id}/copy-gone`, { status: 'lost' }), 409, 'HOLD_OVER');
    refused(await server.post(`/holds/${UNKNOWN_ID}/copy-gone`, { status: 'lost' }), 404, 'HOLD_NOT_FOUND');
  });

  test('an unknown hold: 404 HOLD_NOT_FOUND', async () => {
    for (const reply of [await server.get(`/holds/${UNKNOWN_ID}`), await server.delete(`/holds/${UNKNOWN_ID}`), await server.put(`/holds/${UNKNOWN_ID}/suspend`, { suspended: true }), await server.put(`/holds/${UNKNOWN_ID}/position`, { position: 1 })]) {
      refused(reply, 404, 'HOLD_NOT_FOUND');
    }
    refused(await server.get(`/books/${UNKNOWN_ID}/holds`), 404, 'BOOK_NOT_FOUND');
    refused(await server.get(`/members/${UNKNOWN_ID}/holds`), 404, 'MEMBER_NOT_FOUND');
  });

  test('who waits and what is waited for is not archived: 409 HAS_HOLDS', async () => {
    const book = await makeBook(server);
    const jane = await makeMember(server);
    const hold = await place(book, jane);
    assert.deepEqual(refused(await server.delete(`/books/${book.id}`), 409, 'HAS_HOLDS', /1 reader waits/).reason, { open_holds: 1 });
    assert.deepEqual(refused(await server.delete(`/members/${jane.id}`), 409, 'HAS_HOLDS', /1 title/).reason, { open_holds: 1 });
    expect(await server.delete(`/holds/${hold.id}`), 200);
    expect(await server.delete(`/books/${book.id}`), 204);
    expect(await server.delete(`/members/${jane.id}`), 204);
  });
});

describe('the list', () => {
  test('has a total without counting, pages by cursor, and filters that go together', async () => {
    const member = await makeMember(server);
    const books = [];
    for (let i = 0; i < 4; i++) books.push(await makeBook(server));
    const holds = [];
    for (const book of books) holds.push(await place(book, member));
    expect(await server.delete(`/holds/${holds[3].id}`), 200);
    const all = await walk(server, '/holds', { limit: 5 });
    assert.equal(all.pages[0].meta.total, all.rows.length);
    assert.equal(new Set(idsOf(all.rows)).size, all.rows.length);
    const mine = async (more = '') => idsOf(expect(await server.get(`/members/${member.id}/holds?sort_by=placed_at&order=asc${more}`), 200).data);
    assert.deepEqual(await mine(), idsOf(holds));
    assert.deepEqual(await mine('&open=true'), idsOf(holds.slice(0, 3)));
    assert.deepEqual(await mine('&status=cancelled'), [holds[3].id]);
    assert.deepEqual(await mine(`&member_id=${UNKNOWN_ID}`), idsOf(holds), 'the path decides');
    refused(await server.get('/holds?status=odd'), 400, 'INVALID_PARAMETER');
    refused(await server.get('/holds?sort_by=colour'), 400, 'INVALID_PARAMETER');
  });
});

describe('watching', () => {
  test('a title that is out; not one that stands there', async () => {
    const book = await makeBook(server);
    const [jane, john, jill] = await makeMembers(3);
    const body = refused(await server.post(`/books/${book.id}/watch`, { member_id: jane.id }), 409, 'CONFLICT', /on the shelf now/);
    assert.deepEqual(body.reason, { available_copies: 1 });
    const hold = await place(book, jill);
    await pull((await copiesOf(server, book))[0]);
    for (const member of [jane, jane, john]) expect(await server.post(`/books/${book.id}/watch`, { member_id: member.id }), 204);
    const watches = async (member) => expect(await server.get(`/members/${member.id}/watches`), 200).watches;
    const [watch] = await watches(jane);
    assertHas(watch, { book_id: book.id, title: book.title, author: book.author });
    assert.equal((await watches(jane)).length, 1);
    expect(await server.delete(`/books/${book.id}/watch?member_id=${jane.id}`), 204);
    expect(await server.delete(`/books/${book.id}/watch?member_id=${jane.id}`), 204);
    assert.deepEqual(await watches(jane), []);
    assert.equal((await watches(john)).length, 1);
    expect(await server.delete(`/holds/${hold.id}`), 200);
    assert.deepEqual(await watches(john), [], 'told, and over');
    refused(await server.post(`/books/${UNKNOWN_ID}/watch`, { member_id: jane.id }), 404, 'BOOK_NOT_FOUND');
    refused(await server.post(`/books/${book.id}/watch`, { member_id: UNKNOWN_ID }), 404, 'MEMBER_NOT_FOUND');
    refused(await server.get(`/members/${UNKNOWN_ID}/watches`), 404, 'MEMBER_NOT_FOUND');
    invalid(await server.post(`/books/${book.id}/watch`, {}), ['member_id']);
  });
});

describe('readers', () => {
  let house;
  let people;
  before(async () => {
    house = await startServer({ auth: 'on' });
    people = await makePeople(house);
  });
  after(() => house.stop({ check: true }));

  test('place, suspend and cancel their own, and see no other', async () => {
    const { librarian, member, otherMember } = people;
    const book = await makeBook(librarian);
    const others = await place(book, otherMember.record, librarian);
    const own = expect(await member.post('/holds', { book_id: book.id }), 201);
    assertHas(own, { member_id: member.record.id, position: 2 });
    assert.deepEqual(expect(await member.get(`/members/${member.record.id}/holds`), 200).data, [own]);
    const seen = JSON.stringify([own, expect(await member.get(`/holds/${own.id}`), 200)]);
    assert.ok(!seen.includes(otherMember.record.name) && !seen.includes(otherMember.record.card));
    const told = [];
    for (const id of [others.id, UNKNOWN_ID]) {
      told.push(refused(await member.get(`/holds/${id}`), 404, 'HOLD_NOT_FOUND').detail);
      told.push(refused(await member.delete(`/holds/${id}`), 404, 'HOLD_NOT_FOUND').detail);
      told.push(refused(await member.put(`/holds/${id}/suspend`, { suspended: true }), 404, 'HOLD_NOT_FOUND').detail);
    }
    assert.equal(new Set(told).size, 1, 'another’s is told as one that does not exist');
    refused(await member.get(`/members/${otherMember.record.id}/holds`), 403, 'FORBIDDEN');
    refused(await member.get(`/members/${otherMember.record.id}/watches`), 403, 'FORBIDDEN');
    refused(await member.get(`/books/${book.id}/holds`), 403, 'FORBIDDEN');
    refused(await member.put(`/holds/${own.id}/position`, { position: 1 }), 403, 'FORBIDDEN');
    assert.equal(expect(await member.put(`/holds/${own.id}/suspend`, { suspended: true }), 200).suspended, true);
    assertHas(expect(await member.delete(`/holds/${own.id}`), 200), { status: 'cancelled', ended_reason: 'by the reader' });
  });

  test('act for nobody else: 403', async () => {
    const { librarian, member, otherMember } = people;
    const book = await makeBook(librarian);
    const other = otherMember.record;
    refused(await member.post('/holds', { book_id: book.id, member_id: other.id }), 403, 'FORBIDDEN', /yourself/);
    refused(await member.post('/holds', { book_id: book.id, card: other.card }), 403, 'FORBIDDEN', /yourself/);
    refused(await member.post(`/books/${book.id}/watch`, { member_id: other.id }), 403, 'FORBIDDEN', /yourself/);
    refused(await member.delete(`/books/${book.id}/watch?member_id=${other.id}`), 403, 'FORBIDDEN', /yourself/);
    expect(await member.post('/holds', { book_id: book.id, member_id: member.record.id }), 201);
  });

  test('watch for themselves', async () => {
    const { librarian, member, otherMember } = people;
    const book = await makeBook(librarian);
    await lend(librarian, book, otherMember.record);
    expect(await member.post(`/books/${book.id}/watch`, {}), 204);
    assert.deepEqual(expect(await member.get(`/members/${member.record.id}/watches`), 200).watches.map((one) => one.book_id), [book.id]);
    expect(await member.delete(`/books/${book.id}/watch`), 204);
    assert.deepEqual(expect(await member.get(`/members/${member.record.id}/watches`), 200).watches, []);
  });

  test('a login without a reader’s record: 409 NO_MEMBER_RECORD', async () => {
    const { admin, librarian } = people;
    const book = await makeBook(librarian);
    const key = expect(await admin.post('/admin/api-keys', { name: unique('Reader’s program'), role: 'member' }), 201).key;
    const program = house.as({ Authorization: `Bearer ${key}` });
    refused(await program.post('/holds', { book_id: book.id }), 409, 'NO_MEMBER_RECORD');
  });
});
