// kill.mjs — kill -9 in the middle of work, again and again: what was acknowledged is there, everything else is there
// whole or not at all, and the library is sound.
//
//     DURABILITY_ROUNDS=20 DURABILITY_SEED=7 node tests/durability/kill.mjs
//
// Many clients lend, return, register and create at once; at a random moment the server gets SIGKILL. Each round goes on
// with the library that the rounds before have left.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { removeFolder } from './disk.mjs';
import { diceOf, Oracle } from './oracle.mjs';
import { findings, start } from './program.mjs';
import { report, roundsOr, seed } from './report.mjs';

const rounds = roundsOr(1000);
const CLIENTS = 16;
const LIVES_MS = { least: 20, most: 320 }; // how long the server works in a round

const folder = mkdtempSync(join(tmpdir(), 'carrel-kill-'));
const dice = diceOf(seed);
const oracle = new Oracle(join(folder, 'oracle.log'), dice);
let server = await start(folder);
await oracle.furnish(server, CLIENTS);

let round = 0;
while (round < rounds && oracle.problems.length === 0) {
  round++;
  const work = oracle.work(server);
  await Promise.race([setTimeout(LIVES_MS.least + dice() * (LIVES_MS.most - LIVES_MS.least)), work]);
  await server.kill();
  await work;
  const wrong = await findings(folder);
  if (wrong) oracle.problems.push(wrong);
  server = await start(folder);
  await oracle.verify(server);
  if (round % 100 === 0) console.log(`kill -9: ${round} rounds, ${oracle.acknowledged} acts acknowledged`);
}
const how = await server.stop();
if (how.code !== 0) oracle.problems.push(`the last stop ended with ${how.code ?? how.signal}: ${how.stderr}`);
oracle.close();
report('kill -9', round, oracle.problems, `seed ${seed}, ${oracle.summary()}`, { folder });
if (oracle.problems.length === 0) removeFolder(folder);
