// descriptors.mjs — the server runs out of file descriptors, again and again: acts are done or refused in words,
// nothing is lost, and when descriptors come free all goes on, without a restart.
//
//     DURABILITY_ROUNDS=4 node tests/durability/descriptors.mjs
//
// prlimit(1) lowers what the running server may open to what it has open and a few more. Clients work on connections
// that they have; others open sockets until the server takes no more. Then backup, import and a page are asked for.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { removeFolder } from './disk.mjs';
import { diceOf, Oracle } from './oracle.mjs';
import { findings, start } from './program.mjs';
import { counts, report, roundsOr, seed, skip } from './report.mjs';

const rounds = roundsOr(30);
const KIND = 'descriptors';
const CLIENTS = 8;
const SPARE_MAX = 6; // descriptors that are left to the server
const SOCKETS = 40; // opened until it is full
const FULL_MS = 400; // so long it stays so
const ENOUGH = 1000; // what it may open in better times
const SPIN_MAX = 0.8; // of one processor, while nobody can get in

if (spawnSync('prlimit', ['--version']).status !== 0) skip(KIND, 'there is no prlimit(1) here');
const folder = mkdtempSync(join(tmpdir(), 'carrel-descriptors-'));
const dice = diceOf(seed);
const oracle = new Oracle(join(folder, 'oracle.log'), dice);
const problems = [];
const tally = new Map();
const met = (what) => tally.set(what, (tally.get(what) ?? 0) + 1);

function mayOpen(server, count) {
  const result = spawnSync('prlimit', ['--pid', String(server.pid), `--nofile=${count}:`], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(result.stderr);
}

/** Seconds of processor time that the server has used. */
function used(server) {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function openSockets(port) {
  return Array.from({ length: SOCKETS }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
}

/** It may say no, in words and with 5xx; or not answer at all, when it could not take the connection. */
async function ask(server, what, ...request) {
  const asked = server.api(...request).catch(() => null);
  const reply = await Promise.race([asked, setTimeout(FULL_MS, null)]);
  if (!reply) return met(`${what} not heard`);
  if (reply.status < 300) return met(`${what} done`);
  const isClear = (reply.status === 503 && reply.body?.error_code) || (what === 'backup' && reply.body?.error_code === 'BACKUP_FAILED');
  if (!isClear) problems.push(`${what} without descriptors: ${reply.status} ${reply.text.slice(0, 300)}`);
  return met(`${what} refused with ${reply.body?.error_code}`);
}

let server = await start(folder);
await oracle.furnish(server, CLIENTS);
let round = 0;
while (round < rounds && oracle.problems.length + problems.length === 0) {
  round++;
  if (round % 2 === 0) {
    await server.stop(); // one that has just started has not opened all that it reads with
    server = await start(folder);
  }
  // Connections to ask on; what they ask for needs no library.
  await Promise.all(Array.from({ length: CLIENTS + 8 }, () => server.http('GET', '/favicon.ico')));
  const work = oracle.work(server);
  if (round % 2 === 1) await setTimeout(30);
  mayOpen(server, readdirSync(`/proc/${server.pid}/fd`).length + Math.floor(dice() * SPARE_MAX));
  const sockets = openSockets(server.port);
  await ask(server, 'backup', 'POST', '/admin/backups', {});
  await ask(server, 'import', 'POST', '/books/import/csv', `title,author\nRound ${round},An Author\n`, { 'Content-Type': 'text/csv' });
  await Promise.all(Array.from({ length: 6 }, () => ask(server, 'search', 'GET', '/books?q=title')));
  oracle.enough();
  await Promise.race([work, setTimeout(FULL_MS)]);
  const before = used(server);
  await setTimeout(FULL_MS);
  if ((used(server) - before) / (FULL_MS / 1000) > SPIN_MAX) met('the server span');
  mayOpen(server, ENOUGH);
  for (const socket of sockets) socket.destroy();
  await work;
  if (!server.isRunning()) {
    problems.push(`round ${round}: the server has ended: ${(await server.ended).stderr.slice(-600)}`);
    server = await start(folder);
  }
  await oracle.verify(server);
}
if (server.told.stderr.includes('"assert')) problems.push(server.told.stderr.slice(-500));
const how = await server.stop();
if (how.code !== 0) problems.push(`the last stop ended with ${how.code ?? how.signal}: ${how.stderr.slice(-600)}`);
const wrong = await findings(folder);
if (wrong) problems.push(wrong);
problems.push(...oracle.problems);
oracle.close();
report(KIND, round, problems, `seed ${seed}, ${oracle.summary()}, refused ${counts(oracle.refused)}; ${counts(tally)}`, { folder });
if (problems.length === 0) removeFolder(folder);
