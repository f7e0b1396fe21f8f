// The journal: every change once more in the second folder, and a backup brought to any moment with it.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, lend, makeBook, makeMember, runJob, takeBack } from '../support/library.mjs';
import { assertSound, run, startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

// Later than the machine's clock: what --restore writes into the audit log is then before all of it.
const START = Date.now() - (Date.now() % 86_400_000) + 2 * 86_400_000 + 9 * 3_600_000;
const homes = [];
after(() => Promise.all(homes.map((one) => one.remove())));

const journalOf = async (server) => expect(await server.get('/admin/backups'), 200).journal;

async function waitFor(what, test) {
  for (let i = 0; i < 600; i++) {
    const value = await test();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`in vain: ${what}`);
}

const written = (server) => waitFor('all changes in the second folder', async () => (await journalOf(server)).lag_ms === 0);

/** A series begins with a transaction after the folder has been seen, its base is made at a later moment. */
async function seriesWithBase(clock, server, from) {
  let at = from;
  return waitFor('a series with a base', async () => {
    clock.moveTo((at += 1000));
    await runJob(server, 'journal');
    const journal = await journalOf(server);
    return journal.has_base && journal;
  });
}

/** The name of the backup that the present series stands on. */
async function baseOf(server) {
  const { journal, backups } = expect(await server.get('/admin/backups'), 200);
  const [base] = backups.filter((one) => one.kind === 'second' && one.started_at > journal.series_from).reverse();
  return base.path.slice(base.path.lastIndexOf('/') + 1);
}

/** A served library with a second folder, and a journal that has begun; its clock is the test's. */
async function begin({ args = [] } = {}) {
  const clock = await makeTestClock(START);
  homes.push(clock.home);
  mkdirSync(clock.home.path('stick'), { mode: 0o777 });
  const options = { home: clock.home, env: { ...clock.env, CARREL_BACKUP_SCHEDULE: 'on' }, args };
  const server = await startServer(options);
  expect(await server.put('/admin/system-config', { backup_second_dir: clock.home.inside('stick') }), 200);
  // It begins once the folder has been seen, with the next transaction, which the job is.
  await seriesWithBase(clock, server, START);
  return { clock, server, options, base: await baseOf(server) };
}

const stick = (home, name = '') => home.path(`stick${name && `/${name}`}`);
const segments = (home) => readdirSync(stick(home, 'journal')).sort();
const bases = (home) => readdirSync(home.path('stick')).filter((name) => name.endsWith('.db')).sort();

/** All that a library has to say. */
async function said(server) {
  const paths = ['/books?limit=100&sort_by=title', '/copies?limit=100', '/members?limit=100', '/borrows?limit=100', '/holds?limit=100', '/fines?limit=100', '/fines/payments?limit=100', '/fines/waivers?limit=100', '/opening-hours', '/closures',
    '/shelves', '/policies/member-types', '/analytics/summary?days=30', '/analytics/stats/summary', '/books?q=changed', '/members?q=member&limit=100'];
  const all = {};
  for (const path of paths) {
    const { meta: _, ...body } = expect(await server.get(path), 200);
    all[path] = body;
  }
  const log = expect(await server.get('/admin/audit-logs?limit=100'), 200).data;
  all.log = log.filter((row) => !/^(library\.restored|job\.run)$/.test(row.action)).map(({ id: _, ...row }) => row);
  return all;
}

const restore = (home, library, args, more = {}) => run(home, ['--db', home.inside(library), '--restore', ...args], { env: { CARREL_BACKUP_SCHEDULE: 'on' }, ...more });

/** Everyday work, one act after another, with the clock moved on before each. */
function acts(server) {
  const books = [];
  const members = [];
  const loans = [];
  const any = (list, i) => list[i % list.length];
  const day = (weekday) => ({ weekday, opens: `0${weekday + 6}:00`, closes: '18:00' });
  const kinds = [
    async () => books.push(await makeBook(server, { total_copies: 2 })),
    async () => members.push(await makeMember(server)),
    async (i) => loans.push(await lend(server, books[books.length - 1], any(members, i))),
    async () => books.push(await makeBook(server, { total_copies: 1 })),
    async () => loans.push(await lend(server, books[books.length - 1], members[0])),
    async (i) => expect(await server.patch(`/books/${any(books, i).id}`, { title: `A changed title ${i}` }), 200),
    async () => members.push(await makeMember(server)),
    async () => expect(await server.post('/holds', { book_id: books[1].id, member_id: members[1].id }), 201),
    async () => expect(await server.put('/opening-hours', { days: [day(1), day(2), day(3)] }), 200),
    async () => expect(await server.post('/fines/charge', { member_id: members[0].id, kind: 'fee', amount: '2.50' }), 201),
    async () => expect(await server.post('/fines/pay', { member_id: members[0].id, amount: '1.00', method: 'cash' }), 201),
    // The same ids with each other's values: what changes row by row cannot do again.
    async () => expect(await server.put('/opening-hours', { days: [day(3), day(1), day(2)] }), 200),
    async () => takeBack(server, loans[0]),
    async () => takeBack(server, loans[1]),
    async () => loans.push(await lend(server, books[0], members[1])),
    async () => expect(await server.post(`/borrows/${loans[2].id}/renew`, {}), 200),
    async () => expect(await server.delete(`/books/${(await makeBook(server)).id}`), 204),
  ];
  return kinds;
}

describe('a backup and the journal', () => {
  const moments = [];
  let clock;
  let base;

  before(async () => {
    const begun = await begin();
    const { server } = begun;
    ({ clock, base } = begun);
    let at = START + 3_600_000;
    for (const [i, act] of acts(server).entries()) {
      at += (7 + i) * 61_000;
      clock.moveTo(at);
      await act(i);
      moments.push({ at, said: await said(server) });
    }
    await written(server);
    await server.stop({ keep: true, check: true });
  });

  test('give the library back as it was after each single act', async () => {
    for (const [i, moment] of moments.entries()) {
      const name = `at-${i}.db`;
      // A moment between two acts is that after the first of them.
      const until = new Date(moment.at + (i % 2) * 30_000).toISOString();
      const result = await restore(clock.home, name, [`${clock.home.inside('stick')}/${base}`, '--until', until]);
      assert.equal(result.code, 0, result.stderr);
      assert.match(result.stdout, /^Journal: \d+ changes done again, until \S+Z$/m);
      clock.moveTo(moment.at);
      const server = await startServer({ home: { ...clock.home, library: clock.home.inside(name) }, env: { ...clock.env, CARREL_BACKUP_SECOND_DIR: '' } });
      assert.deepEqual(await said(server), moment.said, `after act ${i}`);
      await server.stop({ keep: true, check: true });
    }
  });

  test('latest is all there is; a restored library is sound, full-text rows and all', async () => {
    const result = await restore(clock.home, 'latest.db', [`${clock.home.inside('stick')}/${base}`, '--until', 'latest']);
    assert.equal(result.code, 0, result.stderr);
    await assertSound({ ...clock.home, library: clock.home.inside('latest.db') });
  });

  test('a moment before the backup, or none at all: nothing is made', async () => {
    const file = `${clock.home.inside('stick')}/${base}`;
    const early = await restore(clock.home, 'early.db', [file, '--until', new Date(START - 86_400_000).toISOString()]);
    assert.equal(early.code, 1);
    assert.match(early.stderr, /younger than that.*older one/);
    const none = await restore(clock.home, 'early.db', [file, '--until', 'yesterday']);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /yesterday is no moment/);
    assert.ok(!existsSync(clock.home.path('early.db')));
  });

  test('a bit that has turned over in the middle is told, with the moment until which it goes', async () => {
    const [first] = segments(clock.home);
    const path = stick(clock.home, `journal/${first}`);
    const bytes = readFileSync(path);
    const turned = Buffer.from(bytes);
    turned[Math.floor(bytes.length / 2)] ^= 4;
    writeFileSync(path, turned);
    const result = await restore(clock.home, 'turned.db', [`${clock.home.inside('stick')}/${base}`, '--until', 'latest']);
    assert.equal(result.code, 1);
    const [, until] = /damaged or has a gap at change \d+\. This backup can be brought to (\S+Z): ask/.exec(result.stderr);
    const less = await restore(clock.home, 'turned.db', [`${clock.home.inside('stick')}/${base}`, '--until', until]);
    assert.equal(less.code, 0, less.stderr);
    // Cut off in its last entry, it is what a pulled stick leaves: all before that counts.
    writeFileSync(path, bytes);
    truncateSync(path, bytes.length - 5);
    const torn = await restore(clock.home, 'torn.db', [`${clock.home.inside('stick')}/${base}`, '--until', 'latest']);
    assert.equal(torn.code, 0, torn.stderr);
    assert.match(torn.stdout, /what came later is not in it/);
    writeFileSync(path, bytes);
  });
});

describe('the journal', { concurrency: 3 }, () => {
  test('waits for a folder that is away for a while, and goes on without a gap', async () => {
    const { clock, server, base } = await begin();
    await makeBook(server, { title: 'Before' });
    await written(server);
    const { series_from } = await journalOf(server);
    renameSync(stick(clock.home), clock.home.path('pocket'));
    await makeBook(server, { title: 'Meanwhile' });
    await waitFor('the folder missed', async () => (await journalOf(server)).lag_ms > 1500);
    assertHas(await journalOf(server), { on: true, folder_is_there: false, gap_since: null, series_from });
    renameSync(clock.home.path('pocket'), stick(clock.home));
    await makeBook(server, { title: 'Afterwards' });
    await written(server);
    assertHas(await journalOf(server), { folder_is_there: true, gap_since: null, series_from, has_base: true });
    const all = await said(server);
    await server.stop({ keep: true });
    const result = await restore(clock.home, 'again.db', [`${clock.home.inside('stick')}/${base}`, '--until', 'latest']);
    assert.equal(result.code, 0, result.stderr);
    const again = await startServer({ home: { ...clock.home, library: clock.home.inside('again.db') }, env: { ...clock.env, CARREL_BACKUP_SECOND_DIR: '' } });
    assert.deepEqual(await said(again), all);
    await again.stop({ keep: true, check: true });
  });

  test('goes on over a clean stop; after kill -9 what was not on the stick begins another series, with a base', async () => {
    const { clock, server, options, base } = await begin();
    const { series_from } = await journalOf(server);
    await makeBook(server);
    await server.stop({ keep: true });
    const second = await startServer(options);
    await makeBook(second);
    await written(second);
    assertHas(await journalOf(second), { series_from, has_base: true });
    clock.moveTo(START + 3_600_000);
    // Away, so that what is done now is surely not there when the program dies.
    renameSync(stick(clock.home), clock.home.path('pocket'));
    await makeBook(second, { title: 'Only in the library' });
    await second.kill();
    renameSync(clock.home.path('pocket'), stick(clock.home));
    const third = await startServer(options);
    const book = expect(await third.get('/books?q=only+in+the+library'), 200).data;
    assert.equal(book.length, 1);
    const status = await seriesWithBase(clock, third, START + 3_600_000);
    assert.ok(status.series_from > series_from, JSON.stringify(status));
    assert.equal(status.gap_since, null);
    await third.stop({ keep: true, check: true });
    const gap = await restore(clock.home, 'gap.db', [`${clock.home.inside('stick')}/${base}`, '--until', new Date(START + 7_200_000).toISOString()]);
    assert.equal(gap.code, 1);
    assert.match(gap.stderr, /belongs to a later backup.*can be brought to/);
  });

  test('is off without a second folder, without a schedule, or when it is switched off, and begins anew when it is back', async () => {
    const { clock, server } = await begin();
    const first = (await journalOf(server)).series_from;
    let from = START;
    for (const [off, on] of [[{ journal: 'off' }, { journal: 'on' }], [{ backup_second_dir: null }, { backup_second_dir: clock.home.inside('stick') }]]) {
      expect(await server.put('/admin/system-config', off), 200);
      await makeBook(server);
      assertHas(await journalOf(server), { on: false, series_from: null, has_base: false, lag_ms: 0 });
      expect(await server.put('/admin/system-config', on), 200);
      const again = await seriesWithBase(clock, server, (from += 3_600_000));
      assert.ok(again.series_from > first);
    }
    await server.stop({ check: true });
  });

  test('files that no backup needs are removed; those that one needs stay', async () => {
    const { clock, server } = await begin();
    expect(await server.put('/admin/system-config', { backup_second_keep: 2 }), 200);
    for (let day = 1; day <= 5; day++) {
      clock.moveTo(START + day * 86_400_000);
      await makeBook(server);
      await runJob(server, 'backup');
      await written(server);
      await runJob(server, 'journal');
    }
    const kept = bases(clock.home);
    assert.equal(kept.length, 2);
    assert.ok(segments(clock.home).length <= 3 && segments(clock.home).length >= 2, segments(clock.home).join());
    await server.stop({ keep: true, check: true });
    for (const file of kept) {
      const result = await restore(clock.home, `from-${file}`, [`${clock.home.inside('stick')}/${file}`, '--until', 'latest']);
      assert.equal(result.code, 0, result.stderr);
    }
  });

  test('files that a backup of another library in the same folder needs stay', async () => {
    const { clock, server, base } = await begin();
    // Two libraries on one stick: the other's backup is older than all that this one keeps there.
    const manifest = JSON.parse(readFileSync(stick(clock.home, `${base}.json`), 'utf8'));
    writeFileSync(stick(clock.home, 'library-of-others.db'), 'x');
    writeFileSync(stick(clock.home, 'library-of-others.db.json'), JSON.stringify({ ...manifest, bytes: 1, made_at: new Date(START).toISOString() }));
    expect(await server.put('/admin/system-config', { backup_second_keep: 1 }), 200);
    const work = async (day) => {
      clock.moveTo(START + day * 86_400_000);
      await makeBook(server);
      await runJob(server, 'backup');
      await written(server);
      await runJob(server, 'journal');
    };
    for (let day = 1; day <= 3; day++) await work(day);
    const all = segments(clock.home);
    assert.ok(all.length >= 4, all.join());
    assert.ok(existsSync(stick(clock.home, 'library-of-others.db')), 'a file of another is not touched');
    writeFileSync(stick(clock.home, 'library-of-others.db'), 'no longer of its size');
    await work(4);
    assert.ok(segments(clock.home).length < all.length, segments(clock.home).join());
    await server.stop({ keep: true, check: true });
  });

  test('is sealed where backups are: nothing can be read in it, and the passphrase opens it with the backup', async () => {
    const { clock, server } = await begin();
    expect(await server.put('/admin/backups/passphrase', { passphrase: 'paper harbour lights' }), 204);
    expect(await server.put('/admin/system-config', { backup_seal: 'second' }), 200);
    await seriesWithBase(clock, server, START + 3_600_000);
    const base = await baseOf(server);
    clock.moveTo(START + 7_200_000);
    await makeBook(server, { title: 'A Most Private Diary' });
    await written(server);
    const { series_from } = await journalOf(server);
    await server.stop({ keep: true, check: true });
    const sealed = segments(clock.home).map((name) => readFileSync(stick(clock.home, `journal/${name}`))).filter((bytes) => bytes.readBigUInt64BE(32) >= BigInt(Date.parse(series_from)));
    assert.ok(sealed.length > 0);
    for (const bytes of sealed) assert.ok(!bytes.includes('Private Diary') && !bytes.includes('private diary'));
    const from = [`${clock.home.inside('stick')}/${base}`, '--until', 'latest'];
    const wrong = await restore(clock.home, 'opened.db', from, { input: 'paper harbour nights\n' });
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /passphrase does not open/);
    const result = await restore(clock.home, 'opened.db', from, { input: 'paper harbour lights\n' });
    assert.equal(result.code, 0, result.stderr);
    /* The backup on this disk is in the clear, and holds the key itself: nobody is asked. */
    const plain = await restore(clock.home, 'plain.db', [`${clock.home.inside('backups')}/${base.replace('.sealed', '')}`, '--until', 'latest']);
    assert.equal(plain.code, 0, plain.stderr);
    const again = await startServer({ home: { ...clock.home, library: clock.home.inside('opened.db') }, env: { ...clock.env, CARREL_BACKUP_SECOND_DIR: '' } });
    assert.equal(expect(await again.get('/books?q=private+diary'), 200).data.length, 1);
    await again.stop({ keep: true, check: true });
  });

  test('only its owner may read it', async () => {
    const { clock, server } = await begin();
    await makeBook(server);
    await written(server);
    for (const name of segments(clock.home)) assert.equal(statSync(stick(clock.home, `journal/${name}`)).mode & 0o077, 0);
    await server.stop({ check: true });
  });
});

test('a live restore goes to a moment: what was done by then is there, what was done later is not', async () => {
  const { clock, server, base } = await begin();
  const at = START + 3_600_000;
  clock.moveTo(at);
  await makeBook(server, { title: 'Bought by then' });
  clock.moveTo(at + 60_000);
  await makeBook(server, { title: 'Bought too late' });
  await written(server);
  const path = `${clock.home.inside('stick')}/${base}`;
  const until = new Date(at + 30_000).toISOString();
  assert.ok(expect(await server.post('/admin/restore/preview', { path }), 200).journal.last_at > until);
  expect(await server.post('/admin/restore', { path, until, confirm: true }), 202);
  const end = await waitFor('the end of the restore', async () => {
    const reply = await server.get('/admin/restore').catch(() => undefined);
    return reply?.status === 200 && ['done', 'failed'].includes(reply.body.state) && reply.body;
  });
  assertHas(end, { state: 'done', detail: null });
  assert.deepEqual(expect(await server.get('/books'), 200).data.map(({ title }) => title), ['Bought by then']);
  // Of a moment that is none nothing is begun, and the library is as it was.
  assert.equal((await server.post('/admin/restore', { path, until: 'teatime', confirm: true })).status, 400);
  assert.equal(expect(await server.get('/books'), 200).meta.total, 1);
  await server.stop({ keep: true, check: true });
});
