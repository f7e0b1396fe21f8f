// replies.mjs — strictly reads the replies of one connection: anything a client could misunderstand is an error.
import assert from 'node:assert/strict';

const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;

function readHead(text) {
  const [first, ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3}) [\x20-\x7e]+$/.exec(first);
  assert.ok(status, `not a status line: ${JSON.stringify(first.slice(0, 200))}`);
  const headers = {};
  for (const line of lines) {
    const header = HEADER.exec(line);
    assert.ok(header, `not a header: ${JSON.stringify(line.slice(0, 200))}`);
    const name = header[1].toLowerCase();
    assert.ok(!(name in headers), `twice: ${line}`);
    headers[name] = header[2].trimEnd();
  }
  return { status: Number(status[1]), headers };
}

/** The chunks from `at`: { body, at } past them; null when they are not all there. */
function readChunks(bytes, at) {
  const parts = [];
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const line = bytes.subarray(at, lineEnd).toString('latin1');
    assert.match(line, /^[0-9a-fA-F]{1,8}$/, 'the length of a chunk');
    const length = parseInt(line, 16);
    const end = lineEnd + 2 + length;
    if (end + 2 > bytes.length) return null;
    assert.equal(bytes.subarray(end, end + 2).toString('latin1'), '\r\n', 'the end of a chunk');
    if (length === 0) return { body: Buffer.concat(parts), at: end + 2 };
    parts.push(bytes.subarray(lineEnd + 2, end));
    at = end + 2;
  }
}

function readBody(bytes, at, { status, headers }, mayLackBodies) {
  if (status === 204 || status === 304) return { body: Buffer.alloc(0), at };
  const chunked = headers['transfer-encoding'] === 'chunked';
  assert.ok(chunked !== (headers['content-length'] !== undefined), 'one way to tell where the body ends');
  // The answer to a HEAD: the next one, or nothing, follows its head.
  const next = bytes.subarray(at, at + 9).toString('latin1');
  if (mayLackBodies && (next === '' || next === 'HTTP/1.1 ')) return { body: Buffer.alloc(0), at, bodyLacks: true };
  if (chunked) return readChunks(bytes, at);
  assert.match(headers['content-length'], /^\d+$/, 'Content-Length');
  const end = at + Number(headers['content-length']);
  return end <= bytes.length ? { body: bytes.subarray(at, end), at: end } : null;
}

/** { replies, rest }: the complete ones, and how many bytes of one that is not are left over. */
export function parseReplies(bytes, { mayLackBodies = false } = {}) {
  const replies = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf('\r\n\r\n', at);
    if (end < 0) break;
    const head = readHead(bytes.subarray(at, end).toString('latin1'));
    if (head.status === 100) {
      assert.deepEqual(head.headers, {}, '100 Continue says nothing else');
      at = end + 4;
      continue;
    }
    const rest = readBody(bytes, end + 4, head, mayLackBodies);
    if (!rest) break;
    const text = rest.body.toString('utf8');
    const isJson = /json/.test(head.headers['content-type'] ?? '') && text !== '';
    replies.push({ ...head, text, bytes: rest.body, bodyLacks: rest.bodyLacks ?? false, body: isJson ? JSON.parse(text) : undefined });
    at = rest.at;
  }
  return { replies, rest: bytes.length - at };
}
