// Accounts, as the administrator makes them: a volunteer with a one-time code, who then sees no settings; a lost password; a key.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect } from '../support/library.mjs';
import { PASSWORD, setUp } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { enter, newPage, startBrowser, watched } from './browser.mjs';

const OWN = 'jo has her own words';

let server;
let browser;
let admin;

before(async () => {
  server = await startServer({ auth: 'on' });
  admin = await setUp(server, { name: 'margaret' });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

/** Sets a password of one's own with a code, as “Forgot the password?” leads to it. */
async function useCode(page, name, code, password) {
  await page.goto(`${server.url}/sign-in`);
  await page.getByRole('link', { name: 'Forgot the password?' }).click();
  await page.getByLabel('User name').last().fill(name);
  await page.getByLabel('One-time code').fill(code);
  await page.getByLabel('New password').fill(password);
  await page.getByRole('button', { name: 'Set the password and sign in' }).click();
}

test('an account for a volunteer, who then works at the desk and sees no settings', async () => {
  const { page: desk, faults } = await newPage(browser, server.url);
  const { page: hers, faults: hersToo } = await newPage(browser, server.url);
  let code;
  await watched(desk, 'accounts', async () => {
    await enter(desk, `${server.url}/settings/accounts`, 'margaret');

    // The last administrator cannot be shut out.
    await desk.getByRole('button', { name: 'Close the account of margaret' }).click();
    await desk.getByRole('alert').getByText(/administrator/).waitFor();

    await desk.getByRole('button', { name: 'Make an account' }).click();
    await desk.getByRole('dialog').getByLabel('User name').fill('jo');
    assert.equal(await desk.getByRole('dialog').getByLabel('Role').inputValue(), 'librarian');
    await desk.getByRole('button', { name: 'Make the account' }).click();
    const shown = desk.getByRole('dialog', { name: 'A one-time code for jo' });
    code = await shown.getByLabel('One-time code').inputValue();
    await shown.getByRole('button', { name: 'Copy' }).click();
    await shown.getByText('Copied.').waitFor();
    await shown.getByRole('button', { name: 'I have it' }).click();
    await desk.getByRole('row', { name: /jo/ }).getByText('No password yet').waitFor();
  });
  await watched(hers, 'volunteer', async () => {
    await useCode(hers, 'jo', code, OWN);
    await hers.locator('#scan').waitFor();
    const names = await hers.getByRole('navigation', { name: 'Main' }).first().getByRole('link').allInnerTexts();
    assert.ok(names.includes('Members') && !names.includes('Settings'), names.join());
    await hers.goto(`${server.url}/settings`);
    await hers.getByText('Your account may not see this page').waitFor();

    // A password of her own, changed with the present one.
    await hers.goto(`${server.url}/account`);
    await hers.getByLabel('Present password').fill('not this one');
    await hers.getByLabel('New password').fill(`${OWN} again`);
    await hers.getByRole('button', { name: 'Change the password' }).click();
    await hers.locator('[name="current_password"][aria-invalid="true"]').waitFor();
    await hers.getByLabel('Present password').fill(OWN);
    await hers.getByRole('button', { name: 'Change the password' }).click();
    await hers.getByText('The password is changed').waitFor();

    // She tells that she has lost it; the administrator sees that.
    await hers.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
    await hers.getByRole('link', { name: 'Sign in' }).first().click();
    await hers.getByRole('link', { name: 'Forgot the password?' }).click();
    await hers.getByLabel('User name').first().fill('jo');
    await hers.getByRole('button', { name: 'Tell the library' }).click();
    await hers.getByText('If there is such an account').waitFor();
  });
  await watched(desk, 'accounts-lost', async () => {
    await desk.getByRole('link', { name: 'Lost passwords' }).click();
    await desk.getByRole('row', { name: /jo/ }).getByText('Lost the password').waitFor();
    await desk.getByRole('button', { name: 'Close the account of jo' }).click();
    await desk.getByText('The account of jo is closed').waitFor();
    assert.equal((await admin.get('/admin/accounts?disabled=true')).body.data[0].name, 'jo');
    await desk.getByRole('button', { name: 'Undo' }).click();
    await desk.getByText('The account of jo is open again').waitFor();
    assert.equal((await admin.get('/admin/accounts?disabled=true')).body.meta.total, 0);
  });
  assert.deepEqual([...faults, ...hersToo], []);
  await desk.context().close();
  await hers.context().close();
});

test('a login for a reader: the member is found by name or card, and taken with Enter', async () => {
  const { page, faults } = await newPage(browser, server.url);
  const amina = expect(await admin.post('/members', { name: 'Amina Okafor' }), 201);
  await watched(page, 'reader-account', async () => {
    await enter(page, `${server.url}/settings/accounts`, 'margaret');
    await page.getByRole('button', { name: 'Make an account' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('User name').fill('amina');
    await dialog.getByLabel('Role').selectOption('member');
    await dialog.getByLabel(/^Reader/).fill(amina.card);
    await dialog.getByRole('button', { name: /Amina Okafor/ }).waitFor();
    await page.keyboard.press('Enter');
    await dialog.getByText('Remove').waitFor();
    await dialog.getByLabel('Password').fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Make the account' }).click();
    await page.getByText('Made an account for amina').waitFor();
    await page.getByRole('row', { name: /amina/ }).getByRole('link', { name: 'Amina Okafor' }).waitFor();
    const [account] = expect(await admin.get(`/admin/accounts?member_id=${amina.id}`), 200).data;
    assert.equal(account.name, 'amina');
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('a key for a program is shown once and can be revoked; the log says who did it', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'keys', async () => {
    await enter(page, `${server.url}/settings/keys`, 'margaret');
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByLabel('What it is for').fill('Website');
    await page.getByRole('button', { name: 'Make the key' }).click();
    const key = await page.getByLabel('API key').inputValue();
    await page.getByRole('button', { name: 'I have it' }).click();
    const program = server.as({ Authorization: `Bearer ${key}` });
    assert.equal((await program.get('/members')).status, 200);
    await page.getByRole('button', { name: 'Revoke the key for Website' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText(/^Revoked/).waitFor();
    assert.equal((await program.get('/members')).status, 401);

    await page.getByRole('link', { name: 'Audit log' }).click();
    await page.getByLabel('What').selectOption('api_key');
    await page.getByText('2 of 2').waitFor();
    await page.getByText('API key: revoked').waitFor();
    assert.match(await page.getByRole('link', { name: 'All rows as CSV' }).getAttribute('href'), /entity=api_key/);
    await page.getByLabel('Who').fill('nobody');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing is in the log').waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});
