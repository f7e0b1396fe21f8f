// Bringing a catalogue in: what the file is taken for, put right by hand, what stays out and why, and the books.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { expect, parseCsv } from '../support/library.mjs';
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

async function task(name, steps) {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, name, () => steps(page));
  assert.deepEqual(faults, []);
  await page.context().close();
}

const bring = (page, name, text, encoding = 'utf8') => page.locator('#file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text, encoding) });
const titles = async () => expect(await server.get('/books?limit=100'), 200).data.map(({ title }) => title);

test('a file nobody has to explain: refused rows are told, kept as CSV, and the rest comes in', () =>
  task('import', async (page) => {
    await page.goto(`${server.url}/import`);
    await bring(page, 'shelf.csv', 'Titel;Autor;ISBN\nMomo;Michael Ende;\n;Nobody;\n=Krabat;Otfried Preußler;978043902348X\n');
    await page.getByRole('button', { name: 'Import 2 titles' }).waitFor();
    await page.getByText('The title is missing.').waitFor();
    assert.deepEqual(await titles(), [], 'nothing is there before somebody says so');

    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as CSV' }).click()]);
    assert.equal(file.suggestedFilename(), 'shelf-refused.csv');
    const rows = parseCsv((await readFile(await file.path(), 'utf8')).replace(/^\ufeff/, ''));
    assert.deepEqual(rows, [['Row', 'Title', 'Why'], ['3', '', 'The title is missing.']]);

    await page.getByRole('button', { name: 'Import 2 titles' }).click();
    await page.getByRole('link', { name: 'Open the catalogue' }).waitFor();
    assert.deepEqual((await titles()).sort(), ['=Krabat', 'Momo']);
  }));

test('a column that is something else, and a column nobody knew, are put right on the page', () =>
  task('import-columns', async (page) => {
    await page.goto(`${server.url}/import`);
    await bring(page, 'odd.csv', 'Werk;author;publisher\nDie Wand;Marlen Haushofer;Roman\n');
    await page.getByText('The first row must name the columns').waitFor();
    await page.getByLabel('Werk').selectOption({ label: 'Title' });
    await page.getByRole('button', { name: 'Import 1 title' }).waitFor();
    await page.getByLabel('publisher').selectOption({ label: 'Kind' });
    await page.waitForFunction(() => [...document.querySelectorAll('select')].every((one) => !one.disabled));
    assert.equal(await page.getByLabel('publisher').inputValue(), 'categories');
    assert.equal(await page.getByLabel('Werk').inputValue(), 'title', 'what was told before stays told');
    await page.getByRole('button', { name: 'Import 1 title' }).click();
    await page.getByRole('link', { name: 'Open the catalogue' }).waitFor();
    const [book] = expect(await server.get('/books?q=Wand'), 200).data;
    assert.deepEqual([book.title, book.categories, book.publisher], ['Die Wand', ['Roman'], null]);
  }));

test('encoding and delimiter are put right; what cannot be is refused beside them, and nothing is lost', () =>
  task('import-encoding', async (page) => {
    await page.goto(`${server.url}/import`);
    await bring(page, 'western.csv', 'title,author\nF\xfcnf; sechs,Erika\n', 'latin1');
    await page.getByRole('button', { name: /^Import/ }).waitFor();
    assert.equal(await page.getByLabel('Encoding').inputValue(), 'Windows-1252');
    await page.getByLabel('Encoding').selectOption('UTF-8');
    await page.getByText('The file is not in UTF-8.').waitFor();
    await page.getByRole('button', { name: /^Import/ }).waitFor();
    await page.getByLabel('Encoding').selectOption('Windows-1252');
    await page.getByText('The file is not in UTF-8.').waitFor({ state: 'detached' });
    await page.getByLabel('Between the cells').selectOption({ label: 'semicolons' });
    await page.getByText('The first row must name the columns').first().waitFor();
    await page.getByLabel('Between the cells').selectOption({ label: 'commas' });
    await page.getByText('The first row must name the columns').first().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Import/ }).waitFor();
  }));
