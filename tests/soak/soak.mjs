// soak.mjs — ten years of a library's days in half an hour: does it stay as quick and as small as it was?
//
//     make soak                     30 minutes, ten simulated years
//     SOAK_SECONDS=60 make soak     the same in a minute
//
// Four desks lend, take back, renew, take money, place holds and search; the library's clock runs ahead, and its jobs
// run at every month's end. Each year prints how it went; the end says whether memory, the log beside the file and the
// time that answers take grew with the years (the file does: loans are kept), and --check looks at everything. It ends
// with 1 when an answer was a server's error, or the check finds something. How long an answer takes is printed and
// judged by people: on a machine that others use, the processor's time for an act is the better measure.
import { readFileSync, statSync } from 'node:fs';
import { DAY_MS } from '../support/library.mjs';
import { Random } from '../support/random.mjs';
import { startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const seconds = Number(process.env.SOAK_SECONDS ?? 1800);
const years = Number(process.env.SOAK_YEARS ?? 10);
const DESKS = 4;
const TITLES = 2000;
const MEMBERS = 400;
const OUT_MAX = 300;
const YEAR_MS = 365 * DAY_MS;
const FIRST_DAY = Date.parse('2027-01-04T08:00:00.000Z');
const SAMPLE_MS = 100;
const WAL_MAX_MB = 256_000 * 4096 / 1e6;

const dice = new Random(Number(process.env.SOAK_SEED ?? 1));
const random = (below) => dice.int(0, below - 1);
const one = (list) => dice.pick(list);
const quantile = (numbers, q) => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * q))] ?? 0;
const fixed = (number, digits = 1) => number.toFixed(digits);
const pad = (cells) => cells.map((cell, i) => String(cell).padStart(i ? 11 : 5)).join(' ');

/** How much the values rise from one year to the next: the straight line that fits them best. */
function slope(values) {
  const n = values.length;
  const mean = (n - 1) / 2;
  const level = values.reduce((sum, value) => sum + value, 0) / n;
  const over = values.reduce((sum, value, i) => sum + (i - mean) * (value - level), 0);
  const under = values.reduce((sum, _, i) => sum + (i - mean) ** 2, 0);
  return under ? over / under : 0;
}

const clock = await makeTestClock(FIRST_DAY);
const server = await startServer({
  home: clock.home,
  env: clock.env,
  args: ['--rate-limit-per-minute', '0', '--log-level', 'error', '--backup-schedule', 'off', '--time-zone', 'UTC'],
  seedCsv: `title,author,copies\n${Array.from({ length: TITLES }, (_, i) => `Soaked title ${i} of ${['rivers', 'hills', 'towns', 'birds'][i % 4]},Author ${i % 300},1\n`).join('')}`,
});

let errors = 0;
const emptyYear = () => ({ lend: [], return: [], search: [], wal: 0, acts: 0 });
let year = emptyYear();
async function timed(kind, method, path, body) {
  const begun = performance.now();
  const reply = await server.http(method, `/api/v1${path}`, body);
  year.acts++;
  year[kind]?.push(performance.now() - begun);
  if (reply.status >= 500) {
    errors++;
    console.error(`${method} ${path}: ${reply.status} ${reply.text.slice(0, 300)}`);
  }
  return reply;
}

const cards = [];
const ids = new Map();
for (let i = 0; i < MEMBERS; i++) {
  const { body } = await timed('', 'POST', '/members', { name: `Soaked Reader ${i}` });
  cards.push(body.card);
  ids.set(cards.at(-1), body.id);
}
const barcodes = [];
const books = [];
for (let offset = 0; barcodes.length < TITLES; offset += 100) {
  const { data } = (await timed('', 'GET', `/copies?limit=100&offset=${offset}`)).body;
  for (const copy of data) {
    barcodes.push(copy.barcode);
    books.push(copy.book.id);
  }
}
const out = [];
let loans = 0;

async function lend() {
  const card = one(cards);
  const barcode = one(barcodes);
  const reply = await timed('lend', 'POST', '/borrows', { barcode, card });
  if (reply.status === 201) {
    loans++;
    out.push({ barcode, id: reply.body.id });
  } else if (reply.body?.error_code === 'MEMBER_BLOCKED') {
    await pay(ids.get(card));
  }
}

async function pay(member) {
  const { body } = await timed('', 'GET', `/members/${member}`);
  if (body.balance > 0) await timed('', 'POST', '/fines/pay', { member_id: member, amount: body.balance, method: 'cash' });
}

const acts = [
  [34, () => (out.length < OUT_MAX ? lend() : takeBack())],
  [32, () => (out.length > OUT_MAX / 4 ? takeBack() : lend())],
  [20, () => timed('search', 'GET', `/books?q=${one(['soaked', 'rivers', 'birds', 'author', 'title'])}+${random(TITLES)}&limit=20`)],
  [5, () => (out.length ? timed('', 'POST', `/borrows/${one(out).id}/renew`) : lend())],
  [3, () => timed('', 'POST', '/holds', { book_id: one(books), member_id: ids.get(one(cards)) })],
  [3, () => timed('', 'GET', '/analytics/summary')],
  [2, () => timed('', 'GET', '/borrows/overdue?limit=20')],
  [1, () => pay(ids.get(one(cards)))],
];
const weights = acts.reduce((sum, [weight]) => sum + weight, 0);

function takeBack() {
  const [{ barcode }] = out.splice(random(out.length), 1);
  return timed('return', 'POST', '/borrows/return', { barcode });
}

function act() {
  let at = random(weights);
  return acts.find(([weight]) => (at -= weight) < 0)[1]();
}

async function endOfMonth(month) {
  const { jobs } = (await timed('', 'GET', '/admin/jobs')).body;
  for (const { name } of jobs) await timed('', 'POST', `/admin/jobs/${name}/run`);
  // Titles that come and go are what a real catalogue has.
  await timed('', 'POST', '/books', { title: `New in month ${month}`, author: 'Somebody New' });
}

const memory = () => Number(readFileSync(`/proc/${server.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;
/** Milliseconds of processor time that the server has taken (proc(5): fields 14 and 15, a hundred to the second). */
function processorMs() {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
const size = (name) => statSync(clock.home.path(name), { throwIfNoEntry: false })?.size ?? 0;

const begun = performance.now();
const table = [];
let ended = false;
const yearSeconds = seconds / years;

async function desk() {
  while (!ended) await act();
}

async function runYear(number) {
  const yearBegun = performance.now();
  const start = FIRST_DAY + number * YEAR_MS;
  const loansBefore = loans;
  const processorBefore = processorMs();
  for (let month = 0; ; ) {
    const part = (performance.now() - yearBegun) / (yearSeconds * 1000);
    if (part >= 1) break;
    clock.moveTo(start + part * YEAR_MS);
    year.wal = Math.max(year.wal, size('library.db-wal'));
    if (part * 12 > month + 1) await endOfMonth(number * 12 + ++month);
    await new Promise((done) => setTimeout(done, SAMPLE_MS));
  }
  const now = { year: number + 1, loans: loans - loansBefore, rss: memory(), file: size('library.db') / 1e6, wal: year.wal / 1e6, cpu: (processorMs() - processorBefore) / Math.max(1, year.acts) };
  for (const kind of ['lend', 'return', 'search']) Object.assign(now, { [`${kind}50`]: quantile(year[kind], 0.5), [`${kind}99`]: quantile(year[kind], 0.99) });
  year = emptyYear();
  table.push(now);
  console.log(pad([now.year, now.loans, fixed(now.rss), fixed(now.file), fixed(now.wal), fixed(now.cpu, 3), ...['lend', 'return', 'search'].flatMap((kind) => [fixed(now[`${kind}50`]), fixed(now[`${kind}99`])])]));
}

console.log(`${years} years in ${seconds} s: ${DESKS} desks, ${TITLES} titles, ${MEMBERS} members\n`);
console.log(pad(['year', 'loans', 'RSS MiB', 'file MB', 'WAL max MB', 'CPU ms/act', 'lend p50', 'p99 ms', 'return p50', 'p99 ms', 'search p50', 'p99 ms']));
const desks = Array.from({ length: DESKS }, desk);
for (let number = 0; number < years; number++) await runYear(number);
ended = true;
await Promise.all(desks);

// The first year fills caches and sees the first of everything.
const settled = table.slice(Math.min(1, table.length - 1));
const of = (name) => settled.map((row) => row[name]);
console.log(`\n${loans} loans in ${fixed((performance.now() - begun) / 1000, 0)} s; ${fixed((table.at(-1).file - table[0].file) * 1e6 / Math.max(1, loans - table[0].loans), 0)} bytes of file for each.`);
// The log's file is as long as it ever had to be; src/base/limits.h says how long that may become (WAL_PAGES_MAX).
console.log(`the log beside the file was never longer than ${fixed(Math.max(...table.map((row) => row.wal)), 0)} of ${fixed(WAL_MAX_MB, 0)} MB`);
for (const [name, words, unit] of [['rss', 'memory', 'MiB'], ['cpu', 'processor time for an act', 'ms'], ['lend50', 'a loan, p50', 'ms'], ['lend99', 'a loan, p99', 'ms'], ['return50', 'a return, p50', 'ms'], ['search50', 'a search, p50', 'ms']]) {
  const rises = slope(of(name));
  const share = rises / Math.max(quantile(of(name), 0.5), 1e-9);
  console.log(`${words}: ${fixed(of(name)[0], 2)} → ${fixed(of(name).at(-1), 2)} ${unit}, ${rises >= 0 ? '+' : ''}${fixed(rises, 3)} ${unit} a year (${fixed(share * 100, 1)} %): ${Math.abs(share) < 0.03 ? 'flat' : rises < 0 ? 'falling' : 'RISING'}`);
}
let sound = true;
await server.stop({ check: true }).catch((cause) => {
  sound = false;
  console.error(cause.message);
});
console.log(sound ? 'check after it: all is well' : 'check after it: FINDINGS');
console.log(errors ? `${errors} answers were errors of the server` : 'no answer was an error of the server');
process.exitCode = errors || !sound ? 1 : 0;
