// A library that serves https with an authority of its own (--tls auto): where that authority is trusted, its pages may do
// what browsers keep for https. They open without the server, keep scans and do them later, and nothing warns.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import tls from 'node:tls';
import { after, test } from 'node:test';
import { authorityOf, startSecure } from '../support/authority.mjs';
import { copiesOf, expect, makeBook, makeMember } from '../support/library.mjs';
import { makePeople, signIn } from '../support/people.mjs';
import { enter, newPage, scan, startBrowser, watched } from './browser.mjs';

const NAME = 'library.lan'; // one of the names that such an authority may speak for
const named = { auth: 'on', args: ['--host-names', NAME] };
const result = (page, kind) => page.locator(`[data-result="${kind}"]`);

let browser;
after(() => browser?.close());

/** SHA-256 of the public key in the server's certificate: told to trust it, Chromium does as where the authority is installed. */
function pinOf({ port, home }) {
  return new Promise((done, failed) => {
    const socket = tls.connect({ port, host: '127.0.0.1', servername: NAME, ca: authorityOf(home) }, () => {
      const key = socket.getPeerX509Certificate().publicKey.export({ type: 'spki', format: 'der' });
      socket.end();
      done(createHash('sha256').update(key).digest('base64'));
    });
    socket.once('error', failed);
  });
}

test('over https with the library’s own authority the app opens without the server, and does later what it kept', async () => {
  let server = await startSecure(undefined, named);
  const people = await makePeople(server);
  const [member, book] = [await makeMember(people.admin, { name: 'Amina Okafor' }), await makeBook(people.admin, { title: 'Wonder' })];
  const [copy] = await copiesOf(people.admin, book);
  browser = await startBrowser([`--ignore-certificate-errors-spki-list=${await pinOf(server)}`]);
  const url = `https://${NAME}:${server.port}`;
  const { page, faults } = await newPage(browser, url, { serviceWorkers: 'allow' });
  await watched(page, 'https', async () => {
    await enter(page, `${url}/sign-in`, people.librarian.account.name);
    await page.locator('#scan').waitFor();
    assert.equal(await page.evaluate(() => window.isSecureContext), true);
    const [session] = await page.context().cookies(url);
    assert.deepEqual([session.name, session.secure, session.httpOnly], ['__Host-carrel_session', true, true]);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.goto(`${url}/catalogue`);
    await page.getByLabel('Keep the catalogue on this device').check();
    await page.getByText('1 title, as it was on').waitFor();

    await server.kill();
    await page.goto('about:blank');
    await page.goto(`${url}/catalogue`);
    await page.getByText('1 title, as it was on').waitFor();
    await page.goto(url);
    await page.locator('#scan').waitFor();
    await scan(page, member.card);
    await result(page, 'member').waitFor();
    await scan(page, copy.barcode);
    await page.locator('[data-kept="1"]').waitFor();

    server = await startSecure(server.home, { ...named, listen: `127.0.0.1:${server.port}` });
    await page.locator('[data-visit="lent"]').getByText('Wonder').waitFor();
    const now = await signIn(server, people.librarian.account.name);
    assert.deepEqual(expect(await now.get(`/members/${member.id}/borrows?status=borrowed`), 200).data.map((loan) => loan.book.title), ['Wonder']);
  });
  assert.deepEqual(faults.filter((fault) => !/net::ERR_|Failed to load resource/.test(fault)), []);
  await page.context().close();
  await server.stop({ check: true });
});
