// How the library and its machine are: for an administrator, and in short for a monitor.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, makeBook } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';

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
