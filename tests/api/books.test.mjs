// Titles: what the catalogue takes in, shows, changes, archives and finds (API.md "Books").
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, INSTANT, invalid, lend, makeBook, makeMember, refused, takeBack, unique, UNKNOWN_ID, UUID } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const fresh = (over = {}) => ({ title: unique('Fresh'), author: 'A. Writer', ...over });
const show = async (book, query = '') => expect(await server.get(`/books/${book.id}${query}`), 200);

describe('a new title', () => {
  test('answers 201 with every member the contract names, and one copy unless more are asked for', async () => {
    const reply = await server.post('/books', { title: 'Things Fall Apart', author: 'Chinua Achebe' });
    const book = expect(reply, 201);
    assert.match(book.id, UUID);
    assert.match(book.created_at, INSTANT);
    assert.match(book.updated_at, INSTANT);
    assertHas(book, { title: 'Things Fall Apart', author: 'Chinua Achebe', isbn: null, total_copies: 1, available_copies: 1, deleted_at: null });
    assert.equal(reply.headers.etag, `"${book.version}"`, 'the reply carries the version of what was made');
    assert.deepEqual(await show(book), book, 'reading it gives the same');
  });

  test('keeps everything a cataloguer says', async () => {
    const facts = {
      title: 'Middlemarch', subtitle: 'A Study of Provincial Life', author: 'George Eliot', isbn: '9780141439549', publisher: 'Penguin',
      edition: '2nd', year: 1871, language: 'en', description: 'Provincial life.', item_type: 'book', categories: ['Fiction', 'Classics'], total_copies: 3,
    };
    const book = expect(await server.post('/books', facts), 201);
    assertHas(book, { ...facts, available_copies: 3 });
  });

  test('makes total_copies copies, each with a barcode of its own', async () => {
    const book = await makeBook(server, { total_copies: 5 });
    const copies = expect(await server.get(`/books/${book.id}/copies`), 200);
    assert.equal(copies.meta.total, 5);
    assert.equal(new Set(copies.data.map((copy) => copy.barcode)).size, 5);
    assert.deepEqual([...new Set(copies.data.map((copy) => copy.status))], ['available']);
  });

  test('accepts available_copies from old clients, at most total_copies, and derives it afterwards', async () => {
    const book = expect(await server.post('/books', fresh({ total_copies: 4, available_copies: 2 })), 201);
    assertHas(book, { total_copies: 4, available_copies: 4 });
    invalid(await server.post('/books', fresh({ total_copies: 1, available_copies: 2 })), ['available_copies']);
    invalid(await server.post('/books', fresh({ available_copies: -1 })), ['available_copies']);
  });

  test('ignores what the server owns', async () => {
    const book = expect(await server.post('/books', fresh({ id: UNKNOWN_ID, created_at: '2001-01-01T00:00:00Z', borrow_count: 99 })), 201);
    assert.notEqual(book.id, UNKNOWN_ID);
    assert.notEqual(book.created_at.slice(0, 4), '2001');
    assert.equal(book.borrow_count, 0);
  });

  for (const [name, value, wrong] of [
    ['title', 'x'.repeat(255), 'x'.repeat(256)],
    ['title', '書'.repeat(255), '書'.repeat(256)], // characters, not bytes
    ['author', 'x'.repeat(100), 'x'.repeat(101)],
    ['total_copies', 1000, 1001],
    ['total_copies', 1, 0],
    ['title', 'x', ''],
    ['title', 'x', '   '],
    ['title', 'x', null],
    ['title', 'x', 7],
    ['author', 'x', ''],
    ['total_copies', 2, '2'],
    ['total_copies', 2, 2.5],
    ['total_copies', 2, true],
    ['year', -800, 10000],
    ['year', 2026, '2026'],
    ['isbn', 'LOCAL-42', 'L'.repeat(37)],
    ['isbn', 'A'.repeat(36), 'no spaces/slashes'],
    ['isbn', '9780306406157', '9780306406158'], // a wrong check digit
    ['isbn', '0306406152', '0306406153'],
    ['item_type', 'video', 'papyrus'],
    ['categories', ['A'], 'A'],
    ['categories', Array.from({ length: 20 }, (_, i) => `C${i}`), Array.from({ length: 21 }, (_, i) => `C${i}`)],
  ]) {
    const shown = (one) => (JSON.stringify(one) ?? '').slice(0, 24);
    test(`takes ${name} ${shown(value)} and refuses ${shown(wrong)}`, async () => {
      const right = expect(await server.post('/books', fresh({ [name]: value })), 201);
      assert.deepEqual(right[name], value === '0306406152' ? '9780306406157' : value);
      invalid(await server.post('/books', fresh({ [name]: wrong })), [name]);
      // Out of the way: the next row may use the same ISBN.
      expect(await server.patch(`/books/${right.id}`, { isbn: null }), 200);
    });
  }

  test('names every wrong, missing and unknown member in one answer', async () => {
    const reply = await server.post('/books', { author: '', total_copies: 'many', colour: 'red', year: 99999 });
    invalid(reply, ['title', 'author', 'total_copies', 'colour', 'year']);
    const unknown = reply.body.validation_errors.find((wrong) => wrong.loc[1] === 'colour');
    assert.equal(unknown.type, 'unknown');
  });

  test('names a wrong ISBN together with the other wrong members', async () => {
    invalid(await server.post('/books', { title: 'x', author: '', isbn: '9780306406158', item_type: 'papyrus' }), ['author', 'isbn', 'item_type']);
    invalid(await server.post('/books', { title: 'x', author: '', total_copies: 2, available_copies: 3 }), ['author', 'available_copies']);
    invalid(await server.post('/books', { title: 'x', author: 'y', total_copies: 'two', available_copies: 3 }), ['total_copies']);
  });

  test('cleans its texts: Unicode NFC, no white space at the ends', async () => {
    const book = expect(await server.post('/books', fresh({ title: '  Cafe\u0301  ' })), 201);
    assert.equal(book.title, 'Caf\u00e9');
  });

  test('refuses an ISBN that another title has, in either form, naming the holder', async () => {
    const holder = await makeBook(server, { title: 'The Holder', isbn: '0-14-044913-2' });
    assert.equal(holder.isbn, '9780140449136', 'stored as ISBN-13');
    for (const isbn of ['0140449132', '978-0-14-044913-6']) {
      const body = refused(await server.post('/books', fresh({ isbn })), 409, 'DUPLICATE_ISBN', /The Holder/);
      assertHas(body.reason, { book_id: holder.id, title: 'The Holder', state: 'live' });
    }
    expect(await server.delete(`/books/${holder.id}`), 204);
    const archived = refused(await server.post('/books', fresh({ isbn: '0140449132' })), 409, 'DUPLICATE_ISBN', /restore/);
    assert.equal(archived.reason.state, 'archived');
    const shared = expect(await server.post('/books', fresh({ isbn: '0140449132', allow_shared_isbn: true })), 201);
    assert.equal(shared.isbn, '9780140449136');
    expect(await server.post(`/books/${holder.id}/restore`), 200);
    // What two titles share by consent, a third may still not take without it.
    refused(await server.post('/books', fresh({ isbn: '0140449132' })), 409, 'DUPLICATE_ISBN');
  });

  test('takes the same local identifier twice: it is no ISBN', async () => {
    await makeBook(server, { isbn: 'SHELF-7' });
    const second = await makeBook(server, { isbn: 'SHELF-7' });
    assert.equal(second.isbn, 'SHELF-7');
  });

  test('leaves nothing behind when it is refused', async () => {
    const before = expect(await server.get('/books?limit=1'), 200).meta.total;
    const copies = expect(await server.get('/copies?limit=1'), 200).meta.total;
    await server.post('/books', fresh({ isbn: '9780306406158' }));
    await server.post('/books', fresh({ total_copies: 0 }));
    assert.equal(expect(await server.get('/books?limit=1'), 200).meta.total, before);
    assert.equal(expect(await server.get('/copies?limit=1'), 200).meta.total, copies);
  });
});

describe('a title', () => {
  test('that is not there is 404 BOOK_NOT_FOUND on every route', async () => {
    const at = `/books/${UNKNOWN_ID}`;
    for (const [method, path, body] of [
      ['GET', at], ['PUT', at, { title: 'x' }], ['PATCH', at, { title: 'x' }], ['DELETE', at], ['POST', `${at}/restore`], ['GET', `${at}/details`],
      ['GET', `${at}/borrows`], ['GET', `${at}/availability`], ['GET', `${at}/audit`], ['GET', `${at}/copies`], ['POST', `${at}/copies`, {}],
    ]) {
      refused(await server.api(method, path, body), 404, 'BOOK_NOT_FOUND', /^Book not found\./);
    }
  });

  test('with a malformed id is 422 naming the path', async () => {
    for (const [method, path, body] of [
      ['GET', '/books/1'], ['PATCH', '/books/no-uuid', { title: 'x' }], ['DELETE', '/books/1'], ['POST', '/books/1/restore'], ['GET', '/books/1/details'],
      ['GET', '/books/1/copies'], ['GET', `/books/${UNKNOWN_ID}0/availability`], ['GET', '/books/1/borrows'], ['GET', '/books/1/audit'],
    ]) {
      invalid(await server.api(method, path, body), ['id'], 'path');
    }
  });

  for (const method of ['PUT', 'PATCH']) {
    test(`is changed by ${method} in the members given, and in no others`, async () => {
      const book = await makeBook(server, { year: 1990, publisher: 'First', categories: ['One', 'Two'] });
      const changed = expect(await server.api(method, `/books/${book.id}`, { publisher: 'Second', year: null, categories: ['Three'] }), 200);
      assertHas(changed, { publisher: 'Second', year: null, categories: ['Three'], title: book.title, author: book.author });
      assert.equal(changed.version, book.version + 1);
      assert.ok(changed.updated_at >= book.updated_at);
      assert.deepEqual(await show(book), changed);
    });

    test(`${method} takes back what it showed, ignoring what the server owns`, async () => {
      const book = await makeBook(server, { total_copies: 2 });
      const same = expect(await server.api(method, `/books/${book.id}`, { ...book, id: UNKNOWN_ID, available_copies: 77, created_at: 'nonsense' }), 200);
      assert.deepEqual(same, book, 'nothing differs, so nothing is written');
    });

    test(`${method} names unknown and wrong members, and changes nothing`, async () => {
      const book = await makeBook(server);
      invalid(await server.api(method, `/books/${book.id}`, { title: '', colour: 'red', year: 'soon' }), ['title', 'colour', 'year']);
      assert.deepEqual(await show(book), book);
    });
  }

  test('cannot take the ISBN of another, but keeps its own', async () => {
    const holder = await makeBook(server, { isbn: '9780199535569' });
    const book = await makeBook(server, { isbn: '9780199536269' });
    refused(await server.patch(`/books/${book.id}`, { isbn: holder.isbn }), 409, 'DUPLICATE_ISBN', new RegExp(holder.title));
    assert.equal(expect(await server.patch(`/books/${book.id}`, { isbn: '0-19-953626-0', title: 'Renamed' }), 200).isbn, '9780199536269');
  });

  test('is changed only from the version that If-Match names', async () => {
    const book = await makeBook(server);
    const second = expect(await server.patch(`/books/${book.id}`, { title: 'Second' }, { 'If-Match': `"${book.version}"` }), 200);
    const late = refused(await server.patch(`/books/${book.id}`, { title: 'Third' }, { 'If-Match': `"${book.version}"` }), 412, 'PRECONDITION_FAILED');
    assert.equal(late.reason.version, second.version);
    refused(await server.put(`/books/${book.id}`, { title: 'Third' }, { 'If-Match': '"no number"' }), 412, 'PRECONDITION_FAILED');
    refused(await server.delete(`/books/${book.id}`, { 'If-Match': `"${book.version}"` }), 412, 'PRECONDITION_FAILED');
    assert.equal((await show(book)).title, 'Second');
    expect(await server.patch(`/books/${book.id}`, { title: 'Third' }, { 'If-Match': '*' }), 200);
    const { version } = await show(book);
    expect(await server.delete(`/books/${book.id}`, { 'If-Match': `"${version}"` }), 204);
  });

  test('has an ETag that changes with anything it shows, loans included', async () => {
    const book = await makeBook(server, { total_copies: 2 });
    const member = await makeMember(server);
    const first = await server.get(`/books/${book.id}`);
    assert.equal((await server.get(`/books/${book.id}`, { 'If-None-Match': first.headers.etag })).status, 304);
    const borrow = await lend(server, book, member);
    const lent = await server.get(`/books/${book.id}`, { 'If-None-Match': first.headers.etag });
    assert.equal(expect(lent, 200).available_copies, 1, 'a client that asks again sees that a copy has gone');
    await takeBack(server, borrow);
    const back = await server.get(`/books/${book.id}`, { 'If-None-Match': lent.headers.etag });
    assert.equal(expect(back, 200).available_copies, 2);
    assert.equal(back.body.borrow_count, 1);
  });
});

describe('the number of copies', () => {
  test('goes up: new copies with new barcodes', async () => {
    const book = await makeBook(server);
    assertHas(expect(await server.patch(`/books/${book.id}`, { total_copies: 4 }), 200), { total_copies: 4, available_copies: 4 });
    assert.equal(expect(await server.get(`/books/${book.id}/copies`), 200).meta.total, 4);
  });

  test('goes down: available copies are withdrawn, newest first, and none below those that are out', async () => {
    const book = await makeBook(server, { total_copies: 3 });
    const copies = expect(await server.get(`/books/${book.id}/copies?sort_by=barcode&order=asc`), 200).data;
    const member = await makeMember(server);
    const borrow = expect(await server.post('/borrows', { barcode: copies[2].barcode, member_id: member.id }), 201);
    const fewer = expect(await server.patch(`/books/${book.id}`, { total_copies: 2 }), 200);
    assertHas(fewer, { total_copies: 2, available_copies: 1 });
    const left = expect(await server.get(`/books/${book.id}/copies`), 200).data.map((copy) => copy.barcode).sort();
    assert.deepEqual(left, [copies[0].barcode, copies[2].barcode].sort(), 'the newest that was in went; the lent one stayed');
    const withdrawn = expect(await server.get(`/books/${book.id}/copies?status=withdrawn`), 200).data;
    assert.deepEqual(withdrawn.map((copy) => copy.barcode), [copies[1].barcode]);
    expect(await server.patch(`/books/${book.id}`, { total_copies: 1 }), 200);
    await takeBack(server, borrow);
  });

  test('cannot go below what is lent, and then nothing else changes either', async () => {
    const book = await makeBook(server, { total_copies: 3 });
    const readers = [await makeMember(server), await makeMember(server)];
    for (const member of readers) await lend(server, book, member);
    const body = refused(await server.patch(`/books/${book.id}`, { total_copies: 1, title: 'Never' }), 409, 'COPIES_NOT_AVAILABLE', /\b2\b/);
    assertHas(body.reason, { total_copies: 3, available_copies: 1 });
    assertHas(await show(book), { title: book.title, total_copies: 3, available_copies: 1 });
    invalid(await server.patch(`/books/${book.id}`, { total_copies: 0 }), ['total_copies']);
  });
});

describe('the archive', () => {
  test('takes a title out of sight: 404 unless ?archived=true, acts always 404, until it is restored', async () => {
    const book = await makeBook(server, { title: unique('Archived Quietly'), total_copies: 2 });
    const member = await makeMember(server);
    const [copy] = expect(await server.get(`/books/${book.id}/copies`), 200).data;
    const reply = await server.delete(`/books/${book.id}`);
    assert.equal(reply.status, 204);
    refused(await server.get(`/books/${book.id}`), 404, 'BOOK_NOT_FOUND');
    refused(await server.get(`/books/${book.id}?archived=false`), 404, 'BOOK_NOT_FOUND');
    const shown = await show(book, '?archived=true');
    assert.match(shown.deleted_at, INSTANT);
    assert.equal(expect(await server.get(`/books?q=${encodeURIComponent(book.title)}`), 200).meta.total, 0);
    const archive = expect(await server.get(`/books?archived=true&q=${encodeURIComponent(book.title)}`), 200);
    assert.deepEqual(archive.data.map((one) => one.id), [book.id]);
    for (const [method, path, body] of [
      ['PATCH', `/books/${book.id}`, { title: 'x' }], ['PUT', `/books/${book.id}?archived=true`, { title: 'x' }], ['DELETE', `/books/${book.id}`],
      ['DELETE', `/books/${book.id}?archived=true`], ['POST', `/books/${book.id}/copies`, {}], ['GET', `/books/${book.id}/copies`],
      ['POST', '/borrows', { book_id: book.id, member_id: member.id }], ['PATCH', `/copies/${copy.id}`, { shelf: 'x' }],
    ]) {
      refused(await server.api(method, path, body), 404, 'BOOK_NOT_FOUND', /^Book not found\./);
    }
    const back = expect(await server.post(`/books/${book.id}/restore`), 200);
    assertHas(back, { id: book.id, deleted_at: null, total_copies: 2, available_copies: 2 });
    await show(book);
  });

  test('refuses ?archived= with something that is neither yes nor no', async () => {
    const book = await makeBook(server);
    refused(await server.get(`/books/${book.id}?archived=perhaps`), 400, 'INVALID_PARAMETER', /archived/);
  });

  test('does not take a title that is out, saying how many are', async () => {
    const book = await makeBook(server, { total_copies: 2 });
    const member = await makeMember(server);
    const borrow = await lend(server, book, member);
    const body = refused(await server.delete(`/books/${book.id}`), 409, 'HAS_ACTIVE_BORROWS', /\b1 active borrow\b/);
    assert.equal(body.reason.open_borrows, 1);
    await takeBack(server, borrow);
    assert.equal((await server.delete(`/books/${book.id}`)).status, 204);
  });

  test('does not lend a copy of an archived title by its barcode', async () => {
    const book = await makeBook(server);
    const [copy] = expect(await server.get(`/books/${book.id}/copies`), 200).data;
    const member = await makeMember(server);
    expect(await server.delete(`/books/${book.id}`), 204);
    refused(await server.post('/borrows', { barcode: copy.barcode, member_id: member.id }), 404, 'BOOK_NOT_FOUND');
  });

  test('restoring takes an empty JSON body as well as none, and restoring a live title changes nothing', async () => {
    const book = await makeBook(server);
    assert.equal((await server.delete(`/books/${book.id}`)).status, 204);
    expect(await server.http('POST', `/api/v1/books/${book.id}/restore`, {}), 200);
    const live = await show(book);
    assert.deepEqual(expect(await server.post(`/books/${book.id}/restore`), 200), live);
  });
});

describe('finding titles', () => {
  const titles = [
    { title: 'The Zauberberg', author: 'Thomas Mann', year: 1924, language: 'de', categories: ['Zeitroman'], isbn: '9783596294336' },
    { title: 'Zorba the Greek', author: 'Nikos Kazantzakis; Peter Bien', year: 1946, language: 'en-US', categories: ['Zeitroman', 'Crete'] },
    { title: 'Ζορμπάς', author: 'Νίκος Καζαντζάκης', year: 1946, language: 'el', categories: ['Crete'] },
    { title: 'Éducation zéro', author: 'Renée Zazou', year: 1869, language: 'fr', total_copies: 2 },
  ];
  let made;
  before(async () => {
    made = [];
    for (const facts of titles) made.push(expect(await server.post('/books', facts), 201));
  });
  const found = async (query) => expect(await server.get(`/books?${query}`), 200).data.map((book) => book.title).sort();

  test('by words of title and author, whatever their case and accents, from the beginning of a word', async () => {
    assert.deepEqual(await found('q=zauber'), ['The Zauberberg']);
    assert.deepEqual(await found('q=kazan'), ['Zorba the Greek']);
    assert.deepEqual(await found(`q=${encodeURIComponent('ΖΟΡΜΠΑΣ')}`), ['Ζορμπάς']);
    assert.deepEqual(await found('q=education+zazou'), ['Éducation zéro']);
    assert.deepEqual(await found('q=education+mann'), [], 'all words must be there');
    assert.deepEqual(await found('search=zauber'), ['The Zauberberg'], 'search means q');
  });

  test('by ISBN in any form', async () => {
    for (const isbn of ['9783596294336', '978-3-596-29433-6', '3596294339', '3-596-29433-9']) {
      assert.deepEqual(await found(`q=${isbn}`), ['The Zauberberg'], isbn);
      assert.deepEqual(await found(`isbn=${isbn}`), ['The Zauberberg'], isbn);
    }
  });

  test('search signs mean nothing special, and nothing but signs finds nothing', async () => {
    assert.deepEqual(await found(`q=${encodeURIComponent('"zorba" NOT (')}`), [], 'NOT is a word like any other');
    assert.deepEqual(await found(`q=${encodeURIComponent('zorba*')}`), ['Zorba the Greek']);
    assert.deepEqual(await found(`q=${encodeURIComponent('*"^:()-')}`), []);
    refused(await server.get(`/books?q=${'x'.repeat(201)}`), 400, 'INVALID_PARAMETER');
  });

  test('by genre, author, years, language', async () => {
    assert.deepEqual(await found('genre=zeitroman'), ['The Zauberberg', 'Zorba the Greek']);
    assert.deepEqual(await found('genre=zeit'), [], 'a genre is whole');
    assert.deepEqual(await found('author=peter+bien'), ['Zorba the Greek']);
    assert.deepEqual(await found('author=mann'), ['The Zauberberg']);
    assert.deepEqual(await found('q=z&year_from=1900&year_to=1930'), ['The Zauberberg']);
    assert.deepEqual(await found('genre=crete&year_from=1946&year_to=1946'), ['Zorba the Greek', 'Ζορμπάς'].sort());
    assert.deepEqual(await found('genre=zeitroman&language=en'), ['Zorba the Greek'], 'en finds en-US');
    refused(await server.get('/books?year_from=soon'), 400, 'INVALID_PARAMETER', /year_from/);
    refused(await server.get('/books?available=maybe'), 400, 'INVALID_PARAMETER', /available/);
  });

  test('by being available: a title whose last copy is out is left out', async () => {
    const member = await makeMember(server);
    const zorba = made[1];
    const borrow = await lend(server, zorba, member);
    assert.deepEqual(await found('genre=zeitroman&available=true'), ['The Zauberberg']);
    assert.deepEqual(await found('genre=zeitroman&available=false'), ['The Zauberberg', 'Zorba the Greek'], 'false is not the opposite');
    await takeBack(server, borrow);
    assert.deepEqual(await found('genre=zeitroman&available=true'), ['The Zauberberg', 'Zorba the Greek']);
  });

  test('is up to date after a change', async () => {
    const book = await makeBook(server, { title: 'Quokka Census' });
    assert.deepEqual(await found('q=quokka'), ['Quokka Census']);
    expect(await server.patch(`/books/${book.id}`, { title: 'Numbat Census' }), 200);
    assert.deepEqual(await found('q=quokka'), []);
    assert.deepEqual(await found('q=numbat'), ['Numbat Census']);
  });

  test('ignores query parameters it does not know', async () => {
    assert.deepEqual(await found('q=zauber&utm_source=mail'), ['The Zauberberg']);
  });
});

describe("a title's own pages", () => {
  test('availability says how many copies are in, and a word for it', async () => {
    const book = await makeBook(server, { total_copies: 2 });
    const status = async () => expect(await server.get(`/books/${book.id}/availability`), 200);
    assert.deepEqual(await status(), { book_id: book.id, total_copies: 2, available_copies: 2, availability_status: 'AVAILABLE' });
    const first = await lend(server, book, await makeMember(server));
    assertHas(await status(), { available_copies: 1, availability_status: 'LOW_STOCK' });
    const second = await lend(server, book, await makeMember(server));
    assertHas(await status(), { available_copies: 0, availability_status: 'OUT_OF_STOCK' });
    await takeBack(server, first);
    await takeBack(server, second);
    assertHas(await status(), { available_copies: 2, availability_status: 'AVAILABLE' });
  });

  test('audit tells who changed what, newest first, with before and after', async () => {
    const book = await makeBook(server, { title: 'Old Title', year: 1990 });
    expect(await server.patch(`/books/${book.id}`, { title: 'New Title', year: null }, { 'X-Correlation-ID': 'desk-17' }), 200);
    expect(await server.delete(`/books/${book.id}`), 204);
    expect(await server.post(`/books/${book.id}/restore`), 200);
    const log = expect(await server.get(`/books/${book.id}/audit`), 200).data;
    assert.deepEqual(log.map((row) => row.action), ['book.restored', 'book.archived', 'book.updated', 'book.added']);
    for (const row of log) assertHas(row, { entity: 'book', entity_id: book.id });
    const edit = log[2];
    assert.deepEqual(JSON.parse(edit.before), { title: 'Old Title', year: '1990' });
    assert.deepEqual(JSON.parse(edit.after), { title: 'New Title', year: null });
    assert.equal(edit.correlation_id, 'desk-17');
    assert.equal(edit.address, '127.0.0.1');
  });

  test('an edit that changes nothing leaves no trace', async () => {
    const book = await makeBook(server);
    expect(await server.patch(`/books/${book.id}`, { title: book.title }), 200);
    assert.deepEqual(expect(await server.get(`/books/${book.id}/audit`), 200).data.map((row) => row.action), ['book.added']);
  });

  test('export is the list as CSV, all rows', async () => {
    const total = expect(await server.get('/books?limit=1'), 200).meta.total;
    const reply = await server.get('/books/export/csv');
    assert.equal(reply.status, 200);
    assert.equal(reply.headers['content-type'], 'text/csv; charset=utf-8');
    assert.match(reply.headers['content-disposition'], /^attachment; filename="books\.csv"$/);
    assert.equal(reply.text.split('\r\n').filter((line) => line !== '').length - 1, total, 'no title here has a line break in it');
  });
});
