// screenshots.mjs — `make screenshots`: the pictures of README.md and docs/operations.md, and the recording at README's
// head, into docs/pictures. One library, one morning (showcase.mjs): a second run gives the same pictures, so what git
// shows as changed has changed on the screen. How large they may be is held by pictures.test.mjs.
//
//     SHOTS=desk make screenshots             only pictures that have this in their names
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { top } from '../support/server.mjs';
import { enter, quiet, scan, startBrowser, watched } from './browser.mjs';
import { LIBRARIAN, makeShowcase, NOW } from './showcase.mjs';

const KIB = 1024;
const DESKTOP = { width: 1240, height: 840 };
const PHONE = { width: 390, height: 780 };
const SMALL = { width: 1080, height: 680 };
const folder = join(top, 'docs/pictures');
const frames = mkdtempSync(join(tmpdir(), 'carrel-frames-'));
const only = process.env.SHOTS ?? '';

mkdirSync(folder, { recursive: true });
const { server, borrower, books, debtor, title } = await makeShowcase();
const browser = await startBrowser();

/** Signed in once for all pictures: many logins in a row are slowed down, as those of somebody who guesses. */
const session = await (async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await enter(page, `${server.url}/sign-in`, LIBRARIAN);
  const state = await context.storageState();
  await context.close();
  return state;
})();

async function openPage({ size = DESKTOP, scale = 2, dark = false, language = 'en' } = {}) {
  const context = await browser.newContext({
    storageState: session,
    viewport: size,
    deviceScaleFactor: scale,
    colorScheme: dark ? 'dark' : 'light',
    locale: language === 'de' ? 'de-DE' : 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.clock.setFixedTime(new Date(NOW));
  await page.addInitScript((code) => localStorage.setItem('carrel.language', code), language);
  return page;
}

async function goTo(page, address) {
  await page.goto(server.url + address);
  await page.locator('h1').first().waitFor();
  await quiet(page);
}

const result = (page, kind) => page.locator(`[data-result="${kind}"]`);

/** The member's card, then two books. */
async function lendTwo(page) {
  await goTo(page, '/');
  await scan(page, borrower.card);
  await result(page, 'member').waitFor();
  for (const book of books.slice(0, 2)) {
    await scan(page, book.barcode);
    await result(page, 'lent').getByText(book.title).waitFor();
  }
  await quiet(page);
}

/** …and as if it had not been: each picture, and the recording, finds the library as the others did. */
async function undoTwo(page) {
  for (const book of books.slice(0, 2).reverse()) {
    await page.keyboard.press('Control+z');
    await page.locator('[data-visit="undone"]').getByText(book.title).waitFor();
  }
}

const at = (address) => (page) => goTo(page, address);

/** What README and docs/operations.md show, by name. `show` brings the page about, `after` takes back what it did. */
const PICTURES = [
  { name: 'desk', show: lendTwo, after: undoTwo },
  { name: 'catalogue', show: at('/catalogue?q=garden') },
  { name: 'title', show: at(`/books/${title.id}`) },
  { name: 'dashboard', show: at('/dashboard') },
  { name: 'member', show: at(`/members/${debtor.id}`) },
  { name: 'hold-shelf', show: at('/holds') },
  { name: 'phone', size: PHONE, show: lendTwo, after: undoTwo },
  { name: 'dark', dark: true, show: at('/catalogue') },
  { name: 'german', language: 'de', show: lendTwo, after: undoTwo },
];

/** 256 colours are enough for a page, and a third of the bytes. */
function reduce(path) {
  execFileSync('pngquant', ['--force', '--skip-if-larger', '--speed', '1', '--strip', '--ext', '.png', '256', path]);
}

async function takePicture({ name, show, after, ...how }) {
  const page = await openPage(how);
  await watched(page, `screenshot-${name}`, () => show(page));
  await page.evaluate(() => document.fonts.ready);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  reduce(path);
  await after?.(page);
  await page.context().close();
  return path;
}

// ---- the recording ----------------------------------------------------------------------------------------------

/** A page, and what it looked like for how long. Says below the page what the person does. */
class Recording {
  constructor(page) {
    this.page = page;
    this.taken = [];
  }

  say(words) {
    return this.page.evaluate((text) => {
      const band = document.querySelector('#said') ?? document.body.appendChild(Object.assign(document.createElement('div'), { id: 'said' }));
      band.textContent = text;
      // By hand: the pages' CSP takes no style of ours.
      Object.assign(band.style, { position: 'fixed', insetInline: '0', insetBlockEnd: '0', padding: '14px 24px', font: '600 20px/1.3 system-ui, sans-serif', textAlign: 'center', color: '#fff', background: '#1d2b3a', zIndex: '1000' });
    }, words);
  }

  async hold(ms) {
    const path = join(frames, `${String(this.taken.length).padStart(3, '0')}.png`);
    await this.page.screenshot({ path, caret: 'hide' });
    this.taken.push({ path, ms });
  }

  /** A scanner's beep: the code stands in the box for a moment. */
  async scan(code, kind, text) {
    await this.page.keyboard.type(code);
    await this.hold(350);
    await this.page.keyboard.press('Enter');
    await result(this.page, kind).getByText(text).waitFor();
    await quiet(this.page);
    await this.hold(2200);
  }

  async type(words) {
    for (const letter of words) {
      await this.page.keyboard.type(letter);
      await this.hold(140);
    }
  }

  write(path) {
    for (const frame of this.taken) reduce(frame.path);
    execFileSync('img2webp', ['-loop', '0', '-mixed', '-q', '75', '-m', '6', ...this.taken.flatMap(({ path: one, ms }) => ['-d', String(ms), one]), '-o', path], { stdio: 'ignore' });
    return this.taken.reduce((sum, { ms }) => sum + ms, 0);
  }
}

async function record() {
  const page = await openPage({ size: SMALL, scale: 1.5 });
  const recording = new Recording(page);
  await goTo(page, '/');
  await recording.say('The desk: one box for everything that is scanned');
  await recording.hold(1600);
  await recording.say('Scan a card: the member is open');
  await recording.scan(borrower.card, 'member', borrower.name);
  await recording.say('Scan a book: it is lent');
  await recording.scan(books[0].barcode, 'lent', books[0].title);
  await recording.say('And another');
  await recording.scan(books[1].barcode, 'lent', books[1].title);
  await page.keyboard.press('Escape');
  await recording.say('Nobody open: what is scanned comes back');
  await recording.hold(900);
  await recording.scan(books[3].barcode, 'back', books[3].title);
  await recording.say('Any part of a title finds it; of a typing error it makes a word');
  await page.getByRole('link', { name: 'Catalogue' }).first().click();
  await page.getByLabel('Search the catalogue').waitFor();
  await quiet(page);
  await recording.hold(700);
  await page.getByLabel('Search the catalogue').focus();
  await recording.type('lihgthouse');
  await quiet(page);
  await recording.hold(1500);
  await page.getByRole('main').getByRole('link', { name: 'lighthouse' }).click();
  await quiet(page);
  await recording.hold(3000);
  const path = join(folder, 'a-minute-at-the-desk.webp');
  const ms = recording.write(path);
  await page.context().close();
  console.log(`recording: ${recording.taken.length} frames, ${(ms / 1000).toFixed(1)} s`);
  return path;
}

const made = [];
for (const picture of PICTURES.filter(({ name }) => name.includes(only))) made.push(await takePicture(picture));
if ('recording'.includes(only)) made.push(await record());
for (const path of made) console.log(`${(statSync(path).size / KIB).toFixed(0).padStart(5)} KiB  ${path.slice(top.length + 1)}`);
rmSync(frames, { recursive: true });
await browser.close();
await server.stop();
