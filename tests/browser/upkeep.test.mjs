// What comes up beside lending: a membership goes on, a card or a book is lost, a reader wants to know when a book is
// in, a class moves up, a job is run by hand.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { copiesOf, expect, lend, makeBook, makeMember } from '../support/library.mjs';
import { makeReader, setUp } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { enter, inPage, startBrowser } from './browser.mjs';

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

/** One person's task in a page of its own, which must end without a fault. */
const task = (name, steps, url = server.url) => inPage(browser, url, name, steps);

const memberNow = async (member) => expect(await server.get(`/members/${member.id}`), 200).member;

test('a membership is renewed and that is undone; a new card takes the place of the old one', () =>
  task('membership', async (page) => {
    const member = await makeMember(server, { name: 'Amina Okafor', expires_on: '2031-03-31' });
    await page.goto(`${server.url}/members/${member.id}`);
    await page.getByRole('button', { name: 'Renew the membership' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It runs until 31 Mar 2031.').waitFor();
    await dialog.getByLabel('Until').fill('2030-01-01');
    await dialog.getByRole('button', { name: 'Renew the membership' }).click();
    await dialog.getByText(/must be later than 2031-03-31/).waitFor();
    await dialog.getByLabel('Until').fill('2033-03-31');
    await dialog.getByRole('button', { name: 'Renew the membership' }).click();
    await page.getByText('Amina Okafor: member until 31 Mar 2033').waitFor();
    assert.equal((await memberNow(member)).expires_on, '2033-03-31');
    await page.getByRole('main').getByText('31 Mar 2033', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('main').getByText('31 Mar 2031').waitFor();
    assert.equal((await memberNow(member)).expires_on, '2031-03-31');

    await page.getByRole('button', { name: 'New card' }).click();
    await dialog.getByLabel('Number of the new card').fill('777001');
    await dialog.getByRole('button', { name: 'Give the new card' }).click();
    await page.getByText('Amina Okafor has card 777001').waitFor();
    assert.equal((await memberNow(member)).card, '777001');
  }));

test('an Undo that the server refuses says so and why', () =>
  task('undo-refused', async (page) => {
    const member = await makeMember(server, { name: 'Chidi Eze', expires_on: '2031-03-31' });
    await page.goto(`${server.url}/members/${member.id}`);
    await page.getByRole('button', { name: 'Renew the membership' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Until').fill('2033-03-31');
    await dialog.getByRole('button', { name: 'Renew the membership' }).click();
    await page.getByText('Chidi Eze: member until 31 Mar 2033').waitFor();
    expect(await server.patch(`/members/${member.id}`, { note: 'Written at the other desk' }), 200);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText(/^Not undone: /).waitFor();
    assert.equal((await memberNow(member)).expires_on, '2033-03-31');
  }));

test('a lent copy is lost: its price is shown, charged, and the loan ends', () =>
  task('lost', async (page) => {
    const member = await makeMember(server, { name: 'Wanjiru Kamau' });
    const book = await makeBook(server, { title: 'Dogger' });
    const [copy] = await copiesOf(server, book);
    expect(await server.patch(`/copies/${copy.id}`, { price: 12.5 }), 200);
    await lend(server, book, member);
    await page.goto(`${server.url}/members/${member.id}`);
    await page.getByRole('button', { name: 'Dogger is lost' }).click();
    const dialog = page.getByRole('dialog', { name: 'Is “Dogger” lost?' });
    assert.equal(await dialog.getByLabel('Charged for the copy').inputValue(), '12.50');
    await dialog.getByRole('button', { name: 'It is lost' }).click();
    await page.getByText('“Dogger” counts as lost; Wanjiru Kamau owes €12.50').waitFor();
    await page.getByText('Nothing on loan', { exact: false }).or(page.getByRole('heading', { name: /Nothing/ })).first().waitFor();
    assert.equal(Number(expect(await server.get(`/members/${member.id}/fines`), 200).balance), 12.5);
    assert.equal(expect(await server.get(`/copies/${copy.id}`), 200).status, 'lost');
  }));

test('the copy on the hold shelf is gone: the reader waits again', () =>
  task('gone', async (page) => {
    const book = await makeBook(server, { title: 'Kusadikika' });
    const loan = await lend(server, book, await makeMember(server));
    const wants = await makeMember(server, { name: 'Wants It' });
    const hold = expect(await server.post('/holds', { book_id: book.id, member_id: wants.id }), 201);
    expect(await server.post(`/borrows/${loan.id}/return`), 200);
    await page.goto(`${server.url}/holds`);
    await page.getByRole('button', { name: 'Copy is gone: Kusadikika' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('The copy is').selectOption('in_repair');
    await dialog.getByRole('button', { name: 'Take it off the hold shelf' }).click();
    await page.getByText('“Kusadikika”: Wants It waits again').waitFor();
    assert.equal(expect(await server.get(`/holds/${hold.id}`), 200).status, 'waiting');
  }));

test('a kind of reader is added, is a row of the matrix, is renamed, removed and brought back', () =>
  task('kinds', async (page) => {
    await page.goto(`${server.url}/settings/rules`);
    await page.getByRole('button', { name: 'Add a kind' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Über Achtzig');
    await dialog.getByText('Empty: uber-achtzig').waitFor();
    await dialog.getByLabel('Membership, months').fill('12');
    await dialog.getByRole('button', { name: 'Add the kind' }).click();
    await page.getByRole('button', { name: 'Über Achtzig × Video' }).waitFor();
    assert.equal(expect(await server.get('/policies/member-types/uber-achtzig'), 200).membership_months, 12);

    await page.getByRole('button', { name: 'Edit Über Achtzig' }).click();
    await dialog.getByLabel('Name', { exact: true }).fill('Elders');
    await dialog.getByRole('button', { name: 'Save the kind' }).click();
    await page.getByRole('button', { name: 'Remove Elders' }).click();
    await page.getByText('Elders is removed').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Remove Elders' }).waitFor();
    assert.equal(expect(await server.get('/policies/member-types/uber-achtzig'), 200).name, 'Elders');
    // The one that new members get stays, and the page says why.
    await page.getByRole('button', { name: 'Remove Adult' }).click();
    await page.getByRole('alert').getByText(/stays: new members get this type|is the type of/).waitFor();
  }));

test('a class moves up, the last one leaves; it is looked at first, and undone', () =>
  task('year', async (page) => {
    const [low, high] = await Promise.all(['Class 5', 'Class 6'].map((group) => makeMember(server, { group })));
    await page.goto(`${server.url}/settings/year`);
    assert.equal(await page.getByLabel('What Class 5 becomes', { exact: true }).inputValue(), 'Class 6');
    await page.getByLabel('What becomes of Class 6').selectOption('leaves');
    await page.getByLabel('Leavers go to the archive').check();
    await page.getByLabel('Name of this change').fill('Summer 2027');
    await page.getByRole('button', { name: 'Show what would happen' }).click();
    await page.getByText('1 change their group, 1 go to the archive.').waitFor();
    assert.equal((await memberNow(low)).group, 'Class 5', 'nothing is changed yet');
    // What is changed after the look is looked at again.
    await page.getByLabel('Name of this change').fill('Summer 2028');
    await page.getByRole('button', { name: 'Show what would happen' }).click();
    await page.getByRole('button', { name: 'Change 2 members' }).click();
    await page.getByText('Summer 2028 is done').waitFor();
    assert.equal((await memberNow(low)).group, 'Class 6');

    await page.getByRole('button', { name: 'Undo Summer 2028' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Put everybody back' }).click();
    await page.getByText('2 members put back').waitFor();
    assert.equal((await memberNow(low)).group, 'Class 5');
    assert.equal((await memberNow(high)).group, 'Class 6');
  }));

test('a job is run by hand, and the page says how it went', () =>
  task('jobs', async (page) => {
    await page.goto(`${server.url}/settings/jobs`);
    await page.getByRole('button', { name: 'Run now: Works out fines' }).click();
    await page.getByText(/^Done: Works out fines/).waitFor();
    await page.getByRole('row', { name: /accrue_fines/ }).getByText(/well: \d+ rows?/).waitFor();
  }));

test('a reader is told when a book is in, and may think better of it', async () => {
  const own = await startServer({ auth: 'on' });
  try {
    const admin = await setUp(own);
    const reader = await makeReader(own, admin);
    const book = expect(await admin.post('/books', { title: 'Wonder', author: 'R. J. Palacio' }), 201);
    const other = expect(await admin.post('/members', { name: 'Has It' }), 201);
    expect(await admin.post('/borrows', { book_id: book.id, member_id: other.id }), 201);
    await task('watch', async (page) => {
      await enter(page, `${own.url}/sign-in`, reader.record.name);
      await page.goto(`${own.url}/books/${book.id}`);
      await page.getByRole('button', { name: 'Tell me when it is in' }).click();
      await page.getByText('You will be told when it is in.').waitFor();
      assert.equal(expect(await admin.get(`/members/${reader.record.id}/watches`), 200).watches.length, 1);
      await page.goto(own.url);
      await page.getByRole('button', { name: 'Tell no more of Wonder' }).click();
      await page.getByText('Nobody is told of “Wonder” any more').waitFor();
      assert.equal(expect(await admin.get(`/members/${reader.record.id}/watches`), 200).watches.length, 0);
    }, own.url);
  } finally {
    await own.stop({ check: true });
  }
});
