// A backup put in the place of a library that is being served: what it would mean is said before, everybody works on
// until it is there, and the library as it was is kept.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, invalid, lend, makeBook, makeMember, refused, UNKNOWN_ID } from '../support/library.mjs';
import { makePeople, PASSWORD, signIn } from '../support/people.mjs';
import { inChroot, run, startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Until the restore has ended; while one library makes way for the other nobody answers. */
async function ended(client) {
  for (const until = Date.now() + 30_000; Date.now() < until; await pause(20)) {
    const reply = await client.get('/admin/restore').catch(() => undefined);
    if (reply?.status === 200 && ['done', 'failed'].includes(reply.body.state)) return reply.body;
  }
  return assert.fail('the restore did not end');
}

const asideOf = (server) => readdirSync(server.directory).filter((name) => /^library-before-restore-.*\.db$/.test(name));
const scrapsOf = (server) => readdirSync(server.directory).filter((name) => /restoring/.test(name));
const titles = async (client) => expect(await client.get('/books?sort_by=title'), 200).data.map((book) => book.title);

describe('a restore while people work', () => {
  let server;
  let backup;
  before(async () => {
    server = await startServer();
    const book = await makeBook(server, { title: 'In the Backup' });
    await lend(server, book, await makeMember(server));
    backup = expect(await server.post('/admin/backups', {}), 201);
    await makeBook(server, { title: 'After the Backup' });
    await makeBook(server, { title: 'After it as well' });
  });
  after(() => server.stop({ check: true }));

  test('there is none: the state is none', async () => {
    assert.deepEqual(expect(await server.get('/admin/restore'), 200), { state: 'none', detail: null, from: null, kept_aside: null, started_at: null, finished_at: null, bytes: 0, bytes_done: 0 });
  });

  test('the preview says what is in it, what there is now and what would be lost, and changes nothing', async () => {
    const preview = expect(await server.post('/admin/restore/preview', { backup_id: backup.id }), 200);
    assertHas(preview, { path: backup.path, bytes: backup.bytes, made_at: backup.started_at, sealed: false });
    assertHas(preview.backup, { books: 1, copies: 1, members: 1, borrows: 1, open_borrows: 1 });
    assertHas(preview.present, { books: 3, copies: 3, members: 1, borrows: 1, open_borrows: 1 });
    assert.equal(preview.lost_acts, preview.lost.reduce((sum, one) => sum + one.count, 0));
    assert.deepEqual(preview.lost.find((one) => one.action === 'book.added'), { action: 'book.added', count: 2 });
    assert.ok(preview.lost.some((one) => one.action === 'backup.made'), 'that the backup was made is not in it');
    assert.equal((await titles(server)).length, 3);
    assert.deepEqual([asideOf(server), scrapsOf(server)], [[], []]);
  });

  test('all that may be restored is listed, with what it holds', async () => {
    const { files } = expect(await server.get('/admin/restore/files'), 200);
    assert.equal(files.length, 1);
    assertHas(files[0], { path: backup.path, library: 'library.db', kind: 'manual', verified: 'quick', made_at: backup.started_at, bytes: backup.bytes, sealed: false });
    assertHas(files[0].counts, { books: 1, members: 1, open_borrows: 1 });
  });

  test('without confirm, of nothing, of two at once, of what is not there: refused', async () => {
    invalid(await server.post('/admin/restore', { backup_id: backup.id }), ['confirm']);
    invalid(await server.post('/admin/restore', { confirm: true }), ['backup_id']);
    invalid(await server.post('/admin/restore/preview', { backup_id: backup.id, path: backup.path }), ['backup_id']);
    refused(await server.post('/admin/restore', { backup_id: UNKNOWN_ID, confirm: true }), 404, 'BACKUP_NOT_FOUND');
    refused(await server.post('/admin/restore/preview', { path: `${server.home.inside('backups')}/none.db` }), 403, 'FORBIDDEN');
  });

  test('a browser may not name any file of the machine; the owner on the socket may', async () => {
    copyFileSync(server.home.path(backup.path.slice(server.home.inside('').length)), server.home.path('private.db'));
    if (inChroot) return;
    refused(await server.post('/admin/restore/preview', { path: server.home.inside('private.db') }), 403, 'FORBIDDEN', /--restore/);
    refused(await server.post('/admin/restore', { path: `${server.home.inside('backups')}/../private.db`, confirm: true }), 403, 'FORBIDDEN');
    refused(await server.post('/admin/restore/preview', { path: '/etc/passwd' }), 403, 'FORBIDDEN');
    assertHas(expect(await server.local('POST', '/admin/restore/preview', { path: server.home.inside('private.db') }), 200).backup, { books: 1 });
  });

  test('is done at the same address, keeps the library as it was, and the log says so', async () => {
    const began = expect(await server.post('/admin/restore', { backup_id: backup.id, confirm: true }), 202);
    assertHas(began, { state: 'staging', from: backup.path });
    const end = await ended(server);
    assertHas(end, { state: 'done', detail: null, from: backup.path });
    const [aside] = asideOf(server);
    assert.equal(end.kept_aside, server.home.inside(aside));
    assert.deepEqual(await titles(server), ['In the Backup']);
    const [log] = expect(await server.get('/admin/audit-logs?action=library.restored'), 200).data;
    assert.deepEqual(JSON.parse(log.after), { backup: backup.path, kept_aside: end.kept_aside });
    assert.deepEqual(scrapsOf(server), []);
    assert.equal(server.printed.match(/^http/gm).length, 2, 'the address is printed once');
    // Found by its search, written to, and served by its jobs as any library.
    await makeBook(server, { title: 'Newer than the Backup' });
    assert.equal(expect(await server.get('/books?q=newer'), 200).meta.total, 1);
    assert.ok(expect(await server.get('/admin/jobs'), 200));
  });

  test('and back again: what was kept aside is listed and can be restored from a browser', async () => {
    const { files } = expect(await server.get('/admin/restore/files'), 200);
    const aside = files.find((file) => file.kind === 'aside');
    assertHas(aside, { counts: null, library: 'library.db' });
    expect(await server.post('/admin/restore', { path: aside.path, confirm: true }), 202);
    assert.equal((await ended(server)).state, 'done');
    assert.deepEqual(await titles(server), ['After it as well', 'After the Backup', 'In the Backup']);
    assert.equal(asideOf(server).length, 2);
  });

  test('a damaged backup changes nothing, and the state says why', async () => {
    const bytes = readFileSync(server.home.path(backup.path.slice(server.home.inside('').length)));
    for (let page = 2; page * 4096 < bytes.length; page += 3) bytes.fill(0x5a, page * 4096, page * 4096 + 64);
    const name = backup.path.replace(/\d{6}\.db$/, '000000.db');
    writeFileSync(server.home.path(name.slice(server.home.inside('').length)), bytes);
    const before = await titles(server);
    expect(await server.local('POST', '/admin/restore', { path: name, confirm: true }), 202);
    const end = await ended(server);
    assertHas(end, { state: 'failed', kept_aside: null });
    assert.match(end.detail, /damaged/);
    assert.deepEqual(await titles(server), before);
    assert.deepEqual(scrapsOf(server), []);
    rmSync(server.home.path(name.slice(server.home.inside('').length)));
  });

  test('people who work meanwhile are answered or sent away for a moment, and nothing that was answered is in neither library', async () => {
    const stop = new AbortController();
    const made = [];
    const worker = (async () => {
      for (let i = 0; !stop.signal.aborted; i++) {
        const reply = await server.http('POST', '/api/v1/books', { title: `Meanwhile ${i}`, author: 'A' }).catch(() => undefined);
        if (reply?.status === 201) made.push(reply.body.title);
        else await pause(5);
      }
    })();
    let end;
    try {
      while (made.length === 0) await pause(5);
      expect(await server.post('/admin/restore', { path: backup.path, confirm: true }), 202);
      end = await ended(server);
    } finally {
      stop.abort();
      await worker;
    }
    const aside = { ...server.home, library: end.kept_aside };
    const kept = await startServer({ home: aside });
    const there = async (client, title) => expect(await client.get(`/books?q=${encodeURIComponent(title)}`), 200).data.some((book) => book.title === title);
    assert.ok(made.length > 0);
    for (const title of made) assert.ok((await there(server, title)) || (await there(kept, title)), `${title} is lost`);
    await kept.stop({ keep: true });
  });

  test('what a killed restore has left is removed at the next start', async () => {
    await server.stop({ keep: true });
    await server.home.write('library.db.restoring', 'half a library');
    server = await startServer({ home: server.home });
    assert.ok(!existsSync(server.home.path('library.db.restoring')));
  });
});

test('people sign in again: sessions are those of the backup', async () => {
  const server = await startServer({ auth: 'on' });
  const { admin, librarian } = await makePeople(server);
  const backup = expect(await admin.post('/admin/backups', {}), 201);
  const later = await signIn(server, admin.account.name);
  expect(await later.get('/admin/restore'), 200);
  refused(await librarian.post('/admin/restore', { backup_id: backup.id, confirm: true }), 403, 'FORBIDDEN');
  expect(await later.post('/admin/restore', { backup_id: backup.id, confirm: true }), 202);
  for (let i = 0; ; i++) {
    const reply = await later.get('/admin/restore').catch(() => undefined);
    if (reply?.status === 401) break;
    assert.ok(i < 500, 'the session of after the backup is still good');
    await pause(20);
  }
  const again = await signIn(server, admin.account.name, PASSWORD);
  assertHas(expect(await again.get('/admin/restore'), 200), { state: 'done' });
  await server.stop({ check: true });
});

test('a backup from before the clock went wrong brings the time back as well', async () => {
  const clock = await makeTestClock('2027-03-01T09:00:00.000Z');
  const server = await startServer({ home: clock.home, env: clock.env });
  const backup = expect(await server.post('/admin/backups', {}), 201);
  clock.moveTo('2040-03-01T09:00:00.000Z');
  await makeMember(server);
  await server.home.write('clock', '2027-03-01T10:00:00.000Z<\n');
  expect(await server.post('/admin/restore', { backup_id: backup.id, confirm: true }), 202);
  assert.equal((await ended(server)).state, 'done');
  assert.equal((await makeMember(server)).created_at, '2027-03-01T10:00:00.000Z');
  const [log] = expect(await server.get('/admin/audit-logs?action=library.restored'), 200).data;
  assert.equal(log.at, '2027-03-01T10:00:00.000Z');
  await server.stop({ check: true });
});

test('killed at any moment, the library is the one or the other, whole, and nothing half done is left', async () => {
  let server = await startServer();
  const { home } = server;
  await makeBook(server, { title: 'In the Backup' });
  const { path } = expect(await server.post('/admin/backups', {}), 201);
  await makeBook(server, { title: 'After the Backup' });
  const seen = new Set();
  for (const delay of [0, 4, 12, 30, 60, 120, 250]) {
    expect(await server.post('/admin/restore', { path, confirm: true }), 202);
    await pause(delay);
    await server.kill();
    server = await startServer({ home });
    const now = await titles(server);
    assert.ok([['In the Backup'], ['After the Backup', 'In the Backup']].some((one) => one.join() === now.join()), now.join());
    seen.add(now.length);
    assert.deepEqual(scrapsOf(server), []);
    // The library of before, for the next round.
    if (now.length === 1) await makeBook(server, { title: 'After the Backup' });
  }
  assert.ok(seen.has(2), 'some were killed before the swap');
  await server.stop({ check: true });
});

test('the second folder’s backups can be restored by their file, others’ not', { skip: inChroot }, async () => {
  const server = await startServer();
  mkdirSync(server.home.path('stick'));
  await makeBook(server, { title: 'On the stick' });
  const made = await run(server.home, ['--db', server.home.library, '--backup', server.home.inside('stick')]);
  assert.equal(made.code, 0, made.stderr);
  const [name] = readdirSync(server.home.path('stick')).filter((file) => file.endsWith('.db'));
  const path = `${server.home.inside('stick')}/${name}`;
  refused(await server.post('/admin/restore/preview', { path }), 403, 'FORBIDDEN');
  expect(await server.put('/admin/system-config', { backup_second_dir: server.home.inside('stick') }), 200);
  assertHas(expect(await server.post('/admin/restore/preview', { path }), 200).backup, { books: 1 });
  assert.deepEqual(expect(await server.get('/admin/restore/files'), 200).files.map((file) => file.path), [path]);
  await server.stop();
});

test('a restored library that does not open makes way again: the old one is served, and the state says why', async () => {
  // It counts in yen, which have no cents; and the fine that this server was started with has some.
  const other = await startServer();
  expect(await other.put('/admin/system-config', { currency: 'JPY' }), 200);
  const made = expect(await other.post('/admin/backups', {}), 201);
  const bytes = readFileSync(other.home.path(made.path.slice(other.home.inside('').length)));
  await other.stop();
  const server = await startServer({ env: { CARREL_DAILY_FINE: '1.50' } });
  await makeBook(server, { title: 'Was here before' });
  await server.home.write('yen.db', bytes);
  expect(await server.local('POST', '/admin/restore', { path: server.home.inside('yen.db'), confirm: true }), 202);
  const end = await ended(server);
  assertHas(end, { state: 'failed', kept_aside: null });
  assert.match(end.detail, /CARREL_DAILY_FINE “1\.50”.* The library is as it was\.$/s);
  assert.deepEqual(await titles(server), ['Was here before']);
  assert.deepEqual([asideOf(server), scrapsOf(server)], [[], []]);
  await makeBook(server, { title: 'And goes on' });
  assert.equal((await titles(server)).length, 2);
  await server.stop({ check: true });
});

test('a folder of many years lists its newest backups, whatever order it names them in', async () => {
  const server = await startServer();
  const made = expect(await server.post('/admin/backups', {}), 201);
  const file = server.home.path(made.path.slice(server.home.inside('').length));
  const manifest = JSON.parse(readFileSync(`${file}.json`, 'utf8'));
  for (let i = 0; i < 520; i++) {
    const old = file.replace(/library-[^/]*$/, `library-2020-01-01-${String(i).padStart(6, '0')}.db`);
    writeFileSync(old, 'x');
    writeFileSync(`${old}.json`, JSON.stringify({ ...manifest, bytes: 1, made_at: new Date(Date.UTC(2020, 0, 1, 0, 0, i)).toISOString() }));
  }
  const { files } = expect(await server.get('/admin/restore/files'), 200);
  assert.equal(files.length, 500);
  assert.equal(files[0].path, made.path, 'the newest first');
  const instants = files.map((one) => one.made_at);
  assert.deepEqual(instants, [...instants].sort().reverse());
  assert.equal(instants.at(-1), '2020-01-01T00:00:21.000Z', 'the oldest are left out');
  await server.stop();
});

test('named by a link, a library has beside itself what it has there by its own name', { skip: inChroot }, async () => {
  const server = await startServer();
  const made = expect(await server.post('/admin/backups', {}), 201);
  expect(await server.post('/admin/restore', { backup_id: made.id, confirm: true }), 202);
  assert.equal((await ended(server)).state, 'done');
  await server.stop({ keep: true });
  mkdirSync(server.home.path('links'));
  symlinkSync('../library.db', server.home.path('links/by_link.db'));
  const linked = await startServer({ home: server.home, args: ['--db', server.home.inside('links/by_link.db')] });
  const { files } = expect(await linked.get('/admin/restore/files'), 200);
  assert.deepEqual(files.map(({ kind }) => kind).sort(), ['aside', 'manual']);
  await linked.stop();
});

// civetweb as it comes forgot them (vendor/civetweb.sh): some of each forty waited for as long as the process went on.
test('who comes while one library makes way for another is answered or sent away, and never kept waiting', async () => {
  const server = await startServer({ args: ['--threads', '8'] });
  const made = expect(await server.post('/admin/backups', {}), 201);
  const waiting = new Set();
  let coming = true;
  const come = () => {
    if (!coming) return;
    const socket = connect(server.port, '127.0.0.1', () => {
      waiting.add(socket);
      socket.write(`GET /health HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`);
    });
    const over = () => {
      socket.removeAllListeners().on('error', () => {}).destroy();
      waiting.delete(socket);
      setTimeout(come, 1);
    };
    for (const end of ['data', 'close', 'error']) socket.once(end, over);
  };
  for (let i = 0; i < 40; i++) come();
  await pause(100);
  expect(await server.post('/admin/restore', { backup_id: made.id, confirm: true }), 202);
  assert.equal((await ended(server)).state, 'done');
  await pause(500);
  coming = false;
  for (const until = Date.now() + 10_000; waiting.size > 0 && Date.now() < until; ) await pause(50);
  const forgotten = waiting.size;
  for (const socket of waiting) socket.destroy();
  assert.equal(forgotten, 0);
  await server.stop({ check: true });
});
