// HTTPS: the library's own authority, certificates of one's own, the way from http, and clients that stop in the middle.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';
import { authorityOf, startSecure } from '../support/authority.mjs';
import { freePort } from '../support/catalogues.mjs';
import { httpClient } from '../support/client.mjs';
import { expect, refused } from '../support/library.mjs';
import { cookieOf, PASSWORD, setUp } from '../support/people.mjs';
import { makeHome, run, startServer } from '../support/server.mjs';

/** The reply to one request on a connection of its own. `where`: options of node's request(). */
function ask(protocol, where, body) {
  return new Promise((done, failed) => {
    const request = protocol.request({ agent: false, ...where }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, text }));
    });
    request.on('error', failed);
    request.end(body);
  });
}

/** As somebody does who has nothing to trust yet. */
async function fetchAuthority(url) {
  const { hostname, port } = new URL(url);
  const reply = await ask(https, { host: hostname, port, path: '/ca.crt', rejectUnauthorized: false });
  assert.equal(reply.status, 200, reply.text);
  return reply.text;
}

/** A library with an authority: the server has been there once, so that its certificate can be had first. */
async function homeWithAuthority() {
  const home = await makeHome();
  const first = await startSecure(home);
  await first.stop({ keep: true });
  return home;
}

/** A handshake's end: the socket, or the error. */
function shake(server, options = {}) {
  return new Promise((done) => {
    const socket = tls.connect({ host: '127.0.0.1', port: server.port, ...options }, () => done({ socket }));
    socket.on('error', (error) => done({ error }));
  });
}

describe('--tls auto', () => {
  let server;
  let redirectPort;
  let ca;
  before(async () => {
    redirectPort = await freePort();
    server = await startSecure(undefined, { auth: 'on', args: ['--redirect-listen', `127.0.0.1:${redirectPort}`] });
    ca = authorityOf(server.home);
  });
  after(() => server.stop({ check: true }));

  test('the first line is the address, with https; the fingerprint is the authority’s', async () => {
    assert.match(server.url, /^https:\/\/127\.0\.0\.1:\d+$/);
    assert.match(server.printed, new RegExp(`^https://localhost:${server.port}/$`, 'm'));
    assert.ok(server.printed.includes(new X509Certificate(ca).fingerprint256), server.printed);
  });

  test('the authority is there for everybody, before there is an administrator', async () => {
    const reply = await server.api('GET', '/ca.crt');
    assert.equal(reply.status, 200);
    assert.equal(reply.headers['content-type'], 'application/x-x509-ca-cert');
    assert.equal(reply.text, ca);
    assert.equal(await fetchAuthority(server.url), ca);
    assert.ok(!reply.text.includes('PRIVATE'));
  });

  test('who trusts the authority is connected, by address and by name; others are not', async () => {
    for (const name of ['127.0.0.1', 'localhost']) {
      const { socket, error } = await shake(server, { ca, host: '127.0.0.1', servername: name === 'localhost' ? name : '', checkServerIdentity: (_, cert) => tls.checkServerIdentity(name, cert) });
      assert.equal(error, undefined);
      assert.ok(socket.authorized);
      assert.equal(socket.getProtocol(), 'TLSv1.3');
      socket.destroy();
    }
    const stranger = await shake(server, {});
    assert.match(stranger.error.code, /UNABLE_TO|SELF_SIGNED/);
    const elsewhere = await shake(server, { ca, servername: 'library.example.org' });
    assert.equal(elsewhere.error.code, 'ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('keys are for the owner alone', () => {
    assert.equal(statSync(server.home.path('library.db.tls')).mode & 0o777, 0o700);
    for (const name of ['ca.pem', 'server.pem']) assert.equal(statSync(server.home.path(`library.db.tls/${name}`)).mode & 0o777, 0o600, name);
  });

  test('TLS 1.2 with forward secrecy is the least', async () => {
    const old = await shake(server, { ca, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
    assert.equal(old.error, undefined);
    assert.match(old.socket.getCipher().name, /^ECDHE-ECDSA-(AES\d+-GCM|CHACHA20)/);
    old.socket.destroy();
    // Security level 0, or node itself would not offer it.
    for (const version of ['TLSv1', 'TLSv1.1']) {
      const { error } = await shake(server, { ca, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' });
      assert.match(error.code, /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/, version);
    }
    const weak = await shake(server, { ca, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' });
    assert.match(weak.error.code, /HANDSHAKE_FAILURE/);
  });

  test('http leads to https, and nothing else does', async () => {
    const where = { host: '127.0.0.1', port: redirectPort };
    for (const method of ['GET', 'HEAD']) {
      const reply = await ask(http, { ...where, method, path: '/books?q=a%20b', headers: { Host: 'localhost:1' } });
      assert.equal(reply.status, 308);
      assert.equal(reply.headers.location, `https://localhost:${server.port}/books?q=a%20b`);
      assert.equal(reply.headers['cache-control'], 'no-store');
    }
    const posted = await ask(http, { ...where, method: 'POST', path: '/api/v1/auth/login', headers: { 'Content-Type': 'application/json' } }, '{"name":"a","password":"secret"}');
    assert.deepEqual([posted.status, JSON.parse(posted.text).error_code], [403, 'FORBIDDEN']);
    const strange = await ask(http, { ...where, path: '/', headers: { Host: 'evil.example' } });
    assert.deepEqual([strange.status, JSON.parse(strange.text).error_code], [400, 'HOST_NOT_ALLOWED']);
    assert.equal(strange.headers.location, undefined);
  });

  test('the session’s cookie is __Host- and Secure, and is accepted', async () => {
    const admin = await setUp(server);
    const reply = await server.post('/auth/login', { name: 'Ada Admin', password: PASSWORD });
    expect(reply, 200);
    const [cookie] = reply.headers['set-cookie'];
    assert.match(cookie, /^__Host-carrel_session=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/);
    assert.equal(expect(await server.as({ Cookie: cookieOf(reply) }).get('/auth/me'), 200).account.name, 'Ada Admin');
    // The name without the prefix, which plain http could have set, is nobody's here.
    assert.equal(expect(await server.as({ Cookie: cookieOf(reply).replace('__Host-', '') }).get('/auth/me'), 200).account, null);
    const made = await admin.api('POST', '/books', { title: 'From our page', author: 'A' }, { Origin: server.url, Host: `127.0.0.1:${server.port}` });
    expect(made, 201);
    assert.equal(made.headers['strict-transport-security'], undefined, 'no HSTS with an authority that browsers may forget');
  });

  test('the pages are there', async () => {
    const page = await server.http('GET', '/');
    assert.equal(page.status, 200);
    assert.match(page.headers['content-type'], /^text\/html/);
  });

  test('the command line goes on asking over the socket', async () => {
    const health = await server.run(['--health']);
    assert.equal(health.code, 0, health.stderr);
  });

  test('plain http to the TLS port is closed, and the server is as well as before', async () => {
    await assert.rejects(ask(http, { host: '127.0.0.1', port: server.port, path: '/health' }));
    expect(await server.get('/health'), 200);
  });
});

test('the authority stays from start to start', async () => {
  const home = await homeWithAuthority();
  const before = authorityOf(home);
  const server = await startSecure(home);
  assert.equal(authorityOf(home), before);
  expect(await server.get('/health'), 200);
  await server.stop();
});

// The library below gives a handshake ten seconds: forty of them in turn would keep the others out for more than a minute
// and a half, which is longer than this client waits.
test('clients that stop before or within the handshake do not hold the server', async () => {
  const server = await startSecure(undefined, { args: ['--threads', '4'] });
  const hello = await recordedHello();
  const stalled = [];
  for (let i = 0; i < 60; i++) {
    const socket = net.connect(server.port, '127.0.0.1').on('error', () => {});
    // Silence; half of a greeting; a whole one, and then not a word.
    if (i % 3 === 1) socket.write(hello.subarray(0, 60));
    if (i % 3 === 2) socket.write(hello);
    socket.resume();
    stalled.push(socket);
  }
  const client = httpClient({ host: '127.0.0.1', port: server.port, ca: authorityOf(server.home) });
  expect(await client.request('GET', '/health'), 200);
  client.close();
  for (const socket of stalled) socket.destroy();
  expect(await server.get('/health'), 200);
  await server.stop({ check: true });
});

/** What a client says first. */
function recordedHello() {
  return new Promise((done) => {
    const listener = net.createServer((socket) => {
      socket.once('data', (bytes) => {
        socket.destroy();
        listener.close(() => done(bytes));
      });
    });
    listener.listen(0, '127.0.0.1', () => tls.connect(listener.address().port, '127.0.0.1').on('error', () => {}));
  });
}

describe('certificates of one’s own', () => {
  let home;
  let other;
  before(async () => {
    home = await homeWithAuthority();
    other = await homeWithAuthority();
    const server = readFileSync(home.path('library.db.tls/server.pem'), 'utf8');
    const split = server.indexOf('-----BEGIN CERTIFICATE-----');
    await home.write('own.key', server.slice(0, split));
    await home.write('own.crt', server.slice(split));
    await home.write('both.pem', server);
    await home.write('wrong.pem', readFileSync(other.path('library.db.tls/server.pem'), 'utf8'));
    await home.write('nothing.pem', 'hello\n');
    for (const name of ['own.key', 'both.pem', 'wrong.pem']) chmodSync(home.path(name), 0o600);
  });
  after(async () => {
    await home.remove();
    await other.remove();
  });

  const start = (...args) => startServer({ home, ca: authorityOf(home), args });
  const refusal = async (...args) => {
    const ended = await run(home, ['--db', home.library, '--auth', 'off', '--listen', '127.0.0.1:0', ...args]);
    assert.equal(ended.code, 1, ended.stdout);
    assert.equal(ended.stdout, '');
    return ended.stderr;
  };

  test('two files, or one: it serves, browsers stay with https, and there is no authority to install', async () => {
    for (const args of [['--tls-cert', home.inside('own.crt'), '--tls-key', home.inside('own.key')], ['--tls-cert', home.inside('both.pem')]]) {
      const server = await start(...args);
      const reply = await server.http('GET', '/health');
      assert.equal(reply.status, 200);
      assert.equal(reply.headers['strict-transport-security'], 'max-age=2592000');
      refused(await server.http('GET', '/ca.crt'), 409, 'CONFLICT');
      assert.ok(!server.logs.includes('every user of this machine'), server.logs);
      await server.stop({ keep: true });
    }
  });

  test('a key that everybody may read is warned of', async () => {
    chmodSync(home.path('own.key'), 0o644);
    const server = await start('--tls-cert', home.inside('own.crt'), '--tls-key', home.inside('own.key'));
    assert.match(server.logs, /"warn".*every user of this machine may read the private key/);
    await server.stop({ keep: true });
    chmodSync(home.path('own.key'), 0o600);
  });

  test('what is wrong is said at the start', async () => {
    const own = home.inside('own.crt');
    assert.match(await refusal('--tls-cert', home.inside('gone.crt')), /gone\.crt: there is no such file/);
    assert.match(await refusal('--tls-cert', own), /own\.crt: there is no private key in it/);
    assert.match(await refusal('--tls-cert', home.inside('nothing.pem')), /nothing\.pem: there is no certificate in it/);
    assert.match(await refusal('--tls-cert', own, '--tls-key', home.inside('wrong.pem')), /wrong\.pem is not the key of the certificate in .*own\.crt/);
    assert.match(await refusal('--tls-key', home.inside('own.key')), /--tls-key goes with --tls-cert/);
    assert.match(await refusal('--tls', 'auto', '--tls-cert', own), /Choose one/);
    assert.match(await refusal('--redirect-listen', '127.0.0.1:0'), /--redirect-listen leads to https/);
  });
});

test('without TLS there is no authority, and the cookie is a plain one', async () => {
  const server = await startServer({ auth: 'on' });
  refused(await server.http('GET', '/ca.crt'), 409, 'CONFLICT');
  const reply = await server.post('/auth/login', { name: 'Nobody', password: PASSWORD });
  assert.equal(reply.headers['strict-transport-security'], undefined);
  await server.stop();
});
