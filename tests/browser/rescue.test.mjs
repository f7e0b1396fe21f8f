// A backup put in the library's place in the pages, and the way back for a library that cannot be opened.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { makePeople, printedCode } from '../support/people.mjs';
import { makeHome, startServer } from '../support/server.mjs';
import { enter, newPage, startBrowser, watched } from './browser.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());

/** While one library makes way for the other, nobody answers: the browser's own complaints about that are no fault. */
const own = (faults) => faults.filter((fault) => !/ERR_CONNECTION|ERR_SOCKET_NOT_CONNECTED|ERR_EMPTY_RESPONSE|status of 503|ERR_INCOMPLETE|ERR_NETWORK/.test(fault));

const asideOf = (home) => readdirSync(home.directory).filter((name) => /^library-before-restore-.*\.db$/.test(name));

test('a backup is restored: what would be lost is said, the loan has gone, the old library is kept and can be put back', async () => {
  const server = await startServer({ auth: 'on' });
  const { admin } = await makePeople(server);
  const { page, faults } = await newPage(browser, server.url);
  const book = (await admin.post('/books', { title: 'Dogger', author: 'Shirley Hughes' })).body;
  const member = (await admin.post('/members', { name: 'Ida Brandt' })).body;
  assert.equal((await admin.post('/admin/backups', {})).status, 201);
  assert.equal((await admin.post('/borrows', { book_id: book.id, member_id: member.id })).status, 201);
  await watched(page, 'restore', async () => {
    await enter(page, `${server.url}/settings/backups`, admin.account.name);
    await page.getByRole('button', { name: /^Restore the one of/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: /^Put the backup of .* in the library’s place\?$/ }).waitFor();
    await dialog.getByRole('row', { name: 'Loans out 0 1' }).waitFor();
    await dialog.getByText(/things done since then are not in it:/).waitFor();
    await dialog.getByText(/1 lent/).waitFor();
    // The safe button has the focus, and leaves all as it is.
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(asideOf(server.home), []);
    await page.getByRole('button', { name: /^Restore the one of/ }).click();
    await page.getByRole('button', { name: 'Restore the backup', exact: true }).click();
    // This session began after the backup: the restored library does not know it.
    await page.getByRole('main').getByLabel('User name').waitFor();
    await enter(page, `${server.url}/settings/backups`, admin.account.name);
    await page.getByText(/^Restored on /).waitFor();
    await page.getByText(asideOf(server.home)[0]).first().waitFor();
    const loans = await page.evaluate(() => fetch('/api/v1/borrows').then((reply) => reply.json()));
    assert.equal(loans.meta.total, 0);
    // And back: what was kept aside stands in the list.
    await page.getByRole('region', { name: 'More that can be restored' }).or(page.locator('section', { hasText: 'More that can be restored' })).getByRole('button', { name: /^Restore the one of library-before/ }).click();
    await page.getByRole('button', { name: 'Restore the backup', exact: true }).click();
    await page.getByRole('main').getByLabel('User name').waitFor();
    await enter(page, `${server.url}/settings/backups`, admin.account.name);
    await page.getByText(/^Restored on .*: library-before-restore/).first().waitFor();
    const again = await page.evaluate(() => fetch('/api/v1/borrows').then((reply) => reply.json()));
    assert.equal(again.meta.total, 1);
  });
  assert.deepEqual(own(faults), []);
  await server.stop({ check: true });
});

test('a damaged library: readers are told calmly, the code opens the way back, and everybody signs in as before', async () => {
  const home = await makeHome();
  const first = await startServer({ home, auth: 'on' });
  const { admin } = await makePeople(first);
  await admin.put('/admin/system-config', { library_name: 'Harbour School' });
  assert.equal((await admin.post('/admin/backups', {})).status, 201);
  await first.stop({ keep: true });
  const bytes = readFileSync(home.path('library.db'));
  bytes[100] ^= 0x10; // one bit of the page that says what tables there are
  await home.write('library.db', bytes);
  const server = await startServer({ home, auth: 'on' });
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'rescue', async () => {
    await page.goto(`${server.url}/books`);
    await page.getByRole('heading', { name: 'This library cannot be opened' }).waitFor();
    await page.getByText('Nothing was changed or removed.', { exact: false }).waitFor();
    const code = page.getByLabel('Setup code');
    await code.fill('NO-CODE');
    await page.keyboard.press('Enter');
    await page.getByText('This is not the setup code.', { exact: false }).waitFor();
    await code.fill(await printedCode(server));
    await page.getByRole('button', { name: 'Show the backups' }).click();
    await page.getByRole('button', { name: /^Restore the one of/ }).click();
    await page.getByRole('dialog').getByText('is kept beside it', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Restore the backup', exact: true }).click();
    await page.getByRole('heading', { name: 'This library cannot be opened' }).waitFor({ state: 'detached' });
    await page.waitForURL(`${server.url}/`);
    await enter(page, `${server.url}/sign-in`, admin.account.name);
    await page.getByText('Harbour School').first().waitFor();
  });
  assert.ok(bytes.equals(readFileSync(home.path(asideOf(home)[0]))), 'the damaged file is kept');
  assert.deepEqual(own(faults), []);
  await server.stop({ check: true });
});
