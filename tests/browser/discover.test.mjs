// A reader narrows the catalogue down, mistypes, follows a suggestion by keyboard, and sees why a book is recommended.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect, lend, makeBook, makeMember, takeBack } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { axe, enter, newPage, quiet, startBrowser, watched } from './browser.mjs';

let server;
let browser;
let people;

const had = async (book, member) => takeBack(people.librarian, await lend(people.librarian, book, member));

before(async () => {
  server = await startServer({ auth: 'on', args: ['--rate-limit-per-minute', '0'] });
  people = await makePeople(server);
  const make = (title, author, year, categories, more = {}) => makeBook(people.librarian, { title, author, year, categories, total_copies: 5, ...more });
  const shared = await make('Otter Rivers', 'Ada Brook', 1994, ['Nature'], { language: 'en' });
  const loved = await make('Otter Moons', 'Ada Brook', 1997, ['Nature', 'Fiction'], { language: 'de' });
  await make('Otter Stars', 'Cleo Marsh', 2004, ['Fiction']);
  await make('Otter Winds', 'Cleo Marsh', 2011, ['Fiction']);
  await make('The Harbour Light', 'Béla Šimon', 1991, ['Fiction']);
  for (let i = 0; i < 6; i++) await make(`Harbour ${i}`, 'Béla Šimon', 1960 + i, []);
  await make('Harbor Oddly Spelled', 'N. N.', 1950, []);
  for (let i = 0; i < 3; i++) {
    const reader = await makeMember(people.librarian, { name: `Secret Reader ${i}` });
    for (const book of [shared, loved]) await had(book, reader);
  }
  await had(shared, people.member.record);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

/** What keeps somebody out of the page as it stands, in light and dark. */
async function unfair(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const found = [];
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    found.push(...await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ['violations'] })).violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical').flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`))));
  }
  return found;
}

const isWide = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

test('narrowed by subject and years, with counts; Back returns; what is chosen is taken away again', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'discover-narrow', async () => {
    await page.goto(`${server.url}/catalogue`);
    const panel = page.getByRole('group', { name: 'Narrow down' });
    await panel.getByRole('link', { name: 'Fiction 4' }).click();
    await page.getByText('4 titles match').waitFor();
    await panel.getByRole('link', { name: 'Nature 2' }).waitFor();
    await panel.getByRole('link', { name: '1990 to 1999 2' }).click();
    await page.getByText('2 titles match').waitFor();
    assert.deepEqual(await unfair(page), []);
    await page.getByRole('link', { name: 'The Harbour Light' }).click();
    await page.getByRole('heading', { name: 'The Harbour Light', level: 1 }).waitFor();
    await page.goBack();
    await page.getByText('2 titles match').waitFor();
    await page.getByRole('list', { name: 'Chosen' }).getByRole('link', { name: 'Remove Fiction' }).click();
    await page.getByText('3 titles match').waitFor();
    await panel.getByRole('link', { name: 'Ada Brook 2' }).click();
    await page.getByText('2 titles match').waitFor();
    await panel.getByRole('link', { name: 'German 1' }).click();
    await page.getByText('1 title matches').waitFor();
    await page.getByRole('link', { name: 'Remove all' }).click();
    await page.getByRole('list', { name: 'Chosen' }).waitFor({ state: 'detached' });
    // Nothing has all of that: it says so, and how to go on.
    await page.goto(`${server.url}/catalogue?q=otter&genre=Cooking`);
    await page.getByRole('link', { name: 'Search without the filters' }).click();
    await page.getByText('4 titles match').waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('on a phone the choices are folded away, and nothing is wider than the screen', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'discover-phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${server.url}/catalogue?q=otter`);
    const fiction = page.getByRole('link', { name: 'Fiction 3' });
    await page.getByText('Narrow down').waitFor();
    assert.equal(await fiction.isVisible(), false);
    await page.getByText('Narrow down').click();
    assert.equal(await isWide(page), false);
    assert.deepEqual(await unfair(page), []);
    await fiction.click();
    await page.getByText('3 titles match').waitFor();
    await page.goto(`${server.url}/catalogue`);
    await page.getByRole('heading', { name: 'New in the library' }).waitFor();
    assert.equal(await isWide(page), false);
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('mistyped: nothing has the word, or few; the word that was meant is offered with what it finds', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'discover-mistyped', async () => {
    await page.goto(`${server.url}/catalogue`);
    const search = page.getByLabel('Search the catalogue');
    await search.fill('oter moons');
    await page.getByText('Did you mean').getByRole('link', { name: 'otter moons' }).click();
    await page.getByText('1 title matches').waitFor();
    assert.equal(await search.inputValue(), 'otter moons');
    await search.fill('harbor');
    await page.getByRole('link', { name: 'Harbor Oddly Spelled' }).waitFor();
    const perhaps = page.getByText('Did you mean');
    await perhaps.getByText('7 titles match').waitFor();
    await perhaps.getByRole('link', { name: 'harbour' }).click();
    await page.getByRole('status').getByText('7 titles match').waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('a suggestion is chosen by keyboard; the finished question counts, the keystrokes do not', async () => {
  const { page, faults } = await newPage(browser, server.url);
  const said = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname === '/api/v1/search/books' && searchParams.get('said')) said.push(searchParams.get('q'));
  });
  await watched(page, 'discover-suggestion', async () => {
    await page.goto(`${server.url}/catalogue`);
    const search = page.getByRole('combobox', { name: 'Search the catalogue' });
    await search.focus();
    await page.keyboard.type('otter', { delay: 20 });
    const list = page.getByRole('listbox', { name: 'Suggestions' });
    await list.getByRole('option').first().waitFor();
    assert.equal(await search.getAttribute('aria-expanded'), 'true');
    assert.deepEqual(await unfair(page), []);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const active = page.locator(`[id="${await search.getAttribute('aria-activedescendant')}"]`);
    assert.equal(await active.getAttribute('aria-selected'), 'true');
    assert.match(await active.innerText(), /^Otter Rivers\s+title$/);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await list.waitFor({ state: 'detached' });
    assert.equal(await search.inputValue(), 'Otter Moons');
    await page.getByText('1 title matches').waitFor();
    assert.deepEqual(said, ['Otter Moons']);
    // Escape puts the suggestions away and leaves what was typed; Enter then asks for that.
    await search.fill('har');
    await list.getByRole('option').first().waitFor();
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
    assert.equal(await search.inputValue(), 'har');
    await page.keyboard.press('Enter');
    await quiet(page);
    assert.deepEqual(said, ['Otter Moons', 'har']);
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('the start of the catalogue: what is new and popular, what others look for; for a reader what may please, and why', async () => {
  const { page, faults } = await newPage(browser, server.url);
  for (let i = 0; i < 3; i++) {
    expect(await people.anonymous.get('/search/books?q=otter%20moons&said=true'), 200);
    assert.ok(expect(await people.admin.post('/admin/jobs/write_searches/run'), 200).ok);
  }
  const list = expect(await people.librarian.post('/reading-lists', { name: 'By the river', shown: true }), 201);
  const [otter] = expect(await people.librarian.get('/books?q=otter'), 200).data;
  assert.ok((await people.librarian.post(`/reading-lists/${list.id}/books`, { book_id: otter.id })).status < 300);
  await watched(page, 'discover-start', async () => {
    await page.goto(`${server.url}/`);
    await page.getByRole('link', { name: 'By the river' }).click();
    await page.getByRole('heading', { name: 'By the river', level: 1 }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'New in the library' }).waitFor();
    await page.getByRole('heading', { name: 'Lent most often' }).waitFor();
    assert.equal(await page.getByRole('heading', { name: 'For you' }).count(), 0, 'nothing about a stranger');
    await page.getByRole('link', { name: 'otter moons', exact: true }).click();
    await page.getByText('1 title matches').waitFor();
    assert.equal(await page.getByRole('heading', { name: 'New in the library' }).count(), 0, 'who looks for something sees that');

    await enter(page, `${server.url}/sign-in`, people.member.account.name);
    await page.goto(`${server.url}/catalogue`);
    await page.getByRole('heading', { name: 'For you' }).waitFor();
    await page.getByText('Because you read “Otter Rivers”: 3 other readers of it had this too').waitFor();
    assert.equal(await page.getByText('Secret Reader').count(), 0);
    assert.deepEqual(await unfair(page), []);
    await page.getByRole('link', { name: 'Otter Moons' }).first().click();
    await page.getByRole('heading', { name: 'Otter Moons', level: 1 }).waitFor();
    await page.getByRole('heading', { name: 'Readers of this also borrowed' }).waitFor();
    await page.getByText('readers had both').waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('the desk narrows down as well, in German', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'discover-desk', async () => {
    await enter(page, `${server.url}/sign-in`, people.librarian.account.name);
    expect(await people.admin.put('/admin/system-config', { language: 'de' }), 200);
    await page.goto(`${server.url}/catalogue?q=otter`);
    await page.getByRole('group', { name: 'Eingrenzen' }).getByRole('link', { name: 'Fiction 3' }).click();
    await page.getByText('3 Titel').first().waitFor();
    await page.getByRole('link', { name: 'Fiction wegnehmen' }).waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});
