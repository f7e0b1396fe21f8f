// The picture of a book: chosen, dropped or pasted by the desk, made small on the way, seen by readers, taken away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect, makeBook } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
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

/** A PNG of one colour, as large as a photograph is. */
async function drawn(page, width, height, colour) {
  const text = await page.evaluate(([w, h, c]) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
    const pen = canvas.getContext('2d');
    pen.fillStyle = c;
    pen.fillRect(0, 0, w, h);
    return canvas.toDataURL('image/png').split(',')[1];
  }, [width, height, colour]);
  return Buffer.from(text, 'base64');
}

const coverOf = async (book) => expect(await server.get(`/books/${book.id}`), 200).cover;

/** Width and height as the browser sees the picture that is shown. */
const shownSize = (page) => page.locator('img.cover').evaluate((image) => [image.naturalWidth, image.naturalHeight]);

/** Hands files to an event as a mouse or a clipboard would. */
function hand(page, target, type, bytes) {
  return page.evaluate(([where, what, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], 'picture.png', { type: 'image/png' }));
    const at = where ? document.querySelector(where) : window;
    at.dispatchEvent(what === 'paste' ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }) : new DragEvent(what, { dataTransfer: data, bubbles: true, cancelable: true }));
  }, [target, type, bytes.toString('base64')]);
}

test('a book gets a picture by file, by drop and by paste; it is made small; it is taken away', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'cover', async () => {
    const book = await makeBook(server, { title: 'Pictured' });
    await page.goto(`${server.url}/books/${book.id}`);
    await page.locator('.cover b').getByText('Pictured').waitFor();
    const [blue, red, green] = [await drawn(page, 1200, 1800, '#124'), await drawn(page, 300, 400, '#a22'), await drawn(page, 900, 300, '#2a2')];

    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Add a picture' }).click()]);
    await chooser.setFiles({ name: 'cover.png', mimeType: 'image/png', buffer: blue });
    await page.getByText('“Pictured” has its picture').waitFor();
    await page.waitForFunction(() => document.querySelector('img.cover')?.naturalWidth === 400);
    assert.deepEqual(await shownSize(page), [400, 600]);
    const first = await coverOf(book);
    const sent = await server.get(`/books/${book.id}/cover`);
    assert.equal(sent.headers['content-type'], 'image/jpeg');
    assert.ok(sent.bytes.length < 64 * 1024, `${sent.bytes.length} bytes`);

    await hand(page, '.cover-box', 'drop', red);
    await page.waitForFunction(() => document.querySelector('img.cover')?.naturalWidth === 300);
    assert.notEqual(await coverOf(book), first);
    await hand(page, '', 'paste', green);
    await page.waitForFunction(() => document.querySelector('img.cover')?.naturalHeight === 200);
    assert.deepEqual(await shownSize(page), [600, 200]);

    const before = await coverOf(book);
    await page.locator('.cover-box input').setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
    await page.getByText('This file is no picture that can be read.').waitFor();
    assert.equal(await coverOf(book), before);

    await page.getByRole('button', { name: 'Remove' }).click();
    await page.locator('.cover b').getByText('Pictured').waitFor();
    assert.equal(await coverOf(book), null);
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('a reader who has not signed in sees it in the catalogue and on the page, and cannot change it', async (t) => {
  const own = await startServer({ auth: 'on' });
  t.after(() => own.stop({ check: true }));
  const { librarian } = await makePeople(own);
  const { page, faults } = await newPage(browser, own.url);
  await watched(page, 'cover-reader', async () => {
    const book = expect(await librarian.post('/books', { title: 'Seen by All', author: 'A. Author' }), 201);
    await page.goto(own.url);
    expect(await librarian.put(`/books/${book.id}/cover`, await drawn(page, 300, 450, '#724'), { 'Content-Type': 'image/png' }), 200);
    await page.goto(`${own.url}/catalogue`);
    await page.waitForFunction(() => document.querySelector('.table img.cover')?.naturalWidth === 300);
    await page.locator('.table').getByRole('link', { name: 'Seen by All' }).click();
    await page.getByRole('heading', { name: 'Seen by All' }).waitFor();
    await page.waitForFunction(() => document.querySelector('.book-head img.cover')?.naturalWidth === 300);
    assert.equal(await page.getByRole('button', { name: 'Change' }).count(), 0);
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});
