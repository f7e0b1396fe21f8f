// A library that cannot be opened: nothing is written to it, nobody is shown an empty one, and whoever stands at the
// machine gets it back out of a backup, in a browser.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { assertHas, expect, invalid, makeBook, refused } from '../support/library.mjs';
import { makePeople, printedCode, signIn, writtenCode } from '../support/people.mjs';
import { assertSound, inChroot, makeHome, run, startServer } from '../support/server.mjs';

const homes = [];
after(() => Promise.all(homes.map((one) => one.remove())));

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** A library at rest with an administrator, one title, and a backup of that; then a second title. */
async function library({ auth = 'off' } = {}) {
  const home = await makeHome();
  homes.push(home);
  const server = await startServer({ home, auth });
  const people = auth === 'on' ? await makePeople(server) : {};
  const desk = people.admin ?? server;
  await makeBook(desk, { title: 'In the Backup' });
  const backup = expect(await desk.post('/admin/backups', {}), 201);
  await makeBook(desk, { title: 'After the Backup' });
  await server.stop({ keep: true });
  return { home, backup, file: home.path(backup.path.slice(home.inside('').length)), name: people.admin?.account.name };
}

const flip = (home, at) => {
  const bytes = readFileSync(home.path('library.db'));
  bytes[at] ^= 0x10;
  return home.write('library.db', bytes);
};
const page = (home, number, fill) => {
  const bytes = readFileSync(home.path('library.db'));
  bytes.fill(fill, number * 4096 + (number === 0 ? 100 : 0), (number + 1) * 4096);
  return home.write('library.db', bytes);
};

const asideOf = (home) => readdirSync(home.directory).filter((name) => /^library-before-restore-.*\.db$/.test(name));
const besides = (home) => readdirSync(home.directory).filter((name) => /^library\.db-/.test(name));

/** Until the library answers again. */
async function back(server) {
  for (const until = Date.now() + 30_000; Date.now() < until; await pause(20)) {
    const reply = await server.http('GET', '/health').catch(() => undefined);
    if (reply?.status === 200) return;
  }
  assert.fail('the library did not come back');
}

describe('a library that cannot be opened', () => {
  test('is served as closed: /health says damaged, every other address 503, the file stays as it is', async () => {
    const { home } = await library();
    await page(home, 0, 0x5a); // the schema
    const before = readFileSync(home.path('library.db'));
    const server = await startServer({ home });
    assert.match(server.printed, /cannot be opened/);
    for (const path of ['/health', '/healthz', '/readyz']) assertHas((await server.http('GET', path)).body, { status: 'damaged', db: 'damaged' });
    assert.equal((await server.http('GET', '/health')).status, 503);
    refused(await server.http('GET', '/api/v1/books'), 503, 'LIBRARY_CLOSED', /cannot be opened/);
    refused(await server.http('POST', '/api/v1/auth/login', { name: 'a', password: 'b' }), 503, 'LIBRARY_CLOSED');
    refused(await server.http('GET', '/api/v1/auth/me'), 503, 'LIBRARY_CLOSED');
    assert.match((await server.http('GET', '/', undefined, { Accept: 'text/html' })).text, /<!doctype html>/i);
    const health = await server.run(['--health']);
    assert.deepEqual([health.code, JSON.parse(health.stdout).status], [1, 'damaged']);
    await server.stop({ keep: true });
    assert.ok(before.equals(readFileSync(home.path('library.db'))));
    assert.deepEqual(besides(home).filter((name) => /wal|journal/.test(name) && statSync(home.path(name)).size > 0), []);
  });

  test('with --auth off its files are listed without a code; a restore brings it back at the same address', async () => {
    const { home, backup } = await library();
    await page(home, 0, 0x5a);
    const server = await startServer({ home });
    assertHas(expect(await server.get('/rescue'), 200), { reason: 'damaged', code_needed: false, restore: 'none' });
    const all = expect(await server.post('/rescue/files', {}), 200);
    assertHas(all, { library: home.library, may_begin_anew: false });
    assert.equal(all.files.length, 1);
    assertHas(all.files[0], { path: backup.path, kind: 'manual', verified: 'quick', counted: true, books: 1, made_at: backup.started_at });
    invalid(await server.post('/rescue/restore', {}), ['path']);
    refused(await server.post('/rescue/restore', { path: home.inside('library.db') }), 404, 'BACKUP_NOT_FOUND');
    refused(await server.post('/rescue/restore', { path: backup.path, until: '2026-11-22 14:30' }), 400, 'INVALID_PARAMETER', /no offset/);
    refused(await server.post('/rescue/anew', { confirm: true }), 409, 'CONFLICT', /never replaced/);
    const damaged = readFileSync(home.path('library.db'));
    expect(await server.post('/rescue/restore', { path: backup.path }), 202);
    await back(server);
    const books = (await server.http('GET', '/api/v1/books')).body;
    assert.deepEqual(books.data.map((book) => book.title), ['In the Backup']);
    assert.ok(damaged.equals(readFileSync(home.path(asideOf(home)[0]))), 'the damaged file is kept as it was');
    assertHas((await server.http('GET', '/api/v1/admin/restore')).body, { state: 'done', from: backup.path });
    await server.stop({ keep: true });
    await assertSound(home);
  });

  test('asks for the setup code where people sign in; wrong ones are counted; then they sign in as before', async () => {
    const { home, backup, name } = await library({ auth: 'on' });
    await page(home, 0, 0);
    const server = await startServer({ home, auth: 'on' });
    assertHas(expect(await server.get('/rescue'), 200), { code_needed: true });
    refused(await server.http('GET', '/api/v1/admin/restore'), 401, 'UNAUTHENTICATED');
    refused(await server.post('/rescue/files', {}), 403, 'WRONG_SETUP_CODE');
    refused(await server.post('/rescue/restore', { code: 'AAAA-AAAA', path: backup.path }), 403, 'WRONG_SETUP_CODE');
    const code = await printedCode(server);
    assert.equal(statSync(home.path('library.db.setup-code')).mode & 0o777, 0o600);
    assert.equal(writtenCode(server), code);
    const { files } = expect(await server.post('/rescue/files', { code }), 200);
    expect(await server.post('/rescue/restore', { code, path: files[0].path }), 202);
    await back(server);
    assert.ok(!existsSync(home.path('library.db.setup-code')), 'the code is void');
    refused(await server.http('POST', '/api/v1/rescue/files', { code }), 404, 'NOT_FOUND');
    const contract = await startedAgain(server);
    const admin = await signIn(contract, name);
    const [log] = expect(await admin.get('/admin/audit-logs?action=library.restored'), 200).data;
    assertHas(log, { actor: 'whoever is at the machine' });
    await contract.stop({ keep: true, check: true });
  });

  /** The rescue's server knows the rescue's document only: the same library, served anew. */
  async function startedAgain(server) {
    const { home } = server;
    await server.stop({ keep: true });
    return startServer({ home, auth: 'on' });
  }

  test('ten wrong codes, and there is another one; and whoever guesses waits', async () => {
    const { home } = await library({ auth: 'on' });
    await page(home, 0, 0x11);
    const server = await startServer({ home, auth: 'on' });
    const code = await printedCode(server);
    for (let i = 0; i < 10; i++) refused(await server.post('/rescue/files', { code: 'WRONG-CODE' }), 403, 'WRONG_SETUP_CODE');
    const next = await printedCode(server, code);
    assert.notEqual(next, code);
    let reply;
    for (let i = 0; i < 15; i++) reply = await server.post('/rescue/files', { code: 'WRONG-CODE' });
    refused(reply, 429, 'TOO_MANY_ATTEMPTS');
    assert.ok(Number(reply.headers['retry-after']) >= 1);
    await server.stop({ keep: true });
  });

  test('a foreign file, one of a newer Carrel, one cut short: each says which, and is left alone', async () => {
    const { home } = await library();
    const good = readFileSync(home.path('library.db'));
    const newer = Buffer.from(good);
    newer.writeUInt32BE(9999, 60);
    for (const [content, reason] of [['Dear diary, '.repeat(500), 'foreign'], [newer, 'too_new'], [good.subarray(0, 4096 * 3 + 17), 'damaged']]) {
      await home.write('library.db', content);
      const before = readFileSync(home.path('library.db'));
      const server = await startServer({ home });
      const now = expect(await server.get('/rescue'), 200);
      assert.equal(now.reason, reason);
      assert.equal(expect(await server.post('/rescue/files', {}), 200).files.length, 1);
      await server.stop({ keep: true });
      assert.ok(before.equals(readFileSync(home.path('library.db'))), reason);
    }
  });

  test('the name it calls itself, and folders for backups that stand in it, are read where they can be', async () => {
    const home = await makeHome();
    homes.push(home);
    const first = await startServer({ home });
    expect(await first.put('/admin/system-config', { library_name: 'Harbour School' }), 200);
    await first.stop({ keep: true });
    const bytes = readFileSync(home.path('library.db'));
    bytes.writeUInt32BE(9999, 60);
    await home.write('library.db', bytes);
    const server = await startServer({ home });
    assertHas(expect(await server.get('/rescue'), 200), { reason: 'too_new', library_name: 'Harbour School' });
    await server.stop({ keep: true });
  });

  test('carrel --restore goes to whoever serves the page, and takes any file', async () => {
    const { home, file } = await library();
    copyFileSync(file, home.path('stick.db'));
    await home.write('library.db', 'eaten by the dog');
    const server = await startServer({ home });
    const no = await server.run(['--restore', home.inside('stick.db')]);
    assert.match(no.stderr, /not empty.*--force/);
    const yes = await server.run(['--restore', home.inside('stick.db'), '--force']);
    assert.equal(yes.code, 0, yes.stderr);
    await back(server);
    assert.equal(readFileSync(home.path(asideOf(home)[0]), 'utf8'), 'eaten by the dog');
    await server.stop({ keep: true });
    await assertSound(home);
  });

  test('a damaged backup leaves all as it is; the page goes on and says why', async () => {
    const { home, backup, file } = await library();
    await page(home, 0, 0x5a);
    const bytes = readFileSync(file);
    for (let at = 2; at * 4096 < bytes.length; at += 3) bytes.fill(0x5a, at * 4096, at * 4096 + 64);
    await home.write(file.slice(home.directory.length + 1), bytes);
    const server = await startServer({ home });
    expect(await server.post('/rescue/restore', { path: backup.path }), 202);
    let now;
    for (let i = 0; i < 500 && now?.restore !== 'failed'; i++, await pause(20)) now = expect(await server.get('/rescue'), 200);
    assert.match(now.restore_detail, /not as it was made|damaged/);
    assert.equal((await server.http('GET', '/health')).status, 503);
    assert.deepEqual(readdirSync(home.directory).filter((name) => /restoring|before-restore/.test(name)), []);
    await server.stop({ keep: true });
  });
});

describe('a library that has gone', () => {
  for (const [how, make] of [['an empty file', (home) => truncateSync(home.path('library.db'))], ['no file at all', (home) => rmSync(home.path('library.db'))]]) {
    test(`${how} where backups of it lie is no new library`, async () => {
      const { home, backup } = await library();
      make(home);
      const check = await run(home, ['--db', home.library, '--create-admin', 'Eve'], { input: 'paper harbour lights\n' });
      assert.equal(check.code, 1);
      assert.match(check.stderr, /backups of it|not there|No such file/);
      const server = await startServer({ home });
      assertHas(expect(await server.get('/rescue'), 200), { reason: 'gone' });
      assertHas(expect(await server.post('/rescue/files', {}), 200), { may_begin_anew: true });
      refused(await server.post('/rescue/anew', { confirm: false }), 409, 'CONFLICT');
      expect(await server.post('/rescue/restore', { path: backup.path }), 202);
      await back(server);
      assert.equal((await server.http('GET', '/api/v1/books')).body.meta.total, 1);
      await server.stop({ keep: true });
      await assertSound(home);
    });
  }

  test('an empty one is begun when somebody says so', async () => {
    const { home } = await library();
    rmSync(home.path('library.db'));
    const server = await startServer({ home });
    expect(await server.post('/rescue/anew', { confirm: true }), 202);
    await back(server);
    assert.equal((await server.http('GET', '/api/v1/books')).body.meta.total, 0);
    await server.stop({ keep: true });
    await assertSound(home);
  });

  test('backups of another library are no reason to ask', { skip: inChroot }, async () => {
    const { home } = await library();
    const other = await startServer({ home: { ...home, library: home.inside('other.db'), path: (name) => home.path(name.replace('library.db', 'other.db')) } });
    assert.equal(expect(await other.get('/books'), 200).meta.total, 0);
    await other.stop({ keep: true });
    renameSync(home.path('backups'), home.path('kept-elsewhere'));
    rmSync(home.path('library.db'));
    const fresh = await startServer({ home });
    assert.equal(expect(await fresh.get('/books'), 200).meta.total, 0);
    await fresh.stop({ keep: true });
  });
});

test('one flipped bit in the first page never shows an empty library', async () => {
  const { home } = await library();
  const good = readFileSync(home.path('library.db'));
  for (const at of [3, 17, 44, 47, 56, 63, 69, 100, 103, 105]) {
    await home.write('library.db', good);
    await flip(home, at);
    const server = await startServer({ home });
    const { status, body } = await server.http('GET', '/api/v1/books');
    assert.ok(status === 503 ? body.error_code === 'LIBRARY_CLOSED' : status === 500 || body.meta.total === 2, `byte ${at}: ${status} ${JSON.stringify(body)}`);
    await server.stop({ keep: true });
  }
});
