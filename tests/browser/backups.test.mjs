// Backups in the settings: made with one press, and missed where everybody looks.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { newPage, startBrowser, watched } from './browser.mjs';

let server;
let browser;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
  const reply = await server.post('/books', { title: 'Dogger', author: 'Shirley Hughes' });
  assert.equal(reply.status, 201, reply.text);
});
after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

test('the dashboard misses a backup and leads to where one is made; then it is quiet', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'backups', async () => {
    await page.goto(`${server.url}/dashboard`);
    await page.getByText('There is no backup of this library.').waitFor();
    await page.getByRole('link', { name: 'To the backups' }).click();
    await page.getByText('There is no backup yet').waitFor();
    await page.getByRole('button', { name: 'Back up now' }).click();
    const row = page.getByRole('table', { name: 'Backups' }).getByRole('row').nth(1);
    await row.waitFor();
    const text = await row.innerText();
    assert.match(text, /Asked for/);
    assert.match(text, /1 title, 0 members, 0 loans out/);
    assert.match(text, /\/backups\/library-\d{4}-\d\d-\d\d-\d{6}\.db/);
    await page.getByText(/^The last good backup: /).waitFor();
    assert.ok(existsSync(server.home.path('backups')));
    await page.goto(`${server.url}/dashboard`);
    await page.getByRole('heading', { name: 'Dashboard', exact: true }).waitFor();
    await page.getByText('up to date', { exact: false }).first().waitFor();
    assert.equal(await page.getByText('There is no backup of this library.').count(), 0);
  });
  assert.deepEqual(faults, []);
});

test('with a second folder, the page says what the journal there can do', async () => {
  const own = await startServer({ env: { CARREL_BACKUP_SCHEDULE: 'on' } });
  mkdirSync(own.home.path('stick'));
  const { page, faults } = await newPage(browser, own.url);
  await watched(page, 'journal', async () => {
    await page.goto(`${own.url}/settings/backups`);
    await page.getByText(/There is no second folder/).waitFor();
    assert.equal(await page.getByText(/[Jj]ournal/).count(), 0);
    const set = await own.put('/admin/system-config', { backup_second_dir: own.home.inside('stick'), journal: 'off' });
    assert.equal(set.status, 200, set.text);
    await page.reload();
    await page.getByText('The journal is off').waitFor();
    assert.equal((await own.put('/admin/system-config', { journal: 'on' })).status, 200);
    for (let has_base = false; !has_base; ) {
      const run = await own.post('/admin/jobs/journal/run');
      assert.equal(run.status, 200, run.text);
      ({ has_base } = (await own.get('/admin/backups')).body.journal);
    }
    await page.reload();
    await page.getByText(/a backup can be brought to any moment since/).waitFor();
  });
  assert.deepEqual(faults, []);
  await own.stop({ check: true });
});

test('a second folder that is away, and a backup that cannot be made, are said', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'backups-refused', async () => {
    const set = await server.put('/admin/system-config', { backup_second_dir: '/media/nowhere', backup_dir: '/media/nowhere-either' });
    assert.equal(set.status, 200, set.text);
    await page.goto(`${server.url}/settings/backups`);
    await page.getByText(/second folder is not there: \/media\/nowhere/).waitFor();
    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.getByRole('alert').getByText(/nowhere-either is not there/).waitFor();
  });
  assert.deepEqual(faults, []);
});

test('a passphrase is set, backups are sealed with it, and it is taken away again', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'backups-sealed', async () => {
    const reset = await server.put('/admin/system-config', { backup_second_dir: null, backup_dir: null });
    assert.equal(reset.status, 200, reset.text);
    await page.goto(`${server.url}/settings/backups`);
    await page.getByText('Whoever finds one can read all that is in it: names').waitFor();
    const again = page.getByLabel('The passphrase once more', { exact: true });
    await page.getByLabel('Passphrase', { exact: true }).fill('nine harbour lights');
    await again.fill('nine harbour light');
    await page.getByRole('button', { name: 'Set the passphrase' }).click();
    await page.getByText('These two are not the same.').waitFor();
    assert.equal((await server.get('/admin/backups')).body.passphrase_set, false, 'nothing was sent');
    await page.getByLabel('Passphrase', { exact: true }).fill('short');
    await again.fill('short');
    await page.getByRole('button', { name: 'Set the passphrase' }).click();
    await page.getByText('Passphrase must be at least 10 characters').waitFor();
    await page.getByLabel('Passphrase', { exact: true }).fill('nine harbour lights');
    await again.fill('nine harbour lights');
    await page.getByRole('button', { name: 'Set the passphrase' }).click();
    await page.getByText('If the passphrase is lost, nobody can open them').waitFor();
    const which = page.getByLabel('Only the passphrase opens');
    await which.selectOption({ label: 'all of them' });
    await page.getByRole('button', { name: 'Save the choice' }).click();
    await page.getByText('They open with the passphrase only.').waitFor();
    await page.getByRole('button', { name: 'Back up now' }).click();
    const row = page.getByRole('table', { name: 'Backups' }).getByRole('row').nth(1);
    await row.getByText('Sealed', { exact: true }).waitFor();
    assert.match(await row.innerText(), /\.db\.sealed/);
    assert.equal(await page.getByRole('button', { name: 'Take the passphrase away' }).count(), 0);
    await which.selectOption({ label: 'none of them' });
    await page.getByRole('button', { name: 'Save the choice' }).click();
    await page.getByRole('button', { name: 'Take the passphrase away' }).click();
    await page.getByRole('button', { name: 'Set the passphrase' }).waitFor();
  });
  assert.deepEqual(faults, []);
});
