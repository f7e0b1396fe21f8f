// writing.mjs — lends and returns, durable before they are answered; and a backup while they go on.
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { api, binary, folder, library, load, loadFigures, median, mib, noise, pause, round, row, run, seconds } from '../lib.mjs';

const PAIRS = 128;
const BACKUP_CLIENTS = 8;

/** Lent and taken back once: a title may wait for somebody else, a member may owe too much. */
async function mayLend(server, barcode, card) {
  const post = (path, body) => fetch(`${server.url}api/v1${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const lent = await post('/borrows', { barcode, card });
  return lent.ok && (await post('/borrows/return', { barcode })).ok;
}

/** A free copy and a member with room for each client, as lines of the file `name`. */
export async function pairs(server, name = 'pairs') {
  const lines = [];
  for (let offset = 0; lines.length < PAIRS; offset += 100) {
    const copies = (await api(server, `/copies?status=available&limit=100&offset=${offset}`)).data;
    const members = (await api(server, `/members?status=active&limit=100&offset=${offset}`)).data;
    if (!copies.length || !members.length) throw new Error(`only ${lines.length} of ${PAIRS} copies and members for lending`);
    for (const [i, { card, active_borrows_count: has }] of members.entries()) if (copies[i] && has < 4 && await mayLend(server, copies[i].barcode, card)) lines.push(`${copies[i].barcode} ${card}\n`);
  }
  const file = join(folder, name);
  writeFileSync(file, lines.slice(0, PAIRS).join(''));
  return file;
}

export function lends(server, file) {
  const disk = [];
  let one = 0;
  for (const clients of [1, 8, 32, 128]) {
    disk.push(loadFigures('fsync', join(folder, 'fsync'), 1.5).per_second);
    const lent = loadFigures('lend', server.port, clients, seconds, file);
    one ||= lent.per_second;
    const floor = disk.at(-1);
    row(`lend and return, ${clients} client${clients > 1 ? 's' : ''}${lent.refused + lent.broken ? ` (refused ${lent.refused}, broken ${lent.broken})` : ''}`,
      `${round(lent.per_second, 0)}/s, p50 ${round(lent.p50_ms)}, p99 ${round(lent.p99_ms)}, max ${round(lent.max_ms)} ms`,
      clients === 32 ? '≥ 2.5 × one, p99 ≤ 50 ms' : '', `fdatasync ${round(floor, 0)}/s`, `${round(lent.per_second / floor, 2)} disk, ${round(lent.per_second / one, 2)} one`,
      { ...lent, worst: undefined, fdatasync_per_second: floor });
  }
  row('  the disk alone, before each of these', `fdatasync ${round(median(disk), 0)}/s, ${noise(disk)}`, '', '', '', { disk });
}

export function memory(server) {
  row('resident memory after all this', `${round(mib(server.child.pid, 'VmRSS'))} MiB, most ${round(mib(server.child.pid, 'VmHWM'))} MiB`, '≤ 128 MiB');
}

function plainCopy(from) {
  const begun = performance.now();
  run('cp', ['--reflink=never', from, `${from}.floor`]);
  run('sync', ['-d', `${from}.floor`]);
  rmSync(`${from}.floor`);
  return performance.now() - begun;
}

/** The slowest answers of the tenths of a second from one moment to another. */
function worst(lent, from, to) {
  const slots = lent.worst.slice(Math.max(0, Math.floor((from - lent.started_ms) / 100)), Math.ceil((to - lent.started_ms) / 100));
  return Math.max(0, ...slots);
}

export async function backup(server, file) {
  const copy = join(folder, 'backup.db');
  const calm = loadFigures('lend', server.port, BACKUP_CLIENTS, seconds, file);
  const loading = spawn(load, ['lend', String(server.port), String(BACKUP_CLIENTS), String(seconds * 5), file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const loaded = new Promise((done) => { loading.on('exit', done); }); // on a slow disk before the backup is there
  let text = '';
  loading.stdout.on('data', (piece) => { text += piece; });
  await pause(1000);
  const begun = Date.now();
  const report = await new Promise((done, failed) => {
    let said = '';
    const child = spawn(binary, ['--db', library, '--backup', copy], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', (piece) => { said += piece; });
    child.on('exit', (code) => { if (code === 0) done(said); else failed(new Error(`the backup ended with ${code}`)); });
  });
  await loaded;
  const [copyMs, verifyMs] = [/copied in (\d+) ms/, /checked in (\d+) ms/].map((pattern) => Number(report.match(pattern)[1]));
  const lent = JSON.parse(text);
  const floors = [plainCopy(copy), plainCopy(copy), plainCopy(copy)];
  rmSync(copy);
  row(`backup while ${BACKUP_CLIENTS} clients lend: copying`, `${round(copyMs, 0)} ms`, '≤ 3 s', `cp, sync: ${round(median(floors), 0)} ms ${noise(floors)}`, `${round(copyMs / median(floors), 2)} ×`, { copy_ms: copyMs, floors });
  row('  the writers\' worst stall meanwhile', `${round(worst(lent, begun, begun + copyMs))} ms (while verifying ${round(worst(lent, begun + copyMs, begun + copyMs + verifyMs))} ms)`, '≤ 50 ms', `no backup: ${round(calm.max_ms)} ms`);
  row('  verifying', `${round(verifyMs, 0)} ms`);
}
