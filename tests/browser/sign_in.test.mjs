// Signing in and out, as people do it: a wrong password, a session that ends while a form is half filled, two tabs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makePeople, PASSWORD, signIn } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { enter, newPage, quiet, scan, startBrowser, watched } from './browser.mjs';

let server;
let browser;
let people;
let name;

before(async () => {
  server = await startServer({ auth: 'on' });
  people = await makePeople(server);
  name = people.librarian.account.name;
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

/** As if the time of all sessions in this browser were over. */
const loseSession = (page) => page.context().clearCookies();

const spine = (page) => page.getByRole('navigation', { name: 'Main' }).first();

test('the catalogue is there for everybody; the desk is for who has signed in; signing out leaves nothing behind', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'sign-in', async () => {
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Catalogue', level: 1 }).waitFor();
    assert.deepEqual(await spine(page).getByRole('link').allInnerTexts(), ['Catalogue', 'Sign in']);
    assert.equal(await page.getByRole('button', { name: 'Add a book' }).count(), 0);

    // A page that needs more asks who it is, at its own address.
    await page.goto(`${server.url}/members`);
    await page.getByLabel('User name').fill(name);
    await page.getByLabel('Password').fill('not the password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The name or the password is wrong.').waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor();
    await spine(page).getByRole('link', { name: 'Desk' }).waitFor();

    await spine(page).getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Catalogue', level: 1 }).waitFor();
    await page.goBack();
    await page.getByLabel('Password').waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('a session that ends while a form is half filled: sign in, and it is sent', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'session-ends', async () => {
    await enter(page, `${server.url}/sign-in`, name);
    await spine(page).getByRole('link', { name: 'Members' }).click();
    await page.getByRole('button', { name: 'Register a member' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Half Filled');

    await loseSession(page);
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    const ask = page.getByRole('dialog', { name: 'Sign in to go on' });
    await ask.waitFor();
    assert.equal(await ask.getByLabel('User name').inputValue(), name);
    await ask.getByLabel('Password').waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'password');

    // Not now: nothing is lost, and the next try asks again.
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Register a member' }).getByText('Sign in first.').waitFor();
    assert.equal(await page.getByRole('dialog').getByLabel('Name').inputValue(), 'Half Filled');
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    await ask.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Half Filled', level: 1 }).waitFor();
    const found = (await people.librarian.get('/members?q=half')).body;
    assert.equal(found.meta.total, 1, 'registered once');
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('two tabs: signing in again in one lets the other go on; signing out takes both', async () => {
  const { page: one, faults } = await newPage(browser, server.url);
  const two = await one.context().newPage();
  await watched(one, 'two-tabs', async () => {
    await enter(one, `${server.url}/sign-in`, name);
    await two.goto(`${server.url}/members`);
    await two.getByRole('heading', { name: 'Members', level: 1 }).waitFor();
    // Signed out and in again behind the first tab's back, by the same person: its proof is of a session that is over.
    await loseSession(one);
    const [cookie, value] = (await signIn(server, name)).headers.Cookie.split('=');
    await one.context().addCookies([{ name: cookie, value, url: server.url }]);
    await spine(one).getByRole('link', { name: 'Members' }).click();
    await one.getByRole('button', { name: 'Register a member' }).click();
    await one.getByRole('dialog').getByLabel('Name').fill('From the First Tab');
    await one.getByRole('button', { name: 'Register', exact: true }).click();
    await one.getByRole('heading', { name: 'From the First Tab', level: 1 }).waitFor();

    // Nothing of the member's page may still be asked for: it would ask who this is before the click does.
    await quiet(one);
    await loseSession(one);
    await spine(one).getByRole('link', { name: 'Dashboard' }).click();
    await one.getByRole('dialog', { name: 'Sign in to go on' }).waitFor();
    await two.reload();
    await two.getByLabel('User name').fill(name);
    await two.getByLabel('Password').fill(PASSWORD);
    await two.keyboard.press('Enter');
    await one.getByRole('dialog').waitFor({ state: 'detached' });
    await one.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();

    await spine(two).getByRole('button', { name: 'Sign out' }).click();
    await spine(one).getByRole('link', { name: 'Sign in' }).waitFor();
  });
  assert.deepEqual(faults, []);
  await one.context().close();
});

test('too many wrong passwords: the server’s words, and when to try again', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'too-many', async () => {
    await page.goto(`${server.url}/sign-in`);
    await page.getByLabel('User name').fill('nobody of this name');
    await page.getByLabel('Password').fill('wrong wrong wrong');
    for (let i = 0; i < 5; i++) {
      const answer = page.waitForResponse('**/auth/login');
      await page.keyboard.press('Enter');
      await answer;
      await page.getByRole('alert').waitFor();
    }
    await page.keyboard.press('Enter');
    await page.getByText(/Too many wrong attempts\. Try again in \d/).waitFor();
    await page.getByText('You can try again now.').waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('a session that ends at the desk: the scan is done after signing in', async () => {
  const { page, faults } = await newPage(browser, server.url);
  const { card } = people.member.record;
  await watched(page, 'session-ends-at-desk', async () => {
    await enter(page, `${server.url}/sign-in`, name);
    await page.locator('#scan').waitFor();
    await loseSession(page);
    await scan(page, card);
    const ask = page.getByRole('dialog', { name: 'Sign in to go on' });
    await ask.waitFor();
    // Not now: the page says what that means, and offers the way back.
    await page.keyboard.press('Escape');
    await page.getByText('Your session has ended.').waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await ask.waitFor();
    await page.keyboard.type(PASSWORD, { delay: 1 });
    await page.keyboard.press('Enter');
    await ask.waitFor({ state: 'detached' });
    await page.getByText('Your session has ended.').waitFor({ state: 'detached' });

    await loseSession(page);
    await page.locator('#scan').focus();
    await scan(page, card);
    await ask.waitFor();
    await page.keyboard.type(PASSWORD, { delay: 1 });
    await page.keyboard.press('Enter');
    await page.locator('[data-result="member"]').getByText(people.member.record.name).waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});
