// Reports: one small library whose every figure can be counted by hand, and all reports about it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, copiesOf, expect, invalid, lend, makeBook, makeMember, parseCsv, refused, takeBack } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

let server, clock, dune, emma, ada, ben, eve;

/*
 * 2 March 2026, a Monday: Dune to Ada, Emma to Ben. 10 March: Dune comes back and goes to Ben. 1 April: Emma is 16 days
 * late, Dune 8; Ben pays 5. Eve has never borrowed anything, and nobody the atlas.
 */
before(async () => {
  clock = await makeTestClock('2026-03-02T09:00:00.000Z');
  server = await startServer({ home: clock.home, env: clock.env });
  dune = await makeBook(server, { title: 'Dune', author: 'Frank Herbert', categories: ['Science fiction', 'Desert'], total_copies: 2, language: 'en' });
  emma = await makeBook(server, { title: 'Emma', author: 'Jane Austen', language: 'en' });
  await makeBook(server, { title: 'An Atlas', author: 'Nobody', item_type: 'reference', language: 'de' });
  const [copy] = await copiesOf(server, emma);
  expect(await server.patch(`/copies/${copy.id}`, { shelf: 'A 1', price: 12.5 }), 200);
  ada = await makeMember(server, { name: 'Ada Adler', phone: '030 1234567' });
  ben = await makeMember(server, { name: 'Ben Brandt', member_type: 'student', group: '5b', phone: '+49 30 7654321', email: 'ben@example.org' });
  eve = await makeMember(server, { name: 'Eve Ebner' });
  const first = await lend(server, dune, ada);
  await lend(server, emma, ben);
  clock.moveTo('2026-03-10T14:30:00.000Z');
  await takeBack(server, first);
  await lend(server, dune, ben);
  clock.moveTo('2026-04-01T10:00:00.000Z');
  expect(await server.post('/fines/calculate', {}), 200);
  expect(await server.post('/fines/pay', { member_id: ben.id, amount: 5, method: 'cash' }), 201);
});
after(() => server.stop({ check: true }));

const SPRING = 'from=2026-03-01&to=2026-04-30';
const report = async (query) => expect(await server.get(`/reports/${query}`), 200);
const rows = async (query) => (await report(query)).rows;
const csv = async (query) => parseCsv(expectText(await server.get(`/reports/${query}`, { Accept: 'text/csv' })));
const expectText = (reply) => {
  assert.equal(reply.status, 200, reply.text);
  assert.match(reply.headers['content-type'], /^text\/csv/);
  return reply.text;
};

describe('the list of reports', () => {
  test('tells what each takes and shows, so that a page can ask for it', async () => {
    const { reports } = expect(await server.get('/reports'), 200);
    assert.deepEqual(reports.map((one) => one.name), ['overdue', 'popular', 'circulation', 'engagement', 'overdue_patterns', 'inventory', 'dead_stock', 'acquisitions', 'fines', 'till', 'annual']);
    const circulation = reports[2];
    assert.deepEqual(circulation.parameters.map((one) => one.name), ['period', 'from', 'to', 'by']);
    assert.deepEqual(circulation.parameters.at(-1).choices, circulation.views.map((view) => view.by));
    assertHas(circulation.parameters[0], { type: 'text', default: 'this_year' });
    assert.ok(circulation.parameters[0].choices.includes('school_year'));
    assertHas(reports[1].parameters.at(-1), { name: 'limit', type: 'integer', min: 1, max: 1000, default: '50' });
    for (const one of reports)
      for (const view of one.views) {
        const names = view.columns.map((column) => column.name);
        if (view.chart) assert.ok(names.includes(view.chart.x) && names.includes(view.chart.y), `${one.name} by ${view.by}`);
      }
  });

  test('every report answers by every view, as JSON and as CSV with the same rows', async () => {
    const { reports } = expect(await server.get('/reports'), 200);
    for (const one of reports)
      for (const view of one.views) {
        const query = `${one.name}${view.by ? `?by=${view.by}` : ''}`;
        const shown = await report(query);
        assert.deepEqual(shown.columns, view.columns, query);
        assert.equal(shown.rows.length, shown.row_count, query);
        for (const row of shown.rows) assert.deepEqual(Object.keys(row), view.columns.map((column) => column.name), query);
        const lines = await csv(query);
        assert.deepEqual(lines[0], view.columns.filter((column) => column.type !== 'id').map((column) => column.name), query);
        assert.equal(lines.length, shown.row_count + 1, query);
        assert.deepEqual(parseCsv(expectText(await server.get(`/reports/${query.replace('?', '/csv?')}${view.by ? '' : '/csv'}`))), lines, query);
      }
  });
});

describe('circulation', () => {
  const none = { loans: 0, returns: 0, renewals: 0, visitors: 0 };

  test('by month, with months in which nothing was', async () => {
    const shown = await report(`circulation?${SPRING}`);
    assert.deepEqual(shown.rows, [{ month: '2026-03', loans: 3, returns: 1, renewals: 0, visitors: 3 }, { month: '2026-04', ...none }]);
    assert.deepEqual(shown.totals, { month: null, loans: 3, returns: 1, renewals: 0, visitors: 3 });
    assertHas(shown, { from: '2026-03-01', to: '2026-04-30', period: null, by: 'month', cut: false, chart: { kind: 'bars', x: 'month', y: 'loans' } });
  });

  test('by day, weekday and hour', async () => {
    const days = await rows('circulation?by=day&from=2026-03-09&to=2026-03-11');
    assert.deepEqual(days, [{ day: '2026-03-09', ...none }, { day: '2026-03-10', loans: 1, returns: 1, renewals: 0, visitors: 1 }, { day: '2026-03-11', ...none }]);
    const weekdays = await rows(`circulation?by=weekday&${SPRING}`);
    assert.deepEqual(weekdays.map((row) => [row.weekday, row.loans]), [['monday', 2], ['tuesday', 1], ['wednesday', 0], ['thursday', 0], ['friday', 0], ['saturday', 0], ['sunday', 0]]);
    const hours = await rows(`circulation?by=hour&${SPRING}`);
    assert.equal(hours.length, 24);
    assert.deepEqual(hours.filter((row) => row.loans), [{ hour: 9, loans: 2 }, { hour: 14, loans: 1 }]);
  });

  test('more rows than a page holds are cut, and all are in the CSV, which comes in pieces', async () => {
    const shown = await report('circulation?by=day&from=2023-01-01&to=2026-04-01');
    assertHas(shown, { row_count: 1187, cut: true });
    assert.equal(shown.rows.length, 1000);
    assertHas(shown.totals, { loans: 3, returns: 1 });
    const lines = await csv('circulation?by=day&from=2023-01-01&to=2026-04-01');
    const days = lines.slice(1).map(([day]) => day);
    assert.equal(days.length, 1187);
    assert.deepEqual(days, [...new Set(days)].sort(), 'each day once, in order');
    assert.deepEqual([days[0], days.at(-1)], ['2023-01-01', '2026-04-01']);
  });

  test('by kind of reader, item type and first category', async () => {
    assert.deepEqual(await rows(`circulation?by=member_type&${SPRING}`), [{ member_type: 'adult', loans: 1, readers: 1 }, { member_type: 'student', loans: 2, readers: 1 }]);
    assert.deepEqual(await rows(`circulation?by=item_type&${SPRING}`), [{ item_type: 'book', loans: 3, titles: 2 }]);
    assert.deepEqual(await rows(`circulation?by=category&${SPRING}`), [{ category: 'Science fiction', loans: 2, titles: 1 }, { category: null, loans: 1, titles: 1 }]);
  });

  test('by period: last month is March, and today nothing was lent', async () => {
    assertHas(await report('circulation?period=last_month'), { from: '2026-03-01', to: '2026-03-31', period: 'last_month', row_count: 1 });
    assertHas(await report('circulation?period=school_year'), { from: '2025-09-01', to: '2026-08-31', row_count: 12 });
    assert.equal((await report('circulation?period=today')).totals.loans, 0);
  });
});

describe('popular', () => {
  test('titles and authors, most lent first', async () => {
    const titles = await rows(`popular?${SPRING}`);
    assert.deepEqual(titles.map((row) => [row.rank, row.title, row.loans, row.copies, row.book_id]), [[1, 'Dune', 2, 2, dune.id], [2, 'Emma', 1, 1, emma.id]]);
    assert.deepEqual(await rows(`popular?by=author&${SPRING}`), [{ rank: 1, author: 'Frank Herbert', loans: 2, titles: 1 }, { rank: 2, author: 'Jane Austen', loans: 1, titles: 1 }]);
    assert.equal((await rows(`popular?limit=1&${SPRING}`)).length, 1);
  });

  test('of an item type or a category alone', async () => {
    assert.deepEqual((await rows(`popular?category=desert&${SPRING}`)).map((row) => row.title), ['Dune']);
    assert.deepEqual((await rows(`popular?category=desert&item_type=book&${SPRING}`)).map((row) => row.title), ['Dune']);
    assert.deepEqual(await rows(`popular?item_type=video&${SPRING}`), []);
    refused(await server.get('/reports/popular?item_type=scroll'), 400, 'INVALID_PARAMETER', /there is no “scroll”/);
    refused(await server.get('/reports/popular?category=Nothing'), 400, 'INVALID_PARAMETER', /there is no “Nothing”/);
  });
});

describe('readers', () => {
  test('by how much they borrow', async () => {
    const bands = await rows(`engagement?${SPRING}`);
    assert.deepEqual(bands.filter((row) => row.members), [{ loans_made: '0', members: 1, loans: 0 }, { loans_made: '1', members: 1, loans: 1 }, { loans_made: '2–4', members: 1, loans: 2 }]);
  });

  test('by kind and group: active, new, lapsed, never', async () => {
    assert.deepEqual(await rows(`engagement?by=member_type&${SPRING}`), [
      { member_type: 'adult', members: 2, active: 1, new: 2, lapsed: 0, never: 1, loans: 1, loans_each: 1 },
      { member_type: 'student', members: 1, active: 1, new: 1, lapsed: 0, never: 0, loans: 2, loans_each: 2 },
    ]);
    assert.deepEqual((await rows('engagement?by=group&from=2026-04-01&to=2026-04-30')).map((row) => [row.group, row.active, row.new, row.lapsed, row.loans_each]), [['5b', 0, 0, 1, null], [null, 0, 0, 1, null]]);
    assert.deepEqual(await rows('engagement?by=group&from=2026-02-01&to=2026-02-28'), [], 'nobody was registered yet');
  });

  test('who has what for too long, and how to reach them', async () => {
    const shown = await report('overdue');
    assertHas(shown, { sort: 'name', from: null, to: null, row_count: 2 });
    assert.deepEqual(shown.rows.map((row) => [row.title, row.due, row.days_late, row.fine]), [['Emma', '2026-03-16', 16, 16], ['Dune', '2026-03-24', 8, 8]]);
    assertHas(shown.rows[0], { name: 'Ben Brandt', card: ben.card, phone: '+49 30 7654321', email: 'ben@example.org', member_type: 'student', group: '5b', shelf: 'A 1', member_id: ben.id, book_id: emma.id, balance: 19 });
    assert.equal(shown.totals.fine, 24);
    const titles = async (query) => (await rows(`overdue?${query}`)).map((row) => row.title);
    assert.deepEqual(await titles('days=9'), ['Emma']);
    assert.deepEqual(await titles('days=8&sort=days_late'), ['Emma', 'Dune']);
    assert.deepEqual(await titles('group=5b'), ['Emma', 'Dune']);
    assert.deepEqual(await titles('group=5a'), []);
    assert.deepEqual(await titles('member_type=adult'), []);
    assert.deepEqual(await titles('steps=50'), []);
  });

  test('how much comes back late', async () => {
    assert.deepEqual(await rows('overdue_patterns?from=2026-03-01&to=2026-03-31'), [{ month: '2026-03', due: 3, late: 2, late_percent: 66.67, days_late: 12, longest: 16 }]);
    const weekdays = await rows('overdue_patterns?by=weekday&from=2026-03-01&to=2026-03-31');
    assert.deepEqual(weekdays.filter((row) => row.due).map((row) => [row.weekday, row.due, row.late, row.late_percent]), [['monday', 2, 1, 50], ['tuesday', 1, 1, 100]]);
    assert.deepEqual((await rows('overdue_patterns?by=member_type&from=2026-03-01&to=2026-03-31')).map((row) => [row.member_type, row.due, row.late]), [['adult', 1, 0], ['student', 2, 2]]);
  });
});

describe('the stock', () => {
  test('by item type, category, language and shelf', async () => {
    const none = { on_hold_shelf: 0, in_repair: 0, lost: 0, withdrawn: 0 };
    assert.deepEqual(await rows('inventory'), [
      { item_type: 'book', titles: 2, copies: 3, available: 1, on_loan: 2, ...none, value: 12.5 },
      { item_type: 'reference', titles: 1, copies: 1, available: 1, on_loan: 0, ...none, value: 0 },
    ]);
    assert.deepEqual((await rows('inventory?by=category')).map((row) => [row.category, row.titles, row.copies]), [['Science fiction', 1, 2], [null, 2, 2]]);
    assert.deepEqual((await rows('inventory?by=language')).map((row) => [row.language, row.copies]), [['de', 1], ['en', 3]]);
    assert.deepEqual((await rows('inventory?by=shelf')).map((row) => [row.shelf, row.copies]), [['A 1', 1], [null, 3]]);
    assertHas((await report('inventory')).totals, { titles: 3, copies: 4, value: 12.5 });
  });

  test('what came in', async () => {
    assert.deepEqual(await rows('acquisitions?from=2026-03-01&to=2026-03-31'), [{ month: '2026-03', titles: 3, copies: 4, priced: 1, price: 12.5 }]);
    assert.deepEqual((await rows(`acquisitions?by=item_type&${SPRING}`)).map((row) => [row.item_type, row.titles, row.copies]), [['book', 2, 3], ['reference', 1, 1]]);
    assert.deepEqual(await rows(`acquisitions?by=source&${SPRING}`), [{ source: null, copies: 4, priced: 1, price: 12.5 }]);
  });

  test('nothing is dead that was catalogued this year', async () => {
    assert.deepEqual(await rows('dead_stock?years=1'), []);
    assert.deepEqual(await rows('dead_stock?never=true'), []);
  });
});

describe('money', () => {
  test('charged, paid and open by month; by kind', async () => {
    const shown = await report(`fines?${SPRING}`);
    assert.deepEqual(shown.rows.map((row) => [row.month, row.overdue, row.charged, row.paid, row.waived, row.open]), [['2026-03', 0, 0, 0, 0, 0], ['2026-04', 24, 24, 5, 0, 19]]);
    assertHas(shown.totals, { charged: 24, paid: 5, open: 19 });
    assert.deepEqual((await rows(`fines?by=kind&${SPRING}`))[0], { kind: 'overdue', charges: 2, charged: 24, settled: 5, open: 19 });
  });

  test('the till by day and month: only days on which something was paid', async () => {
    assert.deepEqual(await rows(`till?${SPRING}`), [{ day: '2026-04-01', payments: 1, cash: 5, card_payments: 0, mobile_money: 0, other: 0, total: 5 }]);
    assert.deepEqual((await rows(`till?by=month&${SPRING}`)).map((row) => [row.month, row.total]), [['2026-04', 5]]);
  });
});

describe('visits and the year', () => {
  test('a day has one number, which may be corrected, and none before it came', async () => {
    expect(await server.put('/visits/2026-03-02', { visits: 40 }), 200);
    assert.deepEqual(expect(await server.put('/visits/2026-03-02', { visits: 42 }), 200), { day: '2026-03-02', visits: 42 });
    expect(await server.put('/visits/2026-03-31', { visits: 8 }), 200);
    assert.deepEqual(expect(await server.get('/visits?from=2026-03-01&to=2026-03-31'), 200), { days: [{ day: '2026-03-02', visits: 42 }, { day: '2026-03-31', visits: 8 }], total: 50 });
    assert.deepEqual(expect(await server.get('/visits?from=2026-03-30'), 200).total, 8);
    invalid(await server.put('/visits/2026-04-02', { visits: 1 }), ['day'], 'path');
    invalid(await server.put('/visits/yesterday', { visits: 1 }), ['day'], 'path');
    invalid(await server.put('/visits/2026-03-02', { visits: -1 }), ['visits']);
    refused(await server.get('/visits?from=2026-04-01&to=2026-03-01'), 400, 'INVALID_PARAMETER', /^Start date cannot be after end date\.$/);
    refused(await server.get('/visits?from=1990-01-01&to=2026-03-01'), 400, 'INVALID_PARAMETER', /3700 days/);
  });

  test('the year in figures, beside the year before', async () => {
    const shown = await report('annual?year=2026');
    const value = Object.fromEntries(shown.rows.map((row) => [row.figure, row.value]));
    assertHas(value, { loans: 3, returns: 1, renewals: 0, visits: 50, active_members: 2, new_members: 3, holds: 0, additions: 4, withdrawals: 0, open_days: 91, open_hours: null, members_now: 3, titles_now: 3, copies_now: 4, turnover: 0.75, loans_per_active_member: 1.5 });
    const before = Object.fromEntries(shown.rows.map((row) => [row.figure, row.year_before]));
    assertHas(before, { loans: 0, visits: null, new_members: 0, members_now: null, loans_per_active_member: null });
    assertHas(await report('annual'), { from: '2025-01-01', to: '2025-12-31' });
  });
});

describe('what cannot be asked', () => {
  test('days the wrong way round, too many of them, unknown values', async () => {
    refused(await server.get('/reports/circulation?from=2026-03-02&to=2026-03-01'), 400, 'INVALID_PARAMETER', /^Start date cannot be after end date\.$/);
    refused(await server.get('/reports/circulation?from=1990-01-01&to=2026-03-01'), 400, 'INVALID_PARAMETER', /3700 days at most/);
    refused(await server.get('/reports/circulation?by=colour'), 400, 'INVALID_PARAMETER', /is not made by “colour”/);
    refused(await server.get('/reports/circulation?period=yore'), 400, 'INVALID_PARAMETER', /period/);
    refused(await server.get('/reports/overdue?sort=colour'), 400, 'INVALID_PARAMETER', /is not sorted by “colour”/);
    refused(await server.get('/reports/popular?limit=1001'), 400, 'INVALID_PARAMETER', /limit/);
    refused(await server.get('/reports/annual?year=17'), 400, 'INVALID_PARAMETER', /year/);
    refused(await server.get('/reports/weather'), 404, 'REPORT_NOT_FOUND', /There is no report “weather”/);
    refused(await server.get('/reports/weather/csv'), 404, 'REPORT_NOT_FOUND');
    expect(await server.get('/reports/inventory?=7'), 200);
    expect(await server.get('/reports/inventory?from=nonsense'), 200, 'what a report does not take is passed over');
  });
});

describe('years later', () => {
  test('what nobody borrowed since is listed for weeding, with shelf and barcodes', async () => {
    clock.moveTo('2029-06-01T10:00:00.000Z');
    const shown = await report('dead_stock');
    assert.deepEqual(shown.rows.map((row) => [row.title, row.copies, row.loans, row.last_lent, row.catalogued]), [['An Atlas', 1, 0, null, '2026-03-02']], 'what is out is not dead');
    assert.equal(shown.totals.copies, 1);
    assert.deepEqual(await rows('dead_stock?years=4'), []);
    assert.deepEqual((await rows('dead_stock?never=true&item_type=reference&sort=shelf')).map((row) => row.title), ['An Atlas']);
    assert.deepEqual(await rows('dead_stock?item_type=book'), []);
    assert.equal((await csv('dead_stock')).length, 2);
  });
});
