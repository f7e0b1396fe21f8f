// file.mjs — making the library, checking it, starting on it; the program's own size.
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { api, binary, folder, library, measure, median, noise, round, row, scenario, start, stop } from '../lib.mjs';

const SEEDS = 3;

/** As many bytes, written by the simplest program there is. */
function writeSame(bytes) {
  const begun = performance.now();
  const descriptor = openSync(join(folder, 'floor'), 'w');
  const piece = Buffer.alloc(1 << 20, 7);
  for (let written = 0; written < bytes; written += piece.length) writeSync(descriptor, piece);
  fsyncSync(descriptor);
  closeSync(descriptor);
  rmSync(join(folder, 'floor'));
  return (performance.now() - begun) / 1000;
}

async function seedOnce() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const seeded = await measure(['--db', library, '--seed', scenario]);
  const checked = await measure(['--db', library, '--check']);
  return { seed: seeded.took, check: checked.took, took: seeded.took + checked.took, peaks: [seeded.peak, checked.peak] };
}

/** The middle of three: some machines are a tenth slower from one minute to the next. */
export async function seed() {
  const runs = [];
  for (let i = 0; i < SEEDS; i++) runs.push(await seedOnce());
  const { size } = statSync(library);
  const floor = writeSame(size);
  const server = await start();
  const borrows = (await api(server, '/borrows?limit=1')).meta.total;
  await stop(server);
  const rates = runs.map((run) => borrows / run.took);
  const middle = runs[rates.indexOf(median(rates))];
  const peak = (which) => round(Math.max(...runs.map((run) => run.peaks[which])));
  row('seed, from nothing to a checked file', `${round(median(rates), 0)} borrows/s ${noise(rates)}: ${round(middle.seed, 2)} s + check ${round(middle.check, 2)} s`,
    '≥ 600,000, then 1,000,000', `write ${round(size / 1e6)} MB: ${round(floor, 2)} s`, `${round(middle.took / floor)} ×`,
    { seed_s: middle.seed, check_s: middle.check, rates, floor_s: floor, borrows, bytes: size });
  row('peak memory of seed, of check', `${peak(0)} MiB, ${peak(1)} MiB`, '≤ 300 MiB');
}

export async function startUp() {
  const all = [];
  for (let i = 0; i < 5; i++) {
    const server = await start();
    all.push(server.ms);
    await stop(server);
  }
  row('start to first answer (5 starts)', `${round(median(all))} ms, ${noise(all)}`, '≤ 100 ms', '', '', { ms: all });
}

export function size() {
  row('stripped binary', `${round(statSync(binary).size / 2 ** 20)} MiB`, '≤ 12 MiB');
}
