// flips.mjs — bits turn over in a library at rest, in its -wal, in a backup: what is then served is right, or nothing
// is served and words say why. Never an empty library in place of a full one, never a crash.
//
//     DURABILITY_ROUNDS=20 node tests/durability/flips.mjs
//
// A library of known content is damaged in one to eight places (a bit, a byte, a run of zeros, the end cut off), then
// asked in every way: --check, a server and all of its titles, --restore; and --check --full where titles are missing, which
// it must have noticed.
import { closeSync, copyFileSync, existsSync, fstatSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from './disk.mjs';
import { diceOf } from './oracle.mjs';
import { command, libraryIn, start } from './program.mjs';
import { counts, report, roundsOr, seed } from './report.mjs';

const rounds = roundsOr(150); // of each kind
const TITLES = 400;
const PAGE = 100;
const PLACES_MAX = 8;
const RUN_BYTES = 300; // of zeros
const folder = mkdtempSync(join(tmpdir(), 'carrel-flips-'));
const dice = diceOf(seed);
const below = (count) => Math.floor(dice() * count);

const csv = `title,author\n${Array.from({ length: TITLES }, (_, row) => `Title ${row} of many,Author ${row % 37}`).join('\n')}\n`;

/** All titles, sorted; or null when it is not said (503, 500): that is an honest answer of a damaged library. */
async function titlesOf(server) {
  const titles = [];
  let cursor = '';
  for (;;) {
    const reply = await server.api('GET', `/books?limit=${PAGE}${cursor}`);
    if (reply.status !== 200) return null;
    titles.push(...reply.body.data.map((book) => `${book.title}/${book.author}`));
    if (!reply.body.meta.next_cursor) return titles.sort();
    cursor = `&cursor=${encodeURIComponent(reply.body.meta.next_cursor)}`;
  }
}

// ---- templates: a library after a clean stop, one after a kill, a backup ------------------------------------------------

const clean = join(folder, 'clean');
const killed = join(folder, 'killed');
for (const path of [clean, killed]) mkdirSync(path);
let server = await start(clean);
await server.api('POST', '/books/import/csv', csv, { 'Content-Type': 'text/csv' });
const member = (await server.api('POST', '/members', { name: 'A Reader' })).body;
const wanted = await titlesOf(server);
await server.stop();
await command(clean, ['--backup', join(folder, 'backup.db')]);
copyFileSync(libraryIn(clean), libraryIn(killed));
server = await start(killed);
for (let i = 0; i < 5; i++) await server.api('POST', '/books', { title: `Left in the log ${i}`, author: 'An Author' });
await server.kill();
if (wanted.length !== TITLES || !member.id || statSync(`${libraryIn(killed)}-wal`).size === 0) throw new Error('the templates are not as they should be');

// ---- damage --------------------------------------------------------------------------------------------------------------

/** Until it is another file: a zero over a zero is no damage. */
function damage(path) {
  const before = readFileSync(path);
  do spoil(path);
  while (before.equals(readFileSync(path)));
}

function spoil(path) {
  const file = openSync(path, 'r+');
  const size = fstatSync(file).size;
  const places = 1 + below(PLACES_MAX);
  for (let i = 0; i < places; i++) {
    const at = below(size);
    const how = dice();
    if (how < 0.7) {
      const byte = Buffer.alloc(1);
      readSync(file, byte, 0, 1, at);
      byte[0] ^= how < 0.5 ? 1 << below(8) : 1 + below(255);
      writeSync(file, byte, 0, 1, at);
    } else if (how < 0.95) writeSync(file, Buffer.alloc(Math.min(RUN_BYTES, size - at)), 0, Math.min(RUN_BYTES, size - at), at);
    else ftruncateSync(file, below(size));
  }
  closeSync(file);
}

function copyOf(home) {
  const to = mkdtempSync(join(folder, 'damaged-'));
  for (const suffix of ['', '-wal']) if (existsSync(libraryIn(home) + suffix)) copyFileSync(libraryIn(home) + suffix, libraryIn(to) + suffix);
  return to;
}

/** A refusal in words: the program ended by itself with 1, and said something. */
function isPolite({ code, signal, stderr, stdout }) {
  return signal === null && code === 1 && (stderr + stdout).length > 20;
}

/** What a server says of itself and of its titles. */
async function ask(home, allowed, problems, tally) {
  let running;
  try {
    running = await start(home, { env: { CARREL_LOG_LEVEL: 'off' } });
  } catch (error) {
    if (error.code !== 1 || !error.said) problems.push(`the start: ${error.message}`);
    return tally('not served');
  }
  const health = await running.http('GET', '/health').catch((error) => ({ error }));
  if (health.error) problems.push(`/health: ${health.error.message}`);
  const titles = health.status === 200 ? await titlesOf(running).catch(() => null) : null;
  const isAlive = running.isRunning();
  const how = isAlive ? await running.stop() : await running.ended;
  if (!isAlive || how.code !== 0) problems.push(`the server ended with ${how.code ?? how.signal}: ${how.stderr.slice(-400)}`);
  if (health.error) return tally('not answered');
  if (health.status !== 200) return tally('served as damaged');
  if (titles === null) return tally('some of it refused');
  const isRight = allowed.some((one) => JSON.stringify(one) === JSON.stringify(titles));
  if (!isRight && titles.length === 0) problems.push('an empty library in its place');
  if (isRight) return tally('served, all right');
  // A letter that turned into another one is still a letter: only a backup's digest can tell.
  if (allowed.some((one) => one.length === titles.length)) return tally('served, letters changed');
  // One that is gone, or twice there, is told by whoever looks at all of the library.
  const full = await command(home, ['--check', '--full'], { env: { CARREL_LOG_LEVEL: 'off' } });
  if (full.code === 0) problems.push(`${titles.length} titles are served instead of ${allowed.map((one) => one.length)}, and --check --full finds nothing`);
  else if (!isPolite(full)) problems.push(`--check --full ended with ${full.code ?? full.signal}: ${full.stderr.slice(-400)}`);
  return tally('served with titles missing or more, found by --check --full');
}

async function check(home, tally) {
  const quick = await command(home, ['--check'], { env: { CARREL_LOG_LEVEL: 'off' } });
  tally(quick.code === 0 ? 'check: well' : 'check: found');
  return quick;
}

async function kind(name, template, path, allowed) {
  const problems = [];
  const counted = new Map();
  const tally = (what) => counted.set(what, (counted.get(what) ?? 0) + 1);
  let round = 0;
  for (; round < rounds && problems.length === 0; round++) {
    const home = copyOf(template);
    damage(path(home));
    // On a copy of its own: what is looked at first must not have mended or changed the one that is looked at next.
    const found = await check(copyOf(home), tally);
    if (found.code !== 0 && !isPolite(found)) problems.push(`--check ended with ${found.code ?? found.signal}: ${found.stderr.slice(-400)}`);
    await ask(home, allowed, problems, tally);
    if (problems.length === 0) removeFolder(home);
  }
  report(`bit flips in ${name}`, round, problems, `seed ${seed}, ${counts(counted)}`, { folder });
  return problems.length;
}

async function backups() {
  const problems = [];
  const counted = new Map();
  const tally = (what) => counted.set(what, (counted.get(what) ?? 0) + 1);
  let round = 0;
  for (; round < rounds && problems.length === 0; round++) {
    const home = mkdtempSync(join(folder, 'restored-'));
    const backup = join(home, 'backup.db');
    copyFileSync(join(folder, 'backup.db'), backup);
    const hasManifest = existsSync(join(folder, 'backup.db.json')) && round % 2 === 0;
    if (hasManifest) copyFileSync(join(folder, 'backup.db.json'), `${backup}.json`);
    damage(backup);
    const restored = await command(home, ['--restore', backup], { env: { CARREL_LOG_LEVEL: 'off' } });
    if (restored.code === 0) {
      tally(hasManifest ? 'restored in spite of its digest' : 'restored');
      if (hasManifest) problems.push('a backup that is not as it was made was restored');
      await ask(home, [wanted], problems, tally);
    } else {
      tally('refused');
      if (!isPolite(restored)) problems.push(`--restore ended with ${restored.code ?? restored.signal}: ${restored.stderr.slice(-400)}`);
      if (existsSync(libraryIn(home))) problems.push('a refused backup has left a library');
    }
    if (problems.length === 0) removeFolder(home);
  }
  report('bit flips in a backup', round, problems, `seed ${seed}, ${counts(counted)}`, { folder });
  return problems.length;
}

let wrong = await kind('a library', clean, libraryIn, [wanted]);
/** What stands in the log is believed frame by frame: up to the damage, as after a power cut. */
const partly = Array.from({ length: 6 }, (_, n) => [...wanted, ...Array.from({ length: n }, (__, i) => `Left in the log ${i}/An Author`)].sort());
wrong += await kind('its log', killed, (home) => `${libraryIn(home)}-wal`, partly);
wrong += await backups();
if (wrong === 0) removeFolder(folder);
