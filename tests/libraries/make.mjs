// make.mjs - how the kept libraries were made: README.md says with which programs. Not part of any test.
//
//     node tests/libraries/make.mjs PROGRAM VERSION      writes vVERSION.db.gz and vVERSION.json into this folder
//
// The program serves a new library; books, readers, loans and, where it knows of them, holds and fines go in through
// its own API; what it then says of each is kept beside the file, for the test to compare with.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const [program, version] = [process.argv[2], Number(process.argv[3])];
const folder = mkdtempSync(path.join(os.tmpdir(), 'carrel-kept-'));
const db = path.join(folder, 'library.db');
process.on('exit', () => server.kill());
const server = spawn(program, ['--db', db, '--auth', 'off', '--listen', '127.0.0.1:0'], { cwd: folder });
const url = await new Promise((resolve) => server.stdout.once('data', (text) => resolve(String(text).split('\n')[0])));

async function ask(method, address, body) {
  const options = { method, headers: body ? { 'Content-Type': 'application/json' } : {}, body: body && JSON.stringify(body) };
  const reply = await fetch(new URL(`/api/v1${address}`, url), options);
  const text = await reply.text();
  assert.ok(reply.ok, `${method} ${address}: ${reply.status} ${text}`);
  return text ? JSON.parse(text) : null;
}
const post = (address, body) => ask('POST', address, body);
const daysAgo = (days) => new Date(Date.now() - days * 86_400_000).toISOString();

// Scripts from right to left, with marks above and below, beyond the first plane, and names that differ in an accent.
const TITLES = [
  ['Middlemarch', 'George Eliot', 1871, 3], ['Cien años de soledad', 'Gabriel García Márquez', 1967, 2],
  ['Die Wände der Größe', 'Jörg Müller-Weiß', 2001, 2], ['Преступление и наказание', 'Фёдор Достоевский', 1866, 2],
  ['吾輩は猫である', '夏目漱石', 1905, 2], ['红楼梦', '曹雪芹', 1791, 1], ['ألف ليلة وليلة', 'مجهول', 1704, 2],
  ['התנ״ך בקצרה', 'דוד כהן', 1980, 1], ['गोदान', 'प्रेमचंद', 1936, 2], ['ก ไก่ ข ไข่', 'ครูสมศรี', 1999, 1],
  ['Αντιγόνη', 'Σοφοκλής', null, 1], ['한국의 옛이야기', '김민수', 1988, 1], ['Smileys 😀 explained', 'Zoë O’Neill', 2019, 1],
  ['Vụ án', 'Nguyễn Nhật Ánh', 2004, 1], ['Don’t “quote”; it, at 100 %', 'A, B & C <d>', 2010, 1],
];
const NAMES = ['Amina Diallo', 'Zoë Müller', 'Zoe Muller', '李小龍', 'Ольга Петрова', 'محمد علي', 'Ngô Thị Hà', 'Siobhán Ní Bhriain', 'Jose\u0301 N\u0303ando\u0301', 'Ayşe Yılmaz'];

const books = [], members = [], loans = [], holds = [];
for (const [title, author, year, copies] of TITLES) {
  books.push(await post('/books', { title, author, ...(year ? { year } : {}), total_copies: copies }));
}
for (let i = 1; i <= 25; i++) books.push(await post('/books', { title: `Volume ${i} of a long work`, author: 'Many Hands', total_copies: 1 + (i % 3) }));
for (const name of NAMES) members.push(await post('/members', { name }));
for (let i = 1; i <= 15; i++) members.push(await post('/members', { name: `Reader ${String(i).padStart(2, '0')}` }));

// A short loan: an act may be told at most a fortnight later, and some shall be late by then.
for (const rule of (await ask('GET', '/policies/loan-rules')).data) await ask('PUT', `/policies/loan-rules/${rule.id}`, { loan_days: 5 });

const lend = async (book, member, days) =>
  loans.push(await post('/borrows', { book_id: books[book].id, member_id: members[member].id, ...(days ? { occurred_at: daysAgo(days) } : {}) }));
const giveBack = (loan, days) => post(`/borrows/${loans[loan].id}/return`, days ? { occurred_at: daysAgo(days) } : {});

for (let i = 0; i < 12; i++) await lend(i, i, 13);
for (let i = 0; i < 6; i++) await giveBack(i, 10);   // in time
for (let i = 6; i < 9; i++) await giveBack(i, 3);    // late
for (let i = 0; i < 8; i++) await lend(15 + i, i);   // out, not late; 9, 10, 11 are out and late

if (version >= 3) {
  await post('/fines/calculate', {});
  holds.push(await post('/holds', { book_id: books[9].id, member_id: members[20].id }));
  const debts = (await ask('GET', '/fines?limit=100')).data.filter((charge) => charge.open > 0);
  const owing = debts.map((charge) => charge.member.id);
  await post('/fines/pay', { member_id: owing[0], amount: debts[0].open, method: 'cash' });
  await post(`/fines/waive/${debts[1].id}`, { reason: 'The river was in flood' });
  await post('/fines/charge', { member_id: members[12].id, kind: 'fee', amount: '1.50', note: 'A new card' });
}

// What it says of each now, so far as later programs say it in the same words.
const pick = (object, keys) => Object.fromEntries(keys.filter((key) => key in object).map((key) => [key, object[key]]));
async function facts(address, made, keys) {
  return Promise.all(made.map(async ({ id }) => pick(await ask('GET', `${address}/${id}`), ['id', ...keys])));
}
const kept = {
  version,
  books: await facts('/books', books, ['title', 'author', 'year', 'isbn13', 'total_copies', 'available_copies', 'created_at']),
  members: (await ask('GET', '/members?limit=100')).data.map((member) => pick(member, ['id', 'name', 'card', 'status', 'open_borrows', 'borrow_count', 'created_at'])),
  loans: await facts('/borrows', loans, ['book_id', 'member_id', 'borrowed_at', 'due_date', 'returned_at', 'renewals']),
};
if (version >= 3) {
  kept.holds = await facts('/holds', holds, ['status', 'position', 'book_id', 'member_id']);
  kept.charges = (await ask('GET', '/fines?limit=100')).data.map((charge) => pick(charge, ['id', 'kind', 'amount', 'settled', 'member_id']));
  kept.payments = (await ask('GET', '/fines/payments?limit=100')).data.map((payment) => pick(payment, ['id', 'receipt_number', 'amount', 'member_id']));
  kept.waivers = (await ask('GET', '/fines/waivers?limit=100')).data.map((waiver) => pick(waiver, ['id', 'status', 'amount', 'reason']));
}
// Last of all: whoever is in the archive is asked about only after the test has taken them out.
await ask('DELETE', `/books/${books[39].id}`);
await ask('DELETE', `/members/${members[24].id}`);
kept.archived = { book: books[39].id, member: members[24].id };
server.kill('SIGTERM');
await new Promise((resolve) => server.once('exit', resolve));
assert.ok(!existsSync(`${db}-wal`), 'the file is all there is');
const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
writeFileSync(path.join(here, `v${version}.db.gz`), gzipSync(readFileSync(db), { level: 9 }));
writeFileSync(path.join(here, `v${version}.json`), `${JSON.stringify(kept, null, 1)}\n`);
rmSync(folder, { recursive: true });
console.log(`v${version}: ${books.length} titles, ${members.length} readers, ${loans.length} loans`);
