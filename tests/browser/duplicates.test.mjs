// Putting the catalogue in order: two records made one and two again, titles told apart, authors and categories renamed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect, lend, makeBook, makeMember } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { axe, newPage, startBrowser, watched } from './browser.mjs';

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

/** Steps on a page, which must end without a fault of the page. */
async function on(shot, path, steps, { width = 1280, language } = {}) {
  const { page, faults } = await newPage(browser, server.url);
  if (language) await page.addInitScript((code) => localStorage.setItem('carrel.language', code), language);
  await page.setViewportSize({ width, height: 900 });
  await watched(page, shot, async () => {
    await page.goto(server.url + path);
    await page.locator('main h1').waitFor();
    await steps(page);
  });
  assert.deepEqual(faults, []);
  await page.context().close();
}

/** Nothing keeps anybody out, in light and dark, and nothing is wider than the screen. */
async function fair(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const found = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
      return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
    });
    assert.deepEqual(found, [], colorScheme);
  }
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'no wider than the screen');
}

const show = async (book) => expect(await server.get(`/books/${book.id}?archived=true`), 200);
const pairOf = (page, title) => page.locator('section.section', { has: page.getByRole('heading', { name: title }) });

test('two records side by side become one title with the values that were chosen, and two again by Undo', async () => {
  const older = await makeBook(server, { title: 'The Sea Wolf', author: 'Jack London', year: 1904, categories: ['Sea'] });
  const newer = await makeBook(server, { title: 'Sea Wolf', author: 'Jack London', publisher: 'Macmillan', total_copies: 2, categories: ['Novel'] });
  await lend(server, older, await makeMember(server));
  await on('duplicates-merge', '/duplicates', async (page) => {
    const pair = pairOf(page, 'The Sea Wolf');
    await pair.getByText('same title and author').waitFor();
    // What differs is marked, what is the same is not.
    const row = (name) => pair.getByRole('row', { name: new RegExp(`^${name}`) });
    assert.match(await row('Publisher').innerText(), /differs/);
    assert.doesNotMatch(await row('Author').innerText(), /differs/);
    // By its name, not by its code.
    await row('Kind').getByText('Book', { exact: true }).first().waitFor();
    await fair(page);

    await pair.getByRole('button', { name: /^Make one title/ }).click();
    const dialog = page.getByRole('dialog');
    // The record with more copies is proposed; what it lacks is taken.
    assert.ok(await dialog.getByRole('radio', { name: /^Newer record/ }).isChecked());
    assert.ok(await dialog.getByRole('radio', { name: '1904' }).isChecked());
    assert.ok(await dialog.getByRole('radio', { name: 'Macmillan' }).isChecked());
    await dialog.getByText('1 copy', { exact: true }).waitFor();
    await dialog.getByText('1 loan, 1 of them still out').waitFor();
    await dialog.getByText('Categories: Sea').waitFor();
    await dialog.getByRole('radio', { name: 'The Sea Wolf' }).check();
    await fair(page);
    await dialog.getByRole('button', { name: 'Make one title' }).click();
    await page.getByText('“The Sea Wolf” is one title now').waitFor();
    await pair.waitFor({ state: 'detached' });
    const kept = await show(newer);
    assert.deepEqual([kept.title, kept.year, kept.publisher, kept.total_copies, kept.categories], ['The Sea Wolf', 1904, 'Macmillan', 3, ['Novel', 'Sea']]);
    assert.notEqual((await show(older)).deleted_at, null);

    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('“The Sea Wolf” is a title of its own again').waitFor();
    await pair.waitFor();
  });
  assert.deepEqual([(await show(newer)).title, (await show(newer)).total_copies, (await show(older)).total_copies], ['Sea Wolf', 2, 1]);
});

test('what stands in the way is said with the reader’s name, and nothing is offered that would be refused', async () => {
  const reader = await makeMember(server, { name: 'Both At Home' });
  for (const copies of [1, 1]) await lend(server, await makeBook(server, { title: 'Twice Lent', author: 'A. Author', total_copies: copies }), reader);
  await on('duplicates-obstacle', '/duplicates', async (page) => {
    await pairOf(page, 'Twice Lent').getByRole('button', { name: /^Make one title/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/has both at home/).waitFor();
    assert.equal(await dialog.getByRole('link', { name: 'Both At Home' }).count(), 1);
    assert.equal(await dialog.getByRole('button', { name: 'Make one title' }).count(), 0);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });
});

test('titles that are different go from the list, and come back by Undo', async () => {
  for (const year of [1990, 2010]) await makeBook(server, { title: 'Two Editions', author: 'E. Ditor', year });
  await on('duplicates-apart', '/duplicates', async (page) => {
    const pair = pairOf(page, 'Two Editions');
    await pair.getByText('another year').waitFor();
    await pair.getByRole('button', { name: /^They are different/ }).click();
    await page.getByText('The two records of “Two Editions” are different').waitFor();
    await pair.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await pair.waitFor();
  });
});

test('what was made one is listed and undone later', async () => {
  const kept = await makeBook(server, { title: 'Kept Here', author: 'K' });
  const gone = await makeBook(server, { title: 'Gone There', author: 'G' });
  expect(await server.post(`/books/${kept.id}/merge`, { gone_id: gone.id }), 201);
  await on('duplicates-merged', '/duplicates', async (page) => {
    await page.getByRole('link', { name: 'Made one' }).click();
    const row = page.getByRole('row', { name: /Kept Here/ });
    await row.waitFor();
    await fair(page);
    await row.getByRole('button', { name: /Gone There/ }).click();
    await row.getByText('undone').waitFor();
  });
  assert.equal((await show(gone)).deleted_at, null);
});

test('an author is found, renamed in all titles and joined with the one who has the name, which is said before', async () => {
  for (const author of ['Jane Austin', 'Jane Austin', 'Jane Austen']) await makeBook(server, { author });
  await on('duplicates-authors', '/authors', async (page) => {
    await page.getByRole('searchbox').fill('aust');
    const row = page.getByRole('row', { name: /Jane Austin/ });
    await row.getByText('2', { exact: true }).waitFor();
    await fair(page);
    await row.getByRole('button', { name: 'Rename Jane Austin' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('2 titles get it').waitFor();
    await dialog.getByRole('textbox').fill('Jane Austen');
    await dialog.getByText(/is there already, with 1 titles/).waitFor();
    await fair(page);
    await dialog.getByRole('button', { name: 'Join the two' }).click();
    await page.getByText('“Jane Austen” stands in 2 titles now').waitFor();
    await page.getByRole('row', { name: /Jane Austen/ }).getByText('3', { exact: true }).waitFor();
    assert.equal(await row.count(), 0);
    // Renaming back would take the titles along that were hers before.
    assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0);
  });
});

test('a category is renamed and removed, on a phone', async () => {
  const book = await makeBook(server, { categories: ['Sciense', 'Odds', 'Children’s non-fiction and reference'] });
  await on('duplicates-categories', '/categories', async (page) => {
    await page.getByRole('button', { name: 'Rename Sciense' }).waitFor();
    await fair(page);
    await page.getByRole('button', { name: 'Rename Sciense' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('Science');
    await fair(page);
    await page.keyboard.press('Enter');
    await page.getByText('“Science” stands in 1 title now').waitFor();
    await page.getByRole('button', { name: 'Remove Odds' }).click();
    await page.getByRole('dialog').getByText('It is taken away from 1 title.').waitFor();
    await page.getByRole('button', { name: 'Remove it' }).click();
    await page.getByText('Category “Odds” removed').waitFor();
    await page.getByRole('row', { name: /Odds/ }).waitFor({ state: 'detached' });
  }, { width: 360 });
  assert.deepEqual((await show(book)).categories, ['Science', 'Children’s non-fiction and reference']);
});

test('the page of a record that is gone says where it went, and leads there', async () => {
  const kept = await makeBook(server, { title: 'Still Here', author: 'S' });
  const gone = await makeBook(server, { title: 'Once There', author: 'O' });
  expect(await server.post(`/books/${kept.id}/merge`, { gone_id: gone.id }), 201);
  await on('duplicates-gone', '/catalogue', async (page) => {
    await page.goto(`${server.url}/books/${gone.id}`);
    await page.getByText('This record became one with “Still Here”.').waitFor();
    await page.getByRole('link', { name: 'Go to “Still Here”' }).click();
    await page.getByRole('heading', { name: 'Still Here' }).waitFor();
  });
});

test('pairs and their form fit a phone', async () => {
  await on('duplicates-phone', '/duplicates', async (page) => {
    const pair = pairOf(page, 'Two Editions');
    await pair.waitFor();
    await fair(page);
    await pair.getByRole('button', { name: /^Make one title/ }).click();
    await page.getByRole('dialog').getByText('What goes over').waitFor();
    await fair(page);
  }, { width: 360 });
});

test('in German the pages fit a phone as well, and so does the form', async () => {
  await on('duplicates-german', '/duplicates', async (page) => {
    await page.getByText('gleicher Titel und Autor, anderes Jahr').waitFor();
    await fair(page);
    await page.getByRole('button', { name: /^Zusammenführen.*Two Editions/ }).click();
    await page.getByRole('dialog').getByText('Was mitgeht').waitFor();
    await fair(page);
    await page.keyboard.press('Escape');
    for (const [tab, text] of [['Zusammengeführt', 'Geblieben'], ['Autoren', 'Umbenennen'], ['Kategorien', 'Entfernen']]) {
      await page.getByRole('link', { name: tab }).click();
      await page.getByText(text).first().waitFor({ state: 'attached' });
      await page.locator('table').waitFor();
      await fair(page);
    }
  }, { width: 360, language: 'de' });
});
