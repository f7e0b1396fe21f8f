// The server as a service: what it tells the service manager that started it (sd_notify(3)), and how a container has it
// filled with a demonstration.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { expect } from '../support/library.mjs';
import { makeHome, run, startServer } from '../support/server.mjs';

// Node has no datagrams over Unix sockets; the perl of every Debian has.
const LISTEN = `use Socket; $| = 1; socket(my $s, PF_UNIX, SOCK_DGRAM, 0) or die; bind($s, sockaddr_un($ARGV[0])) or die;
print "listening\\n"; while (defined(recv($s, my $m, 4096, 0))) { $m =~ s/\\n/ /g; print "$m\\n"; }`;

let home;
let listener;
const told = [];
const until = async (found, what) => {
  for (let i = 0; i < 400; i++) {
    if (found()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`${what}: ${JSON.stringify(told)}`);
};

before(async () => {
  home = await makeHome();
  listener = spawn('perl', ['-e', LISTEN, home.path('notify.sock')], { stdio: ['ignore', 'pipe', 'inherit'] });
  let rest = '';
  listener.stdout.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    told.push(...lines);
  });
  await until(() => told.includes('listening'), 'the listener');
  chmodSync(home.path('notify.sock'), 0o777);
});
after(async () => {
  listener.kill();
  await home.remove();
});

describe('the service manager', () => {
  test('is told when the library is served, again and again that it is well, and when it ends', async () => {
    const server = await startServer({ home, env: { NOTIFY_SOCKET: home.inside('notify.sock'), WATCHDOG_USEC: '200000' } });
    await until(() => told.includes('READY=1 STATUS=Serving'), 'ready');
    await until(() => told.filter((line) => line === 'WATCHDOG=1').length >= 3, 'alive, three times');
    assert.ok(!told.includes('STOPPING=1'));
    await server.stop({ check: true, keep: true });
    await until(() => told.at(-1) === 'STOPPING=1', 'stopping, and nothing after it');
    assert.equal(told.filter((line) => line.startsWith('READY=1')).length, 1);
  });

  test('hears nothing of watching where it does not watch, or watches another process', async () => {
    const sofar = told.length;
    const server = await startServer({ home, env: { NOTIFY_SOCKET: home.inside('notify.sock'), WATCHDOG_USEC: '100000', WATCHDOG_PID: '1' } });
    await until(() => told.length > sofar, 'ready');
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.deepEqual(told.slice(sofar), ['READY=1 STATUS=Serving']);
    await server.stop({ check: true, keep: true });
  });

  test('lets a restored library be opened for as long as that takes, and watches again when it is served', async () => {
    const sofar = told.length;
    const server = await startServer({ home, env: { NOTIFY_SOCKET: home.inside('notify.sock'), WATCHDOG_USEC: '400000' } });
    const backup = expect(await server.post('/admin/backups'), 201);
    expect(await server.post('/admin/restore', { backup_id: backup.id, confirm: true }), 202);
    const since = () => told.slice(sofar).filter((line) => line !== 'WATCHDOG=1');
    await until(() => since().length >= 4, 'served again');
    assert.deepEqual(since(), ['READY=1 STATUS=Serving', 'STATUS=Opening the library WATCHDOG_USEC=86400000000', 'READY=1 STATUS=Serving', 'WATCHDOG_USEC=400000']);
    const again = told.length;
    await until(() => told.slice(again).includes('WATCHDOG=1'), 'alive');
    await server.stop({ check: true, keep: true });
  });

  test('that has gone away ends nothing: the library is served all the same', async () => {
    const server = await startServer({ home, env: { NOTIFY_SOCKET: home.inside('nobody.sock'), WATCHDOG_USEC: '100000' } });
    assert.equal((await server.api('GET', '/books')).status, 200);
    assert.match(server.logs, /service manager cannot be told/);
    await server.stop({ check: true, keep: true });
  });
});

describe('a container', () => {
  const SEEDED = { CARREL_SEED_DATA: 'true', CARREL_SEED_SCENARIO: 'minimal' };
  const titlesOf = async (server) => expect(await server.get('/books?limit=1'), 200).meta.total;
  let place;
  before(async () => {
    place = await makeHome();
  });
  after(() => place.remove());
  const start = (env) => startServer({ home: place, env });

  test('has an empty library filled before it is served, and what is in it left alone at the next start', async () => {
    const first = await start(SEEDED);
    assert.match(first.url, /^http:/, 'the first line is the address all the same');
    assert.equal(await titlesOf(first), 5000);
    expect(await first.post('/books', { title: 'A new one', author: 'Somebody' }), 201);
    await first.stop({ check: true, keep: true });
    const second = await start(SEEDED);
    assert.equal(await titlesOf(second), 5001);
    await second.stop({ keep: true });
  });

  test('has it made anew where that is said, and never in production', async () => {
    const refused = await run(place, ['--db', place.library, '--listen', '127.0.0.1:0', '--auth', 'off'], { env: { ...SEEDED, CARREL_FORCE_SEED: 'true', CARREL_ENVIRONMENT: 'production' } });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /production/);
    const kept = await start({});
    assert.equal(await titlesOf(kept), 5001);
    await kept.stop({ keep: true });
    const anew = await start({ ...SEEDED, CARREL_FORCE_SEED: 'true' });
    assert.equal(await titlesOf(anew), 5000);
    await anew.stop({ keep: true });
  });
});
