// The API to be read and tried, at /docs: Swagger UI out of the program itself, with the page's own rights.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expect } from '../support/library.mjs';
import { setUp } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';
import { enter, newPage, startBrowser, watched } from './browser.mjs';

let server;
let browser;
let admin;
before(async () => {
  server = await startServer({ auth: 'on' });
  admin = await setUp(server);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

test('anybody reads it, nothing is fetched from elsewhere, and nothing else loads it', async () => {
  const { page, faults } = await newPage(browser, server.url);
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await watched(page, 'docs-read', async () => {
    await page.goto(`${server.url}/catalogue`);
    await page.locator('h1').first().waitFor();
    assert.ok(!asked.some((url) => /docs_page/.test(url)), 'not on other pages');
    await page.goto(`${server.url}/docs`);
    await page.getByRole('heading', { name: 'The API', level: 1 }).waitFor();
    const { paths } = expect(await server.http('GET', '/openapi.json').then((reply) => ({ ...reply, body: JSON.parse(reply.text) })), 200);
    const operations = Object.values(paths).reduce((sum, path) => sum + Object.keys(path).length, 0);
    assert.ok(operations > 200);
    await page.locator('.opblock-tag').first().waitFor();
    assert.deepEqual(asked.filter((url) => !url.startsWith(server.url) && !url.startsWith('data:')), []);
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('who has signed in tries a change: it is done with their session and its token', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'docs-try', async () => {
    await enter(page, `${server.url}/sign-in`, 'Ada Admin');
    await page.goto(`${server.url}/docs`);
    await page.locator('#operations-tag-books').waitFor();
    await page.locator('#operations-tag-books').click();
    const operation = page.locator('#operations-books-post_books');
    await operation.locator('.opblock-summary').click();
    // What the operation refers to, as the words of a refusal, stands in place, and nothing was not found.
    await operation.locator('.response', { hasText: 'Another title has the ISBN.' }).first().waitFor();
    assert.equal(await page.getByText('#/components/').count(), 0);
    assert.equal(await page.locator('.errors-wrapper').count(), 0);
    await operation.getByRole('button', { name: 'Try it out' }).click();
    await operation.locator('textarea').fill('{"title": "Middlemarch", "author": "George Eliot"}');
    await operation.getByRole('button', { name: 'Execute' }).click();
    await operation.locator('.live-responses-table .response-col_status', { hasText: '201' }).first().waitFor();
    assert.equal(expect(await admin.get('/books?q=middlemarch'), 200).meta.total, 1);
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});
