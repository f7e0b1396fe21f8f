// Titles from other libraries' catalogues: an administrator chooses one and tests it; a librarian scans an ISBN, sees what
// was found and how it differs from what is typed, and takes it with one key.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { freePort, marcXml, sruAnswer, startStub } from '../support/catalogues.mjs';
import { expect, makeBook } from '../support/library.mjs';
import { makePeople, PASSWORD } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { enter, inPage, scan, startBrowser } from './browser.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ISBN = '9780140449136';
const IDIOT = { title: 'The idiot', author: 'Dostoevsky, Fyodor', isbn: ISBN };

let server;
let browser;
let stub;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
  stub = await startStub((request, response, url) => {
    const query = url.searchParams.get('query') ?? '';
    const records = /978|idiot/.test(query) ? [marcXml(IDIOT), marcXml({ ...IDIOT, title: 'The idiot <again>', year: '2001' })] : [];
    response.setHeader('Content-Type', 'application/xml').end(sruAnswer(records));
  });
});
after(async () => {
  await browser?.close();
  await stub?.close();
  await server?.stop({ check: true });
});

const task = (name, steps, { on = server, size } = {}) => inPage(browser, on.url, name, steps, size);

/** Nothing serious in light and dark, and no wider than the screen. */
async function assertFair(page) {
  await page.evaluate(axe);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const found = await page.evaluate(async () => (await window.axe.run(document)).violations.filter(({ impact }) => /serious|critical/.test(impact)).map(({ id, nodes }) => `${id}: ${nodes[0].target.join(' ')}`));
    assert.deepEqual(found, [], colorScheme);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(over <= 0, `${over} px too wide`);
}

/** With a catalogue to ask for as long as `act` takes. */
async function withTarget(act, address = `http://127.0.0.1:${stub.port}/sru`) {
  const made = expect(await server.post('/lookup/targets', { name: 'Big library', kind: 'sru', address }), 201);
  try {
    await act();
  } finally {
    expect(await server.delete(`/lookup/targets/${made.id}`), 204);
  }
}

async function openForm(page) {
  await page.goto(`${server.url}/catalogue`);
  await page.getByRole('button', { name: 'Add a book' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Title', { exact: true }).waitFor();
  return dialog;
}

test('where nobody is asked yet, the form says so, and who can change that', () =>
  task('lookup-none', async (page) => {
    const dialog = await openForm(page);
    await dialog.getByText('Titles need not be typed').waitFor();
    await dialog.getByRole('link', { name: 'Choose a catalogue' }).click();
    await page.getByRole('heading', { name: 'No other catalogue is asked' }).waitFor();
  }));

test('a librarian reads who chooses, without a link to a page that is not theirs', async () => {
  const guarded = await startServer({ auth: 'on' });
  const { librarian } = await makePeople(guarded);
  await task('lookup-librarian', async (page) => {
    await enter(page, `${guarded.url}/sign-in`, librarian.account.name, PASSWORD);
    await page.goto(`${guarded.url}/catalogue`);
    await page.getByRole('button', { name: 'Add a book' }).first().click();
    await page.getByRole('dialog').getByText('An administrator chooses which.').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Choose a catalogue' }).count(), 0);
  }, { on: guarded });
  await guarded.stop({ check: true });
});

test('an administrator adds a catalogue, tests it, turns it off, changes and removes it', () =>
  task('lookup-targets', async (page) => {
    await page.goto(`${server.url}/settings/catalogues`);
    await page.getByRole('button', { name: 'Add a catalogue' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Fill in one that anybody may ask').selectOption('Open Library');
    assert.match(await dialog.getByLabel('Address').inputValue(), /^https:.*\/api\/books$/);
    await dialog.getByText(/By ISBN alone/).waitFor();
    await dialog.getByLabel('Fill in one that anybody may ask').selectOption('Another one');
    await dialog.getByLabel('Name').fill('Big library');
    await dialog.getByLabel('Address').fill('nonsense');
    await dialog.getByRole('button', { name: 'Add it' }).click();
    await dialog.getByText('Address must be a web address that begins with http or https').waitFor();
    await dialog.getByLabel('Address').fill(`http://127.0.0.1:${stub.port}/sru`);
    await dialog.getByRole('button', { name: 'Add it' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Test Big library' }).click();
    await page.getByText(/It answers, in \d+ ms\./).waitFor();
    await assertFair(page);
    await page.getByRole('button', { name: 'Do not ask it Big library' }).click();
    await page.getByRole('cell', { name: 'Not asked', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Change Big library' }).click();
    await dialog.getByLabel('Address').fill(`http://127.0.0.1:${await freePort()}/sru`);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Test Big library' }).click();
    await page.getByText('Nobody answers there.').waitFor();
    await page.getByRole('button', { name: 'Remove Big library' }).click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('heading', { name: 'No other catalogue is asked' }).waitFor();
  }));

test('a scanned ISBN is looked up by the scanner’s Enter, taken with one key, saved with the next', () =>
  withTarget(() => task('lookup-scan', async (page) => {
    const dialog = await openForm(page);
    await scan(page, ISBN);
    await dialog.getByText('The idiot <again>').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === 'Take');
    await page.keyboard.press('Enter');
    await dialog.getByText('Taken from Big library.').waitFor();
    assert.equal(await dialog.getByLabel('Title', { exact: true }).inputValue(), 'The idiot');
    assert.equal(await dialog.getByLabel('Year').inputValue(), '1986');
    assert.equal(await dialog.locator('[name="isbn"]').inputValue(), ISBN);
    await page.waitForFunction(() => document.activeElement?.getAttribute('type') === 'submit');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'The idiot', level: 1 }).waitFor();
    const [book] = expect(await server.get(`/books?isbn=${ISBN}`), 200).data;
    assert.match((await server.get(`/books/${book.id}/marc?format=marcxml`)).text, /A note that only the record has/);
  })));

test('what differs from what is typed is said before it is taken, and can be had back', () =>
  withTarget(() => task('lookup-differs', async (page) => {
    const dialog = await openForm(page);
    await dialog.getByLabel('Title', { exact: true }).fill('The Idiot, a novel');
    await dialog.getByLabel('Year').fill('1990');
    await dialog.getByLabel('ISBN, or words of the title').fill('idiot');
    await dialog.getByRole('button', { name: 'Look up' }).click();
    await dialog.getByText('You have typed: Title The Idiot, a novel · Year 1990').first().waitFor();
    await assertFair(page);
    await dialog.getByRole('button', { name: 'Take The idiot <again> from Big library' }).click();
    assert.equal(await dialog.getByLabel('Year').inputValue(), '2001');
    await dialog.getByRole('button', { name: 'Back to what I typed' }).click();
    assert.equal(await dialog.getByLabel('Title', { exact: true }).inputValue(), 'The Idiot, a novel');
    assert.equal(await dialog.getByLabel('Year').inputValue(), '1990');
  }, { size: { width: 360, height: 740 } })));

test('a title that is here already is shown as that; nobody has it: then it is typed', () =>
  withTarget(() => task('lookup-present', async (page) => {
    await makeBook(server, { title: 'The idiot, here', author: 'Somebody', isbn: ISBN, allow_shared_isbn: true });
    const dialog = await openForm(page);
    await scan(page, ISBN);
    await dialog.getByRole('link', { name: 'Here already' }).first().waitFor();
    await dialog.getByLabel('ISBN, or words of the title').fill('nothing like it');
    await page.keyboard.press('Enter');
    await dialog.getByText('Nobody has it').waitFor();
  })));

test('a catalogue that does not answer is named, and why, in German too', async () => {
  const port = await freePort();
  expect(await server.put('/admin/system-config', { language: 'de' }), 200);
  await withTarget(() => task('lookup-failed', async (page) => {
    await page.goto(`${server.url}/catalogue`);
    await page.getByRole('button', { name: 'Buch aufnehmen' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('ISBN oder Wörter des Titels').waitFor();
    await scan(page, ISBN);
    await dialog.getByText('Dort antwortet niemand.').waitFor();
    await dialog.getByText('Niemand hat ihn').waitFor();
  }), `http://127.0.0.1:${port}/`);
  expect(await server.put('/admin/system-config', { language: 'en' }), 200);
});
