// The library computer goes away and comes back: what was scanned meanwhile is kept, done once, in its order and with
// its time; what cannot be done stays until somebody has dealt with it. By a name that browsers do not trust.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { copiesOf, expect, lend, makeBook, makeMember } from '../support/library.mjs';
import { makePeople, signIn } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';
import { enter, newPage, scan, startBrowser, watched } from './browser.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());

const result = (page, kind) => page.locator(`[data-result="${kind}"]`);
const visit = (page, kind) => page.locator(`[data-visit="${kind}"]`);
const conflict = (page) => page.locator('[data-conflict]');
const isKept = (page, count) => page.locator(`[data-kept="${count}"]`).waitFor();

/** What a browser says of a server that is away, and of one it does not trust, is no fault of the page. */
const realFaults = (faults) => faults.filter((fault) => !/net::ERR_|Failed to load resource|Opener-Policy header has been ignored/.test(fault));

async function makeTitle(server, title) {
  const book = await makeBook(server, { title });
  const [copy] = await copiesOf(server, book);
  return { ...book, barcode: copy.barcode };
}

const loansOf = async (server, member) => expect(await server.get(`/members/${member.id}/borrows?status=borrowed&limit=100`), 200).data.map((loan) => loan.book.title).sort();

/** The same library, at the same address. */
const startAgain = (server, options) => startServer({ home: server.home, listen: `127.0.0.1:${server.port}`, ...options });

/** Every try of an act at the desk: its key and its body. */
function triesOf(page) {
  const tries = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && /\/api\/v1\/borrows(\/return)?$/.test(request.url())) tries.push({ key: request.headers()['idempotency-key'], body: request.postDataJSON() });
  });
  return tries;
}

test('lends and returns while the server is away are kept, and done in order when it is back; refusals stay', async () => {
  // Years off the desk's own clock; an hour passes while nobody answers.
  const clock = await makeTestClock('2031-03-03T09:00:00.000Z');
  const named = { args: ['--host-names', 'library.test'], env: clock.env };
  let server = await startServer({ home: clock.home, ...named });
  const [amina, ben] = [await makeMember(server, { name: 'Amina Okafor' }), await makeMember(server, { name: 'Ben Ito' })];
  const [wonder, dune, emma, walden] = [await makeTitle(server, 'Wonder'), await makeTitle(server, 'Dune'), await makeTitle(server, 'Emma'), await makeTitle(server, 'Walden')];
  const url = `http://library.test:${server.port}`;
  const { page, faults } = await newPage(browser, url);
  const tries = triesOf(page);
  await watched(page, 'offline', async () => {
    await page.goto(url);
    await page.locator('#scan').waitFor();
    assert.equal(await page.evaluate(() => window.isSecureContext), false);
    await scan(page, amina.card);
    await scan(page, wonder.barcode);
    await result(page, 'lent').getByText('Wonder').waitFor();

    // A power cut. The desk goes on: the open member, a card never seen, a book that comes back.
    await server.kill();
    await scan(page, dune.barcode);
    await result(page, 'kept').getByText(dune.barcode).waitFor();
    await result(page, 'kept').getByText('Goes to Amina Okafor').waitFor();
    await isKept(page, 1);
    await scan(page, ben.card);
    await result(page, 'member').getByText(ben.card).waitFor();
    for (const code of [emma.barcode, walden.barcode, '39000000009999']) await scan(page, code);
    await isKept(page, 4);
    // What was kept can be taken out again, while it has not been sent.
    await visit(page, 'kept').filter({ hasText: walden.barcode }).getByRole('button', { name: /Undo/ }).click();
    await isKept(page, 3);
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Desk', level: 1 }).waitFor();
    for (const code of [wonder.barcode, walden.barcode]) await scan(page, code);
    await isKept(page, 5);
    // Nobody can say what this is; it is not kept until somebody does.
    await scan(page, '4711');
    await result(page, 'refused').getByText('Card or book?').waitFor();
    await isKept(page, 5);

    clock.moveTo('2031-03-03T10:00:00.000Z');
    server = await startAgain(server, named);
    await page.getByText('The library computer does not answer.').waitFor({ state: 'detached' });
    await visit(page, 'kept').first().waitFor({ state: 'detached' });
    assert.deepEqual(await loansOf(server, amina), ['Dune']);
    assert.deepEqual(await loansOf(server, ben), ['Emma']);
    assert.equal(expect(await server.get('/borrows?status=borrowed'), 200).meta.total, 2);

    // As it was scanned: the order, the time, and one key for all tries of an act.
    const kinds = [...new Map(tries.map(({ key, body }) => [key, body])).values()];
    assert.deepEqual(kinds.map(({ barcode, card }) => [barcode, card]), [
      [wonder.barcode, amina.card], [dune.barcode, amina.card], [emma.barcode, ben.card], ['39000000009999', ben.card], [wonder.barcode, undefined], [walden.barcode, undefined],
    ]);
    for (const { key, body } of tries) assert.deepEqual(tries.find((one) => one.key === key).body, body);
    const [loan] = expect(await server.get(`/members/${ben.id}/borrows?status=borrowed`), 200).data;
    assert.equal(loan.borrowed_at, kinds.find(({ barcode }) => barcode === emma.barcode).occurred_at);
    assert.match(loan.borrowed_at, /^2031-03-03T09:00/);

    // Two could not be done, in the server's words; one becomes possible, the other is put aside.
    assert.equal(await conflict(page).count(), 2);
    await conflict(page).filter({ hasText: '39000000009999' }).getByText(/Copy not found/).waitFor();
    const back = conflict(page).filter({ hasText: walden.barcode });
    await back.getByText('This copy is already returned.').waitFor();
    await lend(server, walden, amina, { occurred_at: '2031-03-03T08:30:00.000Z' });
    await back.getByRole('button', { name: /Try again/ }).click();
    await visit(page, 'back').getByText('Walden').waitFor();
    assert.equal(await back.count(), 0);
    assert.deepEqual(await loansOf(server, amina), ['Dune']);
    // It stays on the other pages and after a reload.
    await page.getByRole('link', { name: 'Members' }).first().click();
    await page.getByText('1 kept scan was refused.').waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Look at them at the desk' }).click();
    await conflict(page).getByRole('button', { name: /Put aside/ }).click();
    await conflict(page).waitFor({ state: 'detached' });
    await page.reload();
    await page.locator('#scan').waitFor();
    assert.equal(await conflict(page).count(), 0);
    assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('carrel.kept')).length), 0);
  });
  assert.deepEqual(realFaults(faults), []);
  await page.context().close();
  await server.stop({ check: true });
});

test('an act that was done and whose answer was lost is not done twice; kept acts survive a reload; the returns page keeps too', async () => {
  const server = await startServer();
  const member = await makeMember(server, { name: 'Amina Okafor' });
  const [wonder, dune] = [await makeTitle(server, 'Wonder'), await makeTitle(server, 'Dune')];
  await lend(server, dune, member);
  // By its address: the test itself does what the page asks, and no name service knows the name.
  const url = `http://127.0.0.1:${server.port}`;
  const { page, faults } = await newPage(browser, url);
  await watched(page, 'lost-answer', async () => {
    await page.goto(url);
    await page.locator('#scan').waitFor();
    await scan(page, member.card);
    await result(page, 'member').waitFor();
    // The server does it; nobody hears of it.
    const acts = /\/api\/v1\/borrows(\/return)?$/;
    await page.route(acts, async (route) => {
      await route.fetch();
      await route.abort('connectionreset');
    });
    await scan(page, wonder.barcode);
    await result(page, 'kept').getByText('Wonder').waitFor();
    assert.deepEqual(await loansOf(server, member), ['Dune', 'Wonder']);
    // What may have been done cannot be taken out.
    await visit(page, 'kept').getByRole('button', { name: /Undo/ }).click();
    await result(page, 'refused').getByText('may be done already').waitFor();

    // From now on nothing gets through, and the page is loaded anew.
    await page.unroute(acts);
    await page.route(acts, (route) => route.abort('connectionreset'));
    await page.reload();
    await visit(page, 'kept').getByText('Wonder').waitFor();
    await page.getByRole('link', { name: 'Returns' }).first().click();
    await page.locator('#returned').waitFor();
    await scan(page, dune.barcode);
    await page.locator('[data-result="hold"]').getByText(dune.barcode).waitFor();
    assert.deepEqual(await loansOf(server, member), ['Dune', 'Wonder']);

    await page.unroute(acts);
    await page.locator('[data-result="ok"]').getByText('Dune').waitFor();
    assert.deepEqual(await loansOf(server, member), ['Wonder']);
    assert.equal(expect(await server.get(`/members/${member.id}/borrows`), 200).meta.total, 2, 'each once');
    await page.getByRole('link', { name: 'Desk' }).first().click();
    await visit(page, 'lent').getByText('Wonder').waitFor();
    assert.equal(await conflict(page).count(), 0);
  });
  assert.deepEqual(realFaults(faults), []);
  await page.context().close();
  await server.stop({ check: true });
});

test('a server that hangs is not waited for: the scan is kept, and done once when it goes on', async () => {
  const server = await startServer();
  const [member, wonder] = [await makeMember(server, { name: 'Amina Okafor' }), await makeTitle(server, 'Wonder')];
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'hangs', async () => {
    await page.goto(server.url);
    await page.locator('#scan').waitFor();
    await scan(page, member.card);
    await result(page, 'member').waitFor();
    await server.hang();
    await scan(page, wonder.barcode);
    await result(page, 'kept').getByText(wonder.barcode).waitFor();
    server.goOn();
    await visit(page, 'lent').getByText('Wonder').waitFor();
    assert.deepEqual(await loansOf(server, member), ['Wonder']);
  });
  assert.deepEqual(realFaults(faults), []);
  await page.context().close();
  await server.stop({ check: true });
});

test('what one person has kept is not done in the name of another until that one says so', async () => {
  let server = await startServer({ auth: 'on' });
  const people = await makePeople(server);
  const [member, wonder] = [await makeMember(people.admin, { name: 'Amina Okafor' }), await makeTitle(people.admin, 'Wonder')];
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'kept-by-another', async () => {
    await enter(page, `${server.url}/sign-in`, people.librarian.account.name);
    await page.locator('#scan').waitFor();
    await scan(page, member.card);
    await result(page, 'member').waitFor();
    await server.kill();
    await scan(page, wonder.barcode);
    await isKept(page, 1);
    await page.context().clearCookies();
    await page.goto('about:blank');
    server = await startAgain(server, { auth: 'on' });
    await enter(page, `${server.url}/sign-in`, 'Ada Admin');
    await conflict(page).getByText(`Kept while ${people.librarian.account.name} was signed in.`, { exact: false }).waitFor();
    const admin = await signIn(server, 'Ada Admin');
    assert.deepEqual(await loansOf(admin, member), []);
    await conflict(page).getByRole('button', { name: /Try again/ }).click();
    await visit(page, 'lent').getByText('Wonder').waitFor();
    assert.equal(await conflict(page).count(), 0);
    assert.deepEqual(await loansOf(admin, member), ['Wonder']);
  });
  assert.deepEqual(realFaults(faults), []);
  await page.context().close();
  await server.stop({ check: true });
});

test('over a trusted address the app opens without the server: the kept catalogue is searched, scans are kept', async () => {
  let server = await startServer({ auth: 'on' });
  const people = await makePeople(server);
  const { admin } = people;
  const [member, wonder] = [await makeMember(admin, { name: 'Amina Okafor' }), await makeTitle(admin, 'Wonder')];
  await makeBook(admin, { title: 'Émile', author: 'Jean-Jacques Rousseau' });
  // More than one page of the list.
  for (let i = 0; i < 120; i++) await makeBook(admin, { title: `Shelf ${i}` });
  // Browsers trust this computer's own name as they trust HTTPS.
  const url = `http://localhost:${server.port}`;
  const { page, faults } = await newPage(browser, url, { serviceWorkers: 'allow' });
  await watched(page, 'app-offline', async () => {
    await enter(page, `${url}/sign-in`, people.librarian.account.name);
    await page.locator('#scan').waitFor();
    assert.equal(await page.evaluate(() => window.isSecureContext), true);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.goto(`${url}/catalogue`);
    await page.getByLabel('Keep the catalogue on this device').check();
    await page.getByText('122 titles, as they were on').waitFor();

    await server.kill();
    await page.goto('about:blank');
    await page.goto(`${url}/catalogue`);
    await page.getByRole('heading', { name: 'Catalogue', level: 1 }).waitFor();
    await page.getByText('122 titles, as they were on').waitFor();
    await page.getByText('The first 100 of 122 titles').waitFor();
    await page.getByLabel('Search the catalogue').fill('emil rous');
    await page.getByText('1 title matches').waitFor();
    await page.getByText('Émile').waitFor();

    // The desk, by its link, and by its own address.
    await page.getByRole('link', { name: 'Desk' }).first().click();
    await page.locator('#scan').waitFor();
    await page.goto(url);
    await page.locator('#scan').waitFor();
    await scan(page, member.card);
    await result(page, 'member').waitFor();
    await scan(page, wonder.barcode);
    await isKept(page, 1);
    // What the worker keeps is the program, never an answer of the API.
    const keptPaths = await page.evaluate(async () => {
      const caches = window.caches;
      const all = await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)));
      return all.flat();
    });
    assert.ok(keptPaths.includes('/index.html') && keptPaths.some((path) => /^\/main-\w+\.js$/.test(path)));
    assert.deepEqual(keptPaths.filter((path) => path.startsWith('/api')), []);
    await page.reload();
    await visit(page, 'kept').waitFor();

    server = await startAgain(server, { auth: 'on' });
    await visit(page, 'lent').getByText('Wonder').waitFor();
    const now = await signIn(server, people.librarian.account.name);
    assert.deepEqual(await loansOf(now, member), ['Wonder']);
    assert.equal(await conflict(page).count(), 0);

    // Not wanted any more: nothing is left of it.
    await page.goto(`${url}/catalogue`);
    await page.getByLabel('Keep the catalogue on this device').uncheck();
    await page.getByText('Then it can be looked through').waitFor();
    assert.deepEqual(await page.evaluate(async () => (await window.caches.keys()).filter((name) => !name.startsWith('carrel-shell-'))), []);
  });
  assert.deepEqual(realFaults(faults), []);
  await page.context().close();
  await server.stop({ check: true });
});

test('the worker and the manifest are asked for anew each time; where a browser does not trust the address there is no switch', async () => {
  const named = { args: ['--host-names', 'library.test'] };
  const server = await startServer(named);
  for (const [path, type] of [['/sw.js', /^text\/javascript/], ['/manifest.webmanifest', /^application\/manifest\+json/]]) {
    const reply = await server.http('GET', path);
    assert.equal(reply.status, 200);
    assert.match(reply.headers['content-type'], type);
    assert.equal(reply.headers['cache-control'], 'no-cache');
  }
  const { icons } = JSON.parse((await server.http('GET', '/manifest.webmanifest')).text);
  assert.equal((await server.http('GET', icons[0].src)).status, 200);
  await makeBook(server, { title: 'Wonder' });
  const url = `http://library.test:${server.port}`;
  const { page, faults } = await newPage(browser, url, { serviceWorkers: 'allow' });
  await watched(page, 'no-secure-context', async () => {
    await page.goto(`${url}/catalogue`);
    await page.getByRole('link', { name: 'Wonder' }).waitFor();
    assert.equal(await page.getByLabel('Keep the catalogue on this device').count(), 0);
  });
  assert.deepEqual(realFaults(faults), []);
  await page.context().close();
  await server.stop({ check: true });
});
