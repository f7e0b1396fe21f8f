// Leaving with everything: lists of the library as files, of one that rests and of one that people work with.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { expect, lend, makeBook, makeMember, parseCsv } from '../support/library.mjs';
import { inChroot, makeHome, run, startServer } from '../support/server.mjs';

const home = { ...(await makeHome()) };
let server;
let loan;

const start = () => startServer({ home });
const read = (name) => readFileSync(home.path(name), 'utf8');
const rowsOf = (text) => {
  const [head, ...lines] = parseCsv(text);
  return lines.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i]])));
};
const carrel = (...args) => run(home, ['--db', home.library, ...args]);
const worked = (result) => {
  assert.deepEqual([result.code, result.stderr], [0, ''], JSON.stringify(result));
  return result.stdout;
};
const refuses = (result, pattern) => {
  assert.equal(result.code, 1, JSON.stringify(result));
  assert.match(result.stderr, pattern);
};

before(async () => {
  server = await start();
  const member = await makeMember(server, { name: 'Amina, "the Reader"', phone: '+49 151 2345678', card: 'L-1' });
  const book = await makeBook(server, { title: '=SUM(A1)', author: 'A. B.; C. D.', isbn: '9780441013593', description: 'One line,\nand "another"\twith a tab', total_copies: 2 });
  loan = await lend(server, book, member);
  await makeBook(server, { title: 'Plain', author: 'E. F.', total_copies: 1 });
  const [copy] = expect(await server.get(`/books/${book.id}/copies?limit=5`), 200).data.filter((each) => each.status === 'available');
  expect(await server.patch(`/copies/${copy.id}`, { status: 'lost', shelf: 'A 1' }), 200);
});
after(async () => {
  await server?.stop({ keep: true });
  await home.remove();
});

test('GET /copies/export/csv: every copy with what tells its title', async () => {
  const reply = await server.get('/copies/export/csv');
  assert.equal(reply.status, 200, reply.text);
  const rows = rowsOf(reply.text);
  assert.deepEqual(rows.map((row) => [row.book_title, row.status]), [["'=SUM(A1)", 'on_loan'], ["'=SUM(A1)", 'lost'], ['Plain', 'available']]);
  assert.equal(rows[0].book_isbn, '9780441013593');
  assert.equal(rows[1].shelf, 'A 1');
});

describe('--export', () => {
  test('writes one list of a library that people work with, as the server gives it', async () => {
    assert.match(worked(await carrel('--export', home.inside('books.csv'))), /books\.csv: 2 rows/);
    assert.equal(read('books.csv'), (await server.get('/books/export/csv?sort_by=created_at&order=asc')).text);
    worked(await carrel('--export', home.inside('loans.csv'), '--kind', 'loans'));
    assert.deepEqual(rowsOf(read('loans.csv')).map((row) => row.id), [loan.id]);
    worked(await carrel('--export', home.inside('readers.csv'), '--kind', 'members'));
    assert.equal(rowsOf(read('readers.csv'))[0].phone, "'+49 151 2345678");
    assert.equal(statSync(home.path('readers.csv')).mode & 0o777, 0o600, 'readers are nobody’s business');
  });

  test('.tsv has the same cells between tabs', async () => {
    worked(await carrel('--export', home.inside('books.tsv')));
    const [comma, tab] = [parseCsv(read('books.csv')), parseCsv(read('books.tsv').replaceAll(',', '\u0001').replaceAll('\t', ','))];
    // A tab within a cell stands in quotes: there it was turned into a comma, too.
    assert.deepEqual(tab.map((row) => row.map((cell) => cell.replaceAll(',', '\t').replaceAll('\u0001', ','))), comma);
  });

  test('.mrc and .xml are the titles as MARC', async () => {
    for (const [name, format] of [['all.mrc', 'iso2709'], ['all.xml', 'marcxml']]) {
      worked(await carrel('--export', home.inside(name)));
      assert.equal(read(name), (await server.get(`/books/export/marc?format=${format}`)).text);
    }
  });

  test('into a folder takes everything, the copies in a file of their own; also of a library that rests', async () => {
    worked(await carrel('--export', `${home.inside('live')}/`));
    await server.stop({ keep: true });
    server = undefined;
    worked(await carrel('--export', `${home.inside('resting')}/`));
    assert.deepEqual(readdirSync(home.path('resting')).sort(), ['copies.csv', 'loans.csv', 'members.csv', 'titles.csv', 'titles.mrc']);
    for (const name of ['copies.csv', 'members.csv', 'titles.csv', 'titles.mrc']) assert.equal(read(`resting/${name}`), read(`live/${name}`), name);
    assert.deepEqual(rowsOf(read('resting/titles.csv')).map((row) => row.copies_apart), ['1', '1']);
    assert.equal(rowsOf(read('resting/titles.csv'))[0].total_copies, undefined);
    server = await start();
  });

  test('replaces a file that was there, and leaves it alone when it goes wrong', async () => {
    writeFileSync(home.path('old.csv'), 'old');
    worked(await carrel('--export', home.inside('old.csv')));
    assert.equal(read('old.csv'), read('books.csv'));
    mkdirSync(home.path('other'));
    writeFileSync(home.path('kept.csv'), 'old');
    refuses(await run(home, ['--db', home.inside('other/none.db'), '--export', home.inside('kept.csv')]), /none\.db/);
    assert.equal(read('kept.csv'), 'old');
    assert.ok(!existsSync(home.path('kept.csv.part')));
  });

  test('refuses what it cannot write, and says so', { skip: inChroot && 'its folder is another there' }, async () => {
    refuses(await carrel('--export', home.inside('a.pdf')), /\.csv, \.tsv, \.mrc or \.xml/);
    refuses(await carrel('--export', home.inside('a.csv'), '--kind', 'films'), /only titles, copies, members and loans/);
    refuses(await carrel('--export', home.inside('a.mrc'), '--kind', 'members'), /MARC is of titles/);
    refuses(await carrel('--export', `${home.inside('all')}/`, '--kind', 'members'), /--kind is for one file/);
    refuses(await carrel('--export', home.inside('no/such/folder.csv')), /folder\.csv/);
    const usage = await run(home, ['--db', home.library, '--check', '--kind', 'members']);
    assert.equal(usage.code, 2);
  });
});
