// E-mail and text messages as they leave: mail servers with and without TLS, this machine's own program, gateways; what they
// say no to, and what nobody may read.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { after, afterEach, before, describe, test } from 'node:test';
import { freePort, startRaw, startStub } from '../support/catalogues.mjs';
import { assertHas, expect, invalid, refused } from '../support/library.mjs';
import { makeHome, startServer } from '../support/server.mjs';
import { startSmtp, throwAwayIdentity } from '../support/smtp_server.mjs';

const PATH = '/admin/system-config';
const CONCEALED = '••••••••';
const OFF = { mail_transport: null, mail_from: null, smtp_host: null, smtp_port: null, smtp_security: null, smtp_user: null, smtp_password: null, sendmail_path: null, sms_url: null, sms_body: null, sms_authorization: null };

let server, identity;
before(async () => {
  identity = await throwAwayIdentity();
  const home = await makeHome();
  await home.write('roots.pem', identity.roots);
  server = await startServer({ home, env: { SSL_CERT_FILE: home.inside('roots.pem') } });
});
after(() => server.stop({ check: true }));

const running = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
  expect(await server.put(PATH, OFF), 200);
});
const kept = (one) => {
  running.push(one);
  return one;
};
const smtp = async (options) => kept(await startSmtp(options));
const set = async (values) => expect(await server.put(PATH, values), 200);
const send = (address = 'ada@example.org', channel = 'email') => server.post('/notifications/test', { channel, address });
const settings = async () => Object.fromEntries(expect(await server.get(PATH), 200).settings.map((one) => [one.name, one]));

/** Everything a session has said, in the order it came. */
const verbs = (mail) => mail.sessions.at(-1).log.map((line) => line.split(/[ :]/)[0].toUpperCase());

describe('a mail server', () => {
  test('takes a test message: who it is from, to whom, in letters of any language', async () => {
    const mail = await smtp();
    await set({ ...mail.settings(), library_name: 'Bücherei Łódź' });
    assert.deepEqual(expect(await send(), 200), { ok: true, channel: 'email', address: 'ada@example.org' });
    const message = await mail.next();
    assertHas(message, { from: 'library@example.org', to: ['ada@example.org'], subject: 'Test: Bücherei Łódź', text: 'This is a test from “Bücherei Łódź”. It has arrived.\n', isSecure: false, user: null, parts: [] });
    assert.match(message.headers.get('from'), /^Bücherei Łódź <library@example\.org>$/);
    assert.equal(message.headers.get('auto-submitted'), 'auto-generated');
    assert.match(message.headers.get('message-id'), /^<[0-9a-f-]{36}@example\.org>$/);
    assert.ok(Math.abs(Date.parse(message.headers.get('date')) - Date.now()) < 120_000);
    assert.deepEqual(verbs(mail), ['EHLO', 'MAIL', 'RCPT', 'DATA', 'QUIT']);
    assert.match(mail.sessions[0].log[0], /^EHLO \[127\.0\.0\.1\]$/);
    await set({ library_name: null });
  });

  test('is spoken to in German where the library is German', async () => {
    const mail = await smtp();
    await set({ ...mail.settings(), language: 'de-AT' });
    expect(await send(), 200);
    assertHas(await mail.next(), { subject: 'Probe: My Library', text: 'Dies ist eine Probe von „My Library“. Sie ist angekommen.\n' });
    await set({ language: null });
  });

  for (const security of ['starttls', 'tls']) {
    for (const mechanism of ['PLAIN', 'LOGIN']) {
      test(`by ${security}, signed in with ${mechanism}`, async () => {
        const mail = await smtp({ security, identity, auth: { user: 'bücherei', password: 'sehr geheim\\ä' }, mechanisms: [mechanism] });
        await set(mail.settings());
        expect(await send(), 200);
        assertHas(await mail.next(), { isSecure: true, user: 'bücherei' });
        assert.deepEqual(verbs(mail).slice(0, 3), security === 'starttls' ? ['EHLO', 'STARTTLS', 'EHLO'] : ['EHLO', 'AUTH', mechanism === 'PLAIN' ? 'MAIL' : Buffer.from('bücherei').toString('base64').toUpperCase()]);
      });
    }
  }

  test('that offers no encryption, or whose certificate nobody vouches for, is told nothing', async () => {
    const open = await smtp({ auth: { user: 'a', password: 'b' } });
    await set(open.settings({ smtp_security: 'starttls' }));
    refused(await send(), 409, 'NOT_DELIVERED', /offers no encryption/);
    assert.deepEqual(verbs(open), ['EHLO', 'QUIT']);
    const other = await throwAwayIdentity();
    for (const security of ['starttls', 'tls']) {
      const mail = await smtp({ security, identity: other, auth: { user: 'a', password: 'b' } });
      await set(mail.settings());
      assert.equal(refused(await send(), 409, 'NOT_DELIVERED', /certificate is not valid/).reason.outcome, 'not_trusted');
      assert.equal(mail.messages.length, 0);
      assert.ok(!mail.sessions.some((one) => one.log.some((line) => line.startsWith('AUTH'))));
    }
  });

  test('what is said in the open behind “go ahead” does not count as said over TLS: the conversation ends', async () => {
    const mail = await smtp({ security: 'starttls', identity, script: (verb) => (verb === 'STARTTLS' ? '220 Go ahead\n250 2.0.0 slipped in' : undefined) });
    await set(mail.settings());
    refused(await send(), 409, 'NOT_DELIVERED', /cannot be read/);
    assert.deepEqual(verbs(mail), ['EHLO', 'STARTTLS']);
  });

  test('a password never crosses an open line that was to be closed; on one that was chosen open it does', async () => {
    const mail = await smtp({ auth: { user: 'a', password: 'b' } });
    await set(mail.settings());
    expect(await send(), 200);
    assertHas(await mail.next(), { isSecure: false, user: 'a' });
  });

  test('what it says no to is told in its own words, and what is wrong with signing in as such', async () => {
    const mail = await smtp({ auth: { user: 'a', password: 'b' } });
    await set(mail.settings({ smtp_password: 'wrong' }));
    refused(await send(), 409, 'NOT_DELIVERED', /does not let us in: 535 5\.7\.8 Wrong name or password/);
    await set({ smtp_password: 'b' });
    for (const [verb, said] of [['MAIL', '550 5.1.8 Not from you'], ['RCPT', '550-5.1.1 No such\n550 5.1.1 user'], ['DATA', '451 4.3.0 Later'], ['TEXT', '554 5.6.0 I do not like it'], ['CONNECT', '421 4.7.0 Busy']]) {
      mail.script = (asked) => (asked === verb ? said : undefined);
      const { reason, detail } = refused(await send(), 409, 'NOT_DELIVERED', /^The mail server says: \d{3} /);
      assert.equal(detail, `The mail server says: ${said.slice(0, 3)} ${said.replaceAll('\n', ' ').replaceAll(/(^| )\d{3}[ -](?=\d\.)/g, '$1')}`);
      assert.equal(reason.code, Number(said.slice(0, 3)));
    }
    mail.script = undefined;
    expect(await send(), 200);
  });

  test('that offers no way to sign in, breaks off, or answers what is no SMTP', async () => {
    const mail = await smtp();
    await set(mail.settings({ smtp_user: 'a', smtp_password: 'b' }));
    refused(await send(), 409, 'NOT_DELIVERED', /no way to sign in/);
    for (const verb of ['CONNECT', 'EHLO', 'RCPT', 'TEXT']) {
      mail.script = (asked) => (asked === verb ? 'drop' : undefined);
      await set({ smtp_user: null, smtp_password: null });
      assert.equal(refused(await send(), 409, 'NOT_DELIVERED', /broke off/).reason.outcome, 'broken_off');
    }
    const web = kept(await startRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    await set({ smtp_port: web.port });
    assert.equal(refused(await send(), 409, 'NOT_DELIVERED', /cannot be read/).reason.outcome, 'unreadable');
    await set({ smtp_port: await freePort() });
    assert.equal(refused(await send(), 409, 'NOT_DELIVERED', /connection is refused/).reason.outcome, 'no_connection');
  });

  test('no line end in a subject makes a header: the library cannot be made to write to others', async () => {
    const mail = await smtp();
    await set(mail.settings({ library_name: 'One\nBcc: eve@example.org' }));
    expect(await send(), 200);
    const message = await mail.next();
    assert.deepEqual(message.to, ['ada@example.org']);
    assert.ok(!message.headers.has('bcc'));
    assert.match(message.subject, /^Test: One Bcc: eve/);
    await set({ library_name: null });
    for (const address of ['a@b.c\r\nRCPT TO:<eve@example.org>', 'a b@example.org', 'a@b>,<c@d', '@example.org', 'nobody', '-f@example.org']) refused(await send(address), 409, 'NO_ADDRESS', /no e-mail address/);
    assert.equal(mail.messages.length, 1);
  });
});

describe("this machine's own program", { skip: process.env.CARREL_CHROOT === '1' ? 'an empty root has no programs' : false }, () => {
  const program = async (script) => {
    const path = await server.home.write('sendmail.sh', `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    await set({ mail_transport: 'sendmail', mail_from: 'library@example.org', sendmail_path: path });
  };

  test('is given the message as sendmail -t -i takes it, with nothing of ours but that', async () => {
    const out = server.home.path('taken');
    await program(`{ echo "$@"; env; ls -l /proc/self/fd; cat; } > ${out}`);
    expect(await send(), 200);
    const taken = readFileSync(out, 'utf8');
    assert.match(taken, /^-t -i -f library@example\.org\n/);
    assert.match(taken, /\r\nTo: <ada@example\.org>\r\n/);
    assert.match(taken, /This is a test from/);
    assert.ok(!taken.includes('CARREL_'), 'nothing of its settings');
    const open = [...taken.matchAll(/ (\d+) -> (\S+)/g)].map(([, number, what]) => [Number(number), what]);
    assert.ok(open.length >= 3, taken);
    assert.deepEqual(open.filter(([number, what]) => number > 2 && !what.startsWith('/proc')), [], 'no file of ours is open in it');
  });

  test('that says no is quoted, with the number it ended with', async () => {
    await program('cat > /dev/null; echo "550 no such user" >&2; exit 67');
    const { reason } = refused(await send(), 409, 'NOT_DELIVERED', /sendmail\.sh has not taken it \(67\): 550 no such user/);
    assert.equal(reason.status, 67);
  });

  test('that reads nothing, is not there, or is killed ends as a refusal, and the server goes on', async () => {
    await program('exit 75');
    refused(await send(), 409, 'NOT_DELIVERED', /\(75\)/);
    await program('kill -9 $$');
    refused(await send(), 409, 'NOT_DELIVERED', /\(137\)/);
    await set({ sendmail_path: '/nowhere/sendmail' });
    refused(await send(), 409, 'NOT_DELIVERED', /\/nowhere\/sendmail cannot be started/);
    await program('cat > /dev/null');
    expect(await send(), 200);
  });

  test('an address that looks like a flag never reaches it', async () => {
    await program(`touch ${server.home.path('called')}`);
    refused(await send('-X/tmp/x@example.org'), 409, 'NO_ADDRESS');
    assert.ok(!existsSync(server.home.path('called')));
    invalid(await server.put(PATH, { mail_from: '-X@example.org' }), ['mail_from']);
  });
});

describe('a gateway for text messages', () => {
  const gateway = async (answer = (request, response) => response.end('{}')) => {
    const asked = [];
    const stub = await startStub(async (request, response, url) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      asked.push({ method: request.method, url, body, type: request.headers['content-type'], authorization: request.headers.authorization });
      answer(request, response);
    });
    return { ...kept(stub), asked };
  };

  test('is asked with GET, with what it needs in the address', async () => {
    const stub = await gateway();
    await set({ sms_url: `http://127.0.0.1:${stub.port}/send?to={phone}&text={text}&from=x`, library_name: 'A & B' });
    expect(await send('+43 660 123', 'sms'), 200);
    assert.deepEqual(Object.fromEntries(stub.asked[0].url.searchParams), { to: '+43 660 123', text: 'This is a test from “A & B”. It has arrived.', from: 'x' });
    assert.equal(stub.asked[0].method, 'GET');
    await set({ library_name: null });
  });

  test('or with JSON, or a form, and the key it wants', async () => {
    const stub = await gateway();
    await set({ sms_url: `http://127.0.0.1:${stub.port}/`, sms_body: '{"to": "{phone}", "card": "{card}", "text": "{text}"}', sms_authorization: 'Bearer secret', library_name: 'Say "hi" \\' });
    expect(await send('0660', 'sms'), 200);
    assert.deepEqual(JSON.parse(stub.asked[0].body), { to: '0660', card: '0000', text: 'This is a test from “Say "hi" \\”. It has arrived.' });
    assertHas(stub.asked[0], { method: 'POST', type: 'application/json', authorization: 'Bearer secret' });
    await set({ sms_body: 'to={phone}&text={text}', sms_authorization: null, library_name: null });
    expect(await send('0660&x=1', 'sms'), 200);
    assertHas(stub.asked[1], { type: 'application/x-www-form-urlencoded', authorization: undefined });
    assert.equal(new URLSearchParams(stub.asked[1].body).get('to'), '0660&x=1');
  });

  test('that says no is quoted; one that is not there is named', async () => {
    const stub = await gateway((request, response) => response.writeHead(422).end('{"error":\n"unknown number"}'));
    await set({ sms_url: `http://127.0.0.1:${stub.port}/?{phone}{text}` });
    assert.equal(refused(await send('1', 'sms'), 409, 'NOT_DELIVERED', /The gateway says: 422 \{"error": "unknown number"\}/).reason.status, 422);
    await set({ sms_url: `http://127.0.0.1:${await freePort()}/?{phone}{text}` });
    assert.equal(refused(await send('1', 'sms'), 409, 'NOT_DELIVERED', /refused/).reason.outcome, 'no_connection');
  });
});

describe('the settings', () => {
  test('without them a test is refused, saying what is missing', async () => {
    refused(await send(), 409, 'CHANNEL_IS_OFF', /E-mail is off/);
    refused(await send('0660', 'sms'), 409, 'CHANNEL_IS_OFF', /Text messages are off/);
    await set({ mail_transport: 'smtp' });
    assert.equal(refused(await send(), 409, 'CHANNEL_IS_OFF', /mail_from is missing/).reason.setting, 'mail_from');
    await set({ mail_from: 'a@example.org' });
    assert.equal(refused(await send(), 409, 'CHANNEL_IS_OFF', /smtp_host is missing/).reason.setting, 'smtp_host');
    invalid(await server.post('/notifications/test', { channel: 'pigeon' }), ['channel', 'address']);
  });

  test('a wrong one is named', async () => {
    invalid(
      await server.put(PATH, { mail_from: 'nobody', smtp_host: 'mail.example.org:25 x', sendmail_path: 'sendmail', sms_url: 'ftp://x', sms_body: '{"a": ', alert_email: 'a@b.c; d@e.f', alert_chat_url: 'chat' }),
      ['mail_from', 'smtp_host', 'sendmail_path', 'sms_url', 'sms_body', 'alert_email', 'alert_chat_url'],
    );
    invalid(await server.put(PATH, { smtp_port: 0, smtp_security: 'ssl', mail_transport: 'pigeon' }), ['smtp_port', 'smtp_security', 'mail_transport']);
    await set({ alert_email: 'a@example.org, b@example.org', sms_url: 'https://sms.example.org/{card}?{text}', sms_body: '{"a": "{text}"}' });
    await set({ alert_email: null });
  });

  test('a password is neither shown, nor audited, nor printed; given back as it is shown it stays', async () => {
    const secrets = { smtp_password: 'hush-1', sms_authorization: 'Bearer hush-2', alert_chat_url: 'https://chat.example.org/hush-3' };
    const before = await settings();
    for (const name of Object.keys(secrets)) assertHas(before[name], { value: '', concealed: true });
    assert.equal(before.smtp_user.concealed, false);
    const reply = await server.put(PATH, secrets);
    expect(reply, 200);
    assert.ok(!reply.text.includes('hush'), 'not in the answer');
    for (const name of Object.keys(secrets)) assertHas((await settings())[name], { value: CONCEALED, concealed: true });
    const config = await server.run(['--config']);
    assert.ok(config.stdout.includes(CONCEALED) && !config.stdout.includes('hush'), 'not in --config');
    const audit = await server.get('/admin/audit-logs?action=settings.changed');
    assert.ok(!audit.text.includes('hush'), 'not in the audit log');
    assert.ok(Object.keys(secrets).every((name) => JSON.parse(expect(audit, 200).data[0].after)[name] === CONCEALED));
    assert.ok(!server.logs.includes('hush'));

    const mail = await smtp({ auth: { user: 'a', password: 'hush-1' } });
    await set(mail.settings());
    await set({ smtp_password: CONCEALED, smtp_user: 'a' });
    expect(await send(), 200);
    await set({ smtp_password: null, sms_authorization: '', alert_chat_url: null });
    for (const name of Object.keys(secrets)) assertHas((await settings())[name], { value: '' });
  });

  test('a password does not follow to another address: it is given again there, or emptied', async () => {
    const mail = await smtp({ auth: { user: 'a', password: 'hush-6' } });
    await set(mail.settings());
    await set({ sms_url: 'https://sms.example.org/{phone}?{text}', sms_authorization: 'Bearer hush-7' });
    for (const elsewhere of [{ smtp_host: 'evil.example.org' }, { smtp_port: 2525, smtp_password: CONCEALED }, { smtp_host: null }])
      invalid(await server.put(PATH, elsewhere), ['smtp_password']);
    invalid(await server.put(PATH, { sms_url: 'https://evil.example.org/{phone}?{text}' }), ['sms_authorization']);
    assert.equal((await settings()).smtp_host.value, '127.0.0.1');
    await set({ smtp_host: '127.0.0.2', smtp_password: 'hush-6' });
    await set({ smtp_host: '127.0.0.1', smtp_password: null, smtp_user: null });
    await set({ sms_url: 'https://sms.example.com/{phone}?{text}', sms_authorization: 'Bearer hush-7' });
    await set({ sms_url: null, sms_authorization: null });
  });

  test('a password from the environment is not shown either, nor in what is wrong with it', async () => {
    const own = await startServer({ env: { CARREL_SMTP_PASSWORD: 'hush-4' } });
    const reply = await own.get(PATH);
    assertHas(reply.body.settings.find((one) => one.name === 'smtp_password'), { value: CONCEALED, source: 'environment', changeable: false });
    assert.ok(!reply.text.includes('hush'));
    const wrong = await own.run(['--config'], { env: { CARREL_ALERT_CHAT_URL: 'hush-5' } });
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.stderr, /must be a web address/);
    assert.ok(!wrong.stderr.includes('hush'));
    await own.stop({ check: true });
  });
});
