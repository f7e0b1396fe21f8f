// Accounts: who may sign in and do what, and that somebody always can administer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertHas, expect, invalid, refused, unique, UNKNOWN_ID, UUID } from '../support/library.mjs';
import { makeAccount, makePeople, PASSWORD, signIn } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';

let server;
let admin;
let people;
before(async () => {
  server = await startServer({ auth: 'on' });
  people = await makePeople(server);
  admin = people.admin;
});
after(() => server.stop({ check: true }));

test('an account is made with name, role and password, and signs in', async () => {
  const made = await makeAccount(admin, { name: 'Zoë Desk', role: 'librarian' });
  assert.match(made.id, UUID);
  assertHas(made, { name: 'Zoë Desk', role: 'librarian', member_id: null, password_set: true, disabled_at: null, last_login_at: null, version: 1 });
  const zoe = await signIn(server, 'zoe desk');
  assertHas(zoe.account, { id: made.id, name: 'Zoë Desk' });
  assert.ok(expect(await admin.get(`/admin/accounts/${made.id}`), 200).last_login_at);
});

test('without a password it waits for a code', async () => {
  const made = await makeAccount(admin, { name: 'Later', password: undefined });
  assert.equal(made.password_set, false);
  refused(await server.post('/auth/login', { name: 'Later', password: PASSWORD }), 401, 'WRONG_CREDENTIALS');
  const { code } = expect(await admin.post(`/admin/accounts/${made.id}/reset-code`), 201);
  assert.equal((await server.post('/auth/reset', { name: 'Later', code, new_password: PASSWORD })).status, 204);
  await signIn(server, 'Later');
});

test('wrong members are named all at once; a password that is short, common or the name is refused', async () => {
  invalid(await admin.post('/admin/accounts', { name: 'x', role: 'king', password: 'short', colour: 'red' }), ['name', 'role', 'password', 'colour']);
  invalid(await admin.post('/admin/accounts', { name: 'Local Administrator', role: 'admin', password: 'qwertyuiop' }), ['name', 'password']);
  invalid(await admin.post('/admin/accounts', { name: 'Ada Lovelace', role: 'admin', password: 'ada LOVELACE' }), ['password']);
  invalid(await admin.post('/admin/accounts', { name: 'API key Website', role: 'admin', password: PASSWORD }), ['name']);
  const body = invalid(await admin.post('/admin/accounts', { name: 'Bert', role: 'admin', password: 'Password1234' }), ['password']);
  assert.ok(!JSON.stringify(body).includes('Password1234'));
});

test('a name is taken whatever its case and accents; a reader has one login', async () => {
  await makeAccount(admin, { name: 'Émile' });
  refused(await admin.post('/admin/accounts', { name: 'emile', role: 'librarian', password: PASSWORD }), 409, 'DUPLICATE_ACCOUNT', /Émile/);
  const { record } = people.member;
  refused(await admin.post('/admin/accounts', { name: unique('Second'), role: 'member', member_id: record.id, password: PASSWORD }), 409, 'DUPLICATE_ACCOUNT');
  refused(await admin.post('/admin/accounts', { name: unique('Nobody'), role: 'member', member_id: UNKNOWN_ID, password: PASSWORD }), 404, 'MEMBER_NOT_FOUND');
});

test('an edit changes what is given, from the version that If-Match names, and is audited', async () => {
  const made = await makeAccount(admin, { name: 'Before' });
  const path = `/admin/accounts/${made.id}`;
  const after_ = expect(await admin.patch(path, { name: 'After' }, { 'If-Match': '"1"' }), 200);
  assertHas(after_, { name: 'After', role: 'librarian', version: 2 });
  refused(await admin.patch(path, { name: 'Again' }, { 'If-Match': '"1"' }), 412, 'PRECONDITION_FAILED');
  expect(await admin.patch(path, { name: 'After' }), 200);
  const { data } = expect(await admin.get('/admin/audit-logs?entity=account&action=account.updated&limit=100'), 200);
  const mine = data.filter((row) => row.entity_id === made.id);
  assert.equal(mine.length, 1, 'no change leaves no row');
  assertHas(mine[0], { actor: 'Ada Admin' });
  assert.deepEqual([JSON.parse(mine[0].before), JSON.parse(mine[0].after)], [{ name: 'Before' }, { name: 'After' }]);
  refused(await admin.patch(`/admin/accounts/${UNKNOWN_ID}`, { name: 'X Y' }), 404, 'ACCOUNT_NOT_FOUND');
});

test('a reader’s login is tied to the record and can be untied', async () => {
  const record = expect(await admin.post('/members', { name: 'Tied' }), 201);
  const made = await makeAccount(admin, { name: 'Tied', role: 'member', member_id: record.id });
  assertHas(made, { member_id: record.id, member_name: 'Tied' });
  const reader = await signIn(server, 'Tied');
  expect(await reader.get('/members/profile'), 200);
  assertHas(expect(await admin.patch(`/admin/accounts/${made.id}`, { member_id: null }), 200), { member_id: null });
  refused(await reader.get('/members/profile'), 409, 'NO_MEMBER_RECORD');
  assert.deepEqual(expect(await admin.get(`/admin/accounts?member_id=${record.id}`), 200).data, []);
});

test('promoted and demoted; the last administrator can be neither closed nor demoted', async () => {
  const self = `/admin/accounts/${admin.account.id}`;
  refused(await admin.delete(self), 409, 'LAST_ADMIN', /only administrator/);
  refused(await admin.patch(self, { role: 'librarian' }), 409, 'LAST_ADMIN');
  refused(await admin.patch(self, { disabled: true }), 409, 'LAST_ADMIN');
  refused(await admin.post(`/admin/users/${admin.account.id}/promote`, { role: 'member' }), 409, 'LAST_ADMIN');
  const second = await makeAccount(admin, { name: 'Second Admin' });
  assertHas(expect(await admin.post(`/admin/users/${second.id}/promote`, { role: 'admin' }), 200), { role: 'admin' });
  const other = await signIn(server, 'Second Admin');
  expect(await other.patch(self, { role: 'librarian' }), 200);
  refused(await admin.get('/admin/accounts'), 403, 'FORBIDDEN');
  refused(await other.delete(`/admin/accounts/${second.id}`), 409, 'LAST_ADMIN');
  expect(await other.patch(self, { role: 'admin' }), 200);
  expect(await admin.post(`/admin/users/${second.id}/promote`, { role: 'librarian' }), 200);
});

test('an administrator without a password does not count as one', async () => {
  const made = await makeAccount(admin, { name: 'Empty Admin', role: 'admin', password: undefined });
  refused(await admin.delete(`/admin/accounts/${admin.account.id}`), 409, 'LAST_ADMIN');
  expect(await admin.delete(`/admin/accounts/${made.id}`), 204);
});

test('the list: by name, by role, closed ones apart', async () => {
  const closed = await makeAccount(admin, { name: 'Closed One' });
  expect(await admin.delete(`/admin/accounts/${closed.id}`), 204);
  const all = expect(await admin.get('/admin/accounts?limit=100'), 200);
  assert.ok(!all.data.some((one) => one.id === closed.id), 'open ones unless asked');
  const names = all.data.map((one) => one.name);
  assert.deepEqual(names, [...names].sort((a, b) => a.localeCompare(b, 'en')));
  assert.deepEqual(expect(await admin.get('/admin/accounts?disabled=true'), 200).data.filter((one) => one.id === closed.id).length, 1);
  assert.ok(expect(await admin.get('/admin/accounts?role=admin'), 200).data.every((one) => one.role === 'admin'));
  expect(await admin.get('/admin/accounts?sort=-created_at'), 200);
});

test('the local socket sets a password by name', async () => {
  await makeAccount(admin, { name: 'Forgetful' });
  assert.equal((await server.local('POST', '/admin/accounts/password', { name: 'forgetful', password: 'set from the socket' })).status, 204);
  await signIn(server, 'Forgetful', 'set from the socket');
  refused(await admin.post('/admin/accounts/password', { name: 'forgetful', password: 'set from the socket' }), 403, 'FORBIDDEN');
});
