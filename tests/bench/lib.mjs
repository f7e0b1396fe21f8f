// lib.mjs — what the rows of the bench share: the server, the clients (load.c), the table.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const top = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const binary = process.env.CARREL_BINARY ?? join(top, 'build/carrel');
export const load = join(top, 'build/bench/load');
export const scenario = process.env.BENCH_SCENARIO ?? 'high_scale';
export const seconds = Number(process.env.BENCH_SECONDS ?? 5);
export const folder = join(top, 'build/bench/library');
export const library = join(folder, 'library.db');

// ---- numbers ------------------------------------------------------------------------------------------------

export const round = (number, digits = 1) => Number(number.toFixed(digits)).toLocaleString('en');
export const quantile = (numbers, q) => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * q))];
export const median = (numbers) => quantile(numbers, 0.5);
/** "± 12 %": half of what lies between the quickest and the slowest of several runs. */
export const noise = (numbers) => `± ${round((Math.max(...numbers) - Math.min(...numbers)) / 2 / median(numbers) * 100, 0)} %`;
export const mib = (pid, name) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`${name}:\\s+(\\d+)`))?.[1] ?? 0) / 1024;
export const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

// ---- the table ----------------------------------------------------------------------------------------------

const rows = [];
const widths = [43, 52, 27, 26];

/** `more` goes to the JSON only. */
export function row(work, figure, target = '', floor = '', ratio = '', more = {}) {
  rows.push({ work, figure, target, floor, ratio, ...more });
  console.log([work, figure, target, floor].map((text, i) => String(text).padEnd(widths[i])).join(' ') + ` ${ratio}`);
}

export function head() {
  const cpu = os.cpus();
  const machine = {
    at: new Date().toISOString(), cpu: cpu[0].model, cores: cpu.length, memory_gib: Number((os.totalmem() / 2 ** 30).toFixed(1)), linux: os.release(),
    carrel: run(binary, ['--version']).trim(), node: process.version, nginx: said('nginx', ['-v']), wrk: said('wrk', ['-v']), scenario, load_average: os.loadavg()[0],
  };
  console.log(`${machine.at}  ${machine.cores} × ${machine.cpu}, ${machine.memory_gib} GiB, Linux ${machine.linux}; load average ${round(machine.load_average)}`);
  console.log(`${machine.carrel}; ${machine.nginx}; ${machine.wrk}; scenario ${scenario}, ${seconds} s a row\n`);
  console.log(['work', 'figure', 'target', 'floor'].map((text, i) => text.padEnd(widths[i])).join(' ') + ' ratio');
  return machine;
}

export function save(machine) {
  mkdirSync(join(top, 'build/bench'), { recursive: true });
  writeFileSync(join(top, 'build/bench/bench.json'), JSON.stringify({ ...machine, rows }, null, 1));
}

// ---- programs -----------------------------------------------------------------------------------------------

export function run(command, args, env = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, ...env } });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr || result.error}`);
  return result.stdout;
}

/** The first line of what it says about itself, wherever it says it. */
function said(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  return `${result.stderr ?? ''}${result.stdout ?? ''}`.split('\n')[0].replace('nginx version: ', '').split(' Copyright')[0].trim();
}

/** Runs to its end; how long it took (s), the most memory it had (MiB), what it printed. */
export async function measure(args) {
  const begun = performance.now();
  let peak = 0;
  let text = '';
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', (piece) => { text += piece; });
  const watch = setInterval(() => { try { peak = Math.max(peak, mib(child.pid, 'VmHWM')); } catch { /* it has ended */ } }, 20);
  const code = await new Promise((done) => { child.on('exit', done); });
  clearInterval(watch);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return { took: (performance.now() - begun) / 1000, peak, text };
}

// ---- the server and its clients -----------------------------------------------------------------------------

export async function start(file = library, auth = 'off', more = ['--backup-schedule', 'off']) {
  const begun = performance.now();
  const child = spawn(binary, ['--db', file, '--listen', '127.0.0.1:0', '--log-level', 'error', '--rate-limit-per-minute', '0', '--auth', auth, ...more], { stdio: ['ignore', 'pipe', 'ignore'] });
  const url = await new Promise((done, failed) => {
    let text = '';
    child.stdout.on('data', (piece) => { text += piece; if (text.includes('\n')) done(text.split('\n')[0]); });
    child.on('exit', (code) => { failed(new Error(`the server ended with ${code}`)); });
  });
  await fetchText(`${url}health`);
  const ms = performance.now() - begun;
  const kill = () => child.kill();
  process.on('exit', kill);
  return { child, url, port: Number(new URL(url).port), ms, kill };
}

export async function stop(server) {
  server.child.removeAllListeners('exit');
  process.off('exit', server.kill);
  const ended = new Promise((done) => { server.child.on('exit', done); });
  server.child.kill('SIGTERM');
  await ended;
}

/** By a connection of its own: between two questions a row may take longer than the server keeps one. */
export const fetchText = (url) => new Promise((done, failed) => {
  http.get(url, { agent: false }, (reply) => {
    let body = '';
    reply.setEncoding('utf8');
    reply.on('data', (piece) => { body += piece; });
    reply.on('end', () => { done(body); });
  }).on('error', failed);
});
export const api = async (server, path) => JSON.parse(await fetchText(`${server.url}api/v1${path}`));

function targetsFile(targets) {
  const file = join(folder, 'targets');
  writeFileSync(file, targets.map((target) => `/api/v1${target}\n`).join(''));
  return file;
}

export const loadFigures = (...args) => JSON.parse(run(load, args.map(String)));
/** The same with header lines in each request. */
export const loadWith = (headers, ...args) => JSON.parse(run(load, args.map(String), { LOAD_HEADERS: headers.map((line) => `${line}\r\n`).join('') }));
const loadLines = (...args) => run(load, args.map(String)).trim().split('\n').map((line) => JSON.parse(line));

/** These targets over and over, one after another over one connection. */
export const times = (server, targets, duration = seconds) => loadFigures('get', server.port, 1, duration, targetsFile(targets));
/** Each target's own median, and the cursor of the page after it. */
export const each = (server, targets, repeats) => loadLines('each', server.port, repeats, targetsFile(targets));
/** For each target the cursor some pages on. */
export const walk = (server, targets, pages, ms) => loadLines('walk', server.port, pages, ms, targetsFile(targets));
