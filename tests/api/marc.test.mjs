// MARC 21 in and out: what a record becomes, damage, character sets, and that nothing is lost on the way back.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertHas, copiesOf, expect, makeBook, refused } from '../support/library.mjs';
import { startServer, top } from '../support/server.mjs';

const MARC = { 'Content-Type': 'application/marc' };
const XML = { 'Content-Type': 'application/marcxml+xml' };
const REAL_FILE = process.env.CARREL_MARC || join(top, '../shared/data/bu-bibs/bu_bibs.mrc');

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

/** [tag, text] or [tag, 'ii$asubfield…'] as an ISO 2709 record: the test's own writer, not the program's. */
function record(fields, { leader = 'nam a22', ending = ' a 4500' } = {}) {
  let directory = '';
  let data = Buffer.alloc(0);
  for (const [tag, text] of fields) {
    const body = Buffer.concat([Buffer.isBuffer(text) ? text : Buffer.from(text.replaceAll('$', '\x1f')), Buffer.from('\x1e')]);
    directory += `${tag}${String(body.length).padStart(4, '0')}${String(Math.min(data.length, 99999)).padStart(5, '0')}`;
    data = Buffer.concat([data, body]);
  }
  const base = 24 + directory.length + 1;
  const length = base + data.length + 1;
  const head = `${String(Math.min(length, 99999)).padStart(5, '0')}${leader}${String(base).padStart(5, '0')}${ending}${directory}\x1e`;
  return Buffer.concat([Buffer.from(head), data, Buffer.from('\x1d')]);
}

/** The fields of a file, by its separators alone: [[tag, bytes as text] …] a record. */
function fieldsOf(bytes) {
  return bytes.toString('latin1').split('\x1d').slice(0, -1).map((text) => {
    const [head, ...fields] = text.split('\x1e');
    const tags = head.slice(24).match(/.{12}/g).map((entry) => entry.slice(0, 3));
    return tags.map((tag, i) => [tag, fields[i]]);
  });
}

const upload = (bytes, headers = MARC, query = '') => server.post(`/books/import/marc${query}`, bytes, headers);
const imported = async (...these) => expect(await upload(...these), 200);
const find = async (title) => {
  const list = expect(await server.get(`/books?q=${encodeURIComponent(title)}`), 200);
  const found = list.data.find((book) => book.title === title);
  assert.ok(found, `“${title}” in ${JSON.stringify(list.data.map((book) => book.title))}`);
  return found;
};
const exported = async (path, of = server) => {
  const reply = await of.get(path);
  assert.equal(reply.status, 200, reply.text);
  return reply.bytes;
};

describe('a record', () => {
  test('becomes a title with its copies', async () => {
    const report = await imported(record([
      ['001', '42'], ['008', '860101s1986    xx            000 1 eng d'], ['020', '  $a0-14-044913-2 (pbk.)'], ['100', '1 $aDostoevsky, Fyodor,$d1821-1881.'],
      ['245', '14$aThe idiot :$ba novel /$cFyodor Dostoevsky.'], ['264', ' 1$aLondon :$bPenguin,$cc1986.'], ['650', ' 0$aPrinces$vFiction.'],
      ['952', '  $pOLD-77$cStack$oDOS'], ['952', '  $cStack'],
    ]));
    assert.deepEqual(report.rows, []);
    assertHas(report, { format: 'iso2709', rows_read: 1, imported: 1, repaired: 0, refused: 0, copies_created: 2 });
    const book = await find('The idiot');
    assertHas(book, { author: 'Dostoevsky, Fyodor', isbn: '9780140449136', year: 1986, publisher: 'Penguin', language: 'eng', categories: ['Princes'], total_copies: 2 });
    const [own, other] = (await copiesOf(server, book)).sort((a, b) => (a.barcode === 'OLD-77' ? -1 : b.barcode === 'OLD-77' ? 1 : 0));
    assertHas(own, { barcode: 'OLD-77', shelf: 'Stack DOS' });
    assert.equal(other.shelf, 'Stack');
    assert.match(other.barcode, /^3900\d{10}$/);
  });

  test('that says MARC-8 and is UTF-8 is read as UTF-8; real MARC-8 is converted', async () => {
    const report = await imported(Buffer.concat([
      record([['245', '10$aŁódź po angielsku'], ['100', '1 $aŻak']], { leader: 'nam  22' }),
      record([['245', Buffer.from('10\x1faDvo\xe9r\xe2ak reads', 'latin1')], ['100', '1 $aX, Y']], { leader: 'nam  22' }),
    ]));
    assertHas(report, { rows_read: 2, imported: 2, repaired: 1 });
    assert.equal(report.summary[0].reason, 'charset_corrected');
    await find('Łódź po angielsku');
    await find('Dvořák reads');
  });

  test('that is damaged is told and takes no other with it', async () => {
    const good = (title) => record([['245', `10$a${title}`], ['100', '1 $aA, B']]);
    const report = await imported(Buffer.concat([good('Before the damage'), Buffer.from('00100nam no directory here\x1d\r\n'), good('After the damage'), good('Cut').subarray(0, 40)]));
    assertHas(report, { rows_read: 4, imported: 2, refused: 2 });
    assert.deepEqual(report.rows.map((row) => [row.row, row.outcome]), [[2, 'refused'], [4, 'refused']]);
    assert.match(report.rows[0].reasons[0], /no directory/);
    assert.match(report.rows[1].reasons[0], /ends in the middle/);
    await find('Before the damage');
    await find('After the damage');
  });

  test('with fields that nobody can make out comes in without them, and their number is told', async () => {
    // What the directory has no entry for: its entries are cut out, its texts stay.
    const withoutEntries = (title, count) => {
      const text = record([['245', `10$a${title}`], ['100', '1 $aA, B'], ...Array(count).fill(['500', '  $aNobody knows what this is.'])]).toString('latin1');
      const base = String(text.indexOf('\x1e') + 1 - count * 12).padStart(5, '0');
      return Buffer.from(`${String(text.length - count * 12).padStart(5, '0')}${text.slice(5, 12)}${base}${text.slice(17, 24 + 24)}${text.slice(24 + 24 + count * 12)}`, 'latin1');
    };
    const report = await imported(Buffer.concat([withoutEntries('One is lost', 1), withoutEntries('Two are lost', 2)]));
    assertHas(report, { imported: 2, repaired: 2 });
    assert.deepEqual(report.rows.map((row) => row.reasons), [['1 field of the record could not be made out.'], ['2 fields of the record could not be made out.']]);
    await find('One is lost');
    await find('Two are lost');
  });

  test('whose lengths are counted in characters loses nothing', async () => {
    const bytes = record([['100', '1 $aĄĘŁŻĆ, Ń'], ['245', '10$aCounted in characters']]);
    const text = bytes.toString('latin1').replace(/^(.{24}100)(\d{4})(\d{5}245\d{4})(\d{5})/, (all, head, length, middle, start) =>
      `${head}${String(Number(length) - 6).padStart(4, '0')}${middle}${String(Number(start) - 6).padStart(5, '0')}`);
    const report = await imported(Buffer.from(text, 'latin1'));
    assertHas(report, { imported: 1, repaired: 1 });
    assert.equal(report.summary[0].reason, 'lengths_corrected');
    assertHas(await find('Counted in characters'), { author: 'ĄĘŁŻĆ, Ń' });
  });

  test('with a barcode or ISBN that is there already is refused, and why', async () => {
    await imported(record([['020', '  $a9780306406157'], ['245', '10$aFirst with it'], ['100', '1 $aA'], ['852', '  $pTAKEN-1']]));
    const report = await imported(Buffer.concat([
      record([['020', '  $a0306406152'], ['245', '10$aSecond with it'], ['100', '1 $aA']]),
      record([['245', '10$aOther title'], ['100', '1 $aA'], ['852', '  $pTAKEN-1']]),
    ]));
    assertHas(report, { imported: 0, refused: 2 });
    assert.deepEqual(report.summary.map((one) => one.reason).sort(), ['barcode_taken', 'duplicate_in_catalogue']);
  });

  test('with barcodes of the form made here leaves numbers for new copies', async () => {
    const luhn = (digits) => digits + (10 - [...digits].reverse().reduce((sum, digit, i) => sum + (i % 2 ? Number(digit) : [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit]), 0) % 10) % 10;
    const code = (n) => luhn(`3900${String(n).padStart(9, '0')}`);
    const own = await startServer();
    const report = expect(await own.post('/books/import/marc', Buffer.concat(Array.from({ length: 1300 }, (_, i) => record([['245', `10$aOwn ${i}`], ['100', '1 $aA'], ['852', `  $p${code(i + 1)}`]]))), MARC), 200);
    assert.equal(report.imported, 1300);
    const book = await makeBook(own, { title: 'After them', author: 'A' });
    assert.match((await copiesOf(own, book))[0].barcode, /^3900/);
    await own.stop({ check: true });
  });

  test('of whose copies only the second has a barcode, and the next one to be made, is taken whole', async () => {
    const [last] = await copiesOf(server, await makeBook(server, { title: 'Last number', author: 'A' }));
    const digits = `3900${String(Number(last.barcode.slice(4, 13)) + 1).padStart(9, '0')}`;
    const sum = [...digits].reverse().reduce((all, digit, i) => all + (i % 2 ? Number(digit) : [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit]), 0);
    const report = await imported(record([['245', '10$aOne of two'], ['100', '1 $aA'], ['852', '  $cLeft'], ['852', `  $p${digits}${(10 - (sum % 10)) % 10}`]]));
    assertHas(report, { imported: 1, refused: 0, copies_created: 2 });
    assertHas(await find('One of two'), { total_copies: 2, available_copies: 2 });
  });

  test('is only looked at in a dry run', async () => {
    const report = await imported(record([['245', '10$aOnly looked at'], ['100', '1 $aA']]), MARC, '?dry_run=true');
    assertHas(report, { dry_run: true, imported: 1 });
    assert.equal(expect(await server.get('/books?q=Only+looked'), 200).meta.total, 0);
  });
});

describe('MARCXML', () => {
  test('comes in with its entities, and what stands before a break counts', async () => {
    const report = await imported('<?xml version="1.0"?><m:collection xmlns:m="http://www.loc.gov/MARC21/slim"><m:record><m:leader>00000cam a2200000 i 4500</m:leader>'
      + '<m:datafield tag="245" ind1="1" ind2="0"><m:subfield code="a">Bread &amp; roses</m:subfield></m:datafield>'
      + '<m:datafield tag="100" ind1="1" ind2=" "><m:subfield code="a">Oppenheim, James</m:subfield></m:datafield></m:record><m:record><m:oops></m:collection>', XML);
    assertHas(report, { format: 'marcxml', rows_read: 2, imported: 1, refused: 1 });
    assert.match(report.rows[0].reasons[0], /breaks in line 1/);
    assertHas(await find('Bread & roses'), { author: 'Oppenheim, James' });
  });

  test('with a document type is refused', async () => {
    const report = await imported('<!DOCTYPE x [<!ENTITY a "aaaa">]><record>&a;</record>', XML);
    assertHas(report, { imported: 0, refused: 1 });
    assert.match(report.rows[0].reasons[0], /document type/);
  });
});

describe('going out', () => {
  test('a title is a record in both formats, and comes back the same', async () => {
    const book = await makeBook(server, { title: 'Out & back', author: 'Ende, Michael', isbn: '9783522128001', year: 1979, language: 'de', categories: ['Fairy tales'] });
    const fields = new Map(fieldsOf(await exported(`/books/${book.id}/marc`))[0]);
    assert.equal(fields.get('001'), book.id);
    assert.equal(fields.get('245'), '10\x1faOut & back /\x1fcEnde, Michael.');
    assert.equal(fields.get('041'), '  \x1fager');
    const xml = (await exported(`/books/${book.id}/marc?format=marcxml`)).toString();
    assert.match(xml, /<subfield code="a">Out &amp; back \/<\/subfield>/);
    const report = await imported(xml, XML);
    assertHas(report, { imported: 0, refused: 1 });
    assert.equal(report.summary.find((one) => one.reason === 'duplicate_in_catalogue').rows, 1);
  });

  test('the whole catalogue goes out in pieces, every title once', async () => {
    const total = expect(await server.get('/books?limit=1'), 200).meta.total;
    for (let i = total; i < 230; i++) await makeBook(server, { title: `Piece ${i}`, author: 'Many, How' });
    const records = fieldsOf(await exported('/books/export/marc'));
    const all = expect(await server.get('/books?limit=1'), 200).meta.total;
    assert.equal(records.length, all);
    assert.equal(new Set(records.map((fields) => JSON.stringify(fields))).size, all);
    const xml = (await exported('/books/export/marc?format=marcxml')).toString();
    assert.equal(xml.match(/<record>/g).length, all);
    assert.match(xml, /<\/collection>\s*$/);
  });

  test('in MARC-8, with its character set named', async () => {
    await makeBook(server, { title: 'Dvořák 😀', author: 'Čapek' });
    const book = await find('Dvořák 😀');
    const bytes = await exported(`/books/${book.id}/marc?charset=marc-8`);
    assert.equal(String.fromCharCode(bytes[9]), ' ');
    assert.ok(bytes.toString('latin1').includes('\x1faDvo\xe9r\xe2ak &#x1F600; /'));
  });

  test('a record nearly as large as may be comes in and goes out whole, in either format', async () => {
    const own = await startServer();
    const notes = Array.from({ length: 100 }, (_, i) => ['520', `  $a${i} ${'x'.repeat(9000)}`]);
    expect(await own.post('/books/import/marc', record([['245', '10$aLarge'], ['100', '1 $aA'], ...notes]), MARC), 200);
    const xml = (await exported('/books/export/marc?format=marcxml', own)).toString();
    assert.equal(xml.match(/<datafield tag="520"/g).length, 100);
    assertHas(expect(await own.post('/books/import/marc', xml.replace('>Large<', '>Large too<'), XML), 200), { imported: 1 });
    assert.equal(fieldsOf(await exported('/books/export/marc', own)).flat().filter(([tag, text]) => tag === '520' && text.length > 9000).length, 200);
    await own.stop({ check: true });
  });

  test('what is no format is refused, an unknown title is not found', async () => {
    refused(await server.get('/books/export/marc?format=pdf'), 400, 'INVALID_PARAMETER');
    refused(await server.get('/books/01890000-0000-7000-8000-000000000000/marc'), 404, 'BOOK_NOT_FOUND');
    refused(await upload('', MARC), 400, 'BAD_REQUEST');
    refused(await upload('x', { 'Content-Type': 'image/png' }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test('a file of a university comes in whole and goes out field for field', { skip: !existsSync(REAL_FILE) && 'the file is not here' }, async () => {
    const other = await startServer();
    const bytes = readFileSync(REAL_FILE);
    const report = expect(await other.post('/books/import/marc', bytes, MARC), 200);
    assertHas(report, { rows_read: 100, imported: 100, refused: 0 });
    assert.equal(report.summary.find((one) => one.reason === 'charset_corrected').rows, 16);
    const out = await exported('/books/export/marc', other);
    const intact = (fields) => fields.every(([, text]) => text !== undefined);
    const before = fieldsOf(bytes);
    const now = fieldsOf(out);
    let same = 0;
    for (const [i, fields] of before.entries()) if (intact(fields) && JSON.stringify(fields) === JSON.stringify(now[i])) same++;
    assert.ok(same >= 84, `${same} of 100 are the same to the byte; the others had wrong lengths`);
    await other.stop({ check: true });
  });

  test('another program reads it', { skip: spawnSync('yaz-marcdump', ['-V']).error && 'yaz-marcdump is not here' }, async () => {
    const file = join(server.directory, 'out.mrc');
    writeFileSync(file, await exported('/books/export/marc'));
    const dump = spawnSync('yaz-marcdump', ['-i', 'marc', '-o', 'line', file], { encoding: 'utf8', maxBuffer: 1e8 });
    assert.equal(dump.status, 0, dump.stderr);
    assert.equal(dump.stdout.match(/^245 /gm).length, expect(await server.get('/books?limit=1'), 200).meta.total);
    assert.doesNotMatch(dump.stdout, /^<!--/m);
  });
});
