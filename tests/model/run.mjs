// run.mjs — `make test-model`: ACTS acts of seed SEED, then the whole library once more, and `--check`.
import { acts } from './acts.mjs';
import { newMember, newTitle } from './acts_records.mjs';
import { sameLibrary } from './compare.mjs';
import { Driver } from './driver.mjs';
import { printSummary } from './summary.mjs';

const ACTS = Number(process.env.ACTS || 4000);
const SEED = Number(process.env.SEED || 20260302);
const COMPARE_EVERY = 250;
const MEMBERS = 14;
const TITLES = 24;
const BEGINNING = '2026-03-02T09:00:00.000Z';

const ONLY = process.env.ONLY?.split(',');

const driver = new Driver(SEED);

async function begin() {
  await driver.start(BEGINNING);
  for (const rule of (await driver.get('/policies/loan-rules')).data) {
    driver.library.rules.push({
      id: rule.id, memberType: rule.member_type, itemType: rule.item_type, max_loans: rule.max_loans, loan_days: rule.loan_days, max_renewals: rule.max_renewals,
      hold_limit: rule.hold_limit, fine_per_day: Math.round(rule.fine_per_day * 100), fine_cap: rule.fine_cap === null ? null : Math.round(rule.fine_cap * 100), grace_days: rule.grace_days,
    });
  }
  for (let i = 0; i < TITLES; i++) await newTitle(driver);
  for (let i = 0; i < MEMBERS; i++) await newMember(driver);
}

async function run() {
  const possible = Object.entries(acts).filter(([name, [, , route]]) => (!route || driver.routes.has(route)) && (!ONLY || ONLY.includes(name)));
  const weights = Object.fromEntries(possible.map(([name, [weight]]) => [name, weight]));
  for (driver.done = 1; driver.done <= ACTS; driver.done++) {
    await acts[driver.random.weighted(weights)][1](driver);
    if (driver.done % COMPARE_EVERY === 0) await sameLibrary(driver);
  }
  await sameLibrary(driver, true);
}

const started = performance.now();
try {
  await begin();
  await run();
  await driver.stop();
} catch (error) {
  console.error(driver.failure(error));
  if (process.env.STACK) console.error(error.stack);
  process.exit(1);
}
printSummary(driver, Math.round((performance.now() - started) / 1000));
