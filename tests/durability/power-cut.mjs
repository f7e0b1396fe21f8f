// power-cut.mjs — the power goes in the middle of work, again and again: what was acknowledged is there.
//
//     DURABILITY_CUTS=5 CUT_POWER=build/durability/cut_power node tests/durability/power-cut.mjs       (as root)
//
// The library lies on an ext4 of its own, in a file mounted as a loop device. While clients work, the file system is
// shut down by ioctl: from then on nothing in memory reaches that "disk". The server is killed, the file system mounted
// again (which replays its log), and the library held against the oracle, whose own file lies elsewhere. What a real
// disk may have in a cache of its own is not lost here.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { diceOf, Oracle } from './oracle.mjs';
import { findings, start } from './program.mjs';

const rounds = Number(process.env.DURABILITY_CUTS ?? 100);
const seed = Number(process.env.DURABILITY_SEED ?? Date.now() % 1_000_000);
const cutter = resolve(process.env.CUT_POWER ?? 'build/durability/cut_power');
const CLIENTS = 16;
const DISK_BYTES = 256 * 2 ** 20;
const WORKS_MS = { least: 50, most: 500 }; // until the power goes

function skip(why) {
  console.log(`power cut: SKIPPED: ${why}`);
  process.exit(0);
}

function run(command, ...args) {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  return result.status === 0 ? null : `${command}: ${(result.stderr || String(result.error ?? result.status)).trim()}`;
}

function must(...words) {
  const wrong = run(...words);
  if (wrong) throw new Error(wrong);
}

if (process.getuid() !== 0) skip('mounting a file system needs root (run it as root, or with sudo)');
if (!existsSync('/dev/loop-control')) skip('there is no /dev/loop-control here, so a file cannot be mounted');

const began = Date.now();
const folder = mkdtempSync(join(tmpdir(), 'carrel-cut-'));
const image = join(folder, 'disk');
const disk = join(folder, 'mounted');
mkdirSync(disk);
writeFileSync(image, '');
truncateSync(image, DISK_BYTES);
let isMounted = false;
const mount = () => {
  const wrong = run('mount', '-o', 'loop', image, disk);
  isMounted = !wrong;
  return wrong;
};
const unmount = () => {
  must('umount', disk);
  isMounted = false;
};
process.on('exit', () => {
  if (isMounted) run('umount', '-l', disk);
});

const unusable = run('mkfs.ext4', '-q', '-F', image) ?? mount();
if (unusable) {
  rmSync(folder, { recursive: true });
  skip(`no ext4 can be made in a file here (${unusable})`);
}

const dice = diceOf(seed);
const oracle = new Oracle(join(folder, 'oracle.log'), dice);
let server = await start(disk);
await oracle.furnish(server, CLIENTS);

let round = 0;
while (round < rounds && oracle.problems.length === 0) {
  round++;
  const work = oracle.work(server);
  await Promise.race([setTimeout(WORKS_MS.least + dice() * (WORKS_MS.most - WORKS_MS.least)), work]);
  oracle.turnDeaf(); // nothing else runs here until the power is gone
  const wrong = run(cutter, disk);
  await server.kill();
  await work;
  if (wrong && round === 1) {
    unmount();
    rmSync(folder, { recursive: true });
    skip(`this kernel's ext4 cannot be shut down (${wrong})`);
  }
  if (wrong) throw new Error(wrong);
  unmount();
  const broken = mount();
  if (broken) throw new Error(`after the power cut: ${broken}`);
  const found = await findings(disk);
  if (found) oracle.problems.push(found);
  server = await start(disk);
  await oracle.verify(server);
}
const how = await server.stop();
if (how.code !== 0) oracle.problems.push(`the last stop ended with ${how.code ?? how.signal}: ${how.stderr}`);
oracle.close();
unmount();

console.log(`power cut: ${round} rounds (seed ${seed}): ${oracle.acknowledged} acts acknowledged; ${oracle.unanswered} unanswered, of which ${oracle.found} were done; ${oracle.problems.length} problems; ${Math.round((Date.now() - began) / 1000)} s`);
if (oracle.problems.length > 0) {
  console.error(`${oracle.problems.slice(0, 20).join('\n')}\nThe disk and the oracle's log are in ${folder}`);
  process.exitCode = 1;
} else rmSync(folder, { recursive: true });
