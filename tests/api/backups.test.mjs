// Backups that are made by themselves or asked for: which there are, when they are due, what is kept.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, invalid, INSTANT, makeBook, refused } from '../support/library.mjs';
import { inChroot, run, startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const DAY_MS = 86_400_000;
const START = Date.parse('2026-03-02T09:00:00.000Z'); // a Monday
const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('a backup that somebody asks for', () => {
  let server;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop({ check: true }));

  test('there is none: /readyz, /metrics and the list say so', async () => {
    assertHas(expect(await server.get('/readyz'), 200), { status: 'ok', last_backup_at: null, backup_is_old: true });
    assert.equal(expect(await server.get('/metrics'), 200).last_backup_age_seconds, -1);
    const list = expect(await server.get('/admin/backups'), 200);
    assertHas(list, { scheduled: false, second_directory: null, second_is_there: false, last_good_at: null, is_old: true });
    assert.equal(list.directory, server.home.inside('backups'));
    assert.equal(list.backups.length, 0);
  });

  test('is made in the library’s own folder, with a manifest; the list, /readyz, /metrics and the audit log know it', async () => {
    await makeBook(server);
    const made = expect(await server.post('/admin/backups', {}), 201);
    assertHas(made, { kind: 'manual', error: null, books: 1, copies: 1, members: 0, borrows: 0, open_borrows: 0, verified: 'quick' });
    assert.match(made.path, /\/backups\/library-\d{4}-\d\d-\d\d-\d{6}\.db$/);
    const file = server.home.path(made.path.slice(server.home.inside('').length));
    assert.equal(made.sha256, sha256(file));
    assert.equal(readFileSync(file).length, made.bytes);
    const manifest = JSON.parse(readFileSync(`${file}.json`, 'utf8'));
    assertHas(manifest, { file: file.slice(file.lastIndexOf('/') + 1), kind: 'manual', bytes: made.bytes, sha256: made.sha256, verified: 'quick', made_at: made.started_at });
    assert.deepEqual(manifest.counts, { titles: 1, copies: 1, members: 0, loans: 0, open_loans: 0 });
    assert.ok(manifest.schema_version >= 3 && /^\d+\.\d+\.\d+$/.test(manifest.carrel_version));

    const { copy_ms: _, verify_ms: _1, ...row } = made;
    const list = expect(await server.get('/admin/backups'), 200);
    assert.deepEqual(list.backups, [row]);
    assertHas(list, { last_good_at: made.started_at, is_old: false });
    assertHas(expect(await server.get('/readyz'), 200), { last_backup_at: made.started_at, backup_is_old: false });
    const age = expect(await server.get('/metrics'), 200).last_backup_age_seconds;
    assert.ok(age >= 0 && age < 120, `${age}`);
    const [audit] = expect(await server.get('/admin/audit-logs?action=backup.made'), 200).data;
    assertHas(audit, { entity: 'backup', entity_id: made.id });
  });

  test('without a body, too; a name in it is for the machine’s owner alone', async () => {
    assertHas(expect(await server.post('/admin/backups'), 201), { kind: 'manual', error: null });
    const other = expect(await server.local('POST', '/admin/backups', { to: server.home.inside('mine.db') }), 201);
    assert.equal(other.path, server.home.inside('mine.db'));
    assert.ok(existsSync(server.home.path('mine.db.json')));
    refused(await server.post('/admin/backups', { to: server.home.inside('theirs.db') }), 403, 'FORBIDDEN', /--backup/);
    assert.ok(!existsSync(server.home.path('theirs.db')));
    refused(await server.local('POST', '/admin/backups', { to: server.home.inside('mine.db') }), 409, 'BACKUP_FAILED', /mine\.db/);
    invalid(await server.http('POST', '/api/v1/admin/backups', { to: 7, nonsense: true }), ['to', 'nonsense']);
  });

  test('into a folder that is not there fails, and says which', async () => {
    expect(await server.put('/admin/system-config', { backup_dir: server.home.inside('elsewhere') }), 200);
    refused(await server.post('/admin/backups', {}), 409, 'BACKUP_FAILED', /elsewhere is not there/);
    invalid(await server.http('PUT', '/api/v1/admin/system-config', { backup_dir: 'relative/folder' }), ['backup_dir']);
    expect(await server.put('/admin/system-config', { backup_dir: null }), 200);
  });

  test('can be restored, unless somebody has changed it since', async () => {
    const home = server.home;
    const made = expect(await server.local('POST', '/admin/backups', { to: home.inside('good.db') }), 201);
    const elsewhere = { ...home, library: home.inside('restored.db') };
    const good = await run(elsewhere, ['--db', elsewhere.library, '--restore', made.path]);
    assert.equal(good.code, 0, good.stderr);
    const bytes = readFileSync(home.path('good.db'));
    bytes[40] ^= 1; // the schema cookie: SQLite would not mind
    writeFileSync(home.path('good.db'), bytes);
    const bad = await run(elsewhere, ['--db', elsewhere.library, '--restore', made.path, '--force']);
    assert.equal(bad.code, 1);
    assert.match(bad.stderr, /SHA-256.*good\.db\.json/);
  });
});

describe('backups by themselves', () => {
  let clock;
  let server;
  let now = START;
  before(async () => {
    clock = await makeTestClock(new Date(now).toISOString());
    // No journal: ten seconds after the start its job makes a base of its own in the second folder.
    server = await startServer({ home: clock.home, env: { ...clock.env, CARREL_BACKUP_SCHEDULE: 'on', CARREL_BACKUP_HOURLY_KEEP: '2', CARREL_BACKUP_DAILY_KEEP: '3', CARREL_BACKUP_WEEKLY_KEEP: '2', CARREL_BACKUP_SECOND_KEEP: '2', CARREL_JOURNAL: 'off', CARREL_BACKUP_SECOND_DIR: clock.home.inside('stick') } });
  });
  after(() => server.stop({ check: true }));

  const moveTo = (instant) => {
    now = instant;
    clock.moveTo(new Date(now).toISOString());
  };
  const runJob = async () => expect(await server.post('/admin/jobs/backup/run'), 200);
  const list = async () => expect(await server.get('/admin/backups'), 200);
  const kinds = async () => (await list()).backups.map((one) => one.kind);
  const files = (folder) => readdirSync(server.home.path(folder)).sort();

  test('the first is a weekly one, read back in full; an hour later there is one more only if something was done', async () => {
    assertHas(await runJob(), { ok: true, outcome: 'ok: 1 row' });
    const [first] = (await list()).backups;
    assertHas(first, { kind: 'weekly', verified: 'full', error: null, started_at: '2026-03-02T09:00:00.000Z' });
    assert.match(first.finished_at, INSTANT);
    moveTo(START + 3_600_000);
    await makeBook(server);
    await runJob();
    assert.deepEqual(await kinds(), ['hourly', 'weekly']);
    assertHas((await list()).backups[0], { verified: 'quick', books: 1 });
  });

  test('next day a daily one; the oldest of each kind go, with their manifests', async () => {
    for (let day = 1; day <= 6; day++) {
      moveTo(START + day * DAY_MS);
      await runJob();
      moveTo(START + day * DAY_MS + 3_600_000);
      await makeBook(server);
      await runJob();
    }
    const all = await kinds();
    assert.deepEqual(all.filter((kind) => kind !== 'second').sort(), ['daily', 'daily', 'daily', 'hourly', 'hourly', 'weekly']);
    assert.equal((await list()).backups.find((one) => one.kind === 'daily').started_at, '2026-03-08T09:00:00.000Z');
    assert.equal(files('backups').length, 12, `${files('backups')}`);
    assert.equal(files('backups').filter((name) => name.endsWith('.db.json')).length, 6);
  });

  test('a file that somebody has put in place of one is not removed', async () => {
    const oldest = (await list()).backups.findLast((one) => one.kind === 'daily');
    const path = server.home.path(oldest.path.slice(server.home.inside('').length));
    writeFileSync(path, 'my holiday photographs');
    moveTo(START + 7 * DAY_MS);
    await runJob(); // the weekly one of the day
    moveTo(START + 8 * DAY_MS);
    await runJob();
    assert.equal(readFileSync(path, 'utf8'), 'my holiday photographs');
    assert.ok(!(await list()).backups.some((one) => one.path === oldest.path));
  });

  test('the second folder is told of while it is away, and caught up with when it is there', async () => {
    assertHas(await list(), { second_directory: server.home.inside('stick'), second_is_there: false });
    assert.ok(!(await kinds()).includes('second'));
    mkdirSync(server.home.path('stick'));
    if (inChroot) chownSync(server.home.path('stick'), 65534, 65534);
    moveTo(now + 3_600_000);
    assertHas(await runJob(), { ok: true });
    const { backups, second_is_there } = await list();
    assert.equal(second_is_there, true);
    const copy = backups.find((one) => one.kind === 'second');
    const source = backups.find((one) => one.kind === 'daily');
    assertHas(copy, { sha256: source.sha256, started_at: source.started_at, bytes: source.bytes, verified: 'full' });
    const [file, manifest] = files('stick').map((name) => server.home.path(`stick/${name}`));
    assert.equal(sha256(file), source.sha256);
    assert.equal(JSON.parse(readFileSync(manifest, 'utf8')).sha256, source.sha256);
    moveTo(now + 3_600_000);
    await runJob();
    assert.equal(files('stick').length, 2, 'once is enough');
  });

  test('another stick in its place gets its own copy, and each keeps its newest', async () => {
    renameSync(server.home.path('stick'), server.home.path('first-stick'));
    mkdirSync(server.home.path('stick'));
    if (inChroot) chownSync(server.home.path('stick'), 65534, 65534);
    moveTo(now + 3_600_000);
    await runJob();
    assert.equal(files('first-stick').length, 2);
    assert.deepEqual(files('stick'), files('first-stick'));
    for (let day = 9; day <= 12; day++) {
      moveTo(START + day * DAY_MS);
      await runJob();
    }
    assert.equal(files('stick').filter((name) => name.endsWith('.db')).length, 2);
  });

  test('one that cannot be made is listed with why, and two days later everybody hears that there is none', async () => {
    const before = (await list()).backups.length;
    renameSync(server.home.path('backups'), server.home.path('kept'));
    await server.home.write('backups', 'a file where the folder was');
    moveTo(START + 14 * DAY_MS + 1);
    for (let i = 0; i < 2; i++) assertHas(await runJob(), { ok: false });
    const after = await list();
    const failures = after.backups.filter((one) => one.error !== null);
    assert.equal(failures.length, 1, 'the last failure is enough');
    assertHas(failures[0], { kind: 'weekly', path: null, sha256: null, verified: null });
    assert.match(failures[0].error, /backups/);
    assert.equal(after.backups.length, before + 1);
    assert.equal(after.is_old, true);
    assertHas(expect(await server.get('/readyz'), 200), { status: 'ok', backup_is_old: true });
  });
});
