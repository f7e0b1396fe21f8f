// every_page.mjs — every page that main.tsx knows, and a library in which each of them has something to show.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bringFile, copiesOf, expect } from '../support/library.mjs';
import { makeReader, setUp } from '../support/people.mjs';
import { makeHome, run, startServer, top } from '../support/server.mjs';

const DAY_MS = 86_400_000;

/** The seeded library has loans and readers; what it lacks is made: money, holds, a stock-take, days that differ, a catalogue that could be asked. */
async function fill(admin, reader, now) {
  const dayFromNow = (days) => new Date(now + days * DAY_MS).toISOString().slice(0, 10);
  const loans = expect(await admin.get('/borrows?status=borrowed&limit=20&sort_by=due_date&order=asc'), 200).data;
  const [late, out] = loans;
  const members = expect(await admin.get('/members?limit=100'), 200).data.filter((one) => one.status === 'active' && one.active_borrows_count < 2);
  for (const [i, loan] of loans.slice(1, 5).entries()) expect(await admin.post('/holds', { book_id: loan.book_id, member_id: members[i].id }), 201);
  expect(await admin.post(`/borrows/${loans[2].id}/return`), 200);
  expect(await admin.post('/fines/charge', { member_id: late.member_id, kind: 'damage', amount: 4.5, note: 'Torn cover' }), 201);
  const receipt = expect(await admin.post('/fines/pay', { member_id: late.member_id, amount: 1, method: 'cash' }), 201);
  const stock = expect(await admin.post('/stocktakes', { name: 'Spring' }), 201);
  const [copy] = await copiesOf(admin, { id: out.book_id });
  expect(await admin.post(`/stocktakes/${stock.id}/scans`, { barcode: copy.barcode }), 200);
  expect(await admin.post('/closures', { kind: 'closure', first_day: dayFromNow(3), last_day: dayFromNow(4), name: 'Fair', yearly: false, move: false, spread_days: 1 }), 201);
  expect(await admin.post('/holds', { book_id: late.book_id, member_id: reader.record.id }), 201);
  const file = await bringFile(admin, 'title;author;isbn\nMomo;Michael Ende;\n;Nobody;\nKrabat;Otfried Preußler;978043902348X\n');
  const list = expect(await admin.post('/reading-lists', { name: 'Summer', shown: true }), 201);
  expect(await admin.post(`/reading-lists/${list.id}/books`, { book_id: out.book_id, note: 'A classic' }), 201);
  expect(await admin.post('/notifications/send', { member_ids: [late.member_id, reader.record.id], channel: 'app', subject: 'Reading night', text: 'On Friday at six.' }), 200);
  expect(await admin.post('/lookup/targets', { name: 'Another library', kind: 'z3950', address: 'z3950.example.org:210/books', enabled: false }), 201);
  const { webhook } = expect(await admin.post('/webhooks', { name: 'Ticket board', url: 'http://127.0.0.1:9/', enabled: false }), 201);
  expect(await admin.post(`/webhooks/${webhook.id}/test`), 200);
  return { imports: file.id, lists: list.id, books: out.book_id, members: late.member_id, receipts: receipt.id, stocktakes: stock.id, reports: 'circulation', card: late.member.card };
}

/** `clock` (test_clock.mjs): the day it is there. */
export async function makeEveryPage({ clock, now = Date.now() } = {}) {
  const home = clock?.home ?? (await makeHome());
  const seeded = await run(home, ['--db', home.library, '--seed', 'minimal'], { env: clock?.env });
  assert.equal(seeded.code, 0, seeded.stderr);
  const server = await startServer({ home, auth: 'on', env: clock?.env, args: ['--rate-limit-per-minute', '0'] });
  const admin = await setUp(server);
  const reader = await makeReader(server, admin);
  /** What stands for ([^/]+) below an address. */
  const ids = await fill(admin, reader, now);

  /** Every page of the route table: its address, and who may see it. */
  function routes() {
    const source = readFileSync(join(top, 'assets/main.tsx'), 'utf8');
    const found = [...source.matchAll(/^\s*\[\/\^(\S+)\$\/, '(\w+)'/gm)].map(([, pattern, needs]) => {
      const address = pattern.replaceAll('\\/', '/');
      return { address: address.replace('([^/]+)', () => ids[address.split('/')[1]] ?? assert.fail(`an id for ${address}`)), needs };
    });
    assert.ok(found.length > 25, `only ${found.length} routes found; did the way they are written change?`);
    return [{ address: '/', needs: 'librarian' }, ...found];
  }

  return {
    server,
    admin,
    reader,
    ids,
    routes,
    /** Of somebody at this level: no page that only asks to sign in. */
    routesOf: (levels) => [{ address: '/' }, ...routes().filter(({ needs, address }) => levels.includes(needs) && !address.startsWith('/receipts'))],
    /** When the page has what it shows. */
    async open(page, address) {
      await page.goto(server.url + address);
      await page.locator('h1').first().waitFor();
      await page.locator('.wait').first().waitFor({ state: 'detached' });
    },
  };
}
