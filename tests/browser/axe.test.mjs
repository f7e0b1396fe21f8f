// Every page of the route table, for everybody who uses one: nothing that keeps somebody out (axe: serious, critical),
// in light and dark; no page wider than the screen from right to left; German where German is chosen.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PASSWORD } from '../support/people.mjs';
import { startServer, top } from '../support/server.mjs';
import { axe, newPage, startBrowser, watched } from './browser.mjs';
import { makeEveryPage } from './every_page.mjs';

let library;
let server;
let browser;
let admin;
let reader;
let ids;
let routes;
let open;

before(async () => {
  library = await makeEveryPage();
  ({ server, admin, reader, ids, routes, open } = library);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

async function accused(page, rules) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  return page.evaluate(async (only) => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'], ...(only ? { runOnly: { type: 'rule', values: only } } : {}) });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.slice(0, 5).map((node) => `${id}: ${node.target.join(' ')}  ${node.failureSummary.split('\n')[1]?.trim()}`));
  }, rules);
}

/** Everything in light; in dark what colours decide. */
async function unfair(page, what) {
  const found = [];
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const fault of await accused(page, colorScheme === 'dark' ? ['color-contrast'] : null)) found.push(`${what}, ${colorScheme}: ${fault}`);
  }
  return found;
}

/** A page for `name` (nobody: not signed in), which must end without a script error. */
async function visit(name, shot, steps, settings = {}) {
  const { page, faults } = await newPage(browser, server.url);
  for (const [key, value] of Object.entries(settings)) await page.addInitScript(([k, v]) => localStorage.setItem(k, v), [key, value]);
  await watched(page, shot, async () => {
    if (name) {
      await page.goto(`${server.url}/sign-in`);
      await page.locator('main form input').nth(0).fill(name);
      await page.locator('main form input').nth(1).fill(PASSWORD);
      await page.keyboard.press('Enter');
      await page.locator('main form input[type="password"]').waitFor({ state: 'detached' });
    }
    await steps(page);
  });
  assert.deepEqual(faults, []);
  await page.context().close();
}

test('axe finds nothing serious on any page of an administrator', { timeout: 300_000 }, () =>
  visit(admin.account.name, 'axe-admin', async (page) => {
    const found = [];
    for (const { address } of routes()) {
      await open(page, address);
      found.push(...(await unfair(page, address)));
    }
    assert.deepEqual(found, []);
  }));

test('nor on what opens on a page: rules, dialogs, the answer of the desk', { timeout: 120_000 }, () =>
  visit(admin.account.name, 'axe-open', async (page) => {
    const found = [];
    const press = async (name) => {
      await page.getByRole('main').getByRole('button', { name }).first().click();
    };
    await open(page, '/settings/rules');
    await page.locator('.matrix button').first().click();
    await press('May they borrow it?');
    await page.locator('[data-simulated]').waitFor();
    found.push(...(await unfair(page, 'a rule and the simulator')));
    for (const [address, name] of [
      ['/settings/rules', 'Add a kind'], [`/members/${ids.members}`, /is lost$/], [`/members/${ids.members}`, 'Renew the membership'], [`/members/${ids.members}`, 'New card'],
      [`/members/${ids.members}`, 'Edit'], [`/members/${ids.members}`, /^Take /], [`/members/${ids.members}`, /^Charge/], [`/books/${ids.books}`, 'Place a hold'], ['/holds', /^Copy is gone/],
      ['/notices', /^Reading night/], [`/members/${ids.members}`, 'What to be told'], ['/stocktakes', 'Begin a stock-take'], ['/settings/accounts', 'Make an account'], ['/settings/keys', 'Make a key'],
    ]) {
      await open(page, address);
      await press(name);
      await page.getByRole('dialog').getByRole('button').first().waitFor();
      found.push(...(await unfair(page, `${address}: ${name}`)));
    }
    await open(page, '/notices/templates?language=en&kind=message&channel=email');
    await page.locator('[data-preview] .letter').waitFor();
    found.push(...(await unfair(page, 'the words of a notice')));
    await open(page, `/?card=${ids.card}`);
    await page.locator('[data-result]').waitFor();
    found.push(...(await unfair(page, 'the desk with a member')));
    assert.deepEqual(found, []);
  }));

test('nor on the pages of a reader, and of somebody who has not signed in', { timeout: 120_000 }, async () => {
  for (const [name, levels] of [[reader.account?.name ?? reader.record.name, ['anyone', 'member', 'catalogue']], [null, ['anyone', 'catalogue']]]) {
    await visit(name, `axe-${name ? 'reader' : 'nobody'}`, async (page) => {
      const found = [];
      for (const { address } of library.routesOf(levels)) {
        await open(page, address);
        found.push(...(await unfair(page, `${address} of ${name || 'nobody'}`)));
      }
      assert.deepEqual(found, []);
    });
  }
});

test('nor on the first page of a new library', { timeout: 60_000 }, async () => {
  const fresh = await startServer({ auth: 'on' });
  const { page, faults } = await newPage(browser, fresh.url);
  await page.goto(fresh.url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const found = [...(await unfair(page, 'the first run')), ...(await tooWide(page, 'the first run'))];
  await page.context().close();
  await fresh.stop({ check: true });
  assert.deepEqual([...found, ...faults], []);
});

const WIDTHS = [1280, 1024, 768, 360];

/** Leaves the page at its first width. */
async function tooWide(page, what) {
  const found = [];
  for (const width of [...WIDTHS].reverse()) {
    await page.setViewportSize({ width, height: 900 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) found.push(`${what}, ${width} px: ${wide} px too wide`);
  }
  return found;
}

test('no page is wider than the screen, from left to right or from right to left', { timeout: 300_000 }, () =>
  visit(admin.account.name, 'wide', async (page) => {
    const found = [];
    for (const { address } of routes()) {
      await open(page, address);
      for (const dir of ['rtl', 'ltr']) {
        await page.evaluate((to) => document.documentElement.setAttribute('dir', to), dir);
        found.push(...(await tooWide(page, `${address}, ${dir}`)));
      }
    }
    assert.deepEqual(found, []);
  }));

/** What a language's files say, key by key. */
function messagesOf(language) {
  const folder = join(top, 'assets/core/messages');
  const text = readdirSync(folder).filter((name) => name.startsWith(language) && !/_(refusals|settings|audit)\.ts$/.test(name)).map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  return new Map([...text.matchAll(/^\s*'([\w.]+)':\s*'((?:[^'\\]|\\.)*)'/gm)].map(([, key, said]) => [key, said]));
}

test('where German is chosen no English is left, and no name of a message; its longer words have room', { timeout: 300_000 }, () =>
  visit(admin.account.name, 'german', async (page) => {
    const [english, german] = [messagesOf('en'), messagesOf('de')];
    const same = new Set(german.values());
    const foreign = new Set([...english].filter(([key, said]) => german.get(key) !== said && !same.has(said)).map(([, said]) => said));
    const found = [];
    for (const { address } of routes()) {
      await open(page, address);
      // Names of kinds and titles are the library's own words; what the program says is translated.
      const said = await page.evaluate(() => [...document.querySelectorAll('h1, h2, h3, th[scope="col"], button, nav a, caption, .hint, .pill, p')]
        .filter((one) => !one.closest('.matrix, bdi')).map((one) => one.textContent.trim()));
      for (const text of said) if (foreign.has(text) || english.has(text)) found.push(`${address}: ${text}`);
      found.push(...(await tooWide(page, address)));
    }
    assert.deepEqual([...new Set(found)], []);
    for (const [address, heading] of [['/', 'Theke'], ['/catalogue', 'Katalog'], ['/members', 'Mitglieder'], ['/holds', 'Abholregal'], ['/settings/jobs', 'Einstellungen']]) {
      await open(page, address);
      assert.equal(await page.locator('h1').first().innerText(), heading);
    }
  }, { 'carrel.language': 'de' }));
