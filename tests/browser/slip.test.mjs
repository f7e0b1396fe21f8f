// A slip for the reader's hand: printed at the desk and at returns, narrow and on a sheet, by button and by key.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { copiesOf, DAY_MS, expect, lend, makeBook, makeMember } from '../support/library.mjs';
import { daysAgo, NOON, startServer } from '../support/noon.mjs';
import { newPage, scan, startBrowser, watched } from './browser.mjs';

let server;
let browser;

before(async () => {
  server = await startServer({ args: ['--default-borrow-duration-days', '4'] });
  expect(await server.put('/admin/system-config', { library_name: 'Millbrook Village Library' }), 200);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
});

const barcodeOf = async (book) => (await copiesOf(server, book))[0].barcode;

/** Counts what is sent to the printer instead of opening the browser's own dialog. */
async function printer(page) {
  await page.addInitScript(() => {
    window.printed = 0;
    window.print = () => {
      window.printed += 1;
    };
  });
  return () => page.evaluate(() => window.printed);
}

/** What is on the paper: every element that shows when the page is printed, in points of a page that wide. */
async function onPaper(page, width) {
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width, height: 900 });
  const seen = await page.evaluate(() => {
    const slip = document.querySelector('.slip').getBoundingClientRect();
    const others = [...document.querySelectorAll('h1, h2, button, a, input, table, nav')].filter((one) => one.getClientRects().length > 0 && !one.closest('.slip'));
    return { text: document.body.innerText, left: slip.left, right: slip.right, others: others.map((one) => one.outerHTML.slice(0, 80)) };
  });
  await page.emulateMedia({ media: null });
  await page.setViewportSize({ width: 1280, height: 900 });
  return seen;
}

test('after lending, the slip has what was lent now, what was out, the days, and nothing else is printed', async () => {
  const { page, faults } = await newPage(browser, server.url, { now: NOON });
  const printed = await printer(page);
  await watched(page, 'slip-desk', async () => {
    const member = await makeMember(server, { name: 'Amina Okafor' });
    const [had, dogger, wonder] = [await makeBook(server, { title: 'Had Before' }), await makeBook(server, { title: 'Dogger' }), await makeBook(server, { title: 'Wonder' })];
    await lend(server, had, member);
    await page.goto(server.url);
    await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
    await page.keyboard.press('F4');
    assert.equal(await printed(), 0, 'nobody is open: there is nothing to print');
    await scan(page, member.card);
    for (const book of [dogger, wonder]) await scan(page, await barcodeOf(book));
    const slip = page.locator('.slip');
    await slip.getByText('Lent now 2').waitFor();

    await page.keyboard.press('F4');
    assert.equal(await printed(), 1);
    await page.getByRole('button', { name: /Print slip/ }).click();
    assert.equal(await printed(), 2);
    await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');

    const due = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(NOON + 4 * DAY_MS).replace(',', '');
    for (const width of [300, 720]) {
      const paper = await onPaper(page, width);
      for (const word of ['Millbrook Village Library', 'Amina Okafor', member.card, 'Dogger', 'Wonder', 'Had Before', `until ${due}`]) assert.ok(paper.text.includes(word), `${word} on ${width}: ${paper.text}`);
      assert.deepEqual(paper.others, [], 'nothing but the slip');
      assert.ok(paper.left >= 0 && paper.right <= width, `it fits ${width} px: ${paper.left} to ${paper.right}`);
    }
    const roll = await page.pdf({ width: '80mm', height: '297mm' });
    const sheet = await page.pdf({ format: 'A4' });
    for (const pdf of [roll, sheet]) assert.equal((pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) || []).length, 1, 'one page');
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('at returns the slip of whoever was last says what came back, what it costs, what was paid, and what is still out', async () => {
  const { page, faults } = await newPage(browser, server.url, { now: NOON });
  const printed = await printer(page);
  await watched(page, 'slip-returns', async () => {
    const member = await makeMember(server, { name: 'Oskar Lindqvist' });
    const other = await makeMember(server, { name: 'Somebody Else' });
    const [late, out, theirs] = [await makeBook(server, { title: 'Late Back' }), await makeBook(server, { title: 'Still Out' }), await makeBook(server, { title: 'Of Another' })];
    await lend(server, late, member, { occurred_at: daysAgo(9) });
    await lend(server, out, member);
    await lend(server, theirs, other);
    await page.goto(`${server.url}/returns`);
    assert.equal(await page.getByRole('button', { name: /Print slip/ }).count(), 0, 'no button that does nothing');
    await page.waitForFunction(() => document.activeElement?.id === 'returned');
    await scan(page, await barcodeOf(theirs));
    await page.locator('.slip').getByText('Of Another').waitFor();
    await scan(page, await barcodeOf(late));
    const slip = page.locator('.slip');
    await slip.getByText('Late Back').waitFor();
    await slip.getByText('Still Out').waitFor();
    assert.equal(await slip.getByText('Of Another').count(), 0, 'one reader, one slip');
    const { balance } = expect(await server.get(`/members/${member.id}/fines`), 200);
    assert.ok(balance > 1);
    await slip.getByText(`€${balance.toFixed(2)}`).first().waitFor();

    expect(await server.post('/fines/pay', { member_id: member.id, amount: '1.00', method: 'cash' }), 201);
    await page.reload();
    const more = await makeBook(server, { title: 'One More' });
    await lend(server, more, member);
    await page.waitForFunction(() => document.activeElement?.id === 'returned');
    await scan(page, await barcodeOf(more));
    await slip.getByText('Paid today').waitFor();
    await slip.getByText('€1.00').waitFor();
    await slip.getByText(`€${(balance - 1).toFixed(2)}`).waitFor();
    await page.keyboard.press('F4');
    assert.equal(await printed(), 1);
    assert.deepEqual((await onPaper(page, 300)).others, []);
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});
