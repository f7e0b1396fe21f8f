// memory.mjs — the machine has no memory left for the server, again and again: it refuses what it cannot do, or ends;
// what was acknowledged is there.
//
//     DURABILITY_ROUNDS=5 node tests/durability/memory.mjs
//
// prlimit(1) lets the running server take hardly any more memory (RLIMIT_DATA). Carrel's own malloc ends the process
// when it fails (base/arena.h: what was acknowledged is on the disk); SQLite's answers 503.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { removeFolder } from './disk.mjs';
import { diceOf, Oracle } from './oracle.mjs';
import { findings, start } from './program.mjs';
import { counts, report, roundsOr, seed, skip } from './report.mjs';

const rounds = roundsOr(40);
const KIND = 'no memory';
const CLIENTS = 16;
const SPARE_MAX = 400_000; // bytes of data that are left to it
const WORKS_MS = { least: 100, most: 700 };
const BIG_ROWS = 6000;

if (spawnSync('prlimit', ['--version']).status !== 0) skip(KIND, 'there is no prlimit(1) here');
const folder = mkdtempSync(join(tmpdir(), 'carrel-memory-'));
const dice = diceOf(seed);
const oracle = new Oracle(join(folder, 'oracle.log'), dice);
const problems = [];
const tally = new Map();
const met = (what) => tally.set(what, (tally.get(what) ?? 0) + 1);
const big = `title,author\n${Array.from({ length: BIG_ROWS }, (_, row) => `Never There ${row},An Author`).join('\n')}\n`;

let server = await start(folder);
await oracle.furnish(server, CLIENTS);
let round = 0;
while (round < rounds && oracle.problems.length + problems.length === 0) {
  round++;
  const work = oracle.work(server);
  await setTimeout(dice() * 50);
  const bytes = Number(/VmData:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) * 1024;
  const limited = spawnSync('prlimit', ['--pid', String(server.pid), `--data=${Math.floor(bytes + dice() * SPARE_MAX)}`], { encoding: 'utf8' });
  if (limited.status !== 0) throw new Error(limited.stderr);
  if (round % 3 === 0) {
    const reply = await server.api('POST', '/books/import/csv?dry_run=true', big, { 'Content-Type': 'text/csv' }).catch(() => null);
    met(reply ? `a big file answered with ${reply.status}` : 'a big file unanswered');
  }
  await Promise.race([setTimeout(WORKS_MS.least + dice() * (WORKS_MS.most - WORKS_MS.least)), work]);
  await Promise.race([server.ended, setTimeout(100)]); // one that ends is not always gone when its connections are
  if (server.isRunning()) {
    met('it lived');
    oracle.enough();
    await work;
    await server.kill();
  } else {
    const how = await server.ended;
    met(`it ended by ${how.signal ?? how.code}`);
    if (how.signal !== 'SIGABRT') problems.push(`it ended with ${how.code ?? how.signal}: ${how.stderr.slice(-400)}`);
    await work;
  }
  const wrong = await findings(folder);
  if (wrong) problems.push(wrong);
  server = await start(folder);
  await oracle.verify(server);
}
const how = await server.stop();
if (how.code !== 0) problems.push(`the last stop ended with ${how.code ?? how.signal}: ${how.stderr}`);
problems.push(...oracle.problems);
oracle.close();
report(KIND, round, problems, `seed ${seed}, ${oracle.summary()}, refused ${counts(oracle.refused)}; ${counts(tally)}`, { folder });
if (problems.length === 0) removeFolder(folder);
