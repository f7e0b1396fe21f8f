// The edge against clients that mean no good (QUALITY.md "Let no one in"): the guard's table, clients that hold the
// line, proxies that are believed and others. More of each kind stands in http.test.mjs and in the unit tests.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { expect, makeBook, refused } from '../support/library.mjs';
import { makeHome, run, startServer } from '../support/server.mjs';

const BOOKS = '/api/v1/books';

describe('the guard', () => {
  let server;
  let host;
  before(async () => {
    server = await startServer();
    host = `Host: 127.0.0.1:${server.port}`;
  });
  after(() => server.stop({ check: true }));

  const get = (path, ...headers) => [`GET ${path} HTTP/1.1`, ...headers, '', ''].join('\r\n');
  const post = (...headers) => [`POST ${BOOKS} HTTP/1.1`, host, 'Content-Type: application/json', ...headers, '', '{}'].join('\r\n');
  const many = (count, make) => Array.from({ length: count }, (_, i) => make(i));

  // Request class → its bytes → the answer.
  const classes = () => [
    ['Content-Length with Transfer-Encoding', post('Content-Length: 2', 'Transfer-Encoding: chunked'), 400, 'BAD_REQUEST'],
    ['two Content-Lengths', post('Content-Length: 2', 'Content-Length: 2'), 400, 'BAD_REQUEST'],
    ['a Content-Length that is no number', post('Content-Length: 2x'), 400, 'BAD_REQUEST'],
    ['a Content-Length with a sign', post('Content-Length: +2'), 400, 'BAD_REQUEST'],
    ['a Content-Length past all bounds', post('Content-Length: 99999999999999999999'), 413, 'BODY_TOO_LARGE'],
    ['a body past its route\'s bound', post('Content-Length: 65537'), 413, 'BODY_TOO_LARGE'],
    ['a body where none belongs', `${get(BOOKS, host, 'Content-Length: 2')}{}`, 413, 'BODY_TOO_LARGE'],
    ['a Transfer-Encoding other than chunked', post('Transfer-Encoding: gzip, chunked'), 400, 'BAD_REQUEST'],
    ['no Host', get(BOOKS), 400, 'BAD_REQUEST'],
    ['two Hosts', get(BOOKS, host, host), 400, 'BAD_REQUEST'],
    ['a malformed Host', get(BOOKS, 'Host: [::1'), 400, 'BAD_REQUEST'],
    ['a foreign Host (DNS rebinding)', get(BOOKS, 'Host: evil.example'), 400, 'HOST_NOT_ALLOWED'],
    ['a change from a foreign page', post('Origin: http://evil.example', 'Content-Length: 2'), 403, 'ORIGIN_NOT_ALLOWED'],
    ['a folded header', get(BOOKS, host, 'X-Folded: one', ' two'), 400, 'BAD_REQUEST'],
    ['a space in a header\'s name', get(BOOKS, host, 'X Y: 1'), 400, 'BAD_REQUEST'],
    ['a space before a header\'s colon', get(BOOKS, host, 'X-Y : 1'), 400, 'BAD_REQUEST'],
    ['a header without a name', get(BOOKS, host, ': 1'), 400, 'BAD_REQUEST'],
    ['a control byte in a header', get(BOOKS, host, 'X-Y: a\x01b'), 400, 'BAD_REQUEST'],
    ['64 headers', get(BOOKS, host, ...many(63, (i) => `X-${i}: 1`)), 400, 'BAD_REQUEST'],
    ['a head past 16 KiB', get(BOOKS, host, `X-Big: ${'x'.repeat(17_000)}`), 400, 'BAD_REQUEST'],
    ['bare LF line ends', get(BOOKS, host).replaceAll('\r\n', '\n'), 400, 'BAD_REQUEST'],
    ['an encoded NUL in the path', get(`${BOOKS}/%00`, host), 400, 'BAD_REQUEST'],
    ['an encoded CR LF in the path', get(`${BOOKS}/%0d%0aX:%201`, host), 400, 'BAD_REQUEST'],
    ['an encoded slash in the path', get('/api/v1%2fbooks', host), 400, 'BAD_REQUEST'],
    ['an encoding that is none in the path', get(`${BOOKS}/%zz`, host), 400, 'BAD_REQUEST'],
    ['bytes that are no UTF-8 in the path', get(`${BOOKS}/%ff`, host), 400, 'BAD_REQUEST'],
    ['a path that climbs', get('/assets/../../etc/passwd', host), 404, 'NOT_FOUND'],
    ['a path past its bound', get(`/${'x'.repeat(1100)}`, host), 400, 'BAD_REQUEST'],
    ['a query past its bound', get(`${BOOKS}?q=${'x'.repeat(4200)}`, host), 400, 'BAD_REQUEST'],
    ['a whole URL for another name', get('http://evil.example/health', host), 400, 'BAD_REQUEST'],
    ['a method that nobody knows', get(BOOKS, host).replace('GET', 'BREW'), 400, 'BAD_REQUEST'],
    ['a method that is not served', get(BOOKS, host).replace('GET', 'PROPFIND'), 405, 'METHOD_NOT_ALLOWED'],
    ['a preflight (no CORS)', get(BOOKS, host, 'Origin: http://evil.example', 'Access-Control-Request-Method: POST').replace('GET', 'OPTIONS'), 405, 'METHOD_NOT_ALLOWED'],
    ['a malformed Idempotency-Key', post('Idempotency-Key: \u00fc', 'Content-Length: 2'), 400, 'BAD_REQUEST'],
  ];

  test('answers each class of request in its one way, and nothing is done', async () => {
    const before = expect(await server.get('/books?limit=1'), 200).meta.total;
    const table = [];
    const wrong = [];
    for (const [name, bytes, status, code] of classes()) {
      const { replies } = await server.raw(Buffer.from(bytes, 'latin1'));
      const got = replies.map((reply) => `${reply.status} ${reply.body?.error_code}`).join(', ') || 'nothing';
      table.push(`#   ${name.padEnd(42)} ${got}`);
      if (got !== `${status} ${code}`) wrong.push(`${name}: ${got}, not ${status} ${code}`);
      for (const reply of replies) assert.ok(!Object.keys(reply.headers).some((header) => header.startsWith('access-control-')), name);
    }
    console.log(`# guard: request class → answer\n${table.join('\n')}`);
    assert.deepEqual(wrong, []);
    assert.equal(expect(await server.get('/books?limit=1'), 200).meta.total, before);
    expect(await server.get('/health'), 200);
  });
});

/** A connection from `localAddress`; `ended` is fulfilled, with the milliseconds since it was opened, when it ends. */
function connect(port, localAddress = '127.0.0.1') {
  const started = performance.now();
  const socket = net.connect({ port, host: '127.0.0.1', localAddress });
  socket.received = '';
  socket.on('data', (chunk) => (socket.received += chunk));
  socket.on('error', () => {});
  socket.open = true;
  socket.ended = new Promise((done) => socket.once('close', () => {
    socket.open = false;
    done(performance.now() - started);
  }));
  return socket;
}

describe('who holds the line', () => {
  const HALF_A_HEAD = `GET ${BOOKS} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: `;

  test('with half a head has half of the workers, and the others serve', async () => {
    const threads = 8;
    const server = await startServer({ args: ['--threads', String(threads)] });
    const slow = Array.from({ length: 3 * threads }, () => connect(server.port));
    for (const socket of slow) socket.write(HALF_A_HEAD);
    await Promise.all(slow.map((socket) => new Promise((done) => (socket.connecting ? socket.once('connect', done) : done()))));
    const other = connect(server.port, '127.0.0.2');
    other.write('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
    const took = await other.ended;
    assert.match(other.received, /^HTTP\/1\.1 200 /);
    assert.ok(took < 8000, `${took} ms: it waited for the deadlines of three rounds of them`);
    // The rest were not waited for; those that another worker is looking at just now still seem open.
    const open = slow.filter((socket) => socket.open).length;
    assert.ok(open <= threads - 1, `${open} of ${slow.length} slow connections are open`);
    for (const socket of slow) socket.destroy();
    await server.stop({ check: true });
  });

  test('with whole requests is served, however many come at once', async () => {
    const server = await startServer({ args: ['--threads', '8'] });
    const replies = await Promise.all(Array.from({ length: 40 }, () => server.http('GET', '/health')));
    assert.deepEqual([...new Set(replies.map((reply) => reply.status))], [200]);
    await server.stop();
  });

  test('is let go: a slow head, a slow body, a silent client, one that has nothing more to ask', async () => {
    const server = await startServer();
    const dribble = (socket, text) => {
      const timer = setInterval(() => socket.write(text), 500);
      return socket.ended.finally(() => clearInterval(timer));
    };
    const begin = (bytes) => {
      const socket = connect(server.port);
      if (bytes) socket.write(bytes);
      return socket;
    };
    const slowHead = begin(HALF_A_HEAD);
    const slowBody = begin(`POST ${BOOKS} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{`);
    const silent = begin();
    const idle = begin('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    const times = await Promise.all([dribble(slowHead, 'x'), dribble(slowBody, ' '), silent.ended, idle.ended]);
    // How long it took is for people to read; that they all ended is the promise.
    console.log(`# let go after: slow head ${times[0].toFixed(0)} ms, slow body ${times[1].toFixed(0)} ms, silent ${times[2].toFixed(0)} ms, idle ${times[3].toFixed(0)} ms`);
    assert.match(idle.received, /^HTTP\/1\.1 200 /);
    for (const socket of [slowHead, slowBody, silent]) assert.doesNotMatch(socket.received, /^HTTP\/1\.1 2/);
    await server.stop({ check: true });
  });
});

describe('behind a proxy', () => {
  const addressOf = async (server, headers) => {
    const book = await server.http('POST', BOOKS, { title: 'By Proxy', author: 'A. B.' }, headers);
    const audit = expect(await server.get('/admin/audit-logs?limit=20'), 200).data;
    return audit.find((row) => row.entity_id === expect(book, 201).id).address;
  };
  const forwarded = { 'X-Forwarded-For': '198.51.100.1, 203.0.113.9', 'X-Forwarded-Proto': 'https' };

  test('that is trusted, the client is whom it names last', async () => {
    const server = await startServer({ args: ['--trusted-proxies', '127.0.0.0/8, ::1'] });
    assert.equal(await addressOf(server, forwarded), '203.0.113.9');
    assert.equal(await addressOf(server, {}), '127.0.0.1');
    await server.stop();
  });

  test('that is not, its headers mean nothing', async () => {
    const server = await startServer();
    assert.equal(await addressOf(server, forwarded), '127.0.0.1');
    await server.stop();
  });

  test('whose address is none, the server does not start', async () => {
    const home = await makeHome();
    const { code, stderr } = await run(home, ['--db', home.library, '--listen', '127.0.0.1:0', '--trusted-proxies', 'proxy.lan']);
    assert.equal(code, 1);
    assert.match(stderr, /"proxy\.lan" is no numeric address/);
    await home.remove();
  });
});

describe('names of its own', () => {
  test('are answered to, others are not', async () => {
    const server = await startServer({ args: ['--host-names', 'library.test carrel.lan'] });
    for (const name of ['library.test', 'LIBRARY.test:8000', 'carrel.lan.', 'localhost']) {
      expect(await server.http('GET', `${BOOKS}?limit=1`, undefined, { Host: name }), 200);
    }
    for (const name of ['evil.test', 'library.test.evil', 'xlibrary.test', 'library.testcarrel.lan']) {
      refused(await server.http('GET', BOOKS, undefined, { Host: name }), 400, 'HOST_NOT_ALLOWED');
    }
    await makeBook(server);
    await server.stop();
  });
});
