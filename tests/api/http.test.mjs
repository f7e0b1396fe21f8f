// The edge: what every reply has, and what no honest client sends (API.md "Every response", QUALITY.md "Let no one in").
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import net from 'node:net';
import { hostname } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { after, before, describe, test } from 'node:test';
import { expect, invalid, makeBook, makeMember, refused, UNKNOWN_ID } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';

let server;
let host;
before(async () => {
  server = await startServer();
  host = `127.0.0.1:${server.port}`;
});
after(() => server.stop({ check: true }));

const BOOKS = '/api/v1/books';

/** One request on a socket of its own, exactly as written; the one reply to it. */
async function raw(...requestLines) {
  const { replies } = await server.raw(requestLines.join('\r\n'));
  assert.equal(replies.length, 1, JSON.stringify(replies));
  return replies[0];
}
const get = (path, ...headers) => raw(`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers, '', '');

/** Refused before anything looked at it: a problem like any other, and the connection is over. */
async function refusedRaw(status, code, lines, detail) {
  const { replies, closed } = await server.raw(lines);
  assert.equal(replies.length, 1, `one answer: ${JSON.stringify(replies)}`);
  const [reply] = replies;
  assert.deepEqual([reply.status, reply.body?.error_code], [status, code], reply.text);
  assert.equal(reply.headers['x-correlation-id'], reply.body.correlation_id);
  assert.match(reply.headers['x-process-time'], /^\d+\.\d+$/);
  assert.equal(reply.headers['x-content-type-options'], 'nosniff');
  if (detail) assert.match(reply.body.detail, detail);
  assert.ok(closed, 'the connection is closed');
  return reply;
}

const stillWell = async () => assert.deepEqual(expect(await server.get('/health'), 200), { status: 'ok', db: 'connected' });

describe('addresses and methods', () => {
  test('an unknown address is 404, whatever the method', async () => {
    for (const [method, path] of [['GET', '/api/v1/nothing'], ['POST', '/api/v1/nothing'], ['DELETE', '/api/v1'], ['GET', '/api/v1/books/x/y/z'], ['GET', '/api'], ['GET', '/api/v2/books'], ['PUT', '/nothing']]) {
      refused(await server.http(method, path, method === 'GET' || method === 'DELETE' ? undefined : {}), 404, 'NOT_FOUND');
    }
  });

  test('a known address with another method is 405 with Allow', async () => {
    for (const [method, path, allow] of [
      ['DELETE', BOOKS, 'GET, HEAD, POST'], ['PATCH', BOOKS, 'GET, HEAD, POST'], ['POST', `${BOOKS}/${UNKNOWN_ID}`, 'GET, HEAD, PUT, PATCH, DELETE'],
      ['GET', `/api/v1/borrows/${UNKNOWN_ID}/return`, 'POST, PUT'], ['POST', '/health', 'GET, HEAD'], ['DELETE', '/openapi.json', 'GET, HEAD'],
    ]) {
      const reply = await server.http(method, path, method === 'POST' || method === 'PATCH' ? {} : undefined);
      refused(reply, 405, 'METHOD_NOT_ALLOWED');
      assert.equal(reply.headers.allow, allow, `${method} ${path}`);
    }
  });

  test('a method that is not served is 400, or 405 with Allow', async () => {
    for (const method of ['BREW', 'TRACE', 'CONNECT', 'PROPFIND', 'get', 'OPTIONS']) {
      const { replies } = await server.raw(`${method} ${BOOKS} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      assert.equal(replies.length, 1);
      assert.ok([400, 405].includes(replies[0].status), `${method}: ${replies[0].text}`);
      if (replies[0].status === 405) assert.match(replies[0].headers.allow, /GET/);
    }
  });

  test('a trailing slash never matters', async () => {
    const book = await makeBook(server);
    const whole = expect(await server.http('GET', `${BOOKS}/${book.id}`), 200);
    assert.deepEqual(expect(await server.http('GET', `${BOOKS}/${book.id}/`), 200), whole);
    expect(await server.http('POST', `${BOOKS}/`, { title: 'Slash', author: 'A. B.' }), 201);
    expect(await server.http('GET', `${BOOKS}/?limit=1`), 200);
    expect(await server.http('GET', '/health/'), 200);
    assert.equal((await server.http('DELETE', `${BOOKS}/${book.id}/`)).status, 204);
  });

  test('HEAD is GET without the body', async () => {
    const book = await makeBook(server);
    for (const path of [`${BOOKS}/${book.id}`, BOOKS, '/health', '/openapi.json', '/']) {
      const full = await server.http('GET', path);
      const head = await server.http('HEAD', path);
      assert.equal(head.status, 200, path);
      assert.equal(head.text, '', path);
      for (const name of ['content-type', 'content-length', 'etag']) assert.equal(head.headers[name], full.headers[name], `${path}: ${name}`);
    }
    assert.equal((await server.http('HEAD', `${BOOKS}/${UNKNOWN_ID}`)).status, 404);
  });
});

describe('bodies', () => {
  test('what is no JSON is 400 with the place; an empty body where one is needed too', async () => {
    for (const body of ['{', '{"title": }', '{"title": "x",}', "{'title': 'x'}", 'title=x', '{"a":1}{"b":2}', '{"a":1,"a":2}', '\ufeff{}', '{"a":"\\ud800"}', '{"a":"\\u0000"}', `${'['.repeat(200)}${']'.repeat(200)}`, 'NaN']) {
      refused(await server.http('POST', BOOKS, body, { 'Content-Type': 'application/json' }), 400, 'INVALID_JSON');
    }
    refused(await server.http('POST', BOOKS, '', { 'Content-Type': 'application/json' }), 400, 'INVALID_JSON', /required/);
    refused(await server.http('POST', BOOKS, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), { 'Content-Type': 'application/json' }), 400, 'INVALID_JSON');
    assert.match(refused(await server.http('POST', BOOKS, '{\n  "title": }', { 'Content-Type': 'application/json' }), 400, 'INVALID_JSON').detail, /line 2/);
  });

  test('JSON that is no object is 422', async () => {
    for (const body of ['[]', '"x"', '7', 'null', 'true']) {
      const told = refused(await server.http('POST', BOOKS, body, { 'Content-Type': 'application/json' }), 422, 'VALIDATION_ERROR', /object/);
      assert.deepEqual(told.validation_errors.map((wrong) => wrong.loc), [['body']]);
    }
  });

  test('another content type is 415; parameters of the right one do not matter', async () => {
    const body = JSON.stringify({ title: 'Typed', author: 'A. B.' });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'multipart/form-data; boundary=x', 'application/jsonx']) {
      refused(await server.http('POST', BOOKS, body, { 'Content-Type': type }), 415, 'UNSUPPORTED_MEDIA_TYPE', /application\/json/);
    }
    refused(await server.http('POST', BOOKS, body), 415, 'UNSUPPORTED_MEDIA_TYPE');
    for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json ;charset=UTF-8']) {
      expect(await server.http('POST', BOOKS, body, { 'Content-Type': type }), 201);
    }
  });

  test('too large is 413, before it is read where its length is told', async () => {
    const big = JSON.stringify({ title: 'x', author: 'y', description: 'z'.repeat(70_000) });
    refused(await server.http('POST', BOOKS, big, { 'Content-Type': 'application/json' }), 413, 'BODY_TOO_LARGE', /\d+ bytes/);
    const started = performance.now();
    const reply = await raw(`POST ${BOOKS} HTTP/1.1`, `Host: ${host}`, 'Content-Type: application/json', 'Content-Length: 99999999', '', '');
    assert.deepEqual([reply.status, reply.body.error_code], [413, 'BODY_TOO_LARGE']);
    assert.ok(performance.now() - started < 8000, 'it did not wait for the body');
    await stillWell();
  });

  test('one that grows past its bound in chunks is 413 too', async () => {
    const chunk = `2000\r\n${'x'.repeat(0x2000)}\r\n`;
    const { replies } = await server.raw([`POST ${BOOKS} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`, ...Array.from({ length: 12 }, () => chunk)]);
    assert.deepEqual(replies.map((reply) => [reply.status, reply.body?.error_code]), [[413, 'BODY_TOO_LARGE']]);
    await stillWell();
  });

  test('in chunks is read like any other', async () => {
    const body = JSON.stringify({ title: 'In Chunks', author: 'A. B.' });
    const half = Math.floor(body.length / 2);
    const chunks = [body.slice(0, half), body.slice(half)].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('');
    const { replies } = await server.raw(`POST ${BOOKS} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`);
    assert.deepEqual(replies.map((reply) => [reply.status, reply.body.title]), [[201, 'In Chunks']]);
  });

  test('where none belongs is 413, an empty one does no harm', async () => {
    const reply = await raw(`GET ${BOOKS} HTTP/1.1`, `Host: ${host}`, 'Connection: close', 'Content-Length: 2', '', '{}');
    assert.deepEqual([reply.status, reply.body.error_code], [413, 'BODY_TOO_LARGE']);
    assert.equal((await get(BOOKS, 'Content-Length: 0')).status, 200);
  });

  test('that does not come to its end is no body', async () => {
    const before = expect(await server.get('/books?limit=1'), 200).meta.total;
    await new Promise((done) => {
      const socket = net.connect(server.port, '127.0.0.1', () => {
        socket.end(`POST ${BOOKS} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n${JSON.stringify({ title: 'Half', author: 'A. B.' })}`);
      });
      socket.on('close', done).on('error', () => {}).resume();
    });
    await stillWell();
    assert.equal(expect(await server.get('/books?limit=1'), 200).meta.total, before);
  });

  test('wrong members are all named at once, whatever else is wrong', async () => {
    const reply = await server.post('/members', { name: 'x', email: 'no', phone: '1', colour: 1, 'a.b': 2 });
    invalid(reply, ['name', 'email', 'phone', 'colour', 'a.b']);
    for (const { msg, type } of reply.body.validation_errors) {
      assert.ok(msg.length > 4);
      assert.match(type, /^[a-z_]+$/);
    }
  });
});

describe('every reply', () => {
  test('echoes the correlation id, or makes one', async () => {
    for (const id of ['desk-1', 'x', 'a b=c/"quoted"', 'y'.repeat(128)]) {
      assert.equal((await server.get('/health', { 'X-Correlation-ID': id })).headers['x-correlation-id'], id);
      assert.equal((await server.http('GET', '/api/v1/nothing', undefined, { 'X-Correlation-ID': id })).body.correlation_id, id);
    }
    const made = new Set();
    for (const id of [undefined, '', 'z'.repeat(129), 'umlaut-\u00fc']) {
      const reply = await server.get('/health', id === undefined ? {} : { 'X-Correlation-ID': id });
      assert.match(reply.headers['x-correlation-id'], /^[0-9a-f-]{36}$/);
      made.add(reply.headers['x-correlation-id']);
    }
    assert.equal(made.size, 4, 'each its own');
  });

  test('has the correlation id in every line of the log that is about its request', async () => {
    await server.get('/books?limit=1', { 'X-Correlation-ID': 'find-me-in-the-log' });
    for (let waits = 0; waits === 0 || (waits < 100 && !server.logs.includes('find-me-in-the-log')); waits++) await new Promise((done) => setTimeout(done, 100));
    const lines = server.logs.split('\n').filter((line) => line.includes('find-me-in-the-log'));
    assert.equal(lines.length, 1, server.logs.slice(-500));
    const line = JSON.parse(lines[0]);
    assert.equal(line.correlation_id, 'find-me-in-the-log');
    assert.ok(!lines[0].includes('limit=1'), 'query strings are not logged');
    for (const one of server.logs.split('\n').filter((text) => text !== '')) assert.doesNotThrow(() => JSON.parse(one), one);
  });

  test('says how long it took, in seconds', async () => {
    const started = performance.now();
    const reply = await server.get('/books');
    const seconds = Number(reply.headers['x-process-time']);
    assert.ok(seconds > 0 && seconds <= (performance.now() - started) / 1000, reply.headers['x-process-time']);
  });

  test('carries the security headers: pages, API and refusals', async () => {
    for (const [method, path] of [['GET', '/'], ['GET', BOOKS], ['GET', '/api/v1/nothing'], ['DELETE', BOOKS], ['GET', '/openapi.json']]) {
      const { headers } = await server.http(method, path);
      assert.match(headers['content-security-policy'], /default-src 'self'/);
      assert.doesNotMatch(headers['content-security-policy'], /unsafe/);
      assert.match(headers['content-security-policy'], /frame-ancestors 'none'/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
      assert.ok(headers['referrer-policy']);
      for (const name of ['access-control-allow-origin', 'server', 'x-powered-by']) assert.equal(headers[name], undefined, name);
    }
    assert.match((await server.http('GET', BOOKS)).headers['cache-control'], /no-store/);
  });

  test('of a list has no ETag, of a single resource has one; If-None-Match gives 304 without a body', async () => {
    const book = await makeBook(server);
    const member = await makeMember(server);
    const borrow = expect(await server.post('/borrows', { book_id: book.id, member_id: member.id }), 201);
    const [copy] = expect(await server.get(`/books/${book.id}/copies`), 200).data;
    for (const path of [`/books/${book.id}`, `/members/${member.id}`, `/copies/${copy.id}`, `/borrows/${borrow.id}`]) {
      const { headers } = await server.get(path);
      assert.match(headers.etag ?? 'none', /^(W\/)?"[^"]+"$/, path);
      for (const known of [headers.etag, `"other", ${headers.etag}`, `W/${headers.etag}`, '*']) {
        assert.equal((await server.get(path, { 'If-None-Match': known })).status, 304, `${path} ${known}`);
      }
      for (const stale of ['"other"', `"x${headers.etag.slice(1)}`, headers.etag.slice(0, -1)]) {
        assert.equal((await server.get(path, { 'If-None-Match': stale })).status, 200, `${path} ${stale}`);
      }
    }
    assert.equal((await server.get('/books')).headers.etag, undefined);
  });
});

describe('names and origins', () => {
  const named = (name, ...more) => raw(`GET ${BOOKS}?limit=1 HTTP/1.1`, `Host: ${name}`, 'Connection: close', ...more, '', '');

  test('addresses and localhost are its own names, on any port', async () => {
    for (const name of [host, '127.0.0.1', 'localhost', `localhost:${server.port}`, 'LOCALHOST:1', '192.168.1.20:8000', '[::1]', '[fe80::1]:8000', 'localhost.']) {
      assert.equal((await named(name)).status, 200, name);
    }
  });

  test('a foreign name is 400: another site may have pointed it here', async () => {
    for (const name of ['evil.example', `evil.example:${server.port}`, '127.0.0.1.evil.example', 'localhost.evil.example', '1.2.3', '127.0.0.1x', '0x7f000001', '2130706433']) {
      const reply = await named(name);
      assert.deepEqual([reply.status, reply.body.error_code], [400, 'HOST_NOT_ALLOWED'], name);
    }
  });

  test('the machine’s name, alone and with .local, is its own where people sign in, and nowhere else', async () => {
    const own = hostname().toLowerCase();
    const names = [own, `${own.split('.')[0]}.local:8000`];
    for (const name of names) assert.equal((await named(name)).status, 400, `${name}, without accounts`);
    const open = await startServer({ auth: 'on' });
    for (const name of names) assert.equal((await open.http('GET', '/health', undefined, { Host: name })).status, 200, name);
    assert.equal((await open.http('GET', '/health', undefined, { Host: 'evil.example' })).status, 400);
    await open.stop({ check: true });
  });

  test('a Host that is none, or more than one, or missing, is 400', async () => {
    for (const name of ['', '::1', '[::1', '[::1]x', 'localhost:port', 'localhost:123456', 'user@localhost', '[]']) {
      assert.equal((await named(name)).status, 400, `“${name}”`);
    }
    for (const lines of [
      [`GET ${BOOKS} HTTP/1.1`, 'Connection: close'], [`GET ${BOOKS} HTTP/1.1`, `Host: ${host}`, `Host: ${host}`], [`GET ${BOOKS} HTTP/1.1`, `Host: ${host}`, 'host: evil.example'],
      [`GET ${BOOKS} HTTP/1.0`],
    ]) {
      await refusedRaw(400, 'BAD_REQUEST', [...lines, '', ''].join('\r\n'));
    }
  });

  test('a whole URL as the target is never answered for another name than ours', async () => {
    const whole = (authority, name) => server.raw(`GET http://${authority}/health HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
    const ours = (await whole(host, host)).replies.map((reply) => reply.status);
    assert.ok(ours.length === 1 && [200, 400].includes(ours[0]), `${ours}`);
    for (const [authority, name] of [['evil.example', host], [`evil.example:${server.port}`, host], [host, 'evil.example'], [`evil.example:${server.port}`, `evil.example:${server.port}`]]) {
      const { replies, closed } = await whole(authority, name);
      assert.ok(closed && replies.length <= 1, `${authority} ${name}`);
      for (const reply of replies) assert.equal(reply.status, 400, `${authority} ${name}: ${reply.text}`);
    }
  });

  test('a page of another site may not change anything; our own may', async () => {
    const before = expect(await server.get('/books?limit=1'), 200).meta.total;
    const book = await makeBook(server);
    for (const origin of ['http://evil.example', 'https://evil.example', 'null', `http://127.0.0.1:${server.port + 1}`, `http://localhost.evil.example:${server.port}`, 'file://', host]) {
      refused(await server.http('POST', BOOKS, { title: 'x', author: 'y' }, { Origin: origin }), 403, 'ORIGIN_NOT_ALLOWED');
      refused(await server.http('PATCH', `${BOOKS}/${book.id}`, { title: 'x' }, { Origin: origin }), 403, 'ORIGIN_NOT_ALLOWED');
      refused(await server.http('DELETE', `${BOOKS}/${book.id}`, undefined, { Origin: origin }), 403, 'ORIGIN_NOT_ALLOWED');
    }
    assert.equal(expect(await server.get('/books?limit=1'), 200).meta.total, before + 1);
    expect(await server.http('PATCH', `${BOOKS}/${book.id}`, { title: 'Ours' }, { Origin: `http://${host}` }), 200);
    expect(await server.http('GET', BOOKS, undefined, { Origin: 'http://evil.example' }), 200);
  });

  test('no preflight is granted', async () => {
    const reply = await raw(`OPTIONS ${BOOKS} HTTP/1.1`, `Host: ${host}`, 'Connection: close', 'Origin: http://evil.example', 'Access-Control-Request-Method: POST', '', '');
    assert.ok(reply.status >= 400);
    for (const name of Object.keys(reply.headers)) assert.ok(!name.startsWith('access-control-'), name);
  });
});

describe('paths', () => {
  test('that climb or hide a byte are refused, and nothing outside is ever read', async () => {
    for (const path of [
      '/../../etc/passwd', '/..%2f..%2fetc%2fpasswd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/../../etc/passwd', '/..%5c..%5cetc', '//etc/passwd', '/index.html%00.css',
      '/api/v1/books%00', '/api/v1/books/%0d%0aX-Evil:%201', '/api/v1/books/%0a', '/%ff%fe', '/api/v1%2fbooks', '/%', '/%4', '/%zz', '/%c0%af', '/api/v1/books/%7f', '/./index.html', '/api/v1/./books', '/api/v1/../v1/books',
    ]) {
      const reply = await get(path);
      assert.ok([400, 404].includes(reply.status), `${path} → ${reply.status}`);
      assert.equal(reply.headers['x-evil'], undefined);
      assert.ok(!/root:/.test(reply.text), path);
      assert.match(reply.body.error_code, /^(BAD_REQUEST|NOT_FOUND)$/);
    }
  });

  test('with control bytes in them, raw, are refused', async () => {
    for (const byte of ['\x00', '\x01', '\x0b', '\x7f', '\t']) {
      const { replies } = await server.raw(`GET /api/v1/books${byte}x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      for (const reply of replies) assert.equal(reply.status, 400, JSON.stringify(byte));
      assert.ok(replies.length <= 1);
    }
    await stillWell();
  });

  test('and queries have their bounds: length, number, encoding', async () => {
    assert.equal((await get(`/${'x'.repeat(1024)}`)).status, 400);
    assert.equal((await get(`${BOOKS}?q=${'x'.repeat(4100)}`)).status, 400);
    assert.equal((await get(`${BOOKS}?${'a=1&'.repeat(70)}`)).status, 400);
    assert.equal((await get(`${BOOKS}?q=%zz`)).status, 400);
    assert.equal((await get(`${BOOKS}?q=%ff`)).status, 400);
    assert.equal((await get(`${BOOKS}?q=%00`)).status, 400);
    assert.equal((await get(`${BOOKS}?${'a=1&'.repeat(60)}limit=1`)).status, 200);
  });
});

describe('requests that smuggle', () => {
  const post = (...headers) => [`POST ${BOOKS} HTTP/1.1`, `Host: ${host}`, 'Content-Type: application/json', ...headers, '', ''].join('\r\n');
  const smuggled = `GET ${BOOKS}?smuggled HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

  for (const [name, request] of [
    ['Content-Length with Transfer-Encoding', `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${smuggled}`],
    ['Transfer-Encoding with Content-Length', `${post('Transfer-Encoding: chunked', 'Content-Length: 4')}0\r\n\r\n${smuggled}`],
    ['Content-Length twice, alike', `${post('Content-Length: 2', 'Content-Length: 2')}{}${smuggled}`],
    ['Content-Length twice, different', `${post('Content-Length: 2', 'Content-Length: 60')}{}${smuggled}`],
    ['Content-Length twice in one line', `${post('Content-Length: 2, 2')}{}${smuggled}`],
    ['a Content-Length with a sign', `${post('Content-Length: +2')}{}${smuggled}`],
    ['a negative Content-Length', `${post('Content-Length: -1')}{}${smuggled}`],
    ['a hexadecimal Content-Length', `${post('Content-Length: 0x2')}{}${smuggled}`],
    ['an empty Content-Length', `${post('Content-Length: ')}{}${smuggled}`],
    ['Transfer-Encoding twice', `${post('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')}0\r\n\r\n${smuggled}`],
    ['another Transfer-Encoding', `${post('Transfer-Encoding: gzip')}0\r\n\r\n${smuggled}`],
    ['a list of Transfer-Encodings', `${post('Transfer-Encoding: gzip, chunked')}0\r\n\r\n${smuggled}`],
    ['a hidden Transfer-Encoding', `${post('Transfer-Encoding: xchunked')}0\r\n\r\n${smuggled}`],
    ['a space before the colon', `${post('Content-Length : 2')}{}${smuggled}`],
    ['a space in a header name', `${post('X Y: 1', 'Content-Length: 2')}{}${smuggled}`],
    ['a folded header', `${post('X-Folded: one\r\n two', 'Content-Length: 2')}{}${smuggled}`],
    ['a header without a colon', `${post('NoColonHere', 'Content-Length: 2')}{}${smuggled}`],
    ['a header name that is no token', `${post('X(Y): 1', 'Content-Length: 2')}{}${smuggled}`],
    ['an empty header name', `${post(': 1', 'Content-Length: 2')}{}${smuggled}`],
    ['a control byte in a value', `${post('X-Y: a\x01b', 'Content-Length: 2')}{}${smuggled}`],
    ['a NUL in a value', `${post('X-Y: a\x00b', 'Content-Length: 2')}{}${smuggled}`],
    ['a bare CR in a value', `${post('X-Y: a\rContent-Length: 2')}{}${smuggled}`],
    ['bare LF line ends', `POST ${BOOKS} HTTP/1.1\nHost: ${host}\nContent-Type: application/json\nContent-Length: 2\n\n{}${smuggled}`],
    ['two spaces in the request line', `POST  ${BOOKS} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 2\r\n\r\n{}${smuggled}`],
    ['no version', `GET ${BOOKS}\r\nHost: ${host}\r\n\r\n${smuggled}`],
    ['a version that is none', `GET ${BOOKS} HTTP/9.9\r\nHost: ${host}\r\n\r\n${smuggled}`],
    ['64 headers', `${[`GET ${BOOKS} HTTP/1.1`, `Host: ${host}`, ...Array.from({ length: 63 }, (_, i) => `X-${i}: 1`)].join('\r\n')}\r\n\r\n${smuggled}`],
    ['500 headers', `${[`GET ${BOOKS} HTTP/1.1`, `Host: ${host}`, ...Array.from({ length: 499 }, (_, i) => `X-${i}: 1`)].join('\r\n')}\r\n\r\n${smuggled}`],
  ]) {
    test(`${name}: one refusal, then nothing`, async () => {
      const total = expect(await server.get('/books?limit=1'), 200).meta.total;
      const { replies, closed } = await server.raw(Buffer.from(request, 'latin1'));
      assert.equal(replies.length, 1, `one answer: ${JSON.stringify(replies.map((reply) => reply.text))}`);
      assert.ok([400, 405, 413, 505].includes(replies[0].status), `${replies[0].status} ${replies[0].text}`);
      assert.equal(typeof replies[0].body?.error_code, 'string', replies[0].text);
      assert.ok(closed, 'the connection is closed: what follows is not read as a request');
      assert.equal(expect(await server.get('/books?limit=1'), 200).meta.total, total);
    });
  }

  test('63 headers are served', async () => {
    const reply = await raw(`GET ${BOOKS} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...Array.from({ length: 61 }, (_, i) => `X-${i}: 1`), '', '');
    assert.equal(reply.status, 200, reply.text);
  });

  test('a head that is too large is refused', async () => {
    const { replies } = await server.raw(`GET ${BOOKS} HTTP/1.1\r\nHost: ${host}\r\nX-Big: ${'x'.repeat(40_000)}\r\n\r\n`);
    assert.ok(replies.length <= 1);
    for (const reply of replies) assert.ok([400, 413, 431].includes(reply.status), reply.text);
    await stillWell();
  });

  test('what is no HTTP at all gets an answer or none, and harms nobody', async () => {
    for (const bytes of ['\x16\x03\x01\x02\x00\x01\x00', 'hello\r\n\r\n', '\r\n\r\n\r\n\r\n', '\0\0\0\0', 'GET', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']) {
      const { replies } = await server.raw(Buffer.from(bytes, 'latin1'), { wait: 300 });
      for (const reply of replies) assert.ok(reply.status >= 400, JSON.stringify(bytes));
    }
    await stillWell();
  });

  test('two honest requests on one connection get two answers, in order', async () => {
    const { replies } = await server.raw(`GET /health HTTP/1.1\r\nHost: ${host}\r\n\r\nGET ${BOOKS}?limit=1 HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    assert.deepEqual(replies.map((reply) => [reply.status, Object.keys(reply.body)]), [[200, ['status', 'db']], [200, ['data', 'meta']]]);
  });

  test('so do three, the first with a head of almost 16 KiB, so that the others wait in its buffer', async () => {
    for (const pad of [15_900, 16_100, 16_250]) {
      const health = `GET /health HTTP/1.1\r\nHost: ${host}\r\n`;
      const { replies } = await server.raw(`${health}X-Pad: ${'a'.repeat(pad)}\r\n\r\n${health}\r\n${health}Connection: close\r\n\r\n`);
      assert.deepEqual(replies.map((reply) => reply.status), [200, 200, 200], String(pad));
    }
  });
});

describe('pages', () => {
  test('the page is compressed for those who take it, plain for others, the same bytes', async () => {
    const packed = await server.http('GET', '/', undefined, { 'Accept-Encoding': 'gzip, deflate, br' });
    const plain = await server.http('GET', '/');
    assert.equal(packed.status, 200);
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.match(plain.headers['content-type'], /^text\/html; charset=utf-8$/);
    assert.match(packed.headers.vary, /accept-encoding/i);
    assert.ok(gunzipSync(packed.bytes).equals(plain.bytes));
    assert.ok(packed.bytes.length < plain.bytes.length);
    assert.equal((await server.http('GET', '/', undefined, { 'Accept-Encoding': 'gzip;q=0' })).headers['content-encoding'], undefined);
  });

  test('its scripts and styles are there, under names that may be kept for ever', async () => {
    const page = (await server.http('GET', '/')).text;
    const files = [...page.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map((match) => match[1]);
    assert.ok(files.some((name) => name.endsWith('.js')) && files.some((name) => name.endsWith('.css')), page.slice(0, 500));
    assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)[^>]*>[^<]/, 'no script inside the page: the CSP forbids it');
    for (const file of files) {
      const reply = await server.http('GET', file, undefined, { 'Accept-Encoding': 'gzip' });
      assert.equal(reply.status, 200, file);
      assert.ok(gunzipSync(reply.bytes).equals((await server.http('GET', file)).bytes), `${file}: the same for who takes no gzip`);
      assert.match(reply.headers['content-type'], file.endsWith('.js') ? /^text\/javascript/ : /^text\/css/);
      assert.match(reply.headers['cache-control'], /immutable/);
      assert.equal((await server.http('GET', file, undefined, { 'If-None-Match': reply.headers.etag })).status, 304);
    }
    assert.doesNotMatch((await server.http('GET', '/')).headers['cache-control'], /immutable/, 'the page itself is asked for anew');
  });

  test('an address of the application shows the page to a browser, and 404 to a program', async () => {
    const accept = { Accept: 'text/html,application/xhtml+xml' };
    assert.equal((await server.http('GET', '/members/whoever', undefined, accept)).text, (await server.http('GET', '/')).text);
    refused(await server.http('GET', '/members/whoever', undefined, { Accept: 'application/json' }), 404, 'NOT_FOUND');
    refused(await server.http('GET', '/missing.js', undefined, accept), 404, 'NOT_FOUND');
    refused(await server.http('GET', '/api/v1/missing', undefined, accept), 404, 'NOT_FOUND');
  });
});

describe('health', () => {
  for (const path of ['/health', '/healthz', '/readyz']) {
    test(`${path} says that the library is there`, async () => {
      const { last_backup_at: _, backup_is_old: _1, problems: _2, ...health } = expect(await server.get(path), 200);
      assert.deepEqual(health, { status: 'ok', db: 'connected' });
    });
  }
});

describe('what only the machine itself may ask', () => {
  test('backups, checks and rebuilds are refused over the network', async () => {
    refused(await server.http('POST', '/api/v1/admin/backups', { to: '/tmp' }), 403, 'FORBIDDEN');
    refused(await server.http('GET', '/api/v1/admin/check'), 403, 'FORBIDDEN');
    refused(await server.http('POST', '/api/v1/admin/rebuild'), 403, 'FORBIDDEN');
  });

  test('and answered on the socket beside the library, which nobody else may open', async () => {
    assert.equal(statSync(`${server.home.path('library.db')}.sock`).mode & 0o777, 0o600);
    const report = expect(await server.local('GET', '/admin/check'), 200);
    assert.deepEqual([report.ok, report.finding_count, report.findings], [true, 0, []]);
    assert.equal((await server.local('POST', '/admin/rebuild')).status, 204);
    assert.equal(expect(await server.local('GET', '/admin/check'), 200).ok, true);
    const backup = expect(await server.local('POST', '/admin/backups', { to: server.home.inside('by-socket.db') }), 201);
    assert.equal(backup.bytes, statSync(server.home.path('by-socket.db')).size);
    invalid(await server.local('POST', '/admin/backups', { to: 7 }), ['to']);
  });
});
