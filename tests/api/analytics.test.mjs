// Analytics: the dashboard, its pieces, a title's and a member's figures (API.md "Analytics"). Every reply is held
// against /openapi.json on the way; the formulas are computed here again from what was lent.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  assertHas, expect, INSTANT, invalid, lend, makeBook, makeMember, refused, takeBack, UNKNOWN_ID, UUID,
} from '../support/library.mjs';
import { dayFromNow, daysAgo, startServer } from '../support/noon.mjs';

const RANGED = ['/analytics/summary', '/analytics/dashboard', '/analytics/stats/trends', '/analytics/borrowing-trends',
  '/analytics/stats/top-members', '/analytics/stats/popular', '/analytics/popular-books'];
const get = async (server, path) => expect(await server.get(path), 200);

describe('an empty library', () => {
  let server;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop({ check: true }));

  test('has a whole dashboard of zeros', async () => {
    const summary = await get(server, '/analytics/summary');
    assert.deepEqual(Object.keys(summary).sort(), ['backup_is_old', 'daily_active_members', 'daily_borrows', 'forecast', 'generated_at', 'inventory_health', 'last_backup_at',
      'overdue_breakdown', 'overview', 'popular_books', 'recent_activity', 'top_members']);
    assert.deepEqual(summary.overview, { total_books: 0, active_borrows: 0, overdue_borrows: 0, utilization_rate: 0, health_score: 90 });
    assert.deepEqual(summary.overdue_breakdown, { days_1_3: 0, days_4_7: 0, days_7_plus: 0 });
    assert.deepEqual(summary.inventory_health, { low_stock_books: 0, never_borrowed_books: 0, fully_unavailable_books: 0 });
    assert.deepEqual(summary.forecast, { projected_next_7_days_total: 0, daily_projection: 0 });
    assert.deepEqual([summary.top_members, summary.popular_books, summary.recent_activity], [[], [], []]);
    assert.match(summary.generated_at, INSTANT);
  });

  test('a range is the last thirty days unless said, today included, a row for each day', async () => {
    const { daily_borrows: days, daily_active_members: members } = await get(server, '/analytics/summary');
    assert.deepEqual(days, Array.from({ length: 30 }, (_, i) => ({ date: dayFromNow(i - 29), count: 0 })));
    assert.deepEqual(members, days);
    const dates = async (query) => (await get(server, `/analytics/stats/trends?${query}`)).daily_borrows.map((row) => row.date);
    assert.deepEqual(await dates('from=2024-02-28&to=2024-03-01'), ['2024-02-28', '2024-02-29', '2024-03-01']);
    assert.equal((await dates('to=2024-03-01'))[0], '2024-02-01');
    assert.equal((await dates(`from=${dayFromNow(-2)}`)).length, 3);
    assert.equal((await dates('from=2016-01-01&to=2025-12-31')).length, 3653, 'ten years');
  });

  for (const path of RANGED) {
    test(`${path}: a range the wrong way round, too long or malformed is 400`, async () => {
      refused(await server.get(`${path}?from=2024-03-02&to=2024-03-01`), 400, 'INVALID_PARAMETER', /^Start date cannot be after end date\.$/);
      refused(await server.get(`${path}?from=${dayFromNow(1)}`), 400, 'INVALID_PARAMETER', /^Start date cannot be after end date\.$/);
      refused(await server.get(`${path}?from=1990-01-01&to=2024-03-01`), 400, 'INVALID_PARAMETER', /days/);
      refused(await server.get(`${path}?from=yesterday`), 400, 'INVALID_PARAMETER', /from/);
      refused(await server.get(`${path}?to=2024-02-30`), 400, 'INVALID_PARAMETER', /to/);
    });
  }

  test('how many are asked for: 1 to 100, else 400', async () => {
    for (const path of ['/analytics/stats/top-members', '/analytics/stats/popular', '/analytics/popular-books', '/analytics/stats/activity']) {
      for (const limit of [0, 101, 'many']) refused(await server.get(`${path}?limit=${limit}`), 400, 'INVALID_PARAMETER', /limit/);
      assert.deepEqual(await get(server, `${path}?limit=100`), { data: [] });
    }
  });

  test('unknown titles and members are 404, malformed ids 422', async () => {
    refused(await server.get(`/books/${UNKNOWN_ID}/analytics`), 404, 'BOOK_NOT_FOUND');
    refused(await server.get(`/members/${UNKNOWN_ID}/analytics`), 404, 'MEMBER_NOT_FOUND');
    refused(await server.get(`/analytics/member-activity/${UNKNOWN_ID}`), 404, 'MEMBER_NOT_FOUND');
    invalid(await server.get('/books/17/analytics'), ['id'], 'path');
    invalid(await server.get('/members/17/analytics'), ['id'], 'path');
    invalid(await server.get('/analytics/member-activity/17'), ['id'], 'path');
  });
});

describe('a library that lends', () => {
  // Three members, four titles: Ada has borrowed three times, Ben twice, Cy never.
  let server;
  let ada;
  let ben;
  let cy;
  let epic;
  let novel;
  let poems;
  let atlas;
  before(async () => {
    server = await startServer();
    [ada, ben, cy] = [await makeMember(server, { name: 'Ada Reader' }), await makeMember(server, { name: 'Ben Reader' }), await makeMember(server, { name: 'Cy Idle' })];
    epic = await makeBook(server, { title: 'The Epic', author: 'Homer', total_copies: 3 });
    novel = await makeBook(server, { title: 'The Novel', author: 'Austen', total_copies: 2 });
    poems = await makeBook(server, { title: 'Poems', author: 'Homer', total_copies: 1 });
    atlas = await makeBook(server, { title: 'An Atlas', author: 'Mercator', total_copies: 4 });
    const first = await lend(server, epic, ada, { occurred_at: daysAgo(10) });
    await takeBack(server, await lend(server, poems, ada, { occurred_at: daysAgo(9) }), { occurred_at: daysAgo(7) });
    await lend(server, epic, ben, { occurred_at: daysAgo(8) });
    await takeBack(server, first, { occurred_at: daysAgo(6) });
    await lend(server, novel, ben, { occurred_at: daysAgo(3) });
    await lend(server, poems, ada, { occurred_at: daysAgo(2) });
  });
  after(() => server.stop({ check: true }));

  test('overview: titles, active loans, utilization and health as API.md computes them', async () => {
    const { overview } = await get(server, '/analytics/summary');
    assert.deepEqual(overview, { total_books: 4, active_borrows: 3, overdue_borrows: 0, utilization_rate: 30, health_score: 100 });
    assertHas(await get(server, '/analytics/stats/summary'), { ...overview, total_copies: 10, total_members: 3, total_borrows: 5 });
  });

  test('favourites of the range, most first; of equals the one registered first', async () => {
    const summary = await get(server, '/analytics/summary');
    assert.deepEqual(summary.top_members, [
      { member_id: ada.id, name: 'Ada Reader', borrow_count: 3 }, { member_id: ben.id, name: 'Ben Reader', borrow_count: 2 },
    ]);
    assert.deepEqual(summary.popular_books.map((book) => [book.book_id, book.borrow_count]), [[epic.id, 2], [poems.id, 2], [novel.id, 1]]);
    assertHas(summary.popular_books[0], { title: 'The Epic', author: 'Homer' });
    const week = `from=${dayFromNow(-3)}`;
    assert.deepEqual((await get(server, `/analytics/stats/top-members?${week}&limit=1`)).data, [{ member_id: ada.id, name: 'Ada Reader', borrow_count: 1 }]);
    for (const path of ['/analytics/stats/popular', '/analytics/popular-books']) {
      assert.deepEqual((await get(server, `${path}?${week}`)).data.map((book) => book.book_id), [novel.id, poems.id]);
      assert.deepEqual((await get(server, `${path}?from=2020-01-01&to=2020-12-31`)).data, []);
    }
  });

  test('days: loans, returns and who borrowed, each counted once', async () => {
    const summary = await get(server, '/analytics/summary');
    const counts = (rows) => Object.fromEntries(rows.filter((row) => row.count > 0).map((row) => [row.date, row.count]));
    const lent = { [dayFromNow(-10)]: 1, [dayFromNow(-9)]: 1, [dayFromNow(-8)]: 1, [dayFromNow(-3)]: 1, [dayFromNow(-2)]: 1 };
    assert.deepEqual(counts(summary.daily_borrows), lent);
    assert.deepEqual(counts(summary.daily_active_members), lent);
    const trends = await get(server, '/analytics/stats/trends');
    assert.deepEqual(counts(trends.daily_returns), { [dayFromNow(-7)]: 1, [dayFromNow(-6)]: 1 });
    assert.deepEqual([trends.daily_borrows, trends.daily_active_members, trends.forecast], [summary.daily_borrows, summary.daily_active_members, summary.forecast]);
  });

  test('inventory: low stock is at most one available, never borrowed, none available', async () => {
    const health = await get(server, '/analytics/inventory/health');
    assert.deepEqual(health, { low_stock_books: 2, never_borrowed_books: 1, fully_unavailable_books: 1 });
    assert.deepEqual((await get(server, '/analytics/summary')).inventory_health, health);
  });

  test('recent activity: loans and returns together, latest first', async () => {
    const { recent_activity: all } = await get(server, '/analytics/summary');
    assert.deepEqual(all.map((act) => [act.type, act.book_title, act.member_name]), [
      ['borrow', 'Poems', 'Ada Reader'], ['borrow', 'The Novel', 'Ben Reader'], ['return', 'The Epic', 'Ada Reader'], ['return', 'Poems', 'Ada Reader'],
      ['borrow', 'The Epic', 'Ben Reader'], ['borrow', 'Poems', 'Ada Reader'], ['borrow', 'The Epic', 'Ada Reader'],
    ]);
    for (const act of all) assert.match(act.id, UUID);
    assert.deepEqual(all.map((act) => act.timestamp), all.map((act) => act.timestamp).sort().reverse());
    assert.deepEqual((await get(server, '/analytics/stats/activity?limit=3')).data, all.slice(0, 3));
  });

  test('the older names say the same', async () => {
    const { generated_at: one, ...summary } = await get(server, '/analytics/summary?from=2024-01-01&to=2024-01-03');
    const { generated_at: two, ...dashboard } = await get(server, '/analytics/dashboard?from=2024-01-01&to=2024-01-03');
    assert.deepEqual(dashboard, summary);
    assert.match(one + two, /Z.*Z/);
    assert.deepEqual(await get(server, '/analytics/borrowing-trends'), await get(server, '/analytics/stats/trends'));
    assert.deepEqual(await get(server, `/analytics/member-activity/${ada.id}`), await get(server, `/members/${ada.id}/analytics`));
  });

  test('a title: how often, how long, its rank and what is left', async () => {
    const figures = await get(server, `/books/${epic.id}/analytics`);
    assertHas(figures, { total_times_borrowed: 2, average_borrow_duration: 4, longest_borrow_duration: 4, shortest_borrow_duration: 4,
      popularity_rank: 1, availability_status: 'AVAILABLE', return_delay_count: 0 });
    assert.equal(figures.last_borrowed_at.slice(0, 10), dayFromNow(-8));
    assertHas(await get(server, `/books/${poems.id}/analytics`), { popularity_rank: 1, availability_status: 'OUT_OF_STOCK', shortest_borrow_duration: 2 });
    assertHas(await get(server, `/books/${novel.id}/analytics`), { popularity_rank: 3, availability_status: 'LOW_STOCK', average_borrow_duration: 0 });
    assertHas(await get(server, `/books/${atlas.id}/analytics`), { popularity_rank: 4, total_times_borrowed: 0, last_borrowed_at: null });
  });

  test("a title's details say the same of it", async () => {
    for (const book of [epic, poems, novel, atlas])
      assert.deepEqual((await get(server, `/books/${book.id}/details`)).analytics, await get(server, `/books/${book.id}/analytics`), book.title);
  });

  test('a member: loans, durations, favourite author, trend of twelve months, risk', async () => {
    const figures = await get(server, `/members/${ada.id}/analytics`);
    assertHas(figures, { total_books_borrowed: 3, active_books: 1, average_borrow_duration: 3, longest_borrow_duration: 4, shortest_borrow_duration: 2,
      overdue_count: 0, overdue_rate_percent: 0, favorite_author: 'Homer', borrow_frequency_per_month: 3, risk_level: 'LOW', total_fines_accrued: 0 });
    assert.equal(figures.activity_trend.length, 12);
    assert.equal(figures.activity_trend.at(-1).month, dayFromNow(0).slice(0, 7));
    assert.equal(figures.activity_trend.reduce((sum, row) => sum + row.count, 0), 3);
    const idle = await get(server, `/members/${cy.id}/analytics`);
    assertHas(idle, { total_books_borrowed: 0, average_borrow_duration: 0, favorite_author: null, borrow_frequency_per_month: 0, risk_level: 'LOW' });
  });

  test('an archived title leaves the inventory, and its figures; its loans stay counted', async () => {
    const before = await get(server, '/analytics/inventory/health');
    expect(await server.delete(`/books/${atlas.id}`), 204);
    assert.deepEqual(await get(server, '/analytics/inventory/health'), { ...before, never_borrowed_books: before.never_borrowed_books - 1 });
    refused(await server.get(`/books/${atlas.id}/analytics`), 404, 'BOOK_NOT_FOUND');
    expect(await server.post(`/books/${atlas.id}/restore`), 200);
    assert.deepEqual(await get(server, '/analytics/inventory/health'), before);
  });

  test('forecast: the mean of the last seven days, rounded, times seven', async () => {
    assert.deepEqual((await get(server, '/analytics/summary')).forecast, { daily_projection: 0, projected_next_7_days_total: 0 }, 'two in a week');
    for (const member of [ada, ben, cy]) await lend(server, atlas, member);
    for (const path of ['/analytics/summary', '/analytics/stats/trends', '/analytics/summary?from=2024-01-01&to=2024-01-03'])
      assert.deepEqual((await get(server, path)).forecast, { daily_projection: 1, projected_next_7_days_total: 7 }, 'five in a week');
  });
});

test('overdue: how late, and due on which weekday', async () => {
  const server = await startServer();
  const [rule] = expect(await server.get('/policies/loan-rules'), 200).data;
  expect(await server.put(`/policies/loan-rules/${rule.id}`, { loan_days: 0, max_loans: 9 }), 200);
  const reader = await makeMember(server);
  const lateness = [0, 1, 3, 4, 7, 8, 13];
  for (const days of lateness) await lend(server, await makeBook(server), reader, { occurred_at: daysAgo(days) });
  const patterns = await get(server, '/analytics/overdue-patterns');
  assertHas(patterns, { overdue_borrows: 6, active_borrows: 7, longest_overdue_days: 13, overdue_breakdown: { days_1_3: 2, days_4_7: 2, days_7_plus: 2 } });
  const weekdays = Object.fromEntries(Object.keys(patterns.by_due_weekday).map((name) => [name, 0]));
  for (const days of lateness.slice(1)) weekdays[new Date(daysAgo(days)).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' }).toLowerCase()]++;
  assert.deepEqual(patterns.by_due_weekday, weekdays);
  // All seven copies are out: past 95 per cent, and six of seven are late.
  const { overview, overdue_breakdown: breakdown } = await get(server, '/analytics/summary');
  assert.deepEqual(breakdown, patterns.overdue_breakdown);
  assertHas(overview, { overdue_borrows: 6, utilization_rate: 100, health_score: Number((100 - 0.5 * (600 / 7) - 10).toFixed(2)) });
  const [loan] = expect(await server.get('/borrows/overdue?limit=1'), 200).data;
  await takeBack(server, loan);
  assertHas(await get(server, `/members/${reader.id}/analytics`), { overdue_count: 1, overdue_rate_percent: 14.3, risk_level: 'MEDIUM' });
  assertHas(await get(server, `/books/${loan.book.id}/analytics`), { return_delay_count: 1 });
  assertHas(await get(server, '/analytics/overdue-patterns'), { overdue_borrows: 5, longest_overdue_days: 8 });
  await server.stop({ check: true });
});
