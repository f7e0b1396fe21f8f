// scanner.mjs — a hundred scans at the desk, in Chromium: from each Enter to the line on the page that answers it.
import { answerTimes, figures, KEY_MS, scanAll, watchAnswers } from '../../browser/scanner.mjs';
import { api, round, row } from '../lib.mjs';

const MEMBERS = 10;
const BOOKS_EACH = 9;
const WAIT_MS = 60_000;

const unlike = (rows, nameOf) => [...new Map(rows.map((one) => [nameOf(one), one])).values()];

/** Readers who may borrow and have nothing, and copies that are in, each of a title of its own: answers are told apart by their words. */
async function pickScans(server) {
  const members = unlike((await api(server, '/members?status=active&sort_by=created_at&limit=100')).data, ({ name }) => name);
  const pages = await Promise.all([0, 100, 200].map((offset) => api(server, `/books?available=true&sort_by=created_at&limit=100&offset=${offset}`)));
  const books = unlike(pages.flatMap(({ data }) => data), ({ title }) => title);
  const scans = [];
  let next = 0;
  for (const member of members.filter(({ active_borrows_count: has }) => has === 0).slice(0, MEMBERS)) {
    scans.push({ code: member.card, answer: `member ${member.name}` });
    for (let k = 0; k < BOOKS_EACH && next < books.length; k++, next++) {
      const { data: copies } = await api(server, `/books/${books[next].id}/copies?limit=20`);
      const copy = copies.find(({ status }) => status === 'available');
      if (copy) scans.push({ code: copy.barcode, answer: `lent ${books[next].title}` });
    }
  }
  return scans;
}

async function measured(server, startBrowser) {
  const scans = await pickScans(server);
  const browser = await startBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.locator('#scan').waitFor();
    await watchAnswers(page);
    await scanAll(page, scans.map(({ code }) => code));
    await page.waitForFunction(() => document.querySelector('.scan-mode').textContent.match(/\d/) === null, undefined, { timeout: WAIT_MS });
    const { times } = await answerTimes(page, scans.map(({ answer }) => answer));
    // Refused by a rule of the seeded library: answered too, by a line that was not foreseen.
    return { all: scans.length, times: times.filter((ms) => ms !== null) };
  } finally {
    await browser.close();
  }
}

export async function scans(server) {
  let startBrowser;
  try {
    ({ startBrowser } = await import('../../browser/browser.mjs'));
  } catch {
    row('desk: 100 scans in Chromium', 'not measured: npm ci in tests, and Chromium, are needed', '≤ 100 ms');
    return;
  }
  const { all, times } = await measured(server, startBrowser);
  const { p50, p99, max } = figures(times);
  row(`desk: ${all} scans in Chromium, ${KEY_MS} ms a key`, `p50 ${round(p50, 0)}, p99 ${round(p99, 0)}, max ${round(max, 0)} ms to the line`, '≤ 100 ms', '', `${times.filter((ms) => ms <= 100).length} of ${times.length} within 100 ms`);
}
