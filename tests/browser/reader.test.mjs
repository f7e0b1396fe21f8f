// A reader at home: registers where the library allows it, looks at the own loans, and sees nothing of anybody else.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect } from '../support/library.mjs';
import { makePeople, PASSWORD } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { enter, newPage, startBrowser, watched } from './browser.mjs';

let server;
let browser;
let people;

before(async () => {
  server = await startServer({ auth: 'on' });
  people = await makePeople(server);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

test('a reader looks at the own loans, and the desk is not offered', async () => {
  const { page, faults } = await newPage(browser, server.url);
  const book = expect(await people.librarian.post('/books', { title: 'Wonder', author: 'R. J. Palacio', total_copies: 2 }), 201);
  const back = expect(await people.librarian.post('/books', { title: 'Persepolis', author: 'Marjane Satrapi' }), 201);
  const { record } = people.member;
  expect(await people.librarian.post('/borrows', { book_id: book.id, member_id: record.id }), 201);
  expect(await people.librarian.post('/borrows', { book_id: book.id, member_id: people.otherMember.record.id }), 201);
  const past = expect(await people.librarian.post('/borrows', { book_id: back.id, member_id: record.id }), 201);
  expect(await people.librarian.post(`/borrows/${past.id}/return`), 200);

  await watched(page, 'reader', async () => {
    await enter(page, `${server.url}/sign-in`, people.member.account.name);
    await page.getByRole('heading', { name: record.name, level: 1 }).waitFor();
    const out = page.getByRole('table', { name: 'On loan' });
    await out.getByText('Wonder').waitFor();
    assert.equal(await out.locator('time.stamp').count(), 1);
    await page.getByRole('table', { name: 'History' }).getByText('Persepolis').waitFor();
    assert.deepEqual(await page.getByRole('navigation', { name: 'Main' }).first().getByRole('link').allInnerTexts(), ['My loans', 'Catalogue', 'Messages', people.member.account.name]);

    await out.getByRole('link', { name: 'Wonder' }).click();
    await page.getByText('0 of 2 in').waitFor();
    assert.equal(await page.getByText(people.otherMember.record.name).count(), 0, 'who else has it is not shown');
    assert.equal(await page.getByRole('button', { name: 'Edit' }).count(), 0);
    await page.goto(`${server.url}/members`);
    await page.getByText('Your account may not see this page').waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('a reader registers alone, where the library allows it', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'register', async () => {
    await page.goto(`${server.url}/sign-in`);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Register as a reader' }).count(), 0);
    expect(await people.admin.put('/admin/system-config', { self_registration: 'on' }), 200);
    await page.reload();
    await page.getByRole('link', { name: 'Register as a reader' }).click();
    await page.getByLabel('Your name').fill('Ida Quinn');
    await page.getByLabel('User name').fill(people.librarian.account.name);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('[name="account_name"][aria-invalid="true"]').waitFor();
    await page.getByLabel('User name').fill('ida');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Ida Quinn', level: 1 }).waitFor();
    await page.getByText('You have nothing on loan').waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('a catalogue that is not public asks everybody to sign in first', async () => {
  const { page, faults } = await newPage(browser, server.url);
  expect(await people.admin.put('/admin/system-config', { public_catalogue: 'off' }), 200);
  await watched(page, 'not-public', async () => {
    await page.goto(`${server.url}/catalogue`);
    await page.getByLabel('Password').waitFor();
    assert.deepEqual(await page.getByRole('navigation', { name: 'Main' }).first().getByRole('link').allInnerTexts(), ['Sign in']);
    await enter(page, `${server.url}/catalogue`, people.member.account.name);
    await page.getByRole('heading', { name: 'Catalogue', level: 1 }).waitFor();
    await page.locator('.table').getByText('Wonder').waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});
