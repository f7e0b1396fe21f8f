// Lists for a spreadsheet: what the screen shows under its filters, all of it, in one file.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect, lend, makeBook, makeMember, parseCsv, takeBack } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';

const DAY = 86_400_000;
let server;
let late;
let out;
let member;

before(async () => {
  server = await startServer({ args: ['--default-borrow-duration-days', '4'] });
  member = await makeMember(server, { name: 'Amina, "the Reader" Okafor' });
  const other = await makeMember(server);
  late = await lend(server, await makeBook(server, { title: '=SUM(A1)' }), member, { occurred_at: new Date(Date.now() - 9 * DAY).toISOString() });
  out = await lend(server, await makeBook(server, { title: 'Still Out' }), other);
  const back = await lend(server, await makeBook(server, { title: 'Back Again' }), other);
  await takeBack(server, back);
  expect(await server.post('/holds', { book_id: out.book_id, member_id: member.id }), 201);
  expect(await server.post('/fines/charge', { member_id: member.id, kind: 'fee', amount: '2.50', note: 'Card' }), 201);
});
after(() => server.stop({ check: true }));

/** The rows of an export as objects. */
async function rows(path) {
  const reply = await server.get(path);
  assert.equal(reply.status, 200, reply.text);
  assert.match(reply.headers['content-disposition'], /^attachment; filename="\w+\.csv"$/);
  const [head, ...lines] = parseCsv(reply.text);
  return lines.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i]])));
}

test('loans: all, and those of a filter', async () => {
  assert.equal((await rows('/borrows/export/csv')).length, 3);
  const open = await rows('/borrows/export/csv?status=borrowed&sort_by=due_date&order=asc');
  assert.deepEqual(open.map((row) => row.id), [late.id, out.id]);
  assert.equal(open[0].book_title, "'=SUM(A1)", 'no spreadsheet runs a title');
  assert.equal(open[0].member_name, 'Amina, "the Reader" Okafor');
});

test('what is overdue', async () => {
  assert.deepEqual((await rows('/borrows/overdue/export/csv')).map((row) => row.id), [late.id]);
});

test('holds', async () => {
  const waiting = await rows('/holds/export/csv?status=waiting');
  assert.deepEqual(waiting.map((row) => row.book_title), ['Still Out']);
  assert.deepEqual(await rows('/holds/export/csv?status=ready'), []);
});

test('charges that are open', async () => {
  const open = await rows('/fines/export/csv?open=true');
  assert.deepEqual(open.map((row) => [row.kind, row.amount, row.note]), [['fee', '2.50', 'Card']]);
});
