// The packages, really installed, upgraded and removed in a small Debian of their own (a folder, entered by chroot), and
// the programs for other machines, run under qemu. Needs root, debootstrap and what `make package` has left in dist/.
//
//     make test-package
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

const top = path.join(import.meta.dirname, '../..');
const dist = path.join(top, 'dist');
const version = /CARREL_VERSION "(.*)"/.exec(readFileSync(path.join(top, 'src/base/version.h'), 'utf8'))[1];
const NEWER = `${version}+next`;
const LIBRARY = '/var/lib/carrel/library.db';
const OWNER = '61184'; // as DynamicUser= would choose one: systemd.exec(5)
const run = (command, ...args) => execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const native = run('dpkg', '--print-architecture').trim();
const debOf = (own, architecture) => path.join(dist, `carrel_${own}_${architecture}.deb`);
const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

/** Starts a program that serves, and says where. */
async function serve(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  const url = await new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      if (printed.includes('\n')) resolve(printed.split('\n')[0]);
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  });
  const ask = async (method, address, body) => {
    const reply = await fetch(new URL(address, url), { method, headers: body ? { 'Content-Type': 'application/json' } : {}, body: body && JSON.stringify(body) });
    const text = await reply.text();
    assert.ok(reply.ok, `${method} ${address}: ${reply.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    assert.equal(await ended, 0, 'it ends well');
    children.delete(child);
  };
  return { ask, stop };
}

/** A loan, so that there is something to lose. */
async function lendOne(ask) {
  const book = await ask('POST', '/api/v1/books', { title: 'Middlemarch', author: 'George Eliot' });
  const member = await ask('POST', '/api/v1/members', { name: 'Amina Diallo' });
  return ask('POST', '/api/v1/borrows', { book_id: book.id, member_id: member.id });
}

describe('the package', () => {
  let root;
  const inside = (...command) => run('chroot', root, ...command);
  const start = () => serve('chroot', [root, 'setpriv', `--reuid=${OWNER}`, `--regid=${OWNER}`, '--clear-groups', '/usr/bin/carrel',
    '--db', LIBRARY, '--listen', '127.0.0.1:0', '--auth', 'off']);

  before(() => {
    root = mkdtempSync(path.join(tmpdir(), 'carrel-debian-'));
    run(path.join(top, 'tests/packaging/debian.sh'), root);
    run('cp', debOf(version, native), path.join(root, 'tmp'));
    // The next version: the same files under another number.
    const next = path.join(root, 'tmp/next');
    run('dpkg-deb', '--raw-extract', debOf(version, native), next);
    const control = path.join(next, 'DEBIAN/control');
    writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${NEWER}`));
    run('dpkg-deb', '--root-owner-group', '-Znone', '--build', next, path.join(root, `tmp/carrel_${NEWER}_${native}.deb`));
  });
  after(() => root && rmSync(root, { recursive: true, force: true }));

  test('is installed without any other package, and serves', async () => {
    inside('dpkg', '--install', `/tmp/carrel_${version}_${native}.deb`);
    assert.equal(inside('carrel', '--version').trim(), `carrel ${version}`);
    assert.equal(inside('dpkg', '--verify', 'carrel'), '', 'every file is as it was packed');
    assert.ok(existsSync(path.join(root, 'lib/systemd/system/carrel.service')));
    run('install', '-d', '-o', OWNER, '-g', OWNER, '-m', '700', path.join(root, 'var/lib/carrel'));
    const server = await start();
    await lendOne(server.ask);
    await server.stop();
  });

  test('makes a backup before it is upgraded while people work, and loses nothing', async () => {
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
    inside('dpkg', '--remove', 'carrel');
    assert.ok(!existsSync(path.join(root, 'usr/bin/carrel')));
    const said = inside('dpkg', '--purge', 'carrel');
    assert.match(said, /the library stays/);
    assert.ok(existsSync(path.join(root, LIBRARY)));
    assert.ok(!existsSync(path.join(root, 'etc/avahi/services/carrel.service')));
  });
});

describe('the programs for other machines', () => {
  const EMULATORS = { arm64: 'qemu-aarch64', armhf: 'qemu-arm' };
  const others = Object.keys(EMULATORS).filter((architecture) => existsSync(debOf(version, architecture)));

  test('are there', () => assert.ok(others.includes('arm64'), `dist/ has ${others}`));

  for (const architecture of others) {
    test(`${architecture}: lends a book, is stopped, and every check finds the library in order`, async () => {
      const folder = mkdtempSync(path.join(tmpdir(), `carrel-${architecture}-`));
      run('tar', 'xf', path.join(dist, `carrel-${version}-${architecture}.tar.gz`), '-C', folder, '--strip-components=1');
      const program = path.join(folder, 'carrel');
      const server = await serve(EMULATORS[architecture], [program, '--db', path.join(folder, 'library.db'), '--listen', '127.0.0.1:0', '--auth', 'off']);
      const loan = await lendOne(server.ask);
      assert.equal((await server.ask('GET', '/api/v1/search/books?q=midlemarch')).data[0].title, 'Middlemarch', 'with a typing mistake');
      await server.ask('POST', `/api/v1/borrows/${loan.id}/return`);
      await server.stop();
      // The file is the same on every machine: written there, read here.
      assert.match(run(path.join(top, 'build/carrel'), '--db', path.join(folder, 'library.db'), '--check'), /All is well/);
      rmSync(folder, { recursive: true, force: true });
    });
  }
});
