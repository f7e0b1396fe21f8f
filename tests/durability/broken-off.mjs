// broken-off.mjs — kill -9 in the middle of what takes long: the old library or the new one is there, whole, and
// nothing half done.
//
//     DURABILITY_ROUNDS=3 node tests/durability/broken-off.mjs        (BROKEN_OFF=restore for one of them)
//
// Each kind of work is killed at random moments, and now and then let through: a backup and an import on the running
// server, a restore, a seed and what else there is in place of the library or into a new file. Afterwards the library
// is sound and holds what it held before, or what the work would have made; a backup that has its name is whole; the
// next start, or the next such work, goes through and leaves no scraps.
import { copyFileSync, existsSync, mkdtempSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { removeFolder } from './disk.mjs';
import { diceOf } from './oracle.mjs';
import { begin, command, findings, libraryIn, start } from './program.mjs';
import { counts, report, roundsOr, seed } from './report.mjs';

const rounds = roundsOr(25); // of each kind
const SLOW_PART = 5; // of what takes seconds, so many times fewer rounds
const IMPORT_ROWS = 3000;
const folder = mkdtempSync(join(tmpdir(), 'carrel-broken-'));
const dice = diceOf(seed);

function worked(result, what) {
  if (result.code !== 0) throw new Error(`${what} ended with ${result.code ?? result.signal}: ${result.stdout}${result.stderr}`);
  return result;
}

const csv = (name, rows) => `title,author\n${Array.from({ length: rows }, (_, row) => `${name} ${row},An Author`).join('\n')}\n`;

/** How many titles there are, by the server. */
async function titles(server) {
  const reply = await server.api('GET', '/books?limit=1');
  if (reply.status !== 200) throw new Error(reply.text);
  return reply.body.meta.total;
}

const files = (home) => readdirSync(home).filter((name) => !/\.(lock|setup-code)$/.test(name));

/** A library of `rows` titles and its backup, made once and copied for each round. */
const templates = join(folder, 'templates');
mkdirSync(templates);
async function template(name, rows) {
  const home = join(folder, name);
  mkdirSync(home);
  const server = await start(home);
  const reply = await server.api('POST', '/books/import/csv', csv(name, rows), { 'Content-Type': 'text/csv' });
  if (reply.status !== 200 || reply.body.imported !== rows) throw new Error(reply.text);
  await server.stop();
  worked(await command(home, ['--backup', join(templates, `${name}.db`)]), 'the backup of a template');
}
const OLD = 900;
const NEW = 2500;
await template('old', OLD);
await template('new', NEW);

function freshHome() {
  const home = mkdtempSync(join(folder, 'home-'));
  copyFileSync(join(templates, 'old.db'), libraryIn(home));
  return home;
}

/** Kills it at a moment of its usual time; false when it had ended by itself. */
async function killSometime({ child, ended }, usual) {
  let isOver = false;
  ended.then(() => (isOver = true));
  await Promise.race([setTimeout(dice() * usual * 1.1), ended]);
  if (!isOver) child.kill('SIGKILL');
  const how = await ended;
  return how.signal === 'SIGKILL' ? null : how;
}

/** Sound, and with one of these numbers of titles. */
async function holds(home, wanted, problems, what) {
  const wrong = await findings(home);
  if (wrong) problems.push(`${what}: ${wrong}`);
  const server = await start(home);
  const found = await titles(server);
  if (!wanted.includes(found)) problems.push(`${what}: ${found} titles, and it should be ${wanted.join(' or ')}`);
  const how = await server.stop();
  if (how.code !== 0) problems.push(`${what}: the stop ended with ${how.code ?? how.signal}`);
}

// ---- commands on a library at rest ----------------------------------------------------------------------------------

/** `args(home)`: what is run; `allowed`: titles afterwards; `made(home)`: a new file, which must be whole if it is there. */
const commands = {
  restore: { args: () => ['--restore', join(templates, 'new.db'), '--force'], allowed: [OLD, NEW] },
  seed: { args: () => ['--seed', 'minimal', '--force'], allowed: [OLD, 5000], isSlow: true },
  'seed of a large library': { args: () => ['--seed', 'scaled_demo', '--force'], allowed: [OLD, 50_000], isSlow: true },
  backup: { args: (home) => ['--backup', join(home, 'copy.db')], allowed: [OLD], made: 'copy.db' },
  compact: { args: () => ['--compact'], allowed: [OLD], since: '--compact' },
  salvage: { args: (home) => ['--salvage', join(home, 'copy.db')], allowed: [OLD], made: 'copy.db', since: '--salvage' },
};
const { stdout: help } = await command(folder, ['--help']);

async function timeOf(kind) {
  const home = freshHome();
  const began = Date.now();
  worked(await command(home, kind.args(home)), 'the whole work');
  removeFolder(home);
  return Date.now() - began;
}

async function breakCommand(kind, usual, problems, tally) {
  const home = freshHome();
  const how = await killSometime(begin(home, kind.args(home)), usual);
  tally.set(how ? 'ended before' : 'killed', (tally.get(how ? 'ended before' : 'killed') ?? 0) + 1);
  if (how && how.code !== 0) problems.push(`ended with ${how.code ?? how.signal}: ${how.stderr}`);
  if (kind.made && existsSync(join(home, kind.made))) {
    const wrong = await findings(home, { library: join(home, kind.made) });
    if (wrong) problems.push(`a file that has its name is not whole: ${wrong}`);
    for (const name of files(home).filter((one) => one.startsWith(kind.made))) rmSync(join(home, name));
  }
  await holds(home, kind.allowed, problems, 'after the kill');
  worked(await command(home, kind.args(home)), 'once more');
  await holds(home, [kind.allowed.at(-1)], problems, 'once more');
  // What the kill has left: of a backup, one temporary file (nobody knows that it is not somebody's), else nothing.
  const left = files(home).filter((name) => /restoring|seeding|compacting|upgrading|-wal$|-shm$|\.salvag/.test(name));
  if (left.length > 0) problems.push(`left behind: ${left}`);
  if (problems.length === 0) removeFolder(home);
}

// ---- work of the running server ---------------------------------------------------------------------------------------

async function breakImport(problems, tally) {
  const home = freshHome();
  const server = await start(home);
  const work = server.api('POST', '/books/import/csv', csv('Imported', IMPORT_ROWS), { 'Content-Type': 'text/csv' }).catch(() => null);
  await Promise.race([setTimeout(dice() * importMs), work]);
  await server.kill();
  const reply = await work;
  tally.set(reply ? 'answered' : 'killed', (tally.get(reply ? 'answered' : 'killed') ?? 0) + 1);
  const wrong = await findings(home);
  if (wrong) problems.push(wrong);
  const next = await start(home);
  const there = (await titles(next)) - OLD;
  if (reply ? there !== IMPORT_ROWS : there < 0 || there > IMPORT_ROWS) problems.push(`${there} of ${IMPORT_ROWS} imported, answered: ${reply?.status}`);
  // The same file again brings in what is missing, and nothing twice.
  const again = await next.api('POST', '/books/import/csv', csv('Imported', IMPORT_ROWS), { 'Content-Type': 'text/csv' });
  if (again.status !== 200 || again.body.imported !== IMPORT_ROWS - there) problems.push(`again: ${again.text.slice(0, 300)}`);
  if ((await titles(next)) !== OLD + IMPORT_ROWS) problems.push('some are there twice');
  await next.stop();
  if (problems.length === 0) removeFolder(home);
}

async function breakBackup(problems, tally) {
  const home = freshHome();
  const server = await start(home);
  const work = server.api('POST', '/admin/backups', {}).catch(() => null);
  await Promise.race([setTimeout(dice() * 120), work]);
  await server.kill();
  const reply = await work;
  tally.set(reply ? 'answered' : 'killed', (tally.get(reply ? 'answered' : 'killed') ?? 0) + 1);
  const backups = join(home, 'backups');
  const made = existsSync(backups) ? readdirSync(backups) : [];
  for (const name of made.filter((one) => one.endsWith('.db'))) {
    const there = mkdtempSync(join(folder, 'restored-'));
    const restored = await command(there, ['--restore', join(backups, name)]);
    if (restored.code !== 0) problems.push(`a backup that has its name cannot be restored: ${restored.stderr}`);
    else await holds(there, [OLD], problems, 'the backup');
    removeFolder(there);
  }
  if (reply?.status === 201 && !made.some((name) => name.endsWith('.db'))) problems.push('a backup was made, and is not there');
  await holds(home, [OLD], problems, 'after the kill');
  if (made.some((name) => name.includes('.part'))) tally.set('a .part left', (tally.get('a .part left') ?? 0) + 1);
  if (problems.length === 0) removeFolder(home);
}

// ---- all of them -------------------------------------------------------------------------------------------------------

let importMs = 0;
async function timeImport() {
  const home = freshHome();
  const server = await start(home);
  const began = Date.now();
  await server.api('POST', '/books/import/csv', csv('Imported', IMPORT_ROWS), { 'Content-Type': 'text/csv' });
  importMs = Date.now() - began;
  await server.stop();
  removeFolder(home);
}

async function tell(name, breakOnce, wanted = rounds) {
  const problems = [];
  const tally = new Map();
  let round = 0;
  for (; round < wanted && problems.length === 0; round++) await breakOnce(problems, tally);
  report(`kill during ${name}`, round, problems, `seed ${seed}, ${counts(tally)}`, { folder });
  return problems.length;
}

const only = process.env.BROKEN_OFF; // one of them alone
let wrong = 0;
for (const [name, kind] of Object.entries(commands)) {
  if (only ? name !== only : kind.isSlow && process.env.DURABILITY === 'quick') continue;
  if (kind.since && !help.includes(kind.since)) continue;
  const usual = await timeOf(kind);
  wrong += await tell(name, (problems, tally) => breakCommand(kind, usual, problems, tally), kind.isSlow ? Math.ceil(rounds / SLOW_PART) : rounds);
}
if (!only || only === 'import') {
  await timeImport();
  wrong += await tell('import', breakImport);
}
if (!only || only === 'live backup') wrong += await tell('a backup of the server', breakBackup);
if (wrong === 0) removeFolder(folder);
