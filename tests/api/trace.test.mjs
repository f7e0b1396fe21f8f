// Traces: W3C Trace Context in and out, spans in the log, and OTLP to a collector that looks closely.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freePort, sruAnswer, startStub } from '../support/catalogues.mjs';
import { expect, invalid, lend, makeBook, makeMember, refused } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const linesOf = (text) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line));

/** The log's lines with this correlation id, once the request's own is there. */
async function linesOfRequest(id) {
  for (const until = Date.now() + 10_000; Date.now() < until; await sleep(10)) {
    const lines = linesOf(server.logs.slice(0, server.logs.lastIndexOf('\n') + 1)).filter((line) => line.correlation_id === id);
    if (lines.some((line) => line.message === 'request')) return lines;
  }
  return assert.fail(`no request ${id} in the log`);
}

describe('traceparent', () => {
  test('goes on in every line of the request; the span is a new one', async () => {
    expect(await server.get('/books?limit=1', { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'secret=vendor', 'X-Correlation-ID': 'goes-on' }), 200);
    const lines = await linesOfRequest('goes-on');
    for (const line of lines) {
      assert.equal(line.trace_id, TRACE);
      assert.match(line.span_id, SPAN_ID);
      assert.notEqual(line.span_id, PARENT);
    }
    assert.ok(!server.logs.includes('secret=vendor'));
  });

  test('a request without one, or with one that is malformed, begins a trace', async () => {
    const bad = [undefined, `00-${TRACE}-${PARENT}`, `00-${TRACE.toUpperCase()}-${PARENT}-01`, `00-${'0'.repeat(32)}-${PARENT}-01`, `00-${TRACE}-${'0'.repeat(16)}-01`, `ff-${TRACE}-${PARENT}-01`, `00-${TRACE}-${PARENT}-01-more`];
    const seen = new Set();
    for (const [i, traceparent] of bad.entries()) {
      expect(await server.get('/books?limit=1', { ...(traceparent && { traceparent }), 'X-Correlation-ID': `begins-${i}` }), 200);
      const [line] = await linesOfRequest(`begins-${i}`);
      assert.match(line.trace_id, TRACE_ID);
      assert.notEqual(line.trace_id, TRACE, traceparent);
      seen.add(line.trace_id);
    }
    assert.equal(seen.size, bad.length);
  });

  test('two of them are as good as none', async () => {
    const { replies } = await server.raw(`GET /api/v1/books HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Correlation-ID: twice\r\ntraceparent: 00-${TRACE}-${PARENT}-01\r\ntraceparent: 00-${TRACE}-${PARENT}-01\r\nConnection: close\r\n\r\n`);
    assert.deepEqual(replies.map(({ status }) => status), [200]);
    assert.notEqual((await linesOfRequest('twice'))[0].trace_id, TRACE);
  });

  test('is carried on to another server, with a span of its own; tracestate is not', async () => {
    const asked = [];
    const stub = await startStub((request, response) => {
      asked.push(request.headers);
      response.setHeader('Content-Type', 'application/xml').end(sruAnswer([]));
    });
    const targets = [];
    for (const name of ['next', 'further', 'last']) targets.push(expect(await server.post('/lookup/targets', { name, kind: 'sru', address: `http://127.0.0.1:${stub.port}/${name}` }), 201));
    expect(await server.get('/lookup?title=anything', { traceparent: `00-${TRACE}-${PARENT}-00`, tracestate: 'a=b', 'X-Correlation-ID': 'asks' }), 200);
    for (const target of targets) expect(await server.delete(`/lookup/targets/${target.id}`), 204);
    await stub.close();
    assert.equal(asked.length, 3);
    assert.equal(new Set(asked.map((headers) => headers.traceparent)).size, 3);
    const [{ span_id: own }] = await linesOfRequest('asks');
    for (const headers of asked) {
      const [version, trace, span, flags] = headers.traceparent.split('-');
      assert.deepEqual([version, trace, flags], ['00', TRACE, '00']);
      assert.match(span, SPAN_ID);
      assert.ok(span !== PARENT && span !== own);
      assert.equal(headers.tracestate, undefined);
    }
  });
});

test('at the level debug the log tells the spans: reading, waiting for the writer, the transaction, the request', async () => {
  const book = await makeBook(server);
  expect(await server.put('/admin/log-level', { level: 'debug' }), 200);
  expect(await server.get(`/books/${book.id}`, { 'X-Correlation-ID': 'reads' }), 200);
  expect(await server.put(`/books/${book.id}`, { title: 'Another' }, { 'X-Correlation-ID': 'writes' }), 200);
  await linesOfRequest('reads');
  const writing = await linesOfRequest('writes');
  await sleep(100); // the request's span is told after its line
  expect(await server.put('/admin/log-level', { level: 'info' }), 200);
  const spans = linesOf(server.logs).filter((line) => line.message === 'span' && line.trace_id === writing.find((line) => line.message === 'request').trace_id);
  assert.deepEqual(spans.map((span) => span.name).sort(), ['PUT /api/v1/books/{id}', 'transaction', 'wait for the writer']);
  const root = spans.find((span) => span.name.startsWith('PUT'));
  assert.equal(root.parent_id, '');
  for (const part of spans.filter((span) => span !== root)) {
    assert.equal(part.parent_id, root.span_id);
    assert.ok(part.us >= 0 && part.us <= root.us);
  }
  assert.ok(linesOf(server.logs).some((line) => line.message === 'span' && line.name === 'read' && line.correlation_id === 'reads'));
});

// ---- OTLP ------------------------------------------------------------------------------------------------------

/** As the protocol's JSON has it: ids are hex, 64-bit numbers are strings, enums are numbers. */
function checkSpans(body) {
  const spans = [];
  assert.deepEqual(Object.keys(body), ['resourceSpans']);
  for (const { resource, scopeSpans, ...more } of body.resourceSpans) {
    assert.deepEqual(more, {});
    const attributes = Object.fromEntries(resource.attributes.map(({ key, value }) => [key, value.stringValue]));
    assert.equal(attributes['service.name'], 'carrel');
    assert.match(attributes['service.version'], /^\d+\.\d+\.\d+$/);
    for (const { scope, spans: some } of scopeSpans) {
      assert.equal(scope.name, 'carrel');
      for (const span of some) {
        assert.match(span.traceId, TRACE_ID);
        assert.match(span.spanId, SPAN_ID);
        if (span.parentSpanId !== undefined) assert.match(span.parentSpanId, SPAN_ID);
        for (const time of [span.startTimeUnixNano, span.endTimeUnixNano]) assert.match(time, /^\d{19}$/);
        assert.ok(BigInt(span.startTimeUnixNano) <= BigInt(span.endTimeUnixNano));
        assert.ok(Math.abs(Number(BigInt(span.endTimeUnixNano) / 1000000n) - Date.now()) < 300_000);
        assert.ok([1, 2, 3].includes(span.kind));
        assert.ok(typeof span.name === 'string' && span.name !== '');
        for (const { key, value } of span.attributes) {
          assert.match(key, /^http\./);
          assert.match(value.stringValue ?? value.intValue, /^[ -~]+$/);
        }
        spans.push(span);
      }
    }
  }
  return spans;
}

async function startCollector(status = 200) {
  const bodies = [];
  const heads = [];
  const stub = await startStub(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    bodies.push(text);
    heads.push({ method: request.method, url: request.url, headers: request.headers });
    response.statusCode = status;
    response.setHeader('Content-Type', 'application/json').end('{}');
  });
  const spans = () => bodies.flatMap((text) => checkSpans(JSON.parse(text)));
  const waitFor = async (wanted, what) => {
    for (const until = Date.now() + 15_000; Date.now() < until; await sleep(50)) {
      const found = spans().filter(wanted);
      if (found.length > 0) return found;
    }
    return assert.fail(`no span ${what}: ${JSON.stringify(spans().map((span) => span.name))}`);
  };
  return { ...stub, url: `http://127.0.0.1:${stub.port}/v1/traces`, bodies, heads, spans, waitFor };
}

describe('a collector', () => {
  test('gets the spans of a request, linked to their parents, under the trace of who asked', async () => {
    const collector = await startCollector();
    expect(await server.put('/admin/system-config', { trace_url: collector.url }), 200);
    try {
      const [book, member] = [await makeBook(server), await makeMember(server, { name: 'Cornelius Trace' })];
      const mine = 'aaaabbbbccccddddeeeeffff00001111';
      const borrow = expect(await server.post('/borrows', { book_id: book.id, member_id: member.id }, { traceparent: `00-${mine}-${PARENT}-01` }), 201);
      const [root] = await collector.waitFor((span) => span.traceId === mine && span.kind === 2, 'of the loan');
      assert.equal(root.name, 'POST /api/v1/borrows');
      assert.equal(root.parentSpanId, PARENT);
      assert.deepEqual(root.status, {});
      assert.deepEqual(Object.fromEntries(root.attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue])), {
        'http.request.method': 'POST', 'http.route': '/api/v1/borrows', 'http.response.status_code': '201',
      });
      const parts = collector.spans().filter((span) => span.traceId === mine && span !== root && span.spanId !== root.spanId);
      assert.deepEqual(new Set(parts.map((span) => span.name)), new Set(['wait for the writer', 'transaction']));
      for (const part of parts) {
        assert.equal(part.parentSpanId, root.spanId);
        assert.equal(part.kind, 1);
        assert.ok(BigInt(part.startTimeUnixNano) >= BigInt(root.startTimeUnixNano) - 1000000n && BigInt(part.endTimeUnixNano) <= BigInt(root.endTimeUnixNano) + 1000000n);
      }
      const ids = collector.spans().map((span) => span.spanId);
      assert.equal(new Set(ids).size, ids.length, 'each span once');
      for (const { method, url, headers } of collector.heads) {
        assert.deepEqual([method, url, headers['content-type'], headers.traceparent], ['POST', '/v1/traces', 'application/json', undefined]);
      }
      for (const secret of [book.id, member.id, borrow.id, 'Cornelius']) assert.ok(!collector.bodies.join('').includes(secret));
    } finally {
      expect(await server.put('/admin/system-config', { trace_url: null }), 200);
      await collector.close();
    }
  });

  test('gets background jobs as traces of their own, with what they wrote; the log’s lines have the same', async () => {
    const collector = await startCollector();
    expect(await server.put('/admin/system-config', { trace_url: collector.url }), 200);
    expect(await server.post('/admin/jobs/prune_events/run'), 200);
    const [root] = await collector.waitFor((span) => span.name === 'job prune_events', 'of the job');
    expect(await server.put('/admin/system-config', { trace_url: null }), 200);
    assert.equal(root.parentSpanId, undefined);
    const parts = collector.spans().filter((span) => span.traceId === root.traceId && span !== root && span.spanId !== root.spanId);
    assert.ok(parts.some((span) => span.name === 'transaction'));
    for (const part of parts) assert.equal(part.parentSpanId, root.spanId);
    const [line] = linesOf(server.logs).filter((one) => one.message === 'job' && one.job === 'prune_events');
    assert.deepEqual([line.trace_id, line.span_id], [root.traceId, root.spanId]);
    assert.match(line.correlation_id, /^[0-9a-f-]{36}$/);
    const [row] = expect(await server.get('/admin/audit-logs?action=job.run'), 200).data;
    assert.equal(row.correlation_id, line.correlation_id, 'the audit log leads to the log');
    await collector.close();
  });

  test('gets nothing of who says that it is not to be sampled, and nothing once the setting is empty', async () => {
    const collector = await startCollector();
    expect(await server.put('/admin/system-config', { trace_url: collector.url }), 200);
    const [not, yes, late] = ['1', '2', '3'].map((digit) => digit.repeat(32));
    expect(await server.get('/books?limit=1', { traceparent: `00-${not}-${PARENT}-00` }), 200);
    expect(await server.get('/books?limit=1', { traceparent: `00-${yes}-${PARENT}-01` }), 200);
    await collector.waitFor((span) => span.traceId === yes, 'that is sampled');
    expect(await server.put('/admin/system-config', { trace_url: null }), 200);
    expect(await server.get('/books?limit=1', { traceparent: `00-${late}-${PARENT}-01` }), 200);
    await sleep(2500); // longer than spans are gathered
    assert.deepEqual(collector.spans().filter((span) => [not, late].includes(span.traceId)), []);
    await collector.close();
  });

  test('that refuses, or is not there, costs spans and nothing else', async () => {
    const counted = async (outcome) => {
      const { text } = await server.get('/metrics', { Accept: 'text/plain' });
      return Number(new RegExp(`^carrel_trace_spans_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)[1]);
    };
    assert.ok(await counted('sent') > 0);
    const collector = await startCollector(503);
    for (const url of [collector.url, `http://127.0.0.1:${await freePort()}/v1/traces`]) {
      const before = await counted('dropped');
      expect(await server.put('/admin/system-config', { trace_url: url }), 200);
      for (const until = Date.now() + 15_000; (await counted('dropped')) === before && Date.now() < until; await sleep(100));
      assert.ok(await counted('dropped') > before, url);
    }
    await lend(server, await makeBook(server), await makeMember(server));
    expect(await server.put('/admin/system-config', { trace_url: null }), 200);
    await collector.close();
    assert.equal(linesOf(server.logs).filter((line) => line.message.startsWith('traces are lost')).length, 1, 'told once');
  });

  test('is a whole address', async () => {
    for (const trace_url of ['collector:4318', 'ftp://collector/', 'http://', 'http://user:secret@collector/v1/traces']) {
      const reply = await server.put('/admin/system-config', { trace_url });
      refused(reply, 422, 'VALIDATION_ERROR');
      invalid(reply, ['trace_url']);
    }
  });
});
