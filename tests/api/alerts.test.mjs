// Alerts: what is not well happens for real here, one subject after the other, and whoever is to know hears of it: above the
// pages, by e-mail at a real mail server, in a chat; once, again a day later, and when it is over.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { startStub } from '../support/catalogues.mjs';
import { assertHas, expect, makeMember, refused, runJob, UNKNOWN_ID } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { binary, inChroot, makeHome, startServer } from '../support/server.mjs';
import { startSmtp } from '../support/smtp_server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const PATH = '/admin/system-config';
const running = [];
after(async () => {
  for (const one of running) await one.close();
});

async function startChat(status = 200) {
  const chat = { said: [], status };
  const stub = await startStub(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    chat.said.push({ type: request.headers['content-type'], ...JSON.parse(body) });
    response.writeHead(chat.status).end('ok');
  });
  running.push(stub);
  return Object.assign(chat, { url: `http://127.0.0.1:${stub.port}/hooks/secret` });
}

async function startMail() {
  const mail = await startSmtp();
  running.push(mail);
  return mail;
}

/** So often that what is found counts: it has to stay for a while. */
const looks = async (server, times = 3) => {
  for (let i = 0; i < times; i++) await runJob(server, 'alerts');
};
const alerts = async (server, query = '') => expect(await server.get(`/alerts${query}`), 200).data;
const about = async (server, subject) => (await alerts(server)).find((one) => one.subject === subject);
const backUp = async (server) => expect(await server.post('/admin/backups', {}), 201);

async function until(isSo) {
  for (const end = Date.now() + 30_000; !(await isSo()); await new Promise((done) => setTimeout(done, 200))) assert.ok(Date.now() < end, 'it never became so');
}

/** A server that tells two addresses and a chat; it has a backup, so all is well with it. */
async function startWatched(options = {}) {
  const [mail, chat] = [await startMail(), await startChat()];
  const server = await startServer(options);
  expect(await server.put(PATH, { ...mail.settings(), alert_email: 'head@example.org, it@example.org', alert_chat_url: chat.url }), 200);
  if (!options.withoutBackup) await backUp(server);
  return { server, mail, chat };
}

describe('a library without a backup', () => {
  test('is told of once, again after a day, and when there is one: in the banner, by e-mail, in the chat', async () => {
    const clock = await makeTestClock('2026-03-02T09:00:00.000Z');
    const { server, mail, chat } = await startWatched({ home: clock.home, env: clock.env, withoutBackup: true });
    await looks(server, 2);
    assert.deepEqual(await alerts(server), [], 'what may pass by itself tells nobody');
    await looks(server, 1);
    const [alert] = await alerts(server);
    assertHas(alert, { subject: 'backups', state: 'bad', text: 'There is no backup of this library. Make one.', began_at: '2026-03-02T09:00:00.000Z', ended_at: null, told_at: '2026-03-02T09:00:00.000Z', seen_by: null });
    const message = await mail.next();
    assert.deepEqual(message.to, ['head@example.org', 'it@example.org']);
    assertHas(message, { subject: 'My Library: something is not well' });
    assert.match(message.text, /^To be looked at today: Backups\nThere is no backup of this library\. Make one\.\n\nMore of it/);
    assertHas(chat.said[0], { type: 'application/json', text: `${message.subject}\n\n${message.text}` });

    await looks(server);
    clock.moveTo('2026-03-03T08:59:00.000Z');
    await looks(server, 1);
    assert.deepEqual([mail.messages.length, chat.said.length], [1, 1], 'once');
    clock.moveTo('2026-03-03T09:00:00.000Z');
    await looks(server, 1);
    assert.deepEqual([mail.messages.length, chat.said.length], [2, 2], 'and again a day later');
    assert.match(mail.messages[1].text, /^Still: Backups\n/);

    await backUp(server);
    await looks(server);
    assert.deepEqual(await alerts(server), []);
    assertHas(mail.messages[2], { subject: 'My Library: well again' });
    assert.match(mail.messages[2].text, /^Well again: Backups\n\n/);
    assert.equal(chat.said.length, 3);
    assertHas((await alerts(server, '?all=true'))[0], { id: alert.id, ended_at: '2026-03-03T09:00:00.000Z' });
    await looks(server);
    assert.equal(mail.messages.length, 3);

    // Backups get old by themselves.
    clock.moveTo('2026-03-06T09:00:00.000Z');
    await looks(server);
    assertHas((await alerts(server))[0], { subject: 'backups', text: 'The last good backup is too old. Make one.' });
    assert.equal(mail.messages.length, 4);

    // Those that were over long ago go.
    await backUp(server);
    await looks(server);
    clock.moveTo('2027-06-01T09:00:00.000Z');
    assertHas(expect(await server.post('/admin/jobs/prune_alerts/run'), 200), { outcome: 'ok: 2 rows' });
    await server.stop({ check: true });
  });

  test('is told of in German where the library is German', async () => {
    const { server, mail } = await startWatched({ withoutBackup: true });
    expect(await server.put(PATH, { language: 'de', library_name: 'Bücherei' }), 200);
    await looks(server);
    const message = await mail.next();
    assertHas(message, { subject: 'Bücherei: etwas ist nicht in Ordnung' });
    assert.match(message.text, /^Heute ansehen: Sicherungen\nVon dieser Bibliothek gibt es keine Sicherung\. Eine machen\.\n/);
    await backUp(server);
    await looks(server);
    assertHas(mail.messages[1], { subject: 'Bücherei: wieder in Ordnung' });
    await server.stop({ check: true });
  });

  test('what comes and goes tells nobody, and what is put away stays away until it is worse', async () => {
    const home = await makeHome();
    const { server, mail } = await startWatched({ home, args: ['--backup-second-dir', home.inside('stick')] });
    await looks(server, 2);
    spawnSync('mkdir', ['-m', '777', home.path('stick')]);
    await looks(server, 1);
    spawnSync('rmdir', [home.path('stick')]);
    await looks(server, 2);
    assert.deepEqual(await alerts(server), []);
    await looks(server, 1);
    const alert = await about(server, 'backups');
    assertHas(alert, { state: 'warn', text: 'The second folder for backups is not there. Plug its stick in.' });
    assert.match(mail.messages[0].text, /^To be looked at one of these days: Backups/m);
    const seen = expect(await server.post(`/alerts/${alert.id}/seen`), 200);
    assert.ok(seen.seen_by && seen.seen_at);
    await looks(server);
    assertHas(await about(server, 'backups'), { seen_by: seen.seen_by });
    refused(await server.post(`/alerts/${UNKNOWN_ID}/seen`), 404, 'ALERT_NOT_FOUND', /Alert not found/);
    await server.stop({ check: true });
  });
});

test('a disk that fills up is told of, and told of again when it is worse', { skip: process.getuid() === 0 && !inChroot ? false : 'mounting a small disk needs root' }, async () => {
  const home = await makeHome();
  const fill = (mib) => assert.equal(spawnSync('dd', ['if=/dev/zero', `of=${home.path('filler')}`, 'bs=1M', `count=${mib}`]).status, 0);
  assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=200m', 'carrel-alerts', home.directory]).status, 0);
  try {
    const { server, mail } = await startWatched({ home });
    await looks(server);
    const alert = await about(server, 'disk');
    assertHas(alert, { state: 'warn', text: 'Room on a disk is getting short. Move something away.' });
    expect(await server.post(`/alerts/${alert.id}/seen`), 200);
    fill(150);
    await looks(server);
    assertHas(await about(server, 'disk'), { id: alert.id, state: 'bad', text: 'A disk is nearly full: soon nothing can be lent. Make room now.', seen_by: null });
    assert.match(mail.messages.at(-1).text, /^Worse: Room on the disk\nA disk is nearly full/m);
    assert.equal(mail.messages.length, 2);
    await server.stop({ check: true, keep: true });
  } finally {
    spawnSync('umount', [home.directory]);
    await home.remove();
  }
});

test("a clock that is wrong is told of, though the library's time stands still meanwhile", async () => {
  const clock = await makeTestClock('2026-03-02T09:00:00.000Z');
  const { server, mail, chat } = await startWatched({ home: clock.home, env: clock.env });
  writeFileSync(clock.home.path('clock'), '2020-01-01T00:00:00.000Z<\n', { flag: 'r+' });
  await looks(server);
  assertHas(await about(server, 'clock'), { state: 'bad', text: "The machine's clock is behind the library's last record. Set it." });
  assert.match((await mail.next()).text, /Clock and time zone\nThe machine's clock is behind/);
  assert.equal(chat.said.length, 1);
  clock.moveTo('2026-03-02T10:00:00.000Z');
  await looks(server);
  assert.equal(await about(server, 'clock'), undefined);
  await server.stop({ check: true });
});

const hasStrace = spawnSync('strace', ['-V']).status === 0;
test('a card that becomes slow is told of', { skip: hasStrace && !inChroot ? false : 'slowing a disk down needs strace' }, async () => {
  const home = await makeHome();
  const slow = '-e trace=fsync,fdatasync -e inject=fsync,fdatasync:delay_enter=700000:when=12+';
  const strace = ['-D', '-f', '--seccomp-bpf', '-o', '/dev/null', ...slow.split(' '), binary];
  const { server, mail } = await startWatched({ home: { ...home, command: (args) => ['strace', [...strace, ...args]] } });
  for (let i = 0; i < 16; i++) await makeMember(server);
  await looks(server);
  const alert = await about(server, 'card');
  assertHas(alert, { state: 'warn' });
  assert.match(alert.text, /^The card or disk has become slow/);
  const { figures } = expect(await server.get('/admin/health-check'), 200).checks.find(({ name }) => name === 'card');
  assert.ok(figures.p99_ms >= 700 && figures.slow_commits >= 3, JSON.stringify(figures));
  assert.match((await mail.next()).text, /Card or disk\nThe card or disk has become slow/);
  await server.stop();
});

test('messages that reach nobody are told of in the chat, and by e-mail when it goes again', async () => {
  const clock = await makeTestClock('2026-03-02T09:00:00.000Z');
  const { server: first, mail, chat } = await startWatched({ home: clock.home, env: clock.env });
  let server = first;
  expect(await server.put(PATH, { notice_digest: 'off' }), 200);
  mail.script = (verb) => (verb === 'RCPT' ? '451 4.3.0 Out of order' : undefined);
  const ada = await makeMember(server, { email: 'ada@example.org' });
  assertHas(expect(await server.post('/notifications/send', { member_ids: [ada.id], channel: 'email', subject: 'Come', text: 'The library reads aloud.' }), 200), { queued: 1 });
  const notice = async () => expect(await server.get(`/notifications/member/${ada.id}`), 200).data[0];
  await until(async () => (await notice()).tries > 0);
  await looks(server);
  assert.equal(await about(server, 'mail'), undefined, 'it is tried again: nothing to tell yet');

  clock.moveTo('2026-03-02T10:30:00.000Z');
  await backUp(server);
  await looks(server);
  assertHas(await about(server, 'mail'), { state: 'bad', text: 'No message reaches a reader any more. Look at the settings of e-mail.' });
  assert.match(chat.said[0].text, /To be looked at today: Messages to readers\nNo message reaches a reader/);
  assert.equal(mail.messages.length, 0);

  // It is left alone for a minute of the machine's own time: who starts it anew need not wait.
  mail.script = undefined;
  await server.stop({ keep: true });
  server = await startServer({ home: clock.home, env: clock.env });
  clock.moveTo('2026-03-02T15:30:00.000Z');
  await until(async () => (await notice()).state === 'sent');
  await backUp(server);
  await looks(server);
  assert.equal(await about(server, 'mail'), undefined);
  await mail.next((one) => one.subject === 'My Library: well again' && /Messages to readers/.test(one.text));
  assert.match(chat.said.at(-1).text, /Well again: Messages to readers/);
  await server.stop({ check: true });
});

describe('who is to know', () => {
  test('hears of it in the chat when the mail server does not answer, by e-mail when the chat does not; and at last', async () => {
    const { server, mail, chat } = await startWatched({ withoutBackup: true });
    mail.script = () => '421 4.3.2 Closed';
    chat.status = 500;
    await looks(server);
    assertHas(await about(server, 'backups'), { told_at: null });
    assert.match(server.logs, /an alert was not told.*The mail server says: 421/);
    assert.match(server.logs, /an alert was not told.*The chat says: 500/);
    chat.status = 200;
    await looks(server, 1);
    assert.notEqual((await about(server, 'backups')).told_at, null);
    assert.match(chat.said.at(-1).text, /^My Library: something is not well\n\nTo be looked at today: Backups/);
    const said = chat.said.length;
    await looks(server);
    assert.equal(chat.said.length, said, 'it was told');
    assert.equal(mail.messages.length, 0);
    await server.stop({ check: true });
  });

  test('is tried by an administrator: each way says how it went', async () => {
    const { server, mail, chat } = await startWatched();
    assert.deepEqual(expect(await server.post('/alerts/test'), 200), { email: { ok: true, problem: null }, chat: { ok: true, problem: null } });
    assertHas(await mail.next(), { subject: 'My Library: a test', text: 'When something is not well, it is told here.\n' });
    assert.equal(chat.said.length, 1);
    mail.script = (verb) => (verb === 'RCPT' ? '550 5.1.1 Nobody' : undefined);
    expect(await server.put(PATH, { alert_chat_url: null }), 200);
    assert.deepEqual(expect(await server.post('/alerts/test'), 200), { email: { ok: false, problem: 'The mail server says: 550 5.1.1 Nobody' }, chat: null });
    expect(await server.put(PATH, { mail_transport: 'off' }), 200);
    assert.deepEqual(expect(await server.post('/alerts/test'), 200), { email: { ok: false, problem: 'E-mail is not set up.' }, chat: null });
    expect(await server.put(PATH, { alert_email: null }), 200);
    refused(await server.post('/alerts/test'), 409, 'CHANNEL_IS_OFF', /Nobody is told/);
    await server.stop({ check: true });
  });

  test('a librarian sees and puts away what is not well; what was earlier is for administrators', async () => {
    const server = await startServer({ auth: 'on' });
    const people = await makePeople(server);
    await looks(people.admin);
    const [alert] = await alerts(people.librarian);
    assertHas(alert, { subject: 'backups', told_at: null });
    refused(await people.librarian.get('/alerts?all=true'), 403, 'FORBIDDEN', /Only an administrator/);
    assert.equal((await alerts(people.admin, '?all=true')).length, 1);
    const me = expect(await people.librarian.get('/auth/me'), 200).account.name;
    assertHas(expect(await people.librarian.post(`/alerts/${alert.id}/seen`), 200), { seen_by: me });
    assertHas(expect(await people.admin.post(`/alerts/${alert.id}/seen`), 200), { seen_by: me });
    await server.stop({ check: true });
  });
});
