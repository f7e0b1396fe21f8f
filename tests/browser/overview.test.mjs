// The administrator's overview: what is wrong stands on one page and leads to where it is mended.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bringFile, expect } from '../support/library.mjs';
import { NOON, startServer } from '../support/noon.mjs';
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

const task = (name, steps) => inPage(browser, server.url, name, steps, undefined, { now: NOON });

test('one page says how the library is, what ran and runs next, what was imported, which ways are open; each part leads on', () =>
  task('overview', async (page) => {
    await bringFile(server, 'title;author\nMomo;Michael Ende\n');
    expect(await server.post('/admin/jobs/accrue_fines/run'), 200);
    await page.goto(`${server.url}/settings/overview`);
    const part = (name) => page.locator('section').filter({ has: page.getByRole('heading', { name, level: 2 }) });
    const backups = part('State of the library').getByRole('listitem').filter({ hasText: /^Backups/ });
    await backups.getByText('There is none of this library.').waitFor();
    await backups.getByText('today', { exact: true }).waitFor();
    await part('State of the library').getByText(/SQLite \d/).waitFor();
    await part('Last imports').getByRole('link', { name: 'shelf.csv' }).waitFor();
    const { jobs } = expect(await server.get('/admin/jobs'), 200);
    const rows = part('Jobs').getByRole('row');
    assert.equal(await rows.count(), jobs.length + 1, 'every job is there');
    const fines = part('Jobs').getByRole('row', { name: /^Works out fines/ });
    assert.match(await fines.getByRole('cell').nth(1).innerText(), /^today, 12:00$/);
    assert.match(await fines.getByRole('cell').nth(2).innerText(), /^(today|tomorrow), \d?\d:\d\d$/);
    await part('Notices').getByText('Text message').waitFor();
    await backups.getByRole('link', { name: 'Backups' }).click();
    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.getByText(/^The last good backup: /).waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await backups.getByText('fine', { exact: true }).waitFor();
    await backups.getByText(/^The last good one/).waitFor();
    await page.getByRole('link', { name: /^To the page.*Jobs$/ }).click();
    await page.waitForURL(/\/settings\/jobs$/);
  }));
