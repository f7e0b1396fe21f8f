// Saved reports: kept under a name, and sent by e-mail when they are due; never twice.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { assertHas, expect, INSTANT, invalid, lend, makeBook, makeMember, parseCsv, refused, UNKNOWN_ID, UUID } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { startSmtp } from '../support/smtp_server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const CONFIG = '/admin/system-config';
let server, clock, mail;

const save = async (facts = {}) => expect(await server.post('/reports/saved', { name: 'Loans of the month', report: 'circulation', parameters: 'period=this_month&by=weekday', ...facts }), 201);
const show = async (saved) => expect(await server.get(`/reports/saved/${saved.id}`), 200);
const runJob = async () => expect(await server.post('/admin/jobs/reports/run'), 200);
const remove = async (saved) => expect(await server.delete(`/reports/saved/${saved.id}`), 204);
const sent = (to) => mail.messages.filter((one) => one.to.includes(to)).length;

before(async () => {
  clock = await makeTestClock('2026-03-02T09:00:00.000Z'); // a Monday
  mail = await startSmtp();
  server = await startServer({ home: clock.home, env: clock.env });
  expect(await server.put(CONFIG, { ...mail.settings(), library_name: 'Town Library' }), 200);
  await lend(server, await makeBook(server, { title: 'Dune' }), await makeMember(server));
});
after(async () => {
  await server.stop({ check: true });
  await mail.close();
});
afterEach(() => {
  mail.script = undefined;
});

describe('a saved report', () => {
  test('is kept, listed, changed with its version, and deleted', async () => {
    const saved = await save();
    assert.match(saved.id, UUID);
    assertHas(saved, { name: 'Loans of the month', report: 'circulation', parameters: 'period=this_month&by=weekday', schedule: 'none', recipients: '', next_on: null, last_at: null, problem: null, version: 1 });
    assert.deepEqual(expect(await server.get('/reports/saved'), 200).data, [saved]);
    const changed = expect(await server.put(`/reports/saved/${saved.id}`, { name: 'Weekdays' }, { 'If-Match': '"1"' }), 200);
    assertHas(changed, { name: 'Weekdays', report: 'circulation', version: 2 });
    refused(await server.patch(`/reports/saved/${saved.id}`, { name: 'Again' }, { 'If-Match': '"1"' }), 412, 'PRECONDITION_FAILED', /changed by someone else/);
    assert.equal(expect(await server.patch(`/reports/saved/${saved.id}`, { ...changed, name: 'Again' }), 200).version, 3, 'what a client got may be sent back');
    const log = expect(await server.get('/admin/audit-logs?entity=saved_report'), 200).data;
    assert.deepEqual(log.map((row) => [row.action, row.entity_id]), [['report.edited', saved.id], ['report.edited', saved.id], ['report.saved', saved.id]]);
    await remove(saved);
    refused(await server.get(`/reports/saved/${saved.id}`), 404, 'REPORT_NOT_FOUND', /^Saved report not found\.$/);
    refused(await server.delete(`/reports/saved/${UNKNOWN_ID}`), 404, 'REPORT_NOT_FOUND');
    refused(await server.put(`/reports/saved/${UNKNOWN_ID}`, { name: 'x' }), 404, 'REPORT_NOT_FOUND');
  });

  test('comes next tomorrow, on Monday, on the first of the month or of the year', async () => {
    for (const [schedule, next] of [['daily', '2026-03-03'], ['weekly', '2026-03-09'], ['monthly', '2026-04-01'], ['yearly', '2027-01-01'], ['none', null]]) {
      const saved = await save({ schedule, recipients: 'a@example.org' });
      assert.equal(saved.next_on, next, schedule);
      await remove(saved);
    }
    const saved = await save({ schedule: 'daily', recipients: 'a@example.org' });
    assert.equal(expect(await server.put(`/reports/saved/${saved.id}`, { schedule: 'none' }), 200).next_on, null);
    await remove(saved);
  });

  test('asks for a report that there is, parameters that it takes, and addresses', async () => {
    invalid(await server.post('/reports/saved', {}), ['name', 'report']);
    invalid(await server.post('/reports/saved', { name: 'x', report: 'weather' }), ['report']);
    for (const parameters of ['limit=5', 'by=colour', 'period=yore', 'from', 'from=2026-02-30', 'from=2026-03-02&to=2026-03-01', 'from=1900-01-01&to=2026-03-01'])
      invalid(await server.post('/reports/saved', { name: 'x', report: 'circulation', parameters }), ['parameters']);
    invalid(await server.post('/reports/saved', { name: 'x', report: 'overdue', recipients: 'nobody' }), ['recipients']);
    invalid(await server.post('/reports/saved', { name: 'x', report: 'overdue', schedule: 'weekly' }), ['recipients']);
    invalid(await server.post('/reports/saved', { name: 'x', report: 'overdue', schedule: 'hourly', colour: 'red' }), ['schedule', 'colour']);
    const saved = await save({ report: 'popular', parameters: 'category=Na%C3%AFve+art&limit=5' });
    assert.equal(saved.parameters, 'category=Na%C3%AFve+art&limit=5');
    await remove(saved);
  });
});

describe('sent now', () => {
  test('arrives with its rows to read and all of them as CSV', async () => {
    const saved = await save({ recipients: 'board@example.org, ada@example.org' });
    assert.match(expect(await server.post(`/reports/saved/${saved.id}/send`), 200).last_at, INSTANT);
    const message = await mail.next((one) => one.to.includes('board@example.org'));
    assert.deepEqual(message.to, ['board@example.org', 'ada@example.org']);
    assert.equal(message.subject, 'Loans of the month · Town Library');
    assert.match(message.text, /^Loans of the month\n2026-03-01 to 2026-03-31\n\nweekday +loans +returns +renewals +visitors\nmonday +1 +0 +0 +1\n/);
    assert.match(message.text, /\nIn all: +1 +0 +0 +1\n\n7 rows; all of them are in the file that is attached\.\n$/);
    assert.equal(message.parts.length, 1);
    assert.equal(message.parts[0].name, 'circulation.csv');
    const lines = parseCsv(Buffer.from(message.parts[0].bytes).toString('utf8'));
    assert.deepEqual(lines[0], ['weekday', 'loans', 'returns', 'renewals', 'visitors']);
    assert.deepEqual(lines[1], ['monday', '1', '0', '0', '1']);
    assert.equal(lines.length, 8);
    await remove(saved);
  });

  test('with a single row says so', async () => {
    const saved = await save({ report: 'popular', parameters: '', recipients: 'one@example.org' });
    expect(await server.post(`/reports/saved/${saved.id}/send`), 200);
    assert.match((await mail.next((one) => one.to.includes('one@example.org'))).text, /\n1 row; it is in the file that is attached\.\n$/);
    await remove(saved);
  });

  test('asked for again while it is on its way, it goes out once, and with its key the answer is the same', async () => {
    const saved = await save({ recipients: 'hasty@example.org' });
    const send = () => server.post(`/reports/saved/${saved.id}/send`, undefined, { 'Idempotency-Key': 'hasty-1' });
    let answer;
    const reached = new Promise((done) => {
      mail.script = (verb, message, session) => {
        if (verb !== 'TEXT') return undefined;
        answer = () => {
          mail.keep(message);
          session.say('250 2.0.0 Queued');
        };
        done();
        return 'silence';
      };
    });
    const first = send();
    await reached;
    refused(await send(), 409, 'CONFLICT', /is being sent at this moment/);
    mail.script = undefined;
    answer();
    const sentOnce = expect(await first, 200);
    assert.deepEqual(expect(await send(), 200), sentOnce);
    assert.equal(sent('hasty@example.org'), 1);
    expect(await server.post(`/reports/saved/${saved.id}/send`), 200);
    assert.equal(sent('hasty@example.org'), 2, 'asked for anew');
    await remove(saved);
  });

  test('says what the mail server says, and who it is for when it is for nobody', async () => {
    const saved = await save({ recipients: 'lost@example.org' });
    mail.script = (verb) => (verb === 'RCPT' ? '550 5.1.1 No such user here' : undefined);
    refused(await server.post(`/reports/saved/${saved.id}/send`), 409, 'NOT_DELIVERED', /No such user here/);
    assert.equal((await show(saved)).last_at, null);
    expect(await server.put(`/reports/saved/${saved.id}`, { recipients: '' }), 200);
    refused(await server.post(`/reports/saved/${saved.id}/send`), 409, 'NO_ADDRESS', /nobody to be sent to/);
    expect(await server.put(CONFIG, { mail_transport: 'off' }), 200);
    refused(await server.post(`/reports/saved/${saved.id}/send`), 409, 'CHANNEL_IS_OFF');
    expect(await server.put(CONFIG, { mail_transport: 'smtp' }), 200);
    refused(await server.post(`/reports/saved/${UNKNOWN_ID}/send`), 404, 'REPORT_NOT_FOUND');
    await remove(saved);
  });
});

describe('sent by itself', () => {
  test('once on the day it is due, and again on the next', async () => {
    const saved = await save({ schedule: 'daily', recipients: 'daily@example.org' });
    await runJob();
    assert.equal(sent('daily@example.org'), 0, 'it is due tomorrow');
    clock.moveTo('2026-03-03T07:00:00.000Z');
    await runJob();
    await runJob();
    assert.equal(sent('daily@example.org'), 1);
    assertHas(await show(saved), { next_on: '2026-03-04', problem: null, last_at: '2026-03-03T07:00:00.000Z', version: 1 });
    clock.moveTo('2026-03-09T07:00:00.000Z'); // after a week in which the machine was off
    await runJob();
    assert.equal(sent('daily@example.org'), 2);
    assert.equal((await show(saved)).next_on, '2026-03-10');
    assert.ok(expect(await server.get('/admin/audit-logs?action=report.sent'), 200).data.length >= 2);
    await remove(saved);
  });

  test('what failed says why and is tried again the next hour; another one goes meanwhile', async () => {
    const failing = await save({ name: 'A', schedule: 'daily', recipients: 'slow@example.org' });
    const other = await save({ name: 'B', schedule: 'daily', recipients: 'quick@example.org' });
    clock.moveTo('2026-03-11T07:00:00.000Z');
    mail.script = (verb, argument) => (verb === 'RCPT' && argument.includes('slow') ? '451 4.7.1 Come back later' : undefined);
    await runJob();
    assert.equal(sent('quick@example.org'), 1);
    const told = await show(failing);
    assert.match(told.problem, /Come back later/);
    assertHas(told, { last_at: null, next_on: '2026-03-11' });
    mail.script = undefined;
    clock.moveTo('2026-03-11T08:00:00.000Z');
    await runJob();
    await runJob();
    assert.equal(sent('slow@example.org'), 1);
    assert.equal(sent('quick@example.org'), 1);
    assertHas(await show(failing), { problem: null, next_on: '2026-03-12' });
    await remove(failing);
    await remove(other);
  });

  test('what is refused for good waits for the next time', async () => {
    const saved = await save({ schedule: 'weekly', recipients: 'gone@example.org' });
    clock.moveTo('2026-03-16T07:00:00.000Z');
    mail.script = (verb) => (verb === 'RCPT' ? '550 5.1.1 No such user' : undefined);
    await runJob();
    const told = await show(saved);
    assert.match(told.problem, /No such user/);
    assert.equal(told.next_on, '2026-03-23');
    await remove(saved);
  });

  test('killed while it is sent: not sent a second time, and the page says that nobody knows', async () => {
    const saved = await save({ schedule: 'daily', recipients: 'once@example.org' });
    clock.moveTo('2026-03-17T07:00:00.000Z');
    const reached = new Promise((done) => {
      mail.script = (verb) => {
        if (verb !== 'TEXT') return undefined;
        done();
        return 'silence';
      };
    });
    const run = server.post('/admin/jobs/reports/run').catch(() => {});
    await reached;
    await server.kill();
    await run;
    mail.script = undefined;
    server = await startServer({ home: clock.home, env: clock.env });
    await runJob();
    assert.equal(sent('once@example.org'), 0, 'the test server has kept none of it');
    const told = await show(saved);
    assert.match(told.problem, /not known whether the e-mail was sent/);
    assert.equal(told.next_on, '2026-03-18');
    clock.moveTo('2026-03-18T07:00:00.000Z');
    await runJob();
    assert.equal(sent('once@example.org'), 1, 'the next day is another letter');
    assert.equal((await show(saved)).problem, null);
    await remove(saved);
  });
});
