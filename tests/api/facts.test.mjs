// Every fact is told where it happens: what somebody may act on has its event, in the transaction of the act.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertHas, bringFile, expect, lend, makeBook, makeMember, refused, settledImport, takeBack } from '../support/library.mjs';
import { makeAccount, makePeople } from '../support/people.mjs';
import { startServer, top } from '../support/server.mjs';

let server;
let people;
before(async () => {
  server = await startServer({ auth: 'on' });
  people = await makePeople(server);
});
after(() => server.stop({ check: true }));

/** What was told while `act` was done: [type, detail] each; and what it gave back. */
async function told(act, admin = people.admin) {
  const { last_event_id } = expect(await admin.get('/events'), 200);
  const result = await act();
  const { events } = expect(await admin.get(`/events${last_event_id ? `?after=${last_event_id}` : ''}`), 200);
  return { events, kinds: events.map(({ type, detail }) => [type, detail]), result };
}

const has = (kinds, ...wanted) => {
  for (const one of wanted) assert.ok(kinds.some(([type, detail]) => type === one[0] && detail === one[1]), `${one} is not among ${JSON.stringify(kinds)}`);
};

describe('told where it happens', () => {
  test('copies: added, sent to repair', async () => {
    const book = await makeBook(people.admin);
    const { kinds, result } = await told(async () => expect(await people.admin.post(`/books/${book.id}/copies`, { barcode: 'FACT-1' }), 201));
    has(kinds, ['CopyAdded', 'FACT-1']);
    const later = await told(async () => expect(await people.admin.patch(`/copies/${result.id}`, { status: 'in_repair' }), 200));
    has(later.kinds, ['CopyStatusChanged', 'in_repair']);
    const note = await told(async () => expect(await people.admin.patch(`/copies/${result.id}`, { note: 'spine' }), 200));
    assert.deepEqual(note.kinds.filter(([type]) => /^Copy/.test(type)), []);
  });

  test('reviews: written and decided, without their reader', async () => {
    const book = await makeBook(people.admin, { total_copies: 2 });
    await takeBack(people.admin, await lend(people.admin, book, people.member.record));
    const { kinds, events, result } = await told(async () => expect(await people.member.post(`/books/${book.id}/reviews`, { stars: 4, text: 'Good.' }), 201));
    assert.deepEqual(kinds, [['ReviewWritten', 'waiting']]);
    assertHas(events[0], { book_id: book.id, member_id: null, borrow_id: null });
    const decided = await told(async () => expect(await people.librarian.post(`/reviews/${result.id}/decide`, { status: 'shown' }), 200));
    assert.deepEqual(decided.kinds, [['ReviewDecided', 'shown']]);
  });

  test('reading lists, once they are shown; a reader\'s own never', async () => {
    const hidden = await told(async () => expect(await people.librarian.post('/reading-lists', { name: 'Summer' }), 201));
    assert.deepEqual(hidden.kinds, []);
    const shown = await told(async () => expect(await people.librarian.put(`/reading-lists/${hidden.result.id}`, { shown: true }), 200));
    assert.deepEqual(shown.kinds, [['ReadingListShown', hidden.result.id]]);
    assert.deepEqual((await told(async () => expect(await people.librarian.put(`/reading-lists/${hidden.result.id}`, { name: 'Late summer' }), 200))).kinds, []);
    assert.deepEqual((await told(async () => expect(await people.member.post('/reading-lists', { name: 'Mine' }), 201))).kinds, []);
  });

  test('money: charged, paid, asked to be waived, refused, waived', async () => {
    const member = await makeMember(people.admin);
    const { kinds, result } = await told(async () => expect(await people.librarian.post('/fines/charge', { member_id: member.id, kind: 'fee', amount: 5, note: 'card' }), 201));
    has(kinds, ['FineCalculated', '500']);
    const asked = await told(async () => expect(await people.librarian.post(`/fines/waive/${result.id}`, { reason: 'first time', amount: 2 }), 201));
    assert.deepEqual(asked.kinds, [['WaiverAsked', '200']]);
    assert.equal(asked.events[0].member_id, member.id);
    assert.deepEqual((await told(async () => expect(await people.admin.post(`/fines/waivers/${asked.result.id}/refuse`, { reason: 'no' }), 200))).kinds, [['WaiverRefused', '200']]);
    const again = expect(await people.librarian.post(`/fines/waive/${result.id}`, { reason: 'please', amount: 1 }), 201);
    assert.deepEqual((await told(async () => expect(await people.admin.post(`/fines/waivers/${again.id}/approve`), 200))).kinds, [['FineWaived', '100']]);
    has((await told(async () => expect(await people.librarian.post('/fines/pay', { member_id: member.id, amount: 4, method: 'cash' }), 201))).kinds, ['FinePaid', '400']);
  });

  test('rules and settings: by their names, not their values', async () => {
    const rule = await told(async () => expect(await people.admin.post('/policies/loan-rules', { member_type: 'child', max_loans: 3, loan_days: 14, max_renewals: 1, hold_limit: 2, fine_per_day: 1 }), 201));
    assert.deepEqual(rule.kinds, [['RulesChanged', null]]);
    const type = await told(async () => expect(await people.admin.post('/policies/member-types', { code: 'guest', name: 'Guest' }), 201));
    assert.deepEqual(type.kinds, [['RulesChanged', null]]);
    const { kinds, events } = await told(async () => expect(await people.admin.put('/admin/system-config', { library_name: 'Hush hush', pickup_days: 9 }), 200));
    assert.deepEqual(kinds.map(([kind]) => kind), ['SettingsChanged']);
    assert.deepEqual(kinds[0][1].split(',').sort(), ['library_name', 'pickup_days']);
    assert.ok(!JSON.stringify(events).includes('Hush'));
  });

  test('accounts: made, given another role, closed; never by name', async () => {
    const made = await told(() => makeAccount(people.admin, { name: 'Nobody Else' }));
    assert.deepEqual(made.kinds, [['AccountCreated', 'librarian']]);
    const path = `/admin/accounts/${made.result.id}`;
    assert.deepEqual((await told(async () => expect(await people.admin.patch(path, { name: 'Someone Else' }), 200))).kinds, []);
    assert.deepEqual((await told(async () => expect(await people.admin.patch(path, { role: 'admin' }), 200))).kinds, [['AccountChanged', 'admin']]);
    const closed = await told(async () => expect(await people.admin.delete(path), 204));
    assert.deepEqual(closed.kinds, [['AccountClosed', 'admin']]);
    assert.ok(!JSON.stringify([made.events, closed.events]).includes('Else'));
  });

  test('a reader who has lost the password', async () => {
    const { account } = expect(await people.member.get('/auth/me'), 200);
    const { kinds, events } = await told(async () => assert.equal((await server.post('/members/password-reset', { name: account.name })).status, 202));
    assert.deepEqual(kinds, [['PasswordCodeAsked', null]]);
    assert.equal(events[0].member_id, people.member.record.id);
  });

  test('imports: ended, undone', async () => {
    const batch = await bringFile(people.admin, 'title,author\r\nOne,A\r\nTwo,B\r\n');
    const done = await told(async () => {
      expect(await people.admin.post(`/imports/${batch.id}/start`), 200);
      return settledImport(people.admin, batch.id);
    });
    has(done.kinds, ['CatalogueImported', '2'], ['ImportEnded', 'titles']);
    const undone = await told(async () => {
      const reply = await people.admin.post(`/imports/${batch.id}/undo`, {});
      assert.ok([200, 202].includes(reply.status), reply.text);
      return settledImport(people.admin, batch.id);
    });
    has(undone.kinds, ['ImportUndone', 'titles']);
  });

  test('merges: made and undone', async () => {
    const kept = await makeBook(people.admin);
    const gone = await makeBook(people.admin);
    const { kinds, result } = await told(async () => expect(await people.admin.post(`/books/${kept.id}/merge`, { gone_id: gone.id }), 201));
    assert.equal(kinds.at(-1)[0], 'BookMerged');
    assert.equal((await told(async () => expect(await people.admin.post(`/merges/${result.id}/undo`), 200))).kinds.at(-1)[0], 'BookMergeUndone');
  });

  test('a stock-take, with how many were not seen', async () => {
    const book = await makeBook(people.admin);
    expect(await people.admin.post(`/books/${book.id}/copies`, { shelf: 'FACTS' }), 201);
    const take = expect(await people.admin.post('/stocktakes', { name: 'Facts', shelf: 'FACTS' }), 201);
    has((await told(async () => expect(await people.admin.post(`/stocktakes/${take.id}/finish`, {}), 200))).kinds, ['StocktakeEnded', '1']);
  });

  test('backups: made, and those that could not be', async () => {
    has((await told(async () => expect(await people.admin.post('/admin/backups', {}), 201))).kinds, ['BackupMade', 'manual']);
    const other = await startServer({ env: { CARREL_BACKUP_SCHEDULE: undefined } });
    expect(await other.put('/admin/system-config', { backup_dir: other.home.inside('elsewhere') }), 200);
    const { kinds } = await told(async () => assert.equal(expect(await other.post('/admin/jobs/backup/run'), 200).ok, false), other);
    assert.match(kinds.find(([type]) => type === 'BackupFailed')[1], /^(hourly|daily|weekly)$/);
    await other.stop({ check: true });
  });

  test('an act that is refused tells nothing', async () => {
    const book = await makeBook(people.admin);
    const { kinds } = await told(async () => refused(await people.admin.post(`/books/${book.id}/copies`, { barcode: 'FACT-1' }), 409, 'DUPLICATE_BARCODE'));
    assert.deepEqual(kinds, []);
  });
});

const types = [...readFileSync(join(top, 'src/events/events.h'), 'utf8').matchAll(/^ {4}X\([A-Z_]+, "(\w+)"/gm)].map(([, name]) => name);

test('the pages listen to every type of event', () => {
  const live = readFileSync(join(top, 'assets/core/live.ts'), 'utf8');
  assert.deepEqual(types.filter((name) => !live.includes(`'${name}'`)), []);
});

test('each type of event is told in some test', () => {
  assert.ok(types.length > 40);
  const texts = ['tests/api', 'tests/unit'].flatMap((folder) =>
    readdirSync(join(top, folder), { recursive: true }).filter((name) => /\.(mjs|c)$/.test(name)).map((name) => readFileSync(join(top, folder, name), 'utf8')));
  assert.deepEqual(types.filter((name) => !texts.some((text) => new RegExp(`['"]${name}['" ]|EVENT_${name.replace(/(?!^)[A-Z]/g, '_$&').toUpperCase()}\\b`).test(text))), []);
});
