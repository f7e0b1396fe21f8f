// What every browser test needs besides a server: Debian's Chromium, a page that tells its faults, a picture when
// something fails, and the hand of a scanner.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
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

/** A new page, without a service worker unless the test is about one (it hides requests from page.route), and the list of what went wrong in it: script errors, refused by the CSP, requests that left the library. */
export async function newPage(browser, url, { serviceWorkers = 'block' } = {}) {
  const context = await browser.newContext({ serviceWorkers, locale: 'en-GB', timezoneId: 'UTC', viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
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

/** Run the steps; when one fails, leave a picture of the page in build/test-shots. */
export async function watched(page, name, steps) {
  try {
    await steps();
  } catch (error) {
    await mkdir(shots, { recursive: true });
    const path = join(shots, `${name}.png`);
    await page.screenshot({ path, fullPage: true }).catch(() => {});
    error.message += `\n  picture: ${path}`;
    throw error;
  }
}

/** A person's task in a page of its own, at this size: its steps are done, and nothing goes wrong in the page meanwhile. */
export async function inPage(browser, url, name, steps, size) {
  const { page, faults } = await newPage(browser, url);
  if (size) await page.setViewportSize(size);
  await watched(page, name, () => steps(page));
  assert.deepEqual(faults, []);
  await page.context().close();
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
