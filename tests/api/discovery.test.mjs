// Popular queries, and recommendations that say why: what is shown, and what is never told.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { expect, invalid, lend, makeBook, makeMember, refused, runJob, takeBack, UNKNOWN_ID } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';

let server;
let people;
let librarian;
before(async () => {
  server = await startServer({ auth: 'on', args: ['--rate-limit-per-minute', '0'] });
  people = await makePeople(server);
  librarian = people.librarian;
});
after(() => server.stop({ check: true }));

describe('popular queries', () => {
  const say = async (client, q) => expect(await client.get(`/search/books?said=true&q=${encodeURIComponent(q)}`), 200);
  const write = () => runJob(people.admin, 'write_searches');
  const popular = async (query = '') => expect(await people.anonymous.get(`/search/popular-queries${query}`), 200).data;
  const sayOften = async (q, times = 3) => {
    for (let i = 0; i < times; i++) {
      await say(people.anonymous, q);
      await write();
    }
  };
  before(async () => {
    for (const [title, author] of [['The Otter at Home', 'Ada Brook'], ['Rivers of 1984', 'Jane Doe'], ['9780306406157 Explained', 'Ada Brook']]) await makeBook(librarian, { title, author });
  });

  test('a finished question that found something counts, as it was typed last; shown from the third time on', async () => {
    await say(people.anonymous, 'otter');
    await write();
    await say(people.member, '  Otter ');
    await write();
    assert.deepEqual(await popular(), [], 'twice may be about somebody');
    await say(librarian, 'OTTER');
    await write();
    assert.deepEqual(await popular(), [{ term: 'OTTER', asked: 3 }]);
  });

  test('what one person sends again and again within minutes counts once', async () => {
    for (let i = 0; i < 8; i++) await say(people.anonymous, 'home');
    await write();
    assert.ok(!(await popular()).some(({ term }) => term === 'home'));
  });

  test('keystrokes, what found nothing, numbers and addresses leave nothing behind', async () => {
    for (let i = 0; i < 3; i++) {
      expect(await people.anonymous.get('/search/books?q=rivers'), 200);
      expect(await people.anonymous.get('/books?q=rivers'), 200);
      for (const q of ['qqqq', 'riverz', '9780306406157', '978-0-306', 'o', 'at@home', '12345 explained']) await say(people.anonymous, q);
      await write();
    }
    assert.deepEqual((await popular()).map(({ term }) => term), ['OTTER']);
  });

  test('a year in the words is no number to hide', async () => {
    await sayOften('rivers of 1984');
    assert.ok((await popular()).some(({ term }) => term === 'rivers of 1984'));
    assert.equal((await popular('?limit=1')).length, 1);
    refused(await people.anonymous.get('/search/popular-queries?limit=51'), 400, 'INVALID_PARAMETER');
  });

  test('no column of the library says who asked', async () => {
    await say(people.member, 'brook');
    await write();
    const audit = expect(await people.admin.get('/admin/audit-logs?limit=100'), 200).data;
    assert.ok(!JSON.stringify(audit).includes('brook'));
    assert.ok(!server.logs.includes('brook'), 'nor does the log');
  });

  test('switched off: nothing is shown, nothing noted, and what was kept is forgotten', async () => {
    expect(await people.admin.put('/admin/system-config', { popular_searches: 'off' }), 200);
    assert.deepEqual(await popular(), []);
    await say(people.anonymous, 'otter');
    await write();
    expect(await people.admin.put('/admin/system-config', { popular_searches: 'on' }), 200);
    await write();
    assert.deepEqual(await popular(), []);
  });

  test('strangers see them as they see the catalogue', async () => {
    expect(await people.admin.put('/admin/system-config', { public_catalogue: 'off' }), 200);
    refused(await people.anonymous.get('/search/popular-queries'), 401, 'UNAUTHENTICATED');
    expect(await people.member.get('/search/popular-queries'), 200);
    expect(await people.admin.put('/admin/system-config', { public_catalogue: 'on' }), 200);
  });
});

describe('recommendations', () => {
  let books;
  let readers;
  const had = async (book, member) => takeBack(librarian, await lend(librarian, book, member));
  const recommended = async (client, member, query = '?limit=20') => expect(await client.get(`/books/recommended/${member.id}${query}`), 200).data;
  const titles = (list) => list.map(({ book }) => book.title);
  before(async () => {
    books = {};
    for (const name of ['Shared', 'Loved', 'Out', 'Once', 'Gone', 'Unread']) books[name] = await makeBook(librarian, { title: `${name} Title`, total_copies: 1 });
    readers = [];
    for (let i = 0; i < 3; i++) readers.push(await makeMember(librarian, { name: `Secret Reader ${i}` }));
    for (const reader of readers) for (const name of ['Shared', 'Loved', 'Out', 'Gone']) await had(books[name], reader);
    await had(books.Once, readers[0]);
    await had(books.Shared, people.member.record);
    await lend(librarian, books.Out, people.otherMember.record);
    assert.equal((await librarian.delete(`/books/${books.Gone.id}`)).status, 204);
  });

  test('what several readers of the same title had as well, with the title and their number, what is in before what is out', async () => {
    const list = (await recommended(people.member, people.member.record)).filter(({ reason }) => reason.kind === 'readers_also');
    assert.deepEqual(titles(list), ['Loved Title', 'Out Title']);
    for (const { reason } of list) assert.deepEqual(reason, { kind: 'readers_also', book_id: books.Shared.id, title: 'Shared Title', readers: 3, member_type: null });
  });

  test('never what the reader has had, never what is archived, never what one other reader alone had, never who', async () => {
    const list = await recommended(librarian, people.member.record);
    assert.ok(!titles(list).includes('Shared Title') && !titles(list).includes('Gone Title'));
    assert.ok(!list.some(({ book, reason }) => book.title === 'Once Title' && reason.kind === 'readers_also'));
    const text = JSON.stringify(list);
    for (const reader of readers) assert.ok(!text.includes('Secret Reader') && !text.includes(reader.id));
    assert.equal(new Set(titles(list)).size, list.length, 'each once');
  });

  test('who has had nothing: what the same kind of readers borrowed lately, then what is lent most, then what is new', async () => {
    const list = await recommended(librarian, await makeMember(librarian));
    const kinds = list.map(({ reason }) => reason.kind);
    assert.deepEqual(kinds.filter((kind, i) => kind !== kinds[i - 1]), ['readers_like_you', 'popular', 'new']);
    const like = list.find(({ book }) => book.title === 'Loved Title');
    assert.deepEqual(like.reason, { kind: 'readers_like_you', book_id: null, title: null, readers: 3, member_type: 'adult' });
    assert.ok(list.every(({ book }) => book.available_copies > 0), 'all can be taken home');
    assert.equal((await recommended(librarian, readers[0], '?limit=2')).length, 2);
  });

  test('a reader sees their own only', async () => {
    refused(await people.member.get(`/books/recommended/${people.otherMember.record.id}`), 403, 'FORBIDDEN');
    refused(await people.anonymous.get(`/books/recommended/${people.member.record.id}`), 401, 'UNAUTHENTICATED');
    refused(await librarian.get(`/books/recommended/${UNKNOWN_ID}`), 404, 'MEMBER_NOT_FOUND');
    invalid(await librarian.get('/books/recommended/me'), ['memberId'], 'path');
    refused(await librarian.get(`/books/recommended/${readers[0].id}?limit=21`), 400, 'INVALID_PARAMETER');
  });

  test('of a title: what its readers also borrowed', async () => {
    const { data } = expect(await people.anonymous.get(`/books/${books.Shared.id}/similar`), 200);
    assert.deepEqual(titles(data), ['Loved Title', 'Out Title']);
    for (const { reason } of data) assert.deepEqual(reason, { kind: 'readers_also', book_id: books.Shared.id, title: 'Shared Title', readers: 3, member_type: null });
    assert.deepEqual(expect(await people.anonymous.get(`/books/${books.Unread.id}/similar`), 200).data, []);
    refused(await people.anonymous.get(`/books/${books.Gone.id}/similar`), 404, 'BOOK_NOT_FOUND');
    refused(await people.anonymous.get(`/books/${UNKNOWN_ID}/similar`), 404, 'BOOK_NOT_FOUND');
  });
});
