// Settings over HTTP: what is set, who says so, and changing what is the library's.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertHas, expect, invalid, makeBook, makeMember, refused } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer({ args: ['--card-prefix', '2111'], env: { CARREL_LANGUAGE: 'fr' } });
});
after(() => server.stop({ check: true }));

const PATH = '/admin/system-config';
const settings = async (of = server) => Object.fromEntries(expect(await of.get(PATH), 200).settings.map(({ name, ...rest }) => [name, rest]));

test('every setting is shown with its value, its source and whether it can be changed here', async () => {
  const now = await settings();
  assertHas(now.library_name, { value: 'My Library', source: 'default', changeable: true });
  assertHas(now.currency, { value: 'EUR', source: 'default', changeable: true });
  assertHas(now.card_prefix, { value: '2111', source: 'flag', changeable: false });
  assertHas(now.language, { value: 'fr', source: 'environment', changeable: false });
  assertHas(now.threads, { source: 'default', changeable: false });
  assertHas(now.max_active_borrows, { value: null, source: 'none', changeable: false });
  assertHas(now.public_catalogue, { type: 'choice', choices: ['on', 'off'] });
  assertHas(now.session_idle_minutes, { type: 'integer', choices: null });
  assert.ok(now.session_idle_minutes.minimum < Number(now.session_idle_minutes.default) && Number(now.session_idle_minutes.default) < now.session_idle_minutes.maximum, 'what PUT takes is told');
  assertHas(now.library_name, { default: 'My Library', minimum: null });
  assert.ok(now.library_name.maximum > 0, 'characters of a text');
  assertHas(now.public_catalogue, { default: 'on', minimum: null, maximum: null });
  assertHas(now.max_active_borrows, { default: null, minimum: 0 });
  invalid(await server.http('PUT', `/api/v1${PATH}`, { session_idle_minutes: now.session_idle_minutes.maximum + 1 }), ['session_idle_minutes']);
  assertHas(now.barcode_prefix, { type: 'text' });
  assertHas(now.daily_fine, { type: 'amount' });
  for (const [name, { meaning }] of Object.entries(now)) assert.ok(meaning.length > 10, `${name} says what it means`);
});

test('a change is stored, in force at once and after a restart, and null goes back to the default', async () => {
  expect(await server.put(PATH, { library_name: 'Bücherei Łódź', barcode_prefix: '3777' }), 200);
  assertHas((await settings()).library_name, { value: 'Bücherei Łódź', source: 'stored' });
  const book = await makeBook(server);
  const [copy] = expect(await server.get(`/books/${book.id}/copies`), 200).data;
  assert.match(copy.barcode, /^3777\d{10}$/);
  await server.stop({ keep: true });
  server = await startServer({ home: server.home, env: { CARREL_TIME_ZONE: undefined } });
  assertHas((await settings()).library_name, { value: 'Bücherei Łódź', source: 'stored' });
  assertHas((await settings()).card_prefix, { value: '2900', source: 'default', changeable: true });
  expect(await server.put(PATH, { library_name: null, barcode_prefix: null }), 200);
  assertHas((await settings()).library_name, { value: 'My Library', source: 'default' });
});

test('without the flag new cards begin as they do by default', async () => {
  const member = await makeMember(server);
  assert.match(member.card, /^2900\d{10}$/, 'this server has no flag any more');
});

test('wrong values and unknown settings are named all at once, and nothing changes', async () => {
  const before = await settings();
  invalid(await server.put(PATH, { currency: 'EURO', colour: 'red', card_prefix: '123456789' }), ['currency', 'colour', 'card_prefix']);
  invalid(await server.put(PATH, { currency: 'XQX', barcode_prefix: '39AB', language: 'e!', time_zone: 'Mars/Olympus Mons' }), ['currency', 'barcode_prefix', 'language', 'time_zone']);
  invalid(await server.put(PATH, { library_name: 'x'.repeat(101) }), ['library_name']);
  assert.deepEqual(await settings(), before);
});

test('a setting of the process is not stored from here', async () => {
  invalid(await server.put(PATH, { threads: 8 }), ['threads']);
  invalid(await server.put(PATH, { max_active_borrows: 8 }), ['max_active_borrows']);
});

test('a setting that a flag decides is refused, naming the flag', async () => {
  const given = await startServer({ args: ['--library-name', 'By Flag'], env: { CARREL_CARD_PREFIX: '2555' } });
  const body = refused(await given.put(PATH, { library_name: 'By Hand' }), 409, 'CONFLICT', /--library-name/);
  assertHas(body.reason, { setting: 'library_name', given_by: '--library-name' });
  refused(await given.put(PATH, { card_prefix: '2666' }), 409, 'CONFLICT', /CARREL_CARD_PREFIX/);
  assert.ok([409, 422].includes((await given.put(PATH, { barcode_prefix: 'AB', card_prefix: '2666' })).status), 'one or the other, not both in one');
  assertHas((await settings(given)).library_name, { value: 'By Flag', source: 'flag' });
  await given.stop({ check: true });
});

test('a change is in the audit log with before and after; no change leaves no row', async () => {
  expect(await server.put(PATH, { library_name: 'Audited' }), 200);
  expect(await server.put(PATH, { library_name: 'Audited' }), 200);
  const log = expect(await server.get('/admin/audit-logs?entity=library&action=settings.changed'), 200).data;
  assertHas(log[0], { entity_id: null });
  assert.deepEqual([JSON.parse(log[0].before), JSON.parse(log[0].after)], [{ library_name: 'My Library' }, { library_name: 'Audited' }]);
  assert.equal(log.filter((row) => JSON.parse(row.after).library_name === 'Audited').length, 1);
});
