// Idempotency-Key (API.md "Every response"): a POST that is sent again is answered again, and done once.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { copiesOf, expect, invalid, lend, makeBook, makeMember, refused, takeBack, unique } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const KEY = 'Idempotency-Key';
const key = (name) => ({ [KEY]: name });

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

/** The first answer, and that the second is the same and says so. */
async function twice(path, body, name) {
  const first = await server.post(path, body, key(name));
  const second = await server.post(path, body, key(name));
  assert.equal(first.headers['idempotency-replayed'], undefined);
  assert.equal(second.headers['idempotency-replayed'], 'true');
  assert.deepEqual([second.status, second.text, second.headers['content-type']], [first.status, first.text, first.headers['content-type']]);
  return first;
}

describe('sent again with its key', () => {
  test('a loan is made once: one borrow, one audit row, one in the figures', async () => {
    const book = await makeBook(server, { total_copies: 3 });
    const member = await makeMember(server);
    const before = expect(await server.get('/metrics'), 200).borrow_success_count;
    const loan = expect(await twice('/borrows', { book_id: book.id, member_id: member.id }, 'lend-1'), 201);
    assert.equal(expect(await server.get(`/books/${book.id}`), 200).available_copies, 2);
    assert.equal(expect(await server.get(`/members/${member.id}/borrows`), 200).meta.total, 1);
    const audit = expect(await server.get('/admin/audit-logs?limit=100'), 200).data;
    assert.equal(audit.filter((row) => row.entity_id === loan.id).length, 1, JSON.stringify(audit[0]));
    assert.equal(expect(await server.get('/metrics'), 200).borrow_success_count, before + 1);
  });

  test('a return is taken once, and its answer is the one that was given, not "already returned"', async () => {
    const loan = await lend(server, await makeBook(server), await makeMember(server));
    const back = expect(await twice(`/borrows/${loan.id}/return`, undefined, 'return-1'), 200);
    assert.equal(back.status, 'returned');
    refused(await server.post(`/borrows/${loan.id}/return`, undefined, key('return-2')), 409, 'ALREADY_RETURNED');
  });

  test('a file on its way to the disk is brought once, and another of its length is another', async () => {
    const csv = { 'Content-Type': 'text/csv', ...key('import-1') };
    const rows = 'Dune,Frank Herbert\r\n'.repeat(200_000);
    const bring = (title) => server.post('/imports', `title,author\r\n${title},Frank Herbert\r\n${rows}`, csv);
    const first = expect(await bring('Dune'), 201);
    const second = await bring('Dune');
    assert.equal(second.headers['idempotency-replayed'], 'true');
    assert.equal(expect(second, 201).id, first.id);
    assert.equal((await bring('Emma')).status, 422);
    assert.equal(expect(await server.get('/imports'), 200).meta.total, 1);
  });

  test('a title is catalogued once, however often it is asked at the same moment', async () => {
    const title = unique('At The Same Moment');
    const replies = await Promise.all(Array.from({ length: 12 }, () => server.post('/books', { title, author: 'A. B.' }, key('create-1'))));
    assert.deepEqual([...new Set(replies.map((reply) => `${reply.status} ${reply.body.id}`))].length, 1, replies.map((reply) => reply.text).join('\n'));
    assert.equal(replies.filter((reply) => reply.headers['idempotency-replayed'] === 'true').length, 11);
    assert.equal(expect(await server.get(`/books?q=${encodeURIComponent(title)}`), 200).meta.total, 1);
  });

  test('a catalogue is imported once, and its report given again', async () => {
    const csv = 'title,author\nFrom A File,Someone\n';
    const send = () => server.post('/books/import/csv', csv, { 'Content-Type': 'text/csv', ...key('import-1') });
    const first = await send();
    const second = await send();
    assert.equal(expect(first, 200).imported, 1, first.text);
    assert.deepEqual([second.status, second.text, second.headers['idempotency-replayed']], [200, first.text, 'true']);
    assert.equal(expect(await server.get('/books?q=%22From+A+File%22'), 200).meta.total, 1);
  });

  test('an answer too long to keep is not repeated, and still nothing is done twice', async () => {
    const csv = `title,author\n${Array.from({ length: 300 }, (_, i) => `,Nobody ${i}`).join('\n')}\nThe Only Good Row,Someone\n`;
    const send = () => server.post('/books/import/csv', csv, { 'Content-Type': 'text/csv', ...key('import-2') });
    const first = await send();
    expect(first, 200);
    assert.ok(first.text.length > 16 * 1024, `${first.text.length}`);
    const told = refused(await send(), 409, 'REPLY_NOT_KEPT', /done already/);
    assert.equal(told.reason.status, 200);
    assert.match(told.reason.done_at, /^\d{4}-/);
    assert.equal(expect(await server.get('/books?q=%22The+Only+Good+Row%22'), 200).meta.total, 1);
  });
});

describe('told later (occurred_at)', () => {
  test('an act is answered again weeks after it was done; one told at once only for a day', async () => {
    const clock = await makeTestClock('2031-03-03T09:00:00.000Z');
    const server = await startServer({ home: clock.home, env: clock.env });
    const [copy] = await copiesOf(server, await makeBook(server));
    const member = await makeMember(server);
    const later = { barcode: copy.barcode, card: member.card, occurred_at: '2031-03-02T12:00:00.000Z' };
    const loan = expect(await server.post('/borrows', later, key('offline-1')), 201);
    assert.equal(loan.borrowed_at, later.occurred_at);
    const at_once = { title: unique('At Once'), author: 'A. B.' };
    const book = expect(await server.post('/books', at_once, key('online-1')), 201);
    clock.moveTo('2031-04-01T09:00:00.000Z');
    const again = await server.post('/borrows', later, key('offline-1'));
    assert.equal(expect(again, 201).id, loan.id);
    assert.equal(again.headers['idempotency-replayed'], 'true');
    assert.notEqual(expect(await server.post('/books', at_once, key('online-1')), 201).id, book.id);
    clock.moveTo('2031-04-03T09:00:00.000Z');
    invalid(await server.post('/borrows', later, key('offline-1')), ['occurred_at']);
    await server.stop({ check: true });
  });
});

describe('a key', () => {
  test('belongs to one request: with another body, query or path it is refused', async () => {
    const [book, other] = [await makeBook(server, { total_copies: 9 }), await makeBook(server)];
    const [member, reader] = [await makeMember(server), await makeMember(server)];
    expect(await server.post('/borrows', { book_id: book.id, member_id: member.id }, key('mine')), 201);
    refused(await server.post('/borrows', { book_id: book.id, member_id: reader.id }, key('mine')), 422, 'IDEMPOTENCY_KEY_REUSED', /another request/);
    refused(await server.post('/borrows', { member_id: member.id, book_id: book.id }, key('mine')), 422, 'IDEMPOTENCY_KEY_REUSED');
    const at = `/members/${reader.id}/borrows?book_id=`;
    expect(await server.post(`${at}${book.id}`, undefined, key('query')), 201);
    refused(await server.post(`${at}${other.id}`, undefined, key('query')), 422, 'IDEMPOTENCY_KEY_REUSED');
    refused(await server.post(`/members/${member.id}/borrows?book_id=${book.id}`, undefined, key('query')), 422, 'IDEMPOTENCY_KEY_REUSED');
    // Of another route it is another key.
    expect(await server.post('/books', { title: unique('Title'), author: 'A. B.' }, key('mine')), 201);
  });

  test('does not make a refusal last: nothing was done, so it is judged anew', async () => {
    const book = await makeBook(server);
    const [first, second] = [await makeMember(server), await makeMember(server)];
    const loan = await lend(server, book, first);
    const ask = () => server.post('/borrows', { book_id: book.id, member_id: second.id }, key('patient'));
    refused(await ask(), 409, 'INVENTORY_UNAVAILABLE');
    await takeBack(server, loan);
    expect(await ask(), 201);
  });

  test('is 1 to 128 printable ASCII characters, given once', async () => {
    const before = expect(await server.get('/books?limit=1'), 200).meta.total;
    for (const wrong of ['x'.repeat(129), 'umlaut-\u00fc']) {
      refused(await server.post('/books', { title: 'x', author: 'y' }, key(wrong)), 400, 'BAD_REQUEST', /1 to 128/);
    }
    const body = '{"title":"x","author":"y"}';
    const { replies } = await server.raw(`POST /api/v1/books HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n${KEY}: a\r\n${KEY}: b\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    assert.deepEqual(replies.map((reply) => reply.status), [400]);
    assert.equal(expect(await server.get('/books?limit=1'), 200).meta.total, before);
    expect(await server.post('/books', { title: unique('x'), author: 'y' }, key('~ !"#'.padEnd(128, 'k'))), 201);
  });

  test('is documented where it means something, and nowhere else', async () => {
    const named = (operation) => operation.parameters.some((parameter) => parameter.name === KEY && parameter.in === 'header');
    const { paths } = server.contract.document;
    assert.ok(named(paths['/api/v1/borrows'].post));
    assert.ok(named(paths['/api/v1/books/import/csv'].post));
    assert.ok(!named(paths['/api/v1/books'].get));
    assert.ok(!named(paths['/api/v1/borrows/{id}/return'].put));
  });

  test('of the local socket is not the one of a client', async () => {
    const body = { title: unique('Local'), author: 'A. B.' };
    const here = expect(await server.local('POST', '/books', body, key('both')), 201);
    const there = expect(await server.post('/books', body, key('both')), 201);
    assert.notEqual(here.id, there.id);
  });
});

describe('when the server dies', () => {
  const count = async (of, title) => expect(await of.get(`/books?q=${encodeURIComponent(`"${title}"`)}`), 200).meta.total;

  /** Sends the request and never reads the answer. */
  function sendOnly(port, body, name) {
    return new Promise((done, failed) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.write(`POST /api/v1/books HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${KEY}: ${name}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, () => done(socket));
      });
      socket.pause();
      socket.once('error', failed);
      socket.on('error', () => {});
    });
  }

  test('after the commit and before the answer, the answer is had by asking again', async () => {
    const title = unique('Committed And Not Told');
    const body = JSON.stringify({ title, author: 'A. B.' });
    const mortal = await startServer();
    const socket = await sendOnly(mortal.port, body, 'lost');
    while ((await count(mortal, title)) === 0) await new Promise((done) => setTimeout(done, 5));
    const [committed] = expect(await mortal.get(`/books?q=${encodeURIComponent(`"${title}"`)}`), 200).data;
    socket.destroy();
    await mortal.kill();
    const next = await startServer({ home: mortal.home });
    const reply = await next.api('POST', '/books', body, { 'Content-Type': 'application/json', ...key('lost') });
    assert.equal(expect(reply, 201).id, committed.id);
    assert.equal(reply.headers['idempotency-replayed'], 'true');
    assert.equal(await count(next, title), 1);
    await next.stop({ check: true });
  });

  test('at any moment, asking again leaves exactly one act', async () => {
    let home;
    let lost = 0;
    for (let round = 0; round < 8; round++) {
      const title = unique('Killed In Round');
      const body = JSON.stringify({ title, author: 'A. B.' });
      const mortal = await startServer({ home });
      home = mortal.home;
      const socket = await sendOnly(mortal.port, body, title);
      await new Promise((done) => setTimeout(done, round * 2));
      await mortal.kill();
      socket.destroy();
      const next = await startServer({ home });
      const reply = await next.api('POST', '/books', body, { 'Content-Type': 'application/json', ...key(title) });
      expect(reply, 201);
      lost += reply.headers['idempotency-replayed'] === undefined ? 1 : 0;
      assert.equal(await count(next, title), 1);
      await next.stop({ check: true, keep: round < 7 });
    }
    console.log(`# of 8 acts whose server was killed, ${8 - lost} had been committed`);
  });
});
