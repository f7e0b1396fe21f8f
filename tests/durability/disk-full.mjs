// disk-full.mjs — the disk fills up under the library, again and again: every act is done or refused with DISK_FULL,
// looking goes on, and when there is room again everything does.
//
//     DURABILITY_ROUNDS=4 node tests/durability/disk-full.mjs       (as root)
//
// The library lies on a small disk of its own, an ext4 in a file or a tmpfs by turns. A file of the test's fills it to
// a random rest while clients work. Then it is full, and meets what else needs room: an import, a backup, a kill, a
// start, a stop (whose checkpoint writes). Room is made, and the library is held against the oracle.
import { closeSync, existsSync, fsyncSync, mkdtempSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cannotMount, makeDisk, removeFolder } from './disk.mjs';
import { diceOf, Oracle } from './oracle.mjs';
import { findings, start } from './program.mjs';
import { counts, report, roundsOr, seed, skip } from './report.mjs';

const rounds = roundsOr(20);
const KIND = 'disk full';
const CLIENTS = 8;
const DISK_BYTES = 40 * 2 ** 20;
const REST_MAX = 3 * 2 ** 20; // what the filler leaves at most
const REFUSALS_WANTED = 12;
const WORK_MS = 20_000;
const IMPORT_ROWS = 4000;

const cannot = cannotMount();
if (cannot) skip(KIND, cannot);
const folder = mkdtempSync(join(tmpdir(), 'carrel-full-'));
const dice = diceOf(seed);
const tally = new Map(); // what was met → how often
const refused = new Map(); // of the clients' acts
let acknowledged = 0;
const problems = [];
const met = (what) => tally.set(what, (tally.get(what) ?? 0) + 1);

/** Bytes until the disk has `rest` left (0: until nothing can be written any more). */
function fill(disk, rest) {
  const filler = openSync(join(disk.path, 'filler'), 'a');
  let step = Buffer.alloc(2 ** 16, 'x');
  for (;;) {
    const { bavail, bsize } = statfsSync(disk.path);
    if (rest > 0 && bavail * bsize <= rest) break;
    try {
      writeSync(filler, step);
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error;
      if (step.length <= 512) break;
      step = step.subarray(0, step.length / 2);
    }
  }
  fsyncSync(filler);
  closeSync(filler);
}

const makeRoom = (disk) => rmSync(join(disk.path, 'filler'), { force: true });

/** A reply that must say that the disk is full, or be a success: there may just have been room. */
function judge(reply, what) {
  if (reply.status < 300) return met(`${what} done`);
  const { error_code: code, detail } = reply.body ?? {};
  const isClear = (reply.status === 503 && code === 'DISK_FULL') || (what === 'backup' && code === 'BACKUP_FAILED' && /full|space/i.test(detail));
  if (!isClear) problems.push(`${what} on a full disk: ${reply.status} ${reply.text.slice(0, 300)}`);
  return met(`${what} refused`);
}

function csv(round) {
  const lines = Array.from({ length: IMPORT_ROWS }, (_, row) => `Round ${round} row ${row} ${'of a long title '.repeat(8)},An Author`);
  return `title,author\n${lines.join('\n')}\n`;
}

async function untilRefused(server, oracle) {
  const work = oracle.work(server);
  const before = oracle.refused.get('DISK_FULL') ?? 0;
  const until = Date.now() + WORK_MS;
  while ((oracle.refused.get('DISK_FULL') ?? 0) - before < REFUSALS_WANTED && Date.now() < until) await new Promise((done) => setTimeout(done, 20));
  oracle.enough();
  await work;
  if (Date.now() >= until) met('never refused');
}

/** The server may not be able to begin: then it must say why in words, and lose nothing. */
async function startFull(disk) {
  try {
    const server = await start(disk.path);
    met('start done');
    return server;
  } catch (error) {
    if (!error.said || error.code !== 1) throw error;
    if (!/full/i.test(error.said)) problems.push(`a start on a full disk said: ${error.said}`);
    met('start refused');
    return null;
  }
}

async function oneRound(disk, oracle, round, server) {
  fill(disk, Math.floor(dice() * REST_MAX) + 1);
  await untilRefused(server, oracle);
  if ((await server.api('GET', '/books?limit=5')).status !== 200) problems.push(`round ${round}: nobody can look anything up`);
  if (round % 2 === 0) fill(disk, 0);
  judge(await server.api('POST', '/books/import/csv', csv(round), { 'Content-Type': 'text/csv' }), 'import');
  judge(await server.api('POST', '/admin/backups', {}), 'backup');
  const left = readdirSync(disk.path, { recursive: true }).filter((name) => /\.part/.test(name));
  if (left.length > 0) problems.push(`round ${round}: left behind: ${left}`);
  let next = server;
  if (round % 3 !== 2) {
    const how = round % 3 === 0 ? await server.kill() : await server.stop();
    if (round % 3 === 1 && how.code !== 0) problems.push(`round ${round}: the stop on a full disk ended with ${how.code ?? how.signal}: ${how.stderr.slice(-500)}`);
    next = await startFull(disk);
  }
  makeRoom(disk);
  next ??= await start(disk.path);
  await oracle.verify(next);
  const again = await next.api('POST', '/members', { name: `After round ${round}` });
  if (again.status !== 201) problems.push(`round ${round}: room was made, and yet: ${again.status} ${again.text.slice(0, 300)}`);
  return next;
}

for (const kind of ['ext4', 'tmpfs']) {
  const disk = makeDisk(folder, DISK_BYTES, kind);
  const oracle = new Oracle(join(folder, `${kind}.log`), dice);
  let server = await start(disk.path);
  await oracle.furnish(server, CLIENTS);
  for (let round = 0; round < rounds / 2 && oracle.problems.length + problems.length === 0; round++) {
    server = await oneRound(disk, oracle, round, server);
    met('round');
    // The disk is small: what the rounds have left makes room for the next.
    if (existsSync(join(disk.path, 'backups'))) rmSync(join(disk.path, 'backups'), { recursive: true });
    if (statfsSync(disk.path).bavail * statfsSync(disk.path).bsize < DISK_BYTES / 2) {
      await server.stop();
      for (const name of readdirSync(disk.path)) if (/^library/.test(name)) rmSync(join(disk.path, name), { recursive: true }); // library.db.imports is a folder
      server = await start(disk.path);
      await oracle.furnish(server, CLIENTS);
    }
  }
  const how = await server.stop();
  if (how.code !== 0) problems.push(`the last stop ended with ${how.code ?? how.signal}: ${how.stderr}`);
  const wrong = await findings(disk.path);
  if (wrong) problems.push(wrong);
  problems.push(...oracle.problems);
  acknowledged += oracle.acknowledged;
  for (const [code, count] of oracle.refused) refused.set(code, (refused.get(code) ?? 0) + count);
  oracle.close();
  disk.unmount();
}
const done = tally.get('round');
tally.delete('round');
report(KIND, done, problems, `seed ${seed}, ${acknowledged} acts acknowledged, refused ${counts(refused)}; ${counts(tally)}`, { folder });
if (problems.length === 0) removeFolder(folder);
