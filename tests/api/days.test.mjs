// Days are the library's: how many loans, charges and payments lie in a range of them is exact, whole days or parts of
// them, and stays so when the library moves to another zone, whose days begin at other times.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY_MS, expect, lend, makeBook, makeMember, takeBack, walk } from '../support/library.mjs';
import { inChroot, startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const ACTS = ['2026-03-01T11:30', '2026-03-02T00:00', '2026-03-02T10:59', '2026-03-02T11:00', '2026-03-02T23:59', '2026-03-04T12:00', '2026-03-07T10:30', '2026-03-09T03:30', '2026-03-09T04:30'];
const LISTS = { '/borrows': 'borrowed_at', '/fines': 'at', '/fines/payments': 'at' };
const BOUNDS = ['2026-02-20', '2026-03-01', '2026-03-02', '2026-03-03', '2026-03-05', '2026-03-07', '2026-03-08', '2026-03-09', '2026-03-10', '2026-04-01', '2026-03-02T11:00:00Z', '2026-03-02T12:00:00Z', '2026-03-07T10:29:59Z'];

const WITHOUT_ZONES = { skip: inChroot ? 'an empty root knows no time zone' : false };

let clock, server;
before(async () => {
  clock = await makeTestClock('2026-03-01T10:00:00.000Z');
  server = await startServer({ home: clock.home, env: clock.env });
  const member = await makeMember(server);
  for (const [i, at] of ACTS.entries()) {
    clock.moveTo(`${at}:00.000Z`);
    const loan = await lend(server, await makeBook(server), member);
    if (i % 3) await takeBack(server, loan);
    for (let n = 0; n <= i % 2; n++) expect(await server.post('/fines/charge', { member_id: member.id, kind: 'fee', amount: '1.00' }), 201);
    if (i % 3 !== 1) expect(await server.post('/fines/pay', { member_id: member.id, method: 'cash', amount: '0.50' }), 201);
  }
});
after(() => server.stop({ check: true }));

/** When the day begins, or ends, on which the library's clock shows `text`, or that very instant. `hours`: ahead of UTC. */
function instantOf(text, hours, isEnd) {
  if (text.includes('T')) return Date.parse(text);
  const midnight = Date.parse(`${text}T00:00:00.000Z`) + (isEnd ? DAY_MS : 0);
  return midnight - hours(new Date(midnight).toISOString()) * 3_600_000 - (isEnd ? 1 : 0);
}

/** Every range of every list against its rows, counted one by one. */
async function assertExact(hours) {
  for (const [path, column] of Object.entries(LISTS)) {
    const times = (await walk(server, path, { limit: 100 })).rows.map((row) => Date.parse(row[column]));
    assert.ok(times.length >= 5, path);
    const totalOf = async (query) => expect(await server.get(`${path}?limit=1&${query}`), 200).meta.total;
    for (const from of BOUNDS) {
      const first = instantOf(from, hours, false);
      assert.equal(await totalOf(`from=${from}`), times.filter((at) => at >= first).length, `${path} from ${from}`);
      assert.equal(await totalOf(`to=${from}`), times.filter((at) => at <= instantOf(from, hours, true)).length, `${path} to ${from}`);
      for (const to of BOUNDS) {
        const expected = times.filter((at) => at >= first && at <= instantOf(to, hours, true)).length;
        assert.equal(await totalOf(`from=${from}&to=${to}`), expected, `${path} from ${from} to ${to}`);
      }
    }
  }
}

describe('a range of days', () => {
  test('has its exact total, whole days and parts of them', () => assertExact(() => 0));

  test('has it in another zone, too, and the library is sound', WITHOUT_ZONES, async () => {
    // In New York summer time begins on 2026-03-08: that day has 23 hours.
    for (const [zone, hours] of [['Pacific/Auckland', () => 13], ['America/New_York', (day) => (day >= '2026-03-09' ? -4 : -5)], ['America/Bogota', () => -5]]) {
      await server.stop({ check: true, keep: true });
      server = await startServer({ home: clock.home, env: { ...clock.env, CARREL_TIME_ZONE: zone } });
      await assertExact(hours);
    }
  });

  test('is counted anew once, not at each start', WITHOUT_ZONES, async () => {
    assert.match(server.logs, /days begin at other times/);
    await server.stop({ keep: true });
    server = await startServer({ home: clock.home, env: { ...clock.env, CARREL_TIME_ZONE: 'America/Bogota' } });
    assert.doesNotMatch(server.logs, /days begin at other times/);
  });
});
