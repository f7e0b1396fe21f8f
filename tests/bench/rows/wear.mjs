// wear.mjs — what a loan costs a memory card: bytes that the server hands to the disk for a lend and its return.
import { readFileSync, statSync } from 'node:fs';
import { library, loadFigures, pause, round, row, seconds } from '../lib.mjs';

/** Longer than the writer waits until it folds its log into the file (WAL_IDLE_MS). */
const FOLDED_MS = 4000;

/** As Linux counts what a process makes the disk write; what was taken back before it got there is not counted. */
function written(pid) {
  const io = readFileSync(`/proc/${pid}/io`, 'utf8');
  const of = (name) => Number(io.match(new RegExp(`^${name}: (\\d+)`, 'm'))?.[1] ?? 0);
  return of('write_bytes') - of('cancelled_write_bytes');
}

/** `floor`: by how much the file grew, which is the rows and their places in the indexes. */
export async function wear(server, file) {
  for (const clients of [1, 32]) {
    await pause(FOLDED_MS);
    const before = { written: written(server.child.pid), size: statSync(library).size };
    const lent = loadFigures('lend', server.port, clients, seconds, file);
    await pause(FOLDED_MS);
    const pairs = lent.done / 2;
    const bytes = (written(server.child.pid) - before.written) / pairs;
    const grown = (statSync(library).size - before.size) / pairs;
    row(`bytes to the disk per lend and return, ${clients} client${clients > 1 ? 's' : ''}`, `${round(bytes / 1024)} KiB (${round(pairs, 0)} pairs)`, '',
      `the file grew ${round(grown / 1024, 2)} KiB`, `${round(bytes / Math.max(grown, 1), 0)} ×`, { bytes_per_pair: bytes, grown_per_pair: grown });
  }
}
