// The main job, as a volunteer does it: bring the books in, register a reader, lend a copy at the desk, take it back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { newPage, scan, startBrowser, watched } from './browser.mjs';

const BOOKS = [
  'Title,Author,ISBN,Year,Copies',
  'The Left Hand of Darkness,Ursula K. Le Guin,9780441478125,1969,2',
  'Wonder,R. J. Palacio,9780375869020,2012,1',
  'موسم الهجرة إلى الشمال,الطيب صالح,,1966,1',
  ',Nobody,,2000,1',
  '',
].join('\r\n');

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

/** The server's state, as a script sees it. */
async function state(path) {
  const reply = await server.get(path);
  assert.equal(reply.status, 200, reply.text);
  return reply.body;
}

const result = (page, kind) => page.locator(`[data-result="${kind}"]`);

test('import a list, register a reader, lend a copy, take it back', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'lend', async () => {
    // An empty library says how the books come to be.
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'The catalogue is empty' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Import' }).click();
    await page.waitForURL('**/import');

    // The dry run reports and changes nothing.
    await page.getByLabel('Choose a file').last().setInputFiles({ name: 'books.csv', mimeType: 'text/csv', buffer: Buffer.from(BOOKS) });
    await page.getByRole('link', { name: 'Check the rows' }).click();
    await page.getByText('Nothing has been changed yet').waitFor();
    await page.getByRole('table', { name: 'Refused' }).waitFor();
    assert.equal((await state('/books')).meta.total, 0);

    await page.getByRole('button', { name: 'Import 3 titles' }).click();
    await page.getByText('3 titles are in the catalogue').waitFor();
    assert.equal((await state('/books')).meta.total, 3);

    // The catalogue finds while typing; Back returns to the search.
    await page.getByRole('link', { name: 'Open the catalogue' }).click();
    await page.getByLabel('Search the catalogue').fill('darkness');
    await page.getByText('1 title matches').waitFor();
    await page.getByRole('link', { name: 'The Left Hand of Darkness' }).click();
    await page.getByRole('heading', { name: 'The Left Hand of Darkness', level: 1 }).waitFor();
    await page.getByText('2 of 2 in').waitFor();
    await page.goBack();
    await page.getByText('1 title matches').waitFor();
    assert.equal(await page.getByLabel('Search the catalogue').inputValue(), 'darkness');

    // Register a reader: the server's words beside the field, then a card is made.
    await page.getByRole('link', { name: 'Members' }).first().click();
    await page.getByRole('button', { name: 'Register a member' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Amina Okafor');
    await dialog.getByLabel('Email').fill('amina@');
    await dialog.getByRole('button', { name: 'Register', exact: true }).click();
    await dialog.locator('[name="email"][aria-invalid="true"]').waitFor();
    await dialog.getByLabel('Email').fill('amina.okafor@example.org');
    await dialog.getByRole('button', { name: 'Register', exact: true }).click();
    await page.getByRole('heading', { name: 'Amina Okafor', level: 1 }).waitFor();
    const amina = (await state('/members?q=amina')).data[0];
    assert.equal(amina.name, 'Amina Okafor');
    assert.ok(amina.card, 'a card number was made');

    // The desk: card, then book. Nothing is clicked; the box has the focus.
    const book = (await state('/books?q=darkness')).data[0];
    const [copy, other] = (await state(`/books/${book.id}/copies`)).data;
    await page.getByRole('link', { name: 'Desk' }).first().click();
    await page.locator('#scan').waitFor();
    await scan(page, amina.card);
    await result(page, 'member').getByText('Amina Okafor').waitFor();
    await scan(page, copy.barcode);
    await result(page, 'lent').getByText('The Left Hand of Darkness').waitFor();

    const lent = await state('/borrows?status=borrowed');
    assert.equal(lent.meta.total, 1);
    const [borrow] = lent.data;
    assert.equal(borrow.member_id, amina.id);
    assert.equal(borrow.copy.barcode, copy.barcode);
    const due = result(page, 'lent').locator('time.stamp');
    assert.equal(await due.getAttribute('datetime'), borrow.due_date);
    assert.match(await due.innerText(), /\d/);
    assert.equal((await state(`/books/${book.id}`)).available_copies, 1);

    // The same book again is refused, in the server's words, and says so in the visit.
    await scan(page, other.barcode);
    await result(page, 'refused').getByText('already has an active borrow for this book').waitFor();

    // Close the member; the book alone is taken back.
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Desk', level: 1 }).waitFor();
    await scan(page, copy.barcode);
    await result(page, 'back').getByText('Back from Amina Okafor').waitFor();
    assert.equal((await state('/borrows?status=borrowed')).meta.total, 0);
    const returned = await state(`/borrows/${borrow.id}`);
    assert.equal(returned.status, 'returned');
    assert.ok(returned.returned_at);
    assert.equal((await state(`/books/${book.id}`)).available_copies, 2);
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('scans without a pause: one bad among them spoils nothing; undo; lend by title and name', async () => {
  const { page, faults } = await newPage(browser, server.url);
  const amina = (await state('/members?q=amina')).data[0];
  const barcodeOf = async (q) => {
    const [book] = (await state(`/books?q=${encodeURIComponent(q)}`)).data;
    return (await state(`/books/${book.id}/copies`)).data[0].barcode;
  };
  const [wonder, darkness] = [await barcodeOf('wonder'), await barcodeOf('darkness')];

  await watched(page, 'scans', async () => {
    await page.goto(server.url);
    await page.locator('#scan').waitFor();
    for (const code of [amina.card, wonder, '0000000000000', darkness]) await scan(page, code);
    await result(page, 'lent').getByText('The Left Hand of Darkness').waitFor();
    assert.deepEqual(
      await page.locator('[data-visit]').evaluateAll((lines) => lines.map((line) => line.getAttribute('data-visit'))),
      ['lent', 'refused', 'lent'],
    );
    const out = await state(`/members/${amina.id}/borrows?status=borrowed`);
    assert.deepEqual(out.data.map((one) => one.book.title).sort(), ['The Left Hand of Darkness', 'Wonder']);

    // Ctrl Z takes the last loan back, and only that one.
    await page.keyboard.press('Control+z');
    await result(page, 'back').getByText('The Left Hand of Darkness').waitFor();
    assert.equal((await state('/borrows?status=borrowed')).data[0].book.title, 'Wonder');

    // By name and by title, with the keyboard alone.
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Desk', level: 1 }).waitFor();
    await page.keyboard.type('okaf');
    await page.getByRole('option', { name: /Amina Okafor/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Amina Okafor', level: 1 }).waitFor();
    await page.keyboard.type('موسم');
    await page.getByRole('option', { name: /موسم/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await result(page, 'lent').getByText('موسم الهجرة').waitFor();
    assert.equal((await state('/borrows?status=borrowed')).meta.total, 2);
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});
