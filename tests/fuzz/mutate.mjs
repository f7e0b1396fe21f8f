// mutate.mjs — good requests, and the ways to spoil them. Everything follows from one seed.

/** mulberry32 (T. Ettinger, public domain): a small generator whose whole state is one number. */
export function makeChance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    below: (bound) => Math.floor(next() * bound),
    one: (list) => list[Math.floor(next() * list.length)],
    once_in: (n) => next() * n < 1,
  };
}

// ---- good ones -------------------------------------------------------------------------------------------------

const UUID = '0195f3c2-7a10-7cc3-98c4-dc0c0c07398f';

function sampleValue(schema = {}) {
  if (schema.enum) return schema.enum[0];
  if (schema.format === 'uuid') return UUID;
  if (schema.format === 'date') return '2026-03-02';
  if (schema.format === 'date-time') return '2026-03-02T10:00:00Z';
  if (schema.format === 'email') return 'zoe@example.org';
  const type = [schema.type].flat()[0];
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  if (type === 'array') return [sampleValue(schema.items)];
  if (type === 'object') return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, sampleValue(inner)]));
  return 'Emma Woodhouse';
}

function sampleBody(operation) {
  const content = operation.requestBody?.content ?? {};
  if (content['application/json']) return ['application/json', JSON.stringify(sampleValue({ type: 'object', ...content['application/json'].schema }))];
  if (content['text/csv']) return ['text/csv', 'title,author,isbn,copies\r\nEmma,Jane Austen,9780141439587,2\r\n"A ""B""",Ann,,1\r\n'];
  return [];
}

function sampleQuery(operation) {
  const wanted = (operation.parameters ?? []).filter((one) => one.in === 'query');
  return wanted.slice(0, 6).map((one) => `${one.name}=${encodeURIComponent(sampleValue(one.schema))}`).join('&');
}

/** { line, headers, body } of each operation, with a body where it takes one. Nothing that ends the program. */
export function sampleRequests(document) {
  const samples = [];
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      if (typeof operation.responses !== 'object') continue;
      const query = sampleQuery(operation);
      const target = path.replaceAll(/\{\w+\}/g, UUID) + (query ? `?${query}` : '');
      const [type, body = ''] = sampleBody(operation);
      const headers = [['Host', 'localhost'], ['Accept', '*/*']];
      if (type) headers.push(['Content-Type', type]);
      if (body) headers.push(['Content-Length', String(Buffer.byteLength(body))]);
      samples.push({ line: `${method.toUpperCase()} ${target} HTTP/1.1`, headers, body });
    }
  }
  for (const target of ['/', '/index.html', '/api/v1/books?limit=100']) {
    for (const method of ['GET', 'HEAD']) samples.push({ line: `${method} ${target} HTTP/1.1`, headers: [['Host', '127.0.0.1']], body: '' });
  }
  return samples;
}

const bytesOf = ({ line, headers, body }) =>
  Buffer.concat([Buffer.from(`${line}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`, 'latin1'), Buffer.from(body)]);

// ---- spoiled ones ----------------------------------------------------------------------------------------------

const NUMBERS = ['0', '-1', '1', '+5', '0x10', '65536', '2147483648', '4294967296', '9223372036854775807', '18446744073709551616', '99999999999999999999', '5 5', '5,5', ''];
const WORDS = ['%00', '%', '%2f', '%2e%2e/', '..', '//', '\\', '\0', '\r', '\n', '\r\n', '\t', ' ', 'ÿþ', '\xc3\x28', '%c3%28', "'", '"', ';', '{}', '[]', '*', '?', '&', '#', '%25', '+', 'NaN', 'null', '1e999', '\x7f'];
const HEADERS = [
  ['Transfer-Encoding', 'chunked'], ['Transfer-Encoding', 'gzip, chunked'], ['Transfer-Encoding', ' chunked'], ['Content-Length', '0'], ['Content-Length', '5'],
  ['Connection', 'close'], ['Connection', 'keep-alive'], ['Connection', 'upgrade'], ['Upgrade', 'websocket'], ['Expect', '100-continue'], ['Range', 'bytes=0-1'],
  ['If-None-Match', '*'], ['If-None-Match', '"'], ['If-Match', '"7"'], ['Accept-Encoding', 'gzip;q=0'], ['Accept', 'text/csv'], ['Origin', 'null'],
  ['Host', 'evil.example'], ['Host', '[::1'], ['X-Correlation-ID', 'a'.repeat(200)], ['Cookie', 'carrel_session=x; carrel_session=y'], ['Authorization', 'Bearer carrel_x'],
  ['Authorization', 'Basic Og=='], ['Idempotency-Key', 'key-1'], ['Content-Type', 'multipart/form-data; boundary=XX'], ['Content-Encoding', 'gzip'], ['TE', 'trailers'],
];

const insert = (text, at, what) => text.slice(0, at) + what + text.slice(at);

const spoilers = {
  word: (request, chance) => ({ ...request, line: insert(request.line, chance.below(request.line.length + 1), chance.one(WORDS)) }),
  version: (request, chance) => ({ ...request, line: request.line.replace('HTTP/1.1', chance.one(['HTTP/1.0', 'HTTP/2.0', 'HTTP/9', 'http/1.1', '', 'HTTP/1.1 x'])) }),
  method: (request, chance) => ({ ...request, line: request.line.replace(/^\S+/, chance.one(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'get', 'X'.repeat(500), ''])) }),
  header: (request, chance) => ({ ...request, headers: [...request.headers, chance.one(HEADERS)] }),
  length: (request, chance) => ({ ...request, headers: [...request.headers.filter(([name]) => name !== 'Content-Length'), ['Content-Length', chance.one(NUMBERS)]] }),
  without: (request, chance) => ({ ...request, headers: request.headers.filter(() => !chance.once_in(3)) }),
  twice: (request, chance) => ({ ...request, headers: [...request.headers, chance.one(request.headers) ?? ['A', 'b']] }),
  dirty: (request, chance) => ({ ...request, headers: request.headers.map(([name, value]) => (chance.once_in(3) ? [insert(name, chance.below(name.length + 1), chance.one(WORDS)), value] : [name, insert(value, chance.below(value.length + 1), chance.one(WORDS))])) }),
  many: (request, chance) => ({ ...request, headers: [...request.headers, ...Array.from({ length: chance.one([10, 62, 63, 64, 65, 500]) }, (_, i) => [`X-${i}`, 'y'])] }),
  huge: (request, chance) => ({ ...request, headers: [...request.headers, ['X-Huge', 'z'.repeat(chance.one([1000, 8000, 16_300, 16_384, 20_000, 200_000]))]] }),
  long: (request, chance) => ({ ...request, line: request.line.replace(/\S+ HTTP/, (rest) => `/${'a'.repeat(chance.one([1000, 1023, 1024, 4096, 17_000]))}${rest}`) }),
  body: (request, chance) => sized(request, spoilText(request.body, chance)),
  swap: (request, chance) => sized(request, chance.one(['{}', '[]', 'null', '"x"', '{"title":1}', `${'['.repeat(5000)}`, `{${'"a":{'.repeat(40)}`, `"${'x'.repeat(70_000)}"`, '--XX\r\n\r\n', '\xff\xfe'])),
  chunked: (request, chance) => ({
    ...request,
    headers: [...request.headers.filter(([name]) => name !== 'Content-Length'), ['Transfer-Encoding', 'chunked']],
    body: chance.one([(b) => `${b.length.toString(16)}\r\n${b}\r\n0\r\n\r\n`, (b) => `${b.length.toString(16)}\r\n${b}`, () => 'FFFFFFFFFFFFFFFF\r\nx', () => '-1\r\nx\r\n', () => '5;ext=1\r\nhello\r\n0\r\nTrailer: x\r\n\r\n', () => 'zz\r\n', () => '0\r\n\r\n', () => `1\r\na\r\n`.repeat(2000)])(request.body),
  }),
  as_it_is: (request) => request,
};

function sized(request, body) {
  return { ...request, body, headers: [...request.headers.filter(([name]) => name !== 'Content-Length'), ['Content-Length', String(Buffer.byteLength(body))]] };
}

/** A member's value replaced, or bytes of the text. */
function spoilText(text, chance) {
  if (text === '') return chance.one(WORDS);
  if (chance.once_in(2)) return text.replace(/(:)("[^"]*"|[\d.]+|true|null)/g, (all, colon) => (chance.once_in(3) ? colon + chance.one(['null', '""', '-1', '1e400', '[]', '{}', '"\\u0000"', '"\\ud800"', '99999999999999999999', `"${'é'.repeat(5000)}"`, 'true']) : all));
  return insert(text, chance.below(text.length), chance.one(WORDS));
}

function spoilBytes(bytes, chance) {
  const spoiled = Buffer.from(bytes);
  for (let times = 1 + chance.below(4); times > 0 && spoiled.length > 0; times--) spoiled[chance.below(spoiled.length)] = chance.below(256);
  return spoiled;
}

function inPieces(bytes, chance) {
  if (!chance.once_in(3)) return [bytes];
  const pieces = [];
  for (let at = 0; at < bytes.length && pieces.length < 12; ) {
    const size = 1 + chance.below(chance.one([2, 20, 200, 5000]));
    pieces.push(bytes.subarray(at, at + size));
    at += size;
    if (pieces.length === 12) pieces.push(bytes.subarray(at));
  }
  return pieces;
}

/** What to send next, in pieces, and how to leave: `end` (say that we are done and wait), `stay` (say nothing), `cut`. */
export function makeMutator(samples, chance) {
  const names = Object.keys(spoilers);
  const request = () => {
    let one = chance.one(samples);
    for (let times = chance.below(3); times > 0; times--) one = spoilers[chance.one(names)](one, chance);
    const bytes = bytesOf(one);
    return chance.once_in(8) ? spoilBytes(bytes, chance) : bytes;
  };
  return () => {
    let bytes = Buffer.concat(Array.from({ length: chance.once_in(4) ? 2 + chance.below(6) : 1 }, request));
    if (chance.once_in(8)) bytes = bytes.subarray(0, chance.below(bytes.length + 1));
    return { pieces: inPieces(bytes, chance), ending: chance.one(['end', 'end', 'end', 'end', 'end', 'stay', 'cut']) };
  };
}
