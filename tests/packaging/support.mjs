// What the tests of packages share: what is in dist/, how a program of it is run, and a transcript of what was typed and
// answered, for people to read: build/package/NAME.transcript.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const top = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const dist = path.join(top, 'dist');
export const version = /CARREL_VERSION "(.*)"/.exec(readFileSync(path.join(top, 'src/base/version.h'), 'utf8'))[1];
export const LIBRARY = '/var/lib/carrel/library.db';

/** Runs a program to its end: what it printed; an error with what it said when it fails. */
export const run = (command, ...args) => execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const native = run('dpkg', '--print-architecture').trim();
export const debOf = (own, architecture) => path.join(dist, `carrel_${own}_${architecture}.deb`);

/** What runs another machine's program here: qemu-user. */
export const EMULATORS = { arm64: 'qemu-aarch64', armhf: 'qemu-arm', amd64: 'qemu-x86_64' };
/** The architectures that dist/ has packages for. */
export const packed = () => Object.keys(EMULATORS).sort().filter((architecture) => existsSync(debOf(version, architecture)));
export const tarballOf = (architecture) => path.join(dist, `carrel-${version}-${architecture}.tar.gz`);

/** Unpacks the .tar.gz of that architecture into a folder: the path of its program. */
export function unpack(architecture, folder) {
  run('tar', 'xf', tarballOf(architecture), '-C', folder, '--strip-components=1');
  return path.join(folder, 'carrel');
}

const serving = new Set();
process.on('exit', () => serving.forEach((child) => child.kill('SIGKILL')));

/** Starts a program that serves: `ask` its API, `stop` it well. */
export async function serve(command, args, env = process.env) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  child.unref(); // a failed test does not wait for it
  serving.add(child);
  const url = await new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.ref();
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      if (printed.includes('\n')) resolve(printed.split('\n')[0]);
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  }).finally(() => child.stdout.unref());
  const ask = async (method, address, body) => {
    const reply = await fetch(new URL(address, url), { method, headers: body ? { 'Content-Type': 'application/json' } : {}, body: body && JSON.stringify(body) });
    const text = await reply.text();
    assert.ok(reply.ok, `${method} ${address}: ${reply.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };
  const stop = async () => {
    child.ref();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    assert.equal(await ended, 0, 'it ends well');
    serving.delete(child);
  };
  return { pid: child.pid, ask, stop };
}

/** Asks until the answer is true. Fails after so many seconds: they are a limit, not a measure. */
export async function until(question, seconds = 90) {
  for (const end = Date.now() + seconds * 1000; ; await sleep(200)) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${question}`);
  }
}

/** A transcript: `heading` begins a part, `typed` keeps a command with its answer. */
export function transcript(name) {
  const lines = [];
  const add = (text) => {
    lines.push(text);
    mkdirSync(path.join(top, 'build/package'), { recursive: true });
    writeFileSync(path.join(top, `build/package/${name}.transcript`), `${lines.join('\n')}\n`);
  };
  return {
    heading: (text) => add(`${lines.length ? '\n' : ''}# ${text}`),
    typed: (command, answer) => add([`$ ${command.join(' ')}`, ...answer.trim().split('\n').filter(Boolean)].join('\n')),
  };
}
