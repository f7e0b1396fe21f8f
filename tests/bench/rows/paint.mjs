// paint.mjs — how soon a screen is there in Chromium and what keeps it from answering: first contentful paint, the moment
// its content stands, and tasks longer than 50 ms (Long Tasks API), on the large library. A fresh browser for each visit.
import { median, round, row } from '../lib.mjs';

const REPEATS = 3;
const SCREENS = [
  ['the desk', '/', '#scan'],
  ['the catalogue', '/catalogue', 'table tbody tr'],
  ['a search of it', '/catalogue?q=garden', 'table tbody tr'],
  ['the members', '/members', 'table tbody tr'],
  ['the loans', '/borrows', 'table tbody tr'],
  ['the dashboard', '/dashboard', 'svg'],
];

/** Paints, and tasks that took too long, as the browser itself counts them. */
function watch() {
  window.seen = { paint: 0, tasks: [] };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByName('first-contentful-paint')) window.seen.paint = entry.startTime;
  }).observe({ type: 'paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.seen.tasks.push(entry.duration);
  }).observe({ type: 'longtask', buffered: true });
}

async function visit(startBrowser, address, content) {
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.addInitScript(watch);
    await page.goto(address);
    await page.locator(content).first().waitFor();
    const there = await page.evaluate(() => performance.now());
    // Until the observers have been told.
    const seen = await page.evaluate(() => new Promise((done) => { setTimeout(() => done(window.seen), 300); }));
    return { paint: seen.paint, there, tasks: seen.tasks };
  } finally {
    await browser.close();
  }
}

export async function paint(server) {
  let startBrowser;
  try {
    ({ startBrowser } = await import('../../browser/browser.mjs'));
  } catch {
    row('screens in Chromium', 'not measured: npm ci in tests, and Chromium, are needed');
    return;
  }
  const base = server.url.replace(/\/$/, '');
  for (const [what, address, content] of SCREENS) {
    const visits = [];
    for (let i = 0; i < REPEATS; i++) visits.push(await visit(startBrowser, base + address, content));
    const of = (name) => round(median(visits.map((one) => one[name])), 0);
    const tasks = visits.flatMap((one) => one.tasks);
    row(`screen: ${what}`, `first paint ${of('paint')}, content ${of('there')} ms`, '', '',
      tasks.length === 0 ? 'no task past 50 ms' : `${round(tasks.length / REPEATS, 1)} long tasks a visit, longest ${round(Math.max(...tasks), 0)} ms`);
  }
}
