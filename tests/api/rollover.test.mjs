// The school year's turn: groups move up, the last one leaves, and all of it can be undone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, INSTANT, invalid, lend, makeBook, makeMember, refused, takeBack, unique, UNKNOWN_ID, UUID } from '../support/library.mjs';
import { dayFromNow, startServer } from '../support/noon.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const member = async (id) => expect(await server.get(`/members/${id}?archived=true`), 200).member;
const stateOf = async (one) => {
  const { group, expires_on, deleted_at } = await member(one.id);
  return [group, expires_on, deleted_at !== null];
};
const preview = async (body) => expect(await server.post('/roll-overs/preview', body), 200);
const run = async (body) => expect(await server.post('/roll-overs', body), 201);
const undo = async (id) => expect(await server.post(`/roll-overs/${id}/undo`), 200);

/** Three classes of a school of their own: [fourth, fifth, sixth], each with its members. */
async function school(count = 2) {
  const name = unique('School');
  const classes = [];
  for (const year of [4, 5, 6]) {
    const group = `${name} ${year}`;
    const members = [];
    for (let i = 0; i < count; i++) members.push(await makeMember(server, { group, expires_on: dayFromNow(30) }));
    classes.push({ group, members });
  }
  const [fourth, fifth, sixth] = classes;
  const moves = [{ from_group: fourth.group, to_group: fifth.group }, { from_group: fifth.group, to_group: sixth.group }, { from_group: sixth.group, to_group: null }];
  return { name, fourth, fifth, sixth, moves };
}

describe('a roll-over', () => {
  test('moves each member once, gives those who stay a new last day, and archives the leavers', async () => {
    const { name, fourth, fifth, sixth, moves } = await school();
    const expires_on = dayFromNow(365);
    const report = await run({ name, moves, expires_on, archive_leavers: true });
    assertHas(report, { members: 6, moved: 4, archived: 2, kept: 0, cannot_leave: [], cannot_leave_omitted: 0 });
    assert.deepEqual(report.moves, moves.map((move, i) => ({ ...move, members: 2, moved: i < 2 ? 2 : 0, archived: i < 2 ? 0 : 2, kept: 0 })));
    assert.match(report.roll_over.id, UUID);
    assert.match(report.roll_over.at, INSTANT);
    assertHas(report.roll_over, { name, members: 6, undone_at: null, undone_by: null });
    for (const one of fourth.members) assert.deepEqual(await stateOf(one), [fifth.group, expires_on, false]);
    for (const one of fifth.members) assert.deepEqual(await stateOf(one), [sixth.group, expires_on, false]);
    for (const one of sixth.members) assert.deepEqual(await stateOf(one), [sixth.group, dayFromNow(30), true]);
    assert.deepEqual(expect(await server.get(`/roll-overs/${report.roll_over.id}`), 200), report.roll_over);
    assert.deepEqual(expect(await server.get('/roll-overs?limit=1'), 200).data, [report.roll_over]);
    const log = expect(await server.get('/admin/audit-logs?entity=roll_over&limit=1'), 200).data[0];
    assertHas(log, { action: 'roll_over.done', entity_id: report.roll_over.id, after: JSON.stringify({ members: '6' }) });
  });

  test('that does not archive leaves the leavers without a group', async () => {
    const { name, sixth, moves } = await school(1);
    const report = await run({ name, moves: [moves[2]] });
    assertHas(report, { members: 1, moved: 1, archived: 0 });
    assert.deepEqual(await stateOf(sixth.members[0]), [null, dayFromNow(30), false]);
  });

  test('keeps leavers who have loans, holds or debts, and says why', async () => {
    const { name, sixth, moves } = await school(3);
    const [borrower, waiter] = sixth.members;
    const book = await makeBook(server);
    const borrow = await lend(server, book, borrower);
    expect(await server.post('/holds', { book_id: book.id, member_id: waiter.id }), 201);
    const body = { name, moves: [moves[2]], archive_leavers: true };
    const seen = await preview(body);
    const report = await run(body);
    assertHas(report, { members: 3, moved: 0, archived: 1, kept: 2, cannot_leave_omitted: 0 });
    assert.deepEqual({ ...report, roll_over: null }, seen, 'the preview said so');
    const why = Object.fromEntries(report.cannot_leave.map((kept) => [kept.member.id, kept]));
    assert.equal(why[borrower.id].error_code, 'HAS_ACTIVE_BORROWS');
    assert.match(why[borrower.id].detail, /1 active borrow/);
    assert.deepEqual(why[borrower.id].member, { id: borrower.id, name: borrower.name, card: borrower.card, group: sixth.group });
    assert.equal(why[waiter.id].error_code, 'HAS_HOLDS');
    for (const one of [borrower, waiter]) assert.deepEqual(await stateOf(one), [sixth.group, dayFromNow(30), false]);
    await takeBack(server, borrow);
  });

  test('of many members is done in slices, with one row each', async () => {
    const from = unique('Many');
    const members = [];
    while (members.length < 300) members.push(...(await Promise.all(Array.from({ length: 20 }, () => makeMember(server, { group: from })))));
    const report = await run({ name: 'Many', moves: [{ from_group: from, to_group: `${from} b` }] });
    assert.equal(report.moved, 300);
    assert.equal(expect(await server.get(`/members?group=${encodeURIComponent(`${from} b`)}`), 200).meta.total, 300);
    assert.equal((await undo(report.roll_over.id)).put_back, 300);
    assert.equal(expect(await server.get(`/members?group=${encodeURIComponent(from)}`), 200).meta.total, members.length);
  });
});

test('a preview says the same and writes nothing', async () => {
  const { name, fourth, sixth, moves } = await school();
  const before = expect(await server.get('/roll-overs?limit=1'), 200).meta.total;
  const seen = await preview({ name, moves, archive_leavers: true, expires_on: dayFromNow(300) });
  assertHas(seen, { roll_over: null, members: 6, moved: 4, archived: 2, kept: 0 });
  assert.deepEqual(await stateOf(fourth.members[0]), [fourth.group, dayFromNow(30), false]);
  assert.deepEqual(await stateOf(sixth.members[0]), [sixth.group, dayFromNow(30), false]);
  assert.equal(expect(await server.get('/roll-overs?limit=1'), 200).meta.total, before);
});

test('what makes no sense is refused, with and without doing it', async () => {
  for (const path of ['/roll-overs', '/roll-overs/preview']) {
    const send = (body) => server.post(path, body);
    invalid(await send({}), ['name', 'moves']);
    invalid(await send({ name: 'x', moves: [] }), ['moves']);
    invalid(await send({ name: 'x', moves: [{ from_group: 'a', to_group: 'a' }] }), ['moves']);
    invalid(await send({ name: 'x', moves: [{ from_group: 'a', to_group: 'b' }, { from_group: 'a', to_group: null }] }), ['moves']);
    invalid(await send({ name: 'x', moves: [{ from_group: 'a', to_group: 'b' }], expires_on: dayFromNow(-1) }), ['expires_on']);
    invalid(await send({ name: 'x', moves: Array.from({ length: 201 }, (_, i) => ({ from_group: `g${i}`, to_group: 'b' })) }), ['moves']);
    assert.equal((await send({ name: 'x', moves: [{ to_group: 'b' }] })).status, 422);
  }
  refused(await server.get(`/roll-overs/${UNKNOWN_ID}`), 404, 'ROLL_OVER_NOT_FOUND', /^Roll-over not found\./);
  refused(await server.post(`/roll-overs/${UNKNOWN_ID}/undo`), 404, 'ROLL_OVER_NOT_FOUND');
  invalid(await server.post('/roll-overs/17/undo'), ['id'], 'path');
  assertHas(await run({ name: 'Nobody', moves: [{ from_group: unique('nobody'), to_group: 'b' }] }), { members: 0, moved: 0 });
});

describe('undoing', () => {
  test('puts everybody back, from the archive too', async () => {
    const { name, fourth, fifth, sixth, moves } = await school();
    const { roll_over } = await run({ name, moves, archive_leavers: true, expires_on: dayFromNow(365) });
    const undone = await undo(roll_over.id);
    assertHas(undone, { put_back: 6, left: 0 });
    assert.match(undone.roll_over.undone_at, INSTANT);
    for (const { group, members } of [fourth, fifth, sixth]) for (const one of members) assert.deepEqual(await stateOf(one), [group, dayFromNow(30), false]);
    refused(await server.post(`/roll-overs/${roll_over.id}/undo`), 409, 'ALREADY_UNDONE', /undone already/);
  });

  test('leaves what somebody has changed since, and says how many', async () => {
    const { name, fourth, fifth, sixth, moves } = await school(3);
    const { roll_over } = await run({ name, moves, archive_leavers: true });
    const [moved, renewed, renamed] = fourth.members;
    expect(await server.patch(`/members/${moved.id}`, { group: 'Chess club' }), 200);
    expect(await server.patch(`/members/${renewed.id}`, { expires_on: dayFromNow(99) }), 200);
    expect(await server.patch(`/members/${renamed.id}`, { note: 'has moved house' }), 200);
    expect(await server.delete(`/members/${fifth.members[0].id}`), 204);
    expect(await server.post(`/members/${sixth.members[0].id}/restore`), 200);
    expect(await server.patch(`/members/${sixth.members[0].id}`, { group: 'Alumni' }), 200);
    assertHas(await undo(roll_over.id), { put_back: 5, left: 4 });
    assert.deepEqual(await stateOf(moved), ['Chess club', dayFromNow(30), false]);
    assert.deepEqual(await stateOf(renewed), [fifth.group, dayFromNow(99), false]);
    assert.deepEqual(await stateOf(renamed), [fourth.group, dayFromNow(30), false]);
    assert.deepEqual(await stateOf(fifth.members[0]), [sixth.group, dayFromNow(30), true]);
    assert.deepEqual(await stateOf(fifth.members[1]), [fifth.group, dayFromNow(30), false]);
    assert.deepEqual(await stateOf(sixth.members[0]), ['Alumni', dayFromNow(30), false]);
    assert.deepEqual(await stateOf(sixth.members[1]), [sixth.group, dayFromNow(30), false]);
  });
});
