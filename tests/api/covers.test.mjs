// Covers: the picture of a title.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, makeBook, parseCsv, refused, unique, UNKNOWN_ID } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const be = (value, bytes) => Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex');

/** Heads of pictures; what follows is not looked at, so it may be anything. */
const png = (width = 300, height = 450, tail = '') => Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), be(width, 4), be(height, 4), Buffer.from(`\x08\x02${tail}`)]);
const jpeg = (width = 300, height = 450) => Buffer.concat([Buffer.from('ffd8ffc0001108', 'hex'), be(height, 2), be(width, 2), Buffer.from('03', 'hex')]);
const webp = () => Buffer.concat([Buffer.from('RIFF\x64\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x2b\x01\0\xc1\x01\0', 'latin1')]);

const put = (book, bytes, type, client = server) => client.put(`/books/${book.id}/cover`, bytes, type === undefined ? {} : { 'Content-Type': type });
const now = async (book) => expect(await server.get(`/books/${book.id}`), 200);

describe('a cover', () => {
  for (const [type, bytes] of [['image/png', png()], ['image/jpeg', jpeg()], ['image/webp', webp()]]) {
    test(`of type ${type} comes back byte for byte, under its own type`, async () => {
      const book = await makeBook(server);
      assert.equal(book.cover, null);
      const shown = expect(await put(book, bytes, type), 200);
      assert.match(shown.cover, /^[0-9a-f]{16}$/);
      assertHas(shown, { id: book.id, version: book.version + 1 });
      const reply = await server.get(`/books/${book.id}/cover`);
      assert.equal(reply.status, 200);
      assert.deepEqual(reply.bytes, bytes);
      assertHas(reply.headers, { 'content-type': type, 'x-content-type-options': 'nosniff', 'cache-control': 'private, no-cache' });
      assert.match(reply.headers['content-security-policy'], /default-src 'self'/);
    });
  }

  test('is asked for again only when it is another one', async () => {
    const book = await makeBook(server);
    expect(await put(book, png(), 'image/png'), 200);
    const { headers } = await server.get(`/books/${book.id}/cover`);
    assert.ok(headers.etag.startsWith(`"${(await now(book)).cover}`), 'its name in the title is the beginning of its tag');
    assert.equal((await server.get(`/books/${book.id}/cover`, { 'If-None-Match': headers.etag })).status, 304);
    expect(await put(book, png(301), 'image/png'), 200);
    assert.equal((await server.get(`/books/${book.id}/cover`, { 'If-None-Match': headers.etag })).status, 200);
  });

  test('stands in lists, in the details, in the search, and not in CSV', async () => {
    const book = await makeBook(server, { title: unique('Pictured') });
    const { cover } = expect(await put(book, jpeg(), 'image/jpeg'), 200);
    const [row] = expect(await server.get(`/books?q=${encodeURIComponent(book.title)}`), 200).data;
    assert.equal(row.cover, cover);
    assert.equal(expect(await server.get(`/books/${book.id}/details`), 200).book.cover, cover);
    assert.equal(expect(await server.get(`/search/books?q=${encodeURIComponent(book.title)}`), 200).data[0].cover, cover);
    const [head, ...rows] = parseCsv((await server.get('/books/export/csv')).text);
    assert.ok(!head.includes('cover') && head.includes('categories') && head.includes('total_copies'));
    for (const cells of rows) assert.equal(cells.length, head.length);
  });

  test('is put in the place of another, and taken away; the log says so', async () => {
    const book = await makeBook(server);
    expect(await put(book, png(), 'image/png'), 200);
    const again = expect(await put(book, png(), 'image/png'), 200);
    assert.equal(again.version, book.version + 1, 'the same one again changes nothing');
    expect(await put(book, jpeg(), 'image/jpeg'), 200);
    expect(await server.delete(`/books/${book.id}/cover`), 204);
    assertHas(await now(book), { cover: null, version: book.version + 3 });
    refused(await server.get(`/books/${book.id}/cover`), 404, 'COVER_NOT_FOUND');
    refused(await server.delete(`/books/${book.id}/cover`), 404, 'COVER_NOT_FOUND');
    const log = expect(await server.get(`/books/${book.id}/audit`), 200).data;
    assert.deepEqual(log.map((row) => row.action), ['book.cover_removed', 'book.cover_changed', 'book.cover_added', 'book.added']);
  });

  test('stays with a title that is archived, and cannot be changed there', async () => {
    const book = await makeBook(server);
    const { cover } = expect(await put(book, png(), 'image/png'), 200);
    expect(await server.delete(`/books/${book.id}`), 204);
    assert.equal((await server.get(`/books/${book.id}/cover`)).status, 200);
    refused(await put(book, jpeg(), 'image/jpeg'), 404, 'BOOK_NOT_FOUND');
    assert.equal(expect(await server.post(`/books/${book.id}/restore`), 200).cover, cover);
  });
});

describe('what is no cover is refused, and the one that is there stays', () => {
  const wrong = [
    ['no picture', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/png', 422, 'IMAGE_UNREADABLE'],
    ['a PNG that says it is a JPEG', png(), 'image/jpeg', 422, 'IMAGE_UNREADABLE'],
    ['a picture 2,001 pixels wide', png(2001, 10), 'image/png', 422, 'IMAGE_UNREADABLE'],
    ['a picture 2,001 pixels high', jpeg(10, 2001), 'image/jpeg', 422, 'IMAGE_UNREADABLE'],
    ['a picture without a width', png(0, 10), 'image/png', 422, 'IMAGE_UNREADABLE'],
    ['256 KiB and a byte', Buffer.concat([png(), Buffer.alloc(256 * 1024)]), 'image/png', 413, 'BODY_TOO_LARGE'],
    ['nothing at all', Buffer.alloc(0), 'image/png', 400, 'BAD_REQUEST'],
    ['an SVG', Buffer.from('<svg/>'), 'image/svg+xml', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['bytes of no type', png(), undefined, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ];
  for (const [what, bytes, type, status, code] of wrong) {
    test(`${what}: ${status} ${code}`, async () => {
      const book = await makeBook(server);
      const { cover } = expect(await put(book, png(), 'image/png'), 200);
      refused(await put(book, bytes, type), status, code);
      assertHas(await now(book), { cover, version: book.version + 1 });
    });
  }

  test('the largest there may be is taken: 256 KiB, 2,000 by 2,000', async () => {
    const book = await makeBook(server);
    const head = png(2000, 2000);
    expect(await put(book, Buffer.concat([head, Buffer.alloc(256 * 1024 - head.length)]), 'image/png'), 200);
    assert.equal((await server.get(`/books/${book.id}/cover`)).bytes.length, 256 * 1024);
  });

  test('of a title that is not there: 404', async () => {
    refused(await put({ id: UNKNOWN_ID }, png(), 'image/png'), 404, 'BOOK_NOT_FOUND');
    refused(await server.get(`/books/${UNKNOWN_ID}/cover`), 404, 'BOOK_NOT_FOUND');
    refused(await server.delete(`/books/${UNKNOWN_ID}/cover`), 404, 'BOOK_NOT_FOUND');
  });
});

test('readers see covers and do not change them; strangers, while the catalogue is public', async (t) => {
  const own = await startServer({ auth: 'on' });
  t.after(() => own.stop({ check: true }));
  const people = await makePeople(own);
  const book = expect(await people.librarian.post('/books', { title: 'Guarded', author: 'A. Author' }), 201);
  expect(await put(book, png(), 'image/png', people.librarian), 200);
  for (const who of ['anonymous', 'member']) assert.equal((await people[who].get(`/books/${book.id}/cover`)).status, 200);
  refused(await put(book, jpeg(), 'image/jpeg', people.member), 403, 'FORBIDDEN');
  expect(await people.admin.put('/admin/system-config', { public_catalogue: 'off' }), 200);
  refused(await people.anonymous.get(`/books/${book.id}/cover`), 401, 'UNAUTHENTICATED');
  assert.equal((await people.member.get(`/books/${book.id}/cover`)).status, 200);
});
