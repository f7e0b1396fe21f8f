// bench.mjs — `make bench`: the rows of the project's speed table, measured on this machine, in one run.
//
//     BENCH_SCENARIO=minimal BENCH_SECONDS=3 node tests/bench/bench.mjs
//
// Each row is a figure beside its floor (the least that any program could take here, measured in the same run) and
// their ratio: machines differ and are noisy, ratios less so. Nothing is asserted. JSON goes to build/bench/bench.json.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import { join, resolve } from 'node:path';

const top = resolve(import.meta.dirname, '../..');
const binary = process.env.CARREL_BINARY ?? join(top, 'build/carrel');
const load = join(top, 'build/bench/load');
const scenario = process.env.BENCH_SCENARIO ?? 'minimal';
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
const folder = join(top, 'build/bench/library');
const library = join(folder, 'library.db');
const rows = [];

function row(what, figure, target, floor = '', ratio = '') {
  rows.push({ what, figure, target, floor, ratio });
  console.log(`${what.padEnd(46)} ${String(figure).padEnd(38)} ${String(target).padEnd(30)} ${String(floor).padEnd(34)} ${ratio}`);
}

const round = (number, digits = 1) => Number(number.toFixed(digits)).toLocaleString('en');
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
const status = (pid, name) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`${name}:\\s+(\\d+)`))?.[1] ?? 0) / 1024;

function run(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr || result.error}`);
  return result.stdout;
}
const loadFigures = (...args) => JSON.parse(run(load, args.map(String)));

// ---- the server ---------------------------------------------------------------------------------------------

async function start() {
  const begun = performance.now();
  const child = spawn(binary, ['--db', library, '--listen', '127.0.0.1:0', '--log-level', 'error'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const url = await new Promise((done, failed) => {
    let text = '';
    child.stdout.on('data', (piece) => { text += piece; if (text.includes('\n')) done(text.split('\n')[0]); });
    child.on('exit', (code) => failed(new Error(`the server ended with ${code}`)));
  });
  await fetch(`${url}health`);
  const ms = performance.now() - begun;
  process.on('exit', () => child.kill());
  return { child, url, port: Number(new URL(url).port), ms };
}

const stop = (server) => new Promise((done) => { server.child.removeAllListeners('exit'); server.child.on('exit', done); server.child.kill('SIGTERM'); });
const api = async (server, path) => (await fetch(`${server.url}api/v1${path}`)).json();

/** Server times of these targets, asked one after another over one connection. */
function times(server, targets, duration = seconds) {
  const file = join(folder, 'targets');
  writeFileSync(file, targets.map((target) => `/api/v1${target}\n`).join(''));
  return loadFigures('get', server.port, 1, duration, file);
}

// ---- rows ---------------------------------------------------------------------------------------------------

async function seed() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const begun = performance.now();
  let peak = 0;
  const child = spawn(binary, ['--db', library, '--seed', scenario], { stdio: ['ignore', 'ignore', 'inherit'] });
  const watch = setInterval(() => { try { peak = Math.max(peak, status(child.pid, 'VmHWM')); } catch { /* it has ended */ } }, 20);
  const code = await new Promise((done) => child.on('exit', done));
  clearInterval(watch);
  if (code !== 0) throw new Error(`seeding ended with ${code}`);
  const took = (performance.now() - begun) / 1000;
  const bytes = statSync(library).size;
  const floorBegun = performance.now();
  const descriptor = openSync(join(folder, 'floor'), 'w');
  const piece = Buffer.alloc(1 << 20, 7);
  for (let written = 0; written < bytes; written += piece.length) writeSync(descriptor, piece);
  fsyncSync(descriptor);
  closeSync(descriptor);
  rmSync(join(folder, 'floor'));
  const floor = (performance.now() - floorBegun) / 1000;
  return { took, peak, bytes, floor };
}

function checkTime() {
  const begun = performance.now();
  run(binary, ['--db', library, '--check']);
  return (performance.now() - begun) / 1000;
}

async function pages(server, path, sort, depth) {
  const first = `${path}?sort_by=${sort}&order=asc&limit=20`;
  let cursor = null;
  for (let page = 0; page < depth; page++) {
    const next = (await api(server, `${path}?sort_by=${sort}&order=asc&limit=100${cursor ? `&cursor=${cursor}` : ''}`)).meta;
    if (!next.has_more) break;
    cursor = next.next_cursor;
  }
  const at = times(server, [first], seconds / 2);
  const deep = times(server, [`${first}&cursor=${cursor}`], seconds / 2);
  return { first: at.server_p50_ms * 1000, deep: deep.server_p50_ms * 1000 };
}

async function searches(server) {
  const sample = (await api(server, '/books?sort_by=created_at&limit=100')).data;
  const words = sample.flatMap((book) => book.title.split(/\s+/)).filter((word) => word.length > 3);
  const queries = [
    ...words.slice(0, 40), ...words.slice(0, 30).map((word) => word.slice(0, 2)), ...words.slice(0, 30).map((word) => word.slice(0, 3)),
    ...sample.slice(0, 20).map((book) => book.author.split(' ').at(-1)), ...sample.filter((book) => book.isbn).slice(0, 20).map((book) => book.isbn.slice(0, 6)),
    'the', 'of', 'a', ...words.slice(0, 10).map((word) => `${word}zq`),
  ];
  const targets = ['title', 'created_at'].flatMap((sort) => queries.map((query) => `/books?q=${encodeURIComponent(query)}&sort_by=${sort}&limit=20`));
  return times(server, targets);
}

/** A free copy and a member with room for each client. */
async function pairs(server, count) {
  const copies = [];
  const cards = [];
  for (let offset = 0; copies.length < count; offset += 100) copies.push(...(await api(server, `/copies?status=available&limit=100&offset=${offset}`)).data);
  for (let offset = 0; cards.length < count; offset += 100) cards.push(...(await api(server, `/members?status=active&limit=100&offset=${offset}`)).data.filter((member) => member.active_borrows_count < 4));
  const file = join(folder, 'pairs');
  writeFileSync(file, copies.slice(0, count).map((copy, i) => `${copy.barcode} ${cards[i].card}\n`).join(''));
  return file;
}

async function backupUnderLoad(server, file) {
  const writer = spawn(load, ['lend', String(server.port), '8', String(seconds + 4), file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  writer.stdout.on('data', (piece) => { text += piece; });
  await new Promise((done) => { setTimeout(done, 1000); });
  const copy = join(folder, 'backup.db');
  const report = run(binary, ['--db', library, '--backup', copy]);
  await new Promise((done) => writer.on('exit', done));
  const begun = performance.now();
  run('cp', [copy, `${copy}.floor`]);
  run('sync', ['-d', `${copy}.floor`]);
  const floor = performance.now() - begun;
  rmSync(`${copy}.floor`);
  rmSync(copy);
  return { ...JSON.parse(text), copy: Number(report.match(/copied in (\d+) ms/)[1]), verify: Number(report.match(/checked in (\d+) ms/)[1]), floor };
}

const wrkRate = (url) => Number(run('wrk', ['-t', '1', '-c', '8', '-d', `${seconds}s`, url]).match(/Requests\/sec:\s+([\d.]+)/)[1]);

async function besideNginx(server) {
  const book = (await api(server, '/books?limit=1')).data[0];
  const body = await (await fetch(`${server.url}api/v1/books/${book.id}`)).text();
  const home = join(folder, 'nginx');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'body.json'), body);
  const port = await new Promise((done) => { const probe = net.createServer().listen(0, '127.0.0.1', () => { const { port: free } = probe.address(); probe.close(() => done(free)); }); });
  writeFileSync(join(home, 'nginx.conf'), `daemon off; pid ${home}/pid; error_log ${home}/error.log; worker_processes auto;
events { worker_connections 256; }
http { access_log off; keepalive_requests 1000000; server { listen 127.0.0.1:${port}; default_type application/json; location / { return 200 '${body.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'; } } }\n`);
  const nginx = spawn('nginx', ['-c', join(home, 'nginx.conf'), '-p', home], { stdio: 'ignore' });
  await new Promise((done) => { setTimeout(done, 500); });
  const floor = wrkRate(`http://127.0.0.1:${port}/`);
  nginx.kill();
  return { rate: wrkRate(`${server.url}api/v1/books/${book.id}`), floor };
}

async function idleClients(server) {
  const target = ['/books?limit=20'];
  const alone = times(server, target, seconds / 2);
  const sockets = await Promise.all(Array.from({ length: 500 }, () => new Promise((done) => {
    const socket = net.connect(server.port, '127.0.0.1', () => { socket.write('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'); done(socket); });
    socket.on('error', () => {});
    socket.resume();
  })));
  await new Promise((done) => { setTimeout(done, 1500); });
  const crowded = times(server, target, seconds / 2);
  sockets.forEach((socket) => socket.destroy());
  return { alone: alone.p99_ms, crowded: crowded.p99_ms };
}

// ---- the run ------------------------------------------------------------------------------------------------

const cpu = os.cpus();
console.log(`${new Date().toISOString()}  ${cpu.length} × ${cpu[0].model}, ${round(os.totalmem() / 2 ** 30)} GiB, Linux ${os.release()}, ${run(binary, ['--version']).trim()}, scenario ${scenario}\n`);
row('work', 'figure', 'target', 'floor', 'ratio');

const seeded = await seed();
const checked = checkTime();
const server = await start();
const borrows = (await api(server, '/borrows?limit=1')).meta.total;
const all = seeded.took + checked;
row('seed, from nothing to a checked file', `${round(borrows / all, 0)} borrows/s (${round(seeded.took, 2)} s + check ${round(checked, 2)} s)`, '≥ 600,000, then 1,000,000', `writing ${round(seeded.bytes / 1e6)} MB: ${round(seeded.floor, 2)} s`, `${round(all / seeded.floor)} ×`);
row('seed, peak memory', `${round(seeded.peak)} MiB`, '≤ 300 MiB');
row('start to first answer', `${round(server.ms)} ms`, '≤ 100 ms');

const bookPages = await pages(server, '/books', 'title', 1000);
row('books by title, page 1 → deep (in the server)', `${round(bookPages.first)} → ${round(bookPages.deep)} µs`, 'deep ÷ first ≤ 1.2', '', `${round(bookPages.deep / bookPages.first, 2)}`);
const borrowPages = await pages(server, '/borrows', 'borrowed_at', 1000);
row('borrows by time, page 1 → deep (in the server)', `${round(borrowPages.first)} → ${round(borrowPages.deep)} µs`, 'deep ÷ first ≤ 1.2', '', `${round(borrowPages.deep / borrowPages.first, 2)}`);
const found = await searches(server);
row('search, 20 with exact total (in the server)', `p50 ${round(found.server_p50_ms, 2)}, p99 ${round(found.server_p99_ms, 2)} ms`, 'p50 ≤ 1, p99 ≤ 5 ms', `one page: ${round(bookPages.first / 1000, 2)} ms`, `${round(found.server_p50_ms / (bookPages.first / 1000))} ×`);

const disk = loadFigures('fsync', join(folder, 'fsync'), 2);
const pairFile = await pairs(server, 128);
let alone = 0;
for (const clients of [1, 8, 32, 128]) {
  const lent = loadFigures('lend', server.port, clients, seconds, pairFile);
  if (clients === 1) alone = lent.per_second;
  row(`lend and return, ${clients} client${clients > 1 ? 's' : ''} (refused ${lent.refused}, broken ${lent.broken})`, `${round(lent.per_second, 0)}/s, p50 ${round(lent.p50_ms)}, p99 ${round(lent.p99_ms)}, max ${round(lent.max_ms)} ms`, clients === 32 ? '≥ 2.5 × one client, p99 ≤ 50 ms' : '', `fdatasync ${round(disk.per_second, 0)}/s`, `${round(lent.per_second / disk.per_second, 2)} disk, ${round(lent.per_second / alone, 2)} one`);
}
const memory = status(server.child.pid, 'VmRSS');
row('resident memory under load', `${round(memory)} MiB (peak ${round(status(server.child.pid, 'VmHWM'))})`, '≤ 128 MiB');
const saved = await backupUnderLoad(server, pairFile);
row('backup while 8 clients lend', `${round(saved.copy, 0)} ms, verified ${round(saved.verify, 0)} ms; writers p99 ${round(saved.p99_ms)}, max ${round(saved.max_ms)} ms`, '≤ 3 s, worst stall ≤ 50 ms', `cp and sync: ${round(saved.floor, 0)} ms`, `${round(saved.copy / saved.floor, 2)} ×`);
const http = await besideNginx(server);
row('GET /books/{id}, 8 keep-alive connections', `${round(http.rate, 0)}/s`, '≥ 50 % of nginx', `nginx ${round(http.floor, 0)}/s`, `${round((http.rate / http.floor) * 100, 0)} %`);
const idle = await idleClients(server);
row('p99 of others beside 500 idle clients', `${round(idle.crowded, 2)} ms`, '± 20 %', `alone ${round(idle.alone, 2)} ms`, `${round(idle.crowded / idle.alone, 2)}`);
row('stripped binary', `${round(statSync(binary).size / 2 ** 20)} MiB`, '≤ 12 MiB');
await stop(server);
row('check after all that', run(binary, ['--db', library, '--check']).trim(), 'All is well');
writeFileSync(join(top, 'build/bench/bench.json'), JSON.stringify({ at: new Date().toISOString(), cpu: cpu[0].model, cores: cpu.length, scenario, rows }, null, 1));
