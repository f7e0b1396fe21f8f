// --restore: a backup takes the place of a library that rests, and nothing is ever lost over it.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { onLibrary, saysNo, worked } from '../support/cli.mjs';
import { assertHas, expect, lend, makeBook, makeMember } from '../support/library.mjs';
import { assertSound, makeHome, startServer } from '../support/server.mjs';

const homes = [];
after(() => Promise.all(homes.map((one) => one.remove())));

/** A library at rest, a backup of it (one title, one loan), and a title that came later. */
async function libraryAndBackup() {
  const home = await makeHome();
  homes.push(home);
  const server = await startServer({ home });
  const book = await makeBook(server, { title: 'In the Backup' });
  const member = await makeMember(server);
  await lend(server, book, member);
  worked(await server.run(['--backup', home.inside('backup.db')]));
  await makeBook(server, { title: 'After the Backup' });
  await server.stop({ keep: true });
  return home;
}

async function titles(home) {
  const server = await startServer({ home });
  const all = expect(await server.get('/books?sort_by=title'), 200).data.map((book) => book.title);
  const log = expect(await server.get('/admin/audit-logs?action=library.restored'), 200).data;
  await server.stop({ keep: true, check: true });
  return { all, log };
}

const asideOf = (home) => readdirSync(home.directory).filter((name) => /^library-before-restore-\d{4}-\d\d-\d\d-\d{6}\.db$/.test(name));
const scrapsOf = (home) => readdirSync(home.directory).filter((name) => /restoring/.test(name));

describe('--restore', () => {
  test('without --force says what is in the backup and leaves a library with records alone', async () => {
    const home = await libraryAndBackup();
    const before = readFileSync(home.path('library.db'));
    const result = await onLibrary(home, ['--restore', home.inside('backup.db')]);
    saysNo(result, 1, /not empty.*--force/);
    assert.match(result.stdout, /^1 titles, 1 copies, 1 members, 1 loans open; \d+\.\d MB$/m);
    assert.match(result.stdout, /^Last activity: \d{4}-\d\d-\d\dT/m);
    assert.ok(before.equals(readFileSync(home.path('library.db'))));
    assert.deepEqual([asideOf(home), scrapsOf(home)], [[], []]);
  });

  test('--force puts it in place, keeps the old one, and the audit log says so', async () => {
    const home = await libraryAndBackup();
    const said = worked(await onLibrary(home, ['--restore', home.inside('backup.db'), '--force']));
    const [aside, ...more] = asideOf(home);
    assert.deepEqual(more, []);
    assert.ok(said.includes(aside), said);
    assert.deepEqual(scrapsOf(home), []);
    const now = await titles(home);
    assert.deepEqual(now.all, ['In the Backup']);
    assert.equal(now.log.length, 1);
    assertHas(now.log[0], { actor: 'local administrator', entity: 'library' });
    // And back again.
    worked(await onLibrary(home, ['--restore', home.inside(aside), '--force']));
    assert.deepEqual((await titles(home)).all, ['After the Backup', 'In the Backup']);
  });

  test('after a crash: what stands in the WAL is kept aside, and nothing of it comes back', async () => {
    const home = await libraryAndBackup();
    const server = await startServer({ home });
    await makeBook(server, { title: 'Left in the WAL' });
    await server.kill();
    assert.ok(statSync(home.path('library.db-wal')).size > 0);
    worked(await onLibrary(home, ['--restore', home.inside('backup.db'), '--force']));
    assert.deepEqual((await titles(home)).all, ['In the Backup']);
    worked(await onLibrary(home, ['--restore', home.inside(asideOf(home)[0]), '--force']));
    assert.deepEqual((await titles(home)).all, ['After the Backup', 'In the Backup', 'Left in the WAL']);
  });

  test('makes a library where there is none or an empty one, without --force', async () => {
    const home = await libraryAndBackup();
    const empty = { ...home, library: home.inside('other.db'), path: (name) => home.path(name.replace('library.db', 'other.db')) };
    worked(await onLibrary(empty, ['--restore', home.inside('backup.db')]));
    assert.deepEqual((await titles(empty)).all, ['In the Backup']);
    assert.deepEqual(asideOf(home), []);
  });

  test('takes the place of a damaged library, which is kept', async () => {
    const home = await libraryAndBackup();
    writeFileSync(home.path('library.db'), 'eaten by the dog');
    saysNo(await onLibrary(home, ['--restore', home.inside('backup.db')]), 1, /--force/);
    worked(await onLibrary(home, ['--restore', home.inside('backup.db'), '--force']));
    assert.equal(readFileSync(home.path(asideOf(home)[0]), 'utf8'), 'eaten by the dog');
    assert.deepEqual((await titles(home)).all, ['In the Backup']);
  });

  test('while a server has the library, that one does it: nobody stops anything', async () => {
    const home = await libraryAndBackup();
    const server = await startServer({ home });
    saysNo(await server.run(['--restore', home.inside('backup.db')]), 1, /not empty.*--force/);
    assert.equal(expect(await server.get('/books'), 200).meta.total, 2);
    const said = worked(await server.run(['--restore', home.inside('backup.db'), '--force']));
    assert.match(said, /^1 titles, 1 copies/m);
    assert.match(said, /being served/);
    assert.ok(said.includes(asideOf(home)[0]), said);
    assert.equal(expect(await server.get('/books'), 200).meta.total, 1);
    saysNo(await server.run(['--restore', home.inside('library.db'), '--force']), 1, /./);
    await server.stop({ keep: true, check: true });
    assert.deepEqual([asideOf(home).length, scrapsOf(home)], [1, []]);
  });

  test('refuses what is no backup, a newer one, a damaged one, itself and nothing; the library stays as it is', async () => {
    const home = await libraryAndBackup();
    const before = readFileSync(home.path('library.db'));
    const backup = readFileSync(home.path('backup.db'));
    const newer = Buffer.from(backup);
    newer.writeUInt32BE(9999, 60);
    const damaged = Buffer.from(backup);
    for (let page = 2; page * 4096 < damaged.length; page += 3) damaged.fill(0x5a, page * 4096, page * 4096 + 64);
    await home.write('diary.txt', 'Dear diary, '.repeat(500));
    await home.write('newer.db', newer);
    await home.write('damaged.db', damaged);
    for (const [name, pattern] of [['diary.txt', /diary\.txt is not a backup/], ['newer.db', /newer Carrel/], ['damaged.db', /damaged\.db is damaged/], ['library.db', /the library itself/], ['none.db', /none\.db/], ['', /./]]) {
      saysNo(await onLibrary(home, ['--restore', home.inside(name), '--force']), 1, pattern);
      assert.deepEqual([asideOf(home), scrapsOf(home)], [[], []], name);
    }
    assert.ok(before.equals(readFileSync(home.path('library.db'))));
    await assertSound(home);
  });

  test('what an attempt that was killed has left is no obstacle', async () => {
    const home = await libraryAndBackup();
    await home.write('library.db.restoring', 'half a library');
    await home.write('library.db.restoring-wal', 'half a log');
    copyFileSync(home.path('library.db'), home.path('copy-of-now.db'));
    worked(await onLibrary(home, ['--restore', home.inside('backup.db'), '--force']));
    assert.deepEqual(scrapsOf(home), []);
    assert.deepEqual((await titles(home)).all, ['In the Backup']);
  });

  test('--force alone, and a missing value, are wrong usage', async () => {
    const home = await makeHome();
    homes.push(home);
    saysNo(await onLibrary(home, ['--restore']), 2, /--restore/);
    saysNo(await onLibrary(home, ['--check', '--force']), 2, /--force.*--seed.*--restore/);
    assert.ok(!existsSync(home.path('library.db')));
  });
});
