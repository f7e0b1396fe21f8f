// report.mjs — one line for each kind of trouble: how often it was made, what was lost. `make durability` collects the
// lines in DURABILITY_TABLE and prints them as one table at the end (table.mjs).
import { appendFileSync } from 'node:fs';

let began = Date.now();

/** Tells how it went; with problems, the process ends with 1 and says where to look. */
export function report(kind, rounds, problems, said = '', { unit = 'rounds', folder } = {}) {
  const seconds = Math.round((Date.now() - began) / 1000);
  console.log(`${kind}: ${rounds} ${unit}${said ? `: ${said}` : ''}; ${problems.length} problems; ${seconds} s`);
  note({ kind, rounds: `${rounds} ${unit}`, problems: problems.length, said, seconds });
  began = Date.now(); // of the next kind
  if (problems.length === 0) return;
  console.error(problems.slice(0, 20).join('\n'));
  if (folder) console.error(`What it was found in is in ${folder}`);
  process.exitCode = 1;
}

/** This kind cannot be tried here. Ends the process. */
export function skip(kind, why) {
  console.log(`${kind}: SKIPPED: ${why}`);
  note({ kind, rounds: 'skipped', problems: 0, said: why, seconds: 0 });
  process.exit(0);
}

function note(line) {
  if (process.env.DURABILITY_TABLE) appendFileSync(process.env.DURABILITY_TABLE, `${JSON.stringify(line)}\n`);
}

/** How often, unless DURABILITY_ROUNDS says otherwise; and a seed, unless DURABILITY_SEED does. */
export const roundsOr = (usual) => Number(process.env.DURABILITY_ROUNDS ?? usual);
export const seed = Number(process.env.DURABILITY_SEED ?? Date.now() % 1_000_000);

/** "3 × DISK_FULL, 1 × BUSY" */
export const counts = (map) => [...map].map(([name, count]) => `${count} × ${name}`).join(', ') || 'none';
