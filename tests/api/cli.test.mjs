// The command line: what a person at the machine can ask, and how it says no (API.md "Command line").
import assert from 'node:assert/strict';
import { chownSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { CATALOGUE, home, onLibrary, restingLibrary, saysNo, totals, worked } from '../support/cli.mjs';
import { assertHas, expect, lend, makeBook, makeMember, parseCsv } from '../support/library.mjs';
import { assertSound, inChroot, run, startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

describe('asking about the program', () => {
  let place;
  before(async () => {
    place = await home();
  });
  const ask = (...args) => run(place, args);

  test('--version', async () => {
    assert.match(worked(await ask('--version')), /^carrel \d+\.\d+\.\d+\n$/);
  });

  test('--help names every command and setting, and the exit statuses', async () => {
    const text = worked(await ask('--help'));
    const settings = worked(await onLibrary(place, ['--config'])).trimEnd().split('\n').map((line) => line.split(/\s/)[0].replaceAll('_', '-'));
    assert.ok(settings.includes('library-name') && settings.length > 50, `${settings}`);
    const commands = [
      'seed', 'force', 'random-seed', 'backup', 'seal', 'restore', 'until', 'import', 'dry-run', 'export', 'kind', 'profile', 'check', 'rebuild', 'full', 'repair', 'compact', 'salvage',
      'create-admin', 'reset-password', 'health', 'config', 'routes', 'openapi', 'version', 'help',
    ];
    for (const flag of [...commands, ...settings]) assert.match(text, new RegExp(`^  --${flag} `, 'm'), flag);
    assert.match(text, /0 done, 1 .*failed, 2 wrong usage/);
  });

  test('--routes prints every operation of /openapi.json, and no other', async () => {
    const printed = worked(await ask('--routes')).trimEnd().split('\n').map((line) => line.split(/\s+/).slice(0, 2).join(' '));
    const server = await startServer();
    const documented = server.contract.operations.map((one) => one.key);
    await server.stop();
    assert.deepEqual(printed.sort(), documented.sort());
    assert.ok(documented.length > 40);
  });

  test('--openapi prints what the server answers at /openapi.json', async () => {
    const printed = JSON.parse(worked(await ask('--openapi')));
    const server = await startServer();
    const served = await server.http('GET', '/openapi.json');
    await server.stop();
    assert.deepEqual(printed.paths, JSON.parse(served.text).paths);
  });

  test('none of them makes a library', () => {
    assert.deepEqual(readdirSync(place.directory), []);
  });
});

describe('wrong usage ends with 2 and one line', () => {
  let place;
  before(async () => {
    place = await home();
  });
  for (const [args, pattern] of [
    [['--nonsense'], /--nonsense/],
    [['--nonsense=3'], /--nonsense/],
    [['-h'], /-h\b/],
    [['serve'], /serve/],
    [[''], /--help/],
    [['--threads'], /--threads/],
    [['--threads', 'many'], /--threads.*many/],
    [['--threads', '1'], /--threads.*1.*4/],
    [['--threads', '100000'], /--threads/],
    [['--environment', 'moon'], /--environment.*moon/],
    [['--log-level', 'loud'], /--log-level/],
    [['--auth', 'maybe'], /--auth/],
    [['--max-active-borrows', '-1'], /--max-active-borrows/],
    [['--daily-fine', '1.0001'], /--daily-fine/],
    [['--daily-fine', 'free'], /--daily-fine/],
    [['--card-prefix', 'AB'], /--card-prefix/],
    [['--currency', 'XQX'], /--currency/],
    [['--version=3'], /--version/],
    [['--backup'], /--backup/],
    [['--import'], /--import/],
    [['--seed'], /--seed/],
    [['--check', '--health'], /--health|one command/],
    [['--dry-run'], /--dry-run.*--import/],
    [['--force'], /--force.*--seed/],
    [['--force', '--import', 'none.csv', '--dry-run'], /--force.*--seed/],
    [['--check', '--dry-run'], /--dry-run.*--import/],
    [['--random-seed', '7', '--health'], /--random-seed.*--seed/],
    [['--seed', 'minimal', '--random-seed', 'dice'], /--random-seed.*dice/],
  ]) {
    test(`carrel ${args.map((arg) => arg || "''").join(' ')}`, async () => {
      const result = await onLibrary(place, args);
      saysNo(result, 2, pattern);
      assert.deepEqual(readdirSync(place.directory), [], 'and nothing was made');
    });
  }

  for (const [name, env, pattern] of [
    ['CARREL_THREADS=few', { CARREL_THREADS: 'few' }, /CARREL_THREADS.*few/],
    ['CARREL_MAX_ACTIVE_BORROWS=-1', { CARREL_MAX_ACTIVE_BORROWS: '-1' }, /CARREL_MAX_ACTIVE_BORROWS/],
    ['a file for a value that is not there', { CARREL_LANGUAGE_FILE: '/nowhere/secret' }, /CARREL_LANGUAGE_FILE.*nowhere/],
    ['a value and a file for it', { CARREL_LANGUAGE: 'en', CARREL_LANGUAGE_FILE: '/nowhere' }, /CARREL_LANGUAGE.*CARREL_LANGUAGE_FILE/],
  ]) {
    test(`${name} in the environment`, async () => {
      saysNo(await onLibrary(place, ['--config'], { env }), 2, pattern);
    });
  }

  test('a line in .env that is not KEY=VALUE, naming the line', async () => {
    const broken = await home();
    await broken.write('.env', '# fine\nCARREL_LANGUAGE=de\nthis is not one\n');
    saysNo(await onLibrary(broken, ['--config']), 2, /\.env.*line 3/);
  });
});

describe('serving', () => {
  test('prints the URL first, then where the library is; answers there, and ends well on SIGINT too', async () => {
    const server = await startServer({ home: await home() });
    const lines = server.printed.trimEnd().split('\n');
    assert.match(lines[0], /^http:\/\/127\.0\.0\.1:\d+\/?$/);
    assert.ok(lines.slice(1).some((line) => line.endsWith(server.home.library)), server.printed);
    assert.ok(lines.some((line) => line.includes(`http://localhost:${server.port}`)), server.printed);
    const page = await fetch(`${server.url}/health`);
    assert.equal(page.status, 200);
    await server.stop({ keep: true, signal: 'SIGINT' });
    const left = readdirSync(server.directory);
    assert.ok(left.includes('library.db') && !left.includes('library.db.sock'), `${left}`);
    const wal = server.home.path('library.db-wal');
    assert.ok(!existsSync(wal) || statSync(wal).size === 0, 'the one file is the whole library');
    await assertSound(server.home);
  });

  test('without --db, library.db of the working directory', { skip: inChroot ? 'the working directory of a chroot is its root' : false }, async () => {
    const server = await startServer({ home: await home(), nameLibrary: false });
    await makeBook(server);
    await server.stop({ keep: true });
    assert.ok(statSync(server.home.path('library.db')).size > 0);
  });

  test('on IPv6 loopback', { skip: existsSync('/proc/net/if_inet6') && readFileSync('/proc/net/if_inet6', 'utf8').includes('00000000000000000000000000000001') ? false : 'this machine has no ::1' }, async () => {
    const server = await startServer({ home: await home(), listen: '[::1]:0' });
    assert.match(server.url, /^http:\/\/\[::1\]:\d+$/);
    expect(await server.get('/health'), 200);
    await server.stop({ keep: true });
  });

  /** A place for a library in a folder of that name. */
  async function homeCalled(name) {
    const place = await home();
    const directory = place.path(name);
    mkdirSync(directory);
    if (inChroot) chownSync(directory, 65534, 65534);
    const inside = (file) => `${place.inside(name)}/${file}`;
    return { ...place, directory: inChroot ? place.directory : directory, path: (file) => `${directory}/${file}`, inside, library: inside('library.db') };
  }

  // Digits before s and r: civetweb looks for "443s" and "80r" in what it is to listen on, and finds them in paths.
  for (const name of ['2026spring', 'room8r', '443s', 'with space', 'per%cent', 'Bücherei 図書館', "quo'te\"", '-dash']) {
    test(`from a folder called ${name}, and all that goes through the socket there`, async () => {
      const inner = await homeCalled(name);
      const server = await startServer({ home: inner });
      await makeBook(server);
      assert.deepEqual(JSON.parse(worked(await server.run(['--health']))), { status: 'ok', db: 'connected' });
      worked(await server.run(['--backup', inner.inside('copy.db')]));
      await server.stop({ keep: true });
      worked(await onLibrary(inner, ['--check']));
    });
  }

  // A socket's address has no room for such a path: it is named by its folder, where the system says how (/proc).
  for (const name of ['comma, and more', 'co:lon', `long-${'x'.repeat(120)}`]) {
    test(`from a folder called ${name.slice(0, 20)}, too`, { skip: inChroot && 'no /proc there' }, async () => {
      const inner = await homeCalled(name);
      const server = await startServer({ home: inner });
      await makeBook(server);
      assert.deepEqual(JSON.parse(worked(await server.run(['--health']))), { status: 'ok', db: 'connected' });
      await server.stop({ keep: true });
      assert.ok(!existsSync(inner.path('library.db.sock')), 'the socket has gone with the server');
      worked(await onLibrary(inner, ['--check']));
    });
  }

  test('not by a name that no socket can have: said whole, in one line', { skip: inChroot && 'no /proc there' }, async () => {
    const inner = await home();
    saysNo(await run(inner, ['--db', inner.inside(`long-${'x'.repeat(120)}.db`), '--listen', '127.0.0.1:0']), 1, /longer than 106 bytes.*shorter path\.?\n$/);
  });

  test('--auth off on loopback: everyone may do everything', async () => {
    const server = await startServer({ home: await home(), auth: 'off' });
    expect(await server.get('/admin/system-config'), 200);
    await server.stop({ keep: true });
  });

  test('on all addresses, once people sign in; the address it prints is one that can be gone to', async () => {
    const server = await startServer({ home: await home(), auth: 'on', listen: '0.0.0.0:0' });
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await server.get('/auth/me'), 200);
    await server.stop({ keep: true });
  });

  for (const listen of ['0.0.0.0:0', '[::]:0', '192.0.2.1:8000', 'localhost.evil.example:80']) {
    test(`not on ${listen} with --auth off: whoever reached it would be an administrator`, async () => {
      saysNo(await onLibrary(await home(), ['--listen', listen, '--auth', 'off']), 1, new RegExp(`${listen.replaceAll(/[[\].]/g, '\\$&')}.*127\\.0\\.0\\.1`));
    });
  }

  for (const listen of ['127.0.0.1', '127.0.0.1:', '127.0.0.1:http', '127.0.0.1:99999', '127.0.0.1:-1', '127.0.0.300:0', '[::1]']) {
    test(`not on ${listen}, which is no address and port`, async () => {
      const result = await onLibrary(await home(), ['--listen', listen]);
      assert.ok([1, 2].includes(result.code), JSON.stringify(result));
      saysNo(result, result.code, /./);
      assert.ok(result.stderr.includes(listen), result.stderr);
    });
  }

  test('a busy port, and a library that is in use: one line each, and the first server goes on', async () => {
    const first = await startServer({ home: await home() });
    saysNo(await onLibrary(await home(), ['--listen', `127.0.0.1:${first.port}`]), 1, new RegExp(String(first.port)));
    saysNo(await first.run(['--listen', '127.0.0.1:0']), 1, /in use/);
    saysNo(await first.run(['--seed', 'minimal']), 1, /in use/);
    expect(await first.get('/health'), 200);
    await makeBook(first);
    await first.stop({ keep: true });
    await assertSound(first.home);
  });

  test('a directory that is not there, or cannot be written to, and a directory instead of a file', async () => {
    const place = await home();
    saysNo(await run(place, ['--db', `${place.inside('missing')}/library.db`, '--listen', '127.0.0.1:0']), 1, /missing/);
    saysNo(await run(place, ['--db', inChroot ? '/library.db' : '/proc/library.db', '--listen', '127.0.0.1:0']), 1, /library\.db/);
    saysNo(await run(place, ['--db', inChroot ? '/data' : place.directory, '--listen', '127.0.0.1:0']), 1, /director/);
    saysNo(await run(place, ['--db', `${place.inside('')}`, '--listen', '127.0.0.1:0']), 1, /director/);
  });
});

// What the server makes of it stands in rescue.test.mjs.
describe('a file that is not a library is refused and left as it is', () => {
  /** An empty database of another program. */
  function otherDatabase() {
    const page = Buffer.alloc(4096);
    page.write('SQLite format 3\0', 0, 'latin1');
    page.writeUInt16BE(4096, 16);
    page.set([1, 1, 0, 64, 32, 32], 18);
    page.writeUInt32BE(1, 24); // change counter
    page.writeUInt32BE(1, 28); // pages
    page.writeUInt32BE(4, 44); // schema format
    page.writeUInt32BE(1, 56); // UTF-8
    page.writeUInt32BE(0x12345678, 68); // application id
    page.writeUInt32BE(1, 92);
    page.writeUInt32BE(3040001, 96);
    page[100] = 13; // an empty table leaf
    page.writeUInt16BE(4096, 105);
    return page;
  }

  const makers = {
    'a text file': () => Buffer.from('Dear diary,\n'.repeat(400)),
    'a short text file': () => Buffer.from('hello'),
    "another program's database": otherDatabase,
    'half a database header': () => otherDatabase().subarray(0, 60),
    'zeros': () => Buffer.alloc(8192),
    'a picture': () => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(5000, 7)]),
  };
  for (const [name, make] of Object.entries(makers)) {
    for (const args of [['--check'], ['--seed', 'minimal'], ['--seed', 'minimal', '--force'], ['--backup', 'OUT'], ['--import', 'IN']]) {
      test(`${name}, with ${args[0]}${args.includes('--force') ? ' --force' : ''}`, async () => {
        const place = await home();
        const bytes = make();
        const path = await place.write('library.db', bytes);
        await place.write('in.csv', CATALOGUE);
        saysNo(await onLibrary(place, args.map((arg) => ({ OUT: place.inside('out.db'), IN: place.inside('in.csv') })[arg] ?? arg)), 1, /library\.db/);
        assert.ok(readFileSync(path).equals(bytes), 'not a byte is different');
        assert.ok(!existsSync(place.path('out.db')));
      });
    }
  }

  test('a library of a newer Carrel is refused and left as it is', async () => {
    const place = await restingLibrary();
    const path = place.path('library.db');
    const bytes = readFileSync(path);
    bytes.writeUInt32BE(9999, 60); // user_version
    writeFileSync(path, bytes);
    saysNo(await onLibrary(place, ['--check']), 1, /newer/i);
    saysNo(await onLibrary(place, ['--create-admin', 'Eve'], { input: 'paper harbour lights\n' }), 1, /newer/i);
    assert.ok(readFileSync(path).equals(bytes));
  });

  test('a damaged library fails --check with words, not with a crash', async () => {
    const place = await restingLibrary();
    const path = place.path('library.db');
    const bytes = readFileSync(path);
    for (let page = 2; page * 4096 < bytes.length; page += 3) bytes.fill(0x5a, page * 4096, page * 4096 + 64);
    writeFileSync(path, bytes);
    const result = await onLibrary(place, ['--check']);
    assert.deepEqual([result.code, result.signal], [1, null], JSON.stringify(result));
    assert.ok((result.stdout + result.stderr).length > 20);
  });
});

describe('--health', () => {
  test('asks the running server', async () => {
    const server = await startServer({ home: await home() });
    assert.deepEqual(JSON.parse(worked(await server.run(['--health']))), { status: 'ok', db: 'connected' });
    await server.stop({ keep: true });
    saysNo(await onLibrary(server.home, ['--health']), 1, /./);
  });
});

describe('--config', () => {
  async function config(at, args = [], env = {}) {
    const text = worked(await onLibrary(at, [...args, '--config'], { env }));
    const rows = text.trimEnd().split('\n').map((line) => /^(\S+)\s+(.*?)\s+(flag|environment|\.env|stored|default|none)\s+(.+)$/.exec(line) ?? assert.fail(line));
    return Object.fromEntries(rows.map(([, name, value, source]) => [name, { value, source }]));
  }

  test('prints each setting and where it came from: flag before environment before .env before stored before default', async () => {
    const place = await home();
    const seen = [];
    const look = async (...more) => seen.push((await config(place, ...more)).library_name);
    await look();
    const server = await startServer({ home: place });
    expect(await server.put('/admin/system-config', { library_name: 'By Admin' }), 200);
    await server.stop({ keep: true });
    await look();
    await place.write('.env', '# ours\nOTHER_PROGRAM=1\nexport CARREL_LIBRARY_NAME="By Dotenv"   \nCARREL_CURRENCY=JPY # yen\nCARREL_DB=elsewhere.db\n');
    await look();
    await look([], { CARREL_LIBRARY_NAME: 'By Environment' });
    await look(['--library-name', 'By Flag'], { CARREL_LIBRARY_NAME: 'By Environment' });
    await look(['--library-name=By Flag'], {});
    await look([], { CARREL_LIBRARY_NAME: '' });
    assert.deepEqual(seen, [
      { value: 'My Library', source: 'default' }, { value: 'By Admin', source: 'stored' }, { value: 'By Dotenv', source: '.env' },
      { value: 'By Environment', source: 'environment' }, { value: 'By Flag', source: 'flag' }, { value: 'By Flag', source: 'flag' }, { value: 'By Dotenv', source: '.env' },
    ]);
    const all = await config(place);
    assertHas(all, { currency: { value: 'JPY', source: '.env' }, db: { value: place.library, source: 'flag' }, max_active_borrows: { value: '-', source: 'none' } });
    assert.ok(!existsSync(place.path('elsewhere.db')));
  });

  test('reads a value from the file that CARREL_…_FILE names', async () => {
    const place = await home();
    await place.write('secret', 'Sécret Library\nsecond line\n');
    assert.deepEqual((await config(place, [], { CARREL_LIBRARY_NAME_FILE: place.inside('secret') })).library_name, { value: 'Sécret Library', source: 'environment' });
  });

  test('does not make a library, and works beside a running server', async () => {
    const place = await home();
    await config(place);
    assert.deepEqual(readdirSync(place.directory), []);
    const server = await startServer({ home: place });
    expect(await server.put('/admin/system-config', { library_name: 'While Live' }), 200);
    assert.deepEqual((await config(place)).library_name, { value: 'While Live', source: 'stored' });
    await server.stop({ keep: true });
  });
});

describe('--backup', () => {
  test('of a live library goes through its server, and is a whole library: counts equal', async () => {
    const server = await startServer({ home: await home(), seedCsv: 'title,author,copies\nBackup One,A. B.,2\nBackup Two,C. D.,3\n' });
    const member = await makeMember(server);
    const [book] = expect(await server.get('/books?q=backup'), 200).data;
    const borrow = await lend(server, book, member);
    const before = await totals(server);
    const other = await home();
    const target = inChroot ? '/data/copy.db' : other.path('copy.db');
    const said = worked(await server.run(['--backup', target]));
    assert.match(said, /2 titles, 1 members?, 1 borrows?/);
    const log = server.logs.split('\n').filter((line) => line.includes('/admin/backups'));
    assert.equal(log.length, 1, 'the server made it');
    await makeBook(server, { title: 'After the Backup' });
    await server.stop({ keep: true });

    const copyHome = inChroot ? server.home : other;
    const library = inChroot ? '/data/copy.db' : other.path('copy.db');
    const restored = await startServer({ home: { ...copyHome, library, path: (name) => copyHome.path(name.replace('library.db', 'copy.db')) } });
    assert.deepEqual(await totals(restored), before);
    assert.equal(expect(await restored.get(`/borrows/${borrow.id}`), 200).status, 'borrowed');
    await restored.stop({ keep: true, check: true });
  });

  test('of a resting library; into a directory it gets a dated name; no scrap is left beside it', async () => {
    const place = await restingLibrary();
    worked(await onLibrary(place, ['--backup', place.inside('one.db')]));
    const before = readdirSync(place.directory);
    worked(await onLibrary(place, ['--backup', inChroot ? '/data' : place.directory]));
    const made = readdirSync(place.directory).filter((name) => !before.includes(name));
    assert.equal(made.length, 2, `${made}`);
    for (const name of made) assert.match(name, /^library-\d{4}-\d\d-\d\d-\d{6}\.db(\.json)?$/);
    const scraps = readdirSync(place.directory).filter((name) => /tmp|partial|-wal|-shm|-journal|\.sock$/.test(name) && statSync(place.path(name)).size > 0);
    assert.deepEqual(scraps, []);
    await assertSound({ ...place, library: place.inside('one.db') });
  });

  test('never overwrites: an existing target is refused and left as it is', async () => {
    const place = await restingLibrary();
    await place.write('precious.db', 'my only copy');
    saysNo(await onLibrary(place, ['--backup', place.inside('precious.db')]), 1, /precious\.db/);
    saysNo(await onLibrary(place, ['--backup', place.library]), 1, /library\.db/);
    assert.equal(readFileSync(place.path('precious.db'), 'utf8'), 'my only copy');
    const server = await startServer({ home: place });
    saysNo(await server.run(['--backup', place.inside('precious.db')]), 1, /precious\.db/);
    await server.stop({ keep: true });
    assert.equal(readFileSync(place.path('precious.db'), 'utf8'), 'my only copy');
    await assertSound(place);
  });

  test('to a place that is not there, or of a library that is not there, is one line', async () => {
    const place = await restingLibrary();
    saysNo(await onLibrary(place, ['--backup', place.inside('missing/dir/x.db')]), 1, /missing/);
    const empty = await home();
    saysNo(await onLibrary(empty, ['--backup', empty.inside('x.db')]), 1, /library\.db/);
    assert.deepEqual(readdirSync(empty.directory), [], 'no library was made to be backed up');
  });
});

describe('--check', () => {
  test('of a sound library, at rest and live, ends with 0', async () => {
    const place = await restingLibrary();
    assert.match(worked(await onLibrary(place, ['--check'])), /well/i);
    assert.match(worked(await onLibrary(place, ['--check', '--rebuild'])), /well/i);
    const server = await startServer({ home: place });
    assert.match(worked(await server.run(['--check'])), /well/i);
    assert.match(worked(await server.run(['--check', '--rebuild'])), /well/i);
    assert.equal(expect(await server.get('/books?q=resting'), 200).meta.total, 3, 'what was rebuilt still finds');
    await server.stop({ keep: true });
  });

  test('of a library that is not there is one line, and makes none', async () => {
    const place = await home();
    saysNo(await onLibrary(place, ['--check']), 1, /library\.db/);
    assert.deepEqual(readdirSync(place.directory), []);
  });
});

describe('--seed', () => {
  const books = async (place) => {
    const server = await startServer({ home: place });
    const counts = await totals(server);
    const rows = parseCsv((await server.get('/books/export/csv?sort_by=title')).text);
    await server.stop({ keep: true });
    return { counts, titles: rows.slice(1).map((row) => row[rows[0].indexOf('title')]) };
  };

  test('minimal fills an empty library; a second time it is refused without --force, and nothing is lost', async () => {
    const place = await home();
    const said = worked(await onLibrary(place, ['--seed', 'minimal', '--random-seed', '7']));
    assert.ok(said.endsWith(`carrel --db ${place.library}\n`), said);
    await assertSound(place);
    const first = await books(place);
    for (const [name, count] of Object.entries(first.counts)) assert.ok(count > 0, `${name}: ${count}`);
    saysNo(await onLibrary(place, ['--seed', 'minimal']), 1, /--force/);
    assert.deepEqual(await books(place), first);
    worked(await onLibrary(place, ['--seed', 'minimal', '--random-seed', '7', '--force']));
    await assertSound(place);
    assert.deepEqual(await books(place), first, 'replaced, not added to; the same number gives the same library');
    assert.deepEqual(readdirSync(place.directory).filter((name) => /seeding/.test(name)), []);
  });

  test("a test's clock says on which day the library ends, and two of that day are alike; without the environment test it is refused", async () => {
    const lastLoan = async () => {
      const clock = await makeTestClock('2026-03-12T10:24:00.000Z');
      worked(await run(clock.home, ['--db', clock.home.library, '--seed', 'minimal'], { env: clock.env }));
      saysNo(await run(clock.home, ['--db', clock.home.library, '--seed', 'minimal', '--force'], { env: { ...clock.env, CARREL_ENVIRONMENT: 'development' } }), 1, /CARREL_TEST_CLOCK/);
      const server = await startServer({ home: clock.home, env: clock.env });
      const [{ book, member, borrowed_at: at }] = expect(await server.get('/borrows?sort_by=borrowed_at&order=desc&limit=1'), 200).data;
      await server.stop({ check: true });
      return { title: book.title, name: member.name, at };
    };
    const first = await lastLoan();
    assert.match(first.at, /^2026-03-1[12]T/);
    assert.deepEqual(await lastLoan(), first);
  });

  test('--force after a crash: the old library goes whole, and nothing of it returns', async () => {
    const place = await home();
    const server = await startServer({ home: place });
    await makeBook(server, { title: 'Left in the WAL' });
    await server.kill();
    assert.ok(statSync(place.path('library.db-wal')).size > 0, 'there is something to lose');
    saysNo(await onLibrary(place, ['--seed', 'minimal']), 1, /--force/);
    worked(await onLibrary(place, ['--seed', 'minimal', '--force']));
    await assertSound(place);
    assert.ok(!(await books(place)).titles.includes('Left in the WAL'));
  });

  test('--force through a link replaces the library that the link names', async () => {
    const place = await home();
    worked(await onLibrary(place, ['--seed', 'minimal', '--random-seed', '7']));
    symlinkSync('library.db', place.path('link.db'));
    const link = place.library.replace(/library\.db$/, 'link.db');
    worked(await run(place, ['--db', link, '--seed', 'minimal', '--random-seed', '8', '--force']));
    assert.ok(lstatSync(place.path('link.db')).isSymbolicLink());
    assert.deepEqual(readdirSync(place.directory).filter((name) => /link\.db./.test(name)), []);
    await assertSound(place);
  });

  test('scaled_demo is written at once, and every check finds it in order', async () => {
    const place = await home();
    const output = worked(await onLibrary(place, ['--seed', 'scaled_demo']));
    assert.match(output, /50,000 titles, 1\d\d,\d{3} copies, 5,000 members, 2\d,\d{3} loans/);
    assert.match(output, /loans a second/);
    await assertSound(place);
    assert.deepEqual(readdirSync(place.directory).filter((name) => /seeding/.test(name)), []);
  });

  test('Ctrl-C in the middle leaves no half file, and the old library as it was', async () => {
    const place = await home();
    worked(await onLibrary(place, ['--seed', 'minimal']));
    const before = readFileSync(place.path('library.db'));
    const result = await onLibrary(place, ['--seed', 'mid_scale', '--force'], { onOutput: (child) => child.kill('SIGINT') });
    assert.notEqual(result.code, 0, JSON.stringify(result));
    assert.match(result.stdout, /10 %/);
    assert.doesNotMatch(result.stdout, /Seeded/);
    assert.deepEqual(readdirSync(place.directory).filter((name) => /seeding/.test(name)), []);
    assert.ok(before.equals(readFileSync(place.path('library.db'))));
    await assertSound(place);
  });

  test('is refused in production, with --force too', async () => {
    const place = await home();
    for (const args of [['--seed', 'minimal'], ['--seed', 'minimal', '--force']]) {
      saysNo(await onLibrary(place, args, { env: { CARREL_ENVIRONMENT: 'production' } }), 1, /production/);
      saysNo(await onLibrary(place, [...args, '--environment', 'production']), 1, /production/);
    }
    assert.deepEqual(readdirSync(place.directory), []);
  });

  test('with a scenario nobody knows is one line and makes nothing', async () => {
    const place = await home();
    const result = await onLibrary(place, ['--seed', 'apocalypse']);
    assert.ok([1, 2].includes(result.code), JSON.stringify(result));
    saysNo(result, result.code, /apocalypse.*minimal|minimal.*apocalypse/);
    assert.ok(!existsSync(place.path('library.db')));
  });
});
