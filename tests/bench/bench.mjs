// bench.mjs — `make bench`: the rows of the project's speed table, measured on this machine, in one run.
//
//     BENCH_SCENARIO=minimal BENCH_SECONDS=1 node tests/bench/bench.mjs
//
// Each row is a figure beside its floor (the least that any program could take here, measured in the same run) and
// their ratio: machines differ and are noisy, ratios less so. Nothing is asserted. JSON goes to build/bench/bench.json.
import { binary, head, library, row, run, save, start, stop } from './lib.mjs';
import { seed, size, startUp } from './rows/file.mjs';
import { door } from './rows/door.mjs';
import { besideNginx, idleClients } from './rows/http.mjs';
import { pages } from './rows/pages.mjs';
import { importing } from './rows/importing.mjs';
import { journal } from './rows/journal.mjs';
import { paint } from './rows/paint.mjs';
import { dashboard, details, facets, recommendations, search, suggestions } from './rows/reading.mjs';
import { reports } from './rows/reports.mjs';
import { scans } from './rows/scanner.mjs';
import { wear } from './rows/wear.mjs';
import { backup, lends, memory, pairs } from './rows/writing.mjs';

const begun = performance.now();
const machine = head();
await seed();
await startUp();
const server = await start();
await search(server);
await suggestions(server);
await facets(server);
await recommendations(server);
await details(server);
await pages(server);
await dashboard(server);
await reports(server);
const file = await pairs(server);
lends(server, file);
await wear(server, file);
await scans(server);
await paint(server);
await backup(server, file);
await importing(server, file);
await besideNginx(server);
await idleClients(server);
await door();
await journal();
memory(server);
size();
await stop(server);
row('check after all that', run(binary, ['--db', library, '--check']).trim(), 'All is well');
console.log(`\nTook ${((performance.now() - begun) / 60_000).toFixed(1)} minutes. Times of search, suggestions, pages and dashboard are the server's own (X-Process-Time).`);
save(machine);
