// A library whose pages are German: what the server refuses, what is wrong with a field, what a setting means and what
// the log has noted are said in German too, with the values in them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect, lend, makeBook, makeMember } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { inPage, scan, startBrowser } from './browser.mjs';

let server;
let browser;

before(async () => {
  server = await startServer();
  expect(await server.put('/admin/system-config', { language: 'de' }), 200);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

const task = (name, steps) => inPage(browser, server.url, name, steps);

test('the desk says in German why it does not lend: how much is owed, until when somebody is suspended', () =>
  task('german-desk', async (page) => {
    const book = await makeBook(server, { title: 'Momo' });
    const [copy] = expect(await server.get(`/books/${book.id}/copies`), 200).data;
    const debtor = await makeMember(server, { name: 'Béla owes Nagy' });
    expect(await server.put('/admin/system-config', { block_balance: '2.00' }), 200);
    expect(await server.post('/fines/charge', { member_id: debtor.id, kind: 'damage', amount: 4.5, note: 'Einband' }), 201);
    const locked = await makeMember(server, { name: 'Ida Stein' });
    expect(await server.put(`/members/${locked.id}/status`, { status: 'suspended', suspended_until: '2031-03-31', reason: 'Ausweis verloren' }), 200);

    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Theke', level: 1 }).waitFor();
    await scan(page, debtor.card);
    await page.getByRole('main').getByText('Béla owes Nagy').first().waitFor();
    await scan(page, copy.barcode);
    const refused = page.locator('[data-result="refused"]');
    // A name that holds the sentence's own words is not torn apart.
    await refused.getByText(/Béla owes Nagy schuldet 4,50\s€. Über 2,00\s€ verleiht die Bibliothek nicht/).waitFor();
    await page.keyboard.press('Escape');
    await scan(page, locked.card);
    await page.getByRole('main').getByText('Ida Stein').first().waitFor();
    await scan(page, copy.barcode);
    await refused.getByText('Ida Stein ist bis 31. März 2031 gesperrt (Ausweis verloren).').waitFor();
  }));

test('a form says in German what is wrong with a field, and whose something is already', () =>
  task('german-form', async (page) => {
    await makeMember(server, { name: 'Ada Wild', email: 'ada@example.org' });
    await page.goto(`${server.url}/members`);
    await page.getByRole('button', { name: 'Mitglied anmelden' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('[name="name"]').fill('x'.repeat(300));
    await dialog.locator('[name="email"]').fill('ada@');
    await dialog.locator('button[type="submit"]').click();
    await dialog.getByText(/^Name darf höchstens \d+ Zeichen haben$/).waitFor();
    await dialog.getByText('E-Mail ist keine gültige E-Mail-Adresse').waitFor();
    await dialog.locator('[name="name"]').fill('Ada die Zweite');
    await dialog.locator('[name="email"]').fill('ada@example.org');
    await dialog.locator('button[type="submit"]').click();
    await dialog.getByText('ada@example.org gehört schon zu Ada Wild.').waitFor();
  }));

test('settings are called and explained in German; the log says in German what was done', () =>
  task('german-settings', async (page) => {
    const book = await makeBook(server, { title: 'Krabat' });
    await lend(server, book, await makeMember(server));
    await page.goto(`${server.url}/settings`);
    await page.getByLabel('Tage im Abholregal').waitFor();
    await page.getByText('Ziffern, mit denen erzeugte Kartennummern beginnen').waitFor();
    await page.getByLabel('Tage im Abholregal').fill('0');
    await page.locator('form button[type="submit"]').click();
    await page.getByText('Tage im Abholregal muss mindestens 1 sein').waitFor();
    await page.goto(`${server.url}/settings/audit`);
    await page.getByText('Ausleihe: verliehen').first().waitFor();
    await page.getByText('Titel: aufgenommen').first().waitFor();
  }));

test('kinds of titles and members have German names where they have Carrel\'s own, and else what the library calls them', () =>
  task('german-kinds', async (page) => {
    await makeBook(server, { title: 'Der Baum', item_type: 'periodical' });
    expect(await server.put('/policies/member-types/faculty', { name: 'Kollegium' }), 200);
    await page.goto(`${server.url}/catalogue`);
    await page.getByRole('link', { name: /^Zeitschrift/ }).click();
    await page.getByRole('list', { name: 'Gewählt' }).getByText('Zeitschrift').waitFor();
    await page.goto(`${server.url}/settings/rules`);
    for (const name of ['Buch', 'Nachschlagewerk']) await page.getByRole('columnheader', { name, exact: true }).waitFor();
    for (const name of ['Erwachsene', 'Kollegium']) await page.getByRole('rowheader', { name, exact: true }).waitFor();

    // Changed in something else, it keeps the name that each language says in its own way.
    await page.getByRole('button', { name: 'Erwachsene bearbeiten' }).click();
    await page.getByRole('dialog').getByLabel('Mitgliedschaft, Monate').fill('24');
    await page.getByRole('button', { name: 'Leserart speichern' }).click();
    await page.getByText('Mitgliedschaft von 24 Monaten').waitFor();
    assert.equal(expect(await server.get('/policies/member-types/adult'), 200).name, 'Adult');
  }));

test('the lines of a visit hold a German day and a German button: nothing stands out of its box, or in another', () =>
  task('german-visit', async (page) => {
    const book = await makeBook(server, { title: 'Krabat' });
    const [copy] = expect(await server.get(`/books/${book.id}/copies`), 200).data;
    const member = await makeMember(server, { name: 'Otto Licht' });
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Theke', level: 1 }).waitFor();
    await scan(page, member.card);
    await page.locator('[data-result="member"]').waitFor();
    await scan(page, copy.barcode);
    const line = page.locator('[data-visit="lent"]');
    await line.waitFor();
    const [stamp, button] = await Promise.all(['.stamp', '.btn'].map((part) => line.locator(part).evaluate((element) => ({ ...element.getBoundingClientRect().toJSON(), within: element.clientWidth, wants: element.scrollWidth }))));
    for (const { wants, within } of [stamp, button]) assert.ok(wants <= within, `${wants} px of text in ${within}`);
    assert.ok(stamp.right < button.left, `the day ends at ${stamp.right}, the button begins at ${button.left}`);
  }));
