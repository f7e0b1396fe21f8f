// Labels and cards: the PDF that a librarian downloads is rendered as a printer would, every barcode read back from the
// dots, and its place on the sheet measured.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { copiesOf, expect, makeBook, makeMember } from '../support/library.mjs';
import { startServer, top } from '../support/server.mjs';
import { inPage, quiet, startBrowser } from './browser.mjs';
import { DOT, measure, printed, words } from './paper.mjs';

let server;
let browser;
let folder;
let sheets;

/** The page's own module, as the browser has it. */
async function sheetsModule() {
  const { build } = createRequire(join(top, 'assets/build.mjs'))('esbuild');
  const { outputFiles } = await build({ entryPoints: [join(top, 'assets/labels/sheets.ts')], bundle: true, format: 'esm', write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

before(async () => {
  sheets = await sheetsModule();
  folder = await mkdtemp(join(tmpdir(), 'carrel-labels-'));
  server = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop({ check: true });
  if (folder) await rm(folder, { recursive: true, force: true });
});

const task = (name, steps) => inPage(browser, server.url, name, async (page) => {
  await page.goto(`${server.url}/labels`);
  await steps(page);
});

const INCH = 25.4;
const near = (given, wanted, by, what) => assert.ok(Math.abs(given - wanted) <= by, `${what}: ${given.toFixed(3)} instead of ${wanted.toFixed(3)} mm`);

/**
 * As the packs have it, written down here once more: width, height of the label; how many across and down; left and
 * top of the first; from edge to edge.
 */
const PACKS = {
  5160: { paper: [215.9, 279.4], label: [66.675, 25.4], places: [3, 10], first: [4.7625, 12.7], pitch: [69.85, 25.4] },
  5163: { paper: [215.9, 279.4], label: [101.6, 50.8], places: [2, 5], first: [3.96875, 12.7], pitch: [106.3625, 50.8] },
  5167: { paper: [215.9, 279.4], label: [44.45, 12.7], places: [4, 20], first: [7.14375, 12.7], pitch: [52.3875, 12.7] },
  5371: { paper: [215.9, 279.4], label: [88.9, 50.8], places: [2, 5], first: [19.05, 12.7], pitch: [88.9, 50.8] },
  L7160: { paper: [210, 297], label: [63.5, 38.1], places: [3, 7], first: [7.21, 15.15], pitch: [66.04, 38.1] },
  L7163: { paper: [210, 297], label: [99.1, 38.1], places: [2, 7], first: [4.65, 15.15], pitch: [101.6, 38.1] },
  L7651: { paper: [210, 297], label: [38.1, 21.2], places: [5, 13], first: [4.75, 10.7], pitch: [40.6, 21.2] },
  C32011: { paper: [210, 297], label: [85, 54], places: [2, 5], first: [15, 13.5], pitch: [95, 54] },
};

/** The n-th place of a sheet, moved by the calibration. */
function placeOf(name, n, [right, down] = [0, 0]) {
  const { label, places, first, pitch } = PACKS[name];
  return { x: first[0] + (n % places[0]) * pitch[0] + right, y: first[1] + Math.floor(n / places[0]) * pitch[1] + down, width: label[0], height: label[1] };
}

const choose = (page, name) => page.getByLabel('Sheet of labels').selectOption(name);

async function paste(page, codes) {
  await page.getByLabel('Copies').selectOption('list');
  await page.getByLabel('Barcodes', { exact: true }).fill(codes.join('\n'));
}

/** Waits until so many labels are there, and downloads their PDF. */
async function make(page, count) {
  await page.locator(`[data-labels="${count}"]`).waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /^Make the PDF of/ }).click()]);
  const path = join(folder, `${Math.random().toString(36).slice(2)}.pdf`);
  await download.saveAs(path);
  return path;
}

/** The size of every page is the paper's, to the hundredth of a millimetre. */
async function assertPaper(pdf, name, pages) {
  const size = await measure(pdf);
  assert.equal(size.pages, pages);
  assert.equal(size.sizes.length, pages);
  for (const { width, height } of size.sizes) {
    near(width, PACKS[name].paper[0], 0.01, 'width of the paper');
    near(height, PACKS[name].paper[1], 0.01, 'height of the paper');
  }
}

const QUIET = 10;
const NEAR = 0.3;

/**
 * Label for label: the barcode reads as it should, lies in the middle of its label, has its quiet zones, and all its
 * bars and gaps are whole modules wide. Nothing is printed beside the labels or on the places that are to stay free.
 * Gives back the first dark millimetre of the bars below each label's upper edge.
 */
function assertLabels(sheet, name, codes, { start = 0, move = [0, 0] } = {}) {
  const tops = codes.map((code, i) => {
    const place = placeOf(name, start + i, move);
    const label = sheet.cut(place);
    const found = label.barcode();
    assert.equal(found?.text, code, `label ${start + i + 1}`);
    near((found.left + found.right) / 2, place.width / 2, NEAR, `middle of ${code}`);
    const module = Math.min(...found.bars.map(([, wide]) => wide));
    assert.ok(module * DOT >= 0.2, `${code}: bars of ${module} dots`);
    found.bars.forEach(([at, wide], n) => {
      const gap = n ? at - found.bars[n - 1][0] - found.bars[n - 1][1] : 0;
      assert.equal(wide % module, 0, `${code}: bar ${n} is ${wide} dots wide, a module ${module}`);
      assert.equal(gap % module, 0, `${code}: the gap before bar ${n} is ${gap} dots wide, a module ${module}`);
    });
    const quiet = QUIET * module * DOT;
    assert.ok(found.left >= quiet && place.width - found.right >= quiet, `${code} has its quiet zones`);
    const ink = label.ink();
    for (const [side, room] of Object.entries({ left: ink.left, top: ink.top, right: place.width - ink.right, bottom: place.height - ink.bottom })) {
      assert.ok(room >= 0.9, `${code}: ${room.toFixed(2)} mm from the ${side} edge`);
    }
    return found.top;
  });
  codes.forEach((_, i) => sheet.wipe(placeOf(name, start + i, move)));
  assert.equal(sheet.ink(), null, 'nothing beside the labels');
  return tops;
}

test('the sheets have the measures of their packs, and no label leaves the paper or lies over another', () => {
  assert.deepEqual(sheets.SHEETS.map(({ id }) => id).sort(), Object.keys(PACKS).sort());
  for (const sheet of sheets.SHEETS) {
    const { paper, label, places } = PACKS[sheet.id];
    assert.equal(sheets.faultOf(sheet), undefined, sheet.id);
    assert.deepEqual([sheet.columns, sheet.rows], places, sheet.id);
    near(sheet.width, paper[0], 1e-9, sheet.id);
    near(sheet.height, paper[1], 1e-9, sheet.id);
    near(sheet.labelWidth, label[0], 1e-9, sheet.id);
    near(sheet.labelHeight, label[1], 1e-9, sheet.id);
    const all = Array.from({ length: sheets.perSheet(sheet) }, (_, n) => sheets.placeOf(sheet, n));
    all.forEach(({ x, y }, n) => {
      const wanted = placeOf(sheet.id, n);
      near(x, wanted.x, 1e-6, `${sheet.id} label ${n + 1}`);
      near(y, wanted.y, 1e-6, `${sheet.id} label ${n + 1}`);
      assert.ok(x >= 0 && y >= 0 && x + sheet.labelWidth <= sheet.width && y + sheet.labelHeight <= sheet.height, `${sheet.id} label ${n + 1} is on the paper`);
      for (const other of all.slice(0, n)) {
        const apart = Math.max(Math.abs(x - other.x) - sheet.labelWidth, Math.abs(y - other.y) - sheet.labelHeight);
        assert.ok(apart >= -1e-9, `${sheet.id}: labels do not lie over each other`);
      }
    });
    // In the middle of the paper, as they are cut.
    const last = all[all.length - 1];
    near(sheet.width - last.x - sheet.labelWidth, all[0].x, 0.02, `${sheet.id}: right margin`);
    near(sheet.height - last.y - sheet.labelHeight, all[0].y, 0.02, `${sheet.id}: bottom margin`);
  }
});

test('measures that cannot be are called wrong, each for its reason', () => {
  const good = sheets.SHEETS[0];
  const fault = (part) => sheets.faultOf({ ...good, ...part });
  assert.equal(fault({}), undefined);
  assert.equal(fault({ left: NaN }), 'number');
  assert.equal(fault({ columns: 0 }), 'number');
  assert.equal(fault({ rows: 2.5 }), 'number');
  assert.equal(fault({ top: -1 }), 'number');
  assert.equal(fault({ labelWidth: 7 }), 'small');
  assert.equal(fault({ acrossPitch: 2.5 * INCH }), 'overlap');
  assert.equal(fault({ downPitch: 0.9 * INCH }), 'overlap');
  assert.equal(fault({ left: 12 }), 'leaves');
  assert.equal(fault({ rows: 11 }), 'leaves');
  // A single column has no other to lie over.
  assert.equal(fault({ columns: 1, acrossPitch: 0 }), undefined);
});

test('a label goes to the place after the one before it, from the chosen one on, sheet after sheet', () => {
  const sheet = sheets.SHEETS.find(({ id }) => id === 'L7160');
  assert.deepEqual(sheets.seatOf(sheet, 4, 0), { page: 0, cell: 4 });
  assert.deepEqual(sheets.seatOf(sheet, 4, 16), { page: 0, cell: 20 });
  assert.deepEqual(sheets.seatOf(sheet, 4, 17), { page: 1, cell: 0 });
  assert.equal(sheets.pagesOf(sheet, 20, 1), 1);
  assert.equal(sheets.pagesOf(sheet, 20, 2), 2);
  assert.equal(sheets.pagesOf(sheet, 20, 0), 0);
});

/** What no standard font of PDF has: drawn as dots. */
const OTHER_SCRIPTS = ['紅樓夢', 'موسم الهجرة إلى الشمال', 'Война и мир'];
const drawn = new Set();

/** Copies whose titles and barcodes are of every kind. */
async function shelfOfCopies() {
  const titles = ['Wonder', 'Dogger', 'Matilda', 'Persepolis', ...OTHER_SCRIPTS, 'Ünnepi šaty Œuvre', 'Emil'];
  const codes = [];
  for (const title of titles) {
    const book = await makeBook(server, { title, author: 'Somebody', total_copies: 2 });
    const its = (await copiesOf(server, book)).map(({ barcode }) => barcode);
    codes.push(...its);
    if (OTHER_SCRIPTS.includes(title)) its.forEach((code) => drawn.add(code));
  }
  const book = await makeBook(server, { title: 'Ronia' });
  for (const barcode of ['39352000123456', 'abc-123', 'A 1/2.$%+', '7', 'LIB0000042', '~x{}|']) {
    codes.push(expect(await server.post(`/books/${book.id}/copies`, { barcode }), 201).barcode);
  }
  return codes;
}

let codes;

test('barcodes read back from the printed sheet, each where its label is, from label 5 on', () =>
  task('labels', async (page) => {
    codes = await shelfOfCopies();
    await choose(page, 'L7160');
    await paste(page, codes);
    await page.getByLabel('Begin at label').fill('5');
    const pdf = await make(page, codes.length);

    await assertPaper(pdf, 'L7160', 2);
    const [first, second] = await printed(pdf, 1, 2);
    // The title stands right above the bars, whatever its script.
    const bands = codes.slice(0, 17).map((_, i) => {
      const place = placeOf('L7160', 4 + i);
      return first.cut({ ...place, y: place.y + first.cut(place).barcode().top - 3.2, height: 3 }).ink();
    });
    assert.ok(bands.every((ink) => ink && ink.right - ink.left > 5), 'every title is there');
    const tops = assertLabels(first, 'L7160', codes.slice(0, 17), { start: 4 });
    assertLabels(second, 'L7160', codes.slice(17));
    // Library, title (7 and 8.5 points), 14 mm of bars, the number (9 points): the whole in the middle.
    const line = (points, high = 1.2) => (points * high * INCH) / 72;
    tops.forEach((top, i) => {
      const above = line(7) + line(8.5, drawn.has(codes[i]) ? 1.5 : 1.2);
      near(top, (38.1 - above - 14 - line(9)) / 2 + above, NEAR, `top of the bars of ${codes[i]}`);
    });
    assert.match(await words(pdf, 1), /Wonder/);
    assert.match(await words(pdf, 1), /Ünnepi šaty Œuvre/);
    assert.match(await words(pdf, 2), /39352000123456/);
  }));

test('the calibration moves everything, is kept by the browser, and 1 is the first label', () =>
  task('calibration', async (page) => {
    await choose(page, '5160');
    await paste(page, codes.slice(0, 6));
    const straight = await make(page, 6);
    await page.getByLabel('Move right, mm').fill('1,5');
    await page.getByLabel('Move down, mm').fill('-0.7');
    const moved = await make(page, 6);
    await assertPaper(straight, '5160', 1);
    await assertPaper(moved, '5160', 1);
    const [before] = await printed(straight, 1);
    const [after] = await printed(moved, 1);
    const [one, other] = [before.ink(), after.ink()];
    near(other.top - one.top, -0.7, 0.1, 'ink moved up');
    near(other.left - one.left, 1.5, 0.1, 'ink moved right');
    assertLabels(before, '5160', codes.slice(0, 6));
    assertLabels(after, '5160', codes.slice(0, 6), { move: [1.5, -0.7] });

    await page.reload();
    assert.equal(await page.getByLabel('Move right, mm').inputValue(), '1,5');
    assert.equal(await page.getByLabel('Move down, mm').inputValue(), '-0.7');
    assert.equal(await page.getByLabel('Sheet of labels').inputValue(), '5160');
    await page.getByLabel('Move right, mm').fill('wide');
    await page.getByText('Millimetres, at most 20 either way.').waitFor();
    assert.equal(await page.getByRole('button', { name: /^Make the PDF of/ }).count(), 0);
  }));

test('the smallest labels, and labels of one’s own measures, are as exact', () =>
  task('small', async (page) => {
    const short = codes.filter((code) => code.length <= 9);
    await choose(page, '5167');
    await paste(page, short);
    const small = await make(page, short.length);
    await assertPaper(small, '5167', 1);
    // Nothing above the bars: they begin where the label's edge of one millimetre ends.
    for (const top of assertLabels((await printed(small, 1))[0], '5167', short)) near(top, 1, NEAR, 'top of the bars');

    PACKS.own = { paper: [150, 100], label: [60, 30], places: [2, 3], first: [10, 2.5], pitch: [65, 32] };
    await choose(page, 'own');
    const own = { 'Paper width, mm': '150', 'Paper height, mm': '100', 'Labels across': '2', 'Labels down': '3', 'Label width, mm': '60', 'Label height, mm': '30', 'Left margin, mm': '10', 'Top margin, mm': '2,5', 'Edge to edge across, mm': '65', 'Edge to edge down, mm': '35' };
    for (const [label, value] of Object.entries(own)) await page.getByLabel(label).fill(value);
    await page.getByText('The labels reach past the paper.').waitFor();
    await page.getByLabel('Edge to edge down, mm').fill('32');
    const pdf = await make(page, short.length);
    await assertPaper(pdf, 'own', Math.ceil(short.length / 6));
    assertLabels((await printed(pdf, 1))[0], 'own', short.slice(0, 6));
  }));

test('a barcode that no copy has is named; one too long for the label is left out and counted', () =>
  task('left-out', async (page) => {
    const book = await makeBook(server, { title: 'Long' });
    const long = 'Abcdefghijklmnopqrstuvwxyz-Abcdefghijklm';
    expect(await server.post(`/books/${book.id}/copies`, { barcode: long }), 201);
    await choose(page, 'L7651');
    await paste(page, [codes[0], 'NOBODY-HAS-THIS', long, codes[0]]);
    await page.locator('[data-unknown]').getByText('NOBODY-HAS-THIS').waitFor();
    await page.getByText('1 label is left out: its barcode is too long for a label this narrow.').waitFor();
    const pdf = await make(page, 2);
    assertLabels((await printed(pdf, 1))[0], 'L7651', [codes[0], codes[0]]);
    await page.getByLabel('Begin at label').fill('66');
    await page.getByText('A number from 1 to 65.').waitFor();
  }));

test('copies of a shelf, of titles, and since a day; spine labels say the shelf and the author’s letters', () =>
  task('spine', async (page) => {
    const book = await makeBook(server, { title: 'The Kite Runner', author: 'Khaled Hosseini', total_copies: 3 });
    const other = await makeBook(server, { title: 'Kusadikika', author: 'Robert, Shaaban' });
    const copies = [...(await copiesOf(server, book)), ...(await copiesOf(server, other))];
    for (const copy of copies) expect(await server.patch(`/copies/${copy.id}`, { shelf: '823.92 FIC' }, { 'If-Match': `"${copy.version}"` }), 200);

    await page.getByLabel('Spine labels').check({ force: true });
    await choose(page, 'L7651');
    await page.getByLabel('Copies').selectOption('shelf');
    await page.getByLabel('Shelf').fill('823.92 FIC');
    const pdf = await make(page, 4);
    await assertPaper(pdf, 'L7651', 1);
    const said = (await words(pdf, 1)).split(/\s+/).filter(Boolean);
    assert.deepEqual(said.sort(), ['823.92', '823.92', '823.92', '823.92', 'FIC', 'FIC', 'FIC', 'FIC', 'HOS', 'HOS', 'HOS', 'ROB']);
    const [sheet] = await printed(pdf, 1);
    for (let n = 0; n < 4; n++) {
      const place = placeOf('L7651', n);
      const ink = sheet.cut(place).ink();
      near((ink.left + ink.right) / 2, place.width / 2, NEAR, 'the middle of the writing');
      assert.ok(ink.top >= 0.9 && place.height - ink.bottom >= 0.9, 'inside the label');
      sheet.wipe(place);
    }
    assert.equal(sheet.ink(), null);

    await page.getByLabel('Copies').selectOption('books');
    await page.getByLabel('Find a title').fill('Kite');
    await page.getByRole('button', { name: /The Kite Runner/ }).click();
    await page.locator('[data-labels="3"]').waitFor();
    await page.getByLabel('Find a title').fill('Kusadi');
    await page.getByRole('button', { name: /Kusadikika/ }).click();
    await page.locator('[data-labels="4"]').waitFor();
    await page.getByRole('button', { name: 'Kusadikika Remove' }).click();
    await page.locator('[data-labels="3"]').waitFor();

    const all = expect(await server.get('/copies?limit=1'), 200).meta.total;
    await page.getByLabel('Copies').selectOption('since');
    await page.locator(`[data-labels="${all}"]`).waitFor();
    await page.getByLabel('Since').fill('2999-01-01');
    await page.getByText('No labels yet').waitFor();
  }));

test('member cards of a group, and of chosen members, in any script', () =>
  task('cards', async (page) => {
    const group = 'Class 4b';
    const names = ['Amina Okafor', '李静', 'Zoë Ångström', 'محمد علي'];
    const members = [];
    for (const name of names) members.push(await makeMember(server, { name, group, expires_on: '2031-08-31' }));
    await makeMember(server, { name: 'Elsewhere', group: 'Class 5a' });

    await page.getByLabel('Member cards').check({ force: true });
    await page.getByLabel('Members', { exact: true }).selectOption('group');
    await page.getByLabel('Group').fill(group);
    const pdf = await make(page, 4);
    await assertPaper(pdf, 'C32011', 1);
    const [sheet] = await printed(pdf, 1);
    const found = [0, 1, 2, 3].map((n) => sheet.cut(placeOf('C32011', n)).barcode()?.text);
    assert.deepEqual([...found].sort(), members.map(({ card }) => card).sort());
    assertLabels(sheet, 'C32011', found);
    const said = await words(pdf, 1);
    assert.match(said, /Amina Okafor/);
    assert.match(said, /Zoë Ångström/);
    assert.equal(said.match(/Class 4b/g).length, 4);
    assert.match(said, /Valid until 31 Aug 2031/);

    await page.getByLabel('Members', { exact: true }).selectOption('chosen');
    await page.getByLabel('Find a member').fill('Elsewhere');
    await page.getByRole('button', { name: /Elsewhere/ }).click();
    await page.locator('[data-labels="1"]').waitFor();
  }));

test('thousands of labels are made a sheet at a time while the page lives, and can be stopped', () =>
  task('thousands', async (page) => {
    for (let n = 0; n < 3; n++) await makeBook(server, { title: `A Thousand ${n}`, total_copies: 1000 });
    await choose(page, 'L7651');
    await page.getByLabel('How many').fill('2600');
    await page.locator('[data-labels="2600"]').waitFor({ timeout: 60_000 });
    await page.evaluate(() => {
      window.parts = [];
      new MutationObserver(() => {
        const bar = document.querySelector('progress');
        if (bar && !window.parts.includes(bar.value)) window.parts.push(bar.value);
      }).observe(document.getElementById('main'), { subtree: true, childList: true, attributes: true });
    });
    const pdf = await make(page, 2600);
    await assertPaper(pdf, 'L7651', 40);
    const parts = await page.evaluate(() => window.parts);
    assert.ok(parts.length > 10 && parts.every((part, n) => n === 0 || part > parts[n - 1]), `the bar grows while sheets are made: ${parts}`);

    const newest = [];
    let cursor = '';
    while (newest.length < 2600) {
      const { data, meta } = expect(await server.get(`/copies?sort_by=created_at&order=desc&limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`), 200);
      newest.push(...data.map(({ barcode }) => barcode));
      cursor = meta.next_cursor;
    }
    const [last] = await printed(pdf, 40);
    assertLabels(last, 'L7651', newest.slice(39 * 65, 2600));

    // Stopped as soon as that can be: no file comes.
    let downloads = 0;
    page.on('download', () => downloads++);
    await page.evaluate(() => {
      const watcher = new MutationObserver(() => {
        const stop = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Stop');
        if (!stop) return;
        watcher.disconnect();
        stop.click();
      });
      watcher.observe(document.getElementById('main'), { subtree: true, childList: true });
    });
    await page.getByRole('button', { name: /^Make the PDF of/ }).click();
    await page.locator('progress').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Make the PDF of/ }).waitFor();
    await quiet(page);
    assert.equal(downloads, 0);
  }));
