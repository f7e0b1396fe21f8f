// The library's settings in the browser: what may be put in, what holds otherwise.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { startSmtp } from '../support/smtp_server.mjs';
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

async function task(name, steps) {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, name, () => steps(page));
  assert.deepEqual(faults, []);
  await page.context().close();
}

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

test('e-mail is set up, tried and refused in the mail server’s words; its password is never shown again', async () => {
  const mail = await startSmtp();
  await task('settings-messages', async (page) => {
    await page.goto(`${server.url}/settings/messages`);
    await page.locator('[name="mail_transport"]').selectOption('smtp');
    for (const [name, value] of Object.entries({ mail_from: 'library@example.org', smtp_host: '127.0.0.1', smtp_port: String(mail.port), smtp_user: 'carrel', smtp_password: 'open sesame' })) await page.locator(`[name="${name}"]`).fill(value);
    await page.locator('[name="smtp_security"]').selectOption('none');
    await page.locator('[name="smtp_user"]').fill('');
    await page.getByRole('button', { name: 'Save the settings' }).click();
    await page.getByText('The settings are saved').waitFor();
    const box = page.locator('[name="smtp_password"]');
    assert.equal(await box.inputValue(), '••••••••');
    await page.reload();
    assert.equal(await box.inputValue(), '••••••••');
    assert.equal(await page.content().then((text) => text.includes('open sesame')), false);

    await page.getByLabel('E-mail address', { exact: true }).fill('ada@example.org');
    await page.keyboard.press('Enter');
    await page.getByText('A test message has left for ada@example.org.').waitFor();
    await mail.next((one) => one.to.includes('ada@example.org'));
    mail.script = (verb) => (verb === 'RCPT' ? '550 5.1.1 No such user here' : undefined);
    await page.getByRole('button', { name: 'Send a test message' }).click();
    await page.getByRole('alert').getByText(/No such user here/).waitFor();
    assert.equal(await page.getByText('A test message has left').count(), 0);
  });
  await mail.close();
});
