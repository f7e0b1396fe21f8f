// run.mjs — `make test-pi`: a library of 50,000 titles on a small machine (pi.sh): filling it, searching, a busy desk, a
// person at the desk in a browser, and the check. What must hold is asserted; how long it took is printed, never judged.
//
//     PI_MIB=256 PI_SYNC_MS=15 node tests/pi/run.mjs
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { newPage, scan, startBrowser } from '../browser/browser.mjs';
import { copiesOf, expect, makeMember } from '../support/library.mjs';
import { binary, makeHome, run, startServer, top } from '../support/server.mjs';
import { makeGroup } from './group.mjs';

const MIB = Number(process.env.PI_MIB ?? 256);
const SYNC_MS = Number(process.env.PI_SYNC_MS ?? 15);
const TITLES = 50_000; // of --seed scaled_demo
const DESKS = 8;
const LOANS = 12; // of each desk

const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const group = process.getuid() === 0 && has('strace') ? makeGroup(MIB) : undefined;
if (!group) {
  console.log('pi: SKIPPED: it needs root, strace and a memory cgroup of its own');
  process.exit(0);
}

const ms = (from) => performance.now() - from;
const quantile = (times, q) => [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * q))];
const figures = (times) => `p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms, most ${Math.max(...times).toFixed(1)} ms`;
const say = (what, figure) => console.log(`  ${what.padEnd(52)} ${figure}`);

async function timed(times, act) {
  const from = performance.now();
  const done = await act();
  times.push(ms(from));
  return done;
}

const home = await makeHome();
home.command = (args) => [join(top, 'tests/pi/pi.sh'), [group.folder, binary, ...args]];
process.env.PI_SYNC_MS = String(SYNC_MS);

async function fill() {
  const from = performance.now();
  const seeded = await run(home, ['--db', home.library, '--seed', 'scaled_demo']);
  assert.equal(seeded.code, 0, seeded.stderr);
  say(`filling a library of ${TITLES.toLocaleString('en')} titles`, `${(ms(from) / 1000).toFixed(1)} s`);
}

/** Words of titles and authors that are there, whole and in part: each must be found again. */
async function search(server) {
  const times = [];
  const books = expect(await server.get('/books?limit=100&sort_by=title'), 200);
  assert.ok(books.meta.total >= TITLES, `${books.meta.total} titles`);
  for (const book of books.data) {
    const word = book.title.split(/\s+/).sort((a, b) => b.length - a.length)[0];
    for (const term of [word, word.slice(1, 5), book.author.split(/\s+/).at(-1)]) {
      const { data, meta } = expect(await timed(times, () => server.http('GET', `/api/v1/books?limit=20&q=${encodeURIComponent(term)}`)), 200);
      assert.ok(meta.total > 0 && data.length > 0, `nothing for ${term}`);
    }
  }
  say(`${times.length} searches, one after the other`, figures(times));
}

/** Titles on the shelf, a different one for each loan, and a member for each desk. */
async function furnish(server) {
  const free = expect(await server.get(`/books?limit=100&available=true&sort_by=title&order=desc`), 200).data;
  assert.ok(free.length >= DESKS * LOANS, `${free.length} titles in`);
  const members = [];
  for (let i = 0; i < DESKS; i++) members.push(await makeMember(server));
  return members.map((member, i) => ({ member, books: free.slice(i * LOANS, (i + 1) * LOANS) }));
}

async function lendAndReturn(server, desks) {
  const lent = [];
  const returned = [];
  const from = performance.now();
  await Promise.all(desks.map(async ({ member, books }) => {
    for (const book of books) {
      const borrow = expect(await timed(lent, () => server.post('/borrows', { book_id: book.id, member_id: member.id })), 201);
      expect(await timed(returned, () => server.post(`/borrows/${borrow.id}/return`)), 200);
    }
  }));
  const all = DESKS * LOANS * 2;
  say(`${DESKS} desks lend and return: ${all} acts`, `${Math.round((all * 1000) / ms(from))} acts/s`);
  say('  a loan', figures(lent));
  say('  a return', figures(returned));
  for (const { member, books } of desks) {
    assert.equal(expect(await server.get(`/members/${member.id}/borrows?status=returned&limit=100`), 200).meta.total, books.length, 'every loan came back');
  }
}

/** As a volunteer does it: card, book, the answer; then the book again, which takes it back. */
async function atTheDesk(server, { member, books: [book] }) {
  const [copy] = (await copiesOf(server, book)).filter((one) => one.status === 'available');
  const browser = await startBrowser();
  const { page, faults } = await newPage(browser, server.url);
  const times = [];
  const result = (kind) => page.locator(`[data-result="${kind}"]`).waitFor();
  try {
    await timed(times, async () => {
      await page.goto(server.url);
      await page.locator('#scan').waitFor();
    });
    say('the desk in a browser, from nothing', `${times[0].toFixed(0)} ms`);
    await scan(page, member.card);
    await page.getByRole('heading', { name: member.name, level: 1 }).waitFor();
    await timed(times, async () => {
      await scan(page, copy.barcode);
      await result('lent');
    });
    await page.keyboard.press('Escape');
    await timed(times, async () => {
      await scan(page, copy.barcode);
      await result('back');
    });
    say('lent and returned by a scanner, key to answer', times.slice(1).map((time) => `${time.toFixed(0)} ms`).join(', '));
    await page.goto(`${server.url}/catalogue`);
    await page.getByRole('searchbox').or(page.getByRole('combobox')).first().fill(book.title);
    await page.getByRole('link', { name: book.title }).first().waitFor();
    assert.deepEqual(faults, []);
  } finally {
    await browser.close();
  }
}

let server;
console.log(`pi: ${MIB} MiB of memory, ${SYNC_MS} ms more for each fsync`);
try {
  await fill();
  const from = performance.now();
  server = await startServer({ home });
  say('start to the first answers', `${ms(from).toFixed(0)} ms`);
  await search(server);
  const desks = await furnish(server);
  await lendAndReturn(server, desks);
  await atTheDesk(server, desks[0]);
  say('memory that the server holds itself', `${group.ownMib().toFixed(0)} MiB`);
  await server.stop({ check: true });
  say('most memory of all this, cached files included', `${group.peakMib().toFixed(0)} MiB`);
  assert.equal(group.wasKilled(), false, 'nothing was killed for its memory');
  console.log('pi: passed');
} finally {
  if (server?.isRunning()) await server.kill();
  await home.remove();
  group.remove();
}
