// people.mjs — those who sign in: the first administrator by the setup code, others by name and password.
//
//     const server = await startServer({ auth: 'on' });
//     const { admin, librarian, member, otherMember, anonymous } = await makePeople(server);
//     await librarian.get('/members');                // with session cookie and X-CSRF-Token
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { expect, unique } from './library.mjs';

export const PASSWORD = 'paper harbour lights';

/** The last code that was printed on the console. What a program has printed reaches us a moment after it was. */
export async function printedCode(server, unlike) {
  for (const until = Date.now() + 10_000; Date.now() < until; await new Promise((done) => setTimeout(done, 10))) {
    const code = [...server.printed.matchAll(/Setup code: ([0-9A-Z-]+)/g)].at(-1)?.[1];
    if (code !== undefined && code !== unlike) return code;
  }
  return assert.fail(`no setup code in: ${server.printed}`);
}

/** The one in the file beside the library. */
export const writtenCode = (server) => readFileSync(server.home.path('library.db.setup-code'), 'utf8').trim();

/** name=value of the cookie that a reply sets. */
export function cookieOf(reply) {
  const [cookie] = reply.headers['set-cookie'] ?? [];
  assert.ok(cookie, 'the reply sets a cookie');
  return cookie.split(';')[0];
}

/** A client with the session of a login's reply; `account` is who it is. */
function withSession(server, reply) {
  const { account, csrf_token: csrf } = expect(reply, 200);
  return { ...server.as({ Cookie: cookieOf(reply), 'X-CSRF-Token': csrf }), account, csrf };
}

export async function setUp(server, { name = 'Ada Admin', ...more } = {}) {
  return withSession(server, await server.post('/auth/setup', { code: writtenCode(server), name, password: PASSWORD, ...more }));
}

export async function signIn(server, name, password = PASSWORD) {
  return withSession(server, await server.post('/auth/login', { name, password }));
}

/** As a program does: Authorization: Bearer. `tokens` is the login's reply. */
export async function takeTokens(server, name, password = PASSWORD) {
  const tokens = expect(await server.post('/auth/login', { name, password, want: 'token' }), 200);
  return { ...bearer(server, tokens.access_token), tokens };
}

export const bearer = (server, token) => server.as({ Authorization: `Bearer ${token}` });

export async function makeAccount(admin, given = {}) {
  return expect(await admin.post('/admin/accounts', { name: unique('Person'), role: 'librarian', password: PASSWORD, ...given }), 201);
}

/** A reader with a login; `record` is the member. */
export async function makeReader(server, admin, name = unique('Reader')) {
  const record = expect(await admin.post('/members', { name }), 201);
  await makeAccount(admin, { name, role: 'member', member_id: record.id });
  return { ...(await signIn(server, name)), record };
}

/** One of each, signed in. */
export async function makePeople(server) {
  const admin = await setUp(server);
  const { name } = await makeAccount(admin);
  return {
    anonymous: server.as({}),
    admin,
    librarian: await signIn(server, name),
    member: await makeReader(server, admin),
    otherMember: await makeReader(server, admin),
  };
}
