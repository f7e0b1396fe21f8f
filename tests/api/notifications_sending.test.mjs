// Notifications on their way: when they may leave, what goes together, and that a crash neither doubles nor loses one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startStub } from '../support/catalogues.mjs';
import { copiesOf, expect, lend, makeBook, makeMember, settledImport, unique } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { inChroot, startServer } from '../support/server.mjs';
import { startSmtp } from '../support/smtp_server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const ALWAYS = { notice_from: '00:00', notice_to: '00:00', notice_on_closed_days: 'on', notice_digest: 'off' };
const address = () => `${unique('sent').replace(' ', '')}@example.org`;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const all = async (server, query = '') => expect(await server.get(`/notifications?limit=100${query}`), 200).data;

/** Once it is so. */
async function until(isSo, what, withinMs = 25_000) {
  for (const end = Date.now() + withinMs; Date.now() < end; await pause(100)) {
    const found = await isSo();
    if (found) return found;
  }
  throw new Error(`not within ${withinMs / 1000} s: ${what}`);
}

/** Runs `work` with a server, and a mail server that it uses. */
async function withHouse({ settings = {}, ...options }, work) {
  const mail = await startSmtp();
  const server = await startServer(options);
  try {
    if (options.auth) server.people = await makePeople(server);
    expect(await (server.people?.admin ?? server).put('/admin/system-config', { ...mail.settings(), ...settings }), 200);
    await work(server, mail);
  } finally {
    await server.stop({ check: true });
    await mail.close();
  }
}

// Days there are as in Greenwich: an empty root has no time zones.
const WITHOUT_ZONES = { skip: inChroot ? 'an empty root knows no time zone' : false };
const berlin = (clock) => ({ home: clock.home, env: { ...clock.env, CARREL_TIME_ZONE: 'Europe/Berlin' } });

test('at night it waits for the morning, also for the morning of a shorter night, and for an open day', WITHOUT_ZONES, async () => {
  const clock = await makeTestClock('2026-03-28T21:30:00.000Z'); // 22:30 in Berlin; summer time begins in this night
  await withHouse({ ...berlin(clock), settings: { notice_digest: 'off' } }, async (server, mail) => {
    const member = await makeMember(server, { email: address() });
    const send = async () => {
      expect(await server.post('/notifications/send', { member_ids: [member.id], channel: 'email', subject: 'S', text: 'T' }), 200);
      return (await all(server))[0];
    };
    assert.equal((await send()).send_at, '2026-03-29T06:00:00.000Z');
    expect(await server.post('/closures', { name: 'Flood', first_day: '2026-03-29' }), 201);
    assert.equal((await send()).send_at, '2026-03-30T06:00:00.000Z');
    clock.moveTo('2026-03-29T06:00:01.000Z'); // the first is due now, and the day closed since
    await until(async () => (await all(server, '&state=waiting')).every(({ send_at: at }) => at === '2026-03-30T06:00:00.000Z'), 'put off');
    assert.equal(mail.messages.length, 0);
    clock.moveTo('2026-03-30T06:00:01.000Z');
    await until(() => mail.messages.length === 2, 'both were sent');
  });
});

test('what is due soon comes once, together, the next morning; what was renewed since does not come', WITHOUT_ZONES, async () => {
  const clock = await makeTestClock('2026-05-04T09:00:00.000Z');
  await withHouse(berlin(clock), async (server, mail) => {
    const member = await makeMember(server, { email: address() });
    const books = [await makeBook(server, { title: 'First to go' }), await makeBook(server, { title: 'Second to go' }), await makeBook(server, { title: 'Renewed since' })];
    const borrows = [];
    for (const book of books) borrows.push(await lend(server, book, member)); // for 14 days
    clock.moveTo('2026-05-16T07:00:00.000Z');
    await until(async () => (await all(server, '&state=waiting')).length === 3, 'three were made');
    expect(await server.post(`/borrows/${borrows[2].id}/renew`, {}), 200);
    clock.moveTo('2026-05-17T06:00:01.000Z');
    const message = await mail.next((one) => one.to.includes(member.email));
    assert.match(message.text, /First to go/);
    assert.match(message.text, /Second to go/);
    assert.doesNotMatch(message.text, /Renewed since/);
    await until(async () => (await all(server, '&state=sent')).length === 2, 'both are marked');
    const [dropped] = await all(server, '&state=dropped');
    assert.deepEqual([dropped.book.title, dropped.problem], ['Renewed since', 'It is due on another day now.']);
    clock.moveTo('2026-05-18T06:00:01.000Z'); // the last day: all was told already
    await pause(6000);
    assert.equal(mail.messages.length, 1);
  });
});

test('a text message really reaches the gateway, cut at a character and not within one', async () => {
  const asked = [];
  const gateway = await startStub((request, response, url) => {
    asked.push([url.searchParams.get('to'), url.searchParams.get('text')]);
    response.end('ok');
  });
  try {
    await withHouse({ settings: { ...ALWAYS, sms_url: `http://127.0.0.1:${gateway.port}/send?to={phone}&text={text}` } }, async (server) => {
      const member = await makeMember(server, { phone: '+49 170 1234567' });
      const text = 'ü'.repeat(600);
      expect(await server.post('/notifications/send', { member_ids: [member.id], channel: 'sms', subject: 'S', text }), 200);
      await until(() => asked.length === 1, 'the gateway was asked');
      assert.equal(asked[0][1], 'ü'.repeat(480));
      await until(async () => (await all(server, '&state=sent')).length === 1, 'it is marked');
    });
  } finally {
    await gateway.close();
  }
});

test('a code for a password does not wait behind all that is due that morning', async () => {
  await withHouse({ auth: 'on', settings: ALWAYS }, async (server, mail) => {
    const { admin, anonymous, member } = server.people;
    const email = address();
    expect(await admin.put(`/members/${member.record.id}`, { email }), 200);
    const many = [];
    for (let i = 0; i < 30; i++) many.push((await makeMember(admin, { email: address() })).id);
    mail.script = (verb) => {
      if (verb === 'TEXT') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300); // a slow one
      return undefined;
    };
    expect(await admin.post('/notifications/send', { member_ids: many, channel: 'email', subject: 'One of many', text: 'T' }), 200);
    await until(() => mail.messages.length > 0, 'the first is sent');
    expect(await anonymous.post('/members/password-reset', { name: member.record.name }), 202);
    const before = mail.messages.length;
    await mail.next((one) => one.to.includes(email), 25_000);
    const place = mail.messages.findIndex((one) => one.to.includes(email));
    assert.ok(place < before + 5, `${place - before} others came first`);
    mail.script = undefined;
  });
});

test('a connection that breaks after the last byte: nobody knows, and nothing goes out again by itself', async () => {
  await withHouse({ settings: ALWAYS }, async (server, mail) => {
    const member = await makeMember(server, { email: address() });
    let taken = 0;
    mail.script = (verb) => (verb === 'TEXT' && ++taken ? 'drop' : undefined);
    expect(await server.post('/notifications/send', { member_ids: [member.id], subject: 'Once', text: 'Only' }), 200);
    const [unsure] = await until(async () => (await all(server, '&state=unsure')).length && all(server), 'it is unsure');
    assert.notEqual(unsure.problem, null);
    assert.equal(taken, 1);
  });
});

test('a mail server that is busy is asked again later, and the row says when and why', async () => {
  await withHouse({ settings: ALWAYS }, async (server, mail) => {
    mail.script = (verb) => (verb === 'MAIL' ? '451 4.3.0 Not now' : undefined);
    const members = [await makeMember(server, { email: address() }), await makeMember(server, { email: address() })];
    expect(await server.post('/notifications/send', { member_ids: members.map(({ id }) => id), subject: 'A', text: 'B' }), 200);
    const tried = await until(async () => (await all(server, '&state=waiting')).find(({ tries }) => tries === 1), 'one was tried, and waits');
    assert.match(tried.problem, /Not now/);
    assert.ok(Date.parse(tried.send_at) - Date.parse(tried.claimed_at) >= 59_000);
    await pause(500);
    assert.deepEqual((await all(server)).map(({ tries }) => tries).sort(), [0, 1], 'the other waits until the server may be well again');
  });
});

test('what the mail server says of one recipient puts off that message alone', async () => {
  await withHouse({ settings: ALWAYS }, async (server, mail) => {
    let refused = 0;
    mail.script = (verb) => (verb === 'RCPT' && refused++ === 0 ? '450 4.2.1 Greylisted' : undefined);
    const members = [await makeMember(server, { email: address() }), await makeMember(server, { email: address() })];
    expect(await server.post('/notifications/send', { member_ids: members.map(({ id }) => id), subject: 'A', text: 'B' }), 200);
    await until(async () => (await all(server, '&state=sent')).length === 1, 'the other one has gone');
    const [put] = await all(server, '&state=waiting');
    assert.match(put.problem, /Greylisted/);
    assert.equal(put.tries, 1);
  });
});

/** Kills the server when the mail server comes to `point` for the time number `turn`, from 0: the moment is over, or not there. */
function killAt(mail, pid, point, turn) {
  return new Promise((done) => {
    const timer = setTimeout(done, 8000);
    const kill = () => {
      clearTimeout(timer);
      process.kill(pid, 'SIGKILL');
      done();
    };
    let seen = turn;
    mail.script = (verb) => {
      if (verb !== point && !(point === 'after' && verb === 'TEXT')) return undefined;
      if (seen-- > 0) return undefined;
      mail.script = undefined; // before it is dead the point may be met once more
      if (point === 'after') setTimeout(kill, turn * 3); // the answer has left: it is marked by then, or not yet
      else kill();
      return undefined;
    };
  });
}

async function assertCounted(server, mail, members) {
  const states = new Map();
  for (const member of members) {
    const [row] = expect(await server.get(`/notifications/member/${member.id}`), 200).data;
    const received = mail.messages.filter((one) => one.to.includes(member.email)).length;
    assert.ok(['sent', 'unsure'].includes(row.state), row.state);
    assert.ok(received <= 1, `${received} times: ${member.email}`);
    if (row.state === 'sent') assert.equal(received, 1, 'what is called sent has come');
    else assert.match(row.problem, /may have gone/);
    const key = `${row.state}, ${received ? 'came' : 'did not come'}`;
    states.set(key, (states.get(key) ?? 0) + 1);
  }
  assert.ok(states.get('unsure, came') > 0 && states.get('unsure, did not come') > 0, `both were met: ${JSON.stringify([...states])}`);
}

test('killed before, while and after it sends, again and again: none goes out twice, none is lost without a word', { timeout: 150_000 }, async () => {
  const mail = await startSmtp();
  let server = await startServer();
  const { home } = server;
  const settled = () => until(async () => (await all(server, '&state=waiting')).length + (await all(server, '&state=claimed')).length === 0, 'all have ended');
  try {
    expect(await server.put('/admin/system-config', { ...mail.settings(), ...ALWAYS }), 200);
    const points = ['CONNECT', 'MAIL', 'RCPT', 'DATA', 'TEXT', 'TEXT', 'after', 'after', 'QUIT'];
    const members = [];
    for (const [round, point] of [...points, ...points].entries()) {
      const some = [];
      for (let i = 0; i < 3; i++) some.push(await makeMember(server, { email: address() }));
      members.push(...some);
      const killed = killAt(mail, server.pid, point, round % 2);
      // The program may be gone before it has answered: what it has sent, it had written down.
      await server.post('/notifications/send', { member_ids: some.map(({ id }) => id), subject: 'Count me', text: 'Once.' }).catch(() => {});
      await killed;
      mail.script = undefined;
      await server.kill();
      server = await startServer({ home });
      await settled();
    }
    await assertCounted(server, mail, members);
  } finally {
    await server.stop({ check: true });
    await mail.close();
  }
});

test('a loan that forgets its reader is forgotten here, too: no name, no address, no words', async () => {
  const clock = await makeTestClock('2026-01-05T09:00:00.000Z');
  await withHouse({ home: clock.home, env: clock.env, settings: { ...ALWAYS, forget_loans_after_days: 30 } }, async (server, mail) => {
    const [reader, waiting] = [await makeMember(server, { email: address() }), await makeMember(server, { email: address() })];
    const book = await makeBook(server, { title: 'Nobody knows' });
    const loan = await lend(server, book, reader); // for 14 days
    expect(await server.post('/holds', { book_id: book.id, member_id: waiting.id }), 201);
    clock.moveTo('2026-01-18T09:00:00.000Z');
    await mail.next((one) => one.to.includes(reader.email));
    expect(await server.post(`/borrows/${loan.id}/return`, {}), 200);
    await mail.next((one) => one.to.includes(waiting.email));
    await until(async () => (await all(server, '&state=sent')).length === 2, 'both are marked');
    const fetched = await lend(server, book, waiting);
    expect(await server.post(`/borrows/${fetched.id}/return`, {}), 200);
    clock.moveTo('2026-02-25T09:00:00.000Z');
    expect(await server.post('/admin/jobs/forget_loans/run'), 200);
    for (const row of await all(server)) {
      const told = [row.member, row.address, row.subject, row.body, row.message_id ?? null].map((value) => (value && typeof value === 'object' ? value.id : value));
      assert.deepEqual(told, [null, null, null, null, null], row.kind);
    }
    for (const member of [reader, waiting]) assert.equal(expect(await server.get(`/notifications/member/${member.id}`), 200).meta.total, 0);
  });
});

test('imports of readers and of their loans are taken back, although something was told of them', async () => {
  const clock = await makeTestClock('2026-01-05T09:00:00.000Z');
  await withHouse({ home: clock.home, env: clock.env, settings: ALWAYS }, async (server, mail) => {
    const bring = async (kind, csv) => {
      const made = expect(await server.post(`/imports?kind=${kind}&name=test.csv`, csv, { 'Content-Type': 'text/csv' }), 201);
      assert.equal((await settledImport(server, made.id)).status, 'ready');
      expect(await server.post(`/imports/${made.id}/start`), 200);
      assert.equal((await settledImport(server, made.id)).imported, 1);
      return made;
    };
    const undo = async ({ id }) => {
      expect(await server.post(`/imports/${id}/undo`, {}), 200);
      const undone = await settledImport(server, id);
      assert.equal(undone.status, 'undone', JSON.stringify(undone));
    };
    const email = address();
    const [copy] = await copiesOf(server, await makeBook(server));
    const members = await bring('members', `card,name,email\r\n777001,Vera Vorbei,${email}\r\n`);
    const loans = await bring('loans', `card,barcode,borrowed_at,due_date\r\n777001,${copy.barcode},2026-01-02,2026-01-06\r\n`);
    clock.moveTo('2026-01-06T09:00:00.000Z');
    await mail.next((one) => one.to.includes(email));
    await until(async () => (await all(server, '&state=sent')).length === 1, 'it is marked');
    await undo(loans);
    assert.equal((await all(server))[0].member.name, 'Vera Vorbei');
    await undo(members);
    assert.deepEqual(await all(server), []);
  });
});
