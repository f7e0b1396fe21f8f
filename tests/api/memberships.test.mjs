// Memberships: kinds of readers, how long they run, cards that are lost, groups.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, invalid, lend, makeBook, makeMember, refused, takeBack, unique, UNKNOWN_ID } from '../support/library.mjs';
import { dayFromNow, startServer } from '../support/noon.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

/** YYYY-MM-DD so many months after a day; the last of its month where there is no such day. */
function monthsAfter(day, months) {
  const [year, month, date] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

let code = 0;
const addType = async (facts = {}) => expect(await server.post('/policies/member-types', { code: `kind-${++code}`, name: `Kind ${code}`, ...facts }), 201);

describe('member types', () => {
  test('are listed with how many members they have', async () => {
    const list = expect(await server.get('/policies/member-types?limit=100'), 200).data;
    assert.deepEqual(list.slice(0, 5).map((type) => type.code), ['adult', 'student', 'faculty', 'child', 'staff']);
    const type = await addType({ membership_months: 6 });
    assert.deepEqual(type, { code: type.code, name: type.name, membership_months: 6, members: 0 });
    await makeMember(server, { member_type: type.code });
    assert.equal(expect(await server.get(`/policies/member-types/${type.code}`), 200).members, 1);
  });

  test('are added: a code once, of letters that need no thought', async () => {
    const type = await addType();
    assertHas(type, { membership_months: null });
    assertHas(refused(await server.post('/policies/member-types', { code: type.code, name: 'Again' }), 409, 'DUPLICATE_MEMBER_TYPE').reason, { name: type.name });
    for (const wrong of ['Upper', 'ümlaut', 'a b', 'x'.repeat(41)]) invalid(await server.post('/policies/member-types', { code: wrong, name: 'N' }), ['code']);
    invalid(await server.post('/policies/member-types', { membership_months: 0 }), ['code', 'name', 'membership_months']);
    invalid(await server.post('/policies/member-types', { code: 'y', name: 'Y', membership_months: 1201 }), ['membership_months']);
  });

  test('change their name and length, never their code', async () => {
    const type = await addType({ membership_months: 12 });
    const changed = expect(await server.put(`/policies/member-types/${type.code}`, { name: 'New name', code: 'other' }), 200);
    assert.deepEqual(changed, { ...type, name: 'New name' });
    assert.equal(expect(await server.put(`/policies/member-types/${type.code}`, { membership_months: null }), 200).membership_months, null);
    invalid(await server.put(`/policies/member-types/${type.code}`, { name: null }), ['name']);
    refused(await server.put('/policies/member-types/nobody', { name: 'X' }), 404, 'MEMBER_TYPE_NOT_FOUND', /^Member type not found\./);
    refused(await server.get('/policies/member-types/nobody'), 404, 'MEMBER_TYPE_NOT_FOUND');
    const log = expect(await server.get('/admin/audit-logs?entity=member_type&limit=2'), 200).data;
    assert.deepEqual(log.map((row) => row.action), ['member_type.updated', 'member_type.updated']);
  });

  test('go when nobody is of them: else 409 MEMBER_TYPE_IN_USE', async () => {
    const type = await addType();
    const member = await makeMember(server, { member_type: type.code });
    assertHas(refused(await server.delete(`/policies/member-types/${type.code}`), 409, 'MEMBER_TYPE_IN_USE', /1 member and 0 loan rules/).reason, { members: 1, loan_rules: 0 });
    expect(await server.delete(`/members/${member.id}`), 204);
    refused(await server.delete(`/policies/member-types/${type.code}`), 409, 'MEMBER_TYPE_IN_USE'); // archived, and still of it
    assertHas(refused(await server.delete('/policies/member-types/faculty'), 409, 'MEMBER_TYPE_IN_USE').reason, { loan_rules: 1 });
    refused(await server.delete('/policies/member-types/adult'), 409, 'MEMBER_TYPE_IN_USE', /new members get this type/);
    const free = await addType();
    expect(await server.delete(`/policies/member-types/${free.code}`), 204);
    refused(await server.delete(`/policies/member-types/${free.code}`), 404, 'MEMBER_TYPE_NOT_FOUND');
    invalid(await server.post('/members', { name: 'Late', member_type: free.code }), ['member_type']);
  });
});

describe('a membership', () => {
  const renew = (member, body = {}, headers) => server.post(`/members/${member.id}/renew`, body, headers);

  test('of a type with a length begins with a last day', async () => {
    const type = await addType({ membership_months: 12 });
    assert.equal((await makeMember(server, { member_type: type.code })).expires_on, monthsAfter(dayFromNow(0), 12));
    const own = dayFromNow(40);
    assert.equal((await makeMember(server, { member_type: type.code, expires_on: own })).expires_on, own);
    assert.equal((await makeMember(server)).expires_on, null);
  });

  test('is renewed by the months of its type from its last day on', async () => {
    const type = await addType({ membership_months: 12 });
    const member = await makeMember(server, { member_type: type.code, expires_on: dayFromNow(20) });
    const renewed = expect(await renew(member), 200);
    assertHas(renewed, { expires_on: monthsAfter(dayFromNow(20), 12), version: member.version + 1 });
    const log = expect(await server.get(`/members/${member.id}/audit?limit=1`), 200).data[0];
    assert.equal(log.action, 'member.renewed');
    assert.deepEqual(JSON.parse(log.after), { expires_on: renewed.expires_on });
  });

  test('that is over is renewed from today on, and may borrow again', async () => {
    const book = await makeBook(server);
    const member = await makeMember(server, { expires_on: dayFromNow(-30) });
    refused(await server.post('/borrows', { book_id: book.id, member_id: member.id }), 409, 'MEMBER_EXPIRED');
    assertHas(expect(await renew(member, { months: 3 }), 200), { expires_on: monthsAfter(dayFromNow(0), 3), status: 'active' });
    await takeBack(server, await lend(server, book, member));
    const ended = await makeMember(server, { expires_on: dayFromNow(10) });
    expect(await server.put(`/members/${ended.id}/status`, { status: 'expired' }), 200);
    assertHas(expect(await renew(ended, { months: 1 }), 200), { status: 'active', expires_on: monthsAfter(dayFromNow(10), 1) });
  });

  test('is renewed until a day', async () => {
    const member = await makeMember(server, { expires_on: dayFromNow(10) });
    assert.equal(expect(await renew(member, { until: dayFromNow(100) }), 200).expires_on, dayFromNow(100));
    const endless = await makeMember(server);
    assert.equal(expect(await renew(endless, { until: dayFromNow(5) }), 200).expires_on, dayFromNow(5));
  });

  test('is not renewed without a length, backwards, twice over, or for ever and more', async () => {
    const member = await makeMember(server, { expires_on: dayFromNow(10) });
    invalid(await renew(member), ['months']);
    invalid(await renew(member, { months: 0 }), ['months']);
    invalid(await renew(member, { months: 1, until: dayFromNow(50) }), ['until']);
    invalid(await renew(member, { until: dayFromNow(-1) }), ['until']);
    invalid(await renew(member, { until: dayFromNow(10) }), ['until']);
    refused(await renew(await makeMember(server), { months: 12 }), 409, 'CONFLICT', /does not end/);
    refused(await renew(member, { months: 1 }, { 'If-Match': '"99"' }), 412, 'PRECONDITION_FAILED');
    refused(await renew({ id: UNKNOWN_ID }, { months: 1 }), 404, 'MEMBER_NOT_FOUND');
    assert.equal(expect(await server.get(`/members/${member.id}`), 200).member.expires_on, dayFromNow(10));
  });
});

describe('a new card', () => {
  const replace = (member, body = {}) => server.post(`/members/${member.id}/card`, body);
  const byCard = async (card) => expect(await server.get(`/members?card=${card}`), 200).data.map((member) => member.id);

  test('has a number of its own, and the old one finds nobody', async () => {
    const member = await makeMember(server);
    const after = expect(await replace(member), 200);
    assert.match(after.card, /^\d{14}$/);
    assert.notEqual(after.card, member.card);
    assert.deepEqual(await byCard(after.card), [member.id]);
    assert.deepEqual(await byCard(member.card), []);
    assert.equal(expect(await server.get(`/members?q=${member.card}`), 200).meta.total, 0);
    assert.equal(expect(await server.get(`/members?q=${after.card}`), 200).meta.total, 1);
    const book = await makeBook(server);
    assert.equal((await server.post('/borrows', { book_id: book.id, card: member.card })).status, 404);
    const log = expect(await server.get(`/members/${member.id}/audit?limit=1`), 200).data[0];
    assertHas(log, { action: 'member.card_replaced', before: JSON.stringify({ card: member.card }) });
  });

  test('may be one that lies ready, and nobody else’s', async () => {
    const [member, other] = [await makeMember(server), await makeMember(server)];
    assert.equal(expect(await replace(member, { card: 'SPARE-1' }), 200).card, 'SPARE-1');
    refused(await replace(other, { card: 'SPARE-1' }), 409, 'DUPLICATE_CARD');
    invalid(await replace(member, { card: 'SPARE-1' }), ['card']);
    invalid(await replace(member, { card: 'ümlaut' }), ['card']);
    refused(await replace({ id: UNKNOWN_ID }), 404, 'MEMBER_NOT_FOUND');
  });
});

test('groups are listed by name with their members, a page at a time', async () => {
  const names = ['zz 1', 'zz 2', 'zz 3'].map(unique);
  for (const [i, group] of names.entries()) for (let n = 0; n <= i; n++) await makeMember(server, { group });
  const gone = await makeMember(server, { group: names[0] });
  expect(await server.delete(`/members/${gone.id}`), 204);
  const first = expect(await server.get('/member-groups?after=zz&limit=2'), 200);
  assert.deepEqual(first, { groups: [{ name: names[0], members: 1 }, { name: names[1], members: 2 }], next: names[1] });
  assert.deepEqual(expect(await server.get(`/member-groups?after=${encodeURIComponent(first.next)}`), 200), { groups: [{ name: names[2], members: 3 }], next: null });
  refused(await server.get('/member-groups?limit=0'), 400, 'INVALID_PARAMETER', /limit/);
});
