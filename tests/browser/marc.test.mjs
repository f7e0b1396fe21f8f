// A catalogue that comes as MARC records: read first, brought in, and saved again as it came.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { newPage, startBrowser, watched } from './browser.mjs';

/* One good record (leader, directory, fields), and one that is damaged. */
const fields = ['001', '245', '100', '852'];
const texts = ['42', '14\x1faThe idiot :\x1fba novel /\x1fcFyodor Dostoevsky.', '1 \x1faDostoevsky, Fyodor.', '  \x1fcStack\x1fpOLD-77'].map((text) => `${text}\x1e`);
const directory = fields.map((tag, i) => `${tag}${String(texts[i].length).padStart(4, '0')}${String(texts.slice(0, i).join('').length).padStart(5, '0')}`).join('');
const base = 24 + directory.length + 1;
const whole = base + texts.join('').length + 1;
const RECORD = `${String(whole).padStart(5, '0')}nam a22${String(base).padStart(5, '0')} a 4500${directory}\x1e${texts.join('')}\x1d`;

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

test('bring a file of records in, see what was wrong, save the catalogue as it came', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'marc', async () => {
    await page.goto(`${server.url}/import`);
    await page.getByLabel('Choose a file').last().setInputFiles({ name: 'old-system.mrc', mimeType: 'application/marc', buffer: Buffer.from(`${RECORD}00100nam a22 without a directory\x1d`) });
    await page.getByText('Nothing has been changed yet').waitFor();
    await page.getByText('Each record is kept whole as well').waitFor();
    await page.getByText('This is no MARC record: it has no directory.').waitFor();
    await page.getByRole('button', { name: 'Import 1 title' }).click();
    await page.getByText('1 title is in the catalogue').waitFor();

    const [book] = (await server.get('/books')).body.data;
    await page.goto(`${server.url}/books/${book.id}`);
    await page.getByText('OLD-77').waitFor();
    const one = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Save as MARC record' }).click();
    assert.equal(readFileSync(await (await one).path(), 'latin1'), RECORD);

    await page.goto(`${server.url}/import`);
    const all = page.waitForEvent('download');
    await page.getByRole('link', { name: 'MARC', exact: true }).click();
    assert.equal(readFileSync(await (await all).path(), 'latin1'), RECORD);
  });
  assert.deepEqual(faults, []);
});
