// The service under a real systemd: the package is installed in a small Debian whose first process is systemd, in namespaces
// of its own (boot.sh), with a network that a second namespace shares. Needs root, debootstrap, and dist/ from `make package`.
//
//     make test-package        build/package/service.transcript has what was typed and answered
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LIBRARY, debOf, native, run, top, transcript, until, version } from './support.mjs';

const NAME = 'bookshelf';
const ADDRESS = '10.99.0.1'; // of networks that exist in the two namespaces only
const VISITOR = '10.99.0.2';
const WATCHDOG_SECONDS = 4;
const PACKAGES = ['systemd', 'systemd-sysv', 'dbus', 'avahi-daemon', 'avahi-utils', 'curl', 'iproute2'];
const PASSWORD = 'seven lantern harbours';

const { heading, typed } = transcript('service');
const children = [];

/** A process in namespaces of its own, and the id of the first process inside. */
async function begin(...command) {
  const outer = spawn('unshare', command, { stdio: 'ignore' });
  children.push(outer);
  return until(() => outer.exitCode !== null || readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').trim());
}

describe('the service', { concurrency: false }, () => {
  let root;
  let machine; // the id of its first process
  let visitor; // … and of one who shares its network, and nothing else
  const enter = (...command) => run('nsenter', '--target', machine, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd', ...command);
  const inside = (...command) => {
    const answer = enter(...command);
    typed(command, answer);
    return answer;
  };
  const visit = (...command) => run('nsenter', '--target', visitor, '--net', ...command);
  const property = (name) => enter('systemctl', 'show', 'carrel', '--property', name, '--value').trim();
  const json = (...args) => JSON.parse(enter('curl', '--silent', '--fail-with-body', ...args));
  const api = 'http://localhost:8000/api/v1';

  before(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'carrel-machine-'));
    run(path.join(top, 'tests/packaging/debian.sh'), root, ...PACKAGES);
    run('cp', debOf(version, native), path.join(root, 'root'));
    writeFileSync(path.join(root, 'etc/hostname'), `${NAME}\n`);
    machine = await begin('--pid', '--fork', '--mount', '--uts', '--ipc', '--net', '--cgroup', path.join(top, 'tests/packaging/boot.sh'), root);
    visitor = await begin('--net', '--fork', 'sleep', 'infinity');
    run('ip', 'link', 'add', 'lan', 'netns', machine, 'type', 'veth', 'peer', 'name', 'lan', 'netns', visitor);
    await until(() => ['running', 'degraded'].includes(state()));
    for (const [act, address] of [[enter, ADDRESS], [visit, VISITOR]]) {
      act('ip', 'address', 'add', `${address}/24`, 'dev', 'lan');
      act('ip', 'link', 'set', 'lan', 'up');
    }
  });
  const state = () => {
    try {
      return enter('systemctl', 'is-system-running').trim();
    } catch (error) {
      return String(error.stdout).trim();
    }
  };
  after(() => {
    for (const child of children) {
      const [inner] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
      if (inner) process.kill(Number(inner), 'SIGKILL');
    }
    rmSync(root, { recursive: true, force: true });
  });

  test('is ready when the package is installed: it has said so itself, and answers', () => {
    heading('Installed: it starts by itself, and says when it serves');
    inside('dpkg', '--install', `/root/carrel_${version}_${native}.deb`);
    assert.match(inside('systemctl', 'show', 'carrel', '--property', 'Type,ActiveState,StatusText,WatchdogUSec'), /StatusText=Serving\n/);
    assert.equal(property('ActiveState'), 'active');
    assert.equal(json('http://localhost:8000/healthz').status, 'ok');
    inside('carrel', '--db', LIBRARY, '--health');
  });

  test('keeps its folder, its file and its socket to itself', () => {
    heading('Its folder, its file and its socket are its own');
    const listed = inside('ls', '-l', '--almost-all', '--numeric-uid-gid', '/var/lib/private/carrel');
    const owner = enter('stat', '--format', '%u', LIBRARY).trim();
    assert.ok(Number(owner) >= 61184 && Number(owner) <= 65519, `a user that systemd made up (DynamicUser=): ${owner}`);
    for (const line of listed.trim().split('\n').slice(1)) assert.match(line, new RegExp(`^[-sd]rw[-x]------\\S* +\\d+ ${owner} `), line);
    assert.match(listed, /^srw------- .* library\.db\.sock$/m);
    assert.match(readFileSync(`/proc/${outerId()}/status`, 'utf8'), /^CapBnd:\t0+\nCapAmb:\t0+\nNoNewPrivs:\t1\nSeccomp:\t2$/m);
  });
  /** The server's id outside: of the program of that name among the machine's own processes. */
  const outerId = () => run('pgrep', '--ns', machine, '--nslist', 'pid', '--exact', 'carrel').trim().split('\n')[0];

  test('is closed in: systemd-analyze security says 1.4 or better', () => {
    heading('Closed in');
    const report = enter('systemd-analyze', 'security', 'carrel', '--no-pager');
    const verdict = /Overall exposure level for carrel\.service: ([\d.]+) (.*)/.exec(report);
    typed(['systemd-analyze', 'security', 'carrel'], verdict[0]);
    assert.ok(Number(verdict[1]) <= 1.4, verdict[0]);
  });

  test('is started anew when it hangs, and has what was answered before', async () => {
    heading(`Hangs: systemd starts it anew (WatchdogSec=${WATCHDOG_SECONDS} here, 120 as delivered)`);
    const folder = path.join(root, 'etc/systemd/system/carrel.service.d');
    enter('mkdir', '--parents', '/etc/systemd/system/carrel.service.d');
    assert.ok(mkdirSync(folder, { recursive: true }) === undefined);
    writeFileSync(path.join(folder, 'watchdog.conf'), `[Service]\nWatchdogSec=${WATCHDOG_SECONDS}\n`);
    inside('systemctl', 'daemon-reload');
    inside('systemctl', 'restart', 'carrel');
    enter('sh', '-c', `echo '${PASSWORD}' | carrel --db ${LIBRARY} --create-admin Anna`);
    const body = (value) => ['--header', 'Content-Type: application/json', '--data', JSON.stringify(value)];
    const { access_token: token } = json(...body({ name: 'Anna', password: PASSWORD, want: 'token' }), `${api}/auth/login`);
    const signed = ['--header', `Authorization: Bearer ${token}`];
    const book = json(...signed, ...body({ title: 'Middlemarch', author: 'George Eliot' }), `${api}/books`);
    inside('systemctl', 'kill', '--signal', 'STOP', 'carrel');
    await until(() => property('NRestarts') === '1' && property('ActiveState') === 'active');
    inside('systemctl', 'show', 'carrel', '--property', 'NRestarts,ActiveState,StatusText');
    assert.equal(json(...signed, `${api}/books/${book.id}`).title, 'Middlemarch');
  });

  test('is found as NAME.local by whoever shares the network, and named to those who look for libraries', async () => {
    heading('From another machine of the house');
    const address = await until(() => {
      try {
        return visit(process.execPath, path.join(top, 'tests/packaging/ask_mdns.mjs'), NAME, VISITOR).trim();
      } catch {
        return '';
      }
    });
    assert.equal(address, ADDRESS);
    const answer = visit('curl', '--silent', '--show-error', '--fail-with-body', '--resolve', `${NAME}.local:8000:${address}`, `http://${NAME}.local:8000/healthz`);
    typed(['curl', `http://${NAME}.local:8000/healthz`], answer);
    assert.equal(JSON.parse(answer).status, 'ok');
    const named = await until(() => enter('avahi-browse', '--no-db-lookup', '--parsable', '--terminate', '--resolve', '_http._tcp').split('\n').find((line) => /^=;lan;IPv4;/.test(line)));
    typed(['avahi-browse', '--no-db-lookup', '--parsable', '--terminate', '--resolve', '_http._tcp'], named);
    assert.match(named, new RegExp(`;Library\\\\032on\\\\032${NAME};_http\\._tcp;local;${NAME}\\.local;${ADDRESS.replaceAll('.', '\\.')};8000;`));
  });

  test('is stopped in good order, with everything in the one file, and goes with the package; the library stays', () => {
    heading('Stopped and removed: the library stays');
    inside('systemctl', 'stop', 'carrel');
    assert.match(inside('systemctl', 'show', 'carrel', '--property', 'Result,ExecMainStatus'), /Result=success\nExecMainStatus=0|ExecMainStatus=0\nResult=success/);
    assert.doesNotMatch(enter('ls', '/var/lib/private/carrel'), /-wal|\.sock/);
    inside('systemctl', 'start', 'carrel');
    inside('dpkg', '--purge', 'carrel');
    assert.equal(property('ActiveState'), 'inactive');
    assert.equal(property('LoadState'), 'not-found');
    inside('ls', '-l', LIBRARY);
  });
});
