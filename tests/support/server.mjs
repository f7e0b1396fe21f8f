// server.mjs — what every API test needs: the real program in a directory of its own, on a free port, and a client
// that holds every reply against /openapi.json.
//
//     const server = await startServer();                         // nothing is shared with another test file
//     const reply = await server.api('POST', '/books', { … });    // { status, headers, body, text }
//     await server.stop({ check: true });                         // must end with 0, and leave a sound library
//
// CARREL_BINARY names another program (sanitizer builds); CARREL_CHROOT=1 runs it in an empty root folder (chroot.sh).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { checkEveryReply, Contract } from './contract.mjs';
import { httpClient, rawExchange } from './client.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const top = resolve(here, '../..');
export const binary = resolve(process.env.CARREL_BINARY || join(top, 'build/carrel'));
export const inChroot = process.env.CARREL_CHROOT === '1';
/**
 * A name of this computer that pages are opened by (`make test-browser`): over plain http a browser does not trust it as
 * it does 127.0.0.1, and that is how most libraries will have it. The API is asked by address all the same.
 */
const pageName = process.env.CARREL_PAGE_NAME;
/** A build with sanitizers is many times slower: bounds on time are for the real one. */
export const isInstrumented = /\/build\/(sanitize|race|coverage)\//.test(binary);

const START_MS = 20_000;
const STOP_MS = 30_000;
const RUN_MS = 120_000;

if (inChroot && process.getuid() !== 0) {
  throw new Error('CARREL_CHROOT=1 needs root, to change the root folder. (tests/support/run-api.mjs skips it and says so.)');
}

// ---- programs we started, and only those, end with us ----------------------------------------------------------

const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

function launch(command, args, options) {
  const child = spawn(command, args, options);
  children.add(child);
  // A server that a failed test has left running must not keep the test's own process from ending.
  for (const handle of [child, child.stdout, child.stderr]) handle.unref();
  child.once('exit', () => children.delete(child));
  return child;
}

/** The promise, or an error that says what took too long. */
export function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// ---- a directory of one's own ----------------------------------------------------------------------------------

/**
 * A place for one library, its name plain letters (cli.test.mjs has other names). `directory` is where its files are for the test, `inside(name)` what the program calls
 * them: in a chroot the two differ.
 */
export async function makeHome() {
  const root = join(tmpdir(), `carrel-api-${randomBytes(12).toString('hex').replaceAll(/\d/g, (digit) => 'ghijklmnop'[digit])}`);
  await mkdir(root);
  const directory = inChroot ? join(root, 'data') : root;
  if (inChroot) {
    chmodSync(root, 0o755);
    mkdirSync(directory);
    chownSync(directory, 65534, 65534);
  }
  return {
    directory,
    path: (name) => join(directory, name),
    inside: (name) => (inChroot ? `/data/${name}` : join(directory, name)),
    /** A file of the test's own making that the program may read and write. */
    async write(name, content) {
      await writeFile(join(directory, name), content);
      if (inChroot) chownSync(join(directory, name), 65534, 65534);
      return join(directory, name);
    },
    library: inChroot ? '/data/library.db' : join(root, 'library.db'),
    command: (args) => (inChroot ? [join(here, 'chroot.sh'), [root, binary, ...args]] : [binary, args]),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/**
 * The environment of a program under test: nothing of the person's own CARREL_… settings, and civil days as in
 * Greenwich, so that dates are the same on every machine. No backups by themselves, unless a test asks for them.
 */
export function environment(extra = {}) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^CARREL_|^NODE_/.test(name)));
  const all = { ...env, CARREL_TIME_ZONE: 'UTC', CARREL_LOG_LEVEL: 'info', CARREL_RATE_LIMIT_PER_MINUTE: '0', CARREL_BACKUP_SCHEDULE: 'off', ...extra };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Runs the program to its end: { code, signal, stdout, stderr }. */
export function run(home, args, { env, input, cwd, onOutput } = {}) {
  const [command, all] = home.command(args);
  const child = launch(command, all, { cwd: cwd ?? home.directory, env: environment(env), stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
    onOutput?.(child);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
  child.stdin.on('error', () => {}); // it may end without having read
  child.stdin.end(input ?? '');
  const ended = new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
  return within(RUN_MS, ended, `carrel ${args.join(' ')}`).catch((error) => {
    child.kill('SIGKILL');
    throw error;
  });
}

// ---- the server ------------------------------------------------------------------------------------------------

/** get, post … of something that sends requests. */
const verbs = (api) => ({
  get: (path, headers) => api('GET', path, undefined, headers),
  post: (path, body, headers) => api('POST', path, body, headers),
  put: (path, body, headers) => api('PUT', path, body, headers),
  patch: (path, body, headers) => api('PATCH', path, body, headers),
  delete: (path, headers) => api('DELETE', path, undefined, headers),
});

/** proc(5): the state of a thread stands after its name; T is stopped. */
async function standsStill(pid) {
  const threads = `/proc/${pid}/task`;
  const isStopped = (thread) => /\) T [^)]*$/.test(readFileSync(join(threads, thread, 'stat'), 'utf8'));
  for (const until = Date.now() + STOP_MS; !readdirSync(threads).every(isStopped); await sleep(1)) assert.ok(Date.now() < until, 'it goes on');
}

function waitForUrl(child, logs) {
  return new Promise((done, failed) => {
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      printed += chunk;
      logs.stdout += chunk;
      const end = printed.indexOf('\n');
      if (end >= 0) done(printed.slice(0, end).trim());
    });
    child.once('error', failed);
    child.once('close', (code, signal) =>
      failed(new Error(`the server ended (${code ?? signal}) before it printed its address\n${logs.stderr}`)));
  });
}

/**
 * Starts the program. `args` follow --db and --listen; `home` continues with a library that is there already;
 * `seedCsv` is imported before anything else. Unless `auth` is 'on' nobody signs in and everyone is an administrator:
 * most tests are about something else. people.mjs has those who sign in. `ca`: whom to trust when it serves https.
 */
export async function startServer({ args = [], env = {}, auth = 'off', seedCsv, home: given, listen = '127.0.0.1:0', nameLibrary = true, ca } = {}) {
  const home = given ?? (await makeHome());
  const logs = { stdout: '', stderr: '' };
  const isNamed = pageName !== undefined && !args.includes('--host-names');
  const [command, all] = home.command([...(nameLibrary ? ['--db', home.library] : []), '--listen', listen, '--auth', auth, ...(isNamed ? ['--host-names', pageName] : []), ...args]);
  const child = launch(command, all, { cwd: home.directory, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.setEncoding('utf8').on('data', (chunk) => (logs.stderr += chunk));
  const ended = new Promise((done) => child.once('close', (code, signal) => done({ code, signal })));
  const line = await within(START_MS, waitForUrl(child, logs), 'the start').catch((error) => {
    child.kill('SIGKILL');
    throw error;
  });
  const url = new URL(line);
  const client = httpClient({ host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port, ca });
  const localClient = httpClient({ socketPath: `${home.path('library.db')}.sock` });
  const document = JSON.parse((await client.request('GET', '/openapi.json')).text);
  const contract = new Contract(document);

  const server = {
    url: isNamed ? `${url.protocol}//${pageName}:${url.port}` : line.replace(/\/$/, ''),
    port: Number(url.port),
    home,
    directory: home.directory,
    pid: child.pid,
    contract,
    get logs() {
      return logs.stderr;
    },
    get printed() {
      return logs.stdout;
    },
    /** Any request: what every reply promises is checked, /openapi.json is not asked. `path` is from the root. */
    async http(method, path, body, headers = {}) {
      const reply = await client.request(method, path, body, headers);
      checkEveryReply(method, path, headers, reply);
      return reply;
    },
    /** A documented request below /api/v1 (or of the root, with `/` + a path the document has there). */
    async api(method, path, body, headers = {}) {
      const [operation, target] = contract.find(method, path);
      const reply = await client.request(method, target, body, headers);
      checkEveryReply(method, target, headers, reply);
      contract.check(operation, { method, path: target, body }, reply);
      return reply;
    },
    /** The same on the socket beside the library, as the command line does it. */
    async local(method, path, body, headers = {}) {
      const [operation, target] = contract.find(method, path);
      const reply = await localClient.request(method, target, body, headers);
      checkEveryReply(method, target, headers, reply);
      contract.check(operation, { method, path: target, body }, reply);
      return reply;
    },
    ...verbs((...request) => server.api(...request)),
    /** The same server, asked with these headers every time: a session's cookie, a token. */
    as: (own) => {
      const api = (method, path, body, headers = {}) => server.api(method, path, body, { ...own, ...headers });
      const http = (method, path, body, headers = {}) => server.http(method, path, body, { ...own, ...headers });
      return { headers: own, api, http, ...verbs(api) };
    },
    /** Bytes on a socket, and the replies as they came back. */
    raw: (bytes, options) => rawExchange(url, bytes, options),
    /** Another run of the program on the same library. */
    run: (runArgs, options) => run(home, ['--db', home.library, ...runArgs], options),
    /** Ends it as a service manager would; it must end by itself, with 0. */
    async stop({ check = false, keep = false, signal = 'SIGTERM' } = {}) {
      client.close();
      localClient.close();
      child.kill(signal);
      const how = await within(STOP_MS, ended, 'the stop').catch((error) => {
        child.kill('SIGKILL');
        throw error;
      });
      assert.deepEqual(how, { code: 0, signal: null }, `the server did not end well\n${logs.stderr.slice(-4000)}`);
      if (check) await assertSound(home);
      if (!keep) await home.remove();
    },
    /** As a power cut would. */
    async kill() {
      client.close();
      localClient.close();
      child.kill('SIGKILL');
      await within(STOP_MS, ended, 'the end of a killed server');
    },
    /** It answers nobody until it goes on. A signal that was sent is not a server that stands still: each of its threads is waited for. */
    async hang() {
      child.kill('SIGSTOP');
      await standsStill(child.pid);
    },
    goOn: () => child.kill('SIGCONT'),
    isRunning: () => child.exitCode === null && child.signalCode === null,
  };
  if (seedCsv) {
    const reply = await server.post('/books/import/csv', seedCsv, { 'Content-Type': 'text/csv' });
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.body.refused, 0, reply.text);
  }
  return server;
}

/** `--check` on a library at rest finds nothing. */
export async function assertSound(home) {
  const check = await run(home, ['--db', home.library, '--check']);
  assert.equal(check.code, 0, `--check: ${check.stdout}${check.stderr}`);
}

export const fileExists = (path) => statSync(path, { throwIfNoEntry: false }) !== undefined;
