// What the desk does with lists: loans chosen and renewed at once, holds that no copy can end, labels before there are
// books, hours that move what is due, a card and a label from where one is.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { copiesOf, expect, lend, makeBook, makeMember, parseCsv } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { inPage, startBrowser } from './browser.mjs';

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

const task = (name, steps) => inPage(browser, server.url, name, steps);

const loanOf = async (loan) => expect(await server.get(`/borrows/${loan.id}`), 200);

test('loans are chosen and renewed at once; one that may not be says why, and the others are', () =>
  task('renew-chosen', async (page) => {
    const [reader, waits] = [await makeMember(server, { name: 'Amina Okafor' }), await makeMember(server)];
    const loans = [];
    for (const title of ['First', 'Second', 'Wanted']) loans.push(await lend(server, await makeBook(server, { title }), reader));
    expect(await server.post('/holds', { book_id: loans[2].book_id, member_id: waits.id }), 201);
    await page.goto(`${server.url}/borrows?show=out`);
    await page.getByRole('checkbox', { name: 'Choose First' }).check();
    await page.getByRole('button', { name: 'Renew 1 loan' }).waitFor();
    await page.getByRole('button', { name: 'Choose none' }).click();
    await page.getByRole('button', { name: /^Renew/ }).waitFor({ state: 'detached' });
    await page.getByRole('checkbox', { name: 'Choose all that are out' }).check();
    await page.getByRole('button', { name: 'Renew 3 loans' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Wanted', { exact: true }).waitFor();
    assert.equal(await dialog.getByRole('listitem').count(), 1);
    await dialog.getByRole('button').click();
    assert.deepEqual(await Promise.all(loans.map(async (loan) => (await loanOf(loan)).renewals)), [1, 1, 0]);

    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'List as CSV' }).click()]);
    const rows = parseCsv(await readFile(await file.path(), 'utf8'));
    assert.equal(rows.length, 4, 'the head and the three that are out');
  }));

test('a hold that no copy can end stands in a list of its own', () =>
  task('holds-without', async (page) => {
    const book = await makeBook(server, { title: 'All Gone' });
    expect(await server.post('/holds', { book_id: book.id, member_id: (await makeMember(server, { name: 'Waits in Vain' })).id }), 201);
    const [copy] = await copiesOf(server, book);
    await page.goto(`${server.url}/holds`);
    await page.getByRole('link', { name: 'Without copies' }).click();
    await page.getByText('Every held title has a copy').waitFor();
    expect(await server.patch(`/copies/${copy.id}`, { status: 'lost' }), 200);
    await page.reload();
    await page.getByRole('link', { name: 'All Gone' }).waitFor();
    await page.getByText('Waits in Vain').waitFor();
  }));

test('other opening hours say how many dates they moved', () =>
  task('hours', async (page) => {
    const loan = await lend(server, await makeBook(server, { title: 'Due Then' }), await makeMember(server));
    const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' }).format(new Date(loan.due_date));
    await page.goto(`${server.url}/settings/calendar`);
    await page.getByRole('checkbox', { name: weekday }).uncheck();
    await page.getByRole('button', { name: 'Save the week' }).click();
    await page.getByText(/The week is saved: \d+ due dates? moved/).waitFor();
    assert.notEqual((await loanOf(loan)).due_date, loan.due_date);
  }));

test('labels are there before the books: barcodes are set aside, and no copy gets one of them by itself', () =>
  task('labels-reserved', async (page) => {
    await page.goto(`${server.url}/labels`);
    await page.getByLabel('Copies').selectOption({ label: 'of books not catalogued yet' });
    await page.getByLabel('How many').fill('501');
    await page.getByRole('button', { name: 'Set barcodes aside' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Set barcodes aside' }).isDisabled(), true);
    await page.getByLabel('How many').fill('12');
    await page.getByRole('button', { name: 'Set 12 barcodes aside' }).click();
    await page.locator('[data-labels="12"]').waitFor();
    const [first, last] = (await page.getByText(/12 set aside:/).textContent()).match(/\d{14}/g);
    const [made] = await copiesOf(server, await makeBook(server));
    assert.ok(made.barcode < first || made.barcode > last, `${made.barcode} is not one of ${first} to ${last}`);
    const book = await makeBook(server, { title: 'Comes Later' });
    expect(await server.post(`/books/${book.id}/copies`, { barcode: first }), 201);
  }));

test('a member’s page prints the card and shows how they read; a book’s page prints its labels and tells what was done', () =>
  task('member-book', async (page) => {
    const member = await makeMember(server, { name: 'Oskar Lindqvist' });
    const book = await makeBook(server, { title: 'Read Often' });
    const loan = await lend(server, book, member);
    expect(await server.post(`/borrows/${loan.id}/return`), 200);
    await page.goto(`${server.url}/members/${member.id}`);
    await page.getByRole('list', { name: 'Loans in each of the last twelve months' }).waitFor();
    assert.equal(await page.locator('.months li').count(), 12);
    await page.getByLabel('Find loans').or(page.getByPlaceholder('Title or author')).first().fill('nothing like it');
    await page.getByText(/nothing like it/).waitFor();
    await page.getByText('What was done to this record').click();
    await page.getByText(/Member: registered/).waitFor();
    await page.getByRole('link', { name: 'Print the card' }).click();
    await page.locator('[data-labels="1"]').waitFor();
    await page.getByRole('button', { name: 'Oskar Lindqvist' }).waitFor();

    await page.goto(`${server.url}/books/${book.id}`);
    await page.getByRole('heading', { name: 'Statistics' }).waitFor();
    await page.getByText('What was done to this record').click();
    await page.getByText(/Book: added/).waitFor();
    await page.getByRole('link', { name: 'Print labels' }).click();
    await page.locator('[data-labels="1"]').waitFor();
  }));
