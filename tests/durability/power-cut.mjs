// power-cut.mjs — the power goes in the middle of work, again and again: what was acknowledged is there.
//
//     DURABILITY_ROUNDS=5 CUT_POWER=build/durability/cut_power node tests/durability/power-cut.mjs       (as root)
//
// The library lies on an ext4 of its own, in a file mounted as a loop device. While clients work, the file system is
// shut down by ioctl: from then on nothing in memory reaches that "disk". The server is killed, the file system mounted
// again (which replays its log), and the library held against the oracle, whose own file lies elsewhere. What a real
// disk may have in a cache of its own is not lost here.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { cannotMount, makeDisk, removeFolder, run } from './disk.mjs';
import { diceOf, Oracle } from './oracle.mjs';
import { findings, start } from './program.mjs';
import { report, roundsOr, seed, skip } from './report.mjs';

const rounds = roundsOr(100);
const cutter = resolve(process.env.CUT_POWER ?? 'build/durability/cut_power');
const KIND = 'power cut';
const CLIENTS = 16;
const DISK_BYTES = 256 * 2 ** 20;
const WORKS_MS = { least: 50, most: 500 }; // until the power goes

const cannot = cannotMount();
if (cannot) skip(KIND, cannot);
const folder = mkdtempSync(join(tmpdir(), 'carrel-cut-'));
const disk = makeDisk(folder, DISK_BYTES);
const dice = diceOf(seed);
const oracle = new Oracle(join(folder, 'oracle.log'), dice);
let server = await start(disk.path);
await oracle.furnish(server, CLIENTS);

let round = 0;
while (round < rounds && oracle.problems.length === 0) {
  round++;
  const work = oracle.work(server);
  await Promise.race([setTimeout(WORKS_MS.least + dice() * (WORKS_MS.most - WORKS_MS.least)), work]);
  oracle.turnDeaf(); // nothing else runs here until the power is gone
  const wrong = run(cutter, disk.path);
  await server.kill();
  await work;
  if (wrong && round === 1) {
    disk.unmount();
    removeFolder(folder);
    skip(KIND, `this kernel's ext4 cannot be shut down (${wrong})`);
  }
  if (wrong) throw new Error(wrong);
  disk.unmount();
  disk.mount();
  const found = await findings(disk.path);
  if (found) oracle.problems.push(found);
  server = await start(disk.path);
  await oracle.verify(server);
}
const how = await server.stop();
if (how.code !== 0) oracle.problems.push(`the last stop ended with ${how.code ?? how.signal}: ${how.stderr}`);
oracle.close();
disk.unmount();
report(KIND, round, oracle.problems, `seed ${seed}, ${oracle.summary()}`, { folder });
if (oracle.problems.length === 0) removeFolder(folder);
