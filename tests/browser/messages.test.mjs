// What the library tells a reader in its own pages: how many are new, reading them by keyboard and on a phone, and saying what one wants
// to hear of. A lost password, where e-mail is on and where it is not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect } from '../support/library.mjs';
import { makePeople, PASSWORD } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { startSmtp } from '../support/smtp_server.mjs';
import { enter, inPage, newPage, startBrowser, watched } from './browser.mjs';

let server;
let browser;
let people;

const tell = async (member, subject, text) => expect(await people.librarian.post('/notifications/send', { member_ids: [member.record.id], channel: 'app', subject, text }), 200);

before(async () => {
  server = await startServer({ auth: 'on' });
  people = await makePeople(server);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

const task = (name, who, steps, { width = 1280, language } = {}) => inPage(browser, server.url, name, async (page) => {
  await enter(page, `${server.url}/sign-in`, who);
  if (language) await page.evaluate((to) => localStorage.setItem('carrel.language', to), language);
  await steps(page);
}, { width, height: 800 });

test('messages are counted beside their name, opened by keyboard, and read from then on; nobody else’s are there', () =>
  task('messages', people.member.account.name, async (page) => {
    await tell(people.member, 'Your scarf', 'It lies at the desk.\nCome by.');
    await tell(people.member, 'Reading night', 'On Friday.');
    await tell(people.otherMember, 'For somebody else', 'A secret.');
    await page.goto(server.url);
    const nav = page.getByRole('navigation', { name: 'Main' }).first();
    await nav.getByRole('link', { name: /^Messages 2 not read$/ }).press('Enter');
    await page.getByText('Your scarf').waitFor();
    assert.equal(await page.getByText('new', { exact: true }).count(), 2);
    assert.equal(await page.getByText('For somebody else').count(), 0);
    await page.locator('summary').filter({ hasText: 'Your scarf' }).press('Enter');
    await page.getByText(/It lies at the desk\./).waitFor();
    await nav.getByRole('link', { name: /^Messages 1 not read$/ }).waitFor();
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await nav.getByRole('link', { name: /^Messages$/ }).waitFor();
    assert.equal(await page.getByText('new', { exact: true }).count(), 0);
    const { unread } = expect(await people.member.get(`/notifications/member/${people.member.record.id}/unread`), 200);
    assert.equal(unread, 0);
  }));

test('on a phone in German: the count in the bar, and nothing wider than the screen', () =>
  task('messages-phone', people.member.account.name, async (page) => {
    expect(await people.member.put(`/notifications/member/${people.member.record.id}/read`), 204);
    await tell(people.member, 'Donaudampfschifffahrtsgesellschaftskapitänsmützenausleihe', 'https://library.example.org/an/address/that/has/no/place/to/break/at/all/anywhere');
    await page.goto(`${server.url}/messages`);
    await page.getByRole('navigation', { name: 'Hauptmenü' }).last().getByRole('link', { name: 'Nachrichten 1 ungelesen' }).waitFor();
    await page.locator('summary').first().click();
    for (const address of ['/messages', '/account']) {
      if (address === '/account') await page.goto(server.url + address);
      await page.locator('h1').waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${address}: ${wide} px too wide`);
    }
  }, { width: 360, language: 'de' }));

test('a reader says on the account page what they want to be told, and how', () =>
  task('messages-wishes', people.member.account.name, async (page) => {
    await page.goto(`${server.url}/account`);
    const wish = page.getByRole('checkbox', { name: 'A loan is due soon: E-mail' });
    const was = await wish.isChecked();
    await wish.press('Space');
    await page.getByLabel('Language of the notices').selectOption('de');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved: so you are told from now on').waitFor();
    const kept = expect(await people.member.get(`/notifications/preferences/${people.member.record.id}`), 200);
    assert.equal(kept.language, 'de');
    assert.deepEqual(kept.preferences.filter(({ is_own: own }) => own).map(({ kind, channel, wanted }) => [kind, channel, wanted]), [['due_soon', 'email', !was]]);
    await page.reload();
    assert.equal(await wish.isChecked(), !was);
  }));

test('a lost password: where e-mail is off the library is told; where it is on a code comes, and lets its reader in', async () => {
  const { record, account } = people.member;
  expect(await people.librarian.patch(`/members/${record.id}`, { email: 'lost@example.org' }, { 'If-Match': `"${record.version}"` }), 200);
  const mail = await startSmtp();
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'messages-lost', async () => {
    const ask = async () => {
      await page.goto(`${server.url}/sign-in`);
      await page.getByRole('link', { name: 'Forgot the password?' }).click();
      await page.getByLabel('User name').first().fill(account.name);
      await page.keyboard.press('Enter');
    };
    await ask();
    await page.getByText('If there is such an account, the library has been told. Ask there for a code.').waitFor();
    expect(await people.admin.put('/admin/system-config', mail.settings({ notice_from: '00:00', notice_to: '23:59', notice_on_closed_days: 'on' })), 200);
    await ask();
    await page.getByText(/^If there is such an account and the library has its e-mail address, a code is on its way\./).waitFor();
    const nobody = await server.post('/members/password-reset', { name: 'No Such Person' });
    assert.match(nobody.body.message, /a code is on its way/, 'the same answer for everybody');
    const message = await mail.next((one) => one.to.includes('lost@example.org'));
    const code = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(message.text)?.[0];
    assert.ok(code, message.text);
    await page.getByLabel('User name').last().fill(account.name);
    await page.getByLabel('One-time code').fill(code);
    await page.getByLabel('New password').fill(`${PASSWORD} anew`);
    await page.getByRole('button', { name: 'Set the password and sign in' }).click();
    await page.getByRole('heading', { name: record.name, level: 1 }).waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
  await mail.close();
});
