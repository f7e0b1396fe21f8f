// Notifications: what readers are told, when, over which channel, and that it is really received.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect, invalid, lend, makeBook, makeMember, refused, takeBack, unique, UNKNOWN_ID } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { startSmtp } from '../support/smtp_server.mjs';

const ALWAYS = { notice_from: '00:00', notice_to: '00:00', notice_on_closed_days: 'on', notice_digest: 'off' };

let server;
let mail;
before(async () => {
  server = await startServer();
  mail = await startSmtp();
  expect(await server.put('/admin/system-config', { ...mail.settings(), ...ALWAYS }), 200);
});
after(async () => {
  await server.stop({ check: true });
  await mail.close();
});

const address = () => `${unique('reader').replace(' ', '')}@example.org`;

async function noticesOf(member, query = '') {
  return expect(await server.get(`/notifications/member/${member.id}?limit=100${query}`), 200).data;
}

/** Once there is one like that. */
async function settled(member, isIt, at = server) {
  for (const until = Date.now() + 20_000; Date.now() < until; ) {
    const found = expect(await at.get(`/notifications/member/${member.id}?limit=100`), 200).data.find(isIt);
    if (found) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`no such notification; there are: ${JSON.stringify(expect(await at.get(`/notifications/member/${member.id}`), 200).data)}\n${at.logs?.slice(-2000)}`);
}

test('a held copy that comes back: its reader really gets the e-mail, once, and the row says so', async () => {
  const [lender, waiting] = [await makeMember(server), await makeMember(server, { email: address(), name: 'Wanda Wartet' })];
  const book = await makeBook(server, { title: unique('Held title'), author: 'Ann Author' });
  const borrow = await lend(server, book, lender);
  expect(await server.post('/holds', { book_id: book.id, member_id: waiting.id }), 201);
  await takeBack(server, borrow);
  const message = await mail.next((one) => one.to.includes(waiting.email));
  assert.match(message.subject, new RegExp(book.title));
  assert.match(message.text, /Dear Wanda Wartet,/);
  assert.match(message.text, /Ann Author/);
  const row = await settled(waiting, (one) => one.state === 'sent');
  assert.deepEqual([row.kind, row.channel, row.address, row.tries, row.book.id], ['hold_ready', 'email', waiting.email, 1, book.id]);
  assert.equal(mail.messages.filter((one) => one.to.includes(waiting.email)).length, 1);
});

test('a message to readers: each gets it as they want it, and who cannot be reached is named', async () => {
  const [one, other] = [await makeMember(server, { email: address() }), await makeMember(server)];
  const answer = expect(await server.post('/notifications/send', { member_ids: [one.id, other.id, one.id], subject: 'Reading night', text: 'Friday at six.\nBring a pillow.' }), 200);
  assert.deepEqual(answer, { queued: 1, without_address: [{ id: other.id, name: other.name }] });
  const message = await mail.next((sent) => sent.to.includes(one.email));
  assert.equal(message.subject, 'Reading night');
  assert.match(message.text, /Friday at six\.\r?\nBring a pillow\./);
  const row = await settled(one, (given) => given.state === 'sent');
  expect(await server.get(`/notifications/${row.id}`), 200);
  refused(await server.post(`/notifications/${row.id}/send`), 409, 'CONFLICT', /has gone/);
  refused(await server.delete(`/notifications/${row.id}`), 409, 'CONFLICT', /does not wait/);
});

test('a message to a group reaches its members in the program, who read it', async () => {
  const group = unique('Class');
  const members = [await makeMember(server, { group }), await makeMember(server, { group })];
  const answer = expect(await server.post('/notifications/send', { group_name: group, channel: 'app', subject: 'Books back', text: 'Please.' }), 200);
  assert.deepEqual(answer, { queued: 2, without_address: [] });
  const [first] = await noticesOf(members[0]);
  assert.deepEqual([first.state, first.subject, first.body, first.read_at], ['sent', 'Books back', 'Please.', null]);
  assert.equal(expect(await server.get(`/notifications/member/${members[0].id}/unread`), 200).unread, 1);
  assert.notEqual(expect(await server.put(`/notifications/${first.id}/read`), 200).read_at, null);
  assert.equal(expect(await server.get(`/notifications/member/${members[0].id}/unread`), 200).unread, 0);
  expect(await server.put(`/notifications/member/${members[1].id}/read`), 204);
  assert.equal(expect(await server.get(`/notifications/member/${members[1].id}/unread`), 200).unread, 0);
});

test('what cannot be sent to: nobody, both ways at once, a group of nobody, an unknown member, a channel that is off', async () => {
  const words = { subject: 'S', text: 'T' };
  const member = await makeMember(server);
  invalid(await server.post('/notifications/send', words), ['member_ids']);
  invalid(await server.post('/notifications/send', { ...words, member_ids: [member.id], group_name: 'x' }), ['member_ids']);
  invalid(await server.post('/notifications/send', { ...words, group_name: 'nobody at all' }), ['group_name']);
  invalid(await server.post('/notifications/send', { ...words, member_ids: ['me'] }), ['member_ids']);
  invalid(await server.post('/notifications/send', { member_ids: [member.id] }), ['subject', 'text']);
  refused(await server.post('/notifications/send', { ...words, member_ids: [UNKNOWN_ID] }), 404, 'MEMBER_NOT_FOUND');
  refused(await server.post('/notifications/send', { ...words, member_ids: [member.id], channel: 'sms' }), 409, 'CHANNEL_IS_OFF', /gateway/);
});

test('a title that is back is not told of when it is gone again before the message leaves', async () => {
  const [lender, watcher] = [await makeMember(server), await makeMember(server, { email: address() })];
  const book = await makeBook(server, { total_copies: 1 });
  const borrow = await lend(server, book, lender);
  expect(await server.post(`/books/${book.id}/watch`, { member_id: watcher.id }), 204);
  // Nothing leaves at this hour: the only minute in which something may is half a day away.
  const far = String((new Date().getUTCHours() + 12) % 24).padStart(2, '0');
  expect(await server.put('/admin/system-config', { notice_from: `${far}:00`, notice_to: `${far}:01` }), 200);
  await takeBack(server, borrow);
  const waiting = await settled(watcher, (one) => one.kind === 'title_available');
  assert.equal(waiting.state, 'waiting');
  await lend(server, book, await makeMember(server));
  refused(await server.post(`/notifications/${waiting.id}/send`), 409, 'CONFLICT');
  expect(await server.delete(`/notifications/${waiting.id}`), 204);
  const dropped = expect(await server.get(`/notifications/${waiting.id}`), 200);
  assert.deepEqual([dropped.state, dropped.problem], ['dropped', 'Somebody of the staff has dropped it.']);
  expect(await server.put('/admin/system-config', ALWAYS), 200);
  expect(await server.post(`/notifications/${waiting.id}/send`), 200);
  const looked = await settled(watcher, (one) => one.state === 'dropped');
  assert.equal(looked.problem, 'It is lent again.');
  assert.equal(mail.messages.filter((one) => one.to.includes(watcher.email)).length, 0);
});

test('a mail server that says never: it has failed for good, the channel says why, and once more sends it', async () => {
  const member = await makeMember(server, { email: address() });
  mail.script = (verb, argument) => (verb === 'RCPT' && argument.includes(member.email) ? '550 5.1.1 No such user here' : undefined);
  expect(await server.post('/notifications/send', { member_ids: [member.id], channel: 'email', subject: 'Hello', text: 'There' }), 200);
  const failed = await settled(member, (one) => one.state === 'failed');
  assert.match(failed.problem, /No such user here/);
  const email = expect(await server.get('/notifications/channels'), 200).channels.find(({ channel }) => channel === 'email');
  assert.deepEqual([email.on, email.why_off], [true, null]);
  assert.ok(email.failed >= 1);
  assert.match(email.last_problem, /No such user here/);
  mail.script = undefined;
  assert.equal(expect(await server.post(`/notifications/${failed.id}/send`), 200).state, 'waiting');
  await mail.next((one) => one.to.includes(member.email));
  await settled(member, (one) => one.state === 'sent');
});

test('preferences: the library chooses until the reader does; what is not wanted is not made', async () => {
  const member = await makeMember(server, { email: address() });
  const path = `/notifications/preferences/${member.id}`;
  const before_ = expect(await server.get(path), 200);
  const of = (given, kind, channel) => given.preferences.find((one) => one.kind === kind && one.channel === channel);
  assert.equal(before_.language, null);
  assert.deepEqual(of(before_, 'hold_ready', 'email'), { kind: 'hold_ready', channel: 'email', wanted: true, is_own: false });
  assert.equal(of(before_, 'hold_ready', 'sms').wanted, false);
  assert.equal(of(before_, 'password_code', 'email'), undefined);
  const changed = expect(await server.put(path, { language: 'de', preferences: [{ kind: 'message', channel: 'email', wanted: false }] }), 200);
  assert.deepEqual(of(changed, 'message', 'email'), { kind: 'message', channel: 'email', wanted: false, is_own: true });
  assert.equal(changed.language, 'de');
  const answer = expect(await server.post('/notifications/send', { member_ids: [member.id], channel: 'email', subject: 'A', text: 'B' }), 200);
  assert.deepEqual([answer.queued, answer.without_address.length], [0, 1]);
  assert.equal(expect(await server.put(path, { language: '' }), 200).language, null);
  invalid(await server.put(path, { preferences: [{ kind: 'password_code', channel: 'email', wanted: false }] }), ['preferences']);
  invalid(await server.put(path, { language: 'not a language' }), ['language']);
  refused(await server.get(`/notifications/preferences/${UNKNOWN_ID}`), 404, 'MEMBER_NOT_FOUND');
});

test('templates: words of the library are sent in the language of the reader, and can be taken back', async () => {
  const kinds = expect(await server.get('/notifications/kinds'), 200).kinds;
  const ready = kinds.find(({ kind }) => kind === 'hold_ready');
  assert.deepEqual([ready.urgent, ready.channels], [true, ['app', 'email', 'sms']]);
  assert.ok(ready.placeholders.some(({ name, meaning }) => name === 'pickup_until' && meaning));
  const words = { kind: 'message', channel: 'email', language: 'de', subject: 'Post: {{subject}}', body: 'Hallo {{name}}!\n{{text}}' };
  expect(await server.put('/notifications/templates', words), 204);
  const german = expect(await server.get('/notifications/templates?language=de'), 200).templates;
  assert.deepEqual(german.find((one) => one.kind === 'message' && one.channel === 'email'), { ...words, is_own: true, version: 1 });
  const member = await makeMember(server, { email: address(), name: 'Gerda' });
  expect(await server.put(`/notifications/preferences/${member.id}`, { language: 'de-AT' }), 200);
  expect(await server.post('/notifications/send', { member_ids: [member.id], subject: 'Lesung', text: 'Am Freitag.' }), 200);
  const message = await mail.next((one) => one.to.includes(member.email));
  assert.equal(message.subject, 'Post: Lesung');
  assert.match(message.text, /^Hallo Gerda!\r?\nAm Freitag\./);
  expect(await server.delete('/notifications/templates/message/email/de'), 204);
  refused(await server.delete('/notifications/templates/message/email/de'), 404, 'TEMPLATE_NOT_FOUND');
});

test('a template with a word that is none is refused, and the word is named; a preview shows what is sent', async () => {
  const words = { kind: 'due_soon', channel: 'email', language: 'en', subject: 'Due: {{title}}', body: 'Hello {{nmae}}, {{#loans}}{{title}} {{due_date}}' };
  const body = invalid(await server.put('/notifications/templates', words), ['body']);
  assert.match(body.validation_errors[0].msg, /nmae/);
  const code = { kind: 'password_code', channel: 'email', language: 'en', subject: 'Your code', body: 'Hello {{name}}' };
  assert.match(invalid(await server.put('/notifications/templates', code), ['body']).validation_errors[0].msg, /\{\{code\}\}/);
  expect(await server.put('/notifications/templates', { ...code, body: 'It is {{ code }}' }), 204);
  expect(await server.delete('/notifications/templates/password_code/email/en'), 204);
  invalid(await server.put('/notifications/templates', { ...words, body: 'x', language: 'not a language' }), ['language']);
  const preview = expect(await server.post('/notifications/templates/preview', words), 200);
  assert.equal(preview.subject, 'Due: The Hobbit');
  assert.equal(preview.problems.length, 1);
  const member = await makeMember(server, { name: 'Paula Preview' });
  const good = { ...words, body: 'Hello {{name}}: {{#loans}}{{title}}{{/loans}}' };
  const named = expect(await server.post(`/notifications/templates/preview?member_id=${member.id}`, good), 200);
  assert.deepEqual([named.text, named.problems], ['Hello Paula Preview: The Hobbit', []]);
  invalid(await server.put('/notifications/templates', { ...good, channel: 'sms' }), ['subject']);
  refused(await server.put('/notifications/templates', { ...good, kind: 'password_code', channel: 'app' }), 404, 'TEMPLATE_NOT_FOUND');
  const digest = { kind: 'digest', channel: 'email', language: 'de', subject: 'Neues', body: '{{#notices}}{{text}}{{/notices}}' };
  assert.match(expect(await server.post('/notifications/templates/preview', digest), 200).text, /fällig/);
  refused(await server.post(`/notifications/templates/preview?member_id=${UNKNOWN_ID}`, good), 404, 'MEMBER_NOT_FOUND');
});

test('the list of all is found by state, kind and channel', async () => {
  const all = expect(await server.get('/notifications?limit=100'), 200);
  assert.ok(all.meta.total > 5);
  const sent = expect(await server.get('/notifications?state=sent&kind=message&channel=app'), 200).data;
  assert.ok(sent.length >= 2 && sent.every((one) => one.state === 'sent' && one.kind === 'message' && one.channel === 'app'));
  refused(await server.get(`/notifications/${UNKNOWN_ID}`), 404, 'NOTIFICATION_NOT_FOUND');
  refused(await server.get(`/notifications/member/${UNKNOWN_ID}`), 404, 'MEMBER_NOT_FOUND');
  refused(await server.put(`/notifications/${UNKNOWN_ID}/read`), 404, 'NOTIFICATION_NOT_FOUND');
  refused(await server.put(`/notifications/member/${UNKNOWN_ID}/read`), 404, 'MEMBER_NOT_FOUND');
  refused(await server.get(`/notifications/member/${UNKNOWN_ID}/unread`), 404, 'MEMBER_NOT_FOUND');
});

test('hours that are none are refused', async () => {
  invalid(await server.put('/admin/system-config', { notice_from: '8 Uhr', notice_to: '24:00', notice_channels: 'app,fax' }), ['notice_from', 'notice_to', 'notice_channels']);
});

test('readers see and mark their own, and nothing of others; a lost password brings a code by e-mail that works', async () => {
  const house = await startServer({ auth: 'on' });
  try {
    const people = await makePeople(house);
    expect(await people.admin.put('/admin/system-config', { ...mail.settings(), ...ALWAYS }), 200);
    const own = people.member.record;
    const theirs = people.otherMember.record;
    expect(await people.librarian.post('/notifications/send', { member_ids: [own.id, theirs.id], subject: 'For you', text: 'Alone' }), 200);
    const [mine] = expect(await people.member.get(`/notifications/member/${own.id}`), 200).data;
    const [other] = expect(await people.otherMember.get(`/notifications/member/${theirs.id}`), 200).data;
    refused(await people.member.get(`/notifications/member/${theirs.id}`), 403, 'FORBIDDEN');
    refused(await people.member.get(`/notifications/preferences/${theirs.id}`), 403, 'FORBIDDEN');
    refused(await people.member.put(`/notifications/preferences/${theirs.id}`, { language: 'de' }), 403, 'FORBIDDEN');
    refused(await people.member.put(`/notifications/${other.id}/read`), 404, 'NOTIFICATION_NOT_FOUND');
    assert.notEqual(expect(await people.member.put(`/notifications/${mine.id}/read`), 200).read_at, null);
    refused(await people.librarian.put('/notifications/templates', { kind: 'message', channel: 'email', language: 'en', subject: 'a', body: 'b' }), 403, 'FORBIDDEN');

    const email = address();
    expect(await people.admin.put(`/members/${own.id}`, { email }), 200);
    const name = own.name;
    await people.anonymous.post('/members/password-reset', { name });
    const message = await mail.next((one) => one.to.includes(email));
    const code = /\n {4}(\S+)/.exec(message.text)[1];
    const row = expect(await people.admin.get(`/notifications?kind=password_code`), 200).data[0];
    assert.ok(!row.body.includes(code), 'the code is kept nowhere');
    expect(await people.anonymous.post('/auth/reset', { name, code, new_password: 'another paper harbour' }), 204);
    expect(await people.anonymous.post('/auth/login', { name, password: 'another paper harbour' }), 200);
  } finally {
    await house.stop({ check: true });
  }
});

test('a library that has as many templates as it may can still change each of them', async () => {
  const house = await startServer();
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const languages = letters.flatMap((one) => letters.map((other) => one + other)).slice(0, 501);
  const put = (language, body) => house.put('/notifications/templates', { kind: 'message', channel: 'sms', language, body });
  try {
    for (const language of languages.slice(0, 500)) expect(await put(language, '{{text}}'), 204);
    refused(await put(languages[500], '{{text}}'), 409, 'CONFLICT', /too many templates/);
    expect(await put(languages[0], 'Hello. {{text}}'), 204);
  } finally {
    await house.stop({ check: true });
  }
});

test('five hundred readers of a group are written to at length, in the program', async () => {
  const house = await startServer();
  try {
    const group = unique('group');
    const some = async (_, i) => {
      for (let j = 0; j < 100; j++) await makeMember(house, { group, name: `Reader ${i} ${j}` });
    };
    await Promise.all(Array.from({ length: 5 }, some));
    const sent = expect(await house.post('/notifications/send', { group_name: group, channel: 'app', subject: 'S', text: '𝒳'.repeat(2000) }), 200);
    assert.deepEqual(sent, { queued: 500, without_address: [] });
  } finally {
    await house.stop({ check: true });
  }
});

test('who works here gets no code by e-mail: a librarian may write any address into a record, and would be an administrator', async () => {
  const house = await startServer({ auth: 'on' });
  try {
    const people = await makePeople(house);
    expect(await people.admin.put('/admin/system-config', { ...mail.settings(), ...ALWAYS }), 200);
    const name = unique('chief');
    const taken = address();
    const record = await makeMember(people.admin, { email: address() });
    expect(await people.admin.post('/admin/accounts', { name, role: 'admin', member_id: record.id, password: 'some paper harbour' }), 201);
    expect(await people.librarian.put(`/members/${record.id}`, { email: taken }), 200);
    await people.anonymous.post('/members/password-reset', { name });
    expect(await people.librarian.post('/notifications/send', { member_ids: [record.id], channel: 'email', subject: 'After it', text: 'Well' }), 200);
    const first = await mail.next((one) => one.to.includes(taken));
    assert.equal(first.subject, 'After it');
    assert.deepEqual(expect(await people.admin.get('/notifications?kind=password_code'), 200).data, []);
  } finally {
    await house.stop({ check: true });
  }
});
