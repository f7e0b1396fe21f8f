// The library's settings in the browser: what may be put in, what holds otherwise.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { inPage, startBrowser } from './browser.mjs';

let server;
let browser;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

const task = (name, steps) => inPage(browser, server.url, name, steps);

test('a setting says what may be put in, what holds otherwise, and whether the library has said something', () =>
  task('settings-range', async (page) => {
    const { settings } = expect(await server.get('/admin/system-config'), 200);
    const days = settings.find(({ name }) => name === 'pickup_days');
    await page.goto(`${server.url}/settings`);
    const field = page.locator('.field').filter({ has: page.locator('[name="pickup_days"]') });
    await field.getByText(`${days.minimum} to ${days.maximum} · Default: ${days.default}`).waitFor();
    await field.locator('input').fill(String(days.minimum));
    await page.keyboard.press('Enter');
    await field.getByText('Set by this library').waitFor();
    await field.locator('input').fill('');
    await page.keyboard.press('Enter');
    await field.getByText('Set by this library').waitFor({ state: 'detached' });
    assert.equal(await field.locator('input').inputValue(), days.default);
  }));
