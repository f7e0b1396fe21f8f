// lost-log.mjs — the files that SQLite keeps beside a library are lost, or are another's, after a kill.
//
//     DURABILITY_ROUNDS=5 node tests/durability/lost-log.mjs
//
// -shm lost or full of rubbish: nothing is lost, it is made anew. -wal lost: what stood in it and not yet in the file
// is gone, and nobody can bring it back (docs/operations.md, "Where the data is"); the rest must be whole, or the
// library must be refused as damaged. -wal of another library or of an older state of this one, an empty one, a torn
// one: the same. A -journal nobody asked for: nothing is lost.
import { copyFileSync, existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { removeFolder } from './disk.mjs';
import { diceOf, Oracle } from './oracle.mjs';
import { command, findings, libraryIn, start } from './program.mjs';
import { counts, report, roundsOr, seed } from './report.mjs';

const rounds = roundsOr(12);
const CLIENTS = 8;
const WORKS_MS = { least: 50, most: 250 };
const folder = mkdtempSync(join(tmpdir(), 'carrel-log-'));
const dice = diceOf(seed);
let wrong = 0;

async function workAndKill(home, oracle, given) {
  const server = given ?? (await start(home));
  if (!given) await oracle.furnish(server, CLIENTS);
  const work = oracle.work(server);
  await Promise.race([setTimeout(WORKS_MS.least + dice() * (WORKS_MS.most - WORKS_MS.least)), work]);
  await server.kill();
  await work;
}

// ---- what must not matter ---------------------------------------------------------------------------------------------

const harmless = {
  '-shm lost': (library) => rmSync(`${library}-shm`, { force: true }),
  '-shm full of rubbish': (library) => writeFileSync(`${library}-shm`, Buffer.alloc(32768, dice() * 255)),
  'a -journal of nothing': (library) => writeFileSync(`${library}-journal`, ''),
  'a -journal full of rubbish': (library) => writeFileSync(`${library}-journal`, Buffer.alloc(20_000, 7)),
};

for (const [name, spoil] of Object.entries(harmless)) {
  const home = mkdtempSync(join(folder, 'home-'));
  const oracle = new Oracle(join(home, 'oracle.log'), dice);
  let server;
  let round = 0;
  for (; round < rounds && oracle.problems.length === 0; round++) {
    await workAndKill(home, oracle, server);
    spoil(libraryIn(home));
    const found = await findings(home);
    if (found) oracle.problems.push(found);
    server = await start(home);
    await oracle.verify(server);
  }
  await server.stop();
  oracle.close();
  report(name, round, oracle.problems, `seed ${seed}, ${oracle.summary()}`, { folder: home });
  wrong += oracle.problems.length;
}

// ---- what costs something ----------------------------------------------------------------------------------------------

/** A killed library of another house: its -wal is a good one, of other pages. */
const stranger = mkdtempSync(join(folder, 'stranger-'));
await workAndKill(stranger, new Oracle(join(stranger, 'oracle.log'), dice));

const costly = {
  '-wal lost': (library) => rmSync(`${library}-wal`),
  '-wal emptied': (library) => truncateSync(`${library}-wal`, 0),
  '-wal torn': (library) => truncateSync(`${library}-wal`, 32 + 4120 * Math.floor(dice() * 40) + 700),
  '-wal of another library': (library) => copyFileSync(`${libraryIn(stranger)}-wal`, `${library}-wal`),
  'a backup copied over it by hand': (library) => copyFileSync(join(library, '../older.db'), library),
};

/** Served or refused, but never empty, and never a crash. */
async function look(home, problems, met) {
  const check = await command(home, ['--check']);
  const isWhole = check.code === 0;
  if (check.code !== 0 && (check.signal || check.code !== 1)) problems.push(`--check ended with ${check.code ?? check.signal}: ${check.stderr}`);
  try {
    const server = await start(home);
    const health = await server.http('GET', '/health');
    const members = health.status === 200 ? await server.api('GET', '/members?limit=1') : health;
    if (members.status === 200 && members.body.meta.total < CLIENTS) problems.push(`an empty library in its place: ${members.body.meta.total} members`);
    const how = server.isRunning() ? await server.stop() : await server.ended;
    if (how.code !== 0) problems.push(`the server ended with ${how.code ?? how.signal}`);
    met(health.status === 200 ? (isWhole ? 'served, whole' : 'served, the check finds it') : 'served as damaged');
  } catch (error) {
    if (error.code !== 1 || !error.said) problems.push(error.message);
    met('refused');
  }
}

for (const [name, spoil] of Object.entries(costly)) {
  const problems = [];
  const tally = new Map();
  let round = 0;
  for (; round < rounds && problems.length === 0; round++) {
    const home = mkdtempSync(join(folder, 'home-'));
    const oracle = new Oracle(join(home, 'oracle.log'), dice);
    const server = await start(home);
    await oracle.furnish(server, CLIENTS);
    await server.stop();
    await command(home, ['--backup', join(home, 'older.db')]);
    await workAndKill(home, oracle, await start(home));
    if (existsSync(`${libraryIn(home)}-wal`)) spoil(libraryIn(home));
    await look(home, problems, (what) => tally.set(what, (tally.get(what) ?? 0) + 1));
    oracle.close();
    if (problems.length === 0) removeFolder(home);
  }
  report(name, round, problems, `seed ${seed}, ${counts(tally)}`, { folder });
  wrong += problems.length;
}
if (wrong === 0) removeFolder(folder);
