// The calendar: opening hours, closures and what they make of the days.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, invalid, refused, UNKNOWN_ID } from '../support/library.mjs';
import { dayFromNow, startServer } from '../support/noon.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const HOURS = '/opening-hours';
const span = (weekday, opens = '09:00', closes = '18:00') => ({ weekday, opens, closes });
const WEEKDAYS = [0, 1, 2, 3, 4];
const setHours = (...days) => server.put(HOURS, { days });
const calendar = async (query) => expect(await server.get(`/calendar?${query}`), 200).days;
const openDays = async (query) => (await calendar(query)).filter((day) => day.open).map((day) => day.day);
const eventsOf = async (action) => expect(await server.get(`/admin/audit-logs?action=${action}&limit=100`), 200).data;

describe('a library without opening hours', () => {
  test('has none, no closures, and is open every day', async () => {
    assert.deepEqual(expect(await server.get(HOURS), 200), { days: [] });
    assert.deepEqual(expect(await server.get('/closures'), 200).data, []);
    const days = await calendar('from=2026-03-01&to=2026-03-31');
    assert.equal(days.length, 31);
    assert.deepEqual(days[0], { day: '2026-03-01', open: true, opens: null, closes: null, reason: null });
    assert.ok(days.every((day) => day.open));
  });
});

describe('opening hours', () => {
  test('replace the whole week, are shown in order, and close the other weekdays', async () => {
    const week = expect(await setHours(span(4), span(0, '14:00', '18:30'), span(0, '09:00', '12:00'), span(5, '10:00', '24:00')), 200);
    const ordered = [span(0, '09:00', '12:00'), span(0, '14:00', '18:30'), span(4), span(5, '10:00', '24:00')];
    assert.deepEqual(week, { days: ordered, loans_moved: 0, holds_moved: 0 });
    assert.deepEqual(expect(await server.get(HOURS), 200), { days: ordered });
    const days = await calendar('from=2026-03-02&to=2026-03-08'); // Monday … Sunday
    assert.deepEqual(days.map((day) => day.open), [true, false, false, false, true, true, false]);
    assertHas(days[0], { opens: '09:00', closes: '18:30', reason: null });
    assertHas(days[1], { opens: null, closes: null, reason: null });
    assertHas(days[5], { opens: '10:00', closes: '24:00' });
  });

  test('sent back as they are, they leave no trace; a change does', async () => {
    const count = (await eventsOf('opening_hours.changed')).length;
    expect(await server.put(HOURS, expect(await server.get(HOURS), 200)), 200);
    assert.equal((await eventsOf('opening_hours.changed')).length, count);
    expect(await setHours(...WEEKDAYS.map((day) => span(day))), 200);
    const [row, ...older] = await eventsOf('opening_hours.changed');
    assert.equal(older.length, count);
    assertHas(row, { entity: 'library', entity_id: null });
    assert.equal(JSON.parse(row.before).days, 'Mon 09:00-12:00, Mon 14:00-18:30, Fri 09:00-18:00, Sat 10:00-24:00');
    assert.equal(JSON.parse(row.after).days, 'Mon 09:00-18:00, Tue 09:00-18:00, Wed 09:00-18:00, Thu 09:00-18:00, Fri 09:00-18:00');
  });

  test('that are wrong are named all at once, and nothing changes', async () => {
    const before = expect(await server.get(HOURS), 200);
    invalid(await setHours(span(7), { weekday: 1 }, { ...span(2), note: 'x' }, 3), ['days[0].weekday', 'days[1].opens', 'days[1].closes', 'days[2].note', 'days[3]']);
    invalid(await setHours(span(0, '9:00:', '18:00'), span(1, '09:60', '24:01'), span(2, '25:00', '٠٩:٠٠')), ['days[0].opens', 'days[1].opens', 'days[1].closes', 'days[2].opens', 'days[2].closes']);
    invalid(await setHours(span(0, '9:00', '18:00')), ['days[0].opens']);
    invalid(await setHours(span(0, '18:00', '18:00')), ['days']);
    invalid(await setHours(span(0, '09:00', '12:01'), span(0, '12:00', '18:00')), ['days']);
    invalid(await setHours(...Array.from({ length: 29 }, (_, i) => span(i % 7, '09:00', '09:01'))), ['days']);
    invalid(await server.put(HOURS, { days: span(0) }), ['days']);
    invalid(await server.put(HOURS, {}), ['days']);
    invalid(await server.put(HOURS, { days: null }), ['days']);
    assert.deepEqual(expect(await server.get(HOURS), 200), before);
  });

  test('of no day at all: the library is never closed', async () => {
    expect(await setHours(), 200);
    assert.equal((await openDays('from=2026-03-02&to=2026-03-08')).length, 7);
    expect(await setHours(...WEEKDAYS.map((day) => span(day))), 200);
  });
});

describe('the calendar', () => {
  test('shows 31 days from today, or what is asked for', async () => {
    const days = await calendar('');
    assert.equal(days.length, 31);
    assert.equal(days[0].day, dayFromNow(0));
    assert.equal((await calendar('to=' + dayFromNow(2))).length, 3);
    assert.deepEqual((await calendar('from=2028-02-29')).slice(0, 2).map((day) => day.day), ['2028-02-29', '2028-03-01']);
    assert.equal((await calendar('from=2028-01-01&to=2028-12-31')).length, 366);
  });

  test('shows 366 days at most, in their order, and days only: 400', async () => {
    refused(await server.get('/calendar?from=2026-01-01&to=2027-01-02'), 400, 'INVALID_PARAMETER', /366 days at most; these are 367/);
    refused(await server.get('/calendar?from=2026-01-02&to=2026-01-01'), 400, 'INVALID_PARAMETER', /Start date cannot be after end date\./);
    refused(await server.get('/calendar?from=tomorrow'), 400, 'INVALID_PARAMETER', /from/);
    refused(await server.get('/calendar?to=2026-02-30'), 400, 'INVALID_PARAMETER', /to/);
  });

  test('is open on every day before 1990 and after 2069', async () => {
    assert.deepEqual(await openDays('from=1989-12-30&to=1990-01-02'), ['1989-12-30', '1989-12-31', '1990-01-01', '1990-01-02']);
    assert.deepEqual(await openDays('from=2069-12-28&to=2070-01-01'), ['2069-12-30', '2069-12-31', '2070-01-01']);
    assert.equal((await openDays('from=9999-12-01&to=9999-12-31')).length, 31);
  });
});

describe('closures and exceptional openings', () => {
  const made = [];
  const enter = async (body) => {
    const closure = expect(await server.post('/closures', body), 201);
    made.push(closure);
    return closure;
  };
  after(async () => {
    for (const { id } of made) expect(await server.delete(`/closures/${id}`), 200);
    assert.equal(expect(await server.get('/closures'), 200).meta.total, 0);
  });

  test('are shown as they were entered, the earliest first', async () => {
    const later = await enter({ first_day: '2030-06-05', name: 'Stock-taking' });
    const sooner = await enter({ kind: 'opening', first_day: '2030-06-01', last_day: '2030-06-02', name: 'Book fair' });
    const { data } = expect(await server.get('/closures'), 200);
    assert.deepEqual(data.map((one) => one.id), [sooner.id, later.id]);
    assertHas(data[0], { kind: 'opening', first_day: '2030-06-01', last_day: '2030-06-02', yearly: false, name: 'Book fair' });
    assertHas(data[1], { kind: 'closure', first_day: '2030-06-05', last_day: '2030-06-05', yearly: false, name: 'Stock-taking' });
    assert.deepEqual(expect(await server.get(`/closures/${later.id}`), 200), data[1]);
  });

  test('decide over the week, openings over closures, and say so', async () => {
    const fair = await calendar('from=2030-06-01&to=2030-06-05'); // Saturday … Wednesday
    assert.deepEqual(fair.map((day) => [day.open, day.reason]), [[true, 'Book fair'], [true, 'Book fair'], [true, null], [true, null], [false, 'Stock-taking']]);
    assertHas(fair[0], { opens: null, closes: null });
    assertHas(fair[2], { opens: '09:00', closes: '18:00' });
    assertHas(fair[4], { opens: null, closes: null });
    await enter({ first_day: '2030-06-02', last_day: '2030-06-03', name: 'Pipes' });
    assert.deepEqual((await calendar('from=2030-06-02&to=2030-06-03')).map((day) => [day.open, day.reason]), [[true, 'Book fair'], [false, 'Pipes']]);
  });

  test('that come every year cross New Year, from their first year on', async () => {
    await enter({ first_day: '2030-12-24', last_day: '2031-01-01', yearly: true, name: 'Christmas' });
    assert.deepEqual(await openDays('from=2029-12-24&to=2029-12-28'), ['2029-12-24', '2029-12-25', '2029-12-26', '2029-12-27', '2029-12-28']);
    assert.deepEqual(await openDays('from=2030-12-23&to=2031-01-03'), ['2030-12-23', '2031-01-02', '2031-01-03']);
    assert.deepEqual(await openDays('from=2040-12-20&to=2041-01-02'), ['2040-12-20', '2040-12-21', '2041-01-02']);
  });

  test('on the 29th of February fall on the 1st of March in other years', async () => {
    await enter({ first_day: '2028-02-29', yearly: true, name: 'Leap day' });
    assert.deepEqual(await openDays('from=2028-02-28&to=2028-03-01'), ['2028-02-28', '2028-03-01']);
    assert.deepEqual(await openDays('from=2029-02-27&to=2029-03-02'), ['2029-02-27', '2029-02-28', '2029-03-02']);
  });

  test('that cannot be are refused, and nothing is entered', async () => {
    const { total } = expect(await server.get('/closures'), 200).meta;
    const refusal = async (body, names) => {
      invalid(await server.post('/closures', { name: 'Never', ...body }), names);
      invalid(await server.post('/closures/preview', { name: 'Never', ...body }), names);
    };
    await refusal({}, ['first_day']);
    await refusal({ first_day: '2026-02-30', kind: 'holiday', name: '', colour: 'red' }, ['first_day', 'kind', 'name', 'colour']);
    await refusal({ first_day: '2030-06-02', last_day: '2030-06-01' }, ['last_day']);
    await refusal({ first_day: '1989-12-31', last_day: '2070-01-01' }, ['first_day', 'last_day']);
    await refusal({ first_day: '2030-06-02', last_day: '2031-06-01', yearly: true }, ['last_day']);
    await refusal({ first_day: '2030-01-01', last_day: '2033-01-05' }, ['last_day']);
    assert.equal(expect(await server.get('/closures'), 200).meta.total, total);
  });

  test('leave the calendar as --check wants it', async () => {
    assertHas(expect(await server.local('GET', '/admin/check'), 200), { ok: true, finding_count: 0 });
  });
});

test('a closure that is not there: 404; its id is a UUID', async () => {
  refused(await server.get(`/closures/${UNKNOWN_ID}`), 404, 'CLOSURE_NOT_FOUND', /Closure not found\./);
  invalid(await server.get('/closures/17'), ['id'], 'path');
});

test('fines_on_closed_days is followed at once, and across a restart with a flag', async () => {
  const check = async () => assertHas(expect(await server.local('GET', '/admin/check'), 200), { ok: true, finding_count: 0 });
  expect(await server.put('/admin/system-config', { fines_on_closed_days: 'on' }), 200);
  await check();
  expect(await server.put('/admin/system-config', { fines_on_closed_days: null }), 200);
  await check();
  await server.stop({ keep: true });
  server = await startServer({ home: server.home, args: ['--fines-on-closed-days', 'on'] });
  await check();
  await server.stop({ keep: true });
  server = await startServer({ home: server.home });
  await check();
});

test('--check --rebuild writes the same days again', async () => {
  const before = await calendar('from=2026-01-01&to=2026-12-31');
  assert.equal((await server.local('POST', '/admin/rebuild')).status, 204);
  assert.deepEqual(await calendar('from=2026-01-01&to=2026-12-31'), before);
  assertHas(expect(await server.local('GET', '/admin/check'), 200), { ok: true });
});
