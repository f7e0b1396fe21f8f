// client.mjs — a small HTTP client that sends what it is told to, nothing more, and hides nothing of the reply.
import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

const REQUEST_MS = 60_000;

function encode(body, headers) {
  if (body === undefined) return [undefined, headers];
  if (typeof body === 'string' || Buffer.isBuffer(body)) return [body, headers];
  const named = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return [JSON.stringify(body), named ? headers : { 'Content-Type': 'application/json', ...headers }];
}

function once(where, agent, method, path, body, headers) {
  return new Promise((done, failed) => {
    const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const request = (where.ca ? https : http).request(
      { ...where, agent, method, path, headers: { ...length, ...headers }, timeout: REQUEST_MS },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', failed);
        response.on('aborted', () => failed(new Error(`${method} ${path}: the reply was cut off`)));
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          done({ status: response.statusCode, headers: response.headers, rawHeaders: response.rawHeaders, bytes, text: bytes.toString('utf8') });
        });
      },
    );
    request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer within ${REQUEST_MS / 1000} s`)));
    request.on('error', (error) => {
      // A kept-alive connection may end just as it is used again; nothing was sent then (node's documentation of
      // request.reusedSocket). Any other broken connection is a failure.
      if (request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code)) done(null);
      else failed(new Error(`${method} ${path}: ${error.message}`, { cause: error }));
    });
    request.end(body);
  });
}

/** `where`: { host, port }, with `ca` (PEM) over TLS; or { socketPath } for the socket beside the library. */
export function httpClient(where) {
  const agent = new (where.ca ? https : http).Agent({ keepAlive: true, maxSockets: 256 });
  return {
    async request(method, path, body, headers = {}) {
      const [bytes, all] = encode(body, headers);
      let reply = null;
      for (let attempt = 0; reply === null && attempt < 5; attempt++) reply = await once(where, agent, method, path, bytes, all);
      if (reply === null) throw new Error(`${method} ${path}: the server ended five kept-alive connections in a row`);
      const type = reply.headers['content-type'] ?? '';
      reply.body = /json/.test(type) && reply.text !== '' ? JSON.parse(reply.text) : undefined;
      return reply;
    },
    close: () => agent.destroy(),
  };
}

/** Parses the replies in what a connection gave back; bodies by Content-Length or chunks. */
function parseReplies(bytes) {
  const replies = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf('\r\n\r\n', at);
    assert.notEqual(end, -1, `not a reply: ${JSON.stringify(bytes.subarray(at, at + 200).toString('latin1'))}`);
    const [first, ...lines] = bytes.subarray(at, end).toString('latin1').split('\r\n');
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(first);
    assert.ok(status, `not a status line: ${first}`);
    const headers = {};
    for (const line of lines) {
      const colon = line.indexOf(':');
      assert.ok(colon > 0, `not a header: ${line}`);
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    at = end + 4;
    let body;
    if (/chunked/i.test(headers['transfer-encoding'] ?? '')) {
      const parts = [];
      for (;;) {
        const lineEnd = bytes.indexOf('\r\n', at);
        const length = parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
        parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + length));
        at = lineEnd + 2 + length + 2;
        if (length === 0 || Number.isNaN(length)) break;
      }
      body = Buffer.concat(parts);
    } else {
      const length = headers['content-length'] === undefined ? bytes.length - at : Number(headers['content-length']);
      body = bytes.subarray(at, at + length);
      at += length;
    }
    const text = body.toString('utf8');
    replies.push({ status: Number(status[1]), headers, text, body: /json/.test(headers['content-type'] ?? '') && text ? JSON.parse(text) : undefined });
  }
  return replies;
}

/**
 * Writes `bytes` (one piece, or several with a pause between) and gives back every reply, in order. It waits for the
 * server to end the connection, and at most `wait` ms after the last byte came.
 */
export function rawExchange(url, bytes, { wait = 1500, pause = 20 } = {}) {
  const pieces = Array.isArray(bytes) ? bytes : [bytes];
  return new Promise((done, failed) => {
    const received = [];
    let timer;
    let closed = false;
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      try {
        const replies = parseReplies(Buffer.concat(received));
        done({ replies, closed });
      } catch (error) {
        failed(error);
      }
    };
    const wind = () => {
      clearTimeout(timer);
      timer = setTimeout(finish, wait);
    };
    const socket = net.connect(Number(url.port), url.hostname.replace(/^\[|\]$/g, ''), async () => {
      wind();
      for (const piece of pieces) {
        if (socket.destroyed) return;
        socket.write(piece);
        if (pieces.length > 1) await new Promise((after) => setTimeout(after, pause));
      }
    });
    socket.on('data', (chunk) => {
      received.push(chunk);
      wind();
    });
    socket.on('end', () => {
      closed = true;
      finish();
    });
    socket.on('error', () => {
      closed = true;
      finish();
    });
  });
}
