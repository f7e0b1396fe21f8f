// Reviews: stars and words by who has had a title out; words wait until somebody has read them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, invalid, lend, makeBook, refused, settledImport, takeBack, UNKNOWN_ID, UUID, walk } from '../support/library.mjs';
import { makePeople, makeReader } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';

let server;
let people;
before(async () => {
  server = await startServer({ auth: 'on' });
  people = await makePeople(server);
});
after(() => server.stop({ check: true }));

const set = async (settings) => expect(await people.admin.put('/admin/system-config', settings), 200);
const write = async (who, book, facts) => expect(await who.post(`/books/${book.id}/reviews`, { stars: 4, ...facts }), 201);
const decide = async (review, body) => expect(await people.librarian.post(`/reviews/${review.id}/decide`, body), 200);
const shown = async (book, who = people.anonymous) => expect(await who.get(`/books/${book.id}/reviews?limit=100`), 200).data;
const rating = async (book) => {
  const { rating, rating_count } = expect(await people.anonymous.get(`/books/${book.id}`), 200);
  return [rating, rating_count];
};

/** A title that these readers have had out. */
async function readBy(...readers) {
  const book = await makeBook(people.librarian, { total_copies: 5 });
  for (const reader of readers) await takeBack(people.librarian, await lend(people.librarian, book, reader.record));
  return book;
}

describe('a review', () => {
  test('of stars alone is shown at once, without a name', async () => {
    const { member } = people;
    const book = await readBy(member);
    assert.deepEqual(await rating(book), [null, 0]);
    const review = await write(member, book, { stars: 5 });
    assert.match(review.id, UUID);
    assertHas(review, { stars: 5, text: null, status: 'shown', reason: null, version: 1 });
    assert.equal(review.book.id, book.id);
    const [row] = await shown(book);
    assert.deepEqual(Object.keys(row).sort(), ['created_at', 'id', 'stars', 'text']);
    assert.deepEqual(await rating(book), [5, 1]);
  });

  test('of words waits, and counts when it is shown', async () => {
    const { member, librarian } = people;
    const book = await readBy(member);
    const review = await write(member, book, { stars: 2, text: 'Too long.' });
    assertHas(review, { status: 'waiting', text: 'Too long.' });
    assert.deepEqual(await shown(book), []);
    assert.deepEqual(await rating(book), [null, 0]);
    const queue = expect(await librarian.get('/reviews?status=waiting&order=asc&limit=100'), 200).data;
    assert.equal(queue.find((row) => row.id === review.id).member.name, member.record.name);
    assertHas(await decide(review, { status: 'shown' }), { status: 'shown', version: 2 });
    assert.equal((await shown(book))[0].text, 'Too long.');
    assert.deepEqual(await rating(book), [2, 1]);
  });

  test('that is refused is seen by its reader, with the reason, and counts no more', async () => {
    const { member, librarian, admin } = people;
    const book = await readBy(member);
    const review = await write(member, book, { stars: 1 });
    invalid(await librarian.post(`/reviews/${review.id}/decide`, { status: 'refused' }), ['reason']);
    invalid(await librarian.post(`/reviews/${review.id}/decide`, { status: 'perhaps' }), ['status']);
    assertHas(await decide(review, { status: 'refused', reason: 'It names somebody' }), { status: 'refused', reason: 'It names somebody' });
    assert.deepEqual(await rating(book), [null, 0]);
    const own = expect(await member.get(`/books/${book.id}/reviews/own`), 200);
    assertHas(own, { may_review: true, why_not: null });
    assertHas(own.review, { status: 'refused', reason: 'It names somebody' });
    const [row] = expect(await admin.get('/admin/audit-logs?entity=review&limit=1'), 200).data;
    assert.equal(row.action, 'review.decided');
    assert.equal(JSON.parse(row.after).reason, 'It names somebody');
    assertHas(await decide(review, { status: 'shown' }), { status: 'shown', reason: null });
    assert.deepEqual(await rating(book), [1, 1]);
  });

  test('is decided about as it was read: changed words are 412', async () => {
    const { member, librarian } = people;
    const book = await readBy(member);
    const review = await write(member, book, { text: 'Kind words' });
    expect(await member.put(`/reviews/${review.id}`, { text: 'Unkind words' }), 200);
    refused(await librarian.post(`/reviews/${review.id}/decide`, { status: 'shown' }, { 'If-Match': '"1"' }), 412, 'PRECONDITION_FAILED');
    expect(await librarian.post(`/reviews/${review.id}/decide`, { status: 'shown' }, { 'If-Match': '"2"' }), 200);
  });

  test('is changed by its reader: other words wait anew, other stars do not', async () => {
    const { member } = people;
    const book = await readBy(member);
    const review = await write(member, book, { stars: 3, text: 'Good.' });
    await decide(review, { status: 'shown' });
    assertHas(expect(await member.put(`/reviews/${review.id}`, { stars: 5 }), 200), { status: 'shown', stars: 5, text: 'Good.' });
    assert.deepEqual(await rating(book), [5, 1]);
    assertHas(expect(await member.put(`/reviews/${review.id}`, { text: 'Better.' }), 200), { status: 'waiting' });
    assert.deepEqual(await rating(book), [null, 0]);
    assertHas(expect(await member.put(`/reviews/${review.id}`, { text: null }), 200), { status: 'shown', text: null });
    assert.deepEqual(await rating(book), [5, 1]);
    refused(await member.put(`/reviews/${review.id}`, { stars: 1 }, { 'If-Match': '"1"' }), 412, 'PRECONDITION_FAILED');
    expect(await member.delete(`/reviews/${review.id}`), 204);
    assert.deepEqual(await rating(book), [null, 0]);
    refused(await member.delete(`/reviews/${review.id}`), 404, 'REVIEW_NOT_FOUND', /^Review not found\./);
  });

  test('counts in the mean, with one decimal', async () => {
    const readers = [people.member, people.otherMember, await makeReader(server, people.admin)];
    const book = await readBy(...readers);
    for (const [i, stars] of [5, 4, 4].entries()) await write(readers[i], book, { stars });
    assert.deepEqual(await rating(book), [4.3, 3]);
    const { rows } = await walk(people.anonymous, `/books/${book.id}/reviews`, { limit: 2 });
    assert.deepEqual(rows.map((row) => row.stars), [4, 4, 5], 'newest first');
    const edited = expect(await people.librarian.get(`/books/${book.id}`), 200);
    expect(await people.librarian.put(`/books/${book.id}`, { ...edited, title: 'Sent back as it came' }), 200);
    assert.deepEqual(await rating(book), [4.3, 3]);
  });

  test('is one for each reader and title', async () => {
    const { member } = people;
    const book = await readBy(member);
    await write(member, book, {});
    refused(await member.post(`/books/${book.id}/reviews`, { stars: 1 }), 409, 'CONFLICT', /already/);
    assert.deepEqual(await rating(book), [4, 1]);
  });

  test('needs stars from one to five; unknown titles and reviews are 404', async () => {
    const { member, librarian } = people;
    const book = await readBy(member);
    invalid(await member.post(`/books/${book.id}/reviews`, { text: 'x', colour: 'red' }), ['stars', 'colour']);
    invalid(await member.post(`/books/${book.id}/reviews`, { stars: 6 }), ['stars']);
    invalid(await member.post(`/books/${book.id}/reviews`, { stars: 1, text: 'x'.repeat(4001) }), ['text']);
    refused(await member.post(`/books/${UNKNOWN_ID}/reviews`, { stars: 1 }), 404, 'BOOK_NOT_FOUND');
    refused(await people.anonymous.get(`/books/${UNKNOWN_ID}/reviews`), 404, 'BOOK_NOT_FOUND');
    refused(await librarian.post(`/reviews/${UNKNOWN_ID}/decide`, { status: 'shown' }), 404, 'REVIEW_NOT_FOUND');
  });
});

describe('who may review', () => {
  test('is who has had the title out, unless the library says otherwise', async () => {
    const { member, otherMember } = people;
    const book = await readBy(member);
    refused(await otherMember.post(`/books/${book.id}/reviews`, { stars: 3 }), 409, 'CONFLICT', /who have borrowed it/);
    assertHas(expect(await otherMember.get(`/books/${book.id}/reviews/own`), 200), { may_review: false, review: null });
    await set({ reviews: 'members' });
    await write(otherMember, book, { stars: 3 });
    await set({ reviews: 'off' });
    refused(await member.post(`/books/${book.id}/reviews`, { stars: 3 }), 409, 'REVIEWS_ARE_OFF');
    refused(await people.anonymous.get(`/books/${book.id}/reviews`), 409, 'REVIEWS_ARE_OFF', /switched off/);
    assertHas(expect(await member.get(`/books/${book.id}/reviews/own`), 200), { may_review: false });
    await set({ reviews: 'borrowers' });
    assert.equal((await shown(book)).length, 1, 'what there was is there again');
  });

  test("is a reader: nobody else's login, and nobody for another", async () => {
    const { member, otherMember, librarian, anonymous } = people;
    const book = await readBy(member);
    const review = await write(member, book, {});
    refused(await librarian.post(`/books/${book.id}/reviews`, { stars: 3 }), 409, 'NO_MEMBER_RECORD');
    refused(await anonymous.post(`/books/${book.id}/reviews`, { stars: 3 }), 401, 'UNAUTHENTICATED');
    refused(await otherMember.put(`/reviews/${review.id}`, { stars: 1 }), 404, 'REVIEW_NOT_FOUND');
    refused(await otherMember.delete(`/reviews/${review.id}`), 404, 'REVIEW_NOT_FOUND');
    refused(await member.get('/reviews'), 403, 'FORBIDDEN');
    refused(await member.post(`/reviews/${review.id}/decide`, { status: 'shown' }), 403, 'FORBIDDEN');
  });

  test('sees all of their own', async () => {
    const reader = await makeReader(server, people.admin);
    const books = [await readBy(reader), await readBy(reader)];
    for (const book of books) await write(reader, book, { text: 'Words' });
    const own = expect(await reader.get('/reviews/own'), 200);
    assert.deepEqual(own.data.map((row) => row.book.id), books.map((book) => book.id).reverse());
    assert.equal(own.meta.total, 2);
    refused(await people.librarian.get('/reviews/own'), 409, 'NO_MEMBER_RECORD');
  });

  test('has words shown at once where the library does not read them first', async () => {
    const { member } = people;
    const book = await readBy(member);
    await set({ review_moderation: 'off' });
    assertHas(await write(member, book, { text: 'At once' }), { status: 'shown' });
    await set({ review_moderation: 'on' });
    assert.equal((await shown(book))[0].text, 'At once');
  });
});

test('taken back, nothing of it stands in the way of an import that is undone', async () => {
  const own = await startServer({ auth: 'on' });
  const { admin, librarian, member } = await makePeople(own);
  expect(await admin.put('/admin/system-config', { reviews: 'members' }), 200);
  const { id } = expect(await librarian.post('/imports', 'title,author\r\nNever changed,A\r\n', { 'Content-Type': 'text/csv' }), 201);
  await settledImport(librarian, id);
  expect(await admin.post(`/imports/${id}/start`), 200);
  assertHas(await settledImport(librarian, id), { status: 'done', imported: 1 });
  const [book] = expect(await librarian.get('/books?limit=1'), 200).data;
  const review = expect(await member.post(`/books/${book.id}/reviews`, { stars: 4 }), 201);
  expect(await member.delete(`/reviews/${review.id}`), 204);
  expect(await admin.post(`/imports/${id}/undo`, { edits_too: false }), 200);
  assertHas(await settledImport(librarian, id), { status: 'undone' });
  expect(await librarian.get('/books?limit=1'), 200);
  await own.stop({ check: true }); // events that name a title that is not there, or the next one with its id
});

test('the staff finds reviews by state and title', async () => {
  const { member, librarian } = people;
  const book = await readBy(member);
  const review = await write(member, book, { text: 'Find me' });
  const of = async (query) => expect(await librarian.get(`/reviews?${query}`), 200);
  assert.deepEqual((await of(`book_id=${book.id}`)).data.map((row) => row.id), [review.id]);
  assert.equal((await of(`book_id=${book.id}&status=waiting`)).meta.total, 1);
  assert.equal((await of(`book_id=${book.id}&status=shown`)).meta.total, 0);
});
