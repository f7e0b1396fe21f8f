// What else comes in by file besides titles: copies, readers, open loans; and the profiles that know a program's files.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { expect } from '../support/library.mjs';
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

/** Chooses what is in the file, and the file; ends at the columns. */
async function bring(page, kind, name, text) {
  await page.goto(`${server.url}/import`);
  await page.getByRole('radio', { name: new RegExp(`^${kind}`) }).check();
  await page.locator('#file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByRole('heading', { name: 'Columns' }).waitFor();
}

async function bringIn(page, button, done) {
  await page.getByRole('link', { name: 'Check the rows' }).click();
  await page.getByRole('button', { name: button }).click();
  await page.getByText(done).waitFor();
}

test('a whole small library moves in: titles, copies, readers, and what they have out', () =>
  task('import-kinds', async (page) => {
    await bring(page, 'Titles', 'titles.csv', 'title,author,isbn\nMomo,Michael Ende,9783522177504\n');
    await bringIn(page, 'Import 1 title', '1 title is in the catalogue');
    await bring(page, 'Copies', 'copies.csv', 'barcode,isbn,shelf\nOLD-1,9783522177504,Blue\n');
    await bringIn(page, 'Import 1 copy', '1 copy is on the shelves');
    await bring(page, 'Members', 'readers.csv', 'Ausweisnummer;Vorname;Nachname;Klasse;Schuhgröße\nR-77;Amina;Okafor;6a;37\n');
    assert.equal(await page.getByLabel('Klasse').inputValue(), 'group');
    await page.getByRole('row', { name: /^Schuhgröße/ }).getByText('37').waitFor();
    await bringIn(page, 'Import 1 member', '1 member is registered');
    await bring(page, 'Open loans', 'loans.csv', 'card,barcode,borrowed on,due on\nR-77,OLD-1,2026-01-05,2026-12-31\nR-78,OLD-1,2026-01-05,2026-12-31\n');
    await page.getByRole('link', { name: 'Check the rows' }).click();
    await page.getByRole('table', { name: 'Refused' }).getByRole('row').nth(1).waitFor();
    await page.getByRole('button', { name: 'Import 1 loan' }).click();
    await page.getByText('1 loan is taken over').waitFor();
    const [loan] = expect(await server.get('/borrows?status=borrowed'), 200).data;
    assert.deepEqual([loan.member.name, loan.book.title, loan.copy.barcode], ['Amina Okafor', 'Momo', 'OLD-1']);
  }));

test('what was said of the columns of one file is kept under a name, and the next file is taken so', () =>
  task('import-profile', async (page) => {
    const file = (title) => `Werk;Wer;Farbe\n${title};Somebody;blau\n`;
    await bring(page, 'Titles', 'first.csv', file('Profiled One'));
    await page.getByLabel('Werk').selectOption({ label: 'Title' });
    await page.waitForFunction(() => document.querySelector('#column-0')?.value === 'title' && !document.querySelector('#column-0').disabled);
    await page.getByLabel('Wer', { exact: true }).selectOption({ label: 'Author' });
    await page.waitForFunction(() => document.querySelector('#column-1')?.value === 'author' && !document.querySelector('#column-1').disabled);
    await page.getByRole('button', { name: 'Save as a profile' }).click();
    await page.getByRole('dialog').getByLabel('Name of the profile').fill('Old cards');
    await page.getByRole('dialog').getByRole('button', { name: 'Save as a profile' }).click();
    await page.getByText('Profile “Old cards” is saved').waitFor();

    await page.goto(`${server.url}/import`);
    await page.getByLabel('Profile').selectOption({ label: 'Old cards' });
    await page.locator('#file').setInputFiles({ name: 'second.csv', mimeType: 'text/csv', buffer: Buffer.from(file('Profiled Two')) });
    await page.getByRole('heading', { name: 'Columns' }).waitFor();
    assert.equal(await page.getByLabel('Werk').inputValue(), 'title');
    await bringIn(page, 'Import 1 title', '1 title is in the catalogue');

    await page.goto(`${server.url}/imports`);
    await page.getByRole('button', { name: 'Remove the profile Old cards' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the profile' }).click();
    await page.getByText('None is kept yet').waitFor();
  }));

test('everything goes out as files that this page takes in again', () =>
  task('import-out', async (page) => {
    await page.goto(`${server.url}/import`);
    for (const [name, first] of [['MARC', /^\d{5}/], ['MARCXML', /<collection/], ['CSV', /^\ufeff?.*title/], ['Copies', /^\ufeff?.*barcode/], ['Members', /^\ufeff?.*card/], ['Open loans', /^\ufeff?.*barcode/]]) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('main').getByRole('link', { name, exact: true }).click()]);
      assert.match((await readFile(await download.path(), 'utf8')).slice(0, 400), first, name);
    }
  }));
