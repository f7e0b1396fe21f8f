// The image without Docker: the Dockerfile itself is read, and each of its steps is done as an engine would do it, in folders
// (chroot) and namespaces. So the file cannot drift from what has been tried. Needs root, debootstrap and the network.
//
//     make test-image        build/package/image.transcript has the steps
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { run, top, transcript, until } from './support.mjs';

const { heading, typed } = transcript('image');

/** The instructions: comments away, lines joined. */
const instructions = readFileSync(path.join(top, 'Dockerfile'), 'utf8').replace(/^#.*\n/gm, '').replace(/\\\n/g, ' ').split('\n').filter(Boolean)
  .map((line) => /^([A-Z]+)\s+(.*)$/.exec(line)).map(([line, word, rest]) => ({ line, word, rest }));
/** --from=build a b → { flags: { from: 'build' }, words: ['a', 'b'] } */
function words(rest) {
  const all = rest.split(/\s+/);
  const flags = all.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('='));
  return { flags: Object.fromEntries(flags), words: all.filter((word) => !word.startsWith('--')) };
}

const work = mkdtempSync(path.join(tmpdir(), 'carrel-image-'));
const stages = [];

/** What is sent to an engine: everything but what .dockerignore names. */
function context() {
  const folder = path.join(work, 'context');
  const excluded = readFileSync(path.join(top, '.dockerignore'), 'utf8').split('\n').filter(Boolean).map((line) => `--exclude=${line.startsWith('**/') ? line.slice(3) : `./${line}`}`);
  mkdirSync(folder);
  run('sh', '-c', 'from=$1 to=$2; shift 2; tar --create --directory "$from" "$@" . | tar --extract --directory "$to"', 'sh', top, folder, ...excluded);
  return folder;
}

/** An image to begin with: nothing, or this machine's Debian. */
function begin({ words: [image, , name] }) {
  const root = path.join(work, `stage-${stages.length}`);
  if (image === 'scratch') mkdirSync(root);
  else {
    assert.equal(image, `debian:${run('sh', '-c', '. /etc/os-release; echo "$VERSION_CODENAME"').trim()}`, 'an image that can be had here');
    run(path.join(top, 'tests/packaging/debian.sh'), root);
  }
  stages.push({ name, root, cwd: '/', env: {}, user: '0:0' });
}

// Where packages come from is this machine's business here, too.
const MACHINE = { npm_config_registry: run('npm', 'config', 'get', 'registry').trim(), NODE_EXTRA_CA_CERTS: '/etc/machine-ca.crt', npm_config_cafile: '/etc/machine-ca.crt' };

function runIn(stage, command) {
  cpSync('/etc/ssl/certs/ca-certificates.crt', path.join(stage.root, 'etc/machine-ca.crt'));
  const env = Object.entries({ PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', ...MACHINE, ...stage.env }).map(([name, value]) => `${name}=${value}`);
  return run('unshare', '--mount', '--pid', '--fork', 'sh', '-ec', 'root=$1; shift; mount -t proc proc "$root/proc"; exec chroot "$root" env -i "$@"', 'sh',
    stage.root, ...env, 'sh', '-ec', `cd ${stage.cwd}; ${command}`);
}

function copy(stage, { flags, words: all }) {
  const from = flags.from ? stages.find(({ name }) => name === flags.from).root : (stage.context ??= context());
  const to = all.pop();
  const target = path.join(stage.root, path.resolve(stage.cwd, to));
  for (const one of all) {
    const source = path.join(from, one);
    const whole = statSync(source).isDirectory();
    const place = !whole && to.endsWith('/') ? path.join(target, path.basename(one)) : target;
    mkdirSync(path.dirname(place), { recursive: true });
    if (whole) run('cp', '--archive', '--no-target-directory', source, place);
    else run('cp', '--preserve=mode,timestamps', source, place);
    run('chown', '--recursive', flags.chown ?? '0:0', place);
  }
}

const acts = {
  FROM: (stage, rest) => begin(words(rest)),
  RUN: (stage, rest) => runIn(stage, rest),
  COPY: (stage, rest) => copy(stage, words(rest)),
  WORKDIR: (stage, rest) => mkdirSync(path.join(stage.root, (stage.cwd = rest)), { recursive: true }),
  USER: (stage, rest) => (stage.user = rest),
  ENV: (stage, rest) => Object.assign(stage.env, Object.fromEntries(rest.split(' ').map((pair) => pair.split('=')))),
  EXPOSE: (stage, rest) => (stage.port = Number(rest)),
  VOLUME: (stage, rest) => (stage.volume = rest),
  HEALTHCHECK: (stage, rest) => (stage.health = JSON.parse(/CMD (\[.*\])$/.exec(rest)[1])),
  CMD: (stage, rest) => (stage.command = JSON.parse(rest)),
};

describe('the image', { concurrency: false }, () => {
  let image;
  let server;
  const enter = (...command) => run('nsenter', '--target', String(server.pid), '--net', ...command);
  const unshared = (...command) => {
    const [uid, gid] = image.user.split(':');
    return ['--root', image.root, '--wd', path.join('/', image.cwd), '--setuid', uid, '--setgid', gid, ...command];
  };
  const health = () => run('nsenter', '--target', String(server.pid), '--net', 'unshare', ...unshared(...image.health));

  before(() => {
    heading('The steps of the Dockerfile');
    for (const { line, word, rest } of instructions) {
      assert.ok(acts[word], `the test does not know ${word}`);
      const answer = acts[word](stages.at(-1), rest);
      typed([line], typeof answer === 'string' && word === 'RUN' ? answer.split('\n').slice(-4).join('\n') : '');
    }
    image = stages.at(-1);
  });
  after(() => {
    server?.kill('SIGKILL');
    rmSync(work, { recursive: true, force: true });
  });

  test('holds the program and an empty folder, and nothing else', () => {
    assert.deepEqual(readdirSync(image.root).sort(), ['carrel', 'data']);
    assert.deepEqual(readdirSync(path.join(image.root, image.volume)), []);
    assert.equal(image.volume, '/data');
  });

  test('serves its port, as a user without rights, and its health check agrees', async () => {
    heading('Run');
    server = spawn('unshare', ['--net', ...unshared(...image.command)], { stdio: ['ignore', 'ignore', 'pipe'], env: image.env });
    let said = '';
    server.stderr.on('data', (chunk) => (said += chunk));
    await until(() => server.exitCode !== null || existsSync(path.join(image.root, 'data/library.db.sock')));
    assert.equal(server.exitCode, null, said);
    enter('ip', 'link', 'set', 'lo', 'up');
    const answer = await until(() => {
      try {
        return enter('curl', '--silent', '--fail', `http://127.0.0.1:${image.port}/healthz`);
      } catch {
        return '';
      }
    });
    assert.equal(JSON.parse(answer).status, 'ok');
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    assert.match(status, /^Uid:\t10001\t10001\t10001\t10001$/m);
    assert.match(status, /^CapEff:\t0+$/m);
    typed(['HEALTHCHECK', ...image.health], health());
    assert.equal(statSync(path.join(image.root, 'data/library.db')).uid, 10001);
  });

  test('is stopped in good order, and then its health check fails', async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    const asleep = spawn('nsenter', ['--target', String(server.pid), '--net', 'sleep', '60'], { stdio: 'ignore' });
    server.kill('SIGTERM');
    assert.equal(await ended, 0);
    assert.ok(!existsSync(path.join(image.root, 'data/library.db-wal')), 'everything is in the one file');
    server = asleep;
    assert.throws(health);
  });
});
