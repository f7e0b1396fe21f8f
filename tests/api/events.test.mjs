// What happens, as it happens: a stream of server-sent events, and the same for who asks again and again.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { expect, lend, makeBook, makeMember, takeBack, UNKNOWN_ID } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer({ args: ['--threads', '8'] });
});
after(() => server.stop({ check: true }));

/** Listens, as a browser does: one that is refused because others have not quite gone yet comes again. `next(type)` waits for an event of that type. */
async function listen(headers = {}) {
  for (;;) {
    const stream = await listenOnce(headers);
    if (stream.status !== 503) return stream;
  }
}

function listenOnce(headers) {
  const { hostname, port } = new URL(server.url);
  const stream = { status: 0, heard: [], ended: false, waiting: [] };
  const wake = () => stream.waiting.splice(0).forEach((go) => go());
  stream.ready = new Promise((done, failed) => {
    stream.request = http.get({ hostname, port, path: '/api/v1/events', headers: { Accept: 'text/event-stream', ...headers } }, (reply) => {
      let text = '';
      stream.status = reply.statusCode;
      stream.type = reply.headers['content-type'];
      reply.setEncoding('utf8');
      reply.on('data', (piece) => {
        text += piece;
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const fields = Object.fromEntries(text.slice(0, end).split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
          text = text.slice(end + 2);
          if (fields.event) stream.heard.push({ ...fields, data: JSON.parse(fields.data) });
          if (fields.retry) done(stream);
        }
        wake();
      });
      reply.on('end', () => {
        stream.ended = true;
        wake();
        done(stream);
      });
      reply.on('error', () => undefined);
    });
    stream.request.on('error', failed);
  });
  stream.until = async (holds) => {
    while (!holds()) await new Promise((go) => stream.waiting.push(go));
  };
  stream.next = async (type) => {
    await stream.until(() => stream.heard.some(({ event }) => event === type) || stream.ended);
    return stream.heard.find(({ event }) => event === type);
  };
  stream.close = () => stream.request.destroy();
  return stream.ready;
}

test('who listens hears a loan and its return, and nothing from before', async () => {
  const book = await makeBook(server);
  const member = await makeMember(server);
  const stream = await listen();
  assert.deepEqual([stream.status, stream.type], [200, 'text/event-stream']);
  const loan = await lend(server, book, member);
  const issued = await stream.next('BookIssued');
  assert.equal(stream.heard[0], issued, 'nothing before it');
  assert.deepEqual([issued.data.borrow_id, issued.data.book_id, issued.data.member_id, issued.data.id], [loan.id, book.id, member.id, issued.id]);
  await takeBack(server, loan);
  assert.equal((await stream.next('BookReturned')).data.borrow_id, loan.id);
  stream.close();
});

test('who comes back hears what happened meanwhile, once; who was away too long is told so', async () => {
  const first = await listen();
  await makeBook(server);
  const { id } = await first.next('BookAdded');
  first.close();
  const book = await makeBook(server);
  const again = await listen({ 'Last-Event-ID': id });
  const added = await again.next('BookAdded');
  assert.equal(added.data.book_id, book.id);
  again.close();
  const lost = await listen({ 'Last-Event-ID': UNKNOWN_ID });
  assert.ok(await lost.next('missed'));
  lost.close();
});

test('who asks again and again gets what came after, and where to go on', async () => {
  const newest = expect(await server.get('/events'), 200);
  assert.equal(newest.events.length, 1);
  assert.equal(newest.last_event_id, newest.events[0].id);
  const nothing = expect(await server.get(`/events?after=${newest.last_event_id}`), 200);
  assert.deepEqual([nothing.events, nothing.last_event_id, nothing.missed], [[], newest.last_event_id, false]);
  const member = await makeMember(server);
  const one = expect(await server.get(`/events?after=${newest.last_event_id}`), 200);
  assert.deepEqual(one.events.map(({ type, member_id }) => [type, member_id]), [['MemberRegistered', member.id]]);
  assert.equal(expect(await server.get(`/events?after=${UNKNOWN_ID}`), 200).missed, true);
});

test('a quarter of the workers may be listened to; the next is told to ask instead, and ordinary work goes on', async () => {
  const streams = [await listen(), await listen()];
  const refused = await server.get('/events', { Accept: 'text/event-stream' });
  assert.deepEqual([refused.status, refused.body.error_code], [503, 'BUSY'], refused.text);
  assert.ok(refused.headers['retry-after']);
  await makeBook(server);
  for (const stream of streams) await stream.next('BookAdded');
  for (const stream of streams) stream.close();
});

test('a server that stops ends its streams', async () => {
  const own = await startServer();
  const { hostname, port } = new URL(own.url);
  let stopped;
  const ended = new Promise((done) => {
    http.get({ hostname, port, path: '/api/v1/events', headers: { Accept: 'text/event-stream' } }, (reply) => {
      reply.resume();
      reply.on('end', () => done(true));
      reply.on('error', () => done(false));
      reply.once('data', () => (stopped = own.stop({ check: true })));
    });
  });
  assert.equal(await ended, true);
  await stopped;
});
