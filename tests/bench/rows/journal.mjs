// journal.mjs — what it costs to write every change to a second folder as well: the same library behind two servers.
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { binary, folder, loadFigures, pause, round, row, run, seconds, start, stop } from '../lib.mjs';
import { inTurns, tell } from './door.mjs';
import { pairs } from './writing.mjs';

const bytesIn = (path) => readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);

export async function journal() {
  const files = { without: join(folder, 'journal-without.db'), with: join(folder, 'journal-with.db') };
  const second = join(folder, 'journal-second');
  rmSync(second, { recursive: true, force: true });
  mkdirSync(second);
  run(binary, ['--db', files.without, '--seed', 'minimal', '--force']);
  copyFileSync(files.without, files.with);
  const without = await start(files.without);
  const recorded = await start(files.with, 'off', ['--backup-second-dir', second]);
  const file = await pairs(without, 'journal-pairs');
  await fetch(`${recorded.url}api/v1/admin/jobs/journal/run`, { method: 'POST' });
  let pairsLent = 0;
  const lend = (server, clients) => ({ server, ask: () => {
    const lent = loadFigures('lend', server.port, clients, seconds / 2, file);
    if (lent.refused + lent.broken) throw new Error(`${lent.refused} refused, ${lent.broken} broken`);
    if (server === recorded) pairsLent += lent.done / 2;
    return { rate: lent.per_second, done: lent.done };
  } });
  for (const clients of [1, 32]) {
    tell(`lend or return, ${clients} client${clients > 1 ? 's' : ''}, with the journal ÷ without`, '', inTurns({ without: lend(without, clients), 'with': lend(recorded, clients) }));
  }
  await pause(1500);
  row('  written to the second folder for a loan and its return', `${round(bytesIn(join(second, 'journal')) / pairsLent, 0)} bytes`);
  await stop(without);
  await stop(recorded);
}
