// Stock-takes: what is there, what is missing, what stands wrong.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, copiesOf, expect, INSTANT, invalid, lend, makeBook, makeMember, parseCsv, refused, takeBack, unique, UNKNOWN_ID, UUID, walk, walkBack } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const addCopy = async (facts = {}) => expect(await server.post(`/books/${(await makeBook(server)).id}/copies`, facts), 201);
const begin = async (facts) => expect(await server.post('/stocktakes', facts), 201);
const scan = async (take, barcode, more = {}) => expect(await server.post(`/stocktakes/${take.id}/scans`, { barcode, ...more }), 200);
const missing = async (take) => expect(await server.get(`/stocktakes/${take.id}/missing?limit=100`), 200).data.map((copy) => copy.barcode);
const finish = async (take, body = {}) => expect(await server.post(`/stocktakes/${take.id}/finish`, body), 200);
const statusOf = async (copy) => expect(await server.get(`/copies/${copy.id}`), 200).status;

/** A shelf of its own with copies on it. */
async function shelfWith(count, facts = {}) {
  const shelf = unique('Shelf');
  const copies = [];
  for (let i = 0; i < count; i++) copies.push(await addCopy({ shelf, ...facts }));
  return { shelf, copies, barcodes: copies.map((copy) => copy.barcode) };
}

describe('a stock-take', () => {
  test('begins with the number of copies it expects, and is listed', async () => {
    const { shelf, barcodes } = await shelfWith(3);
    await addCopy({ shelf, status: 'lost' });
    const take = await begin({ name: 'Summer', shelf });
    assert.match(take.id, UUID);
    assert.match(take.started_at, INSTANT);
    assertHas(take, { name: 'Summer', shelf, expected: 3, seen: 0, missing: null, accounted_for: null, finished_at: null, finished_by: null });
    assert.deepEqual(expect(await server.get(`/stocktakes/${take.id}`), 200), take);
    assert.deepEqual(expect(await server.get('/stocktakes?limit=1'), 200).data, [take]);
    assert.deepEqual(await missing(take), barcodes);
  });

  test('of the whole library expects every copy that should stand somewhere', async () => {
    const take = await begin({ name: 'All' });
    const available = expect(await server.get('/copies?status=available&limit=1'), 200).meta.total;
    assertHas(take, { shelf: null, expected: available });
  });

  test('needs a name; an unknown one is 404, a malformed id 422', async () => {
    invalid(await server.post('/stocktakes', {}), ['name']);
    invalid(await server.post('/stocktakes', { name: '', shelf: 'x'.repeat(256), colour: 'red' }), ['name', 'shelf', 'colour']);
    for (const path of ['', '/scans', '/missing']) {
      refused(await server.get(`/stocktakes/${UNKNOWN_ID}${path}`), 404, 'STOCKTAKE_NOT_FOUND', /^Stock-take not found\./);
      invalid(await server.get(`/stocktakes/17${path}`), ['id'], 'path');
    }
    refused(await server.post(`/stocktakes/${UNKNOWN_ID}/scans`, { barcode: 'x' }), 404, 'STOCKTAKE_NOT_FOUND');
    refused(await server.post(`/stocktakes/${UNKNOWN_ID}/finish`, {}), 404, 'STOCKTAKE_NOT_FOUND');
    const take = await begin({ name: 'Checks' });
    invalid(await server.post(`/stocktakes/${take.id}/scans`, { restore: 'perhaps' }), ['barcode', 'restore']);
    invalid(await server.post(`/stocktakes/${take.id}/finish`, { mark_missing_lost: 3 }), ['mark_missing_lost']);
  });
});

describe('a scan', () => {
  test('tells what it found, the copy, and how far the stock-take is', async () => {
    const { shelf, copies, barcodes } = await shelfWith(2);
    const take = await begin({ name: 'Summer', shelf });
    const found = await scan(take, barcodes[0]);
    assertHas(found, { finding: 'in_place', repeated: false, restored: false, expected: 2, seen: 1 });
    assert.equal(found.copy.id, copies[0].id);
    assert.match(found.message, new RegExp(found.copy.book.title));
    assert.deepEqual(await missing(take), [barcodes[1]]);
    assert.equal(expect(await server.get(`/stocktakes/${take.id}`), 200).seen, 1);
  });

  test('of the same copy again changes nothing', async () => {
    const { shelf, barcodes } = await shelfWith(1);
    const take = await begin({ name: 'Twice', shelf });
    await scan(take, barcodes[0], { shelf: 'Elsewhere' });
    assertHas(await scan(take, barcodes[0]), { finding: 'misplaced', repeated: true, seen: 1 });
    await scan(take, 'nobody knows it');
    assertHas(await scan(take, 'nobody knows it'), { finding: 'unknown', repeated: true, copy: null });
    assert.equal(expect(await server.get(`/stocktakes/${take.id}/scans`), 200).meta.total, 2);
  });

  test('finds what should not be there, and says what to do with it', async () => {
    const take = await begin({ name: 'Surprises', shelf: unique('Shelf') });
    const book = await makeBook(server);
    const [lent] = await copiesOf(server, book);
    await lend(server, book, await makeMember(server));
    assertHas(await scan(take, lent.barcode), { finding: 'on_loan' });
    for (const [status, finding, words] of [['in_repair', 'in_repair', /in repair/], ['lost', 'was_lost', /take it back at the desk/], ['withdrawn', 'was_withdrawn', /withdrawn/]]) {
      const copy = await addCopy({ status });
      const found = await scan(take, copy.barcode);
      assert.equal(found.finding, finding);
      assert.match(found.message, words);
      assert.equal(await statusOf(copy), status, 'a scan changes no state');
    }
    const other = await addCopy({ shelf: 'Z 9' });
    assert.match((await scan(take, other.barcode)).message, /Z 9/);
    assertHas(await scan(take, 'NOT-OURS'), { finding: 'unknown', copy: null });
    const of = async (query) => expect(await server.get(`/stocktakes/${take.id}/scans${query}`), 200);
    assert.deepEqual((await of('')).data.map((row) => row.finding), ['unknown', 'misplaced', 'was_withdrawn', 'was_lost', 'in_repair', 'on_loan']);
    const wrong = await of('?finding=misplaced');
    assert.equal(wrong.meta.total, 1);
    assertHas(wrong.data[0], { barcode: other.barcode, shelf: take.shelf });
    assertHas(wrong.data[0].copy, { id: other.id, shelf: 'Z 9', status: 'available', title: other.book.title });
    assert.equal((await of('?finding=unknown')).data[0].copy.id, null);
  });

  test('brings a lost copy back when that is said', async () => {
    const copy = await addCopy({ status: 'lost' });
    const take = await begin({ name: 'Found' });
    assert.equal((await scan(take, copy.barcode)).restored, false);
    const found = await scan(take, copy.barcode, { restore: true });
    assertHas(found, { finding: 'was_lost', restored: true, repeated: true });
    assert.equal(found.copy.status, 'available');
    assert.equal(await statusOf(copy), 'available');
    assert.equal(expect(await server.get(`/books/${copy.book.id}`), 200).available_copies, 2);
  });
});

describe('the missing copies', () => {
  test('are paged through in either direction', async () => {
    const { shelf, barcodes } = await shelfWith(12);
    const take = await begin({ name: 'Pages', shelf });
    for (const i of [0, 5, 6]) await scan(take, barcodes[i]);
    const left = barcodes.filter((_, i) => ![0, 5, 6].includes(i));
    const { rows, pages } = await walk(server, `/stocktakes/${take.id}/missing`, { limit: 4 });
    assert.deepEqual(rows.map((copy) => copy.barcode), left);
    assert.equal(pages[0].meta.total, 9);
    const back = await walkBack(server, `/stocktakes/${take.id}/missing`, pages[2].meta.previous_cursor, { limit: 4 });
    assert.deepEqual(back.map((copy) => copy.barcode), left.slice(0, 8));
    assertHas(rows[0], { status: 'available', shelf });
    assert.ok(rows[0].book.title);
    const csv = await server.get(`/stocktakes/${take.id}/missing`, { Accept: 'text/csv' });
    assert.equal(csv.status, 200);
    const [head, ...lines] = parseCsv(csv.text.replace(/^\ufeff/, ''));
    assert.deepEqual(lines.map((line) => line[head.indexOf('barcode')]), left, 'all of them, to print');
  });

  test('stay what they are unless they are marked', async () => {
    const { shelf, copies } = await shelfWith(2);
    const take = await begin({ name: 'Gentle', shelf });
    await scan(take, copies[0].barcode);
    const end = await finish(take);
    assertHas(end, { marked_lost: 0, still_held: 0 });
    assertHas(end.stocktake, { id: take.id, expected: 2, seen: 1, missing: 1, accounted_for: 0 });
    assert.match(end.stocktake.finished_at, INSTANT);
    assert.equal(await statusOf(copies[1]), 'available');
    assert.deepEqual(await missing(take), [copies[1].barcode], 'the list stays');
  });

  test('become lost when that is said, many of them too; what was lent meanwhile does not', async () => {
    const shelf = unique('Shelf');
    const book = await makeBook(server, { total_copies: 60 });
    const copies = await copiesOf(server, book);
    expect(await server.post('/copies/transfer', { barcodes: copies.map((copy) => copy.barcode), shelf }), 200);
    const take = await begin({ name: 'Strict', shelf });
    assert.equal(take.expected, 60);
    await scan(take, copies[59].barcode);
    const borrow = await lend(server, book, await makeMember(server));
    await takeBack(server, borrow);
    const second = await makeMember(server);
    const out = await lend(server, book, second);
    const end = await finish(take, { mark_missing_lost: true });
    const handled = new Set([borrow.copy.barcode, out.copy.barcode, copies[59].barcode]);
    assert.equal(end.marked_lost, 60 - handled.size);
    assertHas(end.stocktake, { missing: 60 - handled.size, accounted_for: handled.size - 1 });
    assert.equal(expect(await server.get(`/copies?book_id=${book.id}&status=lost`), 200).meta.total, 60 - handled.size);
    assert.equal((await missing(take)).length, 60 - handled.size);
    const log = expect(await server.get('/admin/audit-logs?entity=stocktake&limit=1'), 200).data[0];
    assertHas(log, { action: 'stocktake.finished', entity_id: take.id });
    await takeBack(server, out);
  });

  test('on the hold shelf are left as they are, and told', async () => {
    const shelf = unique('Shelf');
    const book = await makeBook(server);
    const [copy] = await copiesOf(server, book);
    expect(await server.post('/copies/transfer', { barcodes: [copy.barcode], shelf }), 200);
    const borrow = await lend(server, book, await makeMember(server));
    expect(await server.post('/holds', { book_id: book.id, member_id: (await makeMember(server)).id }), 201);
    await takeBack(server, borrow);
    assert.equal(await statusOf(copy), 'on_hold_shelf');
    const take = await begin({ name: 'Held', shelf });
    assert.equal(take.expected, 1);
    const end = await finish(take, { mark_missing_lost: true });
    assertHas(end, { marked_lost: 0, still_held: 1 });
    assertHas(end.stocktake, { missing: 1, accounted_for: 0 });
    assert.equal(await statusOf(copy), 'on_hold_shelf');
    assertHas(await scan(await begin({ name: 'Held again' }), copy.barcode), { finding: 'on_hold_shelf' });
    refused(await server.patch(`/copies/${copy.id}`, { status: 'lost' }), 409, 'COPY_NOT_AVAILABLE', /cancel the hold first/);
  });

  test('a stock-take that is finished takes no more scans: 409 STOCKTAKE_OVER', async () => {
    const take = await begin({ name: 'Over' });
    await finish(take);
    refused(await server.post(`/stocktakes/${take.id}/scans`, { barcode: 'x' }), 409, 'STOCKTAKE_OVER', /Over.*finished/);
    refused(await server.post(`/stocktakes/${take.id}/finish`, {}), 409, 'STOCKTAKE_OVER');
  });
});
