// What is not well stands above every page of those who work here until it is put away; how messages leave is set, kept secret
// where it is a password, and tried, in the settings.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { startSmtp } from '../support/smtp_server.mjs';
import { assertFair, enter, inPage, startBrowser } from './browser.mjs';

let server, browser, mail, people;
before(async () => {
  server = await startServer({ auth: 'on' });
  people = await makePeople(server);
  mail = await startSmtp({ auth: { user: 'library', password: 'hush' } });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await mail?.close();
  await server?.stop({ check: true });
});

const task = (name, who, steps, size) => inPage(browser, server.url, name, async (page) => {
  await enter(page, `${server.url}/members`, who);
  await steps(page);
}, size);

const nameOf = async (who) => expect(await people[who].get('/auth/me'), 200).account.name;

test('a librarian sees above every page that there is no backup, puts it away with a key, and it is away for all', async () => {
  for (let i = 0; i < 3; i++) expect(await people.admin.post('/admin/jobs/alerts/run'), 200);
  await task('alert', await nameOf('librarian'), async (page) => {
    const banner = page.locator('[data-alert="backups"]');
    await banner.getByText('There is no backup of this library. Make one.').waitFor();
    assert.equal(await banner.getByRole('link').count(), 0, 'backups are not a librarian’s');
    await page.goto(`${server.url}/catalogue`);
    await banner.waitFor();
    await assertFair(page);
    await banner.getByRole('button', { name: /^Put away: There is no backup/ }).focus();
    await page.keyboard.press('Enter');
    await banner.waitFor({ state: 'detached' });
  }, { width: 360, height: 740 });
  const [alert] = expect(await people.admin.get('/alerts'), 200).data;
  assert.equal(alert.seen_by, await nameOf('librarian'));
  await task('alert-admin', await nameOf('admin'), async (page) => {
    await page.goto(`${server.url}/settings/health`);
    await page.getByRole('row', { name: /Backups/ }).waitFor();
    assert.equal(await page.locator('[data-alert]').count(), 0);
    await page.getByRole('row', { name: /Messages to readers/ }).getByText('None waits too long.').waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    const open = page.locator('section').filter({ has: page.getByRole('heading', { name: 'What wants somebody' }) }).getByRole('listitem').filter({ hasText: /^There is no backup/ });
    await open.getByText(`put away by ${alert.seen_by}`).waitFor();
    await open.getByText('today', { exact: true }).waitFor();
  });
});

test('an administrator sets a mail server, its password is shown to nobody, and a test message arrives', async () => {
  await task('messages', await nameOf('admin'), async (page) => {
    await page.goto(`${server.url}/settings/messages`);
    await page.getByRole('heading', { name: 'Messages', exact: true }).waitFor();
    await page.getByLabel('Mail transport').selectOption('smtp');
    await page.getByLabel('Mail from').fill('library@example.org');
    await page.getByLabel('Smtp host').fill('127.0.0.1');
    await page.getByLabel('Smtp port').fill(String(mail.port));
    await page.getByLabel('Smtp security').selectOption('none');
    await page.getByLabel('Smtp user').fill('library');
    const password = page.getByLabel('Smtp password', { exact: false }).first();
    await password.fill('wrong');
    const save = async () => {
      const saved = page.waitForResponse((reply) => reply.request().method() === 'PUT');
      await page.getByRole('button', { name: 'Save how messages leave' }).click();
      await saved; // what is said of it stays for a while, and may be about the time before
      await page.getByText('The settings are saved').waitFor();
    };
    await save();
    assert.equal(await password.inputValue(), '••••••••');
    assert.equal(await password.getAttribute('type'), 'password');

    const address = page.getByLabel('Address for the test');
    const send = page.getByRole('button', { name: 'Send a test message' });
    await address.fill('ada@example.org');
    await send.click();
    await page.getByText('The mail server does not let us in: 535 5.7.8 Wrong name or password').waitFor();
    await password.fill('••••••••hush');
    await save();
    await send.click();
    await page.getByText('Sent to ada@example.org').waitFor();
    assert.equal((await mail.next()).user, 'library');

    await page.getByLabel('Alert email').fill('head@example.org');
    await page.getByRole('button', { name: 'Save who is told' }).click();
    await page.getByText('The settings are saved').waitFor();
    await page.getByRole('button', { name: 'Tell them that this is a test' }).click();
    await page.getByText('E-mail: it was taken').waitFor();
    assert.deepEqual((await mail.next((one) => one.subject === 'My Library: a test')).to, ['head@example.org']);
    await assertFair(page);
  });
});
