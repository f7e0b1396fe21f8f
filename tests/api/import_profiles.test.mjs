// Import profiles: how files of known origin are taken.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertHas, expect, invalid, refused, UNKNOWN_ID, UUID } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const list = async (query = '') => expect(await server.get(`/imports/profiles${query}`), 200).data;
const littera = (more = {}) => ({
  name: 'Littera',
  kind: 'titles',
  encoding: 'Windows-1252',
  delimiter: 'semicolon',
  columns: 'Haupttitel\ttitle\nVerfasser\tauthor\nMediennr\tbarcode\nTitel\t\n',
  duplicates: 'merge',
  ...more,
});

test('GET /imports/profiles: those of other systems come with the program, of each kind', async () => {
  const all = await list();
  for (const name of ['LibraryThing', 'Goodreads', 'Calibre', 'BiblioteQ', 'Koha: patrons', 'OpenBiblio: copies', 'Carrel: open loans']) {
    const profile = all.find((each) => each.name === name);
    assert.ok(profile, name);
    assertHas(profile, { built_in: true, created_at: null, version: 1 });
    assert.match(profile.id, UUID);
    assert.deepEqual(expect(await server.get(`/imports/profiles/${profile.id}`), 200), profile);
  }
  for (const kind of ['titles', 'copies', 'members', 'loans']) {
    const some = await list(`?kind=${kind}`);
    assert.ok(some.length > 0);
    assert.deepEqual(some, all.filter((each) => each.kind === kind));
  }
  refused(await server.get('/imports/profiles?kind=films'), 400, 'INVALID_PARAMETER', /kind/);
});

test('POST, GET, PUT and DELETE: one of the library’s own is kept, stands first, changes and goes', async () => {
  const made = expect(await server.post('/imports/profiles', littera()), 201);
  assertHas(made, { ...littera(), built_in: false, version: 1 });
  assert.deepEqual(expect(await server.get(`/imports/profiles/${made.id}`), 200), made);
  assert.deepEqual((await list())[0], made);
  const changed = expect(await server.put(`/imports/profiles/${made.id}`, littera({ name: 'Littera 5', delimiter: undefined, duplicates: undefined }), { 'If-Match': '"1"' }), 200);
  assertHas(changed, { id: made.id, name: 'Littera 5', delimiter: null, duplicates: 'skip', version: 2, created_at: made.created_at });
  refused(await server.put(`/imports/profiles/${made.id}`, littera(), { 'If-Match': '"1"' }), 412, 'PRECONDITION_FAILED');
  expect(await server.delete(`/imports/profiles/${made.id}`), 204);
  refused(await server.get(`/imports/profiles/${made.id}`), 404, 'PROFILE_NOT_FOUND', /^Import profile not found\./);
  refused(await server.delete(`/imports/profiles/${made.id}`), 404, 'PROFILE_NOT_FOUND');
});

test('a name is taken once, whatever its case', async () => {
  const made = expect(await server.post('/imports/profiles', littera({ name: 'Bücherei' })), 201);
  refused(await server.post('/imports/profiles', littera({ name: 'BUCHEREI' })), 409, 'DUPLICATE_PROFILE', /“Bücherei”/);
  expect(await server.put(`/imports/profiles/${made.id}`, littera({ name: 'bücherei' })), 200);
});

test('columns are fields of the kind, each given once', async () => {
  invalid(await server.post('/imports/profiles', littera({ columns: 'X\tcard' })), ['columns']);
  invalid(await server.post('/imports/profiles', littera({ columns: 'X\ttitle\nY\ttitle' })), ['columns']);
  invalid(await server.post('/imports/profiles', { kind: 'films', encoding: 'EBCDIC' }), ['name', 'kind', 'encoding', 'columns']);
  // What two headers of one book become is one thing all the same; a line without a field is left out.
  const both = expect(await server.post('/imports/profiles', littera({ name: 'Two numbers', columns: 'isbn\tisbn\n\nisbn13\tisbn\nNotes' })), 201);
  assert.equal(both.columns, 'isbn\tisbn\nisbn13\tisbn\nNotes\t\n');
});

test('those that come with the program stay as they are', async () => {
  const [goodreads] = (await list()).filter((each) => each.name === 'Goodreads');
  refused(await server.put(`/imports/profiles/${goodreads.id}`, littera()), 409, 'CONFLICT', /comes with the program/);
  refused(await server.delete(`/imports/profiles/${goodreads.id}`), 409, 'CONFLICT', /comes with the program/);
  refused(await server.put(`/imports/profiles/${UNKNOWN_ID}`, littera()), 404, 'PROFILE_NOT_FOUND');
  invalid(await server.get('/imports/profiles/17'), ['id'], 'path');
});
