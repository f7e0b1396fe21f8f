// Bringing a file in: what it is taken for, put right by hand, looked at before anything is written, brought in, and undone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { bringFile, copiesOf, expect, makeBook, parseCsv, settledImport } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { axe, inPage, newPage, startBrowser } from './browser.mjs';

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

const bring = (page, name, text, encoding = 'utf8') => page.locator('#file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text, encoding) });
const check = (page) => page.getByRole('link', { name: 'Check the rows' }).click();
const chosen = (page, label) => page.getByLabel(label).first();
const titlesNamed = async (q) => expect(await server.get(`/books?limit=100&q=${encodeURIComponent(q)}`), 200).data.map(({ title }) => title);

/** What keeps somebody out of the step that is shown, or does not fit a phone, from left to right and from right to left. */
async function faultsOfStep(page, step) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const found = [];
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    for (const { id, impact, nodes } of violations) if (impact === 'serious' || impact === 'critical') found.push(`${step}, ${colorScheme}: ${id} ${nodes[0].target.join(' ')}`);
  }
  const size = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  for (const dir of ['rtl', 'ltr']) {
    const over = await page.evaluate((to) => {
      document.documentElement.setAttribute('dir', to);
      return document.documentElement.scrollWidth - document.documentElement.clientWidth;
    }, dir);
    if (over > 0) found.push(`${step}, 360 px, ${dir}: ${over} px too wide`);
  }
  await page.setViewportSize(size);
  return found;
}

test('a messy file from choice to undo: nothing is there before somebody says so, and nothing after it is taken back', () =>
  task('import', async (page) => {
    const faults = [];
    await page.goto(`${server.url}/import`);
    faults.push(...(await faultsOfStep(page, 'file')));
    await bring(page, 'shelf.csv', 'Titel;Autor;ISBN;Regalfarbe\nMomo;Michael Ende;;blau\n;Nobody;;rot\n=Krabat;Otfried Preußler;978043902348X;gelb\n');

    // What was recognised, with the first values of each column.
    await check(page);
    await page.goBack();
    assert.equal(await chosen(page, 'Titel').inputValue(), 'title');
    assert.equal(await chosen(page, 'Regalfarbe').inputValue(), '');
    await page.getByRole('row', { name: /^Regalfarbe/ }).getByText('gelb').waitFor();
    faults.push(...(await faultsOfStep(page, 'columns')));
    await check(page);

    // The dry run: what comes in, what stays out and why.
    await page.getByRole('button', { name: 'Import 2 titles' }).waitFor();
    await page.getByRole('table', { name: 'Refused' }).getByText('The title is missing.').waitFor();
    assert.deepEqual(await titlesNamed('Momo'), [], 'nothing is there before somebody says so');
    faults.push(...(await faultsOfStep(page, 'check')));
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Save the refused rows' }).click()]);
    assert.equal(file.suggestedFilename(), 'refused.csv');
    const rows = parseCsv((await readFile(await file.path(), 'utf8')).replace(/^\ufeff/, ''));
    assert.deepEqual(rows[0], ['Titel', 'Autor', 'ISBN', 'Regalfarbe', 'reason']);
    assert.deepEqual(rows[1].slice(0, 4), ['', 'Nobody', '', 'rot']);
    assert.match(rows[1][4], /title is missing/);

    await page.getByRole('button', { name: 'Import 2 titles' }).click();
    await page.getByText('2 titles are in the catalogue').waitFor();
    assert.deepEqual(await titlesNamed('Momo'), ['Momo']);
    faults.push(...(await faultsOfStep(page, 'done')));

    // Undone: shown first, then done.
    await page.getByRole('button', { name: 'Undo this import' }).click();
    await page.getByRole('row', { name: /^Titles 2/ }).waitFor();
    assert.deepEqual(await titlesNamed('Momo'), ['Momo'], 'looking changes nothing');
    faults.push(...(await faultsOfStep(page, 'undo')));
    await page.getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('This import was undone').waitFor();
    assert.deepEqual(await titlesNamed('Momo'), []);
    await page.goto(`${server.url}/imports`);
    await page.getByRole('row', { name: /^shelf\.csv.*undone/ }).waitFor();
    faults.push(...(await faultsOfStep(page, 'imports')));
    assert.deepEqual(faults, []);
  }));

test('the undo of an import that was lent from says what stays, and why', () =>
  task('import-undo', async (page) => {
    const batch = await bringFile(server, 'title,author\nThe Lent One,Somebody\nThe Free One,Somebody\n', 'name=lent.csv');
    expect(await server.post(`/imports/${batch.id}/start`), 200);
    await settledImport(server, batch.id);
    const [lent] = expect(await server.get('/books?q=lent+one'), 200).data;
    const member = expect(await server.post('/members', { name: 'Amina Okafor' }), 201);
    expect(await server.post('/borrows', { book_id: lent.id, member_id: member.id }), 201);
    await page.goto(`${server.url}/imports/${batch.id}`);
    await page.getByRole('button', { name: 'Undo this import' }).click();
    await page.getByRole('heading', { name: 'What stays, and why' }).waitFor();
    await page.getByRole('listitem').filter({ hasText: 'The Lent One' }).first().waitFor();
    await page.getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('This import was undone').waitFor();
    assert.deepEqual([await titlesNamed('lent one'), await titlesNamed('free one')], [['The Lent One'], []]);
  }));

test('a column that is something else, and a column nobody knew, are put right on the page', () =>
  task('import-columns', async (page) => {
    await page.goto(`${server.url}/import`);
    await bring(page, 'odd.csv', 'Werk;author;publisher\nDie Wand;Marlen Haushofer;Roman\n');
    await page.getByText('The first row must name the columns').waitFor();
    await chosen(page, 'Werk').selectOption({ label: 'Title' });
    await page.getByRole('link', { name: 'Check the rows' }).waitFor();
    await chosen(page, 'publisher').selectOption({ label: 'Kind' });
    await page.waitForFunction(() => document.querySelector('#column-2')?.value === 'categories' && !document.querySelector('#column-2').disabled);
    assert.equal(await chosen(page, 'Werk').inputValue(), 'title', 'what was told before stays told');
    await check(page);
    await page.getByRole('button', { name: 'Import 1 title' }).click();
    await page.getByText('1 title is in the catalogue').waitFor();
    const [book] = expect(await server.get('/books?q=Wand'), 200).data;
    assert.deepEqual([book.title, book.categories, book.publisher], ['Die Wand', ['Roman'], null]);
  }));

test('encoding and delimiter are put right; what cannot be is told, and nothing is lost', () =>
  task('import-encoding', async (page) => {
    await page.goto(`${server.url}/import`);
    await bring(page, 'western.csv', 'title,author\nF\xfcnf; sechs,Erika\n"Sieben, ""acht""",Erika\n', 'latin1');
    await page.getByRole('link', { name: 'Check the rows' }).waitFor();
    assert.equal(await chosen(page, 'Encoding').inputValue(), 'Windows-1252');
    await page.getByRole('row', { name: /^title/ }).getByText('Fünf; sechs').waitFor();
    await page.getByRole('row', { name: /^title/ }).getByText('Sieben, "acht"').waitFor();
    await chosen(page, 'Between the cells').selectOption({ label: 'semicolons' });
    await page.getByText('The first row must name the columns').first().waitFor();
    await chosen(page, 'Between the cells').selectOption({ label: 'commas' });
    await page.getByText('The first row must name the columns').first().waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Check the rows' }).waitFor();
  }));

test('what is here already: one row is left out, the copies of another are added, and what was missing is filled in', () =>
  task('import-duplicates', async (page) => {
    await makeBook(server, { title: 'The Dispossessed', author: 'Ursula K. Le Guin' });
    await makeBook(server, { title: 'The Word for World is Forest', author: 'Ursula K. Le Guin' });
    await page.goto(`${server.url}/import`);
    await bring(page, 'again.csv', 'title,author,publisher,copies\nThe Dispossessed,Ursula K. Le Guin,Harper,2\nThe Word for World is Forest,Ursula K. Le Guin,Putnam,1\nThe Telling,Ursula K. Le Guin,,1\n');
    await check(page);
    await page.getByRole('link', { name: 'The Dispossessed' }).waitFor();
    await page.getByRole('button', { name: 'Import 1 title' }).waitFor();
    await page.getByRole('button', { name: 'add, and fill in what is missing' }).click();
    const merge = { label: 'add, and fill in what is missing' };
    await page.waitForFunction(({ label }) => [...document.querySelectorAll('td select')].every((one) => one.selectedOptions[0].label === label), merge);
    // A decision that is slow to arrive is not overtaken by the start.
    await page.route(/\/rows\/\d+$/, (route) => new Promise((go) => setTimeout(go, 700)).then(() => route.continue()));
    await page.getByLabel('What happens with row 3').selectOption({ label: 'leave out' });
    await page.getByRole('button', { name: 'Import 1 title' }).click();
    await page.getByText('1 title is in the catalogue').waitFor();
    await page.getByText('Into records here').waitFor();
    const [merged] = expect(await server.get('/books?q=dispossessed'), 200).data;
    const [left] = expect(await server.get('/books?q=word+forest'), 200).data;
    assert.deepEqual([merged.publisher, left.publisher], ['Harper', null]);
    assert.deepEqual([(await copiesOf(server, merged)).length, (await copiesOf(server, left)).length], [3, 1]);
  }));

test('the writing goes on when the page is left, and stands there when one comes back', () =>
  task('import-leave', async (page) => {
    const many = 4000;
    await page.goto(`${server.url}/import`);
    await bring(page, 'many.csv', `title,author\n${Array.from({ length: many }, (_, i) => `Leaving ${i},Somebody`).join('\n')}\n`);
    await check(page);
    await page.getByRole('button', { name: 'Import 4,000 titles' }).click();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Members' }).click();
    await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Import' }).click();
    await page.getByRole('link', { name: 'Earlier imports' }).click();
    await page.getByRole('link', { name: 'many.csv' }).click();
    await page.getByText('4,000 titles are in the catalogue').waitFor();
    // As whoever has never seen the page before finds it, too.
    const { page: other } = await newPage(browser, server.url);
    await other.goto(page.url());
    await other.getByText('4,000 titles are in the catalogue').waitFor();
    await other.context().close();
    assert.equal(expect(await server.get('/books?limit=1&q=leaving'), 200).meta.total, many);
  }));

test('with the keyboard alone: a file that was sent is checked, brought in and left', () =>
  task('import-keys', async (page) => {
    await page.goto(`${server.url}/import`);
    const go = async (name) => {
      await page.getByText(name, { exact: true }).first().waitFor();
      for (let i = 0; i < 80; i++) {
        if ((await page.evaluate(() => document.activeElement?.textContent?.trim())) === name) return page.keyboard.press('Enter');
        await page.keyboard.press('Tab');
      }
      return assert.fail(`${name} is not reached with Tab`);
    };
    const [picker] = await Promise.all([page.waitForEvent('filechooser'), go('Choose a file')]);
    await picker.setFiles({ name: 'keys.csv', mimeType: 'text/csv', buffer: Buffer.from('title,author\nBy Keys,Somebody\n') });
    await page.getByRole('link', { name: 'Check the rows' }).waitFor();
    await go('Check the rows');
    await page.getByRole('button', { name: 'Import 1 title' }).waitFor();
    await go('Import 1 title');
    await page.getByText('1 title is in the catalogue').waitFor();
    await go('Open the catalogue');
    await page.getByRole('heading', { name: 'Catalogue', level: 1 }).waitFor();
  }));

test('a file is given up, and nothing of it stays', () =>
  task('import-give-up', async (page) => {
    const batch = await bringFile(server, 'title,author\nGiven Up,Somebody\n', 'name=given-up.csv');
    await page.goto(`${server.url}/imports/${batch.id}`);
    await page.getByRole('button', { name: 'Give up' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the file' }).click();
    await page.getByRole('heading', { name: 'Imports', level: 1 }).waitFor();
    await page.getByText('given-up.csv').waitFor({ state: 'detached' });
    assert.equal((await server.get(`/imports/${batch.id}`)).status, 404);
  }));
