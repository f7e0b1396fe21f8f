// A test's clock: the program takes the time from a file, in a test's environment and nowhere else.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { expect } from '../support/library.mjs';
import { makeHome, run, startServer } from '../support/server.mjs';
import { makeTestClock } from '../support/test_clock.mjs';

function says(result, pattern) {
  assert.equal(result.code, 1, JSON.stringify(result));
  assert.match(result.stderr, pattern);
}

test('in a test\'s environment the time is that of the file, and goes forward only', async () => {
  const clock = await makeTestClock('2031-02-28T09:00:00.000Z');
  const server = await startServer({ home: clock.home, env: clock.env });
  const now = async () => expect(await server.post('/members', { name: 'A Reader' }), 201).created_at;
  assert.equal(await now(), '2031-02-28T09:00:00.000Z');
  clock.moveTo('2031-03-01T17:30:00.500Z');
  assert.equal(await now(), '2031-03-01T17:30:00.500Z');
  clock.moveTo('2030-01-01T00:00:00.000Z');
  assert.equal(await now(), '2031-03-01T17:30:00.500Z');
  assert.match(server.logs, /the time is a test's/);
  await server.stop({ check: true });
});

test('everywhere else it is refused, and so is a file that is none', async () => {
  const place = await makeHome();
  await place.write('clock', '2031-02-28T09:00:00.000Z\n');
  await place.write('words', 'tomorrow, perhaps, about noon\n');
  const serve = (clock, environment) => run(place, ['--db', place.library, '--listen', '127.0.0.1:0'], { env: { CARREL_TEST_CLOCK: place.inside(clock), CARREL_ENVIRONMENT: environment } });
  for (const environment of [undefined, 'development', 'staging', 'production']) {
    says(await serve('clock', environment), /CARREL_TEST_CLOCK is for CARREL_ENVIRONMENT=test, and this is (development|staging|production)/);
  }
  says(await serve('words', 'test'), /words.*begins with an instant/);
  says(await serve('none', 'test'), /none.*begins with an instant/);
  assert.ok(!existsSync(place.path('library.db')), 'and nothing was made');
  await place.remove();
});
