// program.mjs — the program under test, started on a library that lies where the test says, and killed.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { httpClient } from '../support/client.mjs';
import { binary, environment } from '../support/server.mjs';

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

function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, failed) => {
    timer = setTimeout(() => failed(new Error(`${what} took longer than ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export const libraryIn = (directory) => join(directory, 'library.db');

/** { api(method, path, body), kill(), stop() } once it listens. */
export async function start(directory) {
  const { child, told, ended } = launch(['--db', libraryIn(directory), '--listen', '127.0.0.1:0', '--auth', 'off', '--rate-limit-per-minute', '0']);
  const address = new Promise((done, failed) => {
    child.stdout.on('data', () => told.stdout.includes('\n') && done(told.stdout.split('\n')[0]));
    ended.then(({ code, signal }) => failed(new Error(`the server ended (${code ?? signal}) before it printed its address\n${told.stderr}`)), failed);
  });
  const url = new URL(await within(START_MS, address, 'the start'));
  const client = httpClient({ host: url.hostname, port: url.port });
  const end = async (signal) => {
    child.kill(signal);
    const how = await within(START_MS, ended, `the end after ${signal}`);
    client.close();
    return how;
  };
  return { api: (method, path, body) => client.request(method, `/api/v1${path}`, body), kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

/** `--check` on a library at rest: null, or what it found. */
export async function findings(directory) {
  const { child, ended } = launch(['--db', libraryIn(directory), '--check']);
  const { code, signal, stdout, stderr } = await within(CHECK_MS, ended, '--check').finally(() => child.kill('SIGKILL'));
  return code === 0 ? null : `--check ended with ${code ?? signal}: ${stdout}${stderr}`;
}
