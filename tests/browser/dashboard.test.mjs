// The dashboard tells what the API tells, for the days one chooses, and every figure leads to the list behind it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dayFromNow, daysAgo as ago, NOON, startServer } from '../support/noon.mjs';
import { newPage, startBrowser, watched } from './browser.mjs';

const dayOf = (ago) => dayFromNow(-ago);

const TITLES = ['The Left Hand of Darkness', 'Wonder', 'موسم الهجرة إلى الشمال', 'Dogger', 'Matilda'];
/** [title, member, lent days ago, back days ago]. Loans are for four days: two are late, one of them by more than a week. */
const LOANS = [
  [0, 0, 13, 10],
  [1, 0, 13, null],
  [2, 1, 9, null],
  [0, 1, 3, null],
  [1, 1, 3, 2],
  [3, 0, 2, null],
];

let server;
let browser;
const books = [];
const members = [];

before(async () => {
  server = await startServer({ args: ['--default-borrow-duration-days', '4'] });
  browser = await startBrowser();
  for (const title of TITLES) {
    const reply = await server.post('/books', { title, author: 'Somebody', total_copies: 2 });
    assert.equal(reply.status, 201, reply.text);
    books.push(reply.body);
  }
  for (const name of ['Amina Okafor', 'Oskar Lindqvist', '李静']) {
    const reply = await server.post('/members', { name });
    assert.equal(reply.status, 201, reply.text);
    members.push(reply.body);
  }
  for (const [book, member, lent, back] of LOANS) {
    const reply = await server.post('/borrows', { book_id: books[book].id, member_id: members[member].id, occurred_at: ago(lent) });
    assert.equal(reply.status, 201, reply.text);
    if (back === null) continue;
    const returned = await server.post(`/borrows/${reply.body.id}/return`, { occurred_at: ago(back) });
    assert.equal(returned.status, 200, returned.text);
  }
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

async function state(path) {
  const reply = await server.get(path);
  assert.equal(reply.status, 200, reply.text);
  return reply.body;
}

const summaryOf = (from, to) => state(`/analytics/summary?from=${from}&to=${to}`);
const sum = (days) => days.reduce((all, one) => all + one.count, 0);
const section = (page, name) => page.locator('.section', { has: page.getByRole('heading', { name }) });
const figure = (page, name) => page.locator('.figure', { has: page.getByText(name, { exact: true }) });
const chart = (page) => page.getByRole('slider');
const daysOf = (request) => {
  const { searchParams } = new URL(request.url());
  return [searchParams.get('from'), searchParams.get('to')];
};

/** The request for the summary of these days; one that was under way for other days may come first. */
const asked = (page, from, to) => page.waitForRequest((request) => request.url().includes('/analytics/summary') && daysOf(request).join() === [from, to].join());

test('the figures are the API’s', async () => {
  const { page, faults } = await newPage(browser, server.url, { now: NOON });
  await watched(page, 'dashboard-figures', async () => {
    const request = asked(page, dayOf(29), dayOf(0));
    await page.goto(`${server.url}/`);
    await page.getByRole('link', { name: 'Dashboard' }).first().click();
    await request;
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();

    const told = await summaryOf(dayOf(29), dayOf(0));
    const value = async (name) => (await figure(page, name).locator('.v').innerText()).replaceAll(/\s+/g, ' ');
    assert.equal(await value('Titles'), String(told.overview.total_books));
    assert.equal(told.overview.total_books, TITLES.length);
    assert.equal(await value('On loan now'), String(told.overview.active_borrows));
    assert.equal(told.overview.active_borrows, 4);
    assert.equal(await value('Overdue'), String(told.overview.overdue_borrows));
    assert.equal(told.overview.overdue_borrows, 2);
    assert.equal(Number.parseFloat(await value('Copies in use')), Math.round(told.overview.utilization_rate));
    assert.equal(Number.parseFloat(await value('Health')), Math.round(told.overview.health_score * 10) / 10);
    assert.equal(await value('Next 7 days'), String(told.forecast.projected_next_7_days_total));

    const lines = async (name, what = '.end') => section(page, name).locator(`li ${what}`).allInnerTexts();
    const late = told.overdue_breakdown;
    assert.deepEqual((await lines(/^Overdue/)).map(Number), [late.days_1_3, late.days_4_7, late.days_7_plus]);
    const shelves = told.inventory_health;
    assert.deepEqual((await lines('Shelves')).map(Number), [shelves.low_stock_books, shelves.fully_unavailable_books, shelves.never_borrowed_books]);
    assert.deepEqual(await lines('Most read', '.who > bdi'), told.popular_books.map((one) => one.title));
    assert.deepEqual(await lines('Keenest readers', '.who > bdi'), told.top_members.map((one) => one.name));
    assert.deepEqual(await lines('Just now', 'a:not(.sub a) bdi'), told.recent_activity.map((one) => one.book_title));

    // The chart: what and total in its title, the same days as a table, and day by day with the arrow keys.
    await section(page, `Loans a day ${sum(told.daily_borrows)} in 30 days`).waitFor();
    await page.getByText('As a table').click();
    const rows = page.locator('.numbers tbody tr');
    assert.equal(await rows.count(), 30);
    const loans = await rows.locator('td:nth-child(2)').allInnerTexts();
    assert.equal(loans.reduce((all, one) => all + Number(one), 0), LOANS.length);
    assert.equal(loans.at(-4), '2');
    await chart(page).focus();
    for (let i = 0; i < 3; i += 1) await page.keyboard.press('ArrowLeft');
    assert.match(await chart(page).getAttribute('aria-valuetext'), /2 loans/);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/borrows?from=${dayOf(3)}&to=${dayOf(3)}`);
    await page.getByText('2 loans').waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('other days change the request and the title; a turned range is refused in words', async () => {
  const { page, faults } = await newPage(browser, server.url, { now: NOON });
  await watched(page, 'dashboard-days', async () => {
    await page.goto(`${server.url}/dashboard`);
    await section(page, /Loans a day 6 in 30 days/).waitFor();

    let request = asked(page, dayOf(6), dayOf(0));
    await page.getByRole('link', { name: '7 days', exact: true }).click();
    await request;
    const week = await summaryOf(dayOf(6), dayOf(0));
    assert.equal(sum(week.daily_borrows), 3);
    await section(page, 'Loans a day 3 in 7 days').waitFor();
    assert.equal(await page.getByLabel('First day').inputValue(), dayOf(6));

    await page.getByRole('link', { name: '12 months' }).click();
    await section(page, /Loans a week 6 in 36[56] days/).waitFor();

    request = asked(page, dayOf(4), dayOf(0));
    await page.getByLabel('First day').fill(dayOf(4));
    await request;
    await page.waitForURL(`**/dashboard?from=${dayOf(4)}&to=${dayOf(0)}`);

    await page.getByLabel('Last day').fill(dayOf(8));
    await page.getByText('The first day is after the last one.').waitFor();
    assert.equal(await page.getByLabel('Last day').getAttribute('aria-invalid'), 'true');
    request = asked(page, dayOf(8), dayOf(4));
    await page.getByRole('button', { name: 'Swap them' }).click();
    await request;
    await section(page, 'Loans a day 0 in 5 days').getByText('Nothing was lent in these days').waitFor();

    // Back goes through the days one looked at.
    await page.goBack();
    await section(page, 'Loans a day 3 in 5 days').waitFor();
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('every figure leads to its list, and new loans appear by themselves', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await page.clock.install({ time: NOON }); // from there it goes on
  await watched(page, 'dashboard-links', async () => {
    const open = async () => {
      await page.goto(`${server.url}/dashboard`);
      await figure(page, 'Overdue').waitFor();
    };
    await open();
    await figure(page, 'Overdue').click();
    await page.waitForURL('**/borrows?show=late**');
    await page.getByText('2 loans').waitFor();
    assert.equal(await page.locator('tbody tr').count(), 2);
    await page.goBack();
    await figure(page, 'On loan now').click();
    await page.waitForURL('**/borrows?show=out');
    await page.getByText('4 loans').waitFor();
    await page.goBack();
    await section(page, /^Overdue/).getByRole('link', { name: 'More than 7 days' }).click();
    await page.waitForURL('**order=asc');
    await page.getByText('2 loans').waitFor();
    assert.match(await page.locator('tbody tr').first().innerText(), /Wonder/);
    await page.goBack();
    await section(page, 'Most read').locator('li a').first().click();
    await page.waitForURL('**/books/*');
    assert.equal(await section(page, 'Statistics').locator('dd').first().innerText(), '1', 'place among all');
    await page.goBack();
    await section(page, 'Keenest readers').locator('li a').first().click();
    await page.waitForURL('**/members/*');

    // What just happened names its book and its member.
    await page.goBack();
    const last = section(page, 'Just now').locator('li:not(.timeline-day)').first();
    await last.getByRole('link', { name: 'Dogger' }).or(last.getByRole('link', { name: 'Wonder' })).click();
    await page.waitForURL('**/books/*');
    await page.goBack();
    await section(page, 'Just now').locator('li .sub a').first().click();
    await page.waitForURL('**/members/*');

    // A few days of loans as a chip that can be taken away.
    await page.goto(`${server.url}/borrows?from=${dayOf(3)}&to=${dayOf(2)}`);
    await page.getByText('3 loans').waitFor();
    await page.getByRole('button', { name: 'Show all days' }).click();
    await page.getByText('6 loans').waitFor();

    // Lent elsewhere while the page is in sight.
    await open();
    const reply = await server.post('/borrows', { book_id: books[4].id, member_id: members[2].id });
    assert.equal(reply.status, 201, reply.text);
    await page.clock.runFor(16_000);
    await section(page, 'Just now').locator('li').first().getByText('Matilda').waitFor();
    assert.equal(await figure(page, 'On loan now').locator('.v').innerText(), '5');
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('when the figures do not arrive, the page says so and tries again', async () => {
  const { page } = await newPage(browser, server.url, { now: NOON });
  await watched(page, 'dashboard-failed', async () => {
    const body = JSON.stringify({ detail: 'The figures are being counted anew.', error_code: 'INTERNAL', correlation_id: 'abc-123' });
    await page.route('**/analytics/summary*', (route) => route.fulfill({ status: 500, contentType: 'application/json', body }));
    await page.goto(`${server.url}/dashboard`);
    const alert = page.getByRole('alert');
    await alert.getByText('The figures are being counted anew.').waitFor();
    await alert.getByText('abc-123').waitFor();
    await page.unroute('**/analytics/summary*');
    await alert.getByRole('button', { name: 'Try again' }).click();
    await figure(page, 'Titles').waitFor();
  });
  await page.context().close();
});
