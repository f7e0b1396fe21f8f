// sheets.mjs — `make sheets`: every screen at three widths, light and dark, into build/sheets; beside them a
// sheet for each screen with its six pictures, which is what one looks at. The library stands still: its clock, which cannot
// go behind what is seeded, is stopped at tomorrow morning. Prints what the pages weigh.
//
//     SHOTS=/settings make sheets        only addresses that have this in them
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PASSWORD } from '../support/people.mjs';
import { startServer, top } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';
import { quiet, startBrowser } from './browser.mjs';
import { makeEveryPage } from './every_page.mjs';

const NOW = `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}T10:24:00.000Z`;
const SIZES = [[360, 740], [768, 1024], [1280, 900]];
const TALLEST = 6000;
const SCHEMES = ['light', 'dark'];
const folder = join(top, 'build/sheets');
const only = process.env.SHOTS ?? '';

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const clock = await makeTestClock(NOW);
const library = await makeEveryPage({ clock, now: Date.parse(NOW) });
const { server, ids } = library;
const browser = await startBrowser();

/** What is opened on a page before its picture is taken. */
const press = (name) => (page) => page.getByRole('main').getByRole('button', { name }).first().click();
const OPENED = [
  { address: `/?card=${ids.card}`, name: 'desk-member' },
  { address: '/settings/rules', name: 'settings-rules-open', act: (page) => page.locator('.matrix button').first().click() },
  { address: `/members/${ids.members}`, name: 'member-pay', act: press(/^Take /) },
  { address: `/books/${ids.books}`, name: 'book-edit', act: press('Edit') },
  { address: '/members', name: 'member-register', act: press('Register a member') },
  { address: '/catalogue?q=zzzz', name: 'catalogue-none' },
  { address: `/imports/${ids.imports}?step=columns`, name: 'imports-columns' },
  { address: '/nowhere', name: 'no-page' },
];

const named = (address) => address.replace(/^\//, '').replace(/[0-9a-f-]{36}/, 'one').replaceAll(/\W+/g, '-') || 'desk';

async function contextOf(account, colorScheme) {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', colorScheme, reducedMotion: 'reduce', serviceWorkers: 'block' });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.clock.setFixedTime(new Date(NOW));
  if (account) {
    await page.goto(`${server.url}/sign-in`);
    await page.locator('main form input').nth(0).fill(account);
    await page.locator('main form input').nth(1).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('main form input[type="password"]').waitFor({ state: 'detached' });
  }
  return page;
}

/** The six pictures of one screen. */
const pictures = new Map();

async function shoot(page, name, scheme, width, height, fullPage) {
  const file = `${name}-${width}-${scheme}.png`;
  await page.setViewportSize({ width, height });
  await page.evaluate(() => document.fonts.ready);
  // The whole page, with its bar at the end of it and not where the screen ends.
  const whole = fullPage ? await page.evaluate(() => document.documentElement.scrollHeight) : height;
  if (whole > height) await page.setViewportSize({ width, height: Math.min(whole, TALLEST) });
  await page.screenshot({ path: join(folder, file), animations: 'disabled', caret: 'hide' });
  pictures.set(name, [...(pictures.get(name) ?? []), file]);
}

async function shootAll(who, account, screens) {
  for (const scheme of SCHEMES) {
    const page = await contextOf(account, scheme);
    for (const { address, name, act } of screens.filter((one) => one.address.includes(only))) {
      await library.open(page, address);
      await quiet(page);
      await act?.(page);
      for (const [width, height] of SIZES) await shoot(page, who + (name ?? named(address)), scheme, width, height, !act);
    }
    await page.context().close();
  }
}

/** All six beside each other, as small as they have to be. */
async function sheets() {
  const page = await (await browser.newContext({ viewport: { width: 1800, height: 900 } })).newPage();
  for (const [name, files] of pictures) {
    const image = (file) => `<img src="data:image/png;base64,${readFileSync(join(folder, file)).toString('base64')}">`;
    const row = (scheme) => `<div>${files.filter((file) => file.includes(`-${scheme}.`)).map(image).join('')}</div>`;
    await page.setContent(`<style>body{margin:8px;background:#888;font:16px sans-serif}div{display:flex;gap:8px;margin:8px 0;align-items:flex-start}img{max-height:860px;max-width:1000px}</style>${name}${row('light')}${row('dark')}`);
    await page.screenshot({ path: join(folder, `sheet-${name}.png`), fullPage: true });
  }
  await page.context().close();
}

// ---- what it weighs ---------------------------------------------------------------------------------------------

const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;

function weigh() {
  const assets = join(top, 'build/assets');
  const sizeOf = (name) => gzipSync(readFileSync(join(assets, name)), { level: 9 }).length;
  const index = readFileSync(join(assets, 'index.html'), 'utf8');
  const files = readdirSync(assets).filter((name) => !name.startsWith('.') && statSync(join(assets, name)).isFile());
  // The entry names what it imports at once; all else is a split that comes when it is wanted.
  const first = new Set(['index.html', ...[...index.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map(([, name]) => name)]);
  for (const name of first) if (name.endsWith('.js')) for (const [, other] of readFileSync(join(assets, name), 'utf8').matchAll(/(?:^|;|\})import\s?(?:[^"'()]*?from)?\s?"\.?\/([^"]+\.js)"/g)) first.add(other);
  console.log(`first screen: ${kib([...first].reduce((sum, name) => sum + sizeOf(name), 0))} gzip of 120, ${first.size} files`);
  for (const name of files.filter((one) => !first.has(one)).sort((a, b) => sizeOf(b) - sizeOf(a))) console.log(`  ${kib(sizeOf(name)).padStart(10)}  ${name}`);
}

weigh();
const admin = library.admin.account.name;
const reader = library.reader.account?.name ?? library.reader.record.name;
await shootAll('', admin, [...library.routes(), ...OPENED]);
await shootAll('reader-', reader, library.routesOf(['anyone', 'member', 'catalogue']));
await shootAll('nobody-', null, library.routesOf(['anyone', 'catalogue']));
const fresh = await startServer({ auth: 'on' });
for (const scheme of SCHEMES) {
  const page = await contextOf(null, scheme);
  await page.goto(fresh.url);
  await page.locator('h1').first().waitFor();
  for (const [width, height] of SIZES) await shoot(page, 'first-run', scheme, width, height, true);
  await page.context().close();
}
await fresh.stop();
await sheets();
writeFileSync(join(folder, 'index.html'), `<!doctype html><title>Carrel's screens</title>${[...pictures.keys()].map((name) => `<p><a href="sheet-${name}.png">${name}</a>`).join('\n')}\n`);
console.log(`sheets: ${pictures.size} screens, ${[...pictures.values()].flat().length} pictures in build/sheets`);
await browser.close();
await server.stop();
