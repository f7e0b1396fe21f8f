// Damage and long life from the command line: --check --full, --check --repair, --salvage, --compact.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { expect, lend, makeBook, makeMember } from '../support/library.mjs';
import { assertSound, makeHome, run, startServer } from '../support/server.mjs';

const PAGE = 4096;
const TABLE_LEAF = 0x0d;

const homes = [];
after(() => Promise.all(homes.map((one) => one.remove())));

function saysNo(result, code, pattern) {
  assert.deepEqual([result.code, result.signal], [code, null], JSON.stringify(result));
  assert.match(result.stderr, pattern);
}

function worked(result) {
  assert.deepEqual([result.code, result.signal], [0, null], JSON.stringify(result));
  return result.stdout;
}

/** A library at rest with titles enough for many pages, members and a loan. */
async function restingLibrary(titles = 400) {
  const home = await makeHome();
  homes.push(home);
  const rows = Array.from({ length: titles }, (_, i) => `Damaged title number ${i},Author ${i % 40},2\n`).join('');
  const server = await startServer({ home, seedCsv: `title,author,copies\n${rows}` });
  const member = await makeMember(server, { name: 'Resting Reader' });
  const [book] = expect(await server.get('/books?q=number+0'), 200).data;
  await lend(server, book, member);
  await server.stop({ keep: true });
  return home;
}

const onLibrary = (home, args) => run(home, ['--db', home.library, ...args]);
const names = (home) => readdirSync(home.directory).filter((name) => !name.endsWith('.lock') && !name.endsWith('.setup-code')).sort();

describe('--check --full and --repair', () => {
  test('say that a sound library is sound, at rest and live, and leave it as it is', async () => {
    const home = await restingLibrary(20);
    assert.match(worked(await onLibrary(home, ['--check', '--full'])), /All is well/);
    const before = readFileSync(home.path('library.db'));
    assert.match(worked(await onLibrary(home, ['--check', '--repair'])), /Nothing was repaired/);
    assert.ok(readFileSync(home.path('library.db')).equals(before), 'not a byte was written');
    const server = await startServer({ home });
    assert.match(worked(await server.run(['--check', '--full'])), /All is well/);
    assert.match(worked(await server.run(['--check', '--repair'])), /Nothing was repaired/);
    const words = expect(await server.local('POST', '/admin/check/words'), 200);
    assert.deepEqual([words.ok, words.finding_count, words.findings], [true, 0, []]);
    expect(await server.local('GET', '/admin/check?full=true'), 200);
    assert.equal((await server.local('POST', '/admin/repair')).status, 204);
    await server.stop({ keep: true, check: true });
  });

  test('find a title that is no text any more, and say so in a report that can be read', async () => {
    const home = await restingLibrary(20);
    const path = home.path('library.db');
    const bytes = readFileSync(path);
    // The row itself, and neither an index entry nor the words that are searched: there the title is followed by its author.
    const at = bytes.indexOf('Damaged title number 7Author 7damaged title number 7');
    assert.ok(at > 0);
    bytes[at + 'Damaged title '.length] = 0xa9;
    writeFileSync(path, bytes);
    for (const args of [['--check'], ['--check', '--full']]) {
      const found = await onLibrary(home, args);
      assert.equal(found.code, 1, JSON.stringify(found));
      assert.match(found.stdout, /“Damaged title \uFFFDumber 7” is not in the full-text index as it should be\./);
      assert.match(found.stdout, /^1 finding\./m);
    }
  });

  test('put right what is derived: a counter that a bad bit has changed', async () => {
    const home = await restingLibrary(20);
    const path = home.path('library.db');
    const bytes = readFileSync(path);
    // A row of library_counter: a header of three bytes (text of 5, an integer of one byte), the name, the number.
    const at = bytes.indexOf(Buffer.from('\x03\x17\x01books', 'latin1'));
    assert.ok(at > 0, 'the counter of titles was found');
    assert.equal(bytes[at + 8], 20);
    bytes[at + 8] = 33;
    writeFileSync(path, bytes);
    saysNo({ ...(await onLibrary(home, ['--check'])), stderr: '-' }, 1, /-/);
    const said = worked(await onLibrary(home, ['--check', '--repair']));
    assert.match(said, /number of books is kept as 33[\s\S]*Put right:[\s\S]*kept as 33[\s\S]*All is well now: 1 finding put right/);
    await assertSound(home);
  });

  test('go with --check only', async () => {
    const home = await restingLibrary(1);
    saysNo(await onLibrary(home, ['--repair']), 2, /--repair.*--check/);
    saysNo(await onLibrary(home, ['--full', '--health']), 2, /--full.*--check/);
  });
});

describe('--salvage', () => {
  test('brings a whole library back whole, as one that can be served', async () => {
    const home = await restingLibrary(60);
    const before = readFileSync(home.path('library.db'));
    const said = worked(await onLibrary(home, ['--salvage', home.inside('saved.db')]));
    assert.match(said, /book\s+60 read\s+60 kept\n/);
    assert.match(said, /0 left out, 0 torn/);
    assert.ok(readFileSync(home.path('library.db')).equals(before), 'the old file is as it was');
    assert.ok(existsSync(home.path('saved.db.report.txt')));
    assert.equal(statSync(home.path('saved.db')).mode & 0o077, 0, 'its owner’s alone');
    const server = await startServer({ home, args: ['--db', home.inside('saved.db')] });
    assert.equal(expect(await server.get('/books?q=damaged'), 200).meta.total, 60);
    assert.equal(expect(await server.get('/borrows'), 200).meta.total, 1);
    assert.equal(expect(await server.get('/admin/audit-logs?action=library.salvaged'), 200).meta.total, 1);
    await server.stop({ keep: true });
    saysNo(await onLibrary(home, ['--salvage', home.inside('saved.db')]), 1, /already/);
  });

  test('keeps the titles of undamaged pages when others, and the beginning of the file, are destroyed', async () => {
    const home = await restingLibrary();
    const path = home.path('library.db');
    const bytes = readFileSync(path);
    let destroyed = 0;
    let seen = 0;
    for (let page = 1; page * PAGE < bytes.length; page++) {
      const begins = page * PAGE;
      if (bytes[begins] !== TABLE_LEAF || !bytes.subarray(begins, begins + PAGE).includes('Damaged title number') || ++seen % 5 !== 0) continue;
      destroyed += bytes.readUInt16BE(begins + 3);
      bytes.fill(0, begins, begins + PAGE);
    }
    bytes.fill(0, 0, PAGE);
    assert.ok(destroyed > 20);
    writeFileSync(path, bytes);
    const result = await onLibrary(home, ['--salvage', home.inside('saved.db')]);
    const said = worked(result);
    assert.match(said, /The beginning of the file is damaged/);
    assert.match(said, /look for “Lost record”/);
    const report = readFileSync(home.path('saved.db.report.txt'), 'utf8');
    assert.match(report, /book \d+: its record is lost; “Lost record” stands in for it/);
    const server = await startServer({ home, args: ['--db', home.inside('saved.db')] });
    const kept = expect(await server.get('/books?q=damaged&limit=1'), 200).meta.total;
    assert.ok(kept >= 400 - destroyed && kept < 400, `${kept} of 400 kept, ${destroyed} stood on what was destroyed`);
    assert.equal(expect(await server.get('/copies?limit=1'), 200).meta.total, 800, 'no copy is lost with its title');
    expect(await server.get('/borrows'), 200);
    await makeBook(server);
    await server.stop({ keep: true });
    worked(await run(home, ['--db', home.inside('saved.db'), '--check', '--full']));
  });

  test('of what is no library, or one in use, is refused and leaves nothing', async () => {
    const home = await restingLibrary(1);
    const before = names(home);
    await home.write('list.txt', 'no library at all');
    saysNo(await run(home, ['--db', home.inside('list.txt'), '--salvage', home.inside('saved.db')]), 1, /Nothing in the file can be read/);
    const server = await startServer({ home });
    saysNo(await onLibrary(home, ['--salvage', home.inside('saved.db')]), 1, /in use/);
    await server.stop({ keep: true });
    assert.deepEqual(names(home), [...before, 'list.txt'].sort());
  });
});

describe('--compact', () => {
  test('gives back the room of what was deleted; nothing else changes, and no other file stays', async () => {
    const home = await restingLibrary(300);
    const server = await startServer({ home });
    const counts = expect(await server.get('/books?limit=1'), 200).meta.total;
    await server.stop({ keep: true });
    const before = names(home);
    const said = worked(await onLibrary(home, ['--compact']));
    assert.match(said, /^Compacted: \d+\.\d MB before, \d+\.\d MB now\.\n$/);
    assert.deepEqual(names(home), before);
    await assertSound(home);
    const again = await startServer({ home });
    assert.equal(expect(await again.get('/books?limit=1'), 200).meta.total, counts);
    await makeBook(again);
    saysNo(await onLibrary(home, ['--compact']), 1, /in use/);
    await again.stop({ keep: true, check: true });
  });

  test('takes along what a crash has left in the WAL', async () => {
    const home = await restingLibrary(5);
    const server = await startServer({ home });
    await makeBook(server, { title: 'Left in the WAL' });
    await server.kill();
    worked(await onLibrary(home, ['--compact']));
    const again = await startServer({ home });
    assert.equal(expect(await again.get('/books?q=left+in+the+wal'), 200).meta.total, 1);
    await again.stop({ keep: true, check: true });
  });

  test('of a damaged library is refused, and it stays as it is', async () => {
    const home = await restingLibrary();
    const path = home.path('library.db');
    const bytes = readFileSync(path);
    for (let page = 40; page * PAGE < bytes.length; page += 7) bytes.fill(0x5a, page * PAGE, page * PAGE + 64);
    writeFileSync(path, bytes);
    const before = names(home);
    saysNo(await onLibrary(home, ['--compact']), 1, /damaged|could not/);
    // An empty -wal may stand beside a file that could not be opened; nothing was written.
    assert.deepEqual(names(home).filter((name) => !/-(wal|shm)$/.test(name)), before);
    assert.ok(readFileSync(path).equals(bytes));
  });
});
