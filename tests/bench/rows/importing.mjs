// importing.mjs — a file of titles comes in beside the desk: how fast it is read and written, what lends feel of it, and
// how fast it is undone.
import { spawn } from 'node:child_process';
import { load, loadFigures, pause, round, row, seconds } from '../lib.mjs';

const ROWS = 10_000;
const CLIENTS = 4;
const LOOK_MS = 50;

const file = () => `title,author,year,isbn\n${Array.from({ length: ROWS }, (_, i) => `Imported for the bench ${i},Writer ${i % 700},${1900 + (i % 120)},\n`).join('')}`;

async function ask(server, method, path, body, type = 'application/json') {
  const reply = await fetch(`${server.url}api/v1${path}`, { method, headers: body ? { 'Content-Type': type } : {}, body });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

/** Milliseconds until the batch is no longer `status`. */
async function whileIt(server, id, status) {
  const begun = performance.now();
  for (;;) {
    const batch = await ask(server, 'GET', `/imports/${id}`);
    if (batch.status !== status) return { ms: performance.now() - begun, batch };
    await pause(LOOK_MS);
  }
}

/** Lends of CLIENTS clients for as long as `work` takes, or longer. */
async function besideLends(server, pairs, work) {
  const child = spawn(load, ['lend', String(server.port), String(CLIENTS), String(seconds), pairs], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (piece) => { text += piece; });
  const ended = new Promise((done) => { child.on('exit', done); });
  const done = await work();
  await ended;
  return { done, lent: JSON.parse(text) };
}

export async function importing(server, pairs) {
  const calm = loadFigures('lend', server.port, CLIENTS, seconds, pairs);
  const { id } = await ask(server, 'POST', '/imports?kind=titles&name=bench.csv', file(), 'text/csv');
  const read = await whileIt(server, id, 'reading');
  const { done: written, lent } = await besideLends(server, pairs, async () => {
    await ask(server, 'POST', `/imports/${id}/start`, '{}');
    return whileIt(server, id, 'writing');
  });
  await ask(server, 'POST', `/imports/${id}/undo`, '{}');
  const undone = await whileIt(server, id, 'undoing');
  const rate = (ms) => `${round(ROWS / ms * 1000, 0)}/s`;
  row(`import of ${round(ROWS, 0)} titles: read, written beside ${CLIENTS} lending clients, undone`, `${rate(read.ms)}, ${rate(written.ms)}, ${rate(undone.ms)}`, '', '', '', { imported: written.batch.imported, undone: undone.batch.status });
  row('  lends meanwhile', `p50 ${round(lent.p50_ms)}, p99 ${round(lent.p99_ms)}, max ${round(lent.max_ms)} ms`, '', `no import: p99 ${round(calm.p99_ms)} ms`, `${round(lent.p99_ms / calm.p99_ms, 2)} ×`);
}
