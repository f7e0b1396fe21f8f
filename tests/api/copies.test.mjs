// Copies: the things on the shelf, with the barcode that the scanner reads.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, copiesOf, expect, INSTANT, invalid, lend, makeBook, makeMember, refused, takeBack, unique, UNKNOWN_ID, UUID } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const bookNow = async (book) => expect(await server.get(`/books/${book.id}`), 200);
const addCopy = async (book, facts = {}) => expect(await server.post(`/books/${book.id}/copies`, facts), 201);
const counts = async (book) => {
  const { total_copies, available_copies } = await bookNow(book);
  return [total_copies, available_copies];
};

/** ISO/IEC 7812-1 annex B. */
function luhnHolds(digits) {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const doubled = i % 2 ? Number(digit) * 2 : Number(digit);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

describe('a new copy', () => {
  test('gets a 14-digit barcode with a check digit, and counts', async () => {
    const book = await makeBook(server);
    const reply = await server.post(`/books/${book.id}/copies`, {});
    const copy = expect(reply, 201);
    assert.match(copy.id, UUID);
    assert.match(copy.barcode, /^3900\d{10}$/);
    assert.ok(luhnHolds(copy.barcode), copy.barcode);
    assertHas(copy, { status: 'available', shelf: null, note: null, price: null, acquired_on: null });
    assert.equal(copy.book.id, book.id);
    assert.equal(copy.book.title, book.title);
    assert.match(copy.created_at, INSTANT);
    assert.equal(reply.headers.etag, `"${copy.version}"`);
    assert.deepEqual(await counts(book), [2, 2]);
    assert.deepEqual(expect(await server.get(`/copies/${copy.id}`), 200), copy);
  });

  test('keeps what is said of it, money exactly', async () => {
    const book = await makeBook(server);
    const facts = { barcode: 'OLD-0001', shelf: 'B 12', acquired_on: '2019-02-28', price: 12.3, note: 'Gift of the mayor' };
    assertHas(await addCopy(book, facts), facts);
    assert.equal((await addCopy(book, { price: '0.10' })).price, 0.1, 'money may come as text');
    assert.equal((await addCopy(book, { price: 19.99 })).price, 19.99);
    invalid(await server.post(`/books/${book.id}/copies`, { price: 0.105 }), ['price']);
    invalid(await server.post(`/books/${book.id}/copies`, { price: -1 }), ['price']);
  });

  for (const [status, total, available] of [['available', 2, 2], ['in_repair', 2, 1], ['lost', 1, 1], ['withdrawn', 1, 1]]) {
    test(`that is ${status} counts ${total - 1} in total and ${available - 1} available`, async () => {
      const book = await makeBook(server);
      assert.equal((await addCopy(book, { status })).status, status);
      assert.deepEqual(await counts(book), [total, available]);
    });
  }

  test('cannot begin as lent or held, and names every wrong member at once', async () => {
    const book = await makeBook(server);
    for (const status of ['on_loan', 'on_hold_shelf', 'eaten']) {
      invalid(await server.post(`/books/${book.id}/copies`, { status }), ['status']);
    }
    invalid(await server.post(`/books/${book.id}/copies`, { acquired_on: '2019-02-29', barcode: 'x'.repeat(41), colour: 'red' }), ['acquired_on', 'barcode', 'colour']);
    assert.deepEqual(await counts(book), [1, 1]);
  });

  test('needs a barcode that a scanner can read', async () => {
    const book = await makeBook(server);
    for (const barcode of ['ümlaut', 'two\nlines', 'tab\there']) {
      invalid(await server.post(`/books/${book.id}/copies`, { barcode }), ['barcode']);
    }
    assert.equal((await addCopy(book, { barcode: '  SPACED ' })).barcode, 'SPACED');
  });

  test('cannot have the barcode of another, whatever became of that one', async () => {
    const holder = await makeBook(server, { title: 'The First Holder' });
    const copy = await addCopy(holder, { barcode: 'TAKEN-1' });
    const book = await makeBook(server);
    const body = refused(await server.post(`/books/${book.id}/copies`, { barcode: 'TAKEN-1' }), 409, 'DUPLICATE_BARCODE', /TAKEN-1.*The First Holder/);
    assertHas(body.reason, { copy_id: copy.id, title: 'The First Holder' });
    expect(await server.patch(`/copies/${copy.id}`, { status: 'withdrawn' }), 200);
    refused(await server.post(`/books/${book.id}/copies`, { barcode: 'TAKEN-1' }), 409, 'DUPLICATE_BARCODE');
    assert.deepEqual(await counts(book), [1, 1]);
  });

  test('a barcode typed in by hand that the library would have made next is skipped', async () => {
    const book = await makeBook(server);
    const last = await addCopy(book);
    const number = Number(last.barcode.slice(4, 13)) + 1;
    const digits = `3900${String(number).padStart(9, '0')}`;
    const next = [...'0123456789'].map((digit) => digits + digit).find(luhnHolds);
    await addCopy(book, { barcode: next });
    const after = await addCopy(book);
    assert.notEqual(after.barcode, next);
    assert.ok(luhnHolds(after.barcode));
  });
});

describe('a copy', () => {
  test('that is not there is 404 COPY_NOT_FOUND, with a malformed id 422', async () => {
    refused(await server.get(`/copies/${UNKNOWN_ID}`), 404, 'COPY_NOT_FOUND', /^Copy not found\./);
    refused(await server.patch(`/copies/${UNKNOWN_ID}`, { note: 'x' }), 404, 'COPY_NOT_FOUND', /^Copy not found\./);
    invalid(await server.get('/copies/17'), ['id'], 'path');
    invalid(await server.patch('/copies/17', { note: 'x' }), ['id'], 'path');
  });

  test('is changed in the members given, and from the version that If-Match names', async () => {
    const book = await makeBook(server);
    const copy = await addCopy(book, { shelf: 'A', note: 'n' });
    const changed = expect(await server.patch(`/copies/${copy.id}`, { shelf: 'B', price: 5 }, { 'If-Match': `"${copy.version}"` }), 200);
    assertHas(changed, { shelf: 'B', price: 5, note: 'n', barcode: copy.barcode, version: copy.version + 1 });
    refused(await server.patch(`/copies/${copy.id}`, { shelf: 'C' }, { 'If-Match': `"${copy.version}"` }), 412, 'PRECONDITION_FAILED');
    assert.equal(expect(await server.patch(`/copies/${copy.id}`, { shelf: null }), 200).shelf, null);
    const etag = (await server.get(`/copies/${copy.id}`)).headers.etag;
    assert.equal((await server.get(`/copies/${copy.id}`, { 'If-None-Match': etag })).status, 304);
    invalid(await server.patch(`/copies/${copy.id}`, { status: 'eaten', colour: 'red' }), ['status', 'colour']);
  });

  test('takes back what it showed', async () => {
    const copy = await addCopy(await makeBook(server), { shelf: 'A' });
    assert.deepEqual(expect(await server.patch(`/copies/${copy.id}`, copy), 200), copy);
  });

  test('cannot take the barcode of another', async () => {
    const book = await makeBook(server);
    const [first, second] = [await addCopy(book), await addCopy(book)];
    refused(await server.patch(`/copies/${first.id}`, { barcode: second.barcode }), 409, 'DUPLICATE_BARCODE');
    assert.equal(expect(await server.patch(`/copies/${first.id}`, { barcode: `${first.barcode}X` }), 200).barcode, `${first.barcode}X`);
  });

  test('moves between available, in repair, lost and withdrawn, and the title counts along', async () => {
    const book = await makeBook(server);
    const [copy] = await copiesOf(server, book);
    for (const [status, expected] of [['in_repair', [1, 0]], ['lost', [0, 0]], ['available', [1, 1]], ['withdrawn', [0, 0]], ['in_repair', [1, 0]], ['available', [1, 1]]]) {
      assert.equal(expect(await server.patch(`/copies/${copy.id}`, { status }), 200).status, status);
      assert.deepEqual(await counts(book), expected, status);
    }
  });

  test('that is lent keeps its status until it is back', async () => {
    const book = await makeBook(server);
    const [copy] = await copiesOf(server, book);
    const borrow = await lend(server, book, await makeMember(server));
    assert.equal(expect(await server.get(`/copies/${copy.id}`), 200).status, 'on_loan');
    for (const status of ['available', 'lost', 'withdrawn', 'in_repair']) {
      const body = refused(await server.patch(`/copies/${copy.id}`, { status }), 409, 'COPY_NOT_AVAILABLE', /take it back first/);
      assertHas(body.reason, { from: 'on_loan', to: status });
    }
    assert.equal(expect(await server.patch(`/copies/${copy.id}`, { status: 'on_loan', note: 'still out' }), 200).note, 'still out');
    await takeBack(server, borrow);
    invalid(await server.patch(`/copies/${copy.id}`, { status: 'on_loan' }), ['status']);
    invalid(await server.patch(`/copies/${copy.id}`, { status: 'on_hold_shelf' }), ['status']);
    assert.deepEqual(await counts(book), [1, 1]);
  });

  test('that is withdrawn is not lost', async () => {
    const copy = await addCopy(await makeBook(server), { status: 'withdrawn' });
    assertHas(refused(await server.patch(`/copies/${copy.id}`, { status: 'lost' }), 409, 'COPY_NOT_AVAILABLE', /into the stock again/).reason, { from: 'withdrawn', to: 'lost' });
  });

  for (const status of ['in_repair', 'lost', 'withdrawn']) {
    test(`that is ${status} is not lent, by title or by barcode`, async () => {
      const book = await makeBook(server);
      const [copy] = await copiesOf(server, book);
      const member = await makeMember(server);
      expect(await server.patch(`/copies/${copy.id}`, { status }), 200);
      refused(await server.post('/borrows', { book_id: book.id, member_id: member.id }), 409, 'INVENTORY_UNAVAILABLE', /No copies available/);
      const body = refused(await server.post('/borrows', { barcode: copy.barcode, member_id: member.id }), 409, 'COPY_NOT_AVAILABLE');
      assert.equal(body.reason.status, status);
    });
  }
});

describe('a barcode in the hand', () => {
  const scan = async (barcode) => expect(await server.get(`/copies/barcode/${encodeURIComponent(barcode)}`), 200);

  test('tells the copy, its title and that nobody has it', async () => {
    const copy = await addCopy(await makeBook(server), { barcode: unique('A B-') });
    assert.deepEqual(await scan(copy.barcode), { copy, loan: null, hold: null, holds_waiting: 0 });
  });

  test('tells who has it and until when', async () => {
    const book = await makeBook(server);
    const member = await makeMember(server);
    const borrow = await lend(server, book, member);
    const { copy, loan } = await scan(borrow.copy.barcode);
    assert.equal(copy.status, 'on_loan');
    assert.deepEqual(loan, { id: borrow.id, due_date: borrow.due_date, member: { id: member.id, name: member.name, card: member.card } });
    await takeBack(server, borrow);
    assert.equal((await scan(copy.barcode)).loan, null);
  });

  test('tells for whom it is kept, and how many wait', async () => {
    const book = await makeBook(server);
    const [first, second] = [await makeMember(server), await makeMember(server)];
    const borrow = await lend(server, book, await makeMember(server));
    const hold = expect(await server.post('/holds', { book_id: book.id, member_id: first.id }), 201);
    expect(await server.post('/holds', { book_id: book.id, member_id: second.id }), 201);
    assertHas(await scan(borrow.copy.barcode), { hold: null, holds_waiting: 2 });
    await takeBack(server, borrow);
    const found = await scan(borrow.copy.barcode);
    assertHas(found, { loan: null, holds_waiting: 1 });
    assertHas(found.hold, { id: hold.id, member: { id: first.id, name: first.name, card: first.card } });
    assert.equal(found.hold.pickup_until, expect(await server.get(`/holds/${hold.id}`), 200).pickup_until);
  });

  test('that is on no copy is 404 COPY_NOT_FOUND', async () => {
    refused(await server.get('/copies/barcode/NOBODY'), 404, 'COPY_NOT_FOUND', /NOBODY/);
  });
});

describe('barcodes for labels', () => {
  const reserve = async (count) => expect(await server.post('/copies/barcodes', { count }), 201).barcodes;

  test('are numbers that no copy gets by itself, and that a copy can be given', async () => {
    const first = await reserve(3);
    assert.equal(new Set(first).size, 3);
    for (const barcode of first) assert.ok(/^3900\d{10}$/.test(barcode) && luhnHolds(barcode), barcode);
    const book = await makeBook(server);
    const copy = await addCopy(book);
    assert.ok(!first.includes(copy.barcode) && copy.barcode > first[2]);
    assert.equal((await addCopy(book, { barcode: first[1] })).barcode, first[1]);
    const [next] = await reserve(1);
    assert.ok(next > copy.barcode);
  });

  test('pass over what was typed in by hand', async () => {
    const book = await makeBook(server);
    const [last] = await reserve(1);
    const digits = `3900${String(Number(last.slice(4, 13)) + 1).padStart(9, '0')}`;
    const taken = [...'0123456789'].map((digit) => digits + digit).find(luhnHolds);
    await addCopy(book, { barcode: taken });
    assert.ok(!(await reserve(2)).includes(taken));
  });

  test('are 1 to 500 at once', async () => {
    for (const count of [0, 501, 1.5, 'many']) invalid(await server.post('/copies/barcodes', { count }), ['count']);
    invalid(await server.post('/copies/barcodes', {}), ['count']);
    assert.equal((await reserve(500)).length, 500);
  });
});

describe('a transfer', () => {
  const transfer = async (body) => expect(await server.post('/copies/transfer', body), 200);
  const on = async (shelf, more = '') => expect(await server.get(`/copies?shelf=${encodeURIComponent(shelf)}&sort=barcode${more}`), 200);

  test('moves the copies named, and says which it did not know', async () => {
    const book = await makeBook(server);
    const [one, two, three] = [await addCopy(book, { shelf: 'Old' }), await addCopy(book), await addCopy(book, { shelf: 'New 1' })];
    const reply = await transfer({ barcodes: [one.barcode, two.barcode, three.barcode, 'NO-SUCH'], shelf: 'New 1' });
    assert.deepEqual(reply, { shelf: 'New 1', moved: 2, unchanged: 1, unknown: ['NO-SUCH'] });
    assert.deepEqual((await on('New 1')).data.map((copy) => copy.id), [one, two, three].map((copy) => copy.id));
    assert.equal(expect(await server.get(`/copies/${one.id}`), 200).version, one.version + 1);
    assert.equal(expect(await server.get(`/copies/${three.id}`), 200).version, three.version);
    const log = expect(await server.get('/admin/audit-logs?entity=copy&limit=2'), 200).data;
    assert.deepEqual(log.map((row) => [row.action, JSON.parse(row.after).shelf]), [['copy.moved', 'New 1'], ['copy.moved', 'New 1']]);
  });

  test('moves all of a shelf, however many, lent and lost ones too', async () => {
    const shelf = unique('Whole');
    const book = await makeBook(server, { total_copies: 250 });
    const barcodes = [];
    for (let page = 0; page < 3; page++) barcodes.push(...expect(await server.get(`/copies?book_id=${book.id}&limit=100&offset=${100 * page}`), 200).data.map((copy) => copy.barcode));
    assert.equal((await transfer({ barcodes, shelf })).moved, 250);
    const borrow = await lend(server, book, await makeMember(server));
    await addCopy(book, { shelf, status: 'lost' });
    assert.deepEqual(await transfer({ from_shelf: shelf, shelf: `${shelf} b` }), { shelf: `${shelf} b`, moved: 251, unchanged: 0, unknown: [] });
    assert.equal((await on(shelf)).meta.total, 0);
    assert.equal((await on(`${shelf} b`)).meta.total, 250);
    assert.equal((await on(`${shelf} b`, '&include_withdrawn=true')).meta.total, 251);
    assert.deepEqual(await transfer({ from_shelf: shelf, shelf: `${shelf} b` }), { shelf: `${shelf} b`, moved: 0, unchanged: 0, unknown: [] });
    const log = expect(await server.get('/admin/audit-logs?action=shelf.moved&limit=1'), 200).data[0];
    assert.deepEqual(JSON.parse(log.after), { shelf: `${shelf} b`, copies: '251' });
    await takeBack(server, borrow);
  });

  test('says either which copies or which shelf', async () => {
    invalid(await server.post('/copies/transfer', { shelf: 'X' }), ['barcodes']);
    invalid(await server.post('/copies/transfer', { barcodes: [], shelf: 'X' }), ['barcodes']);
    invalid(await server.post('/copies/transfer', { barcodes: ['a'], from_shelf: 'Y', shelf: 'X' }), ['from_shelf']);
    invalid(await server.post('/copies/transfer', { from_shelf: 'X', shelf: 'X' }), ['shelf']);
    invalid(await server.post('/copies/transfer', { from_shelf: 'X' }), ['shelf']);
    invalid(await server.post('/copies/transfer', { barcodes: Array(501).fill('a'), shelf: 'X' }), ['barcodes']);
  });
});

test('shelves are listed by name with their copies, a page at a time', async () => {
  const names = ['zz 1', 'zz 2', 'zz 3'].map(unique);
  for (const [i, shelf] of names.entries()) for (let n = 0; n <= i; n++) await addCopy(await makeBook(server), { shelf });
  const first = expect(await server.get('/shelves?after=zz&limit=2'), 200);
  assert.deepEqual(first, { shelves: [{ name: names[0], copies: 1 }, { name: names[1], copies: 2 }], next: names[1] });
  const last = expect(await server.get(`/shelves?after=${encodeURIComponent(first.next)}&limit=2`), 200);
  assert.deepEqual(last, { shelves: [{ name: names[2], copies: 3 }], next: null });
  assert.ok(expect(await server.get('/shelves'), 200).shelves.length > 3);
  refused(await server.get('/shelves?limit=101'), 400, 'INVALID_PARAMETER', /limit/);
});

describe('lists of copies', () => {
  test("a title's list and the whole one leave out lost and withdrawn copies unless they are asked for", async () => {
    const book = await makeBook(server, { total_copies: 2 });
    await addCopy(book, { status: 'lost', barcode: 'GONE-1' });
    await addCopy(book, { status: 'withdrawn', barcode: 'GONE-2' });
    const of = async (query) => expect(await server.get(`/books/${book.id}/copies${query}`), 200);
    assert.equal((await of('')).meta.total, 2);
    assert.equal((await of('?include_withdrawn=true')).meta.total, 4);
    assert.deepEqual((await of('?status=lost')).data.map((copy) => copy.barcode), ['GONE-1']);
    const everywhere = expect(await server.get(`/copies?book_id=${book.id}`), 200);
    assert.equal(everywhere.meta.total, 2);
    refused(await server.get('/copies?status=eaten'), 400, 'INVALID_PARAMETER', /status/);
    refused(await server.get('/copies?book_id=17'), 400, 'INVALID_PARAMETER', /book_id/);
  });

  test('a barcode finds its copy and title, exactly', async () => {
    const book = await makeBook(server);
    const [copy] = await copiesOf(server, book);
    const found = expect(await server.get(`/copies?barcode=${copy.barcode}`), 200);
    assert.deepEqual(found.data.map((one) => [one.id, one.book.id]), [[copy.id, book.id]]);
    assert.equal(expect(await server.get(`/copies?barcode=${copy.barcode.slice(0, 13)}`), 200).meta.total, 0);
  });

  test('what was done to a copy is in the audit log', async () => {
    const copy = await addCopy(await makeBook(server), { shelf: 'A' });
    expect(await server.patch(`/copies/${copy.id}`, { shelf: 'B', status: 'in_repair' }), 200);
    const log = expect(await server.get('/admin/audit-logs?entity=copy&limit=2'), 200).data;
    assert.deepEqual(log.map((row) => row.entity_id), [copy.id, copy.id]);
    assert.deepEqual(JSON.parse(log[0].before), { shelf: 'A', status: 'available' });
    assert.deepEqual(JSON.parse(log[0].after), { shelf: 'B', status: 'in_repair' });
  });
});
