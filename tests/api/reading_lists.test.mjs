// Reading lists: the library's, shown or not, and readers' own, which nobody else sees.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, invalid, makeBook, refused, unique, UNKNOWN_ID, UUID, walk, walkBack } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';

let server;
let people;
before(async () => {
  server = await startServer({ auth: 'on' });
  people = await makePeople(server);
});
after(() => server.stop({ check: true }));

const begin = async (who, facts = {}) => expect(await who.post('/reading-lists', { name: unique('List'), ...facts }), 201);
const add = async (who, list, book, more = {}) => expect(await who.post(`/reading-lists/${list.id}/books`, { book_id: book.id, ...more }), 201);
const rows = async (who, list) => expect(await who.get(`/reading-lists/${list.id}/books?limit=100`), 200).data;
const titles = async (who, list) => (await rows(who, list)).map((row) => row.book.title);
const names = async (who, query = '') => expect(await who.get(`/reading-lists?limit=100${query}`), 200).data.map((list) => list.name);

/** A list of the library's with so many titles. */
async function filled(count, facts = {}) {
  const list = await begin(people.librarian, facts);
  const books = [];
  for (let i = 0; i < count; i++) books.push(await makeBook(people.librarian));
  for (const book of books) await add(people.librarian, list, book);
  return { list, books };
}

describe("the library's lists", () => {
  test('are begun by the staff, and seen by others when they are shown', async () => {
    const { librarian, anonymous, member } = people;
    const hidden = await begin(librarian, { description: 'For the display' });
    assert.match(hidden.id, UUID);
    assertHas(hidden, { description: 'For the display', shown: false, own: false, entries: 0, version: 1 });
    const shown = await begin(librarian, { shown: true });
    for (const who of [anonymous, member]) {
      const seen = await names(who);
      assert.ok(seen.includes(shown.name) && !seen.includes(hidden.name));
      assert.deepEqual(expect(await who.get(`/reading-lists/${shown.id}`), 200), shown);
      refused(await who.get(`/reading-lists/${hidden.id}`), 404, 'READING_LIST_NOT_FOUND', /^Reading list not found\./);
      refused(await who.get(`/reading-lists/${hidden.id}/books`), 404, 'READING_LIST_NOT_FOUND');
    }
    const all = await names(librarian);
    assert.ok(all.includes(hidden.name) && all.includes(shown.name));
    const only = await names(librarian, '&shown=true');
    assert.ok(only.includes(shown.name) && !only.includes(hidden.name));
  });

  test('are not for readers to change', async () => {
    const { list, books } = await filled(1, { shown: true });
    const { member } = people;
    refused(await member.put(`/reading-lists/${list.id}`, { name: 'Mine' }), 403, 'FORBIDDEN', /only the staff/);
    refused(await member.delete(`/reading-lists/${list.id}`), 403, 'FORBIDDEN');
    refused(await member.post(`/reading-lists/${list.id}/books`, { book_id: books[0].id }), 403, 'FORBIDDEN');
    refused(await member.delete(`/reading-lists/${list.id}/books/${books[0].id}`), 403, 'FORBIDDEN');
    refused(await member.put(`/reading-lists/${list.id}/order`, { book_id: books[0].id, position: 1 }), 403, 'FORBIDDEN');
    refused(await people.anonymous.post('/reading-lists', { name: 'x' }), 401, 'UNAUTHENTICATED');
  });

  test('are renamed, shown and deleted; two at once are told', async () => {
    const { librarian, anonymous } = people;
    const list = await begin(librarian);
    const shown = expect(await librarian.put(`/reading-lists/${list.id}`, { shown: true }, { 'If-Match': '"1"' }), 200);
    assertHas(shown, { name: list.name, shown: true, version: 2 });
    assert.deepEqual(expect(await librarian.put(`/reading-lists/${list.id}`, { shown: true }), 200), shown, 'what does not differ changes nothing');
    refused(await librarian.put(`/reading-lists/${list.id}`, { name: 'Late' }, { 'If-Match': '"1"' }), 412, 'PRECONDITION_FAILED');
    refused(await librarian.delete(`/reading-lists/${list.id}`, { 'If-Match': '"1"' }), 412, 'PRECONDITION_FAILED');
    expect(await librarian.delete(`/reading-lists/${list.id}`, { 'If-Match': '"2"' }), 204);
    refused(await anonymous.get(`/reading-lists/${list.id}`), 404, 'READING_LIST_NOT_FOUND');
    refused(await librarian.delete(`/reading-lists/${list.id}`), 404, 'READING_LIST_NOT_FOUND');
  });

  test('leave their acts in the audit log', async () => {
    const { list, books } = await filled(2);
    expect(await people.librarian.put(`/reading-lists/${list.id}/order`, { book_id: books[1].id, position: 1 }), 200);
    expect(await people.librarian.delete(`/reading-lists/${list.id}/books/${books[0].id}`), 204);
    expect(await people.librarian.delete(`/reading-lists/${list.id}`), 204);
    const log = expect(await people.admin.get('/admin/audit-logs?entity=reading_list&limit=6'), 200).data;
    assert.deepEqual(log.map((row) => row.action), ['reading_list.deleted', 'reading_list.book_removed', 'reading_list.order_changed', 'reading_list.book_added', 'reading_list.book_added', 'reading_list.created']);
    assert.equal(JSON.parse(log[0].before).name, list.name);
  });

  test('need a name; unknown ones are 404, malformed ids 422', async () => {
    const { librarian } = people;
    invalid(await librarian.post('/reading-lists', { shown: 'perhaps', colour: 'red' }), ['name', 'shown', 'colour']);
    invalid(await librarian.post('/reading-lists', { name: 'x'.repeat(101) }), ['name']);
    for (const path of ['', '/books']) {
      refused(await librarian.get(`/reading-lists/${UNKNOWN_ID}${path}`), 404, 'READING_LIST_NOT_FOUND');
      invalid(await librarian.get(`/reading-lists/17${path}`), ['id'], 'path');
    }
    const list = await begin(librarian);
    invalid(await librarian.post(`/reading-lists/${list.id}/books`, { note: '' }), ['book_id']);
    invalid(await librarian.put(`/reading-lists/${list.id}/order`, { position: 0 }), ['book_id', 'position']);
    refused(await librarian.post(`/reading-lists/${list.id}/books`, { book_id: UNKNOWN_ID }), 404, 'BOOK_NOT_FOUND');
  });
});

describe('the titles on a list', () => {
  test('stand in the order in which they came, with a note', async () => {
    const { list, books } = await filled(3);
    assert.deepEqual(await titles(people.librarian, list), books.map((book) => book.title));
    const last = await makeBook(people.librarian);
    assertHas(await add(people.librarian, list, last, { note: 'A classic' }), { entries: 4 });
    const row = (await rows(people.librarian, list))[3];
    assertHas(row, { position: 4, note: 'A classic' });
    assertHas(row.book, { id: last.id, author: last.author, available_copies: 1, archived: false });
  });

  test('stand there once', async () => {
    const { list, books } = await filled(1);
    const body = refused(await people.librarian.post(`/reading-lists/${list.id}/books`, { book_id: books[0].id }), 409, 'CONFLICT', /on the list already/);
    assert.deepEqual(body.reason, { position: 1 });
    assert.equal((await rows(people.librarian, list)).length, 1);
  });

  test('move to any place, and places have no gaps', async () => {
    const { list, books } = await filled(5);
    const [a, b, c, d, e] = books.map((book) => book.title);
    const move = async (book, position) => expect(await people.librarian.put(`/reading-lists/${list.id}/order`, { book_id: book.id, position }), 200);
    await move(books[4], 1);
    assert.deepEqual(await titles(people.librarian, list), [e, a, b, c, d]);
    await move(books[4], 3);
    assert.deepEqual(await titles(people.librarian, list), [a, b, e, c, d]);
    await move(books[0], 2000);
    assert.deepEqual(await titles(people.librarian, list), [b, e, c, d, a]);
    const before = expect(await people.librarian.get(`/reading-lists/${list.id}`), 200).version;
    assert.equal((await move(books[0], 5)).version, before, 'where it stands already');
    expect(await people.librarian.delete(`/reading-lists/${list.id}/books/${books[4].id}`), 204);
    assert.deepEqual((await rows(people.librarian, list)).map((row) => [row.position, row.book.title]), [[1, b], [2, c], [3, d], [4, a]]);
    refused(await people.librarian.delete(`/reading-lists/${list.id}/books/${books[4].id}`), 404, 'BOOK_NOT_FOUND', /not on the list/);
    refused(await people.librarian.put(`/reading-lists/${list.id}/order`, { book_id: books[4].id, position: 1 }), 404, 'BOOK_NOT_FOUND');
  });

  test('are paged through by cursor in both directions', async () => {
    const { list, books } = await filled(11);
    const { rows: walked, pages } = await walk(people.librarian, `/reading-lists/${list.id}/books`, { limit: 4 });
    assert.deepEqual(walked.map((row) => row.book.title), books.map((book) => book.title));
    assert.equal(pages[0].meta.total, 11);
    const back = await walkBack(people.librarian, `/reading-lists/${list.id}/books`, pages.at(-1).meta.previous_cursor, { limit: 4 });
    assert.deepEqual(back.map((row) => row.position), [1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('that are archived keep their place, for the staff alone', async () => {
    const { list, books } = await filled(3, { shown: true });
    expect(await people.librarian.delete(`/books/${books[1].id}`), 204);
    assert.deepEqual(await titles(people.anonymous, list), [books[0].title, books[2].title]);
    assert.equal(expect(await people.anonymous.get(`/reading-lists/${list.id}/books`), 200).meta.total, 2);
    assert.deepEqual((await rows(people.librarian, list)).map((row) => row.book.archived), [false, true, false]);
    expect(await people.librarian.post(`/books/${books[1].id}/restore`), 200);
    assert.equal((await titles(people.anonymous, list)).length, 3);
  });

  test('tell on which lists they stand', async () => {
    const { list, books } = await filled(1, { shown: true });
    const other = await begin(people.librarian);
    await add(people.librarian, other, books[0]);
    assert.deepEqual((await names(people.librarian, `&book_id=${books[0].id}`)).sort(), [list.name, other.name].sort());
    assert.deepEqual(await names(people.anonymous, `&book_id=${books[0].id}`), [list.name]);
  });
});

describe("a reader's own lists", () => {
  test('are seen by nobody else, the staff included, and leave no trace in the audit log', async () => {
    const { member, otherMember, librarian, admin, anonymous } = people;
    const book = await makeBook(librarian);
    const before = expect(await admin.get('/admin/audit-logs?entity=reading_list&limit=1'), 200).meta.total;
    const list = await begin(member);
    assertHas(list, { own: true, shown: false });
    await add(member, list, book, { note: 'for the holidays' });
    assert.deepEqual(await names(member, '&own=true'), [list.name]);
    assert.ok(!(await names(member)).includes(list.name), "the library's lists are apart");
    assert.deepEqual(await names(otherMember, '&own=true'), []);
    for (const who of [otherMember, librarian, admin, anonymous]) {
      refused(await who.get(`/reading-lists/${list.id}`), 404, 'READING_LIST_NOT_FOUND');
      assert.ok(!(await names(who)).includes(list.name));
    }
    for (const who of [otherMember, librarian, admin]) {
      refused(await who.put(`/reading-lists/${list.id}`, { name: 'Mine' }), 404, 'READING_LIST_NOT_FOUND');
      refused(await who.delete(`/reading-lists/${list.id}`), 404, 'READING_LIST_NOT_FOUND');
    }
    expect(await member.delete(`/reading-lists/${list.id}`), 204);
    assert.equal(expect(await admin.get('/admin/audit-logs?entity=reading_list&limit=1'), 200).meta.total, before);
  });

  test('are never shown, and are asked for by readers only', async () => {
    const { member, librarian, anonymous } = people;
    invalid(await member.post('/reading-lists', { name: 'Look at me', shown: true }), ['shown']);
    const list = await begin(member);
    invalid(await member.put(`/reading-lists/${list.id}`, { shown: true }), ['shown']);
    refused(await librarian.get('/reading-lists?own=true'), 409, 'NO_MEMBER_RECORD');
    refused(await anonymous.get('/reading-lists?own=true'), 409, 'NO_MEMBER_RECORD');
  });

  test('are a hundred at most', async () => {
    const { otherMember } = people;
    const have = (await names(otherMember, '&own=true')).length;
    for (let i = have; i < 100; i++) await begin(otherMember);
    const body = refused(await otherMember.post('/reading-lists', { name: 'One more' }), 409, 'READING_LIST_FULL', /100 lists/);
    assert.deepEqual(body.reason, { max_lists: 100 });
  });
});
