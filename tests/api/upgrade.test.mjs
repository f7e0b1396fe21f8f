// A library of an older Carrel: the kept ones of this project's history (tests/libraries) are brought forward with all
// that was in them; one that cannot be is left as it is, and says so.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { expect } from '../support/library.mjs';
import { assertSound, binary, environment, fileExists, inChroot, makeHome, run, startServer, top } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const NEWEST = 10;
const VERSION_AT = 60; // of PRAGMA user_version in the file's header
const kept = (version) => gunzipSync(readFileSync(join(top, `tests/libraries/v${version}.db.gz`)));
const factsOf = (version) => JSON.parse(readFileSync(join(top, `tests/libraries/v${version}.json`), 'utf8'));
const versionOf = (bytes) => bytes.readUInt32BE(VERSION_AT);
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Everything that the old program has said of its records is said by this one. */
async function assertAllThere(server, facts) {
  expect(await server.post(`/books/${facts.archived.book}/restore`), 200);
  expect(await server.post(`/members/${facts.archived.member}/restore`), 200);
  const compare = (now, record) => assert.deepEqual(Object.fromEntries(Object.keys(record).map((key) => [key, now?.[key]])), record);
  const same = async (address, records) => {
    for (const record of records) compare(expect(await server.get(`${address}/${record.id}`), 200), record);
  };
  await same('/books', facts.books);
  await same('/borrows', facts.loans);
  await same('/holds', facts.holds ?? []);
  for (const [list, records] of [['members', facts.members], ['fines', facts.charges], ['fines/payments', facts.payments], ['fines/waivers', facts.waivers]]) {
    if (!records) continue;
    const now = expect(await server.get(`/${list}?limit=100`), 200).data;
    assert.equal(now.length, records.length);
    for (const record of records) compare(now.find(({ id }) => id === record.id), record);
  }
}

/** Every title is found by a part of its name: the full-text rows came along. */
async function assertFound(server, facts) {
  for (const book of facts.books.slice(0, 14)) {
    const found = expect(await server.get(`/books?q=${encodeURIComponent(book.title.split(' ').at(-1))}&limit=100`), 200).data;
    assert.ok(found.some(({ id }) => id === book.id), book.title);
  }
}

for (const version of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
  describe(`a library of version ${version}`, () => {
    const bytes = kept(version);
    const facts = factsOf(version);
    let server, clock;
    before(async () => {
      clock = await makeTestClock('2026-11-22T18:00:00.000Z');
      assert.equal(versionOf(bytes), version);
      await clock.home.write('library.db', bytes);
      server = await startServer({ home: clock.home, env: clock.env });
    });
    after(() => server.stop({ check: true }));

    test('is brought forward when it is opened, and everything in it is there', async () => {
      await assertAllThere(server, facts);
      await assertFound(server, facts);
      const totals = expect(await server.get('/borrows?limit=1'), 200).meta;
      assert.equal(totals.total, facts.loans.length);
    });

    test('leaves a verified backup of how it was, which is listed and which the old program would open', async () => {
      const { backups } = expect(await server.get('/admin/backups'), 200);
      const [backup] = backups.filter(({ kind }) => kind === 'upgrade');
      assert.match(backup.path, new RegExp(`/backups/library-2026-11-22-\\d{6}-from-version-${version}\\.db$`));
      const file = readFileSync(clock.home.path(backup.path.slice(backup.path.indexOf('backups/'))));
      assert.equal(versionOf(file), version);
      assert.equal(digest(file), backup.sha256);
      assert.deepEqual({ books: backup.books, borrows: backup.borrows, sealed: backup.sealed }, { books: facts.books.length, borrows: facts.loans.length, sealed: false });
      assert.ok(!fileExists(clock.home.path('library.db.upgrading')));
    });
  });

  test(`a backup of version ${version} is brought forward by --restore`, async () => {
    const home = await makeHome();
    await home.write('old.db', kept(version));
    const restored = await run(home, ['--restore', home.inside('old.db')]);
    assert.equal(restored.code, 0, restored.stderr);
    assert.equal(versionOf(readFileSync(home.path('library.db'))), NEWEST);
    assert.deepEqual(readFileSync(home.path('old.db')), kept(version));
    await assertSound(home);
    await home.remove();
  });
}

/** With so many pages more that nobody uses: one that lists the others (https://www.sqlite.org/fileformat2.html, 1.5). */
function withUnusedPages(bytes, count) {
  const pages = bytes.length / 4096;
  assert.equal(bytes.readUInt32BE(36), 0, 'it has none of its own');
  const unused = Buffer.alloc(count * 4096);
  unused.writeUInt32BE(count - 1, 4);
  for (let i = 1; i < count; i++) unused.writeUInt32BE(pages + 1 + i, 4 + 4 * i);
  const all = Buffer.concat([bytes, unused]);
  all.writeUInt32BE(pages + count, 28);
  all.writeUInt32BE(pages + 1, 32);
  all.writeUInt32BE(count, 36);
  return all;
}

test('a library with many pages that nobody uses is written anew when it is brought forward', async () => {
  const home = await makeHome();
  const bytes = withUnusedPages(kept(9), 900);
  await home.write('library.db', bytes);
  const server = await startServer({ home });
  await assertAllThere(server, factsOf(9));
  await server.stop({ keep: true, check: true });
  const now = readFileSync(home.path('library.db'));
  assert.equal(versionOf(now), NEWEST);
  assert.ok(now.length < bytes.length / 2, `${now.length} of ${bytes.length}`);
  assert.deepEqual(readdirSync(home.directory).filter((name) => name.startsWith('library.db.upgrading')), []);
  await home.remove();
});

describe('what cannot be brought forward', () => {
  let home;
  before(async () => {
    home = await makeHome();
  });
  after(() => home.remove());

  /** Nothing but the file and its lock, and the file as it was. */
  async function assertRefused(bytes, words, env = {}) {
    await home.write('library.db', bytes);
    const { code, stderr } = await run(home, ['--check'], { env });
    assert.equal(code, 1);
    assert.match(stderr, words);
    assert.deepEqual(readFileSync(home.path('library.db')), bytes);
    assert.deepEqual(readdirSync(home.directory).filter((name) => !['library.db', 'library.db.lock', 'backups'].includes(name)), []);
    assert.deepEqual(fileExists(home.path('backups')) ? readdirSync(home.path('backups')) : [], []);
  }

  test('a damaged one is left as it is, without a backup', async () => {
    const bytes = kept(2);
    bytes.fill(0x5a, 9 * 4096, 10 * 4096);
    await assertRefused(bytes, /damaged/);
  });

  test('one whose backup should be sealed, and which has no passphrase yet, says how it gets one', async () => {
    const env = { CARREL_BACKUP_SEAL: 'all' };
    await assertRefused(kept(3), /could not be brought forward from version 3\. .*Start once with --backup-seal off, set a passphrase/s, env);
    const server = await startServer({ home, env, args: ['--backup-seal', 'off'] });
    assert.equal(versionOf(readFileSync(home.path('library.db'))), NEWEST);
    expect(await server.put('/admin/backups/passphrase', { passphrase: 'nine harbour lights' }), 204);
    await server.stop({ keep: true });
    const again = await startServer({ home, env });
    assert.equal(expect(await again.post('/admin/backups', {}), 201).sealed, true);
    await again.stop({ keep: true });
    await rm(home.path('backups'), { recursive: true });
  });

  test('one that fails on the way is left as it is, and says that the old program still opens it', async () => {
    // A table of a name that version 4 wants: as text in the schema's own page, so that nothing else differs.
    const bytes = kept(3);
    const at = bytes.indexOf('CREATE TABLE job_run');
    assert.ok(at > 0);
    const text = bytes.toString('latin1').replaceAll('job_run', 'journal');
    await assertRefused(Buffer.from(text, 'latin1'), /could not be brought forward from version 3.*left as it is/s);
  });
});

test('killed at any moment, it is the old library or the new one, and the next start goes on', { skip: inChroot && 'the kills are the same' }, async () => {
  const home = await makeHome();
  const old = kept(3);
  let killed = 0;
  for (let round = 0; round < 8; round++) {
    writeFileSync(home.path('library.db'), old);
    const child = spawn(binary, ['--db', home.path('library.db'), '--check'], { env: environment(), stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal)));
    const timer = setTimeout(() => child.kill('SIGKILL'), 6 * round);
    if ((await ended) === 'SIGKILL') killed++;
    clearTimeout(timer);
    const left = readFileSync(home.path('library.db'));
    if (versionOf(left) === 3) assert.equal(digest(left), digest(old), 'the old file as it was');
    else assert.equal(versionOf(left), NEWEST);
    await assertSound(home);
    assert.deepEqual(readdirSync(home.directory).sort(), ['backups', 'library.db', 'library.db.lock']);
    assert.deepEqual(readdirSync(home.path('backups')).filter((name) => name.includes('.part-')), []);
  }
  assert.ok(killed > 0, 'some were killed');
  await home.remove();
});
