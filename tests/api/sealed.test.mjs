// Sealed backups: only the passphrase opens them. They are opened here by what src/base/seal.h says of the format, with
// none of Carrel's own code.
import assert from 'node:assert/strict';
import { createDecipheriv, createHash, createHmac, scryptSync } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, invalid, makeBook, refused } from '../support/library.mjs';
import { inChroot, run, startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const PASSPHRASE = 'nine harbour lights — grün';
const HEADER = 128;
const CHUNK = 65536;
const TAG = 16;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
const expandWith = (key, ...parts) => createHmac('sha256', key).update(Buffer.concat([...parts.map((part) => Buffer.from(part)), Buffer.of(1)])).digest();

/** What is in a sealed file, by the description of its format. */
function unseal(bytes, passphrase) {
  assert.equal(bytes.toString('latin1', 0, 12), 'CARRELSEAL1\n');
  assert.deepEqual([...bytes.subarray(12, 16)], [14, 8, 5, 16]);
  assert.deepEqual(bytes.subarray(112, HEADER), sha256(bytes.subarray(0, 112)).subarray(0, 16));
  const key = scryptSync(passphrase.normalize('NFC'), bytes.subarray(16, 48), 32, { N: 2 ** 14, r: 8, p: 5, maxmem: 2 ** 26 });
  assert.deepEqual(createHmac('sha256', expandWith(key, 'carrel seal header')).update(bytes.subarray(0, 80)).digest(), bytes.subarray(80, 112));
  const fileKey = expandWith(key, 'carrel seal file', bytes.subarray(48, 80));
  const plain = [];
  for (let at = HEADER, number = 0; at < bytes.length; at += CHUNK + TAG, number++) {
    const end = Math.min(at + CHUNK + TAG, bytes.length);
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(number, 7);
    nonce[11] = end === bytes.length ? 1 : 0;
    const cipher = createDecipheriv('aes-256-gcm', fileKey, nonce);
    cipher.setAuthTag(bytes.subarray(end - TAG, end));
    plain.push(cipher.update(bytes.subarray(at, end - TAG)), cipher.final());
  }
  return Buffer.concat(plain);
}

const isLibrary = (bytes) => bytes.toString('latin1', 0, 15) === 'SQLite format 3' && bytes.toString('latin1', 68, 72) === 'Crrl';
const inHome = (server, path) => server.home.path(path.slice(server.home.inside('').length));

describe('one that is sealed by hand', () => {
  let server;
  before(async () => {
    server = await startServer();
    await makeBook(server, { title: 'Middlemarch' });
  });
  after(() => server.stop({ check: true }));

  const home = () => server.home;
  const restore = (input, ...more) => {
    const elsewhere = { ...home(), library: home().inside('restored.db') };
    return run(elsewhere, ['--db', elsewhere.library, '--restore', home().inside('mine.db.sealed'), ...more], { input });
  };

  test('--backup --seal reads the passphrase from standard input; nothing that can be read without it stays', async () => {
    const made = await run(home(), ['--backup', home().inside('mine.db'), '--seal'], { input: `${PASSPHRASE}\n` });
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /mine\.db\.sealed/);
    const bytes = readFileSync(home().path('mine.db.sealed'));
    assert.ok(isLibrary(unseal(bytes, PASSPHRASE)));
    assert.ok(!bytes.includes('Middlemarch') && unseal(bytes, PASSPHRASE).includes('Middlemarch'));
    const manifest = JSON.parse(readFileSync(home().path('mine.db.sealed.json'), 'utf8'));
    assertHas(manifest, { sealed: true, bytes: bytes.length, sha256: sha256(bytes).toString('hex'), file: 'mine.db.sealed' });
    assert.equal(manifest.counts.titles, 1);
    assert.deepEqual(readdirSync(home().directory).filter((name) => /sealing|part/.test(name)), []);
    const [row] = expect(await server.get('/admin/backups'), 200).backups;
    assertHas(row, { sealed: true, kind: 'manual', books: 1 });
  });

  test('a short passphrase makes none', async () => {
    const made = await run(home(), ['--backup', home().inside('short.db'), '--seal'], { input: 'nine\n' });
    assert.equal(made.code, 1);
    assert.match(made.stderr, /10 characters or more/);
    assert.ok(!existsSync(home().path('short.db.sealed')));
    invalid(await server.post('/admin/backups', { passphrase: 'nine' }), ['passphrase']);
  });

  test('--restore asks for it: none and a wrong one change nothing, the right one restores', async () => {
    const none = await run({ ...home(), library: home().inside('restored.db') }, ['--db', home().inside('restored.db'), '--restore', home().inside('mine.db.sealed')], { input: '' });
    assert.equal(none.code, 1);
    assert.match(none.stderr, /passphrase/i);
    const wrong = await restore('nine harbour lights — grun\n');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /passphrase does not open.*Nothing was changed/);
    assert.ok(!existsSync(home().path('restored.db')));
    // Typed on a keyboard that puts the dots behind the letter.
    const right = await restore(`${PASSPHRASE.normalize('NFD')}\n`);
    assert.equal(right.code, 0, right.stderr);
    assert.ok(isLibrary(readFileSync(home().path('restored.db'))));
  });

  test('cut short, changed or with something behind it, it is refused, and says why', async () => {
    const path = home().path('mine.db.sealed');
    const whole = readFileSync(path);
    const changed = Buffer.from(whole);
    changed[HEADER + 40_000] ^= 1;
    const header = Buffer.from(whole);
    header[20] ^= 1;
    const cases = [
      [whole.subarray(0, HEADER + CHUNK + TAG), /cut short/], [whole.subarray(0, 90), /cut short/],
      [changed, /not as it was sealed/], [Buffer.concat([whole, whole.subarray(HEADER, HEADER + CHUNK + TAG)]), /damaged/],
      [header, /its beginning is not as it was written/],
    ];
    for (const [bytes, words] of cases) {
      writeFileSync(path, bytes);
      const bad = await restore(`${PASSPHRASE}\n`, '--force');
      assert.equal(bad.code, 1);
      assert.match(bad.stderr, words);
      assert.deepEqual(readdirSync(home().directory).filter((name) => name.includes('restoring')), []);
    }
    writeFileSync(path, whole);
  });
});

describe('one that is restored while people work', () => {
  let server;
  let backup;
  before(async () => {
    server = await startServer();
    await makeBook(server, { title: 'Middlemarch' });
    backup = expect(await server.post('/admin/backups', { passphrase: PASSPHRASE }), 201);
    await makeBook(server, { title: 'After it' });
  });
  after(() => server.stop({ check: true }));

  const restore = async (passphrase) => {
    expect(await server.post('/admin/restore', { backup_id: backup.id, passphrase, confirm: true }), 202);
    for (const until = Date.now() + 30_000; Date.now() < until; await new Promise((done) => setTimeout(done, 30))) {
      const reply = await server.get('/admin/restore').catch(() => undefined);
      if (['done', 'failed'].includes(reply?.body?.state)) return reply.body;
    }
    return assert.fail('the restore did not end');
  };

  test('the preview tells what its manifest says', async () => {
    const preview = expect(await server.post('/admin/restore/preview', { backup_id: backup.id }), 200);
    assertHas(preview, { sealed: true, bytes: backup.bytes });
    assertHas(preview.backup, { books: 1 });
  });

  test('a wrong passphrase and none change nothing; the right one restores', async () => {
    assertHas(await restore('not this one at all'), { state: 'failed' });
    assert.match((await restore(undefined)).detail, /is sealed/);
    assert.equal(expect(await server.get('/books'), 200).data.length, 2);
    assert.deepEqual(readdirSync(server.home.directory).filter((name) => name.includes('restoring')), []);
    assertHas(await restore(PASSPHRASE), { state: 'done' });
    assert.deepEqual(expect(await server.get('/books'), 200).data.map(({ title }) => title), ['Middlemarch']);
  });
});

describe('the passphrase that is kept', () => {
  let server, clock;
  const now = Date.parse('2026-03-02T09:00:00.000Z');
  before(async () => {
    clock = await makeTestClock(now);
    mkdirSync(clock.home.path('stick'));
    if (inChroot) chownSync(clock.home.path('stick'), 65534, 65534);
    server = await startServer({ home: clock.home, env: { ...clock.env, CARREL_BACKUP_SCHEDULE: 'on', CARREL_BACKUP_SECOND_DIR: clock.home.inside('stick') } });
    await makeBook(server, { title: 'Middlemarch' });
  });
  after(() => server.stop({ check: true }));

  const seal = (value) => server.put('/admin/system-config', { backup_seal: value });
  const list = async () => expect(await server.get('/admin/backups'), 200);
  const runJob = async () => expect(await server.post('/admin/jobs/backup/run'), 200);

  test('is asked for before backups can be sealed', async () => {
    assertHas(await list(), { seal: 'off', passphrase_set: false });
    refused(await seal('second'), 409, 'PASSPHRASE_REQUIRED', /no passphrase is set/);
    assertHas(await list(), { seal: 'off' });
    refused(await server.delete('/admin/backups/passphrase'), 404, 'NOT_FOUND');
    invalid(await server.put('/admin/backups/passphrase', { passphrase: 'nine' }), ['passphrase']);
  });

  test('is set once, audited and never shown', async () => {
    expect(await server.put('/admin/backups/passphrase', { passphrase: PASSPHRASE }), 204);
    assertHas(await list(), { seal: 'off', passphrase_set: true });
    const [audit] = expect(await server.get('/admin/audit-logs?action=backup.passphrase_set'), 200).data;
    assert.ok(audit && !JSON.stringify(audit).includes('harbour'));
    expect(await seal('second'), 200);
    refused(await server.delete('/admin/backups/passphrase'), 409, 'CONFLICT', /backup_seal to off first/);
  });

  test('second: what lies beside the library can be read, what goes to the stick is sealed, once', async () => {
    await runJob();
    const { backups } = await list();
    assert.deepEqual(backups.map(({ kind, sealed }) => [kind, sealed]).sort(), [['second', true], ['weekly', false]]);
    const second = backups.find(({ kind }) => kind === 'second');
    assert.match(second.path, /stick\/library-[\d-]+\.db\.sealed$/);
    const bytes = readFileSync(inHome(server, second.path));
    assert.equal(second.sha256, sha256(bytes).toString('hex'));
    assert.deepEqual(unseal(bytes, PASSPHRASE), readFileSync(inHome(server, backups.find(({ kind }) => kind === 'weekly').path)));
    const manifest = JSON.parse(readFileSync(`${inHome(server, second.path)}.json`, 'utf8'));
    assertHas(manifest, { kind: 'second', sealed: true, verified: 'full', bytes: bytes.length, made_at: '2026-03-02T09:00:00.000Z' });
    assert.ok(manifest.schema_version >= 4);
    await runJob();
    assert.equal(readdirSync(clock.home.path('stick')).filter((name) => name.startsWith('library-')).length, 2);
  });

  test('all: the next day’s is sealed in both folders, and is the same file', async () => {
    expect(await seal('all'), 200);
    clock.moveTo(now + 86_400_000);
    await runJob();
    const { backups } = await list();
    const [daily] = backups.filter(({ kind }) => kind === 'daily');
    assertHas(daily, { sealed: true, verified: 'full' });
    assert.match(daily.path, /backups\/library-2026-03-03-[\d-]+\.db\.sealed$/);
    assert.ok(isLibrary(unseal(readFileSync(inHome(server, daily.path)), PASSPHRASE)));
    assert.ok(backups.some(({ kind, sha256: digest }) => kind === 'second' && digest === daily.sha256));
    const asked = expect(await server.post('/admin/backups', {}), 201);
    assertHas(asked, { sealed: true });
    assert.deepEqual(readdirSync(clock.home.directory).filter((name) => name.includes('sealing')), []);
  });

  test('another passphrase is for what is made from then on; off, it can be taken away', async () => {
    const before = (await list()).backups[0];
    expect(await server.put('/admin/backups/passphrase', { passphrase: 'another ten lights' }), 204);
    const made = expect(await server.post('/admin/backups', {}), 201);
    assert.ok(isLibrary(unseal(readFileSync(inHome(server, made.path)), 'another ten lights')));
    assert.ok(isLibrary(unseal(readFileSync(inHome(server, before.path)), PASSPHRASE)));
    expect(await seal('off'), 200);
    expect(await server.delete('/admin/backups/passphrase'), 204);
    assertHas(await list(), { seal: 'off', passphrase_set: false });
    assertHas(expect(await server.post('/admin/backups', {}), 201), { sealed: false });
  });
});

test('asked for by a flag while none is set: no backup is made that anybody could read, and people are told', async () => {
  const server = await startServer({ env: { CARREL_BACKUP_SCHEDULE: 'on', CARREL_BACKUP_SEAL: 'all' } });
  assertHas(expect(await server.post('/admin/jobs/backup/run'), 200), { ok: false });
  const { backups } = expect(await server.get('/admin/backups'), 200);
  assert.match(backups[0].error, /no passphrase is set/);
  refused(await server.post('/admin/backups', {}), 409, 'PASSPHRASE_REQUIRED');
  assert.ok(!existsSync(server.home.path('backups')) || readdirSync(server.home.path('backups')).length === 0);
  await server.stop({ check: true });
});
