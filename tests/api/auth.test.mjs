// The door: setup by code, sessions, tokens, keys, wrong passwords, lost passwords, a reader's own data.
import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, invalid, makeBook, refused, unique, UUID } from '../support/library.mjs';
import { bearer, cookieOf, makeAccount, makePeople, makeReader, PASSWORD, printedCode, setUp, signIn, takeTokens, writtenCode } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';

let server;
let people;
before(async () => {
  server = await startServer({ auth: 'on' });
  people = await makePeople(server);
});
after(() => server.stop({ check: true }));

const me = async (who) => expect(await who.get('/auth/me'), 200);
const auditOf = async (action) => expect(await people.admin.get(`/admin/audit-logs?action=${action}&limit=100`), 200).data;

describe('a library without an administrator', () => {
  let fresh;
  before(async () => (fresh = await startServer({ auth: 'on', env: { CARREL_TIME_ZONE: undefined } })));
  after(() => fresh.stop({ check: true }));

  test('answers 403 SETUP_REQUIRED to everything but setup, health and what a page needs to begin', async () => {
    for (const path of ['/books', '/members', '/admin/system-config', '/metrics']) refused(await fresh.get(path), 403, 'SETUP_REQUIRED', /administrator/);
    refused(await fresh.post('/books', { title: 'A', author: 'B' }), 403, 'SETUP_REQUIRED');
    refused(await fresh.post('/auth/login', { name: 'A', password: PASSWORD }), 403, 'SETUP_REQUIRED');
    for (const path of ['/health', '/healthz', '/readyz', '/openapi.json']) expect(await fresh.get(path), 200);
    assertHas(await me(fresh), { account: null, access: 'anyone', setup_required: true, auth: 'on', csrf_token: null });
    assert.notEqual((await fresh.http('GET', '/')).status, 403, 'the pages are there');
  });

  test('prints a code and writes it beside the library, for its owner only', async () => {
    assert.match(await printedCode(fresh), /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    assert.equal(writtenCode(fresh), await printedCode(fresh));
    assert.equal(statSync(fresh.home.path('library.db.setup-code')).mode & 0o777, 0o600);
  });

  test('refuses a wrong code, and after ten has another one', async () => {
    const first = writtenCode(fresh);
    const body = { name: 'Ada', password: PASSWORD };
    invalid(await fresh.post('/auth/setup', { code: first, name: 'Ada', password: 'short' }), ['password']);
    invalid(await fresh.post('/auth/setup', { code: first, name: 'Ada', password: 'password123' }), ['password']);
    invalid(await fresh.post('/auth/setup', { code: first, name: 'anonymous', password: PASSWORD }), ['name']);
    for (let i = 0; i < 10; i++) refused(await fresh.post('/auth/setup', { code: `0000-000${i}`, ...body }), 403, 'WRONG_SETUP_CODE', /setup-code/);
    assert.notEqual(writtenCode(fresh), first);
    assert.equal(writtenCode(fresh), await printedCode(fresh, first));
    refused(await fresh.post('/auth/setup', { code: first, ...body }), 403, 'WRONG_SETUP_CODE');
  });

  test('is set up with the code, typed as people type; then it is over', async () => {
    const typed = ` ${writtenCode(fresh).toLowerCase().replace('-', ' ')} `;
    const body = { code: typed, name: 'Ada', password: PASSWORD, library_name: 'Harbour Lane', language: 'fr' };
    invalid(await fresh.post('/auth/setup', { ...body, time_zone: 'Mars!' }), ['time_zone']);
    const reply = await fresh.post('/auth/setup', { ...body, time_zone: 'UTC' });
    assertHas(expect(reply, 200).account, { name: 'Ada', role: 'admin', member_id: null });
    const admin = fresh.as({ Cookie: cookieOf(reply) });
    assertHas(await me(admin), { access: 'admin', setup_required: false, library_name: 'Harbour Lane', csrf_token: reply.body.csrf_token });
    const { settings } = expect(await admin.get('/admin/system-config'), 200);
    assertHas(settings.find(({ name }) => name === 'time_zone'), { value: 'UTC', source: 'stored' });
    assert.equal(existsSync(fresh.home.path('library.db.setup-code')), false);
    refused(await fresh.post('/auth/setup', { code: typed, name: 'Eve', password: PASSWORD }), 409, 'SETUP_DONE');
    expect(await fresh.get('/books'), 200);
  });
});

test('--create-admin on a live library ends setup; --reset-password lets in who has lost theirs, and others out', async () => {
  const live = await startServer({ auth: 'on' });
  const made = await live.run(['--create-admin', 'Grace'], { input: `${PASSWORD}\n` });
  assert.equal(made.code, 0, made.stderr);
  const admin = await signIn(live, 'grace');
  assert.equal(existsSync(live.home.path('library.db.setup-code')), false);
  const again = await live.run(['--create-admin', 'Grace'], { input: `${PASSWORD}\n` });
  assert.equal(again.code, 1);
  assert.match(again.stderr, /^carrel: .*Grace.*already.*\n$/);
  assert.match((await live.run(['--create-admin', 'Eve'], { input: 'short\n' })).stderr, /at least 10/);
  assert.equal((await live.run(['--create-admin', 'Eve'], { input: '' })).code, 1, 'no password is no account');

  const reset = await live.run(['--reset-password', 'Grace'], { input: 'another paper harbour\n' });
  assert.equal(reset.code, 0, reset.stderr);
  refused(await admin.get('/admin/accounts'), 401, 'UNAUTHENTICATED');
  refused(await live.post('/auth/login', { name: 'Grace', password: PASSWORD }), 401, 'WRONG_CREDENTIALS');
  await signIn(live, 'Grace', 'another paper harbour');
  const unknown = await live.run(['--reset-password', 'Nobody'], { input: 'another paper harbour\n' });
  assert.match(unknown.stderr, /no account “Nobody”/);
  await live.stop({ check: true, keep: true });
  // The same on the library at rest.
  const resting = await live.run(['--reset-password', 'Grace'], { input: 'a third paper harbour\n' });
  assert.equal(resting.code, 0, resting.stderr);
  const next = await startServer({ auth: 'on', home: live.home });
  assert.doesNotMatch(next.printed, /Setup code/);
  await signIn(next, 'Grace', 'a third paper harbour');
  await next.stop({ check: true });
});

describe('a session', () => {
  test('is a cookie that scripts cannot read, and is gone after signing out', async () => {
    const reply = await server.post('/auth/login', { name: people.librarian.account.name.toUpperCase(), password: PASSWORD });
    const [cookie] = reply.headers['set-cookie'];
    assert.match(cookie, /^carrel_session=[\w-]{43}; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Strict$/);
    assertHas(expect(reply, 200), { access_token: null, refresh_token: null });
    const browser = server.as({ Cookie: cookieOf(reply), 'X-CSRF-Token': reply.body.csrf_token });
    assertHas((await me(browser)).account, { name: people.librarian.account.name, role: 'librarian' });
    const out = await browser.post('/auth/logout');
    assert.equal(out.status, 204);
    assert.match(out.headers['set-cookie'][0], /^carrel_session=; .*Max-Age=0/);
    refused(await browser.get('/members'), 401, 'UNAUTHENTICATED');
    assert.equal((await me(browser)).account, null, 'what anyone may see is still there');
    expect(await browser.get('/books'), 200);
  });

  test('changes nothing without its X-CSRF-Token', async () => {
    const { Cookie } = people.librarian.headers;
    const body = { title: 'Dune', author: 'Frank Herbert' };
    refused(await server.post('/books', body, { Cookie }), 403, 'CSRF_TOKEN_MISSING');
    refused(await server.post('/books', body, { Cookie, 'X-CSRF-Token': people.admin.csrf }), 403, 'CSRF_TOKEN_WRONG');
    expect(await server.post('/books', body, { Cookie, 'X-CSRF-Token': people.librarian.csrf }), 201);
  });

  test('that nobody made is no session', async () => {
    for (const Cookie of [`carrel_session=${'A'.repeat(43)}`, 'carrel_session=', `${people.admin.headers.Cookie}x`]) {
      refused(await server.get('/members', { Cookie }), 401, 'UNAUTHENTICATED');
    }
  });

  test('follows the account: another role, a closed account count from the next request on', async () => {
    const { id, name } = await makeAccount(people.admin);
    const desk = await signIn(server, name);
    expect(await desk.get('/members'), 200);
    expect(await people.admin.post(`/admin/users/${id}/promote`, { role: 'member' }), 200);
    refused(await desk.get('/members'), 403, 'FORBIDDEN');
    expect(await people.admin.delete(`/admin/accounts/${id}`), 204);
    refused(await desk.get('/members/profile'), 401, 'UNAUTHENTICATED');
    refused(await server.post('/auth/login', { name, password: PASSWORD }), 403, 'ACCOUNT_CLOSED', /closed/);
    expect(await people.admin.patch(`/admin/accounts/${id}`, { disabled: false }), 200);
    await signIn(server, name);
    refused(await desk.get('/members/profile'), 401, 'UNAUTHENTICATED');
  });
});

describe('tokens', () => {
  test('let a program act as the account, without a CSRF token', async () => {
    const program = await takeTokens(server, people.librarian.account.name);
    assertHas(program.tokens, { token_type: 'Bearer', expires_in: 900, csrf_token: null });
    expect(await program.post('/books', { title: unique('By Program'), author: 'A' }), 201);
    assert.equal((await me(program)).account.name, people.librarian.account.name);
    refused(await program.get('/admin/accounts'), 403, 'FORBIDDEN');
  });

  test('a refresh token is good for one use; a second one ends all that came of it', async () => {
    const { tokens } = await takeTokens(server, people.librarian.account.name);
    const second = expect(await server.post('/auth/refresh', { refresh_token: tokens.refresh_token }), 200);
    expect(await bearer(server, second.access_token).get('/members'), 200);
    refused(await server.post('/auth/refresh', { refresh_token: tokens.refresh_token }), 401, 'INVALID_TOKEN', /used before/);
    // The one who came first is out as well: that refusal was kept.
    refused(await server.post('/auth/refresh', { refresh_token: second.refresh_token }), 401, 'INVALID_TOKEN');
    const rows = await auditOf('login.token_reused');
    assertHas(rows[0], { entity: 'account', entity_id: people.librarian.account.id });
    refused(await server.post('/auth/refresh', { refresh_token: 'A'.repeat(43) }), 401, 'INVALID_TOKEN');
  });

  test('signing out ends the refresh token', async () => {
    const { tokens } = await takeTokens(server, people.librarian.account.name);
    assert.equal((await server.post('/auth/logout', { refresh_token: tokens.refresh_token })).status, 204);
    refused(await server.post('/auth/refresh', { refresh_token: tokens.refresh_token }), 401, 'INVALID_TOKEN');
  });

  test('that are not ours, or have been touched, are 401 even where anyone may look', async () => {
    const { tokens } = await takeTokens(server, people.librarian.account.name);
    const [head, payload, mark] = tokens.access_token.split('.');
    const url = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
    const claims = JSON.parse(Buffer.from(payload, 'base64url'));
    const bad = {
      'no signature': `${head}.${payload}.`,
      'alg none': `${url({ alg: 'none', typ: 'JWT' })}.${payload}.`,
      'another algorithm': `${url({ alg: 'HS384', typ: 'JWT' })}.${payload}.${mark}`,
      'another role': `${head}.${url({ ...claims, role: 'admin' })}.${mark}`,
      'a fourth part': `${tokens.access_token}.x`,
      'another way to write it': `${head}.${payload}.${mark}=`,
      'a refresh token': tokens.refresh_token,
      'a key that nobody made': `carrel_${'A'.repeat(43)}`,
    };
    for (const [what, token] of Object.entries(bad)) {
      for (const path of ['/books', '/members']) {
        const reply = await bearer(server, token).get(path);
        refused(reply, 401, 'INVALID_TOKEN');
        assert.match(reply.headers['www-authenticate'], /^Bearer/, what);
      }
    }
    refused(await server.get('/books', { Authorization: 'Basic YTpi' }), 401, 'INVALID_TOKEN');
  });
});

describe('an API key', () => {
  test('is shown once, does what its role may, and nothing after it is revoked', async () => {
    const made = expect(await people.admin.post('/admin/api-keys', { name: 'Website', role: 'librarian' }), 201);
    assert.match(made.key, /^carrel_[\w-]{43}$/);
    const program = bearer(server, made.key);
    const book = expect(await program.post('/books', { title: unique('By Key'), author: 'A' }), 201);
    refused(await program.get('/admin/accounts'), 403, 'FORBIDDEN');
    refused(await program.put('/auth/password', { current_password: PASSWORD, new_password: 'another good long one' }), 403, 'FORBIDDEN');
    const [row] = expect(await people.admin.get(`/books/${book.id}/audit`), 200).data;
    assert.equal(row.actor, 'API key Website');
    const list = expect(await people.admin.get('/admin/api-keys'), 200);
    assertHas(list.data.find((one) => one.id === made.api_key.id), { name: 'Website', role: 'librarian', created_by: 'Ada Admin', revoked_at: null });
    assert.ok(!JSON.stringify(list).includes(made.key), 'never again');
    expect(await people.admin.delete(`/admin/api-keys/${made.api_key.id}`), 204);
    refused(await program.get('/members'), 401, 'INVALID_TOKEN');
    refused(await people.admin.delete('/admin/api-keys/01900000-0000-7000-8000-0000000000ff'), 404, 'API_KEY_NOT_FOUND');
  });
});

// The server keeps in memory who has been let in (src/auth/known.h): so each of these is busy first, on many connections.
describe('whoever the server knows by heart', () => {
  const all = (who, path) => Promise.all(Array.from({ length: 8 }, () => who.get(path)));
  const allExpect = async (who, path = '/members') => (await all(who, path)).forEach((reply) => expect(reply, 200));
  const allRefused = async (who, code, path = '/members', status = 401) => (await all(who, path)).forEach((reply) => refused(reply, status, code));

  test('is out with the answer to signing out, and nobody else is', async () => {
    const { name } = await makeAccount(people.admin);
    const [here, there] = [await signIn(server, name), await signIn(server, name)];
    const program = await takeTokens(server, name);
    for (const who of [here, there, program]) await allExpect(who);
    assert.equal((await here.post('/auth/logout')).status, 204);
    await allRefused(here, 'UNAUTHENTICATED');
    for (const who of [there, program]) await allExpect(who);
  });

  test('may from the next request on what the account may: by cookie and by token', async () => {
    const { id, name } = await makeAccount(people.admin);
    const ways = [await signIn(server, name), await takeTokens(server, name)];
    for (const who of ways) await allExpect(who);
    expect(await people.admin.post(`/admin/users/${id}/promote`, { role: 'member' }), 200);
    for (const who of ways) await allRefused(who, 'FORBIDDEN', '/members', 403);
    expect(await people.admin.post(`/admin/users/${id}/promote`, { role: 'admin' }), 200);
    for (const who of ways) await allExpect(who, '/admin/accounts');
    expect(await people.admin.delete(`/admin/accounts/${id}`), 204);
    for (const who of ways) await allRefused(who, 'UNAUTHENTICATED');
  });

  test('is out with a new password, but for who has set it', async () => {
    const { name } = await makeAccount(people.admin);
    const [here, there] = [await signIn(server, name), await signIn(server, name)];
    for (const who of [here, there]) await allExpect(who);
    assert.equal((await here.put('/auth/password', { current_password: PASSWORD, new_password: 'another good long one' })).status, 204);
    await allRefused(there, 'UNAUTHENTICATED');
    await allExpect(here);
  });

  test('is out with a revoked key, and with an archived record', async () => {
    const made = expect(await people.admin.post('/admin/api-keys', { name: unique('Busy'), role: 'librarian' }), 201);
    const program = bearer(server, made.key);
    const reader = await makeReader(server, people.admin);
    const own = `/members/${reader.record.id}`;
    await allExpect(program);
    await allExpect(reader, own);
    expect(await people.admin.delete(`/admin/api-keys/${made.api_key.id}`), 204);
    await allRefused(program, 'INVALID_TOKEN');
    await allExpect(reader, own);
    expect(await people.librarian.delete(own), 204);
    await allRefused(reader, 'UNAUTHENTICATED', own);
  });

  test('still needs the X-CSRF-Token for each change', async () => {
    await allExpect(people.librarian);
    const { Cookie } = people.librarian.headers;
    refused(await server.post('/books', { title: 'A', author: 'B' }, { Cookie }), 403, 'CSRF_TOKEN_MISSING');
    refused(await server.post('/books', { title: 'A', author: 'B' }, { Cookie, 'X-CSRF-Token': people.admin.csrf }), 403, 'CSRF_TOKEN_WRONG');
  });
});

describe('wrong passwords', () => {
  test('get the same answer for a name that is there and one that is not, and soon none for a while', async () => {
    const own = await startServer({ auth: 'on' });
    const admin = await setUp(own);
    const { name } = await makeAccount(admin);
    let wrong = 0;
    for (const who of [name, 'Somebody Else']) {
      for (let tries = 1; ; tries++) {
        const reply = await own.post('/auth/login', { name: who, password: 'not this one' });
        if (reply.status === 429) {
          assert.ok(tries > 5, `${tries} tries`);
          refused(reply, 429, 'TOO_MANY_ATTEMPTS', new RegExp(`Try again in ${reply.headers['retry-after']} second`));
          break;
        }
        // On a slow machine a second is over before the next try; then it is two, and four.
        assert.ok(tries < 12, 'still no wait');
        assert.equal(refused(reply, 401, 'WRONG_CREDENTIALS').detail, 'The name or the password is wrong.');
        wrong++;
      }
    }
    // They were committed although the answers were refusals.
    const rows = expect(await admin.get('/admin/audit-logs?action=login.failed'), 200);
    assert.equal(rows.meta.total, wrong);
    const csv = (await admin.http('GET', '/api/v1/admin/audit-logs/export/csv?action=login.failed')).text.trim().split('\r\n');
    assert.equal(csv.length, rows.meta.total + 1, 'the same rows below a head');
    assert.ok(!JSON.stringify(rows).includes('Somebody Else'), 'people type their password where the name belongs');
    await own.stop({ check: true });
  });
});

describe('one’s own password', () => {
  test('is changed with the present one; other sessions and tokens end, this one stays', async () => {
    const { name } = await makeAccount(people.admin);
    const here = await signIn(server, name);
    const there = await signIn(server, name);
    const { tokens } = await takeTokens(server, name);
    refused(await here.put('/auth/password', { current_password: 'not this one', new_password: 'another good long one' }), 403, 'WRONG_PASSWORD');
    invalid(await here.put('/auth/password', { current_password: PASSWORD, new_password: 'qwertyuiop' }), ['new_password']);
    invalid(await here.put('/auth/password', { current_password: PASSWORD, new_password: 'short' }), ['new_password']);
    assert.equal((await here.put('/auth/password', { current_password: PASSWORD, new_password: 'another good long one' })).status, 204);
    assert.equal((await me(here)).account.name, name);
    refused(await there.get('/members'), 401, 'UNAUTHENTICATED');
    refused(await server.post('/auth/refresh', { refresh_token: tokens.refresh_token }), 401, 'INVALID_TOKEN');
    await signIn(server, name, 'another good long one');
  });

  test('when it is lost, is set with a code that the administrator reads out, once', async () => {
    const { id, name } = await makeAccount(people.admin);
    const asked = await server.post('/members/password-reset', { name });
    const nobody = await server.post('/members/password-reset', { name: 'No Such Person' });
    assert.deepEqual([asked.status, asked.body], [202, nobody.body], 'the same answer for both');
    const waiting = expect(await people.admin.get('/admin/accounts?reset_asked=true'), 200).data;
    assert.deepEqual(waiting.map((one) => one.id), [id]);
    const { code, expires_at: until } = expect(await people.admin.post(`/admin/accounts/${id}/reset-code`), 201);
    assert.ok(Date.parse(until) > Date.now());
    const reset = { name, new_password: 'a wholly new one' };
    refused(await server.post('/auth/reset', { ...reset, code: 'AAAA-AAAA-AAAA' }), 401, 'INVALID_CODE');
    refused(await server.post('/auth/reset', { ...reset, code, name: 'No Such Person' }), 401, 'INVALID_CODE');
    assert.equal((await server.post('/auth/reset', { ...reset, code: code.toLowerCase().replaceAll('-', ' ') })).status, 204);
    await signIn(server, name, 'a wholly new one');
    refused(await server.post('/auth/reset', { ...reset, code }), 401, 'INVALID_CODE');
    assert.deepEqual(expect(await people.admin.get('/admin/accounts?reset_asked=true'), 200).data, []);
  });

  test('a code dies of five wrong tries, which are remembered', async () => {
    const { id, name } = await makeAccount(people.admin);
    const { code } = expect(await people.admin.post(`/admin/accounts/${id}/reset-code`), 201);
    for (let i = 0; i < 5; i++) refused(await server.post('/auth/reset', { name, code: `AAAA-AAAA-AAA${i}`, new_password: PASSWORD }), 401, 'INVALID_CODE');
    refused(await server.post('/auth/reset', { name, code, new_password: PASSWORD }), 401, 'INVALID_CODE');
  });
});

describe('a reader', () => {
  test('sees the own record, loans and figures, without what is noted for the desk', async () => {
    const { member, librarian } = people;
    expect(await librarian.patch(`/members/${member.record.id}`, { note: 'owes an umbrella' }), 200);
    const book = await makeBook(librarian);
    expect(await librarian.post('/borrows', { book_id: book.id, member_id: member.record.id }), 201);
    for (const path of ['/members/profile', `/members/${member.record.id}`]) {
      const profile = expect(await member.get(path), 200);
      assertHas(profile.member, { id: member.record.id, note: null });
      assert.equal(profile.active_borrows_count, 1);
    }
    assert.equal(expect(await librarian.get(`/members/${member.record.id}`), 200).member.note, 'owes an umbrella');
    const { data } = expect(await member.get(`/members/${member.record.id}/borrows?member_id=${people.otherMember.record.id}`), 200);
    assert.deepEqual(data.map((one) => one.member_id), [member.record.id], 'a filter leads to nobody else');
  });

  test('whose record is archived is signed out', async () => {
    const reader = await makeReader(server, people.admin);
    expect(await people.librarian.delete(`/members/${reader.record.id}`), 204);
    refused(await reader.get('/members/profile'), 401, 'UNAUTHENTICATED');
    refused(await server.post('/auth/login', { name: reader.account.name, password: PASSWORD }), 403, 'ACCOUNT_CLOSED');
  });

  test('a login without a reader’s record has no profile', async () => {
    refused(await people.librarian.get('/members/profile'), 409, 'NO_MEMBER_RECORD');
  });

  test('registers with a login where the library allows it, and else is sent to the desk', async () => {
    const email = 'ida@example.org';
    const body = { name: 'Ida Quinn', email, account_name: 'ida', password: PASSWORD };
    refused(await server.post('/members/register', body), 403, 'REGISTRATION_CLOSED', /desk/);
    expect(await people.admin.put('/admin/system-config', { self_registration: 'on' }), 200);
    assertHas(await me(people.anonymous), { self_registration: true });
    invalid(await server.post('/members/register', { ...body, password: 'password123', email: 'no' }), ['password', 'email']);
    const record = expect(await server.post('/members/register', body), 201);
    assert.match(record.id, UUID);
    const ida = await signIn(server, 'Ida');
    assert.equal(expect(await ida.get('/members/profile'), 200).member.id, record.id);
    const taken = refused(await server.post('/members/register', { ...body, account_name: 'ida2' }), 409, 'DUPLICATE_EMAIL');
    assert.ok(!JSON.stringify(taken).includes('Ida'), 'whose it is, is nobody’s business');
    refused(await server.post('/members/register', { ...body, email: null }), 409, 'DUPLICATE_ACCOUNT');
    assert.equal(expect(await people.librarian.get('/members?q=Quinn'), 200).meta.total, 1, 'both or neither');
    expect(await people.admin.put('/admin/system-config', { self_registration: null }), 200);
  });
});

test('the archive is listed for the staff alone; that a title one knows is archived is told to everybody', async () => {
  const book = await makeBook(people.librarian, { title: unique('Weeded') });
  expect(await people.librarian.delete(`/books/${book.id}`), 204);
  for (const path of ['/books', '/search/books', '/search/facets']) {
    const asked = `${path}?archived=true&q=${encodeURIComponent(book.title)}`;
    const found = expect(await people.librarian.get(asked), 200);
    assert.equal(found.meta?.total ?? found.total, 1);
    refused(await people.anonymous.get(asked), 401, 'UNAUTHENTICATED');
    refused(await people.anonymous.get(asked.replace('true', '1')), 401, 'UNAUTHENTICATED');
    refused(await people.member.get(asked), 403, 'FORBIDDEN', /for the staff alone/);
    for (const who of [people.anonymous, people.member]) expect(await who.get(asked.replace('true', 'false')), 200);
  }
  assert.ok(expect(await people.anonymous.get(`/books/${book.id}?archived=true`), 200).deleted_at);
});

test('a catalogue that is not public needs a login; null makes it public again', async () => {
  const book = await makeBook(people.librarian);
  assertHas(await me(people.anonymous), { public_catalogue: true, self_registration: false, card_prefix: '2900', barcode_prefix: '3900' });
  expect(await people.admin.put('/admin/system-config', { public_catalogue: 'off' }), 200);
  assertHas(await me(people.anonymous), { public_catalogue: false });
  for (const path of ['/books', `/books/${book.id}`, `/books/${book.id}/availability`]) {
    refused(await server.get(path), 401, 'UNAUTHENTICATED');
    expect(await people.member.get(path), 200);
  }
  expect(await people.admin.put('/admin/system-config', { public_catalogue: null }), 200);
  expect(await server.get('/books'), 200);
});

test('with --auth off everyone is an administrator, and there is nothing to sign in to', async () => {
  const open = await startServer({ auth: 'off' });
  assertHas(await me(open), { account: null, access: 'admin', auth: 'off', setup_required: false });
  expect(await open.get('/admin/accounts'), 200);
  assert.doesNotMatch(open.printed, /Setup code/);
  const bodies = [
    ['POST', '/auth/login', { name: 'a', password: PASSWORD }], ['POST', '/auth/refresh', { refresh_token: 'a' }], ['POST', '/auth/logout', undefined],
    ['POST', '/auth/setup', { code: 'a', name: 'Ada', password: PASSWORD }], ['PUT', '/auth/password', { current_password: 'a', new_password: PASSWORD }],
    ['POST', '/auth/reset', { name: 'a', code: 'a', new_password: PASSWORD }], ['GET', '/members/profile', undefined],
    ['POST', '/members/register', { name: 'Ida', account_name: 'ida', password: PASSWORD }], ['POST', '/members/password-reset', { name: 'ida' }],
  ];
  for (const [method, path, body] of bodies) refused(await open.api(method, path, body), 409, 'AUTH_IS_OFF', /--auth off/);
  await open.stop({ check: true });
});

test('nothing secret is in the log, the audit log, or what a list shows', async () => {
  const own = await startServer({ auth: 'on', env: { CARREL_LOG_LEVEL: 'debug' } });
  const code = writtenCode(own);
  const admin = await setUp(own);
  const { tokens } = await takeTokens(own, 'Ada Admin');
  const { key } = expect(await admin.post('/admin/api-keys', { name: 'K', role: 'admin' }), 201);
  const reset = expect(await admin.post(`/admin/accounts/${admin.account.id}/reset-code`), 201);
  await own.post('/auth/login', { name: 'Ada Admin', password: 'a wrong secret' });
  const secrets = [code, PASSWORD, 'a wrong secret', admin.headers.Cookie.split('=')[1], admin.csrf, tokens.access_token, tokens.refresh_token, key, reset.code, '$scrypt$'];
  const shown = [own.logs];
  for (const path of ['/admin/audit-logs', '/admin/accounts', '/admin/api-keys', '/admin/system-config', '/openapi.json']) shown.push(expectText(await admin.get(path)));
  for (const secret of secrets) for (const text of shown) assert.ok(!text.includes(secret), `${secret.slice(0, 6)}… in ${text.slice(0, 80)}`);
  await own.stop({ check: true });
});

const expectText = (reply) => {
  expect(reply, 200);
  return reply.text;
};

test('three logins at the same moment are all answered', async () => {
  const { name } = await makeAccount(people.admin);
  const replies = await Promise.all(Array.from({ length: 3 }, () => server.post('/auth/login', { name, password: PASSWORD })));
  for (const reply of replies) expect(reply, 200);
});

test('/metrics is for programs on this machine; behind a proxy for administrators, unless the setting opens it', async () => {
  const proxied = { 'X-Forwarded-For': '203.0.113.9' };
  const read = (who, headers) => who.http('GET', '/metrics', undefined, headers);
  expect(await read(server), 200);
  refused(await read(server, proxied), 401, 'UNAUTHENTICATED');
  for (const name of ['Forwarded', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Real-IP', 'Via']) refused(await read(server, { [name]: 'x' }), 401, 'UNAUTHENTICATED');
  refused(await read(people.librarian, proxied), 403, 'FORBIDDEN');
  expect(await read(people.admin, proxied), 200);
  expect(await people.admin.put('/admin/system-config', { metrics_open: 'on' }), 200);
  expect(await read(server, proxied), 200);
  expect(await people.admin.put('/admin/system-config', { metrics_open: null }), 200);
  refused(await read(server, proxied), 401, 'UNAUTHENTICATED');
});
