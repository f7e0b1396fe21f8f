// System health in the settings: what wants somebody is told in words, and leads to where it is mended.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { newPage, startBrowser, watched } from './browser.mjs';

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

test('a missing backup is for today, and leads to where one is made; then all is well', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'health', async () => {
    await page.goto(`${server.url}/settings/health`);
    const row = page.getByRole('row', { name: /Backups/ });
    await row.getByText('There is none of this library.').waitFor();
    await row.getByText('today', { exact: true }).waitFor();
    await page.getByText('Something wants looking at today').waitFor();
    await row.getByRole('link', { name: 'To the backups' }).click();
    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.getByText(/^The last good backup: /).waitFor();
    await page.getByRole('link', { name: 'System health' }).click();
    await page.getByText('There is a good one.').waitFor();
    assert.equal(await page.getByText('Something wants looking at today').count(), 0);
    const health = expect(await server.get('/admin/health-check'), 200);
    assert.ok((await page.getByRole('row', { name: /Programs/ }).innerText()).includes(`SQLite ${health.checks.find(({ name }) => name === 'versions').figures.sqlite}`));
  });
  assert.deepEqual(faults, []);
});
