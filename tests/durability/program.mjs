// program.mjs — the program under test, started on a library that lies where the test says, and killed.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { httpClient } from '../support/client.mjs';
import { binary, environment, within } from '../support/server.mjs';

const START_MS = 30_000;
const CHECK_MS = 120_000;

const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

function launch(args, env) {
  const child = spawn(binary, args, { env: environment({ CARREL_LOG_LEVEL: 'error', ...env }), stdio: ['ignore', 'pipe', 'pipe'] });
  const told = { stdout: '', stderr: '' };
  children.add(child);
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => (told[name] += text));
  const ended = new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code, signal) => {
      children.delete(child);
      done({ code, signal, ...told });
    });
  });
  return { child, told, ended };
}

export const libraryIn = (directory) => join(directory, 'library.db');

/**
 * { api(method, path, body), pid, kill(), stop() } once it listens. `library`: another name than library.db in the
 * directory; `args`, `env`: more of them. Fails when it ends before it has printed its address: the error has `.said`.
 */
export async function start(directory, { library = libraryIn(directory), args = [], env } = {}) {
  const { child, told, ended } = launch(['--db', library, '--listen', '127.0.0.1:0', '--auth', 'off', '--rate-limit-per-minute', '0', ...args], env);
  const address = new Promise((done, failed) => {
    child.stdout.on('data', () => told.stdout.includes('\n') && done(told.stdout.split('\n')[0]));
    ended.then(({ code, signal }) => {
      const error = new Error(`the server ended (${code ?? signal}) before it printed its address\n${told.stderr}`);
      failed(Object.assign(error, { code, signal, said: told.stderr }));
    }, failed);
  });
  const url = new URL(await within(START_MS, address, 'the start'));
  const client = httpClient({ host: url.hostname, port: url.port });
  const end = async (signal) => {
    child.kill(signal);
    const how = await within(START_MS, ended, `the end after ${signal}`);
    client.close();
    return how;
  };
  return {
    pid: child.pid,
    port: Number(url.port),
    told,
    ended,
    http: (method, path, body, headers) => client.request(method, path, body, headers),
    api: (method, path, body, headers) => client.request(method, `/api/v1${path}`, body, headers),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    isRunning: () => child.exitCode === null && child.signalCode === null,
  };
}

/** A command on a library, under way: { child, ended: { code, signal, stdout, stderr } }. */
export function begin(directory, args, { library = libraryIn(directory), env } = {}) {
  return launch(['--db', library, ...args], env);
}

/** The same to its end. */
export async function command(directory, args, options) {
  const { child, ended } = begin(directory, args, options);
  return within(CHECK_MS, ended, `carrel ${args.join(' ')}`).finally(() => child.kill('SIGKILL'));
}

/** `--check` on a library at rest: null, or what it found. */
export async function findings(directory, options) {
  const { code, signal, stdout, stderr } = await command(directory, ['--check'], options);
  return code === 0 ? null : `--check ended with ${code ?? signal}: ${stdout}${stderr}`;
}
