// showcase.mjs — the library that the pictures of README are taken in, the same each time: seeded on a fixed day with a
// fixed number, and then a morning's work, so that each page has something to show.
import assert from 'node:assert/strict';
import { copiesOf, expect } from '../support/library.mjs';
import { setUp } from '../support/people.mjs';
import { run, startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const MORNING = '2026-03-12T09:05:00.000Z';
export const NOW = '2026-03-12T10:24:00.000Z';
const RANDOM_SEED = 26;
export const LIBRARIAN = 'Nora';

/** Whoever reads README should be able to read the names in its pictures. */
const isPlain = (text) => /^[\w .,:;'’!?&–-]+$/.test(text);

async function pickMembers(admin) {
  const { data } = expect(await admin.get('/members?limit=100&sort_by=created_at&order=asc'), 200);
  return data.filter((one) => one.status === 'active' && isPlain(one.name));
}

/** English titles that stand on their shelves, each with the barcode of a copy that does. */
async function pickBooks(admin, count) {
  const { data } = expect(await admin.get('/books?language=en&genre=Fiction&available=true&limit=60&sort_by=year&order=desc'), 200);
  const picked = [];
  for (const book of data.filter((one) => isPlain(one.title) && !one.subtitle)) {
    const copy = (await copiesOf(admin, book)).find((one) => one.status === 'available');
    if (copy) picked.push({ ...book, barcode: copy.barcode });
    if (picked.length === count) return picked;
  }
  return assert.fail(`only ${picked.length} titles to show`);
}

const lend = async (admin, member, book) => expect(await admin.post('/borrows', { member_id: member.id, book_id: book.id }), 201);

/** Readers wait for what is out; some of it comes back this morning and goes to the hold shelf. */
async function fillHoldShelf(admin, readers) {
  const { data } = expect(await admin.get('/borrows?status=borrowed&limit=60&sort_by=due_date&order=asc'), 200);
  const out = data.filter((loan) => isPlain(loan.book.title) && isPlain(loan.member.name)).slice(8, 8 + readers.length);
  for (const [at, loan] of out.entries()) {
    expect(await admin.post('/holds', { book_id: loan.book_id, member_id: readers[at].id }), 201);
    if (at % 2 === 0) expect(await admin.post(`/borrows/${loan.id}/return`), 200);
  }
}

/** A torn cover, part of it paid, besides what was late. */
async function owe(admin, member) {
  expect(await admin.post('/fines/charge', { member_id: member.id, kind: 'damage', amount: 6.5, note: 'Cover torn, pages 12 to 15 wet' }), 201);
  expect(await admin.post('/fines/pay', { member_id: member.id, amount: 2, method: 'cash' }), 201);
}

/** Somebody who owes for what came back late, and reads what a picture can show. */
async function findDebtor(admin) {
  const { data } = expect(await admin.get('/fines?status=open&limit=100'), 200);
  for (const { member } of data.filter((fine) => isPlain(fine.member.name))) {
    const { favorite_author: reads, total_books_borrowed: loans } = expect(await admin.get(`/members/${member.id}/analytics`), 200);
    if (loans >= 4 && reads && isPlain(reads)) return member;
  }
  return assert.fail('nobody owes');
}

/** Lent often, and out with people whose names can be read. */
async function findTitle(admin) {
  const { data } = expect(await admin.get('/analytics/popular-books?limit=50'), 200);
  for (const { book_id: id, title } of data) {
    const loans = expect(await admin.get(`/books/${id}/borrows?status=borrowed`), 200).data;
    if (isPlain(title) && loans.length > 1 && loans.every(({ member }) => isPlain(member.name))) return { id };
  }
  return assert.fail('no title to show');
}

/**
 * `borrower` has a card and a loan, and next lends `books[0]` and `books[1]`; `books[3]` is out and comes back.
 * `debtor` owes; `title` is a book that is worth opening.
 */
export async function makeShowcase() {
  const clock = await makeTestClock(MORNING);
  const { home, env } = clock;
  const seeded = await run(home, ['--db', home.library, '--seed', 'minimal', '--random-seed', String(RANDOM_SEED)], { env });
  assert.equal(seeded.code, 0, seeded.stderr);
  const server = await startServer({ home, env, auth: 'on', args: ['--library-name', 'Harbour Lane Library'] });
  const admin = await setUp(server, { name: LIBRARIAN });

  const books = await pickBooks(admin, 5);
  const [borrower, returner, ...readers] = (await pickMembers(admin)).filter((one) => one.active_borrows_count === 0);
  await lend(admin, borrower, books[4]);
  await lend(admin, returner, books[3]);
  await fillHoldShelf(admin, readers.slice(0, 8));
  const debtor = await findDebtor(admin);
  await owe(admin, debtor);
  const title = await findTitle(admin);
  expect(await admin.post('/admin/backups'), 201);
  clock.moveTo(NOW);
  return { server, borrower, books, debtor, title };
}
