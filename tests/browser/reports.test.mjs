// Reports: chosen, narrowed, read as a table and on paper, taken as CSV, kept under a name; visits noted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect, lend, makeBook, makeMember, takeBack } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { NOON, startServer } from '../support/noon.mjs';
import { startSmtp } from '../support/smtp_server.mjs';
import { assertUsable, enter, newPage, startBrowser, watched } from './browser.mjs';

let server;
let browser;
let people;
let mail;

before(async () => {
  mail = await startSmtp();
  server = await startServer({ auth: 'on' });
  people = await makePeople(server);
  expect(await people.admin.put('/admin/system-config', { ...mail.settings(), library_name: 'Town Library' }), 200);
  const [dune, emma] = [await makeBook(people.librarian, { title: 'Dune', author: 'Frank Herbert' }), await makeBook(people.librarian, { title: 'Emma', author: 'Jane Austen' })];
  const [ada, ben] = [await makeMember(people.librarian, { name: 'Ada Adler' }), await makeMember(people.librarian, { name: 'Ben Brandt', member_type: 'student' })];
  await takeBack(people.librarian, await lend(people.librarian, dune, ada));
  await lend(people.librarian, dune, ben);
  await lend(people.librarian, emma, ada);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
  await mail?.close();
});

const rowsOf = (page) => page.locator('table.report tbody tr').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())));

test('a report is chosen, narrowed, opened at a title, and printed', async () => {
  const desk = await newPage(browser, server.url, { now: NOON });
  await watched(desk.page, 'report-read', async () => {
    const { page } = desk;
    await enter(page, `${server.url}/reports`, people.librarian.account.name);
    await page.getByRole('heading', { name: 'What can be asked' }).waitFor();
    await assertUsable(page);
    await page.getByRole('link', { name: /^Popular titles and authors/ }).click();
    await page.getByRole('rowheader', { name: '1', exact: true }).waitFor();
    assert.deepEqual((await rowsOf(page)).map((row) => row.slice(0, 5)), [['1', 'Dune', 'Frank Herbert', 'Book', '2'], ['2', 'Emma', 'Jane Austen', 'Book', '1']]);
    await assertUsable(page);
    await page.getByLabel('By', { exact: true }).selectOption({ label: 'Author' });
    await page.getByRole('columnheader', { name: 'Titles lent' }).waitFor();
    assert.match(page.url(), /by=author/);
    await page.reload();
    await page.getByRole('columnheader', { name: 'Titles lent' }).waitFor();
    await page.getByLabel('Days', { exact: true }).selectOption({ label: 'Yesterday' });
    await page.getByText('Nothing in these days').waitFor();
    await page.getByLabel('Days', { exact: true }).selectOption({ label: 'Days of one’s own' });
    await page.getByLabel('To', { exact: true }).waitFor();
    await page.getByRole('cell', { name: 'Frank Herbert' }).waitFor();
    assert.match(await page.getByRole('link', { name: 'CSV' }).getAttribute('href'), /\/reports\/popular\/csv\?.*by=author/);

    await page.goto(`${server.url}/reports/popular`);
    await page.getByRole('link', { name: 'Dune' }).waitFor();
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.report-form').isVisible(), false, 'paper shows no form');
    assert.equal(await page.locator('table.report').isVisible(), true);
    assert.match(await page.locator('.page-head').innerText(), /Popular titles and authors[\s\S]+20\d\d/, 'and says which days it is about');
    const pdf = await page.pdf({ preferCSSPageSize: true });
    assert.ok(pdf.length > 1000);
    await page.emulateMedia({ media: 'screen' });
    await page.getByRole('link', { name: 'Dune' }).click();
    await page.getByRole('heading', { name: 'Dune' }).waitFor();
  });
  await desk.page.context().close();
});

test('a report is kept, sent now, changed and deleted; visits are noted', async () => {
  const desk = await newPage(browser, server.url, { now: NOON });
  await watched(desk.page, 'report-kept', async () => {
    const { page } = desk;
    await enter(page, `${server.url}/reports/circulation?by=weekday`, people.librarian.account.name);
    await page.getByRole('rowheader', { name: 'Monday' }).waitFor();
    await page.getByRole('button', { name: 'Keep this report' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Loans by weekday');
    await dialog.getByLabel('Sent by e-mail').selectOption({ label: 'Every Monday' });
    await dialog.getByRole('button', { name: 'Keep', exact: true }).click();
    await dialog.getByText('is required: to whom shall it be sent?').waitFor();
    await assertUsable(page);
    await dialog.getByLabel('To').fill('board@example.org');
    await dialog.getByRole('button', { name: 'Keep', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });

    await page.goto(`${server.url}/reports`);
    const row = page.getByRole('row', { name: /Loans by weekday/ });
    await row.getByText('Every Monday').waitFor();
    await assertUsable(page);
    await row.getByRole('button', { name: /^Send now/ }).click();
    const message = await mail.next((one) => one.to.includes('board@example.org'));
    assert.equal(message.subject, 'Loans by weekday · Town Library');
    await row.getByText('today', { exact: true }).waitFor();
    mail.script = (verb) => (verb === 'RCPT' ? '550 5.1.1 No such user here' : undefined);
    await row.getByRole('button', { name: /^Send now/ }).click();
    await row.getByText(/No such user here/).waitFor();
    mail.script = undefined;
    await row.getByRole('link', { name: 'Loans by weekday' }).click();
    await page.getByRole('rowheader', { name: 'Monday' }).waitFor();
    await page.goBack();

    // Somebody else changes it while it is edited here: nothing of theirs is lost.
    await row.getByRole('button', { name: /^Edit/ }).click();
    const [kept] = expect(await people.admin.get('/reports/saved'), 200).data;
    expect(await people.admin.put(`/reports/saved/${kept.id}`, { recipients: 'council@example.org' }), 200);
    await dialog.getByLabel('Name').fill('Loans of a week');
    await dialog.getByRole('button', { name: 'Keep', exact: true }).click();
    await dialog.getByText(/was changed by someone else/).waitFor();
    await page.reload();
    await row.getByRole('button', { name: /^Edit/ }).click();
    assert.equal(await dialog.getByLabel('To').inputValue(), 'council@example.org');
    await dialog.getByLabel('Name').fill('Loans by weekday, for the council');
    await dialog.getByRole('button', { name: 'Keep', exact: true }).click();
    await row.getByText('for the council').first().waitFor();
    await row.getByRole('button', { name: /^Delete/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('None yet.').waitFor();

    const visits = page.getByRole('form', { name: 'Visits' });
    await visits.getByLabel('People who came').fill('many');
    await visits.getByRole('button', { name: 'Note it' }).click();
    await visits.getByText(/People who came must be/).waitFor();
    await visits.getByLabel('People who came').fill('42');
    await visits.getByRole('button', { name: 'Note it' }).click();
    await page.getByText('42 in 30 days').waitFor();
  });
  await desk.page.context().close();
});

test('speaks German, down to the columns', async () => {
  const desk = await newPage(browser, server.url, { now: NOON });
  await watched(desk.page, 'report-german', async () => {
    const { page } = desk;
    await enter(page, `${server.url}/reports`, people.librarian.account.name);
    await page.getByRole('heading', { name: 'What can be asked' }).waitFor();
    expect(await people.admin.put('/admin/system-config', { language: 'de' }), 200);
    await page.goto(`${server.url}/reports/circulation?by=weekday`);
    await page.getByRole('rowheader', { name: 'Montag' }).waitFor();
    for (const name of ['Wochentag', 'Ausleihen', 'Rückgaben', 'Verlängerungen', 'Leser je Tag']) await page.getByRole('columnheader', { name, exact: true }).waitFor();
    await page.getByRole('heading', { name: 'Ausleihe' }).waitFor();
    assert.match(await page.locator('.page-head').innerText(), /erstellt am/);
    await page.goto(`${server.url}/reports/annual`);
    await page.getByRole('rowheader', { name: 'Öffnungstage' }).waitFor();
    await assertUsable(page);
  });
  await desk.page.context().close();
});
