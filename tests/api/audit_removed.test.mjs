// The log of a record that is gone stays, and is never the next one's, which may have its number.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { expect } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const kinds = [
  ['webhook', '/webhooks', (name) => ({ name, url: 'http://127.0.0.1:9/', events: ['BookIssued'] })],
  ['saved_report', '/reports/saved', (name) => ({ name, report: 'circulation', parameters: 'period=this_month&by=weekday' })],
  ['reading_list', '/reading-lists', (name) => ({ name })],
  ['lookup_target', '/lookup/targets', (name) => ({ name, kind: 'sru', address: 'http://127.0.0.1:9/sru' })],
  ['closed_day', '/closures', (name) => ({ name, first_day: inDays(40), last_day: inDays(40) })],
];

describe('what is made after something was deleted has none of its log', () => {
  for (const [entity, path, facts] of kinds) {
    test(entity, async () => {
      const rows = async () => expect(await server.get(`/admin/audit-logs?entity=${entity}&limit=100`), 200).data;
      const make = async (name) => {
        const made = expect(await server.post(path, facts(name)), 201);
        return made.webhook ?? made;
      };
      const remove = async ({ id }) => assert.ok([200, 204].includes((await server.delete(`${path}/${id}`)).status));
      await remove(await make('Gone'));
      const before = (await rows()).length;
      assert.ok(before >= 2);
      const next = await make('Next');
      const after = await rows();
      assert.equal(after.length, before + 1);
      assert.deepEqual(after.map((row) => row.entity_id).sort(), [...Array(before).fill(null), next.id].sort());
      await remove(next);
    });
  }
});
