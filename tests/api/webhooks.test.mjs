// Webhooks: programs elsewhere are told what happens, signed, in order, at least once; who does not answer keeps nobody waiting.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { assertHas, expect, INSTANT, invalid, lend, makeBook, makeMember, refused, takeBack, UNKNOWN_ID, UUID } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const moment = (ms) => new Promise((done) => setTimeout(done, ms));

/** A real receiver: `got` is what came; `answer(post, response)` may be replaced. */
async function startReceiver() {
  const receiver = { got: [], waiting: [], answer: (post, response) => response.writeHead(204).end() };
  receiver.http = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece) => (body += piece));
    request.on('end', () => {
      const post = { method: request.method, path: request.url, headers: request.headers, body, json: JSON.parse(body) };
      receiver.got.push(post);
      receiver.waiting.splice(0).forEach((go) => go());
      receiver.answer(post, response);
    });
  });
  await new Promise((done) => receiver.http.listen(0, '127.0.0.1', done));
  receiver.url = `http://127.0.0.1:${receiver.http.address().port}/hook?from=library`;
  receiver.until = async (holds) => {
    while (!holds()) await new Promise((go) => receiver.waiting.push(go));
  };
  receiver.close = () => new Promise((done) => {
    receiver.http.closeAllConnections();
    receiver.http.close(done);
  });
  return receiver;
}

/** As a receiver's library checks it (Standard Webhooks, symmetric). */
function assertSigned(post, secret) {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${post.headers['webhook-id']}.${post.headers['webhook-timestamp']}.${post.body}`;
  assert.equal(post.headers['webhook-signature'], `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
}

const ids = ({ got }) => got.map(({ headers }) => headers['webhook-id']);
const types = ({ got }) => got.map(({ json }) => json.type);
const addHook = async (server, given) => expect(await server.post('/webhooks', { name: 'Hook', ...given }), 201);
const deliveries = async (server, query = '') => expect(await server.get(`/webhooks/deliveries${query}`), 200).data;
const hookOf = async (server, { webhook }) => expect(await server.get(`/webhooks/${webhook.id}`), 200);

/** Looks until it is so. */
async function eventually(look, holds) {
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    await moment(50);
  }
}

describe('the list of webhooks', () => {
  let server;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop({ check: true }));

  test('one is entered, shown without its secret, changed and removed; each leaves its mark in the log', async () => {
    const { webhook, secret } = await addHook(server, { name: 'Ticket board', url: 'https://Example.org:8443/hook', events: ['BookIssued', 'BookReturned'], enabled: false });
    assertHas(webhook, { name: 'Ticket board', url: 'https://Example.org:8443/hook', events: ['BookIssued', 'BookReturned'], enabled: false, failures: 0, waiting: 0, dead: 0, rest_until: null, last_ok_at: null, version: 1 });
    assert.match(webhook.id, UUID);
    assert.match(webhook.created_at, INSTANT);
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    assert.deepEqual(expect(await server.get('/webhooks'), 200).data, [webhook]);

    const changed = expect(await server.put(`/webhooks/${webhook.id}`, { name: 'Board', events: [] }, { 'If-Match': '"1"' }), 200);
    assertHas(changed, { name: 'Board', events: ['*'], enabled: false, version: 2 });
    refused(await server.put(`/webhooks/${webhook.id}`, { name: 'Other' }, { 'If-Match': '"1"' }), 412, 'PRECONDITION_FAILED');
    assert.equal(expect(await server.patch(`/webhooks/${webhook.id}`, { ...changed, url: 'http://10.0.0.7/in' }), 200).url, 'http://10.0.0.7/in');

    const renewed = expect(await server.post(`/webhooks/${webhook.id}/secret`), 200);
    assert.notEqual(renewed.secret, secret);
    assert.ok(!JSON.stringify(expect(await server.get(`/webhooks/${webhook.id}`), 200)).includes('whsec_'));
    refused(await server.delete(`/webhooks/${webhook.id}`, { 'If-Match': '"1"' }), 412, 'PRECONDITION_FAILED');
    expect(await server.delete(`/webhooks/${webhook.id}`), 204);
    refused(await server.get(`/webhooks/${webhook.id}`), 404, 'WEBHOOK_NOT_FOUND');

    const log = expect(await server.get('/admin/audit-logs?entity=webhook&limit=100'), 200).data;
    assert.deepEqual(log.map(({ action }) => action).reverse(), ['webhook.added', 'webhook.updated', 'webhook.updated', 'webhook.secret_renewed', 'webhook.deleted']);
    assert.ok(!JSON.stringify(log).includes(secret.slice(6)), 'no secret stands in the log');
  });

  test('what is wrong is named together', async () => {
    invalid(await server.post('/webhooks', { url: 'ftp://example.org/', events: ['BookIssued', 'BookEaten'], colour: 'red' }), ['name', 'colour']);
    invalid(await server.post('/webhooks', { name: 'x', url: 'ftp://example.org/', events: ['BookIssued', 'BookEaten'] }), ['url', 'events']);
    invalid(await server.post('/webhooks', { name: 'x', url: 'http://user:password@example.org/' }), ['url']);
    invalid(await server.post('/webhooks', { name: 'x', url: 'http://example.org/', events: ['*', 'BookIssued'] }), ['events']);
    invalid(await server.post('/webhooks', { name: 'x', url: 'http://example.org/', events: ['BookIssued', 'BookIssued'] }), ['events']);
  });

  test('two of one name are not told apart: 409; nor are there more than twenty', async () => {
    const made = [];
    for (let i = 0; i < 20; i++) made.push(await addHook(server, { name: `Hook ${i}`, url: 'http://127.0.0.1:9/', enabled: false }));
    refused(await server.post('/webhooks', { name: 'Hook 21', url: 'http://127.0.0.1:9/' }), 409, 'CONFLICT', /20 webhooks/);
    expect(await server.delete(`/webhooks/${made[19].webhook.id}`), 204);
    refused(await server.post('/webhooks', { name: 'HOOK 3', url: 'http://127.0.0.1:9/' }), 409, 'DUPLICATE_WEBHOOK', /Hook 3/);
    refused(await server.put(`/webhooks/${made[4].webhook.id}`, { name: 'hook 3' }), 409, 'DUPLICATE_WEBHOOK');
    for (const { webhook } of made.slice(0, 19)) expect(await server.delete(`/webhooks/${webhook.id}`), 204);
  });

  test('unknown ones are 404, to be changed, tested, sent', async () => {
    refused(await server.put(`/webhooks/${UNKNOWN_ID}`, { name: 'x' }), 404, 'WEBHOOK_NOT_FOUND');
    refused(await server.delete(`/webhooks/${UNKNOWN_ID}`), 404, 'WEBHOOK_NOT_FOUND');
    refused(await server.post(`/webhooks/${UNKNOWN_ID}/secret`), 404, 'WEBHOOK_NOT_FOUND');
    refused(await server.post(`/webhooks/${UNKNOWN_ID}/test`), 404, 'WEBHOOK_NOT_FOUND');
    refused(await server.get(`/webhooks/${UNKNOWN_ID}/deliveries`), 404, 'WEBHOOK_NOT_FOUND');
    refused(await server.post(`/webhooks/deliveries/${UNKNOWN_ID}/send`), 404, 'DELIVERY_NOT_FOUND');
  });

  test('every type of event is told with its meaning', async () => {
    const { data } = expect(await server.get('/webhooks/event-types'), 200);
    assert.deepEqual(data.find(({ type }) => type === 'HoldReady'), { type: 'HoldReady', meaning: 'A held copy can be fetched', detail: 'the last day to fetch it' });
    assert.ok(data.length > 30 && data.every(({ type, meaning }) => /^[A-Z][A-Za-z]+$/.test(type) && meaning));
  });
});

describe('deliveries', () => {
  let server;
  let receiver;
  before(async () => {
    server = await startServer();
    receiver = await startReceiver();
  });
  after(async () => {
    await receiver.close();
    await server.stop({ check: true });
  });
  const fresh = () => {
    receiver.got.length = 0;
    receiver.answer = (post, response) => response.writeHead(204).end();
  };
  const withHook = async (given, act) => {
    fresh();
    const made = await addHook(server, { url: receiver.url, ...given });
    try {
      return await act(made);
    } finally {
      expect(await server.delete(`/webhooks/${made.webhook.id}`), 204);
    }
  };

  test('tell what happens from then on, in its order, signed, with ids and no names', async () => {
    const book = await makeBook(server, { title: 'Told of nobody' });
    await withHook({}, async ({ webhook, secret }) => {
      const member = await makeMember(server, { name: 'Secret Reader' });
      const loan = await lend(server, book, member);
      await takeBack(server, loan);
      await receiver.until(() => receiver.got.length >= 3);
      assert.deepEqual(types(receiver), ['MemberRegistered', 'BookIssued', 'BookReturned']);
      for (const post of receiver.got) {
        assertSigned(post, secret);
        assert.deepEqual([post.method, post.path, post.headers['content-type']], ['POST', '/hook?from=library', 'application/json; charset=utf-8']);
        assert.ok(Math.abs(Date.now() / 1000 - Number(post.headers['webhook-timestamp'])) < 60);
        assert.equal(post.json.delivery_id, post.headers['webhook-id']);
        assert.doesNotMatch(post.body, /Secret Reader|Told of nobody/);
      }
      const { json } = receiver.got[1];
      const { last_event_id: _, events } = expect(await server.get(`/events?after=${receiver.got[0].json.id}`), 200);
      const { library, delivery_id, ...told } = json;
      assert.deepEqual(told, events[0], 'as GET /events tells it');
      assert.deepEqual([told.book_id, told.member_id, told.borrow_id], [book.id, member.id, loan.id]);
      assert.equal(library, 'My Library');
      assert.match(delivery_id, UUID);

      const rows = await eventually(() => deliveries(server), (all) => all.every(({ state }) => state === 'sent'));
      assertHas(rows[0], { type: 'BookReturned', state: 'sent', tries: 1, status: 204, problem: null, next_try_at: null, webhook: { id: webhook.id, name: 'Hook' } });
      assert.deepEqual(expect(await server.get(`/webhooks/${webhook.id}/deliveries`), 200).data, rows);
      assert.match((await hookOf(server, { webhook })).last_ok_at, INSTANT);
    });
    assert.deepEqual(await deliveries(server), [], 'they go with their webhook');
  });

  test('only of the types that are wanted', async () => {
    await withHook({ events: ['BookArchived'] }, async () => {
      const book = await makeBook(server);
      expect(await server.delete(`/books/${book.id}`), 204);
      await receiver.until(() => receiver.got.length > 0);
      assert.deepEqual(types(receiver), ['BookArchived']);
    });
  });

  test('of one that is switched off are not made', async () => {
    await withHook({ enabled: false }, async ({ webhook }) => {
      await makeBook(server);
      expect(await server.put(`/webhooks/${webhook.id}`, { enabled: true }), 200);
      const book = await makeBook(server);
      await receiver.until(() => receiver.got.length > 0);
      assert.deepEqual(receiver.got.map(({ json }) => json.book_id), [book.id]);
    });
  });

  test('a receiver that is slow keeps nobody else waiting', async () => {
    const slow = await startReceiver();
    const held = [];
    slow.answer = (post, response) => held.push(response);
    const other = await addHook(server, { name: 'Slow', url: slow.url, events: ['BookAdded'] });
    await withHook({ events: ['BookAdded'] }, async () => {
      await makeBook(server);
      await makeBook(server);
      await receiver.until(() => receiver.got.length === 2);
      await slow.until(() => slow.got.length > 0);
      assert.equal(slow.got.length, 1, 'one after the other');
      held.forEach((response) => response.writeHead(200).end('thank you'));
      slow.answer = (post, response) => response.writeHead(200).end();
      await slow.until(() => slow.got.length === 2);
    });
    expect(await server.delete(`/webhooks/${other.webhook.id}`), 204);
    await slow.close();
  });

  test('what is refused waits for another try, its answer kept in part; others go on', async () => {
    await withHook({ events: ['BookAdded', 'BookArchived'] }, async (made) => {
      receiver.answer = (post, response) => (post.json.type === 'BookAdded' ? response.writeHead(422).end(`no\nthanks ${'x'.repeat(500)}`) : response.writeHead(200).end());
      const book = await makeBook(server);
      expect(await server.delete(`/books/${book.id}`), 204);
      await receiver.until(() => receiver.got.length === 2);
      const [archived, added] = await eventually(() => deliveries(server), (all) => all.length === 2 && all.every(({ tries }) => tries === 1));
      assertHas(archived, { state: 'sent', status: 200 });
      assertHas(added, { state: 'waiting', status: 422, tries: 1 });
      assert.equal(added.problem, `no thanks ${'x'.repeat(190)}`);
      const wait = Date.parse(added.next_try_at) - Date.parse(added.created_at);
      assert.ok(wait >= 24_000 && wait < 45_000, `${wait} ms`);
      assert.equal((await hookOf(server, made)).rest_until, null, 'it answers');
      assert.deepEqual((await deliveries(server, '?state=waiting')).map(({ id }) => id), [added.id]);

      receiver.answer = (post, response) => response.writeHead(200).end();
      expect(await server.post(`/webhooks/deliveries/${added.id}/send`), 200);
      await receiver.until(() => receiver.got.length === 3);
      assert.deepEqual(ids(receiver), [added.id, archived.id, added.id], 'the same id: the receiver knows it');
    });
  });

  test('what says yes has taken it, however long its page is, and though it breaks off', async () => {
    await withHook({ events: ['BookAdded'] }, async () => {
      const answers = [(response) => response.writeHead(200).end('x'.repeat(300_000)), (response) => response.writeHead(200, { 'Content-Length': 9 }).write('half', () => response.destroy())];
      receiver.answer = (post, response) => answers[receiver.got.length - 1](response);
      for (const count of [1, 2]) {
        await makeBook(server);
        const [row] = await eventually(() => deliveries(server), (all) => all.length === count && all[0].tries > 0);
        assertHas(row, { state: 'sent', status: 200, problem: null });
      }
    });
  });

  test('a redirect is not followed', async () => {
    const other = await startReceiver();
    await withHook({ events: ['BookAdded'] }, async () => {
      receiver.answer = (post, response) => response.writeHead(307, { Location: other.url }).end();
      await makeBook(server);
      const [row] = await eventually(() => deliveries(server), ([one]) => one?.tries === 1);
      assertHas(row, { state: 'waiting', status: 307 });
      assert.equal(other.got.length, 0);
    });
    await other.close();
  });

  test('410 Gone: the webhook is switched off, the delivery dead, and the log says so', async () => {
    await withHook({ events: ['BookAdded', 'WebhookDisabled'] }, async (made) => {
      receiver.answer = (post, response) => response.writeHead(410).end();
      await makeBook(server);
      const hook = await eventually(() => hookOf(server, made), ({ enabled }) => !enabled);
      assertHas(hook, { enabled: false, waiting: 0, dead: 1 });
      const [dead] = await deliveries(server, '?state=dead');
      assertHas(dead, { state: 'dead', status: 410, tries: 1 });
      const { events } = expect(await server.get('/events'), 200);
      assertHas(events[0], { type: 'WebhookDisabled', detail: 'Hook' });
      refused(await server.post(`/webhooks/deliveries/${dead.id}/send`), 409, 'CONFLICT', /switched off/);
    });
  });

  test('a test is posted at once, kept, and says what came back', async () => {
    await withHook({ events: ['BookMerged'], enabled: false }, async ({ webhook, secret }) => {
      const good = expect(await server.post(`/webhooks/${webhook.id}/test`), 200);
      assertHas(good, { ok: true, status: 204, problem: null });
      assertSigned(receiver.got[0], secret);
      assertHas(receiver.got[0].json, { type: 'Test', id: null, delivery_id: good.delivery_id });
      receiver.answer = (post, response) => response.writeHead(503).end('back soon');
      assertHas(expect(await server.post(`/webhooks/${webhook.id}/test`), 200), { ok: false, status: 503, problem: 'back soon' });
      assert.deepEqual((await deliveries(server)).map(({ state, type }) => [state, type]), [['dead', 'Test'], ['sent', 'Test']]);
    });
    await withHook({ url: 'http://127.0.0.1:9/', enabled: false }, async ({ webhook }) => {
      assertHas(expect(await server.post(`/webhooks/${webhook.id}/test`), 200), { ok: false, status: null, problem: 'Nobody answers there: the connection is refused or nothing comes back.' });
    });
  });

  test('are an administrator\'s business', async () => {
    const own = await startServer({ auth: 'on' });
    const { librarian } = await makePeople(own);
    refused(await librarian.get('/webhooks'), 403, 'FORBIDDEN');
    await own.stop({ check: true });
  });
});

describe('as time goes by', () => {
  let clock;
  let server;
  let receiver;
  let now = Date.parse('2026-03-02T09:00:00Z');
  const goOn = (ms) => clock.moveTo((now += ms));
  before(async () => {
    clock = await makeTestClock('2026-03-02T09:00:00Z');
    server = await startServer({ home: clock.home, env: clock.env });
    receiver = await startReceiver();
  });
  after(async () => {
    await receiver.close();
    await server.stop({ check: true });
  });

  test('who is away is left alone longer each time, in the end the delivery is dead; sent by hand, it arrives', async () => {
    const made = await addHook(server, { url: receiver.url, events: ['BookAdded'] });
    receiver.answer = (post, response) => response.writeHead(500).end();
    await makeBook(server);
    let rest = 0;
    for (let tries = 1; tries <= 10; tries++) {
      const [row] = await eventually(() => deliveries(server), ([one]) => one?.tries === tries);
      const hook = await eventually(() => hookOf(server, made), ({ failures }) => failures === tries);
      assert.equal(row.state, tries < 10 ? 'waiting' : 'dead');
      const wait = Date.parse(hook.rest_until) - now;
      assert.ok(wait > rest * 1.2, `${wait} ms after ${rest} ms`);
      rest = wait;
      goOn(wait * 2);
    }
    assert.equal(receiver.got.length, 10);
    assert.deepEqual(new Set(ids(receiver)).size, 1);
    const [dead] = await deliveries(server, '?state=dead');

    receiver.answer = (post, response) => response.writeHead(200).end();
    assertHas(expect(await server.post(`/webhooks/deliveries/${dead.id}/send`), 200), { state: 'waiting', tries: 0, ended_at: null });
    await receiver.until(() => receiver.got.length === 11);
    const [sent] = await eventually(() => deliveries(server), ([one]) => one.state === 'sent');
    assertHas(sent, { id: dead.id, tries: 1, status: 200 });
    await eventually(() => hookOf(server, made), ({ failures, rest_until }) => failures === 0 && rest_until === null);
    expect(await server.delete(`/webhooks/${made.webhook.id}`), 204);
  });

  test('killed between the post and its mark: it is posted again under the same id', async () => {
    receiver.got.length = 0;
    const { webhook } = await addHook(server, { url: receiver.url, events: ['BookAdded'] });
    let killed;
    receiver.answer = () => (killed = server.kill());
    await makeBook(server);
    await receiver.until(() => receiver.got.length === 1);
    await killed;
    receiver.answer = (post, response) => response.writeHead(200).end();
    server = await startServer({ home: clock.home, env: clock.env });
    await receiver.until(() => receiver.got.length === 2);
    assert.equal(ids(receiver)[0], ids(receiver)[1]);
    assert.equal(receiver.got[0].body, receiver.got[1].body);
    await eventually(() => deliveries(server), ([one]) => one.state === 'sent');
    expect(await server.delete(`/webhooks/${webhook.id}`), 204);
  });

  test('deliveries go after thirty days, with the job', async () => {
    receiver.got.length = 0;
    const { webhook } = await addHook(server, { url: receiver.url, events: ['BookAdded'] });
    await makeBook(server);
    await eventually(() => deliveries(server), ([one]) => one?.state === 'sent');
    expect(await server.post('/admin/jobs/prune_deliveries/run'), 200);
    assert.equal((await deliveries(server)).length, 1);
    goOn(31 * 86_400_000);
    assert.equal(expect(await server.post('/admin/jobs/prune_deliveries/run'), 200).ok, true);
    assert.deepEqual(await deliveries(server), []);
    expect(await server.delete(`/webhooks/${webhook.id}`), 204);
  });

  test('a reader who is forgotten is forgotten in what was told', async () => {
    receiver.got.length = 0;
    expect(await server.put('/admin/system-config', { forget_loans_after_days: 1 }), 200);
    const { webhook } = await addHook(server, { url: receiver.url, events: ['BookIssued', 'MemberRegistered'] });
    const member = await makeMember(server);
    const loan = await lend(server, await makeBook(server), member);
    await takeBack(server, loan);
    await eventually(() => deliveries(server), (all) => all.length === 2 && all.every(({ state }) => state === 'sent'));
    goOn(5 * 86_400_000);
    expect(await server.post('/admin/jobs/forget_loans/run'), 200);
    const [issued, registered] = await deliveries(server);
    assertHas(JSON.parse(issued.body), { type: 'BookIssued', member_id: null, borrow_id: loan.id });
    assert.equal(JSON.parse(registered.body).member_id, member.id, 'that they are a member is no secret of a loan');
    assert.equal(JSON.parse(receiver.got.find(({ json }) => json.type === 'BookIssued').body).member_id, member.id);
    expect(await server.delete(`/webhooks/${webhook.id}`), 204);
  });
});
