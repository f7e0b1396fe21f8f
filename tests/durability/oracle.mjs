// oracle.mjs — remembers outside the server, in a file of its own, what was asked for and what was acknowledged; and
// holds a library against it.
//
//     intent  {"n":7,"act":"lend","client":3,"copy":"3900…"}      written before the request is sent
//     answer  {"n":7,"status":201,"id":"01a2…"}                   written before the client does anything else
//
// An act without an answer was under way when the server died: it may be there whole, or not at all. An acknowledged
// one must be there, a refused one must not. What the library then turns out to hold is written down as well
// ({"n":7,"found":true}), so that the clients go on from there. The file is synced before the library is looked at.
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { Random } from '../support/random.mjs';

const BOOKS = 3; // of each client's own, one copy each: what it lends and takes back
const LOOKS_AT_ONCE = 16;
const NEW_COPIES_MAX = 4;

function die(act, reply) {
  throw new Error(`${JSON.stringify(act)}: ${reply.status} ${reply.text.slice(0, 500)}`);
}

const ok = (reply, what) => (reply.status >= 200 && reply.status < 300 ? reply.body : die(what, reply));

/** Runs `look` over all, a few at a time. */
async function each(things, look) {
  const left = [...things];
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, async () => {
    for (let thing = left.pop(); thing !== undefined; thing = left.pop()) await look(thing);
  }));
}

export class Oracle {
  #file;
  #path;
  #read = 0;
  #serial = 0;
  #dice;
  #isDeaf = false;
  #isEnough = false;
  #clients = [];
  acknowledged = 0;
  unanswered = 0;
  found = 0;
  refused = new Map(); // error_code → how often the answer was 503
  problems = [];

  constructor(path, dice) {
    this.#path = path;
    this.#file = openSync(path, 'ax', 0o600);
    this.#dice = dice;
  }

  close() {
    closeSync(this.#file);
  }

  summary() {
    return `${this.acknowledged} acts acknowledged; ${this.unanswered} unanswered, of which ${this.found} were done`;
  }

  /** A member and books of its own for each client, in a library at peace. */
  async furnish(server, count) {
    this.#clients = [];
    for (let i = 0; i < count; i++) {
      const member = ok(await server.api('POST', '/members', { name: `Client ${i}` }), 'a client');
      const free = [];
      for (let k = 0; k < BOOKS; k++) {
        const book = ok(await server.api('POST', '/books', { title: `Book ${k} of client ${i}`, author: 'An Author' }), 'a book');
        free.push(ok(await server.api('GET', `/books/${book.id}/copies`), 'its copy').data[0].barcode);
      }
      this.#clients.push({ number: i, member, free, open: new Map() });
    }
  }

  #note(line) {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  /** One act of one client; false once the server no longer answers. */
  async #act(server, client) {
    const n = ++this.#serial;
    const [act, method, path, body] = this.#choose(client, n);
    this.#note({ n, client: client.number, ...act });
    let reply;
    try {
      reply = await server.api(method, path, body);
    } catch {
      return false;
    }
    if (this.#isDeaf) return false;
    this.#note({ n, status: reply.status, id: reply.body?.id });
    if (reply.status === 503) {
      this.refused.set(reply.body.error_code, (this.refused.get(reply.body.error_code) ?? 0) + 1);
      return !this.#isEnough;
    }
    if (reply.status >= 300) {
      this.#problem(`refused with ${reply.status} ${reply.body?.error_code}`, act);
      return false;
    }
    const { id } = reply.body;
    if (act.act === 'lend') client.open.set(id, act.copy);
    if (act.act === 'return') {
      client.free.push(client.open.get(act.borrow));
      client.open.delete(act.borrow);
    }
    if (act.act === 'lend') client.free = client.free.filter((copy) => copy !== act.copy);
    return !this.#isEnough;
  }

  /** What to do next, as it is written down, and the request for it. */
  #choose(client, n) {
    const chance = this.#dice();
    const pick = (list) => list[Math.floor(this.#dice() * list.length)];
    if (chance < 0.1) {
      const name = `Reader ${n}q${client.number}`;
      return [{ act: 'register', name }, 'POST', '/members', { name }];
    }
    if (chance < 0.2) {
      const title = `Title ${n}q${client.number}`;
      const copies = 1 + Math.floor(this.#dice() * NEW_COPIES_MAX);
      return [{ act: 'create', title, copies }, 'POST', '/books', { title, author: 'An Author', total_copies: copies }];
    }
    const borrow = pick([...client.open.keys()]);
    const copy = pick(client.free);
    if (borrow && (!copy || chance < 0.6)) return [{ act: 'return', borrow }, 'POST', `/borrows/${borrow}/return`];
    return [{ act: 'lend', copy }, 'POST', '/borrows', { barcode: copy, card: client.member.card }];
  }

  /**
   * No answer counts from here until the next work(): the world in which it is given is gone. (An ext4 that is being
   * shut down by ioctl may tell a program that waits for fdatasync that all is well; after a power cut nobody is told.)
   */
  turnDeaf() {
    this.#isDeaf = true;
  }

  /** Each client ends after the act it is at. */
  enough() {
    this.#isEnough = true;
  }

  /** All clients at work until the server dies under them, or it is enough. */
  async work(server) {
    this.#isDeaf = this.#isEnough = false;
    await Promise.all(this.#clients.map(async (client) => {
      while (await this.#act(server, client));
    }));
  }

  /** The acts written down since the last time, answers and all. */
  #readActs() {
    fsyncSync(this.#file);
    const text = readFileSync(this.#path, 'utf8');
    const acts = new Map();
    for (const line of text.slice(this.#read).split('\n')) {
      if (!line) continue;
      const entry = JSON.parse(line);
      acts.set(entry.n, { ...acts.get(entry.n), ...entry });
    }
    this.#read = text.length;
    return [...acts.values()];
  }

  /** Holds the library against what was written down since the last time: problems are collected. */
  async verify(server) {
    const acts = this.#readActs();
    const isDone = (act) => act.status >= 200 && act.status < 300;
    const isLost = (act) => act.status === undefined;
    this.acknowledged += acts.filter(isDone).length;
    this.unanswered += acts.filter(isLost).length;
    await each(acts.filter((act) => act.act === 'register' || act.act === 'create'), (act) => this.#verifyNew(server, act, isDone(act), isLost(act)));
    await each(acts.filter((act) => act.act === 'lend' && isDone(act)), (act) => this.#verifyLoan(server, act, acts.find((other) => other.borrow === act.id)));
    await each(acts.filter((act) => act.act === 'return' && isDone(act)), (act) => this.#verifyReturn(server, act));
    await each(this.#clients, (client) => this.#verifyClient(server, client, acts.find((act) => act.client === client.number && isLost(act))));
    this.#read = readFileSync(this.#path, 'utf8').length;
  }

  #problem(what, act) {
    this.problems.push(`${what}: ${JSON.stringify(act)}`);
  }

  #foundLost(act, isThere) {
    this.#note({ n: act.n, found: isThere });
    if (isThere) this.found++;
  }

  async #verifyNew(server, act, isDone, isLost) {
    const [where, key, wanted] = act.act === 'create' ? ['books', 'title', act.title] : ['members', 'name', act.name];
    const list = ok(await server.api('GET', `/${where}?q=${encodeURIComponent(wanted)}&limit=100`), act).data.filter((one) => one[key] === wanted);
    if (isLost) this.#foundLost(act, list.length > 0);
    if (list.length > (isDone || isLost ? 1 : 0)) this.#problem('there although it was refused, or twice', act);
    if (isDone && list[0]?.id !== act.id) this.#problem('acknowledged and not there', act);
    if (isDone) {
      const reply = await server.api('GET', `/${where}/${act.id}`);
      const there = reply.body?.member ?? reply.body;
      if (reply.status !== 200 || there[key] !== wanted) this.#problem(`acknowledged and answered with ${reply.status}`, act);
    }
    if (act.act === 'create' && list.length === 1) {
      const copies = ok(await server.api('GET', `/books/${list[0].id}/copies?limit=100`), act);
      if (list[0].total_copies !== act.copies || copies.data.length !== act.copies) this.#problem(`half there, with ${copies.data.length} copies`, act);
    }
  }

  async #verifyLoan(server, act, back) {
    const reply = await server.api('GET', `/borrows/${act.id}`);
    if (reply.status !== 200) this.#problem(`acknowledged and answered with ${reply.status}`, act);
    else if (reply.body.copy.barcode !== act.copy) this.#problem('of another copy', act);
    else if (!back && reply.body.returned_at !== null) this.#problem('back although nobody brought it', act);
  }

  async #verifyReturn(server, act) {
    const reply = await server.api('GET', `/borrows/${act.borrow}`);
    if (reply.status !== 200 || reply.body.returned_at === null) this.#problem(`acknowledged and not back (${reply.status})`, act);
  }

  /** A client's open loans are those it knows of, give or take the act that was never answered. */
  async #verifyClient(server, client, lost) {
    const who = await server.api('GET', `/members/${client.member.id}`);
    if (who.status !== 200) {
      this.#problem('a member of old is gone', { client: client.number, status: who.status });
      return;
    }
    const there = new Map(ok(await server.api('GET', `/borrows?member_id=${client.member.id}&status=borrowed&limit=100`), client).data.map((borrow) => [borrow.id, borrow.copy.barcode]));
    const extra = [...there].filter(([id]) => !client.open.has(id));
    const missing = [...client.open].filter(([id]) => !there.has(id));
    const isLend = lost?.act === 'lend' && extra.length === 1 && extra[0][1] === lost.copy;
    const isReturn = lost?.act === 'return' && missing.length === 1 && missing[0][0] === lost.borrow;
    if (extra.length > (isLend ? 1 : 0)) this.#problem('a loan nobody knows of', { client: client.number, extra, lost });
    if (missing.length > (isReturn ? 1 : 0)) this.#problem('an acknowledged loan is not open', { client: client.number, missing, lost });
    if (lost?.act === 'lend' || lost?.act === 'return') this.#foundLost(lost, isLend || isReturn);
    if (who.body.active_borrows_count !== there.size) this.#problem('counted wrong', { client: client.number, member: who.body });
    const all = [...client.free, ...client.open.values()];
    client.open = there;
    client.free = all.filter((copy) => ![...there.values()].includes(copy));
  }
}

/** Numbers below 1; the same seed, the same ones. */
export function diceOf(seed) {
  const random = new Random(seed);
  return () => random.next();
}
