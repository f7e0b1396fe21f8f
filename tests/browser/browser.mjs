// What every browser test needs besides a server: Debian's Chromium, a page that tells its faults, a picture when
// something fails, and the hand of a scanner.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { PASSWORD } from '../support/people.mjs';
import { top } from '../support/server.mjs';

const shots = join(top, 'build/test-shots');

/** `more`: further switches of Chromium. */
export function startBrowser(more = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    // library.test, library.lan: plain names of this computer, as libraries have them; browsers do not trust them as localhost.
    args: ['--host-resolver-rules=MAP library.test 127.0.0.1, MAP library.lan 127.0.0.1', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', ...more],
  });
}

/**
 * BROWSER_LATENCY_MS=300 make test-browser: each answer comes that much later, and each timer and frame of the page (what
 * moves the focus waits for one), so that a test which looks before the page has what it looks for fails here and not
 * now and then on a busy machine. (Not for the scanner's test, which measures time, nor the crawler's, to which a page
 * is still after a tenth of a second.)
 */
const LATENCY_MS = Number(process.env.BROWSER_LATENCY_MS ?? 0);

async function slowDown(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', { offline: false, latency: LATENCY_MS, downloadThroughput: -1, uploadThroughput: -1 });
  await page.addInitScript((late) => {
    const timer = window.setTimeout.bind(window);
    window.setTimeout = (run, ms = 0, ...given) => timer(run, ms + late, ...given);
    window.requestAnimationFrame = (run) => timer(() => run(performance.now()), late);
    window.cancelAnimationFrame = window.clearTimeout.bind(window);
  }, LATENCY_MS);
}

/** A new page, without a service worker unless the test is about one (it hides requests from page.route), and the list of what went wrong in it: script errors, refused by the CSP, requests that left the library. `now`: where its clock stands still (support/noon.mjs). */
export async function newPage(browser, url, { serviceWorkers = 'block', now } = {}) {
  const context = await browser.newContext({ serviceWorkers, locale: 'en-GB', timezoneId: 'UTC', viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  if (now !== undefined) await page.clock.setFixedTime(now);
  if (LATENCY_MS > 0) await slowDown(page);
  page.setDefaultTimeout(30_000); // CI runs two browsers beside the API suite on two slow cores
  const faults = [];
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // A refused act answers 4xx and the browser logs that: not a fault of the page.
    // So is what it leaves out on an address it does not trust: the page must do without.
    if (message.type() === 'error' && !/status of 4\d\d|Opener-Policy header has been ignored/.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) faults.push(`left the library: ${request.url()}`);
  });
  return { page, faults };
}

const QUIET_MS = 500;
const TEXT_MAX = 1_500;

/**
 * Waits until the page asks for nothing any more. (Playwright's networkidle waits for the stream of events as well,
 * and that never ends.)
 */
export async function quiet(page) {
  for (let calm = 0; calm < QUIET_MS; ) {
    const asked = page.waitForRequest((request) => !request.url().includes('/api/v1/events'), { timeout: QUIET_MS }).then(() => true, () => false);
    calm = (await asked) ? 0 : QUIET_MS;
  }
}

/** What can be read on the page, a line: where nobody can see the picture, this tells what was there instead. */
async function textOf(page) {
  const text = await page.locator('body').innerText({ timeout: 2_000 }).catch((error) => `(${error.message})`);
  return text.replaceAll(/\s+/g, ' ').slice(0, TEXT_MAX);
}

/** Run the steps; when one fails, leave a picture of the page in build/test-shots, and its words in the error. */
export async function watched(page, name, steps) {
  try {
    await steps();
  } catch (error) {
    await mkdir(shots, { recursive: true });
    const path = join(shots, `${name}.png`);
    await page.screenshot({ path, fullPage: true }).catch(() => {});
    error.message += `\n  picture: ${path}\n  ${page.url()}: ${await textOf(page)}`;
    throw error;
  }
}

/** A person's task in a page of its own, at this size: its steps are done, and nothing goes wrong in the page meanwhile. `options`: newPage's. */
export async function inPage(browser, url, name, steps, size, options) {
  const { page, faults } = await newPage(browser, url, options);
  if (size) await page.setViewportSize(size);
  await watched(page, name, () => steps(page));
  assert.deepEqual(faults, []);
  await page.context().close();
}

/** axe, for page.evaluate. */
export const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Nothing that keeps somebody out (axe: serious, critical), in light and dark, and no wider than the screen. */
export async function assertFair(page) {
  await page.evaluate(axe);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const found = await page.evaluate(async () => (await window.axe.run(document)).violations.filter(({ impact }) => /serious|critical/.test(impact)).map(({ id, nodes }) => `${id}: ${nodes[0].target.join(' ')}`));
    assert.deepEqual(found, [], colorScheme);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(over <= 0, `${over} px too wide`);
}

/** Nothing serious for a screen reader; and nothing wider than a small telephone. */
export async function assertUsable(page) {
  const size = page.viewportSize();
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${page.url()} is wider than ${width}`);
  }
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  assert.deepEqual(violations.filter((one) => one.impact === 'serious' || one.impact === 'critical').map((one) => [one.id, one.nodes[0].html]), []);
  await page.setViewportSize(size);
}

/** As a scanner does: the figures without a pause, then Enter. It knows nothing of fields. */
export async function scan(page, code) {
  await page.keyboard.type(code, { delay: 1 });
  await page.keyboard.press('Enter');
}

/** Signs in on the page that stands at `address` for those who have not, and waits until it has gone. */
export async function enter(page, address, name, password = PASSWORD) {
  await page.goto(address);
  const form = page.getByRole('main');
  await form.getByLabel('User name').fill(name);
  await form.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await form.getByLabel('Password').waitFor({ state: 'detached' });
}
