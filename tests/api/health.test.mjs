// How the library and its machine are: for an administrator, and in short for a monitor.
import assert from 'node:assert/strict';
import { chownSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, makeBook } from '../support/library.mjs';
import { inChroot, makeHome, startServer } from '../support/server.mjs';

const of = (report, name) => report.checks.find((check) => check.name === name) ?? assert.fail(`no ${name}`);

describe('a library without a backup', () => {
  let server;
  before(async () => {
    server = await startServer();
    await makeBook(server);
  });
  after(() => server.stop({ check: true }));

  test('is bad by that alone, and well when one was made; /readyz names what is bad', async () => {
    const before = expect(await server.get('/admin/health-check'), 200);
    assert.equal(before.state, 'bad');
    assertHas(of(before, 'backups'), { state: 'bad' });
    assert.equal(of(before, 'backups').figures.last_good_at, null);
    assert.deepEqual(before.checks.filter(({ state }) => state === 'bad').map(({ name }) => name), ['backups']);
    assert.deepEqual(expect(await server.get('/readyz'), 200).problems, ['backups']);
    const made = expect(await server.post('/admin/backups', {}), 201);
    const after = expect(await server.get('/admin/health-check'), 200);
    assertHas(of(after, 'backups'), { state: 'ok' });
    assert.equal(of(after, 'backups').figures.last_good_at, made.started_at);
    assert.deepEqual(expect(await server.get('/readyz'), 200).problems, []);
  });

  test('tells its size, its disk, its writer and its versions', async () => {
    const report = expect(await server.get('/admin/health-check'), 200);
    const database = of(report, 'database').figures;
    assert.ok(database.bytes > 100_000 && database.free_bytes < database.bytes && database.wal_bytes >= 0, JSON.stringify(database));
    assert.equal(database.last_full_check_at, null);
    assert.ok(of(report, 'disk').figures.free_bytes > 0);
    assertHas(of(report, 'writer').figures, { waiting: 0 });
    assert.match(of(report, 'versions').figures.carrel, /^\d+\.\d+\.\d+$/);
    assert.match(of(report, 'versions').figures.sqlite, /^3\.\d+\.\d+$/);
    assertHas(of(report, 'certificate'), { state: 'ok' });
  });
});

test('a second folder that is away is for one of these days', async () => {
  const server = await startServer({ args: ['--backup-second-dir', '/nowhere/stick'] });
  expect(await server.post('/admin/backups', {}), 201);
  assertHas(of(expect(await server.get('/admin/health-check'), 200), 'backups'), { state: 'warn' });
  assert.deepEqual(expect(await server.get('/readyz'), 200).problems, [], 'nothing of it is for a monitor');
  await server.stop();
});

test('a folder for backups that is away is told of, and found again', async () => {
  const home = await makeHome();
  try {
    mkdirSync(home.path('disk'));
    if (inChroot) chownSync(home.path('disk'), 65534, 65534);
    const server = await startServer({ home, args: ['--backup-dir', home.inside('disk')] });
    expect(await server.post('/admin/backups', {}), 201);
    assertHas(of(expect(await server.get('/admin/health-check'), 200), 'backups'), { state: 'ok' });
    renameSync(home.path('disk'), home.path('drawer'));
    const away = of(expect(await server.get('/admin/health-check'), 200), 'backups');
    assertHas(away, { state: 'warn', text: 'The folder for backups is not there. Plug its disk in, or choose another.' });
    assert.equal(away.figures.folder_is_there, 0);
    renameSync(home.path('drawer'), home.path('disk'));
    assertHas(of(expect(await server.get('/admin/health-check'), 200), 'backups'), { state: 'ok' });
    await server.stop({ keep: true });
  } finally {
    await home.remove();
  }
});

test('damage that was met is counted, is for today and for a monitor', async () => {
  const home = await makeHome();
  try {
    const rows = Array.from({ length: 400 }, (_, i) => `Damaged title number ${i},Author ${i % 40},2\n`).join('');
    const first = await startServer({ home, seedCsv: `title,author,copies\n${rows}` });
    await first.stop({ keep: true });
    const bytes = readFileSync(home.path('library.db'));
    let damaged = 0;
    for (let page = 4096; page < bytes.length; page += 4096) {
      if (bytes[page] !== 0x0d || !bytes.subarray(page, page + 4096).includes('Damaged title number 20')) continue;
      bytes.fill(0x5a, page, page + 64);
      damaged++;
    }
    assert.ok(damaged > 0, 'a page of titles was found');
    writeFileSync(home.path('library.db'), bytes);
    const server = await startServer({ home });
    assert.equal((await server.get('/books/export/csv')).status, 500);
    const report = expect(await server.get('/admin/health-check'), 200);
    const database = of(report, 'database');
    assertHas(database, { state: 'bad' });
    assert.match(database.text, /^Damage was met in the library's file/);
    assert.ok(database.figures.damage_met > 0, JSON.stringify(database));
    assert.equal(of(report, 'writer').figures.keeps_wal, 0);
    assert.ok(expect(await server.get('/readyz'), 200).problems.includes('database'));
    await server.stop({ keep: true });
  } finally {
    await home.remove();
  }
});
