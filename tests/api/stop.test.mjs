// The end of a server that is told to stop: what it tells others comes to its end side by side, not one after the other.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { expect, makeBook, makeMember, unique } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { startSmtp } from '../support/smtp_server.mjs';

const ALWAYS = { notice_from: '00:00', notice_to: '00:00', notice_on_closed_days: 'on', notice_digest: 'off' };
const address = () => `${unique('stop').replace(' ', '')}@example.org`;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(isSo, what) {
  for (const end = Date.now() + 25_000; Date.now() < end; await pause(50)) if (await isSo()) return;
  throw new Error(`not within 25 s: ${what}`);
}

/** Says nothing to what it is sent, until it is let go. */
async function startStubbornReceiver() {
  const held = [];
  const server = http.createServer((request, response) => held.push(response));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    held,
    url: `http://127.0.0.1:${server.address().port}/hook`,
    letGo: () => held.splice(0).forEach((response) => response.writeHead(204).end()),
    close: () => new Promise((done) => server.close(done)),
  };
}

test('who sends e-mail is told to stop while a webhook is still waited for: no further message begins', async () => {
  const mail = await startSmtp();
  const receiver = await startStubbornReceiver();
  const server = await startServer();
  const held = [];
  let stopped;
  mail.script = (verb, argument, session) => (verb === 'TEXT' ? (held.push(session), 'silence') : undefined);
  try {
    expect(await server.put('/admin/system-config', { ...mail.settings(), ...ALWAYS }), 200);
    expect(await server.post('/webhooks', { name: 'Slow', url: receiver.url, events: ['BookAdded'] }), 201);
    const members = [await makeMember(server, { email: address() }), await makeMember(server, { email: address() })];
    expect(await server.post('/notifications/send', { member_ids: members.map(({ id }) => id), channel: 'email', subject: 'S', text: 'T' }), 200);
    await makeBook(server);
    await until(() => held.length === 1 && receiver.held.length === 1, 'one message and one post on their way');

    stopped = server.stop({ check: true });
    await until(() => fetch(server.url).then(() => false, () => true), 'nobody listens any more');
    held[0].say('250 2.0.0 Queued');
    await pause(500);
    assert.equal(held.length, 1, 'the second message was begun after the stop');
  } finally {
    receiver.letGo();
    held.forEach((session) => session.socket.destroy());
    await (stopped ?? server.stop());
    await Promise.all([mail.close(), receiver.close()]);
  }
});
