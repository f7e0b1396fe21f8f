// driver.mjs — draws acts, does them at the server and in the model, and holds one against the other.
//
// The server's clock is a file (tests/support/test_clock.mjs) and nobody else is there, so a seed gives the same test
// to the last byte. Each act is a row of acts.mjs.
import assert from 'node:assert/strict';
import { useZone } from './days.mjs';
import { Library } from './library.mjs';
import { Random } from '../support/random.mjs';
import { startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

const REMEMBERED = 20;

export class Driver {
  counts = new Map(); // act → { yes, no }
  refusals = new Map(); // code and members of the reason → { count, code, status, reason, detail }
  history = [];
  done = 0;
  requests = 0;

  constructor(seed) {
    this.seed = seed;
    this.random = new Random(seed);
    this.library = new Library();
  }

  async start(instant, zone) {
    this.zone = zone;
    useZone(zone);
    this.clock = await makeTestClock(instant);
    this.server = await startServer({ home: this.clock.home, env: { ...this.clock.env, CARREL_TIME_ZONE: zone } });
    this.library.now = Date.parse(instant);
    this.routes = new Set(this.server.contract.operations.map((one) => one.key.replace('/api/v1', '')));
    for (const { name } of (await this.get('/admin/jobs')).jobs) {
      this.routes.add(`job ${name}`);
      await this.server.post(`/admin/jobs/${name}/run`); // so that it runs again in a day at the earliest
    }
  }

  /** Time goes on, for the server and for the model. */
  moveTo(ms) {
    this.library.now = ms;
    this.clock.moveTo(ms);
    this.remember(`the clock is ${new Date(ms).toISOString()}`);
  }

  remember(line) {
    this.history.push(`#${this.done} ${line}`);
    if (this.history.length > REMEMBERED) this.history.shift();
  }

  async request(method, path, body) {
    this.requests++;
    const reply = await this.server.api(method, path, body);
    this.remember(`${method} ${path} ${body === undefined ? '' : JSON.stringify(body)} → ${reply.status} ${reply.text.slice(0, 260)}`);
    return reply;
  }

  /** A request that must go well: what the model does not decide. */
  async get(path) {
    this.requests++;
    const reply = await this.server.get(path);
    assert.equal(reply.status, 200, `GET ${path}: ${reply.text}`);
    return reply.body;
  }

  /**
   * One act: what the model decided, and what the server says. `decision` is { ok, then } or { refuse }.
   * Gives back whether it was done.
   */
  async act(name, decision, method, path, body) {
    const reply = await this.request(method, path, body);
    const where = `${name}: ${method} ${path} ${JSON.stringify(body ?? {})}`;
    const count = this.counts.get(name) ?? { yes: 0, no: 0 };
    this.counts.set(name, count);
    if (decision.refuse) {
      const { status, code, reason } = decision.refuse;
      assert.deepEqual([reply.status, reply.body?.error_code], [status, code], `${where}\n  the model refuses with ${status} ${code}, the server says ${reply.status} ${reply.text}`);
      for (const [key, value] of Object.entries(reason)) assert.deepEqual(reply.body.reason?.[key], value, `${where}: reason.${key} of ${reply.text}`);
      count.no++;
      this.noteRefusal(code, reply);
      return false;
    }
    assert.equal(reply.status, decision.ok, `${where}\n  the model allows it, the server says ${reply.status} ${reply.text}`);
    try {
      decision.then?.(reply.body);
    } catch (error) {
      throw new assert.AssertionError({ message: `${where}\n  ${error.message}\n  ${reply.text}`, actual: error.actual, expected: error.expected, operator: error.operator });
    }
    count.yes++;
    return true;
  }

  /** Counted by code and by what its reason speaks of, with the first of each as an example. */
  noteRefusal(code, { status, body: { reason, detail } }) {
    const kind = `${code} ${Object.keys(reason ?? {})}`;
    const seen = this.refusals.get(kind) ?? { count: 0, code, status, reason, detail };
    this.refusals.set(kind, seen);
    seen.count++;
  }

  /** A background job, run now: `then` does the same in the model and says how many rows that were. */
  async job(name, then) {
    const compare = (reply) => {
      const rows = then();
      assert.equal(reply.outcome, `ok: ${rows} row${rows === 1 ? '' : 's'}`);
    };
    await this.act(`job ${name}`, { ok: 200, then: compare }, 'POST', `/admin/jobs/${name}/run`);
  }

  async stop() {
    await this.server.stop({ keep: true });
    const check = await this.server.run(['--check'], { env: { CARREL_TIME_ZONE: this.zone } });
    assert.equal(check.code, 0, `--check: ${check.stdout}${check.stderr}`);
    await this.clock.home.remove();
  }

  /** What a person needs who has to find out. */
  failure(error) {
    return [`model test: act ${this.done} of seed ${this.seed} in ${this.zone} (${new Date(this.library.now).toISOString()}): ${error.message}`,
      error.expected === undefined ? '' : `  the model: ${JSON.stringify(error.expected)}\n  the server: ${JSON.stringify(error.actual)}`,
      `the last ${this.history.length} requests:`, ...this.history.map((line) => `  ${line}`),
      `its library: ${this.clock?.home.path('library.db')}`, `again: make test-model SEED=${this.seed} ACTS=${this.done}`].filter(Boolean).join('\n');
  }
}
