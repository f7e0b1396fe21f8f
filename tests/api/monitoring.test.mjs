// What is delivered for monitors (packaging/prometheus, packaging/grafana, docs/observability.md), held against the program.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { isMissing, runPromtool } from '../support/prometheus.mjs';
import { lend, makeBook, makeMember } from '../support/library.mjs';
import { startSecure } from '../support/authority.mjs';
import { inChroot, makeHome, top } from '../support/server.mjs';

const file = (name) => join(top, name);
const text = (name) => readFileSync(file(name), 'utf8');
const rules = text('packaging/prometheus/carrel.rules.yml');
const tried = text('packaging/prometheus/carrel.rules.test.yml');
const dashboard = JSON.parse(text('packaging/grafana/carrel.json'));
const page = text('docs/observability.md');

/** Every sample's name and labels that the program has ever told here: with TLS, a journal, loans and jobs. */
const samples = new Map();
let families;

before(async () => {
  const home = await makeHome();
  mkdirSync(home.path('stick'), { mode: 0o777 });
  const server = await startSecure(home, { env: { CARREL_BACKUP_SCHEDULE: 'on', CARREL_BACKUP_SECOND_DIR: home.inside('stick'), CARREL_JOURNAL: 'on' } });
  await lend(server, await makeBook(server), await makeMember(server));
  await server.post('/admin/jobs/prune_events/run');
  const reply = await server.get('/metrics', { Accept: 'text/plain' });
  assert.equal(reply.status, 200, reply.text);
  for (const [, name, labels = ''] of reply.text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? /gm)) {
    samples.set(name, new Set([...(samples.get(name) ?? []), ...[...labels.matchAll(/(\w+)="/g)].map(([, label]) => label)]));
  }
  families = [...reply.text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name);
  await server.stop();
});

const NAME = /\b(?:carrel|process)_[a-z_]+/g;

/** The names an expression asks for, and the labels it asks them by: what the program does not tell is a mistake. */
function checkExpression(where, expression) {
  const names = [...expression.matchAll(/\b((?:carrel|process)_[a-z_]+)(?:\{([^}]*)\})?/g)];
  for (const [, name, matchers = ''] of names) {
    assert.ok(samples.has(name), `${where}: the program tells no ${name}`);
    for (const [, label] of matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)) {
      assert.ok(['job', 'instance'].includes(label) || samples.get(name).has(label), `${where}: ${name} has no label ${label}`);
    }
  }
  return names.length;
}

const expressionsOf = (of) => [...of.matchAll(/expr: (?:\|\n((?: {10}.*\n)+)|(.*)\n)/g)].map(([, long, short]) => long ?? short);
const queries = dashboard.panels.flatMap((panel) => panel.targets.map((target) => [panel.title, target]));

describe('alert rules', () => {
  test('are as Prometheus wants them, and come when they should', { skip: isMissing }, () => {
    for (const args of [['check', 'rules', file('packaging/prometheus/carrel.rules.yml')], ['test', 'rules', file('packaging/prometheus/carrel.rules.test.yml')], ['check', 'config', file('packaging/prometheus/prometheus.yml')]]) {
      const { status, text: said } = runPromtool(args);
      assert.equal(status, 0, `${args.join(' ')}: ${said}`);
    }
  });

  test('are each seen to come, and to keep still when all is well', () => {
    const [, well, ...ill] = tried.split(/^ {2}- name: /m);
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name).sort();
    const coming = ill.flatMap((one) => [...one.matchAll(/alertname: (\w+)\n +exp_alerts:/g)]).map(([, name]) => name);
    assert.deepEqual([...new Set(coming)].sort(), alerts);
    assert.deepEqual([...well.matchAll(/alertname: (\w+)\}/g)].map(([, name]) => name).sort(), alerts);
    for (const expression of expressionsOf(rules)) {
      for (const [metric] of expression.matchAll(NAME)) assert.ok(well.includes(`'${metric}{`), `when all is well, ${metric} says nothing`);
    }
  });

  test('ask for what the program tells', { skip: inChroot && 'there is no /proc' }, () => {
    const expressions = expressionsOf(rules);
    assert.equal(expressions.length, [...rules.matchAll(/- alert:/g)].length);
    for (const expression of expressions) assert.ok(checkExpression('rules', expression) > 0 || /^up\{/.test(expression), expression);
  });

  test('are each explained, and nothing is explained that is not there', () => {
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    assert.deepEqual([...new Set([...page.matchAll(/`(Carrel\w+)`/g)].map(([, name]) => name))].sort(), [...alerts].sort());
  });
});

describe('the dashboard', () => {
  test('asks for what the program tells, by labels that it has', { skip: inChroot && 'there is no /proc' }, () => {
    assert.ok(queries.length >= 30);
    for (const [title, { expr }] of queries) assert.ok(checkExpression(title, expr) > 0 || /^up\{/.test(expr), `${title}: ${expr}`);
  });

  test('is written in Prometheus’ own language', { skip: isMissing }, async () => {
    const home = await makeHome();
    const all = queries.map(([title, { expr }], i) => ({ record: `panel:number:${i}`, expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*'), labels: { title } }));
    const path = join(home.directory, 'panels.yml');
    await writeFile(path, JSON.stringify({ groups: [{ name: 'panels', rules: all }] }));
    const { status, text: said } = runPromtool(['check', 'rules', path]);
    await home.remove();
    assert.equal(status, 0, said);
  });

  test('has panels of their own, each with a title and a word of explanation', () => {
    const ids = dashboard.panels.map((panel) => panel.id);
    assert.equal(new Set(ids).size, ids.length);
    for (const panel of dashboard.panels) {
      assert.ok(panel.title && panel.description, JSON.stringify(panel.title));
      const { x, y, w, h } = panel.gridPos;
      assert.ok(x >= 0 && x + w <= 24 && h > 0);
      for (const other of dashboard.panels) {
        if (other === panel) continue;
        const o = other.gridPos;
        assert.ok(x >= o.x + o.w || o.x >= x + w || y >= o.y + o.h || o.y >= y + h, `${panel.title} lies on ${other.title}`);
      }
    }
  });
});

test('docs/observability.md names every figure, and no other', { skip: inChroot && 'there is no /proc' }, () => {
  const table = page.split('\n').filter((line) => line.startsWith('| `')).map((line) => line.split('|')[1]).join(' ');
  const named = [...table.matchAll(NAME)].map(([name]) => name);
  assert.deepEqual([...named].sort(), [...families].sort());
});
