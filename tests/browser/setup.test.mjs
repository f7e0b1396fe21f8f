// A new library, as the person who administers it meets it: one page, a code from the console, then to work.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, printedCode } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { newPage, startBrowser, watched } from './browser.mjs';

let server;
let browser;

before(async () => {
  server = await startServer({ auth: 'on', env: { CARREL_TIME_ZONE: undefined } });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

test('set up a library with the code from the console, then import a list', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'setup', async () => {
    // Whatever the address: there is one page until this is done.
    await page.goto(`${server.url}/members`);
    await page.getByRole('heading', { name: 'Set up your library', level: 1 }).waitFor();
    assert.equal(await page.getByRole('navigation').count(), 0);

    await page.getByLabel('Name', { exact: false }).first().fill('Millbrook Village Library');
    await page.getByLabel('User name').fill('margaret');
    await page.getByLabel('Password').fill('short');
    await page.getByLabel('Setup code').fill('0000-0000');
    await page.getByRole('button', { name: 'Set up and choose a file' }).click();

    // The server's words beside the field at fault; what was typed stays.
    await page.locator('[name="password"][aria-invalid="true"]').waitFor();
    await page.getByText('must be at least 10 characters').waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('[name="code"][aria-invalid="true"]').waitFor();
    await page.getByText('This is not the setup code').waitFor();
    assert.equal(await page.getByLabel('User name').inputValue(), 'margaret');

    await page.getByLabel('Setup code').fill((await printedCode(server)).toLowerCase());
    await page.getByLabel('Time zone').selectOption('UTC');
    await page.getByRole('button', { name: 'Set up and choose a file' }).click();
    await page.waitForURL('**/import');
    await page.getByText('Millbrook Village Library').first().waitFor();
    await page.getByRole('link', { name: 'margaret' }).waitFor();

    // An upload carries the proof that it comes from this page.
    await page.getByLabel('Choose a file').last().setInputFiles({ name: 'books.csv', mimeType: 'text/csv', buffer: Buffer.from('Title,Author\r\nWonder,R. J. Palacio\r\n') });
    await page.getByRole('link', { name: 'Check the rows' }).click();
    await page.getByRole('button', { name: 'Import 1 title' }).click();
    await page.getByText('1 title is in the catalogue').waitFor();

    // Settings: the server's own table, and a change that shows at once.
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByLabel('Library name').fill('Harbour Lane');
    assert.equal(await page.getByLabel('Time zone').inputValue(), 'UTC');
    await page.getByRole('button', { name: 'Save the settings' }).click();
    await page.getByText('The settings are saved').waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByText('Harbour Lane').waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});
