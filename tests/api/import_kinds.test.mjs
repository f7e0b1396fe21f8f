// Copies, readers and open loans by file: as another system has them, and as we write them ourselves.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertHas, endNight, expect, makeBook, makeMember, parseCsv, refused, takeBack, unique, UNKNOWN_ID } from '../support/library.mjs';
import { makeHome, run, startServer } from '../support/server.mjs';

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const UNDER_WAY = ['reading', 'writing', 'undoing'];

async function settled(server, batch) {
  for (let tries = 0; tries < 600; tries++) {
    const now = expect(await server.get(`/imports/${batch.id}`), 200);
    if (!UNDER_WAY.includes(now.status)) return now;
    await sleep(20);
  }
  throw new Error(`the import ${batch.id} does not end`);
}

/** Brought and read: status `ready`, or `failed`. */
async function bring(server, kind, csv, query = '') {
  const made = expect(await server.post(`/imports?kind=${kind}&name=test.csv${query}`, csv, { 'Content-Type': 'text/csv' }), 201);
  return settled(server, made);
}

async function write(server, batch) {
  expect(await server.post(`/imports/${batch.id}/start`), 200);
  const done = await settled(server, batch);
  assert.equal(done.status, 'done', JSON.stringify(done));
  return done;
}

const bringAndWrite = async (server, kind, csv, query) => write(server, await bring(server, kind, csv, query));

async function undo(server, batch, edits_too = false) {
  const preview = expect(await server.get(`/imports/${batch.id}/undo`), 200);
  expect(await server.post(`/imports/${batch.id}/undo`, { edits_too }), 200);
  assert.equal((await settled(server, batch)).status, 'undone');
  return preview;
}

const rowsOf = async (server, batch, outcome) => expect(await server.get(`/imports/${batch.id}/rows?limit=100${outcome ? `&outcome=${outcome}` : ''}`), 200).data;

describe('POST /imports', () => {
  let server;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop({ check: true }));

  test('kind=copies: with what tells their titles; a barcode that is there is filled, not made again', async () => {
    const book = await makeBook(server, { title: 'Dune', author: 'Frank Herbert', isbn: '9780441013593' });
    const csv = 'Strichcode;ISBN;Titel;Standort;Zustand\r\nC-1;978-0-441-01359-3;;SF;in Reparatur\r\nC-2;;Dune;;\r\nC-3;;Nobody knows;;\r\n';
    const batch = await bring(server, 'copies', csv);
    assertHas(batch, { status: 'ready', kind: 'copies', delimiter: 'semicolon', rows_read: 3, imported: 2, refused: 1, copies: 2 });
    assert.match((await rowsOf(server, batch, 'refused'))[0].reasons[0], /no title “Nobody knows”/);
    await write(server, batch);
    const copies = expect(await server.get(`/books/${book.id}/copies?limit=10`), 200).data;
    assert.deepEqual(copies.filter((copy) => copy.barcode.startsWith('C-')).map((copy) => [copy.barcode, copy.status, copy.shelf]).sort(), [['C-1', 'in_repair', 'SF'], ['C-2', 'available', null]]);
    const again = await bringAndWrite(server, 'copies', 'barcode,isbn,shelf\r\nC-1,9780441013593,Other\r\nC-2,9780441013593,A 1\r\n', '&duplicates=merge');
    assertHas(again, { merged: 2, imported: 0, copies: 0 });
    const shelves = expect(await server.get(`/books/${book.id}/copies?limit=10`), 200).data;
    assert.equal(shelves.find((copy) => copy.barcode === 'C-1').shelf, 'SF', 'never overwritten');
    assert.equal(shelves.find((copy) => copy.barcode === 'C-2').shelf, 'A 1');
    await undo(server, again);
    assert.equal(expect(await server.get('/copies?barcode=C-2'), 200).data[0].shelf, null, 'put back');
    await undo(server, batch);
    assert.equal(expect(await server.get('/copies?barcode=C-1'), 200).meta.total, 0);
  });

  test('undone after a title was archived: what its copies got stays, and the undoing comes to its end', async () => {
    const book = await makeBook(server, { title: unique('Archived'), author: 'Q', isbn: '9780306406157' });
    const [copy] = expect(await server.get(`/books/${book.id}/copies`), 200).data;
    const batch = await bringAndWrite(server, 'copies', `barcode,isbn,shelf\r\n${copy.barcode},9780306406157,A 1\r\n`, '&duplicates=merge');
    assertHas(batch, { merged: 1 });
    expect(await server.delete(`/books/${book.id}`), 204);
    await undo(server, batch);
  });

  test('undone after an import of copies: those stand in the way while they are there, and what brought them does not afterwards', async () => {
    const title = unique('With copies of its own');
    const titles = await bringAndWrite(server, 'titles', `title,author,copies_apart\r\n${title},A,yes\r\n${title} edited,A,yes\r\n`);
    const barcode = unique('APART').replace(/\W/g, '-').slice(0, 30);
    const copies = await bringAndWrite(server, 'copies', `barcode,title\r\n${barcode}-1,${title}\r\n${barcode}-2,${title} edited\r\n`);
    const before = expect(await server.get(`/imports/${titles.id}/undo`), 200);
    assert.deepEqual(before.counts, [{ entity: 'book', removed: 0, restored: 0, kept: 2, edited: 0 }]);
    for (const { why } of before.examples) assert.match(why, /copies were added/);
    await undo(server, copies);
    const find = async (name) => expect(await server.get(`/books?q=${encodeURIComponent(name)}&sort_by=title`), 200).data;
    expect(await server.patch(`/books/${(await find(`${title} edited`))[0].id}`, { publisher: 'Somebody' }), 200);
    const preview = await undo(server, titles);
    assert.deepEqual(preview.counts, [{ entity: 'book', removed: 1, restored: 0, kept: 0, edited: 1 }]);
    assert.deepEqual((await find(title)).map((book) => book.title), [`${title} edited`]);
  });

  test('undone after an author was renamed and a category removed: the titles that had them have been changed', async () => {
    const [author, category] = [unique('Misspelt'), unique('Needless')];
    const batch = await bringAndWrite(server, 'titles', `title,author,categories\r\nWritten by one,${author},Novels\r\nOf a kind,B,${category}\r\nLeft alone,C,Novels\r\n`);
    expect(await server.post('/authors/rename', { from: author, to: `${author} spelt` }), 200);
    expect(await server.delete(`/categories?name=${encodeURIComponent(category)}`), 200);
    assert.deepEqual((await undo(server, batch)).counts, [{ entity: 'book', removed: 1, restored: 0, kept: 0, edited: 2 }]);
  });

  test('what undoing would do is told of many values, too', async () => {
    const many = (text) => 'card,name,note\r\n' + Array.from({ length: 6000 }, (_, i) => `MANY-${i},Name ${i},${text}\r\n`).join('');
    const made = await bringAndWrite(server, 'members', many(''));
    const filled = await bringAndWrite(server, 'members', many('note '.repeat(90)), '&duplicates=merge');
    assertHas(filled, { merged: 6000, imported: 0 });
    const preview = await undo(server, filled);
    const [{ restored }] = preview.counts;
    assert.ok(preview.complete ? restored === 6000 : restored > 0, JSON.stringify(preview));
    await undo(server, made, true);
  });

  test('kind=members: in another language, some with cards of their own', async () => {
    const csv = 'Ausweisnummer,Vorname,Nachname,E-Mail,Lesergruppe,Geburtsdatum\r\nM-1,Ada,Lovelace,ada@example.org,Schüler,10.12.2012\r\n,Bob,Ross,,,\r\n,Cleo,,,,3/4/2012\r\n';
    const batch = await bring(server, 'members', csv);
    assertHas(batch, { rows_read: 3, imported: 2, refused: 1 });
    assert.match((await rowsOf(server, batch, 'refused'))[0].reasons[0], /which of “3\/4\/2012” is the month/);
    await write(server, batch);
    const [ada] = expect(await server.get('/members?card=M-1'), 200).data;
    assertHas(ada, { name: 'Ada Lovelace', member_type: 'student', birth_date: '2012-12-10', status: 'active' });
    const twice = await bring(server, 'members', 'name,email\r\nA. Lovelace,ADA@example.org\r\n');
    assertHas(twice, { imported: 0, refused: 1 });
    const [row] = await rowsOf(server, twice, 'duplicate');
    assert.match(row.match.name, /Ada Lovelace/);
    assert.equal(row.match.id, ada.id);
    await undo(server, batch);
    assert.equal(expect(await server.get('/members?card=M-1'), 200).meta.total, 0);
  });

  test('kind=loans: open ones as they are; what has come back since stays when it is undone', async () => {
    await endNight(server);
    const [one, two] = [await makeBook(server, { title: unique('Lent') }), await makeBook(server, { title: unique('Lent') })];
    const barcodeOf = async (book) => expect(await server.get(`/books/${book.id}/copies?limit=1`), 200).data[0].barcode;
    const member = await makeMember(server);
    const csv = `card,barcode,borrowed on,due date,renewals\r\n${member.card},${await barcodeOf(one)},,2026-03-01,\r\n`;
    assertHas(await bring(server, 'loans', csv), { imported: 0, refused: 1 });
    const good = `card,barcode,borrowed on,due date,renewals\r\n${member.card},${await barcodeOf(one)},2020-01-06,2020-02-03,1\r\n${member.card},${await barcodeOf(two)},2020-01-06,2020-02-03,\r\n`;
    const done = await bringAndWrite(server, 'loans', good);
    assertHas(done, { imported: 2, refused: 0 });
    const loans = expect(await server.get(`/borrows?member_id=${member.id}&status=borrowed`), 200).data;
    assert.deepEqual(loans.map((loan) => [loan.renewals, loan.overdue]).sort(), [[0, true], [1, true]]);
    await takeBack(server, loans.find((loan) => loan.book.id === one.id));
    const preview = await undo(server, done);
    assert.ok(JSON.stringify(preview).includes('it came back'), JSON.stringify(preview));
    assert.deepEqual(expect(await server.get(`/borrows?member_id=${member.id}`), 200).data.map((loan) => loan.book.id), [one.id]);
  });

  test('a file that lacks a column says which', async () => {
    const batch = await bring(server, 'loans', 'card,barcode\r\n1,2\r\n');
    assert.equal(batch.status, 'failed');
    assert.match(batch.error, /borrowed_on/);
  });

  test('an Idempotency-Key knows the file again, and another under the same key', async () => {
    const csv = 'title,author\r\n' + Array.from({ length: 20000 }, (_, i) => `Keyed ${i},${'A'.repeat(60)}\r\n`).join('');
    const headers = { 'Content-Type': 'text/csv', 'Idempotency-Key': unique('file') };
    const made = expect(await server.post('/imports?kind=titles&name=keyed.csv', csv, headers), 201);
    const again = expect(await server.post('/imports?kind=titles&name=keyed.csv', csv, headers), 201);
    assert.equal(again.id, made.id);
    expect(await server.post('/imports?kind=titles&name=keyed.csv', csv.replace('Keyed 7,', 'Keyed seven,'), headers), 422);
    assert.equal((await settled(server, made)).status, 'ready');
    expect(await server.delete(`/imports/${made.id}`), 204);
  });

  test('a file that is given up while it is read leaves nothing in the next one', async () => {
    const many = 'title,author\r\n' + Array.from({ length: 200_000 }, (_, i) => `Given up ${i},A\r\n`).join('');
    const up = (csv) => server.post('/imports?kind=titles&name=next.csv', csv, { 'Content-Type': 'text/csv' });
    const first = expect(await up(many), 201);
    expect(await server.delete(`/imports/${first.id}`), 204);
    const next = await settled(server, expect(await up('title,author\r\nKept,B\r\n'), 201));
    assertHas(next, { status: 'ready', rows_read: 1, imported: 1 });
    expect(await server.delete(`/imports/${next.id}`), 204);
  });
});

test('a reading that is broken off by a power cut counts from the beginning', async () => {
  const home = await makeHome();
  let server = await startServer({ home });
  const csv = 'title,author\r\n' + Array.from({ length: 150_000 }, (_, i) => `Cut ${i},A\r\n`).join('');
  const made = expect(await server.post('/imports?kind=titles&name=cut.csv', csv, { 'Content-Type': 'text/csv' }), 201);
  let read = 0;
  while (read === 0) {
    await sleep(5);
    read = expect(await server.get(`/imports/${made.id}`), 200).rows_read;
  }
  await server.kill();
  server = await startServer({ home });
  assertHas(await settled(server, made), { status: 'ready', rows_read: 150_000, imported: 150_000 });
  await server.stop({ check: true });
});

describe('a profile', () => {
  let server;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop({ check: true }));
  const header = 'Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Publisher,Year Published,Original Publication Year,Exclusive Shelf,Owned Copies';

  test('that comes with the program is known by the headers, and named', async () => {
    const batch = await bring(server, 'titles', `${header}\r\n1,Dune,Frank Herbert,"Herbert, Frank",,"=""0441013597""","=""9780441013593""",5,Ace,2005,1965,read,0\r\n`);
    assertHas(batch, { status: 'ready', profile: 'Goodreads', imported: 1, refused: 0 });
    await write(server, batch);
    assertHas(expect(await server.get('/books?isbn=9780441013593'), 200).data[0], { title: 'Dune', author: 'Frank Herbert', year: 2005, total_copies: 1 });
  });

  test('of one’s own says what the columns are, how the file is parted, and what is done with duplicates', async () => {
    const facts = { name: 'Littera', kind: 'titles', delimiter: 'semicolon', columns: 'Werk\ttitle\nWer\tauthor\nNummer\tisbn', duplicates: 'merge' };
    const profile = expect(await server.post('/imports/profiles', facts), 201);
    const batch = await bring(server, 'titles', 'Nummer;Werk;Wer;Verlag\r\n9780141439587;Emma;Jane Austen;Penguin\r\n', `&profile=${profile.id}`);
    assertHas(batch, { status: 'ready', profile: 'Littera', duplicates: 'merge', delimiter: 'semicolon', imported: 1 });
    assert.deepEqual(batch.columns.map(({ field }) => field), ['isbn', 'title', 'author', 'publisher']);
    refused(await server.post(`/imports?kind=members&profile=${profile.id}`, 'name\r\nAda\r\n', { 'Content-Type': 'text/csv' }), 400, 'INVALID_PARAMETER', /“Littera” is for files of titles/);
    refused(await server.post(`/imports?profile=${UNKNOWN_ID}`, 'title,author\r\nA,B\r\n', { 'Content-Type': 'text/csv' }), 404, 'PROFILE_NOT_FOUND');
  });
});

test('what one library gives away another takes in whole: titles, copies, readers, open loans', async () => {
  const [from, to] = [await makeHome(), await makeHome()];
  const worked = (result) => assert.equal(result.code, 0, JSON.stringify(result));
  worked(await run(from, ['--db', from.library, '--seed', 'minimal', '--random-seed', '3']));
  worked(await run(from, ['--db', from.library, '--export', `${from.inside('out')}/`]));
  const read = (home, name) => readFileSync(home.path(`out/${name}.csv`), 'utf8');
  const server = await startServer({ home: to });
  for (const kind of ['titles', 'copies', 'members', 'loans']) {
    const done = await bringAndWrite(server, kind, read(from, kind));
    assertHas(done, { refused: 0 });
  }
  await server.stop({ keep: true, check: true });
  worked(await run(to, ['--db', to.library, '--export', `${to.inside('out')}/`]));
  // Ids, times of the records, what counts loans that are over, and what waits for a reader, are each library's own.
  const own = /^(id|\w+_id|created_at|updated_at|last_borrowed_at|borrow_count|available_copies|version|balance|rule|fine|overdue_step)$/;
  for (const kind of ['titles', 'copies', 'members', 'loans']) {
    const without = (home) => {
      const [head, ...rows] = parseCsv(read(home, kind));
      const kept = head.map((name, i) => [name, i]).filter(([name]) => !own.test(name));
      return [kept.map(([name]) => name), ...rows.map((row) => kept.map(([, i]) => (row[i] === 'on_hold_shelf' ? 'available' : row[i])))];
    };
    assert.deepEqual(without(to), without(from), kind);
  }
  await Promise.all([from.remove(), to.remove()]);
});
