// table.mjs — everything that may befall a library, one kind after another, and one table of it at the end.
//
//     node tests/durability/table.mjs                           as `make durability` does, an hour or so
//     DURABILITY=quick node tests/durability/table.mjs          a few rounds of each, as `make test` does
//     DURABILITY_ONLY=kill,clock node tests/durability/table.mjs
//     DURABILITY_ROUNDS=50 …                                    so many rounds of each kind
//
// Each kind is a program of its own, with its own folder and its own oracle; what it found is in one line of the table.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Rounds in a quick run: what each takes is a second or two. */
const kinds = [
  ['kill', 20],
  ['power-cut', 3],
  ['disk-full', 4],
  ['descriptors', 4],
  ['memory', 4],
  ['broken-off', 1],
  ['flips', 8],
  ['lost-log', 1],
  ['clock', 12],
  ['two-servers', 1],
];
const isQuick = process.env.DURABILITY === 'quick';
const only = process.env.DURABILITY_ONLY?.split(',');
const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'carrel-table-'));
const table = join(folder, 'lines');

function run(command, args, env, isTold) {
  return new Promise((done) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', isTold ? 'pipe' : 'inherit', 'inherit'] });
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      said += text;
      process.stdout.write(text);
    });
    child.once('error', (error) => done({ code: error.message, said }));
    child.once('close', (code, signal) => done({ code: code ?? signal, said }));
  });
}

const lines = [];
let failed = 0;

/** The fault programs speak cmocka's language: "failing sync: 36 rounds of 36, 0 losses". */
async function runFaults(program) {
  const began = Date.now();
  const { code, said } = await run(program, [], { FAULTS: 'full' }, true);
  for (const [, kind, rounds] of said.matchAll(/^(.+): (\d+) rounds.*, 0 losses$/gm)) lines.push({ kind, rounds: `${rounds} rounds`, problems: 0 });
  if (code !== 0) {
    failed++;
    lines.push({ kind: basename(program), rounds: '', problems: 1, said: `ended with ${code}`, seconds: Math.round((Date.now() - began) / 1000) });
  }
}

for (const [name, quickRounds] of kinds) {
  if (only && !only.includes(name)) continue;
  const rounds = isQuick && !process.env.DURABILITY_ROUNDS ? { DURABILITY_ROUNDS: quickRounds } : {};
  const { code } = await run(process.execPath, [join(here, `${name}.mjs`)], { DURABILITY_TABLE: table, ...rounds });
  const told = existsSync(table) ? readFileSync(table, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)) : [];
  lines.push(...told);
  rmSync(table, { force: true });
  if (code !== 0) failed++;
  if (code !== 0 && !told.some((line) => line.problems > 0)) lines.push({ kind: name, rounds: '', problems: 1, said: `ended with ${code}` });
}
for (const program of (isQuick || only ? '' : process.env.FAULT_PROGRAMS ?? '').split(' ').filter(Boolean)) await runFaults(program);

const width = Math.max(...lines.map((line) => line.kind.length));
console.log(`\n${'kind'.padEnd(width)}  ${'tried'.padStart(14)}  losses  what was met (${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} processors)`);
for (const { kind, rounds, problems, said = '' } of lines) console.log(`${kind.padEnd(width)}  ${rounds.padStart(14)}  ${String(problems).padStart(6)}  ${said}`);
rmSync(folder, { recursive: true });
if (failed > 0) {
  console.error(`\n${failed} kinds have lost something or came to no end`);
  process.exitCode = 1;
}
