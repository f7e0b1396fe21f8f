// What readers think, and lists of titles: a reader says it by keyboard, somebody reads it first, everybody sees it without
// a name; the staff puts a list together by typing and scanning, and shows it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { copiesOf, expect, makeBook } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { assertUsable, enter, newPage, scan, startBrowser, watched } from './browser.mjs';

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

test('a reader says by keyboard what they think; somebody reads it, and everybody sees it without a name', async () => {
  const book = await makeBook(people.librarian, { title: 'Piranesi', author: 'Susanna Clarke' });
  const loan = expect(await people.librarian.post('/borrows', { book_id: book.id, member_id: people.member.record.id }), 201);
  expect(await people.librarian.post(`/borrows/${loan.id}/return`), 200);

  const reader = await newPage(browser, server.url);
  await watched(reader.page, 'review-written', async () => {
    const { page } = reader;
    await enter(page, `${server.url}/sign-in`, people.member.account.name);
    await page.goto(`${server.url}/books/${book.id}`);
    await page.getByText('Nobody has said anything yet.').waitFor();
    await page.getByRole('button', { name: 'Say what you think' }).click();
    const form = page.getByRole('form', { name: 'Say what you think' });
    await form.getByRole('button', { name: 'Send' }).click();
    await form.getByText('Say how many stars.').waitFor();
    await form.getByRole('radio', { name: '1 star' }).focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    assert.ok(await form.getByRole('radio', { name: '4 stars' }).isChecked());
    await assertUsable(page);
    await form.getByLabel('Your words').fill('Quiet and strange.');
    await form.getByRole('button', { name: 'Send' }).click();
    await page.getByText('It is shown when somebody has read it.').waitFor();
    await page.locator('.own-review').getByText('Waiting').waitFor();
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'What you said' }).waitFor();
  });

  const desk = await newPage(browser, server.url);
  await watched(desk.page, 'review-read', async () => {
    const { page } = desk;
    await enter(page, `${server.url}/reviews`, people.librarian.account.name);
    const row = page.locator('[data-status="waiting"]');
    await row.getByText('Quiet and strange.').waitFor();
    await page.getByRole('navigation', { name: 'Main' }).first().getByRole('link', { name: 'Reviews 1' }).waitFor();
    await row.getByRole('link', { name: people.member.record.name }).waitFor();
    await assertUsable(page);
    await row.getByRole('button', { name: 'Show Piranesi' }).click();
    await page.getByText('Nothing waits to be read').waitFor();
    await page.getByRole('link', { name: 'Shown', exact: true }).click();
    await page.getByRole('button', { name: 'Refuse Piranesi' }).waitFor();
  });

  const anybody = await newPage(browser, server.url);
  await watched(anybody.page, 'review-seen', async () => {
    const { page } = anybody;
    await page.goto(`${server.url}/books/${book.id}`);
    await page.getByText('Quiet and strange.').waitFor();
    await page.getByRole('img', { name: '4 of 5 stars' }).first().waitFor();
    assert.equal(await page.getByText(people.member.record.name).count(), 0, 'a review has no name');
    assert.equal(await page.getByRole('button', { name: 'Say what you think' }).count(), 0);
    await assertUsable(page);
  });

  await watched(desk.page, 'review-refused', async () => {
    const { page } = desk;
    await page.getByRole('button', { name: 'Refuse Piranesi' }).click();
    await page.getByRole('dialog').getByLabel('Why').fill('Tells how it ends');
    await page.getByRole('dialog').getByRole('button', { name: 'Refuse' }).click();
    await page.getByText('There are none').waitFor();
  });
  await watched(reader.page, 'review-taken-back', async () => {
    const { page } = reader;
    await page.goto(`${server.url}/books/${book.id}`);
    await page.getByText('Why: Tells how it ends').waitFor();
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('button', { name: 'Say what you think' }).waitFor();
  });
  for (const { page, faults } of [reader, desk, anybody]) {
    assert.deepEqual(faults, []);
    await page.context().close();
  }
});

test('the staff puts a list together by typing and scanning, orders it and shows it; a reader finds it', async () => {
  const typed = await makeBook(people.librarian, { title: 'The Summer Book', author: 'Tove Jansson' });
  const scanned = await makeBook(people.librarian, { title: 'Swallows and Amazons', author: 'Arthur Ransome' });
  const [copy] = await copiesOf(people.librarian, scanned);
  const desk = await newPage(browser, server.url);
  await watched(desk.page, 'list-made', async () => {
    const { page } = desk;
    await enter(page, `${server.url}/sign-in`, people.librarian.account.name);
    await page.goto(`${server.url}/lists`);
    await page.getByText('No reading lists yet').waitFor();
    await page.getByRole('button', { name: 'Begin a list' }).first().click();
    await page.getByRole('dialog').getByLabel('Name').fill('By the water');
    await page.getByRole('dialog').getByLabel('Who sees it').selectOption('yes');
    await page.getByRole('dialog').getByRole('button', { name: 'Begin a list' }).click();
    await page.getByRole('heading', { name: 'By the water', level: 1 }).waitFor();
    await page.getByLabel('Add a title', { exact: true }).last().fill('summer bo');
    await page.getByRole('button', { name: /The Summer Book/ }).click();
    const list = page.getByRole('list', { name: 'By the water' });
    await list.getByRole('link', { name: 'The Summer Book' }).waitFor();
    await scan(page, copy.barcode);
    await list.getByRole('link', { name: 'Swallows and Amazons' }).waitFor();
    const order = () => list.locator('a.title').allInnerTexts();
    assert.deepEqual(await order(), ['The Summer Book', 'Swallows and Amazons']);
    await page.getByRole('button', { name: 'Move Swallows and Amazons up' }).click();
    await list.locator('li').first().getByRole('link', { name: 'Swallows and Amazons' }).waitFor();
    assert.deepEqual(await order(), ['Swallows and Amazons', 'The Summer Book']);
    await assertUsable(page);
    await page.getByRole('button', { name: 'Take The Summer Book off' }).click();
    await list.getByRole('link', { name: 'The Summer Book' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await list.getByRole('link', { name: 'The Summer Book' }).waitFor();
  });

  const reader = await newPage(browser, server.url);
  await watched(reader.page, 'list-found', async () => {
    const { page } = reader;
    await enter(page, `${server.url}/sign-in`, people.otherMember.account.name);
    await page.goto(`${server.url}/books/${typed.id}`);
    await page.getByRole('link', { name: 'By the water' }).click();
    await page.getByRole('heading', { name: 'By the water', level: 1 }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Delete the list' }).count(), 0);
    await page.goto(`${server.url}/lists`);
    await page.getByText('Nobody but you sees your lists.').waitFor();
    await page.getByRole('button', { name: 'Begin a list' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('To read');
    await page.getByRole('dialog').getByRole('button', { name: 'Begin a list' }).click();
    await page.getByRole('heading', { name: 'To read', level: 1 }).waitFor();
    await page.goto(`${server.url}/books/${typed.id}`);
    await page.getByText('Put on a list').click();
    await page.getByRole('button', { name: 'To read' }).click();
    await page.getByText('It is on To read').waitFor();
    await page.goto(`${server.url}/lists`);
    await page.getByText('1 title', { exact: true }).waitFor();
    await assertUsable(page);
    await page.getByRole('link', { name: 'To read' }).click();
    await page.getByRole('button', { name: 'Delete the list' }).click();
    await page.getByRole('dialog').getByText('stays in the catalogue').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the list' }).click();
    await page.getByText('Nobody but you sees your lists.').waitFor();
  });
  for (const { page, faults } of [desk, reader]) {
    assert.deepEqual(faults, []);
    await page.context().close();
  }
});
