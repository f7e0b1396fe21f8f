// What readers are told, from the side of the staff: a message to a class, one that the mail server refuses, one that is left out,
// whose words go out, and what a reader wants to hear of. With a real mail server on this computer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect, makeMember } from '../support/library.mjs';
import { makeAccount, setUp } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { startSmtp } from '../support/smtp_server.mjs';
import { enter, inPage, startBrowser } from './browser.mjs';

let mail;
let server;
let browser;
let admin;
let librarian;

const ALL_DAY = { notice_from: '00:00', notice_to: '23:59', notice_on_closed_days: 'on', notice_digest: 'off' };
/** Hours that are not now, whenever this runs. */
const notNow = () => (new Date().getUTCHours() < 12 ? { notice_from: '22:00', notice_to: '23:00' } : { notice_from: '01:00', notice_to: '02:00' });

before(async () => {
  mail = await startSmtp();
  server = await startServer({ auth: 'on' });
  admin = await setUp(server, { name: 'margaret' });
  librarian = await makeAccount(admin, { name: 'jo' });
  expect(await admin.put('/admin/system-config', mail.settings(ALL_DAY)), 200);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
  await mail?.close();
});

const task = (name, who, steps, width = 1280) => inPage(browser, server.url, name, async (page) => {
  await enter(page, `${server.url}/sign-in`, who);
  await steps(page);
}, { width, height: 900 });

/** The row of the list, once this stands in it: the list looks again by itself. */
async function rowWhen(page, name, text) {
  if (!/\/notices(\?|$)/.test(page.url())) await page.goto(`${server.url}/notices`);
  const row = page.getByRole('row', { name });
  await row.getByText(text, { exact: true }).waitFor();
  return row;
}

const write = async (page, subject, text) => {
  await page.getByLabel('Subject').fill(subject);
  await page.getByLabel('Text', { exact: true }).fill(text);
};

test('a message to a class is written by keyboard: it reads as it will leave, who has no address is said, and it arrives', () =>
  task('notices-class', librarian.name, async (page) => {
    await makeMember(admin, { name: 'Ada Wild', email: 'ada@example.org', group: '3a' });
    await makeMember(admin, { name: 'Béla Nagy', group: '3a' });
    await makeMember(admin, { name: 'Cleo Other', email: 'cleo@example.org', group: '4b' });
    await page.goto(`${server.url}/notices`);
    await page.getByText('No notices yet').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Words of the notices' }).count(), 0, 'a librarian does not change the words');
    await page.getByRole('link', { name: 'Write a message' }).first().focus();
    await page.keyboard.press('Enter');
    await page.getByText('To nobody yet.').waitFor();
    await page.getByRole('radio', { name: 'Chosen readers' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.getByLabel('Group', { exact: true }).focus();
    await page.getByLabel('Group', { exact: true }).selectOption('3a');
    await page.getByText('To 2 readers.').waitFor();
    assert.equal(await page.getByText('has no e-mail address').count(), 0, 'as each reader wishes: nobody is left out beforehand');
    await page.getByLabel('By', { exact: true }).selectOption('email');
    await page.getByText('1 reader has no e-mail address and does not get it:').waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Béla Nagy' }).waitFor();
    await write(page, 'Reading night', 'On Friday at six.\nBring a {{pillow}}.');
    const preview = page.locator('[data-preview]');
    await preview.getByText(/Bring a \{.?\{pillow\}.?\}\./).waitFor();
    await page.getByLabel('Subject').press('Enter');
    await page.getByText('One message goes out.').first().waitFor();
    await page.getByText('One reader cannot be reached so, or does not want it:').waitFor();
    const message = await mail.next((one) => one.subject === 'Reading night');
    assert.deepEqual(message.to, ['ada@example.org']);
    assert.ok(message.text.replaceAll('\r\n', '\n').includes('On Friday at six.\nBring a {{pillow}}.'), message.text);
    await rowWhen(page, /Reading night/, 'Sent');
  }));

test('what the mail server refuses says so in its words, is counted, and goes out when it is sent again', () =>
  task('notices-again', librarian.name, async (page) => {
    const reader = await makeMember(admin, { name: 'Dora Gone', email: 'dora@example.org' });
    mail.script = (verb, argument) => (verb === 'RCPT' && argument.includes('dora@') ? '550 5.1.1 No such user here' : undefined);
    await page.goto(`${server.url}/members/${reader.id}`);
    await page.getByRole('link', { name: 'Write a message' }).click();
    await page.getByText('To 1 reader.').waitFor();
    await page.getByLabel('By', { exact: true }).selectOption('email');
    await write(page, 'Your scarf', 'It lies at the desk.');
    await page.getByRole('link', { name: 'What was sent' }).click();
    await page.goBack();
    assert.equal(await page.getByLabel('Subject').inputValue(), 'Your scarf', 'what was written is still there');
    await page.getByText('To 1 reader.').waitFor();
    await page.getByLabel('By', { exact: true }).selectOption('email');
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByRole('link', { name: 'See what becomes of it' }).waitFor();
    const row = await rowWhen(page, /Your scarf/, 'Not sent');
    await row.getByText(/No such user here/).waitFor();
    await page.getByRole('link', { name: /^Not sent\s*1/ }).click();
    await row.getByRole('button', { name: 'Your scarf', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Your scarf' });
    await dialog.getByText(/It lies at the desk\./).waitFor();
    await dialog.getByText('dora@example.org').waitFor();
    await page.keyboard.press('Escape');
    mail.script = null;
    await row.getByRole('button', { name: 'Send again: Your scarf, to Dora Gone' }).click();
    const message = await mail.next((one) => one.subject === 'Your scarf');
    assert.deepEqual(message.to, ['dora@example.org']);
    await page.getByRole('link', { name: 'All', exact: true }).click();
    await rowWhen(page, /Your scarf/, 'Sent');
    await page.goto(`${server.url}/members/${reader.id}`);
    await page.getByRole('table', { name: 'Notices' }).getByRole('row', { name: /Your scarf/ }).getByText('Sent').waitFor();
  }));

test('what waits outside the hours can be left out, on a phone in German too', async () => {
  const reader = await makeMember(admin, { name: 'Emil Later', email: 'emil@example.org' });
  expect(await admin.put('/admin/system-config', notNow()), 200);
  expect(await admin.post('/notifications/send', { member_ids: [reader.id], channel: 'email', subject: 'Not at night', text: 'Good morning.' }), 200);
  await task('notices-drop', librarian.name, async (page) => {
    await page.evaluate(() => localStorage.setItem('carrel.language', 'de'));
    await page.goto(`${server.url}/notices?show=waiting`);
    const row = page.getByRole('row', { name: /Emil Later/ });
    await row.getByText(/^ab /).waitFor();
    await row.getByRole('button', { name: /^Weglassen: / }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Weggelassen' }).click();
    await row.getByText('Weggelassen').waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${wide} px too wide`);
  }, 360);
  expect(await admin.put('/admin/system-config', ALL_DAY), 200);
  assert.equal(mail.messages.filter((one) => one.subject === 'Not at night').length, 0, 'it never left');
});

test('a way that is off says why, and leads to where it is set up', () =>
  task('notices-channels', admin.account.name, async (page) => {
    await page.goto(`${server.url}/notices`);
    const sms = page.getByRole('listitem').filter({ hasText: 'Text message' });
    await sms.getByText('Off', { exact: true }).waitFor();
    await page.getByRole('listitem').filter({ hasText: /^E-mail/ }).getByText('On', { exact: true }).waitFor();
    await sms.getByRole('link', { name: 'Set it up' }).click();
    await page.waitForURL(/\/settings\/messages$/);
  }));

test('words are changed beside what can be filled in: kept while not saved, refused with the reason, sent, and Carrel’s again', () =>
  task('notices-words', admin.account.name, async (page) => {
    await page.goto(`${server.url}/notices/templates?language=en`);
    await page.getByRole('link', { name: /Message of the library, E-mail$/ }).press('Enter');
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'subject');
    const body = page.getByLabel('Text', { exact: true });
    const preview = page.locator('[data-preview]');
    const before = await body.inputValue();
    await preview.locator('.letter').waitFor();

    // By keyboard: a placeholder goes to where the caret is.
    await body.fill('Hello !');
    await body.press('ArrowLeft');
    await page.getByRole('button', { name: '{{name}}' }).press('Enter');
    assert.equal(await body.inputValue(), 'Hello {{name}}!');
    // And the typing goes on there.
    await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
    await page.keyboard.press('End');
    await page.keyboard.type(' {{txet}}');
    await page.getByRole('main').getByText(/txet/).last().waitFor();
    await page.getByRole('button', { name: 'Save the words' }).click();
    await page.locator('.error, [role="alert"]').getByText(/txet/).first().waitFor();

    // Not saved: another page, and back.
    await page.getByRole('link', { name: 'What was sent' }).click();
    await page.getByRole('link', { name: 'Words of the notices' }).click();
    await page.getByRole('link', { name: /Message of the library, E-mail$/ }).getByText('not saved').click();
    assert.equal(await body.inputValue(), 'Hello {{name}}! {{txet}}');

    await body.fill('Hello {{name}}! {{text}}');
    await preview.getByText(/^Hello /).waitFor();
    await page.getByRole('button', { name: 'Save the words' }).click();
    await page.getByText('The words are saved: Message of the library').waitFor();
    await page.getByRole('link', { name: /Message of the library, E-mail$/ }).getByText('Own words').waitFor();

    const reader = await makeMember(admin, { name: 'Fay Told', email: 'fay@example.org' });
    expect(await admin.post('/notifications/send', { member_ids: [reader.id], channel: 'email', subject: 'Own', text: 'In own words.' }), 200);
    const message = await mail.next((one) => one.to.includes('fay@example.org'));
    assert.equal(message.text.trim(), 'Hello Fay Told! In own words.');

    await page.getByRole('button', { name: 'Back to Carrel’s words' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Back to Carrel’s words' }).click();
    await page.getByRole('link', { name: /Message of the library, E-mail$/ }).getByText('Carrel’s words').waitFor();
    assert.equal(await body.inputValue(), before);
  }));

test('the desk sets for a reader what they want to hear of, and in which language', () =>
  task('notices-wishes', librarian.name, async (page) => {
    const reader = await makeMember(admin, { name: 'Gil Quiet', email: 'gil@example.org' });
    await page.goto(`${server.url}/members/${reader.id}`);
    await page.getByRole('button', { name: 'What to be told' }).click();
    const dialog = page.getByRole('dialog', { name: 'What Gil Quiet is told' });
    const wish = dialog.getByRole('checkbox', { name: 'Message of the library: E-mail' });
    assert.equal(await wish.isChecked(), true, 'e-mail is one of the library’s own ways');
    await wish.press('Space');
    await dialog.getByLabel('Language of the notices').selectOption('de');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    const kept = expect(await admin.get(`/notifications/preferences/${reader.id}`), 200);
    assert.equal(kept.language, 'de');
    assert.deepEqual(kept.preferences.filter(({ is_own: own }) => own).map(({ kind, channel, wanted }) => [kind, channel, wanted]), [['message', 'email', false]]);
    await page.getByRole('button', { name: 'What to be told' }).click();
    assert.equal(await wish.isChecked(), false);
  }));
