// Programs elsewhere are told what happens: an administrator enters one, copies its secret, tests it, sees what was given up
// and sends it again.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { expect, makeBook } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { assertFair, inPage, quiet, startBrowser } from './browser.mjs';

let server;
let browser;
let receiver;
let answer;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
  receiver = http.createServer((request, response) => request.resume().on('end', () => response.writeHead(answer).end(answer < 300 ? '' : 'no room')));
  await new Promise((done) => receiver.listen(0, '127.0.0.1', done));
});
after(async () => {
  await browser?.close();
  receiver?.closeAllConnections();
  receiver?.close();
  await server?.stop({ check: true });
});

const task = (name, steps, { size } = {}) => inPage(browser, server.url, name, steps, size);

const url = () => `http://127.0.0.1:${receiver.address().port}/hook`;

test('nobody is told yet; one is entered with the types it wants, and its secret is shown once', () =>
  task('webhooks-add', async (page) => {
    await page.goto(`${server.url}/settings/webhooks`);
    await page.getByRole('heading', { name: 'No other program is told what happens' }).waitFor();
    await assertFair(page);
    await page.getByRole('button', { name: 'Add a webhook' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Ticket board');
    await dialog.getByLabel('Address').fill('ftp://example.org/');
    await dialog.getByRole('button', { name: 'Add the webhook' }).click();
    await dialog.getByText('must be a web address that begins with http or https').waitFor();
    await dialog.getByLabel('Address').fill(url());
    await dialog.getByLabel('only what is chosen here').check();
    await dialog.getByLabel('A title was catalogued').check();
    await dialog.getByLabel('A copy was lent').check();
    await assertFair(page);
    await dialog.getByRole('button', { name: 'Add the webhook' }).click();
    const secret = await dialog.getByLabel('Secret').inputValue();
    assert.match(secret, /^whsec_/);
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await assertFair(page);
    await dialog.getByRole('button', { name: /I have it|Done/ }).click();
    await page.getByRole('cell', { name: /Ticket board/ }).first().getByText('2 types of events').waitFor();
    assert.ok(!(await page.content()).includes(secret));
    const [hook] = expect(await server.get('/webhooks'), 200).data;
    assert.deepEqual(hook.events.sort(), ['BookAdded', 'BookIssued']);
  }));

test('a test says what came back, in place', () =>
  task('webhooks-test', async (page) => {
    await page.goto(`${server.url}/settings/webhooks`);
    answer = 204;
    await page.getByRole('button', { name: 'Test Ticket board' }).click();
    await page.getByText('It took the test (204).').waitFor();
    answer = 503;
    await page.getByRole('button', { name: 'Test Ticket board' }).click();
    await page.getByRole('status').getByText('It answered 503.').waitFor();
    await page.getByText('no room').first().waitFor();
  }));

test('what was given up stands among the deliveries, and is sent again by hand', () =>
  task('webhooks-again', async (page) => {
    answer = 204;
    const book = await makeBook(server);
    assert.ok(book.id);
    while (!expect(await server.get('/webhooks/deliveries?state=sent'), 200).data.some(({ type }) => type === 'BookAdded')) await new Promise((go) => setTimeout(go, 100));
    await page.goto(`${server.url}/settings/webhooks?show=sent`);
    await page.getByRole('cell', { name: /A title was catalogued/ }).waitFor();
    await page.getByRole('link', { name: 'Given up' }).click();
    const row = page.getByRole('row').filter({ hasText: 'A test' });
    await row.getByText('It answered 503.').waitFor();
    await assertFair(page);
    await row.getByRole('button', { name: 'Send again: Test to Ticket board' }).click();
    await page.getByText('It is sent again in a moment.').waitFor();
    await page.getByRole('heading', { name: 'There are none' }).waitFor();
  }));

test('switched off, given a new secret, changed and removed; on a narrow screen', () =>
  task(
    'webhooks-narrow',
    async (page) => {
      await page.goto(`${server.url}/settings/webhooks`);
      await page.getByRole('button', { name: 'Switch off Ticket board' }).click();
      await page.getByRole('button', { name: 'Switch on Ticket board' }).waitFor();
      await quiet(page);
      await assertFair(page);
      await page.getByRole('button', { name: 'New secret Ticket board' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'New secret' }).click();
      assert.match(await page.getByRole('dialog').getByLabel('Secret').inputValue(), /^whsec_/);
      await page.keyboard.press('Escape');
      await quiet(page); // the row is the changed one
      await page.getByRole('button', { name: 'Change Ticket board' }).click();
      const dialog = page.getByRole('dialog');
      assert.ok(await dialog.getByLabel('A copy was lent').isChecked());
      await assertFair(page);
      await dialog.getByLabel('everything that happens').check();
      await dialog.getByRole('button', { name: 'Save the webhook' }).click();
      await page.getByText('everything that happens').waitFor();
      await page.getByRole('button', { name: 'Remove Ticket board' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await page.getByRole('heading', { name: 'No other program is told what happens' }).waitFor();
    },
    { size: { width: 360, height: 740 } },
  ));

test('jobs say when they run next', () =>
  task('jobs-next', async (page) => {
    await page.goto(`${server.url}/settings/jobs`);
    await page.getByRole('columnheader', { name: 'Next time' }).waitFor();
    await page.getByRole('button', { name: 'Run now: Removes old deliveries of webhooks' }).click();
    await page.getByText('Done: Removes old deliveries of webhooks').waitFor();
    const row = page.getByRole('row').filter({ hasText: 'prune_deliveries' });
    const { jobs } = expect(await server.get('/admin/jobs'), 200);
    const next = new Date(jobs.find(({ name }) => name === 'prune_deliveries').next_run_at);
    await row.getByText(next.toISOString().slice(11, 16).replace(/^0/, '')).first().waitFor();
    await assertFair(page);
  }));
