// Background jobs: what there is, how it went, and running one by hand.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertHas, expect, INSTANT, refused } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';

let server;
let people;
before(async () => {
  server = await startServer({ auth: 'on' });
  people = await makePeople(server);
});
after(() => server.stop({ check: true }));

const jobs = async () => new Map(expect(await people.admin.get('/admin/jobs'), 200).jobs.map((job) => [job.name, job]));

test('every job is listed with what it does and how often', async () => {
  const all = await jobs();
  assert.ok(all.size >= 5);
  for (const job of all.values()) {
    assert.match(job.name, /^[a-z_]+$/);
    assert.ok(job.summary.length > 10 && job.period_s > 0, JSON.stringify(job));
  }
  assertHas(all.get('prune_events'), { period_s: 86_400 });
});

test('one is run by hand: the answer says how it went, the list remembers it, the audit log says who', async () => {
  const run = expect(await people.admin.post('/admin/jobs/prune_events/run'), 200);
  assertHas(run, { name: 'prune_events', ok: true, outcome: 'ok: 0 rows' });
  assert.match(run.started_at, INSTANT);
  assert.ok(run.finished_at >= run.started_at);
  const now = (await jobs()).get('prune_events');
  assertHas(now, { started_at: run.started_at, finished_at: run.finished_at, outcome: 'ok: 0 rows', ok: true, running: false });
  const wait = Date.parse(now.next_run_at) - Date.parse(run.finished_at);
  assert.ok(Math.abs(wait - 86_400_000) < 60_000, `a day after it ended: ${wait} ms`);
  const [row] = expect(await people.admin.get('/admin/audit-logs?action=job.run'), 200).data;
  const me = expect(await people.admin.get('/auth/me'), 200);
  assertHas(row, { actor: me.account.name, entity: 'library', after: '{"job":"prune_events"}' });
});

test('again and again, and several at once: each asker gets a run that began after the asking', async () => {
  const asked = new Date().toISOString();
  const runs = await Promise.all(['forget_replies', 'forget_replies', 'prune_events', 'forget_replies', 'remove_sessions'].map((name) => people.admin.post(`/admin/jobs/${name}/run`)));
  for (const run of runs.map((reply) => expect(reply, 200))) assert.ok(run.ok && run.started_at >= asked, JSON.stringify(run));
});

test('one that has not run yet says when it will; one that failed, that it did and when it is tried again', async () => {
  const own = await startServer({ env: { CARREL_BACKUP_SCHEDULE: undefined } });
  const of = async (name) => expect(await own.get('/admin/jobs'), 200).jobs.find((job) => job.name === name);
  const first = await of('renew_certificate');
  if (first.outcome === null) {
    assertHas(first, { ok: null, started_at: null, finished_at: null });
    assert.ok(first.running || Date.parse(first.next_run_at) - Date.now() < 60_000, 'soon after the start');
  }
  expect(await own.put('/admin/system-config', { backup_dir: own.home.inside('elsewhere') }), 200);
  assert.equal(expect(await own.post('/admin/jobs/backup/run'), 200).ok, false);
  const failed = await of('backup');
  assertHas(failed, { ok: false, running: false });
  assert.match(failed.outcome, /^BACKUP_FAILED: /);
  assert.ok(Math.abs(Date.parse(failed.next_run_at) - Date.parse(failed.finished_at) - 600_000) < 60_000, 'ten minutes later, not an hour');
  await own.stop({ check: true });
});

test('a job nobody knows: 404; a librarian may neither look nor run', async () => {
  refused(await people.admin.post('/admin/jobs/make_tea/run'), 404, 'NOT_FOUND', /make_tea/);
  refused(await people.librarian.get('/admin/jobs'), 403, 'FORBIDDEN');
  refused(await people.librarian.post('/admin/jobs/prune_events/run'), 403, 'FORBIDDEN');
});
