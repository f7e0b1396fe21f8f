// two-servers.mjs — one library has one server, whatever name the second one calls it by; a command on a library that
// is served goes to its server.
//
//     node tests/durability/two-servers.mjs       (as root also by a bind mount)
//
// While clients work, a second server is started on the same file: by its own name, through a symbolic link to the
// file and to its folder, through a hard link, and through a bind mount of the folder and of the file alone.
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { removeFolder, run } from './disk.mjs';
import { diceOf, Oracle } from './oracle.mjs';
import { command, findings, libraryIn, start } from './program.mjs';
import { report, roundsOr, seed } from './report.mjs';

const rounds = roundsOr(5);
const CLIENTS = 8;
const WORKS_MS = 60;

const folder = mkdtempSync(join(tmpdir(), 'carrel-two-'));
const home = join(folder, 'home');
const elsewhere = join(folder, 'elsewhere');
for (const path of [home, elsewhere, join(folder, 'whole')]) mkdirSync(path);
const library = libraryIn(home);
const dice = diceOf(seed);
const oracle = new Oracle(join(folder, 'oracle.log'), dice);
const problems = [];
let skipped = '';
let server = await start(home);
await oracle.furnish(server, CLIENTS);

const names = new Map([['its own name', library]]);
symlinkSync(library, join(elsewhere, 'symbolic.db'));
names.set('a symbolic link', join(elsewhere, 'symbolic.db'));
symlinkSync(home, join(folder, 'door'));
names.set('a link to its folder', join(folder, 'door', 'library.db'));
linkSync(library, join(elsewhere, 'hard.db'));
names.set('a hard link', join(elsewhere, 'hard.db'));
const mounted = [];
function bind(what, from, to, name) {
  const cannot = process.getuid() === 0 ? run('mount', '--bind', from, to) : 'mounting needs root';
  if (cannot) skipped = `; by bind mounts: SKIPPED (${cannot})`;
  else {
    mounted.push(to);
    names.set(what, name);
  }
}
process.on('exit', () => mounted.forEach((path) => run('umount', path)));
bind('a bind mount of its folder', home, join(folder, 'whole'), join(folder, 'whole', 'library.db'));
writeFileSync(join(elsewhere, 'mounted.db'), '');
bind('a bind mount of the file', library, join(elsewhere, 'mounted.db'), join(elsewhere, 'mounted.db'));

let tried = 0;
/** Nobody else may have it: neither a server nor a command that would open it by itself. */
async function second(how, name) {
  tried++;
  try {
    const other = await start(elsewhere, { library: name });
    problems.push(`a second server serves it by ${how}`);
    await other.kill();
  } catch (error) {
    if (error.code !== 1 || !/in use/.test(error.said)) problems.push(`a second server by ${how}: ${error.message}`);
  }
  tried++;
  const check = await command(elsewhere, ['--check'], { library: name });
  const isAsked = check.code === 0 && /All is well/.test(check.stdout);
  const isRefused = check.code === 1 && /in use/.test(check.stderr);
  if (!isAsked && !isRefused) problems.push(`--check by ${how}: ${check.code} ${check.stdout}${check.stderr}`);
}

for (let round = 0; round < rounds && problems.length === 0; round++) {
  const work = oracle.work(server);
  await setTimeout(WORKS_MS);
  for (const [how, name] of names) await second(how, name);
  const replaced = await command(home, ['--restore', library, '--force']);
  if (replaced.code === 0) problems.push('a library that is served was replaced by itself');
  const seeded = await command(home, ['--seed', 'minimal', '--force']);
  if (seeded.code !== 1 || !/in use/.test(seeded.stderr)) problems.push(`--seed of a library that is served: ${seeded.code} ${seeded.stderr}`);
  oracle.enough();
  await work;
  await oracle.verify(server);
  // The lock ends with its process, however that ends; and the next server is the only one again.
  if (round % 2 === 0) await server.kill();
  else await server.stop();
  server = await start(home);
  await oracle.verify(server);
}
const how = await server.stop();
if (how.code !== 0) problems.push(`the last stop ended with ${how.code ?? how.signal}: ${how.stderr}`);
const wrong = await findings(home);
if (wrong) problems.push(wrong);
problems.push(...oracle.problems);
oracle.close();
while (mounted.length > 0) run('umount', mounted.pop());
report('two servers', tried, problems, `seed ${seed}, ${oracle.summary()}; by ${[...names.keys()].join(', ')}${skipped}`, { unit: 'attempts', folder });
if (problems.length === 0) removeFolder(folder);
else rmSync(join(folder, 'door'), { force: true });
