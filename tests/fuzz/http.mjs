// http.mjs — broken HTTP on raw sockets against the running program, for FUZZ_SECONDS (60).
//
//     FUZZ_SEED=7 node tests/fuzz/http.mjs        the same requests in the same order (their timing is the machine's)
//
// Half of the time nobody has to sign in, half of it an administrator has.
// Good requests, one for every operation of /openapi.json, are damaged: bytes, headers, lengths, chunks, bodies; sent
// several at once, in pieces, cut short. Whatever comes: the program lives, /health answers within FUZZ_HEALTH_MS,
// every complete reply is well-formed HTTP with its promised headers, none is a 500, its memory stays bounded, and
// `--check` finds the library sound at the end. What breaks one of these is kept in build/fuzz/found/http.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { checkEveryReply } from '../support/contract.mjs';
import { setUp } from '../support/people.mjs';
import { isInstrumented, startServer, top } from '../support/server.mjs';
import { parseReplies } from './replies.mjs';
import { makeChance, makeMutator, sampleRequests } from './mutate.mjs';

const SECONDS = Number(process.env.FUZZ_SECONDS || 60);
const SEED = Number(process.env.FUZZ_SEED || Date.now() % 1_000_000_000);
const HEALTH_MS = Number(process.env.FUZZ_HEALTH_MS || 1000);
const LANES = 6; // connections at the same time
const SILENCE_MS = 200; // of a connection left open: then we go
const ANSWER_MS = 20_000; // after we said that we are done
const TAKEN_AT_ONCE = 16_384; // HTTP_HEAD_BYTES_MAX
const RSS_MIB_MAX = isInstrumented ? 2048 : 192;
const FOUND = join(top, 'build/fuzz/found/http');
const REGRESSION = join(top, 'tests/fuzz/regression/http');

const figures = { exchanges: 0, replies: 0, cut: 0, statuses: {}, rss: 0, health: 0 };

// ---- one connection --------------------------------------------------------------------------------------------

/** Writes the pieces, ends as `ending` says, and gives back what came: { bytes, reset, late }. */
function exchange(server, pieces, ending) {
  return new Promise((done) => {
    const received = [];
    let timer;
    let reset = false;
    const finish = (late = false) => {
      clearTimeout(timer);
      socket.destroy();
      done({ bytes: Buffer.concat(received), reset, late });
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => finish(ending === 'end'), ending === 'end' ? ANSWER_MS : SILENCE_MS);
    };
    const socket = net.connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }, async () => {
      for (const [index, piece] of pieces.entries()) {
        if (socket.destroyed || socket.writableEnded) return;
        if (index > 0) await new Promise((after) => setTimeout(after, 2));
        socket.write(piece);
      }
      if (ending === 'cut') finish();
      else if (ending === 'end') socket.end();
    });
    wait();
    socket.on('data', (chunk) => {
      received.push(chunk);
      wait();
    });
    socket.on('end', () => finish());
    socket.on('error', () => {
      reset = true;
      finish();
    });
  });
}

function checkReplies({ bytes, reset, late }, pieces, ending) {
  assert.ok(!late, `no end of the connection within ${ANSWER_MS} ms of the last byte`);
  const sent = Buffer.concat(pieces);
  const { replies, rest } = parseReplies(bytes, { mayLackBodies: sent.includes('HEAD') });
  // Bytes that the server never took (it closes after a refusal) make the kernel drop what was on its way to us.
  const isTaken = pieces.length === 1 && sent.length <= TAKEN_AT_ONCE;
  if (rest > 0 && ending === 'end' && isTaken && !reset) assert.fail(`half a reply: ${JSON.stringify(bytes.subarray(-rest).toString('latin1').slice(0, 300))}`);
  for (const reply of replies) {
    figures.replies++;
    figures.statuses[reply.status] = (figures.statuses[reply.status] ?? 0) + 1;
    assert.ok(reply.status < 500 || reply.status === 503, `${reply.status}: ${reply.text.slice(0, 300)}`);
    checkEveryReply(reply.bodyLacks ? 'HEAD' : 'GET', '/', {}, reply);
  }
}

function keep(pieces, ending, error, server) {
  mkdirSync(FOUND, { recursive: true });
  const name = join(FOUND, `${SEED}-${figures.exchanges}`);
  writeFileSync(name, Buffer.concat(pieces));
  console.error(`http: ${error.message}\nhttp: seed ${SEED}, exchange ${figures.exchanges}, ${pieces.length} pieces, ending “${ending}”: ${name}`);
  console.error(server.logs.slice(-3000));
}

// ---- is all well? ----------------------------------------------------------------------------------------------

function rssMib(pid) {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

async function checkHealth(server) {
  assert.ok(server.isRunning(), 'the program has ended');
  const begin = performance.now();
  const { bytes } = await exchange(server, [Buffer.from('GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')], 'end');
  const took = performance.now() - begin;
  assert.match(bytes.toString('latin1'), /^HTTP\/1\.1 200 /, '/health does not answer');
  assert.ok(took < HEALTH_MS, `/health took ${Math.round(took)} ms`);
  figures.health = Math.max(figures.health, took);
  figures.rss = Math.max(figures.rss, rssMib(server.pid));
  assert.ok(figures.rss < RSS_MIB_MAX, `the program has ${Math.round(figures.rss)} MiB`);
}

// ---- the run ---------------------------------------------------------------------------------------------------

async function tryOne(server, pieces, ending) {
  figures.exchanges++;
  if (ending === 'cut') figures.cut++;
  try {
    checkReplies(await exchange(server, pieces, ending), pieces, ending);
    assert.ok(server.isRunning(), 'the program has ended');
  } catch (error) {
    keep(pieces, ending, error, server);
    throw error;
  }
}

async function lane(server, samples, chance, until) {
  const mutate = makeMutator(samples, chance);
  while (Date.now() < until) {
    const { pieces, ending } = mutate();
    await tryOne(server, pieces, ending);
  }
}

async function watch(server, until) {
  while (Date.now() < until) {
    await checkHealth(server);
    await new Promise((after) => setTimeout(after, 500));
  }
}

function regressions() {
  try {
    return readdirSync(REGRESSION).map((name) => readFileSync(join(REGRESSION, name)));
  } catch {
    return [];
  }
}

/** A signed-in administrator's headers on every other request, where there is a door. */
function withSession(samples, session) {
  if (!session) return samples;
  const own = Object.entries(session.headers);
  // A session that is ended by the first request is none for the others.
  const kept = samples.filter(({ line }) => !/logout|sessions/.test(line));
  return samples.concat(kept.map((one) => ({ ...one, headers: [...one.headers, ...own] })));
}

async function attack(auth, seconds) {
  const server = await startServer({ auth, env: { CARREL_LOG_LEVEL: 'error' } });
  const session = auth === 'on' ? await setUp(server) : undefined;
  for (const bytes of regressions()) await tryOne(server, [bytes], 'end');
  const samples = withSession(sampleRequests(server.contract.document), session);
  const until = Date.now() + seconds * 1000;
  const lanes = Array.from({ length: LANES }, (_, index) => lane(server, samples, makeChance(SEED * LANES + index), until));
  await Promise.all([...lanes, watch(server, until)]);
  await checkHealth(server);
  await server.stop({ check: true });
}

console.log(`http: seed ${SEED}, ${SECONDS} s`);
try {
  await attack('off', SECONDS / 2);
  await attack('on', SECONDS / 2);
} catch (error) {
  console.error(error.stack);
  console.error('  FAIL   http');
  process.exit(1);
}
const { exchanges, replies, cut, statuses, rss, health } = figures;
console.log(`  ok     http (${exchanges} exchanges, ${cut} cut off, ${replies} replies checked: ${Object.entries(statuses).map(([status, count]) => `${status}×${count}`).join(' ')}; ` +
  `at most ${Math.round(rss)} MiB, /health within ${Math.round(health)} ms)`);
