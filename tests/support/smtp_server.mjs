// smtp_server.mjs — a mail server for tests: real SMTP on this computer, which keeps what it is given and delivers nothing.
//
//     const mail = await startSmtp();                              // no TLS, no sign-in
//     const mail = await startSmtp({ security: 'starttls', identity: await throwAwayIdentity(), auth: { user, password } });
//     const message = await mail.next((one) => one.to.includes('ada@example.org'));
//     message.subject, .text, .parts, .headers                     // read as a mail program reads them (mime.mjs)
//     mail.script = (verb, argument, session) => (verb === 'RCPT' ? '550 5.1.1 No such user' : undefined);
//
// A script answers before the server does: with a reply ('451 …', or several lines), with 'drop' (the connection breaks at
// once), 'silence' (no answer at all), or nothing. Verbs are those of SMTP, and CONNECT, TEXT (all of the message has come)
// and AUTH.
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { authorityOf } from './authority.mjs';
import { parseMail } from './mime.mjs';
import { makeHome, run } from './server.mjs';

const WAIT_MS = 15_000;

/**
 * An authority nobody else trusts, with a key that it certifies for 127.0.0.1 and localhost: { roots, key, cert } in PEM.
 * The program under test trusts it when SSL_CERT_FILE names a file with `roots`.
 */
export async function throwAwayIdentity() {
  const home = await makeHome();
  // A start that fails after it has made them: 192.0.2.1 is nobody's address.
  await run(home, ['--db', home.library, '--tls', 'auto', '--auth', 'off', '--listen', '127.0.0.1:0', '--redirect-listen', '192.0.2.1:0']);
  const own = readFileSync(home.path('library.db.tls/server.pem'), 'utf8');
  const identity = { roots: authorityOf(home), key: own, cert: own };
  await home.remove();
  return identity;
}

class Session {
  constructor(server, socket) {
    this.server = server;
    this.isSecure = server.security === 'tls';
    this.user = null;
    this.log = [];
    this.reset();
    this.listen(socket);
  }

  reset() {
    this.from = null;
    this.to = [];
    this.text = null; // a Buffer while a message comes
  }

  listen(socket) {
    this.socket = socket;
    this.waiting = Buffer.alloc(0);
    this.expects = null; // the next line is no command: an answer within AUTH
    this.onData = (chunk) => {
      this.waiting = Buffer.concat([this.waiting, chunk]);
      this.drain();
    };
    socket.on('data', this.onData);
    socket.on('error', () => {});
  }

  drain() {
    while (!this.socket.destroyed) {
      if (this.text !== null) {
        const end = this.waiting.indexOf('\r\n.\r\n');
        const isEmpty = this.waiting.indexOf('.\r\n') === 0;
        if (end < 0 && !isEmpty) return;
        const raw = isEmpty ? Buffer.alloc(0) : this.waiting.subarray(0, end + 2);
        this.waiting = this.waiting.subarray(isEmpty ? 3 : end + 5);
        this.finish(raw);
        continue;
      }
      const end = this.waiting.indexOf('\n');
      if (end < 0) return;
      const line = this.waiting.subarray(0, end).toString('utf8').replace(/\r$/, '');
      this.waiting = this.waiting.subarray(end + 1);
      this.log.push(line);
      if (this.expects) {
        const take = this.expects;
        this.expects = null;
        take(line);
      } else {
        const [, verb, argument] = /^(\S*)\s*(.*)$/s.exec(line);
        this.command(verb.toUpperCase(), argument);
      }
    }
  }

  say(reply) {
    this.socket.write(`${reply.replaceAll(/\r?\n/g, '\r\n')}\r\n`);
  }

  /** True: a script has answered. */
  scripted(verb, argument) {
    const reply = this.server.script?.(verb, argument, this);
    if (reply === undefined) return false;
    if (reply === 'drop') this.socket.destroy();
    else if (reply !== 'silence') this.say(reply);
    return true;
  }

  greet() {
    if (!this.scripted('CONNECT', '')) this.say('220 mail.test ESMTP');
  }

  extensions() {
    const { security, auth, size, mechanisms } = this.server;
    const mayAuth = auth && (this.isSecure || security === 'none');
    const lines = ['mail.test', 'PIPELINING', `SIZE ${size}`, '8BITMIME', ...(security === 'starttls' && !this.isSecure ? ['STARTTLS'] : []), ...(mayAuth ? [`AUTH ${mechanisms.join(' ')}`] : [])];
    return lines.map((line, i) => `250${i === lines.length - 1 ? ' ' : '-'}${line}`).join('\r\n');
  }

  command(verb, argument) {
    if (this.scripted(verb, argument)) return;
    switch (verb) {
      case 'EHLO':
        this.reset();
        return this.say(this.extensions());
      case 'HELO':
        this.reset();
        return this.say('250 mail.test');
      case 'STARTTLS':
        return this.startTls();
      case 'AUTH':
        return this.signIn(argument);
      case 'MAIL':
        return this.mailFrom(argument);
      case 'RCPT':
        return this.rcptTo(argument);
      case 'DATA':
        if (this.to.length === 0) return this.say('503 5.5.1 Who is it for?');
        this.text = true;
        return this.say('354 Go on');
      case 'RSET':
        this.reset();
        return this.say('250 2.0.0 Forgotten');
      case 'NOOP':
        return this.say('250 2.0.0 OK');
      case 'QUIT':
        this.say('221 2.0.0 Bye');
        return this.socket.end();
      default:
        return this.say('500 5.5.2 Unknown command');
    }
  }

  startTls() {
    const plain = this.socket;
    this.say('220 2.0.0 Go ahead');
    plain.off('data', this.onData);
    this.isSecure = true;
    this.reset();
    const secure = new tls.TLSSocket(plain, { isServer: true, secureContext: tls.createSecureContext(this.server.identity) });
    this.listen(secure);
  }

  signIn(argument) {
    const { auth, mechanisms } = this.server;
    const [mechanism, initial] = argument.split(' ');
    if (!auth || !mechanisms.includes(mechanism?.toUpperCase())) return this.say('504 5.5.4 Not known here');
    const plain = (text) => Buffer.from(text, 'base64').toString('utf8');
    const judge = (user, password) => {
      if (user !== auth.user || password !== auth.password) return this.say('535 5.7.8 Wrong name or password');
      this.user = user;
      return this.say('235 2.7.0 Welcome');
    };
    if (mechanism.toUpperCase() === 'PLAIN') {
      const take = (text) => judge(...plain(text).split('\0').slice(1));
      if (initial) return take(initial);
      this.expects = take;
      return this.say('334 ');
    }
    this.expects = (user) => {
      this.expects = (password) => judge(plain(user), plain(password));
      this.say('334 UGFzc3dvcmQ6');
    };
    return this.say('334 VXNlcm5hbWU6');
  }

  mailFrom(argument) {
    const [, from, parameters] = /^FROM:<([^>]*)>(.*)$/i.exec(argument) ?? [];
    const size = Number(/SIZE=(\d+)/i.exec(parameters ?? '')?.[1] ?? 0);
    if (from === undefined) return this.say('501 5.5.4 MAIL FROM:<address>');
    if (this.server.auth && this.user === null) return this.say('530 5.7.0 Sign in first');
    if (size > this.server.size) return this.say('552 5.3.4 Too large');
    this.reset();
    this.from = from;
    return this.say('250 2.1.0 OK');
  }

  rcptTo(argument) {
    const [, to] = /^TO:<([^>]+)>/i.exec(argument) ?? [];
    if (to === undefined) return this.say('501 5.5.4 RCPT TO:<address>');
    if (this.from === null) return this.say('503 5.5.1 MAIL first');
    this.to.push(to);
    return this.say('250 2.1.5 OK');
  }

  finish(dotted) {
    const raw = Buffer.from(dotted.toString('latin1').replaceAll(/(^|\r\n)\./g, '$1'), 'latin1');
    const message = { from: this.from, to: this.to, isSecure: this.isSecure, user: this.user, raw, isAccepted: true };
    this.reset();
    this.message = message;
    if (this.scripted('TEXT', message)) return;
    if (raw.length > this.server.size) return this.say('552 5.3.4 Too large');
    this.server.keep(message);
    return this.say('250 2.0.0 Queued');
  }
}

class SmtpServer {
  constructor({ security, identity, auth, mechanisms, size, script }) {
    Object.assign(this, { security, identity, auth, mechanisms, size, script });
    this.messages = []; // accepted ones, in their order
    this.sessions = [];
    this.waiters = [];
    this.sockets = new Set();
  }

  /** Also for scripts: to take a message and say something else, or nothing. */
  keep(message) {
    this.messages.push({ ...message, ...parseMail(message.raw) });
    for (const look of [...this.waiters]) look();
  }

  /** The first message that is like that, among those that came and those that will. */
  next(isIt = () => true, withinMs = WAIT_MS) {
    return new Promise((done, failed) => {
      const look = () => {
        const found = this.messages.find(isIt);
        if (!found) return;
        clearTimeout(timer);
        this.waiters = this.waiters.filter((one) => one !== look);
        done(found);
      };
      const timer = setTimeout(() => {
        this.waiters = this.waiters.filter((one) => one !== look);
        failed(new Error(`no such e-mail came within ${withinMs / 1000} s; there are: ${this.messages.map((one) => `${one.to}: ${one.subject}`).join(' | ') || 'none'}`));
      }, withinMs);
      this.waiters.push(look);
      look();
    });
  }

  clear() {
    this.messages.length = 0;
    this.sessions.length = 0;
  }

  accept(socket) {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => {});
    const session = new Session(this, socket);
    this.sessions.push(session);
    session.greet();
  }

  async open(port) {
    this.server = this.security === 'tls' ? tls.createServer(this.identity, (socket) => this.accept(socket)) : net.createServer((socket) => this.accept(socket));
    this.server.on('tlsClientError', () => {});
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = this.server.address().port;
    return this;
  }

  /** The settings that make the program use it. */
  settings(more = {}) {
    const signIn = this.auth ? { smtp_user: this.auth.user, smtp_password: this.auth.password } : {};
    return { mail_transport: 'smtp', mail_from: 'library@example.org', smtp_host: '127.0.0.1', smtp_port: this.port, smtp_security: this.security, ...signIn, ...more };
  }

  close() {
    return new Promise((done) => {
      this.server.close(done);
      for (const socket of this.sockets) socket.destroy();
    });
  }
}

/** `port`: come back where an earlier one was. */
export const startSmtp = ({ security = 'none', identity, auth = null, mechanisms = ['PLAIN', 'LOGIN'], size = 10_000_000, script, port = 0 } = {}) =>
  new SmtpServer({ security, identity, auth, mechanisms, size, script }).open(port);
