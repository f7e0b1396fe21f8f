// library.mjs — the acts and assertions that most API tests begin with.
import assert from 'node:assert/strict';

export const UNKNOWN_ID = '01900000-0000-7000-8000-0000000000ff';
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
export const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
export const DAY_MS = 86_400_000;

/** The reply's body, when it has this status; else what came instead. */
export function expect(reply, status) {
  assert.equal(reply.status, status, reply.text.slice(0, 2000));
  return reply.body;
}

/** The reply refuses: status, code, and words that the detail must have. Gives back its body. */
export function refused(reply, status, code, detail) {
  assert.deepEqual({ status: reply.status, code: reply.body?.error_code }, { status, code }, reply.text.slice(0, 2000));
  if (detail !== undefined) assert.match(reply.body.detail, detail);
  return reply.body;
}

/** A 422 that names exactly these members of the body (or of `where`), in any order. */
export function invalid(reply, names, where = 'body') {
  const body = refused(reply, 422, 'VALIDATION_ERROR');
  const told = body.validation_errors.map((wrong) => wrong.loc.join('.'));
  assert.deepEqual([...new Set(told)].sort(), names.map((name) => (name === '' ? where : `${where}.${name}`)).sort(), reply.text);
  for (const name of names) assert.ok(body.detail.includes(name), `the detail names ${name}: ${body.detail}`);
  return body;
}

let serial = 0;

/** Different for every call: titles, names. */
export const unique = (text) => `${text} ${++serial}`;

export async function makeBook(server, given = {}) {
  return expect(await server.post('/books', { title: unique('A Title'), author: 'An Author', ...given }), 201);
}

export async function makeMember(server, given = {}) {
  return expect(await server.post('/members', { name: unique('A Member'), ...given }), 201);
}

export async function lend(server, book, member, more = {}) {
  return expect(await server.post('/borrows', { book_id: book.id, member_id: member.id, ...more }), 201);
}

/** A background job, by hand and to a good end. */
export async function runJob(server, name) {
  assertHas(expect(await server.post(`/admin/jobs/${name}/run`), 200), { ok: true });
}

/** What comes by night comes ten seconds after a start as well, in the middle of what a test reckons of late loans; now it is done with. */
export const endNight = (server) => runJob(server, 'accrue_fines');

export async function takeBack(server, borrow, more) {
  return expect(await server.post(`/borrows/${borrow.id}/return`, more), 200);
}

export async function copiesOf(server, book) {
  return expect(await server.get(`/books/${book.id}/copies?limit=100`), 200).data;
}

/** The members that `wanted` names, of `given`. */
export const pick = (given, wanted) => Object.fromEntries(Object.keys(wanted).map((name) => [name, given[name]]));

export function assertHas(given, wanted) {
  assert.deepEqual(pick(given, wanted), wanted);
}

/** Every page of a list from the first to the last, by cursor; the rows in order. */
export async function walk(server, path, { limit = 7, between = async () => {} } = {}) {
  const rows = [];
  const pages = [];
  let cursor = null;
  do {
    const query = `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
    const page = expect(await server.get(query), 200);
    rows.push(...page.data);
    pages.push(page);
    assert.equal(page.meta.has_more, page.meta.next_cursor !== null, 'a next cursor is there when there is more');
    cursor = page.meta.next_cursor;
    assert.ok(pages.length < 1000, 'the walk does not end');
    await between(pages.length);
  } while (cursor);
  return { rows, pages };
}

/** From the page a cursor stands before, back to the first: the rows in the list's order. */
export async function walkBack(server, path, from, { limit = 7 } = {}) {
  const rows = [];
  let cursor = from;
  for (let pages = 0; cursor; pages++) {
    const query = `${path}${path.includes('?') ? '&' : '?'}limit=${limit}&cursor=${encodeURIComponent(cursor)}`;
    const page = expect(await server.get(query), 200);
    rows.unshift(...page.data);
    // has_more looks in the direction of travel (API.md).
    assert.equal(page.meta.has_more, page.meta.previous_cursor !== null, 'travelling back, more means more before');
    cursor = page.meta.previous_cursor;
    assert.ok(pages < 1000, 'the walk does not end');
  }
  return rows;
}

/** Rows of a CSV text as RFC 4180 has them; lines must end with CR LF. */
export function parseCsv(text) {
  const rows = [];
  let row = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') {
        cell += '"';
        i++;
      } else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"') {
      assert.equal(cell, '', 'a quote opens a cell, or none is there');
      quoted = true;
    } else if (c === ',') {
      row.push(cell);
      cell = '';
    } else if (c === '\r') {
      assert.equal(text[i + 1], '\n', 'a bare CR outside quotes');
      rows.push([...row, cell]);
      row = [];
      cell = '';
      i++;
    } else {
      assert.notEqual(c, '\n', 'a bare LF outside quotes');
      cell += c;
    }
  }
  assert.equal(quoted, false, 'an open quote at the end');
  assert.equal(cell + row.join(''), '', 'the last line ends with CR LF');
  return rows;
}

const READ_EVERY_MS = 50;
const IS_BUSY = ['reading', 'writing', 'undoing'];

/** The batch once nothing goes on in it any more. */
export async function settledImport(server, id) {
  for (;;) {
    const batch = expect(await server.get(`/imports/${id}`), 200);
    if (!IS_BUSY.includes(batch.status)) return batch;
    await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS));
  }
}

/** A CSV file brought to the library and read, nothing written: the batch. */
export async function bringFile(server, text, query = 'name=shelf.csv') {
  const { id } = expect(await server.post(`/imports?${query}`, text, { 'Content-Type': 'text/csv' }), 201);
  return settledImport(server, id);
}
