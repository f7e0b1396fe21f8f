// run.mjs — `make test-model`: ACTS acts of seed SEED at a server and in the model, the whole library compared every few
// hundred of them and at the end, then `--check`. ONLY=lend,renewLoan names the acts that are to happen, as acts.mjs does.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { acts } from './acts.mjs';
import { newMember, newTitle } from './acts_records.mjs';
import { sameLibrary } from './compare.mjs';
import { Driver } from './driver.mjs';
import { printSummary } from './summary.mjs';

const ACTS = wholeNumber('ACTS', 20_000);
const SEED = wholeNumber('SEED', 20260302);
const COMPARE_EVERY = 250;
const MEMBERS = 14;
const TITLES = 24;
const BEGINNING = '2026-03-02T09:00:00.000Z';
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Auckland'];

const ONLY = process.env.ONLY ? process.env.ONLY.split(',') : Object.keys(acts);

function wholeNumber(name, otherwise) {
  const text = process.env[name] || String(otherwise);
  if (/^\d{1,9}$/.test(text)) return Number(text);
  console.error(`model: ${name}=${text} is no whole number`);
  return process.exit(2);
}

/** The seed has its zone; where the machine has no zone files, it is Greenwich. */
function zoneOf(seed) {
  const zone = ZONES[seed % ZONES.length];
  return existsSync(`/usr/share/zoneinfo/${zone}`) ? zone : 'UTC';
}

const driver = new Driver(SEED);

async function begin() {
  await driver.start(BEGINNING, zoneOf(SEED));
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
  for (const [name, [, , route]] of Object.entries(acts)) assert.ok(!route || driver.routes.has(route), `${name}: there is no ${route} any more`);
  const weights = Object.fromEntries(ONLY.map((name) => [name, acts[name][0]]));
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
  process.exit(1);
}
printSummary(driver, Math.round((performance.now() - started) / 1000));
