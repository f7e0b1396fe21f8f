// Titles that stand in the catalogue twice: found, told apart, made one, and made two again.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, copiesOf, expect, INSTANT, invalid, lend, makeBook, makeMember, refused, takeBack, unique, UNKNOWN_ID, UUID } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AKp//2Q==',
  'base64',
);

const show = async (book) => expect(await server.get(`/books/${book.id}`), 200);
const shown = async (book) => expect(await server.get(`/books/${book.id}?archived=true`), 200);
const merge = async (kept, gone, take) => expect(await server.post(`/books/${kept.id}/merge`, { gone_id: gone.id, ...(take ? { take } : {}) }), 201);
const undo = async (made) => expect(await server.post(`/merges/${made.id}/undo`), 200);
const preview = async (kept, gone) => expect(await server.get(`/books/${kept.id}/merge?with=${gone.id}`), 200);
const hold = async (book, member) => expect(await server.post('/holds', { book_id: book.id, member_id: member.id }), 201);
const showHold = async (given) => expect(await server.get(`/holds/${given.id}`), 200);

/** All pairs, a page of `limit` at a time, as [title, title, reason]. */
async function pairs(limit = 3) {
  const all = [];
  let next = null;
  for (let page = 0; page < 500; page++) {
    const body = expect(await server.get(`/duplicates?limit=${limit}${next ? `&after=${next}` : ''}`), 200);
    all.push(...body.pairs);
    next = body.next;
    if (!next) return all;
  }
  throw new Error('the pages do not end');
}
const pairsOf = async (...books) => {
  const ids = new Set(books.map((book) => book.id));
  return (await pairs()).filter((pair) => ids.has(pair.first.id) || ids.has(pair.second.id)).map((pair) => [pair.first.id, pair.second.id, pair.reason]);
};

describe('titles that look alike', () => {
  test('a shared ISBN, in either form, whatever the titles are', async () => {
    const a = await makeBook(server, { isbn: '0-306-40615-2' });
    const b = await makeBook(server, { isbn: '9780306406157', allow_shared_isbn: true });
    assert.deepEqual(await pairsOf(a, b), [[a.id, b.id, 'isbn']]);
  });

  test('title and author, whatever case, accents and articles; other years say so, an unknown year is no other', async () => {
    const name = unique('Café Noir');
    const a = await makeBook(server, { title: `The ${name}`, author: 'Zoë Éluard', year: 1990 });
    const b = await makeBook(server, { title: name.toUpperCase().replace('É', 'E'), author: 'zoe eluard', year: 2001 });
    const c = await makeBook(server, { title: name, author: 'Zoë Eluard' });
    assert.deepEqual(await pairsOf(a, b, c), [
      [a.id, b.id, 'title_author'],
      [a.id, c.id, 'title_author_year'],
    ]);
  });

  test('title, year and surname, in either order of the name; another surname or year is another title', async () => {
    const title = unique('A Room');
    const a = await makeBook(server, { title, author: 'E. M. Forster', year: 1908 });
    const b = await makeBook(server, { title, author: 'Forster, Edward Morgan', year: 1908 });
    const c = await makeBook(server, { title, author: 'Virginia Woolf', year: 1908 });
    const d = await makeBook(server, { title, author: 'Foster Forster', year: 1999 });
    assert.deepEqual(await pairsOf(a, b, c, d), [[a.id, b.id, 'title_surname_year']]);
  });

  test('archived titles are no longer there twice', async () => {
    const title = unique('Archived Twin');
    const a = await makeBook(server, { title });
    const b = await makeBook(server, { title });
    assert.equal((await pairsOf(a, b)).length, 1);
    expect(await server.delete(`/books/${b.id}`), 204);
    assert.deepEqual(await pairsOf(a, b), []);
  });

  test('a pair said to be different is not shown, until that is taken back; the third of them still finds its partner', async () => {
    const title = unique('Triplet');
    const [a, b, c] = [await makeBook(server, { title }), await makeBook(server, { title }), await makeBook(server, { title })];
    const facts = { first_id: b.id, second_id: a.id };
    expect(await server.post('/duplicates/apart', facts), 204);
    expect(await server.post('/duplicates/apart', facts), 204);
    assert.deepEqual(await pairsOf(a, b, c), [[a.id, c.id, 'title_author_year']]);
    expect(await server.post('/duplicates/apart', { first_id: a.id, second_id: c.id }), 204);
    assert.deepEqual(await pairsOf(a, b, c), [[b.id, c.id, 'title_author_year']]);
    expect(await server.delete(`/duplicates/apart?first_id=${facts.first_id}&second_id=${facts.second_id}`), 204);
    assert.deepEqual((await pairsOf(a, b, c))[0], [a.id, b.id, 'title_author_year']);
  });

  test('one page says what all pages say; a page goes on after a title that has gone meanwhile', async () => {
    const title = unique('Many');
    for (let i = 0; i < 7; i++) await makeBook(server, { title });
    const of = (list) => list.map((pair) => [pair.first.id, pair.second.id]);
    assert.deepEqual(of(await pairs(1)), of(await pairs(100)));
    const first = expect(await server.get('/duplicates?limit=1'), 200);
    await merge(first.pairs[0].first, first.pairs[0].second);
    const rest = expect(await server.get(`/duplicates?limit=100&after=${first.next}`), 200);
    assert.deepEqual(of(rest.pairs), of(await pairs(100)).filter((pair) => !of(first.pairs).some((gone) => gone[1] === pair[1])));
  });

  test('where the last pair of a page is one title by now, the next page begins with the next pair, however old its titles', async () => {
    const name = unique('Zz');
    const older = [await makeBook(server, { title: `${name} b` }), await makeBook(server, { title: `${name} b` })];
    const newer = [await makeBook(server, { title: `${name} a` }), await makeBook(server, { title: `${name} a` })];
    const whole = await pairs(100);
    const at = whole.findIndex((pair) => pair.second.id === newer[1].id);
    const page = expect(await server.get(`/duplicates?limit=${at + 1}`), 200);
    await merge(newer[0], newer[1]);
    const rest = expect(await server.get(`/duplicates?limit=100&after=${page.next}`), 200);
    assert.deepEqual(rest.pairs.map((pair) => pair.second.id), whole.slice(at + 1).map((pair) => pair.second.id));
    assert.ok(rest.pairs.some((pair) => pair.second.id === older[1].id));
  });

  test('what is asked wrongly is refused', async () => {
    for (const after of ['17', 'isbn.17', `title.${UNKNOWN_ID}`, `isbn.${(await makeBook(server)).id}`]) refused(await server.get(`/duplicates?after=${after}`), 400, 'INVALID_PARAMETER');
    refused(await server.get('/duplicates?limit=0'), 400, 'INVALID_PARAMETER', /limit/);
    const book = await makeBook(server);
    invalid(await server.post('/duplicates/apart', { first_id: book.id, second_id: book.id }), ['second_id']);
    invalid(await server.post('/duplicates/apart', { first_id: 'x' }), ['first_id', 'second_id']);
    refused(await server.post('/duplicates/apart', { first_id: book.id, second_id: UNKNOWN_ID }), 404, 'BOOK_NOT_FOUND');
    refused(await server.delete(`/duplicates/apart?first_id=${UNKNOWN_ID}&second_id=${book.id}`), 404, 'BOOK_NOT_FOUND');
  });
});

describe('making one of two', () => {
  test('copies, loans, holds and watches go over, the numbers of both are right, and undoing gives all back', async () => {
    const [kept, gone] = [await makeBook(server, { total_copies: 1 }), await makeBook(server, { total_copies: 2 })];
    const [anna, ben, cleo, dora] = [await makeMember(server), await makeMember(server), await makeMember(server), await makeMember(server)];
    await takeBack(server, await lend(server, gone, dora));
    const loans = [await lend(server, gone, anna), await lend(server, gone, ben), await lend(server, kept, dora)];
    const second = await hold(gone, cleo);
    expect(await server.post(`/books/${gone.id}/watch`, { member_id: dora.id }), 204);
    const before = [await shown(kept), await shown(gone), await copiesOf(server, kept), await copiesOf(server, gone)];

    assertHas(await preview(kept, gone), { obstacle: null, copies: 2, loans: 3, open_loans: 2, holds: 1, open_holds: 1, holds_cancelled: 0, watches: 1, reviews: 0, reading_lists: 0, cover: false, marc: false, readers: [] });
    const made = await merge(kept, gone);
    assert.match(made.id, UUID);
    assert.match(made.at, INSTANT);
    assertHas(made, { undone_at: null, undone_by: null, copies: 2 });
    assert.deepEqual([made.kept.id, made.gone.id], [kept.id, gone.id]);
    assertHas(await show(kept), { total_copies: 3, available_copies: 0, borrow_count: 4 });
    assert.equal((await copiesOf(server, kept)).length, 3);
    assert.equal((await showHold(second)).book.id, kept.id);
    for (const loan of loans) assert.equal(expect(await server.get(`/borrows/${loan.id}`), 200).book.id, kept.id);
    assertHas(await shown(gone), { total_copies: 0, available_copies: 0, borrow_count: 0 });
    assert.deepEqual(expect(await server.get('/merges?limit=1'), 200).data, [made]);

    const undone = await undo(made);
    assert.match(undone.undone_at, INSTANT);
    const now = [await shown(kept), await shown(gone), await copiesOf(server, kept), await copiesOf(server, gone)];
    const lasting = (value) => JSON.parse(JSON.stringify(value, (name, inner) => (name === 'updated_at' || name === 'version' ? undefined : inner)));
    assert.deepEqual(lasting(now), lasting(before));
    assert.equal((await showHold(second)).book.id, gone.id);
    const homes = [];
    for (const loan of loans) homes.push(expect(await server.get(`/borrows/${loan.id}`), 200).book.id);
    assert.deepEqual(homes, [gone.id, gone.id, kept.id]);
    refused(await server.post(`/merges/${made.id}/undo`), 409, 'ALREADY_UNDONE');
  });

  test('who asks for the one that went is told where it is, and it is not restored by hand', async () => {
    const [kept, gone, last] = [await makeBook(server), await makeBook(server), await makeBook(server)];
    const made = await merge(kept, gone);
    for (const path of ['', '/availability', '/copies']) {
      const body = refused(await server.get(`/books/${gone.id}${path}`), 404, 'BOOK_NOT_FOUND', new RegExp(kept.title));
      assertHas(body.reason, { merged_into: kept.id, title: kept.title });
    }
    assert.equal(refused(await server.post(`/books/${gone.id}/restore`), 409, 'CONFLICT', /undo the merge/).reason.merged_into, kept.id);
    // Into the last of a row of merges.
    const later = await merge(last, kept);
    assert.equal(refused(await server.get(`/books/${gone.id}`), 404, 'BOOK_NOT_FOUND').reason.merged_into, last.id);
    const refusal = refused(await server.post(`/merges/${made.id}/undo`), 409, 'MERGE_NOT_POSSIBLE', /undo that merge first/);
    assert.equal(refusal.reason.merge_id, later.id);
    await undo(later);
    await undo(made);
    assert.equal((await show(gone)).title, gone.title);
    assert.equal(refused(await server.get(`/books/${UNKNOWN_ID}`), 404, 'BOOK_NOT_FOUND').reason, undefined);
  });

  test('values that were chosen are taken, with the ISBN; undoing brings back those that were not edited since', async () => {
    const kept = await makeBook(server, { title: 'Kept', author: 'K', year: 1990, publisher: 'P', isbn: 'local-kept', categories: ['Ships', 'Sea'] });
    const gone = await makeBook(server, { title: 'Gone', author: 'G', subtitle: 'S', isbn: '9783161484100', language: 'de', categories: ['Sea', 'Wind'] });
    const made = await merge(kept, gone, ['title', 'subtitle', 'isbn', 'year', 'language', 'title']);
    assertHas(await show(kept), { title: 'Gone', subtitle: 'S', author: 'K', isbn: '9783161484100', year: null, publisher: 'P', language: 'de', categories: ['Ships', 'Sea', 'Wind'] });
    // Saved again it is still its own ISBN; for others it is taken, by the record that is there.
    expect(await server.patch(`/books/${kept.id}`, { language: 'fr' }), 200);
    assert.equal(refused(await server.post('/books', { title: 'X', author: 'Y', isbn: '9783161484100' }), 409, 'DUPLICATE_ISBN').reason.book_id, kept.id);
    await undo(made);
    assertHas(await show(kept), { title: 'Kept', subtitle: null, author: 'K', isbn: 'local-kept', year: 1990, language: 'fr', categories: ['Ships', 'Sea'] });
    assertHas(await show(gone), { title: 'Gone', isbn: '9783161484100', categories: ['Sea', 'Wind'] });
  });

  test('a picture goes over when the kept title has none, or when it is chosen; and back, unless another was given', async () => {
    const put = async (book, tail) => expect(await server.put(`/books/${book.id}/cover`, Buffer.concat([JPEG, Buffer.from(tail)]), { 'Content-Type': 'image/jpeg' }), 200).cover;
    const [a, b] = [await makeBook(server), await makeBook(server)];
    const cover = await put(b, 'b');
    assert.equal((await preview(a, b)).cover, true);
    let made = await merge(a, b);
    assert.equal((await show(a)).cover, cover);
    await undo(made);
    assert.deepEqual([(await show(a)).cover, (await show(b)).cover], [null, cover]);
    const own = await put(a, 'a');
    made = await merge(a, b);
    assert.equal((await show(a)).cover, own);
    await undo(made);
    made = await merge(a, b, ['cover']);
    assert.equal((await show(a)).cover, cover);
    await undo(made);
    assert.deepEqual([(await show(a)).cover, (await show(b)).cover], [own, cover]);
    made = await merge(a, b, ['cover']);
    const other = await put(a, 'c');
    await undo(made);
    assert.equal((await show(a)).cover, other);
  });

  test('queues interleave by the time of placing; a reader who waits for both keeps the earlier place', async () => {
    const [kept, gone] = [await makeBook(server), await makeBook(server)];
    const readers = [];
    for (let i = 0; i < 4; i++) readers.push(await makeMember(server));
    await lend(server, kept, await makeMember(server));
    await lend(server, gone, await makeMember(server));
    const holds = [await hold(gone, readers[0]), await hold(kept, readers[1]), await hold(gone, readers[2]), await hold(kept, readers[3]), await hold(kept, readers[0])];
    assert.equal((await preview(kept, gone)).holds_cancelled, 1);
    const made = await merge(kept, gone);
    const queue = expect(await server.get(`/books/${kept.id}/holds?status=waiting&sort=position`), 200).data;
    assert.deepEqual(queue.map((row) => row.id), holds.slice(0, 4).map((row) => row.id));
    assert.deepEqual(queue.map((row) => row.position), [1, 2, 3, 4]);
    assertHas(await showHold(holds[4]), { status: 'cancelled', ended_reason: 'two records of the title became one' });
    await undo(made);
    const of = async (book) => expect(await server.get(`/books/${book.id}/holds?status=waiting&sort=position`), 200).data.map((row) => row.id);
    assert.deepEqual(await of(gone), [holds[0].id, holds[2].id]);
    assert.deepEqual(await of(kept), [holds[1].id, holds[3].id, holds[4].id]);
  });

  test('a reader who has the one at home waits for the other no more', async () => {
    const [kept, gone] = [await makeBook(server), await makeBook(server)];
    const reader = await makeMember(server);
    await lend(server, kept, reader);
    await lend(server, gone, await makeMember(server));
    const waiting = await hold(gone, reader);
    const made = await merge(kept, gone);
    assert.equal((await showHold(waiting)).status, 'cancelled');
    await undo(made);
    assertHas(await showHold(waiting), { status: 'waiting', position: 1 });
  });

  test('a loan made afterwards follows its copy when the merge is undone; one that came back is back', async () => {
    const [kept, gone] = [await makeBook(server), await makeBook(server)];
    const [copy] = await copiesOf(server, gone);
    const [own] = await copiesOf(server, kept);
    const open = await lend(server, gone, await makeMember(server));
    const made = await merge(kept, gone);
    await takeBack(server, open);
    const later = expect(await server.post('/borrows', { barcode: copy.barcode, member_id: (await makeMember(server)).id }), 201);
    const other = expect(await server.post('/borrows', { barcode: own.barcode, member_id: (await makeMember(server)).id }), 201);
    // It waits for the merged title, and gets the copy that goes back.
    const waiting = await hold(kept, await makeMember(server));
    await takeBack(server, later);
    assert.equal((await showHold(waiting)).status, 'ready');
    await undo(made);
    const bookOf = async (loan) => expect(await server.get(`/borrows/${loan.id}`), 200).book.id;
    assert.deepEqual([await bookOf(open), await bookOf(later), await bookOf(other)], [gone.id, gone.id, kept.id]);
    assertHas(await showHold(waiting), { status: 'ready', book_id: gone.id });
    assertHas(await show(gone), { borrow_count: 2, available_copies: 0, total_copies: 1 });
    assertHas(await show(kept), { borrow_count: 1, available_copies: 0, total_copies: 1 });
  });

  test('not while a reader has both at home, both ready, or one at home and one ready: 409 names them', async () => {
    const two = async () => [await makeBook(server), await makeBook(server)];
    const refuse = async (kept, gone, reader, obstacle, detail) => {
      assertHas(await preview(kept, gone), { obstacle: 'readers', readers: [{ id: reader.id, name: reader.name, card: reader.card, reason: obstacle }] });
      const body = refused(await server.post(`/books/${kept.id}/merge`, { gone_id: gone.id }), 409, 'MERGE_NOT_POSSIBLE', detail);
      assert.deepEqual(body.reason, { member_id: reader.id, obstacle });
      assert.equal((await show(gone)).id, gone.id);
    };
    const pull = async (book) => expect(await server.post('/holds/pull', { barcode: (await copiesOf(server, book))[0].barcode }), 200);

    let [kept, gone] = await two();
    let reader = await makeMember(server);
    await lend(server, kept, reader);
    await lend(server, gone, reader);
    await refuse(kept, gone, reader, 'both_lent', /has both titles at home/);

    [kept, gone] = await two();
    reader = await makeMember(server);
    for (const book of [kept, gone]) {
      await hold(book, reader);
      await pull(book);
    }
    await refuse(kept, gone, reader, 'both_ready', /^Both titles lie on the hold shelf/);

    [kept, gone] = await two();
    reader = await makeMember(server);
    await lend(server, kept, reader);
    await hold(gone, reader);
    await pull(gone);
    await refuse(kept, gone, reader, 'lent_and_ready', /one of the titles at home/);
    await refuse(gone, kept, reader, 'lent_and_ready', /one of the titles at home/);
  });

  test('what is asked wrongly is refused, and so is a title that was changed meanwhile', async () => {
    const [kept, gone] = [await makeBook(server), await makeBook(server)];
    invalid(await server.post(`/books/${kept.id}/merge`, { gone_id: kept.id }), ['gone_id']);
    invalid(await server.post(`/books/${kept.id}/merge`, {}), ['gone_id']);
    invalid(await server.post(`/books/${kept.id}/merge`, { gone_id: gone.id, take: ['colour'] }), ['take']);
    refused(await server.get(`/books/${kept.id}/merge`), 400, 'INVALID_PARAMETER', /with/);
    invalid(await server.get(`/books/${kept.id}/merge?with=${kept.id}`), ['with'], 'query');
    refused(await server.post(`/books/${UNKNOWN_ID}/merge`, { gone_id: gone.id }), 404, 'BOOK_NOT_FOUND');
    refused(await server.post(`/books/${kept.id}/merge`, { gone_id: UNKNOWN_ID }), 404, 'BOOK_NOT_FOUND');
    refused(await server.get(`/books/${kept.id}/merge?with=${UNKNOWN_ID}`), 404, 'BOOK_NOT_FOUND');
    refused(await server.post(`/merges/${UNKNOWN_ID}/undo`), 404, 'MERGE_NOT_FOUND');
    invalid(await server.post('/merges/17/undo'), ['id'], 'path');
    refused(await server.post(`/books/${kept.id}/merge`, { gone_id: gone.id }, { 'If-Match': '"99"' }), 412, 'PRECONDITION_FAILED');
    expect(await server.delete(`/books/${gone.id}`), 204);
    refused(await server.post(`/books/${kept.id}/merge`, { gone_id: gone.id }), 404, 'BOOK_NOT_FOUND');
  });

  test('a place on a reading list goes over, unless the kept title has one, and comes back', async () => {
    const [kept, gone] = [await makeBook(server), await makeBook(server)];
    const lists = [];
    for (const books of [[gone], [kept, gone]]) {
      const list = expect(await server.post('/reading-lists', { name: unique('List') }), 201);
      for (const book of books) expect(await server.post(`/reading-lists/${list.id}/books`, { book_id: book.id }), 201);
      lists.push(list);
    }
    const on = async (list) => expect(await server.get(`/reading-lists/${list.id}/books?limit=100`), 200).data.map((row) => (row.book ?? row).id);
    const before = [await on(lists[0]), await on(lists[1])];
    assert.equal((await preview(kept, gone)).reading_lists, 2);
    const made = await merge(kept, gone);
    assert.deepEqual(await on(lists[0]), [kept.id]);
    assert.ok((await on(lists[1])).includes(kept.id));
    await undo(made);
    assert.deepEqual([await on(lists[0]), await on(lists[1])], before);
  });

  test('both acts stand in the audit log of the title that was kept', async () => {
    const [kept, gone] = [await makeBook(server), await makeBook(server)];
    await undo(await merge(kept, gone));
    const actions = expect(await server.get(`/books/${kept.id}/audit`), 200).data.map((row) => row.action);
    assert.deepEqual(actions.slice(0, 2), ['book.merge_undone', 'book.merged']);
  });
});

test('no title comes to more copies than a title can have', async () => {
  const [a, b] = [await makeBook(server, { total_copies: 600 }), await makeBook(server, { total_copies: 401 })];
  assert.equal((await preview(a, b)).obstacle, 'copies');
  refused(await server.post(`/books/${a.id}/merge`, { gone_id: b.id }), 409, 'MERGE_NOT_POSSIBLE', /1000 copies/);
  expect(await server.patch(`/books/${b.id}`, { total_copies: 400 }), 200);
  await merge(a, b);
  assert.equal((await show(a)).total_copies, 1000);
});

test('many titles of one name, or with one word in their authors, are looked through in the memory of one request', async () => {
  const rows = Array.from({ length: 2000 }, (_, i) => `"Works ${i % 12}","John ${'x'.repeat(70)} Surname${i}",1990,"${'x'.repeat(3900)}"`);
  const own = await startServer({ seedCsv: ['title,author,year,description', ...rows].join('\n') });
  let next = '';
  for (let page = 0; page === 0 || next; page++) {
    assert.ok(page < 50);
    const body = expect(await own.get(`/duplicates${next && `?after=${next}`}`), 200);
    assert.deepEqual(body.pairs, []);
    next = body.next;
  }
  refused(await own.post('/authors/rename', { from: 'John', to: 'Jon' }), 404, 'AUTHOR_NOT_FOUND');
  await own.stop({ check: true });
});
