// How often one may ask (QUALITY.md "Let no one in"): the count itself has its unit tests; here is what a client sees.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { expect, makeBook, refused } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';

const STAFF = 1200; // a signed-in librarian's, and everybody's while nobody signs in

let server;
let book;
before(async () => {
  server = await startServer({ args: ['--rate-limit-per-minute', '3'] });
  book = await makeBook(server); // the first request that counts
});
after(() => server.stop({ check: true }));

describe('an account that asks too often', () => {
  let last;

  test('is let through so many times and no more', async () => {
    const counts = {};
    for (let sent = 1; sent < STAFF + 20; sent += 20) {
      const replies = await Promise.all(Array.from({ length: 20 }, () => server.http('GET', '/api/v1/books?limit=1')));
      for (const reply of replies) counts[reply.status] = (counts[reply.status] ?? 0) + 1;
      last = replies.find((reply) => reply.status === 429);
    }
    assert.equal(counts[200], STAFF - 1, JSON.stringify(counts));
    assert.deepEqual(Object.keys(counts), ['200', '429']);
  });

  test('is told so, and when to come back', async () => {
    const told = refused(last, 429, 'RATE_LIMITED', /^Rate limit exceeded/);
    assert.deepEqual(told.reason, { per_minute: STAFF });
    const wait = Number(last.headers['retry-after']);
    assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= 60, `${wait}`);
  });

  test('may not change anything either', async () => {
    refused(await server.post('/books', { title: 'One More', author: 'A. B.' }), 429, 'RATE_LIMITED');
    refused(await server.delete(`/books/${book.id}`), 429, 'RATE_LIMITED');
  });

  test('may look at single things, and the server says that it is well', async () => {
    expect(await server.get(`/books/${book.id}`), 200);
    expect(await server.get('/health'), 200);
    assert.equal((await server.http('GET', '/')).status, 200);
  });

  test('does not shut out the machine itself', async () => {
    expect(await server.local('GET', '/books?limit=1'), 200);
  });
});

describe('without a limit', () => {
  test('nobody is counted', async () => {
    const free = await startServer({ args: ['--rate-limit-per-minute', '0'] });
    for (let sent = 0; sent < STAFF + 100; sent += 20) {
      const replies = await Promise.all(Array.from({ length: 20 }, () => free.http('GET', '/api/v1/books?limit=1')));
      for (const reply of replies) assert.equal(reply.status, 200);
    }
    await free.stop();
  });
});
