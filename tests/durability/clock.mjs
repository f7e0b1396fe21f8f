// clock.mjs — the machine's clock jumps, backwards and forwards, while people work.
//
//     DURABILITY_ROUNDS=20 node tests/durability/clock.mjs
//
// The clock is a test's (CARREL_TEST_CLOCK), and goes back where it says so. After every jump clients work, some of
// the servers are killed and started again; then all loans are read back: none came back before it was lent, none is
// due before it was lent, ids grow in the order in which things were made, a repeated request is answered as before,
// and the library's time never went back.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { removeFolder } from './disk.mjs';
import { diceOf, Oracle } from './oracle.mjs';
import { findings, start } from './program.mjs';
import { counts, report, roundsOr, seed } from './report.mjs';

const rounds = roundsOr(60);
const CLIENTS = 6;
const WORK_MS = 60;
const DAY_MS = 86_400_000;
const JUMPS_MS = [-20 * 365 * DAY_MS, -400 * DAY_MS, -DAY_MS, -3_600_000, -1500, 1, 90_000, 3_600_000, DAY_MS, 9 * DAY_MS, 40 * DAY_MS];
const folder = mkdtempSync(join(tmpdir(), 'carrel-clock-'));
const dice = diceOf(seed);
const oracle = new Oracle(join(folder, 'oracle.log'), dice);
const problems = [];
const tally = new Map();
const met = (what) => tally.set(what, (tally.get(what) ?? 0) + 1);
const clockPath = join(folder, 'clock');
let now = Date.parse('2026-03-02T09:00:00Z');
let latest = now;

/** 1970 and a clock that is not set are what a machine without a battery begins with. */
function setClock(instant) {
  now = Math.max(instant, 0);
  latest = Math.max(latest, now);
  writeFileSync(clockPath, `${new Date(now).toISOString()}<\n`);
}
setClock(now);
const begin = () => start(folder, { env: { CARREL_ENVIRONMENT: 'test', CARREL_TEST_CLOCK: clockPath } });
let server = await begin();
await oracle.furnish(server, CLIENTS);

/** Every row of a list, in the order of its making. */
async function all(path) {
  const rows = [];
  let cursor = '';
  do {
    const reply = await server.api('GET', `${path}?limit=100${cursor}`);
    if (reply.status !== 200) throw new Error(reply.text);
    rows.push(...reply.body.data);
    cursor = reply.body.meta.next_cursor ? `&cursor=${encodeURIComponent(reply.body.meta.next_cursor)}` : null;
  } while (cursor);
  return rows;
}

/** Two acts one after the other: the second has the greater id and is not earlier. */
async function inOrder(round) {
  const made = [];
  for (let i = 0; i < 2; i++) {
    const reply = await server.api('POST', '/members', { name: `Round ${round} number ${i}` });
    if (reply.status !== 201) problems.push(`round ${round}: ${reply.status} ${reply.text.slice(0, 200)}`);
    else made.push(reply.body.member ?? reply.body);
  }
  if (last) made.unshift(last);
  for (let i = 1; i < made.length; i++) {
    if (made[i].id <= made[i - 1].id) problems.push(`round ${round}: id ${made[i].id} after ${made[i - 1].id}`);
    if (made[i].created_at < made[i - 1].created_at) problems.push(`round ${round}: made at ${made[i].created_at} after ${made[i - 1].created_at}`);
  }
  last = made.at(-1);
}
let last;

/** The same request once more is answered as before, and done once. */
async function repeated(round) {
  const headers = { 'Idempotency-Key': `round-${round}` };
  const name = `Asked twice ${round}`;
  const first = await server.api('POST', '/members', { name }, headers);
  setClock(now + JUMPS_MS[Math.floor(dice() * 5)]);
  const second = await server.api('POST', '/members', { name }, headers);
  if (first.status !== 201 || second.status !== 201 || first.text !== second.text) problems.push(`round ${round}: a repeated request: ${first.status} ${second.status} ${second.text.slice(0, 200)}`);
}

let round = 0;
while (round < rounds && problems.length + oracle.problems.length === 0) {
  round++;
  const work = oracle.work(server);
  for (let jump = 0; jump < 3; jump++) {
    await setTimeout(WORK_MS / 3);
    setClock(now + JUMPS_MS[Math.floor(dice() * JUMPS_MS.length)]);
    met(now < latest ? 'behind' : 'ahead');
  }
  if (round % 4 === 0) {
    await server.kill();
    await work;
    server = await begin();
  } else {
    oracle.enough();
    await work;
  }
  await oracle.verify(server);
  await inOrder(round);
  await repeated(round);
  if (dice() < 0.3) setClock(latest + 1000); // somebody sets it right
}
for (const borrow of await all('/borrows')) {
  if (borrow.returned_at && borrow.returned_at < borrow.borrowed_at) problems.push(`back before it was lent: ${JSON.stringify(borrow).slice(0, 300)}`);
  if (!(borrow.due_date > borrow.borrowed_at)) problems.push(`due before it was lent: ${JSON.stringify(borrow).slice(0, 300)}`);
}
const ready = await server.http('GET', '/readyz');
met(`/readyz ${ready.status}`);
const how = await server.stop();
if (how.code !== 0) problems.push(`the last stop ended with ${how.code ?? how.signal}: ${how.stderr}`);
const wrong = await findings(folder);
if (wrong) problems.push(wrong);
problems.push(...oracle.problems);
oracle.close();
report('clock jumps', round, problems, `seed ${seed}, ${oracle.summary()}; ${counts(tally)}`, { folder });
if (problems.length === 0) removeFolder(folder);
