// Members: readers with a card (API.md "Members").
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, INSTANT, invalid, lend, makeBook, makeMember, refused, takeBack, unique, UNKNOWN_ID, UUID } from '../support/library.mjs';
import { dayFromNow, daysAgo, startServer } from '../support/noon.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const fresh = (over = {}) => ({ name: unique('Fresh Member'), ...over });
const profile = async (member, query = '') => expect(await server.get(`/members/${member.id}${query}`), 200);

describe('a new member', () => {
  test('answers 201 with every member the contract names, and a card', async () => {
    const reply = await server.post('/members', { name: 'Ngũgĩ wa Thiong’o', email: 'ngugi@example.org', phone: '+254 20 123-4567' });
    const member = expect(reply, 201);
    assert.match(member.id, UUID);
    assert.match(member.card, /^2900\d{10}$/);
    assert.match(member.created_at, INSTANT);
    assertHas(member, {
      name: 'Ngũgĩ wa Thiong’o', email: 'ngugi@example.org', phone: '+254 20 123-4567', member_type: 'adult', status: 'active',
      active_borrows_count: 0, balance: 0, deleted_at: null,
    });
    assert.equal(reply.headers.etag, `"${member.version}"`);
    assert.deepEqual((await profile(member)).member, member);
  });

  test('keeps everything that is said', async () => {
    const facts = {
      name: 'Amina Okafor', email: 'Amina.Okafor@Example.org', phone: '0800 (5) 55.1x2', card: 'CARD-1', member_type: 'student', expires_on: dayFromNow(300),
      group: '7b', birth_date: '2011-04-30', note: 'Reads Hausa',
    };
    assertHas(expect(await server.post('/members', facts), 201), facts);
  });

  for (const [name, value, wrong] of [
    ['name', 'Bo', 'B'],
    ['name', 'x'.repeat(100), 'x'.repeat(101)],
    ['name', '李白', '李'],
    ['name', 'Bo', null],
    ['email', 'a.b+c@sub.example.org', 'a@b'],
    ['email', 'x@example.co', 'x@@example.co'],
    ['email', "o'hara@example.org", 'two words@example.org'],
    ['email', null, '@example.org'],
    ['email', 'y@example.org', 'y@example.org.'],
    ['email', 'z@example.org', 'y..z@example.org'],
    ['phone', '1234567', '123456'],
    ['phone', `+${'1'.repeat(30)}`, `+${'1'.repeat(31)}`],
    ['phone', '(030) 90-26.0 x7', '030/90260'],
    ['phone', null, '++49 30 90260'],
    ['expires_on', '2999-12-31', '31.12.2999'],
    ['expires_on', null, '2027-02-29'],
    ['birth_date', '1950-01-01', dayFromNow(2)],
    ['member_type', 'faculty', 'wizard'],
    ['card', 'ABC 123', 'ümlaut'],
  ]) {
    const shown = (one) => (JSON.stringify(one) ?? '').slice(0, 24);
    test(`takes ${name} ${shown(value)} and refuses ${shown(wrong)}`, async () => {
      const right = expect(await server.post('/members', fresh({ [name]: value })), 201);
      assert.equal(right[name], value);
      invalid(await server.post('/members', fresh({ [name]: wrong })), [name]);
      expect(await server.patch(`/members/${right.id}`, { email: null }), 200);
    });
  }

  test('names every wrong, missing and unknown member in one answer', async () => {
    invalid(await server.post('/members', { email: 'nobody', phone: '12', birthday: '2000-01-01' }), ['name', 'email', 'phone', 'birthday']);
    invalid(await server.post('/members', { name: 'x', member_type: 'wizard', birth_date: dayFromNow(9), card: 'ü' }), ['name', 'member_type', 'birth_date', 'card']);
  });

  test('cannot have the e-mail address of another, whatever its case, archived ones included', async () => {
    const holder = expect(await server.post('/members', { name: 'The Owner', email: 'taken@example.org' }), 201);
    const body = refused(await server.post('/members', fresh({ email: 'TAKEN@Example.org' })), 409, 'DUPLICATE_EMAIL', /The Owner/);
    assertHas(body.reason, { member_id: holder.id, name: 'The Owner', state: 'live' });
    assert.equal((await server.delete(`/members/${holder.id}`)).status, 204);
    assert.equal(refused(await server.post('/members', fresh({ email: 'taken@example.org' })), 409, 'DUPLICATE_EMAIL', /archived/).reason.state, 'archived');
  });

  test('cannot have the card of another', async () => {
    const holder = expect(await server.post('/members', { name: 'Card Owner', card: 'TAKEN-CARD' }), 201);
    const body = refused(await server.post('/members', fresh({ card: 'TAKEN-CARD' })), 409, 'DUPLICATE_CARD', /TAKEN-CARD.*Card Owner/);
    assert.equal(body.reason.member_id, holder.id);
  });

  test('without an e-mail address does not collide with another without one', async () => {
    expect(await server.post('/members', fresh({ email: null })), 201);
    expect(await server.http('POST', '/api/v1/members', fresh({ email: '' })), 201);
    expect(await server.post('/members', fresh()), 201);
  });
});

describe('a member', () => {
  test('that is not there is 404 MEMBER_NOT_FOUND on every route, with a malformed id 422', async () => {
    for (const [method, path, body] of [
      ['GET', ''], ['PUT', '', { name: 'xx' }], ['PATCH', '', { name: 'xx' }], ['DELETE', ''], ['POST', '/restore'], ['GET', '/stats'], ['GET', '/history'],
      ['GET', '/borrows'], ['POST', '/borrows', { book_id: UNKNOWN_ID }], ['PUT', '/status', { status: 'active' }], ['GET', '/audit'],
    ]) {
      refused(await server.api(method, `/members/${UNKNOWN_ID}${path}`, body), 404, 'MEMBER_NOT_FOUND', /^Member not found\./);
      invalid(await server.api(method, `/members/17${path}`, body), ['id'], 'path');
    }
    refused(await server.get(`/borrowings/member/${UNKNOWN_ID}`), 404, 'MEMBER_NOT_FOUND', /^Member not found\./);
  });

  test('shows the record, how long the membership lasts, what is out and what the loans say', async () => {
    const member = await makeMember(server);
    const shown = await profile(member);
    assert.deepEqual(Object.keys(shown).sort(), ['active_borrows_count', 'analytics_summary', 'member', 'membership_duration_days']);
    assertHas(shown, { membership_duration_days: 0, active_borrows_count: 0 });
    assert.deepEqual(shown.analytics_summary, { total_books_borrowed: 0, overdue_rate_percent: 0, risk_level: 'LOW', total_fines_accrued: 0 });
    const [one, two] = [await makeBook(server), await makeBook(server)];
    await takeBack(server, await lend(server, one, member));
    const borrow = await lend(server, two, member);
    const later = await profile(member);
    assert.equal(later.active_borrows_count, 1);
    assert.equal(later.member.active_borrows_count, 1);
    assertHas(later.analytics_summary, { total_books_borrowed: 2, overdue_rate_percent: 0, risk_level: 'LOW' });
    await takeBack(server, borrow);
  });

  test('is rated by the share of loans returned late: over 10 % MEDIUM, over 30 % HIGH', async () => {
    const rule = expect(await server.get('/policies/loan-rules'), 200).data[0];
    expect(await server.put(`/policies/loan-rules/${rule.id}`, { loan_days: 1 }), 200);
    const member = await makeMember(server);
    const book = await makeBook(server);
    const lendAt = async (daysBack) => takeBack(server, await lend(server, book, member, daysBack ? { occurred_at: daysAgo(daysBack) } : {}));
    const seen = [];
    await lendAt(5); // returned now: four days late
    seen.push((await profile(member)).analytics_summary);
    for (let i = 0; i < 3; i++) await lendAt(0);
    seen.push((await profile(member)).analytics_summary);
    for (let i = 0; i < 6; i++) await lendAt(0);
    seen.push((await profile(member)).analytics_summary);
    assert.deepEqual(seen.map((one) => [one.total_books_borrowed, one.overdue_rate_percent, one.risk_level]), [[1, 100, 'HIGH'], [4, 25, 'MEDIUM'], [10, 10, 'LOW']]);
    const stats = expect(await server.get(`/members/${member.id}/stats`), 200);
    assertHas(stats, { total_books_borrowed: 10, overdue_count: 1, overdue_rate_percent: 10, active_borrows_count: 0 });
    assert.match(stats.last_borrowed_at, INSTANT);
    expect(await server.put(`/policies/loan-rules/${rule.id}`, { loan_days: rule.loan_days }), 200);
  });

  for (const method of ['PUT', 'PATCH']) {
    test(`is changed by ${method} in the members given, and in no others`, async () => {
      const member = await makeMember(server, { phone: '12345678', note: 'n', email: `${method}@example.org` });
      const changed = expect(await server.api(method, `/members/${member.id}`, { phone: null, note: 'm' }), 200);
      assertHas(changed, { phone: null, note: 'm', name: member.name, card: member.card, email: member.email, version: member.version + 1 });
      assert.deepEqual((await profile(member)).member, changed);
      invalid(await server.api(method, `/members/${member.id}`, { name: null, email: 'x', shoe: 44 }), ['name', 'email', 'shoe']);
    });

    test(`${method} takes back what it showed, ignoring what the server owns`, async () => {
      const member = await makeMember(server, { email: `${method}.same@example.org` });
      const same = expect(await server.api(method, `/members/${member.id}`, { ...member, id: UNKNOWN_ID, status: 'suspended', balance: 5 }), 200);
      assert.deepEqual(same, member);
    });
  }

  test('cannot take the e-mail address or card of another', async () => {
    const holder = await makeMember(server, { email: 'mine@example.org' });
    const member = await makeMember(server);
    refused(await server.patch(`/members/${member.id}`, { email: 'Mine@example.org' }), 409, 'DUPLICATE_EMAIL', new RegExp(holder.name));
    refused(await server.patch(`/members/${member.id}`, { card: holder.card }), 409, 'DUPLICATE_CARD', new RegExp(holder.name));
    assert.deepEqual((await profile(member)).member, member);
    assert.equal(expect(await server.patch(`/members/${member.id}`, { card: null }), 200).card, member.card, 'there is always a card');
  });

  test('is changed only from the version that If-Match names', async () => {
    const member = await makeMember(server);
    const tag = { 'If-Match': `"${member.version}"` };
    expect(await server.patch(`/members/${member.id}`, { note: 'a' }, tag), 200);
    refused(await server.patch(`/members/${member.id}`, { note: 'b' }, tag), 412, 'PRECONDITION_FAILED');
    refused(await server.put(`/members/${member.id}/status`, { status: 'suspended' }, tag), 412, 'PRECONDITION_FAILED');
    refused(await server.delete(`/members/${member.id}`, tag), 412, 'PRECONDITION_FAILED');
    assert.equal((await profile(member)).member.note, 'a');
  });

  test('has an ETag that changes with anything the page shows, loans included', async () => {
    const member = await makeMember(server);
    const book = await makeBook(server);
    const first = await server.get(`/members/${member.id}`);
    assert.equal((await server.get(`/members/${member.id}`, { 'If-None-Match': first.headers.etag })).status, 304);
    const borrow = await lend(server, book, member);
    const lent = await server.get(`/members/${member.id}`, { 'If-None-Match': first.headers.etag });
    assert.equal(expect(lent, 200).active_borrows_count, 1);
    await takeBack(server, borrow);
    assert.equal(expect(await server.get(`/members/${member.id}`, { 'If-None-Match': lent.headers.etag }), 200).active_borrows_count, 0);
  });
});

describe('the status of a member', () => {
  const setStatus = (member, change) => server.put(`/members/${member.id}/status`, change);
  const tryLending = async (member) => server.post('/borrows', { book_id: (await makeBook(server)).id, member_id: member.id });

  test('suspended until a day: told with the day and the reason, until it is lifted', async () => {
    const member = await makeMember(server);
    const until = dayFromNow(10);
    const changed = expect(await setStatus(member, { status: 'suspended', reason: 'Two lost books', suspended_until: until }), 200);
    assertHas(changed, { status: 'suspended', status_reason: 'Two lost books', suspended_until: until });
    const body = refused(await tryLending(member), 409, 'MEMBER_SUSPENDED', new RegExp(`until ${until}.*Two lost books`));
    assertHas(body.reason, { status: 'suspended', suspended_until: until, status_reason: 'Two lost books' });
    assertHas(expect(await setStatus(member, { status: 'active' }), 200), { status: 'active', suspended_until: null, status_reason: null });
    expect(await tryLending(member), 201);
  });

  test('suspended until further notice', async () => {
    const member = await makeMember(server);
    expect(await setStatus(member, { status: 'suspended' }), 200);
    refused(await tryLending(member), 409, 'MEMBER_SUSPENDED', /until further notice/);
  });

  test('a suspension through today still holds', async () => {
    const member = await makeMember(server);
    expect(await setStatus(member, { status: 'suspended', suspended_until: dayFromNow(0) }), 200);
    refused(await tryLending(member), 409, 'MEMBER_SUSPENDED');
  });

  test('a membership whose last day has passed is expired, since when is told; a later day revives it', async () => {
    const member = await makeMember(server, { expires_on: dayFromNow(-3) });
    assert.equal(member.status, 'expired');
    const body = refused(await tryLending(member), 409, 'MEMBER_EXPIRED', new RegExp(dayFromNow(-3)));
    assert.equal(body.reason.expired_on, dayFromNow(-3));
    invalid(await setStatus(member, { status: 'active' }), ['status']);
    assert.equal(expect(await server.patch(`/members/${member.id}`, { expires_on: dayFromNow(30) }), 200).status, 'active');
    expect(await tryLending(member), 201);
  });

  test('a membership is good through its last day', async () => {
    const member = await makeMember(server, { expires_on: dayFromNow(0) });
    assert.equal(member.status, 'active');
    expect(await tryLending(member), 201);
  });

  test('expired by hand', async () => {
    const member = await makeMember(server);
    assert.equal(expect(await setStatus(member, { status: 'expired' }), 200).status, 'expired');
    refused(await tryLending(member), 409, 'MEMBER_EXPIRED', /expired/);
  });

  test('a suspended member may bring things back', async () => {
    const member = await makeMember(server);
    const borrow = await lend(server, await makeBook(server), member);
    expect(await setStatus(member, { status: 'suspended' }), 200);
    assert.equal((await takeBack(server, borrow)).status, 'returned');
  });

  test('refuses what is no status, or would mean nothing', async () => {
    const member = await makeMember(server);
    invalid(await setStatus(member, {}), ['status']);
    invalid(await setStatus(member, { status: 'banished', since: 'today' }), ['status', 'since']);
    invalid(await setStatus(member, { status: 'active', suspended_until: dayFromNow(3) }), ['suspended_until']);
    invalid(await setStatus(member, { status: 'suspended', suspended_until: dayFromNow(-1) }), ['suspended_until']);
    assert.equal((await profile(member)).member.status, 'active');
  });

  test('can be asked for in the list: what counts today, not what was set', async () => {
    const group = unique('group');
    const names = {};
    for (const [key, facts] of [['active', {}], ['expired', { expires_on: dayFromNow(-1) }], ['suspended', {}]]) {
      names[key] = (await makeMember(server, { group, ...facts })).id;
    }
    expect(await server.put(`/members/${names.suspended}/status`, { status: 'suspended' }), 200);
    for (const [status, id] of Object.entries(names)) {
      const list = expect(await server.get(`/members?group=${encodeURIComponent(group)}&status=${status}`), 200);
      assert.deepEqual(list.data.map((one) => one.id), [id], status);
    }
    refused(await server.get('/members?status=banished'), 400, 'INVALID_PARAMETER', /status/);
  });
});

describe('the archive of members', () => {
  test('hides a member: 404 unless ?archived=true, acts always 404, the card lends nothing', async () => {
    const member = await makeMember(server, { name: unique('Archived Reader') });
    const book = await makeBook(server);
    assert.equal((await server.delete(`/members/${member.id}`)).status, 204);
    refused(await server.get(`/members/${member.id}`), 404, 'MEMBER_NOT_FOUND');
    assert.match((await profile(member, '?archived=true')).member.deleted_at, INSTANT);
    assertHas(expect(await server.get(`/members/${member.id}/stats?archived=true`), 200), { active_borrows_count: 0 });
    const query = encodeURIComponent(member.name);
    assert.equal(expect(await server.get(`/members?q=${query}`), 200).meta.total, 0);
    assert.deepEqual(expect(await server.get(`/members?archived=true&q=${query}`), 200).data.map((one) => one.id), [member.id]);
    for (const [method, path, body] of [
      ['PATCH', '', { note: 'x' }], ['PUT', '?archived=true', { note: 'x' }], ['DELETE', ''], ['PUT', '/status', { status: 'suspended' }],
      ['POST', '/borrows', { book_id: book.id }],
    ]) {
      refused(await server.api(method, `/members/${member.id}${path}`, body), 404, 'MEMBER_NOT_FOUND', /^Member not found\./);
    }
    refused(await server.post('/borrows', { book_id: book.id, member_id: member.id }), 404, 'MEMBER_NOT_FOUND');
    refused(await server.post('/borrows', { book_id: book.id, card: member.card }), 404, 'MEMBER_NOT_FOUND');
    const back = expect(await server.post(`/members/${member.id}/restore`), 200);
    assertHas(back, { id: member.id, deleted_at: null, card: member.card });
    await lend(server, book, member);
  });

  test('restoring takes an empty JSON body as well as none, and restoring a live member changes nothing', async () => {
    const member = await makeMember(server);
    assert.equal((await server.delete(`/members/${member.id}`)).status, 204);
    expect(await server.http('POST', `/api/v1/members/${member.id}/restore`, {}), 200);
    const { member: live } = await profile(member);
    assert.deepEqual(expect(await server.post(`/members/${member.id}/restore`), 200), live);
  });

  test('does not take a member who has something out, saying how much', async () => {
    const member = await makeMember(server);
    const borrows = [await lend(server, await makeBook(server), member), await lend(server, await makeBook(server), member)];
    const body = refused(await server.delete(`/members/${member.id}`), 409, 'HAS_ACTIVE_BORROWS', /\b2 active borrows\b/);
    assert.equal(body.reason.open_borrows, 2);
    for (const borrow of borrows) await takeBack(server, borrow);
    assert.equal((await server.delete(`/members/${member.id}`)).status, 204);
    const history = expect(await server.get(`/members/${member.id}/history`), 200);
    assert.equal(history.meta.total, 2, 'history stays');
  });
});

describe('finding members', () => {
  const people = [
    { name: 'Zdeněk Novák', email: 'z.novak@example.cz', phone: '+420 777 123 456', card: 'FIND-1', group: 'readers of poetry' },
    { name: 'Ždena Nováková', email: 'zdena@example.cz', card: 'FIND-2' },
    { name: 'Przemysław Ōe', email: 'oe@example.jp', card: 'FIND-3', member_type: 'faculty' },
  ];
  before(async () => {
    for (const facts of people) expect(await server.post('/members', facts), 201);
  });
  const found = async (query) => expect(await server.get(`/members?${query}`), 200).data.map((one) => one.card).sort();

  test('by name from the beginning of a word, without accents', async () => {
    assert.deepEqual(await found('q=novak'), ['FIND-1', 'FIND-2']);
    assert.deepEqual(await found('q=zdenek+novak'), ['FIND-1']);
    assert.deepEqual(await found('q=oe'), ['FIND-3']);
    assert.deepEqual(await found('search=przem'), ['FIND-3']);
  });

  test('by card, e-mail and phone, in the search and as filters', async () => {
    assert.deepEqual(await found('card=FIND-2'), ['FIND-2']);
    assert.deepEqual(await found('email=Z.NOVAK@example.cz'), ['FIND-1']);
    assert.deepEqual(await found('q=zdena%40example.cz'), ['FIND-2']);
    assert.deepEqual(await found('q=FIND-3'), ['FIND-3']);
    for (const phone of ['420777123456', '+420777123456', '4207771', '+420 777 123 456']) {
      assert.deepEqual(await found(`q=${encodeURIComponent(phone)}`), ['FIND-1'], `the phone number written ${phone}`);
    }
    assert.deepEqual(await found('member_type=faculty&q=oe'), ['FIND-3']);
    assert.deepEqual(await found('group=readers+of+poetry'), ['FIND-1']);
  });

  test('follows a change of name', async () => {
    const member = await makeMember(server, { name: 'Maiden Quollname' });
    assert.deepEqual(await found('q=quollname'), [member.card]);
    expect(await server.patch(`/members/${member.id}`, { name: 'Married Bilbyname' }), 200);
    assert.deepEqual(await found('q=quollname'), []);
    assert.deepEqual(await found('q=bilbyname'), [member.card]);
  });

  test('export is the list as CSV', async () => {
    const total = expect(await server.get('/members?limit=1'), 200).meta.total;
    const reply = await server.get('/members/export/csv');
    assert.equal(reply.status, 200);
    assert.match(reply.headers['content-disposition'], /filename="members\.csv"/);
    assert.equal(reply.text.trimEnd().split('\r\n').length - 1, total);
  });

  test("the audit of a member's record: registered, changed, suspended, archived, restored", async () => {
    const member = await makeMember(server, { note: 'old' });
    expect(await server.patch(`/members/${member.id}`, { note: 'new' }), 200);
    expect(await server.put(`/members/${member.id}/status`, { status: 'suspended', reason: 'x' }), 200);
    assert.equal((await server.delete(`/members/${member.id}`)).status, 204);
    expect(await server.post(`/members/${member.id}/restore`), 200);
    const log = expect(await server.get(`/members/${member.id}/audit`), 200).data;
    assert.deepEqual(log.map((row) => row.action), ['member.restored', 'member.archived', 'member.status_changed', 'member.updated', 'member.registered']);
    assert.deepEqual([JSON.parse(log[3].before), JSON.parse(log[3].after)], [{ note: 'old' }, { note: 'new' }]);
    for (const row of log) assertHas(row, { entity: 'member', entity_id: member.id });
  });
});
