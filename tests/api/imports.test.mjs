// Imports in steps: a file is read, decided about, written, stopped, gone on with, and taken back.
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { assertHas, copiesOf, expect, makeBook, makeMember, parseCsv, refused, UNKNOWN_ID } from '../support/library.mjs';
import { makeHome, startServer } from '../support/server.mjs';

const CSV = { 'Content-Type': 'text/csv' };

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const lines = (...rows) => `${rows.join('\r\n')}\r\n`;
const many = (count, from = 1) => lines('title,author,year', ...Array.from({ length: count }, (_, i) => `Title ${from + i},Author ${(from + i) % 97},1990`));
const total = async (of = server) => expect(await of.get('/books?limit=1'), 200).meta.total;
const audited = async (action) => expect(await server.get(`/admin/audit-logs?action=${action}`), 200).meta.total;
const find = async (title) => expect(await server.get(`/books?limit=100&q=${encodeURIComponent(title)}`), 200).data.find((book) => book.title === title);

/** Until the batch rests. */
async function settled(id, of = server) {
  for (;;) {
    const batch = expect(await of.get(`/imports/${id}`), 200);
    if (!['reading', 'writing', 'undoing'].includes(batch.status)) return batch;
    await setTimeout(10);
  }
}

async function bring(bytes, query = '', of = server, headers = CSV) {
  const batch = expect(await of.post(`/imports${query}`, bytes, headers), 201);
  assertHas(batch, { status: 'reading', rows_done: 0 });
  return settled(batch.id, of);
}

const act = async (id, deed, body, of = server) => {
  expect(await of.post(`/imports/${id}/${deed}`, body), 200);
  return settled(id, of);
};
const write = async (bytes, query, of = server) => act((await bring(bytes, query, of)).id, 'start', undefined, of);
const rowsOf = async (id, query = '') => expect(await server.get(`/imports/${id}/rows?limit=100${query}`), 200).data;

describe('a file is looked at before anything is written', () => {
  test('columns, figures and the rows worth a look are told; nothing is catalogued', async () => {
    const books = await total();
    const batch = await bring(lines('Titel;Verfasser;Jahr;Exemplare', 'Der Turm;Uwe Tellkamp;2008;2', ';Niemand;1900;1', 'Der Turm;Uwe Tellkamp;2008;1'), '?name=titel.csv');
    assertHas(batch, { kind: 'titles', name: 'titel.csv', status: 'ready', format: 'csv', encoding: 'UTF-8', delimiter: 'semicolon', duplicates: 'skip', rows_read: 3, imported: 1, refused: 2, merged: 0, copies: 2, started_at: null });
    assert.deepEqual(batch.columns.map(({ field }) => field), ['title', 'author', 'year', 'total_copies']);
    assert.deepEqual(batch.summary.map(({ reason, rows }) => [reason, rows]), [['no_title', 1], ['duplicate_in_file', 1]]);
    const rows = await rowsOf(batch.id, '&outcome=refused');
    assert.deepEqual(rows.map(({ row, name }) => [row, name]), [[3, null], [4, 'Der Turm']]);
    assert.match(rows[1].reasons[0], /Row 2 has the same title/);
    assert.equal(await total(), books);
    const listed = expect(await server.get('/imports?kind=titles&status=ready&limit=1'), 200).data[0];
    assert.equal(listed.id, batch.id);
  });

  test('refused rows come back as they were, with the reason in a last column', async () => {
    const batch = await bring(lines('title,author', '"A ""quoted"", title",', 'Fine,Author'));
    const reply = await server.get(`/imports/${batch.id}/refused`);
    assert.match(reply.headers['content-type'], /text\/csv/);
    const [head, row] = parseCsv(reply.text);
    assert.deepEqual(head, ['title', 'author', 'reason']);
    assert.deepEqual(row.slice(0, 2), ['A "quoted", title', '']);
    assert.match(row[2], /author/);
  });

  test('refused rows can be opened in a spreadsheet without running anything, and be imported again as they were', async () => {
    const batch = await bring(lines('title,author', '=HYPERLINK(1),', "-1,"));
    const { text } = await server.get(`/imports/${batch.id}/refused`);
    assert.deepEqual(parseCsv(text).slice(1).map(([title]) => title), ["'=HYPERLINK(1)", "'-1"]);
    const again = await bring(text);
    assert.deepEqual((await rowsOf(again.id, '&outcome=refused')).map(({ name }) => name), ['=HYPERLINK(1)', '-1']);
  });

  test('a file that cannot be read as it is fails with why; said how, it is ready', async () => {
    const batch = await bring(lines('a,b', 'Solaris,Stanisław Lem'));
    assertHas(batch, { status: 'failed', rows_read: 0 });
    assert.match(batch.error, /title/);
    refused(await server.post(`/imports/${batch.id}/start`), 409, 'IMPORT_NOT_READY');
    expect(await server.put(`/imports/${batch.id}`, { columns: 'title,author' }), 200);
    const mended = await settled(batch.id);
    assertHas(mended, { status: 'ready', error: null, imported: 1 });
  });

  test('MARC records and forms are taken as well', async () => {
    const record = '<collection><record><leader>00000nam a2200000 a 4500</leader><datafield tag="245" ind1="0" ind2="0"><subfield code="a">Momo</subfield></datafield><datafield tag="100" ind1="1" ind2=" "><subfield code="a">Ende, Michael</subfield></datafield></record></collection>';
    assertHas(await bring(record, '', server, { 'Content-Type': 'application/xml' }), { status: 'ready', format: 'marcxml', imported: 1, columns: [] });
    const form = new FormData();
    form.append('note', 'before');
    form.append('file', new Blob(['title,author\nIn a form,Author\n'], { type: 'text/csv' }), 'form.csv');
    const encoded = new Response(form);
    const batch = await bring(Buffer.from(await encoded.arrayBuffer()), '', server, { 'Content-Type': encoded.headers.get('content-type') });
    assertHas(batch, { status: 'ready', imported: 1, bytes: 'title,author\nIn a form,Author\n'.length });
    refused(await server.post('/imports', '{}', { 'Content-Type': 'application/json' }), 415, 'UNSUPPORTED_MEDIA_TYPE');
    refused(await server.post('/imports?kind=sandwiches', 'a', CSV), 400, 'INVALID_PARAMETER');
  });

  test('one that was never started is given up, with its file; one that was is not', async () => {
    const batch = await bring(many(3));
    expect(await server.delete(`/imports/${batch.id}`), 204);
    refused(await server.get(`/imports/${batch.id}`), 404, 'IMPORT_NOT_FOUND');
    const done = await write(many(2, 9000));
    refused(await server.delete(`/imports/${done.id}`), 409, 'IMPORT_NOT_READY');
    refused(await server.delete(`/imports/${UNKNOWN_ID}`), 404, 'IMPORT_NOT_FOUND');
  });
});

describe('what the library has already', () => {
  const there = lines('title,author,isbn,year,barcode', 'Dune,Frank Herbert,9780441013593,1965,DUNE-1');
  const again = lines('title,author,isbn,publisher,categories,barcode', 'Dune,Frank Herbert,9780441013593,Ace,Science fiction,DUNE-1', 'Dune,Frank Herbert,978-0-441-01359-3,Ace,,DUNE-2');

  test('is refused, or gives its copies, or fills what is not said: as decided for all, or for a row', async () => {
    await write(there);
    const dune = await find('Dune');
    const batch = await bring(again);
    assertHas(batch, { imported: 0, refused: 2 });
    const [row] = await rowsOf(batch.id, '&outcome=duplicate');
    assertHas(row, { row: 2, name: 'Dune', match: { id: dune.id, name: 'Dune' }, choice: null });
    expect(await server.put(`/imports/${batch.id}/rows/2`, { choice: 'merge' }), 204);
    refused(await server.put(`/imports/${batch.id}/rows/77`, { choice: 'merge' }), 404, 'IMPORT_ROW_NOT_FOUND');
    const done = await act(batch.id, 'start');
    assertHas(done, { status: 'done', merged: 1, refused: 1, imported: 0, copies: 0 });
    assertHas(await find('Dune'), { publisher: 'Ace', categories: ['Science fiction'], year: 1965, total_copies: 1 });

    const preview = expect(await server.get(`/imports/${batch.id}/undo`), 200);
    assertHas(preview, { complete: true });
    assert.deepEqual(preview.counts, [{ entity: 'book', removed: 0, restored: 2, kept: 0, edited: 0 }]);
    await act(batch.id, 'undo', {});
    assertHas(await find('Dune'), { publisher: null, categories: [], year: 1965 });
  });

  test('copies are added where that is said, and none for a barcode that is on the very title', async () => {
    const batch = await bring(lines('title,author,isbn,barcode', 'Dune,Frank Herbert,9780441013593,DUNE-1', 'Emma,Jane Austen,,'));
    assert.deepEqual(expect(await server.post(`/imports/${batch.id}/rows`, { choice: 'add_copies', outcome: 'duplicate' }), 200), { rows: 1 });
    assertHas(await act(batch.id, 'start'), { merged: 1, imported: 1, copies: 1 });
    const more = await write(lines('title,author,isbn,barcode', 'Dune,Frank Herbert,9780441013593,DUNE-7'), '?duplicates=add_copies');
    assertHas(more, { merged: 1, copies: 1 });
    assert.equal((await find('Dune')).total_copies, 2);
    await act(more.id, 'undo', {});
    assert.equal((await find('Dune')).total_copies, 1);
  });

  test('a value that somebody has changed since stays', async () => {
    const batch = await write(lines('title,author,isbn,publisher', 'Dune,Frank Herbert,9780441013593,Gollancz'), '?duplicates=merge');
    const dune = await find('Dune');
    expect(await server.put(`/books/${dune.id}`, { publisher: 'Heyne' }), 200);
    const preview = expect(await server.get(`/imports/${batch.id}/undo`), 200);
    assertHas(preview.counts.find(({ entity }) => entity === 'book'), { restored: 0, edited: 1 });
    await act(batch.id, 'undo', {});
    assert.equal((await find('Dune')).publisher, 'Heyne');
  });
});

describe('undoing', () => {
  test('takes back what nobody has used, keeps and names what was, and the file can come again', async () => {
    const bytes = lines('title,author,isbn,barcode,categories', 'Kept by a loan,A,,UNDO-1,', 'Edited,B,,UNDO-2,', 'Gone,C,9783161484100,UNDO-3,Undone', 'Gone too,D,,,');
    const books = await total();
    const undone = await audited('catalogue.import_undone');
    const batch = await write(bytes);
    assertHas(batch, { status: 'done', imported: 4, copies: 4, rows_done: 4 });
    const member = await makeMember(server);
    const lent = await find('Kept by a loan');
    const [copy] = await copiesOf(server, lent);
    expect(await server.post('/borrows', { member_id: member.id, barcode: copy.barcode }), 201);
    expect(await server.put(`/books/${(await find('Edited')).id}`, { publisher: 'Somebody' }), 200);

    const preview = expect(await server.get(`/imports/${batch.id}/undo`), 200);
    assert.deepEqual(preview.counts, [{ entity: 'book', removed: 2, restored: 0, kept: 1, edited: 1 }]);
    assert.deepEqual(preview.examples.map(({ name }) => name).sort(), ['Edited', 'Kept by a loan']);
    const over = await act(batch.id, 'undo', { edits_too: false });
    assertHas(over, { status: 'undone' });
    assert.ok(over.undone_at && over.undone_by);
    assert.equal(await total(), books + 2);
    assert.equal(await find('Gone'), undefined);
    assert.ok(await find('Edited'));
    assert.equal(await audited('catalogue.import_undone'), undone + 1);
    refused(await server.post(`/imports/${batch.id}/undo`, {}), 409, 'ALREADY_UNDONE');
    refused(await server.get(`/imports/${batch.id}/undo`), 409, 'ALREADY_UNDONE');

    const again = await write(bytes);
    assertHas(again, { imported: 2, refused: 2 });
    assert.equal((await find('Gone')).isbn, '9783161484100');
    await act(again.id, 'undo', {});
    assert.equal(await total(), books + 2);
  });

  test('leaves nothing under an id that is given again: no history, and no value to take back', async () => {
    const made = await write(lines('title,author,isbn,barcode', 'Made last,A,9780306406157,AGAIN-1'));
    const book = await find('Made last');
    expect(await server.put(`/books/${book.id}`, { description: 'Edited' }), 200);
    const merged = await write(lines('title,author,isbn,publisher,barcode', 'Made last,A,9780306406157,Their publisher,AGAIN-1'), '?duplicates=merge');
    assert.equal((await find('Made last')).publisher, 'Their publisher');
    await act(made.id, 'undo', { edits_too: true });
    assert.equal(await find('Made last'), undefined);

    const next = await makeBook(server, { title: 'Comes next', publisher: 'Our own' });
    const history = expect(await server.get(`/books/${next.id}/audit`), 200).data;
    assert.deepEqual(history.map(({ action }) => action), ['book.added']);
    await act(merged.id, 'undo', { edits_too: true });
    assert.equal((await find('Comes next')).publisher, 'Our own');
  });

  test('an import under the old routes is remembered and can be undone, too', async () => {
    const books = await total();
    expect(await server.post('/books/import/csv', many(40, 5000), CSV), 200);
    const [batch] = expect(await server.get('/imports?limit=1'), 200).data;
    assertHas(batch, { status: 'done', imported: 40 });
    await act(batch.id, 'undo', {});
    assert.equal(await total(), books);
  });

  test('waits for a stock-take, and for something to undo', async () => {
    const ready = await bring(many(2, 7000));
    refused(await server.post(`/imports/${ready.id}/undo`, {}), 409, 'IMPORT_NOT_READY');
    const done = await act(ready.id, 'start');
    const take = expect(await server.post('/stocktakes', { name: 'All' }), 201);
    refused(await server.post(`/imports/${done.id}/undo`, {}), 409, 'CONFLICT', /stock-take/);
    expect(await server.post(`/stocktakes/${take.id}/finish`), 200);
  });
});

describe('stopping', () => {
  test('keeps what is written; starting again goes on with the rest', async () => {
    const of = await startServer();
    const batch = await bring(many(4000), '', of);
    refused(await of.post(`/imports/${batch.id}/stop`), 409, 'IMPORT_NOT_READY');
    expect(await of.post(`/imports/${batch.id}/start`), 200);
    const stop = await of.post(`/imports/${batch.id}/stop`);
    if (stop.status === 200) {
      const stopped = await settled(batch.id, of);
      assertHas(stopped, { status: 'stopped', imported: stopped.rows_done });
      assert.equal(await total(of), stopped.rows_done);
      assertHas(await act(batch.id, 'start', undefined, of), { status: 'done', rows_done: 4000, imported: 4000, refused: 0, copies: 4000 });
    }
    assert.equal(await total(of), 4000);
    await of.stop({ check: true });
  });

  test('killed in the middle, it goes on at the next start, and ends as an undisturbed one', async () => {
    const home = await makeHome();
    const first = await startServer({ home });
    const batch = await bring(many(6000), '?name=killed.csv', first);
    expect(await first.post(`/imports/${batch.id}/start`), 200);
    let seen = 0;
    while (seen === 0) seen = expect(await first.get(`/imports/${batch.id}`), 200).rows_done;
    await first.kill();
    const second = await startServer({ home });
    assertHas(await settled(batch.id, second), { status: 'done', rows_done: 6000, imported: 6000, copies: 6000, refused: 0 });
    assert.equal(await total(second), 6000);
    assertHas(await act(batch.id, 'undo', {}, second), { status: 'undone' });
    assert.equal(await total(second), 0);
    await second.stop({ check: true });
  });
});

test('a file without a batch is gone at the next start', async () => {
  const home = await makeHome();
  const first = await startServer({ home });
  const folder = home.path('library.db.imports');
  const kept = await bring(many(2), '', first);
  const given = await bring(many(3), '', first);
  expect(await first.delete(`/imports/${given.id}`), 204);
  writeFileSync(`${folder}/${UNKNOWN_ID}`, 'title,author\n');
  writeFileSync(`${folder}/half.part`, 'title,aut');
  assert.deepEqual(readdirSync(folder).sort(), [UNKNOWN_ID, kept.id, 'half.part'].sort());
  await first.kill();
  const second = await startServer({ home });
  await settled(kept.id, second);
  assert.deepEqual(readdirSync(folder), [kept.id]);
  assertHas(await act(kept.id, 'start', undefined, second), { status: 'done', imported: 2 });
  await second.stop({ check: true });
});
