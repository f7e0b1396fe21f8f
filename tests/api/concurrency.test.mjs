// Many at once: nothing is lent twice, the counts are exact. (That nothing is lost: tests/durability.)
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { assertHas, copiesOf, expect, makeBook, makeMember, takeBack } from '../support/library.mjs';
import { isInstrumented, startServer } from '../support/server.mjs';

const READERS = isInstrumented ? 80 : 200;
const COPIES = 3;

let server;
let members;
before(async () => {
  // Two hundred connections of one address are a crowd (http/server.c) to fewer threads: this is about what they do.
  server = await startServer({ args: ['--threads', '512'] });
  members = await Promise.all(Array.from({ length: READERS }, () => makeMember(server)));
});
after(() => server.stop({ check: true }));

const bookNow = async (book) => expect(await server.get(`/books/${book.id}`), 200);

/** How often each answer came. */
function tally(replies) {
  const counts = {};
  for (const reply of replies) {
    const what = reply.status < 300 ? String(reply.status) : `${reply.status} ${reply.body.error_code}`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

test(`${READERS} readers want ${COPIES} copies at once: ${COPIES} get one, the others hear that none is left`, async () => {
  const book = await makeBook(server, { total_copies: COPIES });
  const replies = await Promise.all(members.map((member) => server.post('/borrows', { book_id: book.id, member_id: member.id })));
  assert.deepEqual(tally(replies), { 201: COPIES, '409 INVENTORY_UNAVAILABLE': READERS - COPIES });
  const borrows = replies.filter((reply) => reply.status === 201).map((reply) => reply.body);
  assert.equal(new Set(borrows.map((borrow) => borrow.copy_id)).size, COPIES, 'each another copy');
  assertHas(await bookNow(book), { total_copies: COPIES, available_copies: 0, borrow_count: COPIES });
  assert.equal(expect(await server.get(`/borrows?book_id=${book.id}`), 200).meta.total, COPIES);

  // Everybody brings everything back, several times at once: each loan is closed once.
  const back = await Promise.all(borrows.flatMap((borrow) => Array.from({ length: 4 }, () => server.post(`/borrows/${borrow.id}/return`))));
  assert.deepEqual(tally(back), { 200: COPIES, '409 ALREADY_RETURNED': COPIES * 3 });
  assertHas(await bookNow(book), { total_copies: COPIES, available_copies: COPIES, borrow_count: COPIES });
});

test('one copy scanned at forty desks at once is lent once', async () => {
  const book = await makeBook(server);
  const [copy] = await copiesOf(server, book);
  const replies = await Promise.all(members.slice(0, 40).map((member) => server.post('/borrows', { barcode: copy.barcode, card: member.card })));
  assert.deepEqual(tally(replies), { 201: 1, '409 COPY_NOT_AVAILABLE': 39 });
  await takeBack(server, replies.find((reply) => reply.status === 201).body);
});

test('a member who asks for twenty books at once gets five', async () => {
  const [member] = members;
  const books = await Promise.all(Array.from({ length: 20 }, () => makeBook(server)));
  const replies = await Promise.all(books.map((book) => server.post('/borrows', { book_id: book.id, member_id: member.id })));
  assert.deepEqual(tally(replies), { 201: 5, '409 BORROW_LIMIT_EXCEEDED': 15 });
  assert.equal(expect(await server.get(`/members/${member.id}`), 200).active_borrows_count, 5);
  await Promise.all(replies.filter((reply) => reply.status === 201).map((reply) => takeBack(server, reply.body)));
});

test('the same book asked for ten times at once by one member goes out once', async () => {
  const book = await makeBook(server, { total_copies: 10 });
  const replies = await Promise.all(Array.from({ length: 10 }, () => server.post('/borrows', { book_id: book.id, member_id: members[1].id })));
  assert.deepEqual(tally(replies), { 201: 1, '409 ACTIVE_BORROW_EXISTS': 9 });
  assertHas(await bookNow(book), { available_copies: 9 });
});

test('the same ISBN, e-mail address and barcode given by twenty at once are taken once', async () => {
  const at = async (count, make) => tally(await Promise.all(Array.from({ length: count }, (_, i) => make(i))));
  assert.deepEqual(await at(20, (i) => server.post('/books', { title: `Race ${i}`, author: 'A. B.', isbn: '9780306406157' })), { 201: 1, '409 DUPLICATE_ISBN': 19 });
  assert.deepEqual(await at(20, (i) => server.post('/members', { name: `Race ${i}`, email: 'race@example.org' })), { 201: 1, '409 DUPLICATE_EMAIL': 19 });
  const book = await makeBook(server);
  assert.deepEqual(await at(20, () => server.post(`/books/${book.id}/copies`, { barcode: 'RACE-1' })), { 201: 1, '409 DUPLICATE_BARCODE': 19 });
});

test('of twenty edits from one version, one wins', async () => {
  const book = await makeBook(server);
  const replies = await Promise.all(Array.from({ length: 20 }, (_, i) => server.patch(`/books/${book.id}`, { title: `Edit ${i}` }, { 'If-Match': `"${book.version}"` })));
  assert.deepEqual(tally(replies), { 200: 1, '412 PRECONDITION_FAILED': 19 });
  const won = replies.find((reply) => reply.status === 200).body;
  assertHas(await bookNow(book), { title: won.title, version: book.version + 1 });
});

test('a storm of loans, returns, edits and archiving leaves every count exact', async () => {
  const books = await Promise.all(Array.from({ length: 12 }, (_, i) => makeBook(server, { total_copies: 1 + (i % 3) })));
  const readers = members.slice(0, 25);
  const open = [];
  const seen = {};
  let seed = 20260000;
  const dice = (sides) => {
    // A small generator of its own, so that a storm that fails can be had again.
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * sides);
  };
  const count = (reply) => {
    const what = reply.status < 300 ? String(reply.status) : reply.body.error_code;
    seen[what] = (seen[what] ?? 0) + 1;
    assert.ok(reply.status < 500, reply.text);
    return reply;
  };
  const acts = [
    async () => {
      const reply = count(await server.post('/borrows', { book_id: books[dice(12)].id, member_id: readers[dice(25)].id }));
      if (reply.status === 201) open.push(reply.body);
    },
    async () => {
      const [borrow] = open.length ? open.splice(dice(open.length), 1) : [];
      if (borrow) count(await server.post(`/borrows/${borrow.id}/return`));
    },
    async () => count(await server.patch(`/books/${books[dice(12)].id}`, { total_copies: 1 + dice(4) })),
    async () => {
      const book = books[dice(12)];
      count(await server.delete(`/books/${book.id}`));
      count(await server.post(`/books/${book.id}/restore`));
    },
    async () => count(await server.get('/borrows?status=borrowed&sort_by=due_date')),
  ];
  const desk = async () => {
    for (let i = 0; i < (isInstrumented ? 25 : 60); i++) await acts[[0, 0, 0, 1, 1, 2, 3, 4][dice(8)]]();
  };
  await Promise.all(Array.from({ length: 16 }, desk));
  for (const what of ['201', '200', 'INVENTORY_UNAVAILABLE', 'HAS_ACTIVE_BORROWS']) assert.ok(seen[what] > 0, `${what} in ${JSON.stringify(seen)}`);

  const report = expect(await server.local('GET', '/admin/check'), 200);
  assert.deepEqual(report.findings, []);
  for (const book of books) {
    const now = await bookNow(book);
    const out = expect(await server.get(`/borrows?book_id=${book.id}&status=borrowed`), 200).meta.total;
    assert.equal(now.total_copies - now.available_copies, out, JSON.stringify(now));
  }
  assert.equal(expect(await server.get('/borrows?status=borrowed'), 200).meta.total, open.length + 1, 'and the ten-times-asked book');
});

test('a loan that was asked for before a return, and whose body came after it, is made after it', async () => {
  const book = await makeBook(server);
  const [first, second] = [await makeMember(server), await makeMember(server)]; // the storm may have left others all they may have
  const out = expect(await server.post('/borrows', { book_id: book.id, member_id: first.id }), 201);
  const body = JSON.stringify({ book_id: book.id, member_id: second.id });
  const socket = connect(server.port, '127.0.0.1');
  const answer = text(socket);
  socket.write(`POST /api/v1/borrows HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`);
  await setTimeout(200);
  const back = await takeBack(server, out);
  socket.write(body);
  const reply = await answer;
  assert.match(reply, /^HTTP\/1\.1 201 /);
  const borrow = JSON.parse(reply.slice(reply.indexOf('\r\n\r\n')));
  assert.ok(borrow.borrowed_at >= back.returned_at, `${borrow.borrowed_at} before ${back.returned_at}`);
  await takeBack(server, borrow);
  assert.deepEqual(expect(await server.local('GET', '/admin/check'), 200).findings, []);
});
