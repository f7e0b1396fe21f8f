// A reader looks for a book: part of a title, a word mistyped, nothing of the kind; one that is in, one that is out and is
// waited for, one that the reader has already. Nobody has to sign in to look.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect } from '../support/library.mjs';
import { makePeople, PASSWORD } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { newPage, startBrowser, watched } from './browser.mjs';

let server;
let browser;
let people;
let books;

before(async () => {
  server = await startServer({ auth: 'on' });
  people = await makePeople(server);
  const make = async (title, author) => expect(await people.librarian.post('/books', { title, author }), 201);
  books = { darkness: await make('The Left Hand of Darkness', 'Ursula K. Le Guin'), dispossessed: await make('The Dispossessed', 'Ursula K. Le Guin'), wonder: await make('Wonder', 'R. J. Palacio') };
  expect(await people.librarian.post('/borrows', { book_id: books.dispossessed.id, member_id: people.otherMember.record.id }), 201);
  expect(await people.librarian.post('/borrows', { book_id: books.wonder.id, member_id: people.member.record.id }), 201);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

test('anybody finds a title by a part of it, is told when there is none, and of one that is out when to come', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'find', async () => {
    await page.goto(server.url);
    const search = page.getByLabel('Search the catalogue');
    await search.fill('guin');
    await page.getByText('2 titles match').waitFor();
    await search.fill('hand dark');
    await page.getByText('1 title matches').waitFor();
    await page.getByRole('link', { name: 'The Left Hand of Darkness' }).waitFor();

    // Nothing of the kind: it says so, and what to try; the next word finds again.
    await search.fill('xyzzyx');
    await page.getByRole('heading', { name: 'No book matches “xyzzyx”' }).waitFor();
    await page.getByText('Try fewer words, or part of a word.').waitFor();
    await search.fill('dispossessed');
    await page.getByText('1 title matches').waitFor();

    // Only what can be had now.
    await search.fill('guin');
    await page.getByText('2 titles match').waitFor();
    await page.getByRole('link', { name: 'In now' }).or(page.getByRole('button', { name: 'In now' })).first().click();
    await page.getByText('1 title matches').waitFor();
    await page.getByRole('link', { name: 'The Left Hand of Darkness' }).click();
    await page.getByText('1 of 1 in').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Edit' }).count(), 0, 'looking is all that is offered');
    await page.goBack();
    await page.getByText('1 title matches').waitFor();
    assert.equal(await search.inputValue(), 'guin');

    // An address that leads nowhere says so.
    await page.goto(`${server.url}/books/01900000-0000-7000-8000-0000000000ff`);
    await page.getByText('Book not found.').waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('one that is out is waited for after signing in; one that the reader has is not', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'find-and-wait', async () => {
    await page.goto(`${server.url}/sign-in`);
    await page.getByLabel('User name').fill(people.member.account.name);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: people.member.record.name, level: 1 }).waitFor();
    await page.goto(`${server.url}/catalogue?q=dispossessed`);
    await page.getByRole('link', { name: 'The Dispossessed' }).click();
    await page.getByText('0 of 1 in').waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Place a hold' }).click();
    await page.getByText(/number 1 in line/).first().waitFor();
    const holds = expect(await people.member.get(`/members/${people.member.record.id}/holds`), 200).data;
    assert.deepEqual(holds.map((hold) => hold.book.title), ['The Dispossessed']);

    await page.goto(`${server.url}/books/${books.wonder.id}`);
    await page.getByText('0 of 1 in').waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Place a hold' }).click();
    await page.getByText(/has “Wonder” at home/).waitFor();
    assert.equal(expect(await people.member.get(`/members/${people.member.record.id}/holds`), 200).meta.total, 1, 'nothing was added');
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});
