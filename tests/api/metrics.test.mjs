// /metrics as monitors read it: the format, the numbers, and a real Prometheus that reads the running program.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { expect, lend, makeBook, makeMember, refused, UNKNOWN_ID } from '../support/library.mjs';
import { inChroot, makeHome, startServer } from '../support/server.mjs';
import { isMissing, runPromtool, startPrometheus } from '../support/prometheus.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const TEXT = 'text/plain; version=0.0.4';
const OPEN = 'application/openmetrics-text; version=1.0.0';

const read = async (accept = TEXT) => {
  const reply = await server.get('/metrics', { Accept: accept });
  assert.equal(reply.status, 200, reply.text);
  return reply.text;
};

/** Name → [{ labels, value }]. */
function samplesOf(text) {
  const samples = new Map();
  for (const line of text.split('\n').filter((one) => one && !one.startsWith('#'))) {
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? assert.fail(line);
    const list = samples.get(name) ?? [];
    list.push({ labels: Object.fromEntries([...labels.matchAll(/(\w+)="((?:\\.|[^"\\])*)"/g)].map(([, key, one]) => [key, one])), value: Number(value) });
    samples.set(name, list);
  }
  return samples;
}

const valueOf = (samples, name, labels = {}) =>
  samples.get(name)?.find((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value))?.value;

describe('what is read', () => {
  test('JSON unless a monitor asks; Prometheus text and OpenMetrics by Accept', async () => {
    const json = await server.get('/metrics');
    assert.equal(json.headers['content-type'], 'application/json; charset=utf-8');
    assert.deepEqual(Object.keys(expect(json, 200)), ['borrow_success_count', 'borrow_failure_count', 'active_borrows_gauge', 'last_backup_age_seconds']);
    const text = await server.get('/metrics', { Accept: TEXT });
    assert.equal(text.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    assert.ok(text.text.endsWith('\n') && !text.text.includes('# EOF'));
    const open = await server.get('/metrics', { Accept: OPEN });
    assert.equal(open.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    assert.ok(open.text.endsWith('# EOF\n'));
    for (const reply of [json, text, open]) assert.match(reply.headers.vary, /Accept/);
  });

  test('each family is told once, with its type and what it means, its samples together', async () => {
    for (const accept of [TEXT, OPEN]) {
      const text = await read(accept);
      const families = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name]) => name);
      assert.equal(new Set(families).size, families.length, 'a family comes twice');
      let family;
      for (const line of text.split('\n').filter((one) => one && one !== '# EOF')) {
        family = /^# HELP (\w+) /.exec(line)?.[1] ?? family;
        const name = /^(?:# \w+ )?(\w+)/.exec(line)[1];
        assert.ok(name === family || name.startsWith(`${family}_`), `${line} stands under ${family}`);
      }
    }
  });

  test('promtool has nothing to say against it', { skip: isMissing }, async () => {
    assert.deepEqual(runPromtool(['check', 'metrics'], await read()), { status: 0, text: '' });
  });
});

describe('what is counted', () => {
  test('requests by route, never by what stands in the path', async () => {
    const book = await makeBook(server);
    const before = samplesOf(await read());
    const route = { method: 'GET', route: '/api/v1/books/{id}' };
    expect(await server.get(`/books/${book.id}`), 200);
    refused(await server.get(`/books/${UNKNOWN_ID}`), 404, 'BOOK_NOT_FOUND');
    refused(await server.http('GET', '/api/v1/no-such-thing'), 404, 'NOT_FOUND');
    expect(await server.http('GET', '/'), 200);
    const text = await read();
    const after = samplesOf(text);
    const more = (name, labels) => (valueOf(after, name, labels) ?? 0) - (valueOf(before, name, labels) ?? 0);
    assert.equal(more('carrel_http_requests_total', { ...route, status: '2xx' }), 1);
    assert.equal(more('carrel_http_requests_total', { ...route, status: '4xx' }), 1);
    assert.equal(more('carrel_http_request_duration_seconds_count', route), 2);
    assert.equal(more('carrel_http_request_duration_seconds_bucket', { ...route, le: '+Inf' }), 2);
    assert.ok(more('carrel_http_request_duration_seconds_sum', route) > 0);
    assert.equal(more('carrel_http_requests_total', { route: 'other', status: '4xx' }), 1);
    assert.equal(more('carrel_http_requests_total', { route: 'page', status: '2xx' }), 1);
    assert.equal(more('carrel_http_responses_total', { code: '404' }), 2);
    assert.ok(more('carrel_http_response_bytes_total') > 1000);
    assert.ok(valueOf(after, 'carrel_http_requests_in_flight') >= 1, 'the one that reads this');
    for (const secret of [book.id, UNKNOWN_ID, 'no-such-thing']) assert.ok(!text.includes(secret), secret);
  });

  test('buckets rise, and the last holds all', async () => {
    for (const [name, samples] of samplesOf(await read())) {
      if (!name.endsWith('_bucket')) continue;
      const groups = new Map();
      for (const sample of samples) {
        const { le, ...others } = sample.labels;
        const key = JSON.stringify(others);
        groups.set(key, [...(groups.get(key) ?? []), sample]);
      }
      for (const [key, group] of groups) {
        const values = group.map((one) => one.value);
        assert.deepEqual(values, [...values].sort((a, b) => a - b), `${name} ${key}`);
        assert.equal(group.at(-1).labels.le, '+Inf');
      }
    }
  });

  test('loans, refusals by why, and what the library has', async () => {
    const before = samplesOf(await read());
    const [book, member] = [await makeBook(server), await makeMember(server)];
    await lend(server, book, member);
    refused(await server.post('/borrows', { book_id: book.id, member_id: member.id }), 409, 'ACTIVE_BORROW_EXISTS');
    const after = samplesOf(await read());
    const more = (name, labels) => (valueOf(after, name, labels) ?? 0) - (valueOf(before, name, labels) ?? 0);
    assert.equal(more('carrel_borrows_total', { outcome: 'done' }), 1);
    assert.equal(more('carrel_borrows_total', { outcome: 'refused', code: 'ACTIVE_BORROW_EXISTS' }), 1);
    assert.equal(more('carrel_active_borrows'), 1);
    assert.equal(more('carrel_members'), 1);
    assert.equal(more('carrel_books'), 1);
    assert.equal(more('carrel_copies'), 1);
    assert.equal(valueOf(after, 'carrel_overdue_borrows'), 0);
    assert.ok(more('carrel_writer_commit_seconds_count') >= 3);
    assert.ok(more('carrel_writer_queue_wait_seconds_count') >= 3);
    assert.ok(more('carrel_writer_batch_jobs_sum') >= 3);
    assert.ok(more('carrel_page_cache_hits_total') > 0);
    assert.ok(valueOf(after, 'carrel_read_connections') >= 1);
  });

  test('the program, its memory by part, its health and its backups', async () => {
    const samples = samplesOf(await read());
    assert.match(samples.get('carrel_build_info')[0].labels.version, /^\d+\.\d+\.\d+$/);
    assert.ok(valueOf(samples, 'process_cpu_seconds_total') > 0);
    assert.ok(Math.abs(Date.now() / 1000 - valueOf(samples, 'process_start_time_seconds')) < 600);
    if (!inChroot) {
      for (const name of ['process_resident_memory_bytes', 'process_threads', 'process_open_fds', 'process_max_fds']) {
        assert.ok(valueOf(samples, name) > 0, name);
      }
    }
    assert.deepEqual(samples.get('carrel_memory_bytes').map((one) => one.labels.part).sort(), ['arenas', 'heap', 'pages', 'passwords', 'reader_caches', 'search_index', 'writer_cache']);
    assert.equal(valueOf(samples, 'carrel_last_backup_age_seconds'), -1);
    assert.equal(valueOf(samples, 'carrel_health_state', { check: 'backups' }), 2);
    assert.equal(valueOf(samples, 'carrel_health_state', { check: 'database' }), 0);
    for (const state of ['waiting', 'failed', 'unsure']) assert.equal(valueOf(samples, 'carrel_notifications', { state }), 0);
    for (const state of ['waiting', 'dead']) assert.equal(valueOf(samples, 'carrel_webhook_deliveries', { state }), 0);
  });
});

test('a real Prometheus reads the running program', { skip: isMissing || (inChroot && 'the program is in a root of its own') }, async () => {
  const home = await makeHome();
  const prometheus = await startPrometheus(home.directory, new URL(server.url).host);
  try {
    const target = await prometheus.targets();
    assert.equal(target.health, 'up', target.lastError);
    const [up] = await prometheus.ask('up{job="carrel"}');
    assert.equal(up.value[1], '1');
    const [books] = await prometheus.ask('carrel_books');
    assert.equal(Number(books.value[1]), expect(await server.get('/books?limit=1'), 200).meta.total);
    const [slowest] = await prometheus.ask('histogram_quantile(0.99, sum by (le) (carrel_http_request_duration_seconds_bucket))');
    assert.ok(Number(slowest.value[1]) > 0);
    const [build] = await prometheus.ask('carrel_build_info');
    assert.match(build.metric.version, /^\d/);
  } finally {
    await prometheus.stop();
    await home.remove();
  }
});
