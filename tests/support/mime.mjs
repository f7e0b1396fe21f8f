// mime.mjs — reads an e-mail as a mail program does: headers, words in other alphabets, parts and their encodings. It knows
// nothing of how the program under test writes one.

const bytesOf = (text) => Buffer.from(text, 'latin1');

function fromQuotedPrintable(text) {
  const joined = text.replaceAll(/[ \t]*=\r?\n/g, '');
  return bytesOf(joined.replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))));
}

function decodeBody(text, encoding) {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(text.replaceAll(/[^A-Za-z0-9+/=]/g, ''), 'base64');
    case 'quoted-printable':
      return fromQuotedPrintable(text);
    case '7bit':
    case '8bit':
      return bytesOf(text);
    default:
      throw new Error(`an e-mail's part is encoded as ${encoding}`);
  }
}

/** RFC 2047: neighbouring words belong together, without the space between them. */
const decodeWords = (text) =>
  text
    .replaceAll(/(=\?[^?]+\?[BbQq]\?[^?]*\?=)\s+(?==\?)/g, '$1')
    .replaceAll(/(?:=\?utf-8\?[BbQq]\?[^?]*\?=)+/gi, (words) =>
      Buffer.concat(
        [...words.matchAll(/=\?utf-8\?([BbQq])\?([^?]*)\?=/gi)].map(([, how, what]) =>
          how.toLowerCase() === 'b' ? Buffer.from(what, 'base64') : fromQuotedPrintable(what.replaceAll('_', ' '))),
      ).toString('utf8'));

/** `attachment; filename*=UTF-8''M%C3%A4rz.csv` → { value, parameters }, RFC 2231's pieces put together. */
function parseParameters(text) {
  const [value, ...rest] = text.split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/);
  const pieces = new Map();
  for (const one of rest) {
    const [, name, given] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/s.exec(one) ?? [];
    if (name === undefined) continue;
    const plain = given.startsWith('"') ? given.slice(1, -1).replaceAll(/\\(.)/g, '$1') : given;
    const [, base, , number, star] = /^([^*]+)(\*(\d+))?(\*)?$/.exec(name.toLowerCase()) ?? [];
    if (!pieces.has(base)) pieces.set(base, []);
    pieces.get(base)[Number(number ?? 0)] = { plain, isEncoded: star === '*' };
  }
  const parameters = {};
  for (const [name, parts] of pieces) {
    const isEncoded = parts.some((part) => part.isEncoded);
    const all = parts.map((part) => part.plain).join('');
    parameters[name] = isEncoded ? decodeURIComponent(all.replace(/^[^']*'[^']*'/, '')) : all;
  }
  return { value: value.trim().toLowerCase(), parameters };
}

/** A whole entity, as latin1 text: { headers (a Map, lower case; decoded), all (pairs as they came), content, parts }. */
function parseEntity(text) {
  const end = text.indexOf('\r\n\r\n');
  const head = end < 0 ? text : text.slice(0, end);
  const body = end < 0 ? '' : text.slice(end + 4);
  const all = head.replaceAll(/\r\n(?=[ \t])/g, '').split('\r\n').map((line) => {
    const [, name, value] = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`no header of an e-mail: ${JSON.stringify(line)}`);
    return [name, value];
  });
  const headers = new Map(all.map(([name, value]) => [name.toLowerCase(), decodeWords(value)]));
  const type = parseParameters(headers.get('content-type') ?? 'text/plain; charset=us-ascii');
  if (!type.value.startsWith('multipart/')) {
    return { headers, all, type, content: decodeBody(body, headers.get('content-transfer-encoding') ?? '7bit'), parts: [] };
  }
  const boundary = `--${type.parameters.boundary}`;
  const pieces = `\r\n${body}`.split(`\r\n${boundary}`);
  if (!pieces.at(-1).startsWith('--')) throw new Error('the last part of an e-mail has no end');
  return { headers, all, type, content: Buffer.alloc(0), parts: pieces.slice(1, -1).map((piece) => parseEntity(piece.replace(/^[ \t]*\r\n/, ''))) };
}

/**
 * What somebody reads: { subject, text, headers (Map), all, parts: [{ name, type, bytes }] (attached ones) }. `raw` is a
 * Buffer with CRLF line ends, dots not doubled any more. A line that is longer than RFC 5322 allows is an error.
 */
export function parseMail(raw) {
  const source = raw.toString('latin1');
  if (/(?<!\r)\n|\r(?!\n)/.test(source)) throw new Error('an e-mail has a line end that is none');
  for (const line of source.split('\r\n')) if (line.length > 998) throw new Error(`an e-mail has a line of ${line.length} characters`);
  const entity = parseEntity(source);
  const leaves = entity.parts.length > 0 ? entity.parts : [entity];
  const isAttached = (leaf) => leaf.headers.get('content-disposition')?.startsWith('attachment') === true;
  const shown = leaves.find((leaf) => !isAttached(leaf) && leaf.type.value === 'text/plain');
  const attached = leaves.filter(isAttached).map((leaf) => ({
    name: parseParameters(leaf.headers.get('content-disposition')).parameters.filename,
    type: leaf.type.value,
    bytes: leaf.content,
  }));
  return {
    subject: entity.headers.get('subject'),
    text: shown?.content.toString('utf8').replaceAll('\r\n', '\n'),
    headers: entity.headers,
    all: entity.all,
    parts: attached,
  };
}
