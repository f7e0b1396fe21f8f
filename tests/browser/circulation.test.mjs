// A day at the desk once a library has rules: a rule for a kind of reader, a holiday that moves what is due, a hold
// that is fetched, a late return that is paid, a stock-take.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { copiesOf, DAY_MS, expect, lend, makeBook, makeMember } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { inPage, scan, startBrowser } from './browser.mjs';

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

const result = (page, kind) => page.locator(`[data-result="${kind}"]`);

/** One person's task in a page of its own, which must end without a fault. */
const task = (name, steps) => inPage(browser, server.url, name, steps);

test('a cell of the matrix gets a rule of its own, which the simulator then names', () =>
  task('rules', async (page) => {
    await page.goto(`${server.url}/settings/rules`);
    await page.getByRole('button', { name: 'Child × Video' }).click();
    await page.getByLabel('Days', { exact: true }).fill('7');
    await page.getByLabel('Loans at once').fill('0');
    await page.getByRole('button', { name: 'Give it a rule of its own' }).click();
    await page.getByText('The rule Child × Video is saved').waitFor();
    await page.getByRole('button', { name: 'Child × Video' }).getByText('Not lent').waitFor();

    await page.getByLabel('or any').first().selectOption('child');
    await page.getByLabel('or any').last().selectOption('video');
    await page.getByRole('button', { name: 'May they borrow it?' }).click();
    await page.locator('[data-simulated="no"]').getByText('child × video').waitFor();

    await page.getByRole('button', { name: 'Follow the others instead' }).click();
    await page.getByText('Child × Video follows the other rules').waitFor();
    await page.getByRole('button', { name: 'May they borrow it?' }).click();
    await page.locator('[data-simulated="yes"]').waitFor();
  }));

test('a holiday shows what it moves, moves it, and is taken back', () =>
  task('closure', async (page) => {
    const member = await makeMember(server, { name: 'Wanjiru Kamau' });
    const loan = await lend(server, await makeBook(server, { title: 'Dogger' }), member);
    const due = loan.due_date.slice(0, 10);

    await page.goto(`${server.url}/settings/calendar`);
    await page.getByLabel('First day').fill(due);
    await page.getByLabel('Why, as readers will see it').fill('Fair in the hall');
    await page.getByText('1 loan moves').waitFor();
    await page.getByText('Dogger').waitFor();
    await page.getByRole('button', { name: /and move 1 date$/ }).click();
    await page.getByText('Fair in the hall is entered').waitFor();
    const moved = expect(await server.get(`/borrows/${loan.id}`), 200);
    assert.ok(moved.due_date > loan.due_date, `${moved.due_date} comes after ${loan.due_date}`);

    await page.getByRole('button', { name: 'Remove Fair in the hall' }).click();
    await page.getByText('Fair in the hall is removed').waitFor();
    assert.equal(expect(await server.get(`/borrows/${loan.id}`), 200).due_date, loan.due_date);
  }));

test('a hold is placed, the returned copy goes to the shelf, and lending it fulfils the hold', () =>
  task('hold', async (page) => {
    const book = await makeBook(server, { title: 'Kusadikika' });
    const [copy] = await copiesOf(server, book);
    const has = await makeMember(server, { name: 'Has It' });
    const wants = await makeMember(server, { name: 'Wants It' });
    const other = await makeMember(server, { name: 'Somebody Else' });
    await lend(server, book, has);

    await page.goto(`${server.url}/books/${book.id}`);
    await page.getByRole('button', { name: 'Place a hold' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Member').fill('Wants');
    await dialog.getByRole('button', { name: /Wants It/ }).click();
    await dialog.getByRole('button', { name: 'Place a hold' }).click();
    await page.getByText('Wants It is number 1 in line').waitFor();

    await page.goto(`${server.url}/returns`);
    await page.locator('#returned').waitFor();
    await scan(page, copy.barcode);
    await result(page, 'hold').getByText('To the hold shelf, for Wants It').waitFor();
    await page.goto(`${server.url}/holds`);
    await page.getByRole('link', { name: 'Wants It' }).waitFor();

    // Somebody else is refused with the reason, and may be lent it all the same only on purpose.
    await page.goto(server.url);
    await page.locator('#scan').waitFor();
    await scan(page, other.card);
    await result(page, 'member').waitFor();
    await scan(page, copy.barcode);
    await result(page, 'refused').getByRole('button', { name: /Lend it all the same/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Desk', level: 1 }).waitFor();
    await scan(page, wants.card);
    await result(page, 'member').getByText('Wants It').waitFor();
    await scan(page, copy.barcode);
    await result(page, 'lent').getByText('Kusadikika').waitFor();
    const [hold] = expect(await server.get(`/members/${wants.id}/holds`), 200).data;
    assert.equal(hold.status, 'fulfilled');
  }));

test('a loan is renewed; a late one is returned, paid, and has its receipt', () =>
  task('money', async (page) => {
    const member = await makeMember(server, { name: 'Amina Okafor', member_type: 'faculty' });
    const book = await makeBook(server, { title: 'Wonder' });
    const rule = expect(await server.get('/policies/loan-rules'), 200).data.find((one) => one.member_type === 'faculty');
    expect(await server.put(`/policies/loan-rules/${rule.id}`, { loan_days: 3 }), 200);
    const ago = (days) => ({ occurred_at: new Date(Date.now() - days * DAY_MS).toISOString() });
    const loan = await lend(server, await makeBook(server, { title: 'The Bone Sparrow' }), member, ago(1));
    const [copy] = await copiesOf(server, book);
    await lend(server, book, member, ago(10));

    await page.goto(`${server.url}/members/${member.id}`);
    await page.getByRole('button', { name: 'Renew The Bone Sparrow' }).click();
    await page.getByText('renewed once').first().waitFor();
    const renewed = expect(await server.get(`/borrows/${loan.id}`), 200);
    assert.equal(renewed.renewals, 1);
    assert.ok(renewed.due_date > loan.due_date);

    await page.goto(server.url);
    await page.locator('#scan').waitFor();
    await scan(page, copy.barcode);
    await result(page, 'back').getByRole('button', { name: /Take the money/ }).click();
    await page.getByRole('button', { name: /^Take €/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take it' }).click();
    await page.getByRole('heading', { name: 'Receipt 1', level: 1 }).waitFor();
    await page.getByText('Late: Wonder').waitFor();
    const fines = expect(await server.get(`/members/${member.id}/fines`), 200);
    assert.equal(Number(fines.balance), 0);
    assert.equal(fines.payments.length, 1);

    await page.goto(`${server.url}/fines/till`);
    await page.getByRole('cell', { name: 'Cash' }).first().waitFor();
    assert.ok(expect(await server.get(`/borrows/${loan.id}`), 200).status === 'borrowed');
  }));

test('a stock-take finds what is there, what is not, and what should be elsewhere', () =>
  task('stock', async (page) => {
    const book = await makeBook(server, { title: 'On Shelf', total_copies: 2 });
    const [here, missing] = await copiesOf(server, book);
    for (const copy of [here, missing]) expect(await server.patch(`/copies/${copy.id}`, { shelf: 'ZZ 9' }), 200);
    const [stranger] = await copiesOf(server, await makeBook(server, { title: 'A Stranger' }));
    expect(await server.patch(`/copies/${stranger.id}`, { shelf: 'AA 1' }), 200);

    await page.goto(`${server.url}/stocktakes`);
    await page.getByRole('button', { name: 'Begin a stock-take' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Spring');
    await dialog.getByLabel('Shelf').fill('ZZ 9');
    await dialog.getByRole('button', { name: 'Begin', exact: true }).click();
    await page.locator('#stock').waitFor();
    await scan(page, here.barcode);
    await result(page, 'in_place').getByText('On Shelf').waitFor();
    await scan(page, stranger.barcode);
    await result(page, 'misplaced').getByText('belongs to shelf AA 1').waitFor();
    await scan(page, '4711');
    await result(page, 'unknown').waitFor();
    await page.getByText('1 of 2 seen').waitFor();
    await page.getByText(missing.barcode).waitFor();

    await page.getByRole('button', { name: 'Finish, missing are lost' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Finish, missing are lost' }).click();
    await page.getByText('Spring is finished').waitFor();
    assert.equal(expect(await server.get(`/copies/${missing.id}`), 200).status, 'lost');
  }));
