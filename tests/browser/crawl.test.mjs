// No dead ends: on every page of the desk each link leads to a page that is there, and each button does something: it
// changes the page, asks the server, opens a dialog, offers a file or prints.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { bringFile, copiesOf, DAY_MS, expect, lend, makeBook, makeMember } from '../support/library.mjs';
import { startServer, top } from '../support/server.mjs';
import { newPage, quiet, startBrowser, watched } from './browser.mjs';

const EFFECT_MS = 3000;
const STILL_MS = 120;
const ANSWER_MS = 10_000;
let server;
let browser;
const ids = {};

/** A little of everything, so that no list is empty. */
before(async () => {
  server = await startServer({ args: ['--default-borrow-duration-days', '4', '--max-active-borrows', '9'] });
  browser = await startBrowser();
  const reader = await makeMember(server, { name: 'Amina Okafor', email: 'amina@library.example', phone: '+44 7700 900756', group: '6a' });
  const other = await makeMember(server, { name: 'Oskar Lindqvist' });
  const books = [];
  for (let i = 0; i < 24; i++) books.push(await makeBook(server, { title: `Volume ${i}`, author: 'Somebody', year: 1990 + i }));
  for (const book of books.slice(0, 3)) await lend(server, book, reader, { occurred_at: new Date(Date.now() - 9 * DAY_MS).toISOString() });
  for (const book of books.slice(3, 6)) await lend(server, book, reader);
  const late = expect(await server.get(`/borrows?member_id=${reader.id}&limit=1&sort_by=due_date&order=asc`), 200).data[0];
  expect(await server.post(`/borrows/${late.id}/return`), 200);
  const receipt = expect(await server.post('/fines/pay', { member_id: reader.id, amount: '0.10', method: 'cash' }), 201);
  for (const book of [books[3], books[4]]) expect(await server.post('/holds', { book_id: book.id, member_id: other.id }), 201);
  expect(await server.delete(`/books/${books[20].id}`), 204);
  const stocktake = expect(await server.post('/stocktakes', { name: 'Spring' }), 201);
  const dayFromNow = (days) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  expect(await server.post('/closures', { kind: 'closure', first_day: dayFromNow(60), last_day: dayFromNow(61), yearly: false, name: 'Fair', move: false, spread_days: 1 }), 201);
  assert.ok((await copiesOf(server, books[0])).length > 0);
  const file = await bringFile(server, 'title;author\nMomo;Michael Ende\n;Nobody\n');
  const list = expect(await server.post('/reading-lists', { name: 'Summer', shown: true }), 201);
  Object.assign(ids, { imports: file.id, lists: list.id, books: books[3].id, members: reader.id, receipts: receipt.id, stocktakes: stocktake.id, reports: 'circulation' });
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

/** The addresses that assets/main.tsx knows, with an id of ours where one is wanted. */
function addresses() {
  const source = readFileSync(join(top, 'assets/main.tsx'), 'utf8');
  const patterns = [...source.matchAll(/^\s*\[\/\^\\\/(.*?)\$\/, '(\w+)'/gm)].map((match) => match[1].replaceAll('\\/', '/'));
  assert.ok(patterns.length > 25, `${patterns.length} routes in main.tsx`);
  const known = patterns.map((pattern) => `/${pattern.replace('([^/]+)', ids[pattern.split('/')[0]] ?? 'none')}`);
  assert.ok(!known.some((path) => path.includes('none')), `an id for each of ${known}`);
  // With sign-in switched off there is nobody to be.
  return ['/', ...known.filter((path) => !['/sign-in', '/reset', '/register', '/account'].includes(path))];
}

const plain = (path) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}');

/** Of a page: its requests under way. The stream of events never ends. */
const unanswered = new WeakMap();

/** What a press could do without the page changing, seen from inside; and what it has asked for. */
async function armed(browserPage) {
  const waiting = new Set();
  browserPage.on('request', (request) => request.url().includes('/api/v1/events') || waiting.add(request));
  for (const event of ['requestfinished', 'requestfailed']) browserPage.on(event, (request) => waiting.delete(request));
  unanswered.set(browserPage, waiting);
  await browserPage.addInitScript(() => {
    window.effects = 0;
    window.print = () => {
      window.effects += 1;
    };
    new MutationObserver((all) => {
      window.effects += all.length;
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  });
}

async function open(page, path) {
  await page.goto(server.url + path);
  await page.locator('h1').first().waitFor();
  await quiet(page);
}

/** Until nothing changes any more by itself, nor when an answer comes: what changes then, a press has done. */
async function still(page) {
  const until = Date.now() + ANSWER_MS;
  for (let calm = false; !calm; ) {
    await page.evaluate(() => (window.effects = 0));
    await page.waitForTimeout(STILL_MS);
    calm = (await page.evaluate(() => window.effects)) === 0 && (unanswered.get(page).size === 0 || Date.now() > until);
  }
}

/** Back to where the press found the page; a dialog is left by its key. */
async function restore(page, path) {
  await still(page);
  if (page.url() === server.url + path && (await page.locator('dialog[open]').count()) > 0) await page.keyboard.press('Escape');
  if (page.url() !== server.url + path || (await page.locator('dialog[open]').count()) > 0) await open(page, path);
}

/** Does the press do anything? */
async function doesSomething(page, button) {
  let asked = 0;
  const count = () => (asked += 1);
  for (const event of ['request', 'download', 'filechooser']) page.on(event, count);
  await still(page);
  const before = page.url();
  await button.click({ timeout: 5000 });
  const done = async () => asked > 0 || page.url() !== before || (await page.evaluate(() => window.effects)) > 0;
  let is = await done();
  for (const until = Date.now() + EFFECT_MS; !is && Date.now() < until; is = await done()) await page.waitForTimeout(50);
  for (const event of ['request', 'download', 'filechooser']) page.off(event, count);
  return is;
}

test('every link leads to a page that is there', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await armed(page);
  await watched(page, 'crawl-links', async () => {
    const links = new Map();
    for (const path of addresses()) {
      await open(page, path);
      for (const href of await page.locator('a[href]').evaluateAll((all) => all.map((one) => one.href))) {
        const { origin, pathname, search, hash } = new URL(href);
        if (origin === server.url && !hash) links.set(plain(pathname), { to: pathname + search, from: path });
      }
    }
    assert.ok(links.size > 20, `${links.size} links`);
    for (const { to, from } of links.values()) {
      if (to.startsWith('/api/')) {
        assert.equal(await page.evaluate((path) => fetch(path).then((reply) => reply.status), to), 200, `${to}, from ${from}`);
        continue;
      }
      await page.goto(server.url + to);
      const head = await page.locator('h1').first().textContent();
      assert.ok(!/^(There is no such page|Not for this account)/.test(head), `${to}, from ${from}: ${head}`);
      await still(page);
      assert.equal(await page.locator('.state-error').count(), 0, `${to}, from ${from}`);
    }
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('every button does something', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await armed(page);
  await watched(page, 'crawl-buttons', async () => {
    const pressed = new Set();
    const dead = [];
    for (const path of addresses()) {
      await open(page, path);
      // A button of the shell, and of each row of a list, is pressed once.
      for (;;) {
        const texts = await page.locator('button:visible:enabled').evaluateAll((all) => all.map((one) => [one.closest('.spine, .bar, .more') ? '' : location.pathname, one.textContent.trim()].join(' ')));
        const at = texts.findIndex((text) => !pressed.has(plain(text)));
        if (at < 0) break;
        pressed.add(plain(texts[at]));
        if (!(await doesSomething(page, page.locator('button:visible:enabled').nth(at)))) dead.push(`${path}: “${texts[at]}”`);
        await restore(page, path);
      }
    }
    assert.ok(pressed.size > 60, `${pressed.size} buttons`);
    assert.deepEqual(dead, []);

    await page.evaluate(() => {
      document.querySelector('h1').innerHTML = '<button type="button">Dead</button>';
    });
    assert.equal(await doesSomething(page, page.getByRole('button', { name: 'Dead' })), false, 'a dead one would be seen');
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});
