// A hundred scans at a scanner's speed and without a pause: none is lost, none goes to the wrong reader.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { copiesOf, expect, makeBook, makeMember } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';
import { newPage, startBrowser, watched } from './browser.mjs';
import { answerTimes, figures, KEY_MS, scanAll, watchAnswers } from './scanner.mjs';

const MEMBERS = 10;
const BOOKS_EACH = 9;

let server;
let browser;

before(async () => {
  server = await startServer({ args: ['--max-active-borrows', '20'] });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

test('a hundred scans, five milliseconds a key: every loan is the one that was meant', async () => {
  const meant = new Map();
  const codes = [];
  const answers = [];
  for (let i = 0; i < MEMBERS; i++) {
    const member = await makeMember(server, { name: `Reader ${i}` });
    codes.push(member.card);
    answers.push(`member Reader ${i}`);
    meant.set(member.id, []);
    for (let k = 0; k < BOOKS_EACH; k++) {
      const title = `Title ${i}.${k}`;
      const [copy] = await copiesOf(server, await makeBook(server, { title }));
      codes.push(copy.barcode);
      answers.push(`lent ${title}`);
      meant.get(member.id).push(copy.barcode);
    }
  }
  assert.equal(codes.length, 100);

  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'scanner', async () => {
    await page.goto(server.url);
    await page.locator('#scan').waitFor();
    await watchAnswers(page);
    await scanAll(page, codes);
    await page.locator('[data-result="lent"]').getByText(`Title ${MEMBERS - 1}.${BOOKS_EACH - 1}`).waitFor();

    for (const [id, barcodes] of meant) {
      const loans = expect(await server.get(`/members/${id}/borrows?status=borrowed&limit=100`), 200).data;
      assert.deepEqual(loans.map((loan) => loan.copy.barcode).sort(), [...barcodes].sort());
    }
    assert.equal(expect(await server.get('/borrows?limit=1'), 200).meta.total, MEMBERS * BOOKS_EACH, 'and nothing besides');
    assert.equal(await page.locator('#scan').inputValue(), '');
    const { enters, times } = await answerTimes(page, answers);
    assert.equal(enters, codes.length);
    assert.deepEqual(answers.filter((_, i) => times[i] === null), [], 'each scan was answered by its own line');
    const { p50, p99, max } = figures(times);
    console.log(`# 100 scans, ${KEY_MS} ms a key, from Enter to the answer: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, max ${max.toFixed(0)} ms, ${times.filter((ms) => ms <= 100).length} within 100 ms`);
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('on a phone the scan box stays in sight, however long the visit', async () => {
  const { page, faults } = await newPage(browser, server.url);
  await watched(page, 'scanner-phone', async () => {
    await page.setViewportSize({ width: 360, height: 640 });
    await page.goto(`${server.url}/returns`);
    const box = page.locator('.scan');
    await box.waitFor();
    const out = expect(await server.get('/borrows?status=borrowed&limit=12'), 200).data;
    for (const loan of out) {
      await page.keyboard.type(loan.copy.barcode);
      await page.keyboard.press('Enter');
      await page.locator('[data-result="ok"]').getByText(loan.book.title, { exact: true }).waitFor();
    }
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    assert.ok(await page.evaluate(() => window.scrollY) > 200, 'the page is long');
    const { y, height } = await box.boundingBox();
    assert.ok(y >= 0 && y + height < 640, `the box is at ${y}`);
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});
