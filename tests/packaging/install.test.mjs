// The packages, really installed, upgraded and removed in a small Debian of their own (a folder, entered by chroot), and
// the programs for other machines, run under qemu. Needs root, debootstrap and what `make package` has left in dist/.
//
//     make test-package
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { EMULATORS, LIBRARY, debOf, native, packed, run, serve, top, transcript, unpack, version } from './support.mjs';

const NEWER = `${version}+next`;
const OWNER = '61184'; // as DynamicUser= would choose one: systemd.exec(5)
/** The library's folder as the service sees it: where nobody but root may go, and for the service alone in an open place. */
const SERVE = `mount --bind /var/lib/private/carrel /mnt
  mount -t tmpfs -o mode=755 tmpfs /var/lib/private
  mkdir /var/lib/private/carrel
  mount --bind /mnt /var/lib/private/carrel
  exec setpriv --reuid=${OWNER} --regid=${OWNER} --clear-groups /usr/bin/carrel --db ${LIBRARY} --listen 127.0.0.1:0 --auth off`;
/** What systemctl does to one unit, as far as the package asks it. */
const SYSTEMCTL = `#!/bin/sh
link=/etc/systemd/system/multi-user.target.wants/carrel.service
case $1 in
    enable) mkdir -p "\${link%/*}"; ln -sf /lib/systemd/system/carrel.service $link ;;
    disable) rm -f $link ;;
    is-enabled) test -L $link; exit ;;
esac
echo "$@" >>/tmp/systemctl.log
test "$1" != "$(cat /tmp/systemctl.fails 2>/dev/null)"
`;
const { heading, typed } = transcript('install');

/** A loan, so that there is something to lose. */
async function lendOne(ask) {
  const book = await ask('POST', '/api/v1/books', { title: 'Middlemarch', author: 'George Eliot' });
  const member = await ask('POST', '/api/v1/members', { name: 'Amina Diallo' });
  return ask('POST', '/api/v1/borrows', { book_id: book.id, member_id: member.id });
}

describe('the package', () => {
  let root;
  const inside = (...command) => {
    const answer = run('chroot', root, ...command);
    typed(command, answer);
    return answer;
  };
  const start = () => serve('unshare', ['--mount', 'chroot', root, 'sh', '-ec', SERVE]);

  before(() => {
    root = mkdtempSync(path.join(tmpdir(), 'carrel-debian-'));
    run(path.join(top, 'tests/packaging/debian.sh'), root);
    run('mount', '--bind', root, root); // for mounts of its own, what is entered by chroot must be one
    run('cp', debOf(version, native), path.join(root, 'tmp'));
    // The next version: the same files under another number.
    const next = path.join(root, 'tmp/next');
    run('dpkg-deb', '--raw-extract', debOf(version, native), next);
    const control = path.join(next, 'DEBIAN/control');
    writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${NEWER}`));
    run('dpkg-deb', '--root-owner-group', '-Znone', '--build', next, path.join(root, `tmp/carrel_${NEWER}_${native}.deb`));
  });
  after(() => {
    run('umount', root);
    rmSync(root, { recursive: true, force: true });
  });

  test('is installed without any other package, and serves', async () => {
    heading('Installed on a bare Debian, without any other package');
    inside('dpkg', '--install', `/tmp/carrel_${version}_${native}.deb`);
    assert.equal(inside('carrel', '--version').trim(), `carrel ${version}`);
    assert.equal(inside('dpkg', '--verify', 'carrel'), '', 'every file is as it was packed');
    assert.ok(existsSync(path.join(root, 'lib/systemd/system/carrel.service')));
    mkdirSync(path.join(root, 'var/lib/private'), { mode: 0o700 });
    run('install', '-d', '-o', OWNER, '-g', OWNER, '-m', '700', path.join(root, 'var/lib/private/carrel'));
    symlinkSync('private/carrel', path.join(root, 'var/lib/carrel'));
    const server = await start();
    await lendOne(server.ask);
    await server.stop();
  });

  test('makes a backup before it is upgraded while people work, and loses nothing', async () => {
    heading('Upgraded while it serves: a verified backup first');
    const server = await start();
    const said = inside('dpkg', '--install', `/tmp/carrel_${NEWER}_${native}.deb`);
    assert.match(said, /making a backup before the upgrade/);
    const backups = readdirSync(path.join(root, 'var/lib/carrel/backups')).filter((name) => name.endsWith('.db'));
    assert.equal(backups.length, 1, 'one backup');
    inside('carrel', '--db', `/var/lib/carrel/backups/${backups[0]}`, '--check');
    assert.equal((await server.ask('GET', '/api/v1/borrows?status=borrowed')).meta.total, 1, 'the old program serves until it is stopped');
    await server.stop();
    const upgraded = await start();
    assert.equal((await upgraded.ask('GET', '/api/v1/borrows?status=borrowed')).meta.total, 1);
    await upgraded.stop();
  });

  test('is not upgraded when no backup can be made', () => {
    const library = path.join(root, LIBRARY);
    run('cp', '-p', library, `${library}.kept`);
    run('dd', 'if=/dev/zero', `of=${library}`, 'bs=4096', 'count=1', 'conv=notrunc');
    assert.throws(() => inside('dpkg', '--install', `/tmp/carrel_${version}_${native}.deb`), /nothing was upgraded/);
    assert.match(inside('dpkg-query', '--show', '--showformat=${Version} ${db:Status-Status}', 'carrel'), new RegExp(`^${NEWER.replace('+', '\\+')} installed$`));
    run('mv', `${library}.kept`, library);
  });

  test('is removed and purged, and the library stays', () => {
    heading('Removed, purged: the library stays');
    inside('dpkg', '--remove', 'carrel');
    assert.ok(!existsSync(path.join(root, 'usr/bin/carrel')));
    const said = inside('dpkg', '--purge', 'carrel');
    assert.match(said, /the library stays/);
    assert.ok(existsSync(path.join(root, LIBRARY)));
    assert.ok(!existsSync(path.join(root, 'etc/avahi/services/carrel.service')));
  });

  test('with systemd: it is started, restarted when upgraded, and serves again when it is installed again', () => {
    const deb = `/tmp/carrel_${version}_${native}.deb`;
    const log = path.join(root, 'tmp/systemctl.log');
    const acts = (...command) => {
      writeFileSync(log, '');
      inside(...command);
      return readFileSync(log, 'utf8').split('\n').filter((line) => /^(start|stop|restart|enable|disable) /.test(line));
    };
    mkdirSync(path.join(root, 'run/systemd/system'), { recursive: true });
    writeFileSync(path.join(root, 'usr/bin/systemctl'), SYSTEMCTL, { mode: 0o755 });
    assert.deepEqual(acts('dpkg', '--install', deb), ['enable carrel.service', 'start carrel.service']);
    assert.deepEqual(acts('dpkg', '--install', `/tmp/carrel_${NEWER}_${native}.deb`), ['restart carrel.service']);
    assert.deepEqual(acts('dpkg', '--remove', 'carrel'), ['stop carrel.service']);
    assert.deepEqual(acts('dpkg', '--install', deb), ['restart carrel.service'], 'after it was removed');
    writeFileSync(path.join(root, 'tmp/systemctl.fails'), 'restart');
    acts('dpkg', '--install', `/tmp/carrel_${NEWER}_${native}.deb`);
    assert.match(inside('dpkg-query', '--show', '--showformat=${db:Status-Status}', 'carrel'), /^installed$/, 'though its port is taken');
    acts('dpkg', '--purge', 'carrel');
    assert.throws(() => inside('systemctl', 'is-enabled', 'carrel.service'));
  });
});

describe('the programs for other machines', () => {
  const others = packed().filter((architecture) => architecture !== native);

  test('are there', () => assert.ok(others.length > 0, `dist/ has none but ${native}`));

  for (const architecture of others) {
    // Seconds since 1970 need more than 31 bits from 19 January 2038 on, and 32-bit machines are among these.
    test(`${architecture}: lends a book that is due after 2038, takes it back, and every check finds the library in order`, async () => {
      const folder = mkdtempSync(path.join(tmpdir(), `carrel-${architecture}-`));
      const program = unpack(architecture, folder);
      const clock = path.join(folder, 'clock');
      writeFileSync(clock, '2038-01-15T10:00:00.000Z\n');
      const env = { ...process.env, CARREL_ENVIRONMENT: 'test', CARREL_TEST_CLOCK: clock };
      const args = [program, '--db', path.join(folder, 'library.db'), '--listen', '127.0.0.1:0', '--auth', 'off'];
      const begin = () => serve(EMULATORS[architecture], args, env);

      let server = await begin();
      const { id } = await lendOne(server.ask);
      assert.equal((await server.ask('GET', '/api/v1/search/books?q=midlemarch')).data[0].title, 'Middlemarch', 'with a typing mistake');
      await server.stop();
      server = await begin();
      const lent = await server.ask('GET', `/api/v1/borrows/${id}`);
      assert.equal(lent.borrowed_at, '2038-01-15T10:00:00.000Z');
      assert.ok(lent.due_date > '2038-01-19T03:14:07.000Z', lent.due_date);
      assert.equal(lent.overdue, false);
      writeFileSync(clock, '2038-06-01T10:00:00.000Z\n', { flag: 'r+' });
      assert.equal((await server.ask('GET', `/api/v1/borrows/${id}`)).overdue, true);
      await server.ask('POST', `/api/v1/borrows/${id}/return`);
      await server.stop();
      // The file is the same on every machine: written there, read here.
      assert.match(run(path.join(top, 'build/carrel'), '--db', path.join(folder, 'library.db'), '--check'), /All is well/);
      rmSync(folder, { recursive: true, force: true });
    });
  }
});
