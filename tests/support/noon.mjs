// noon.mjs — a day that stands still, for tests that count in days: it is noon in Greenwich on a Monday, in the test and in its
// servers alike. No midnight comes between them, whenever they are run, and every run has the same dates.
//
//     import { dayFromNow, startServer } from '../support/noon.mjs';
//
// Where time has to pass there is test_clock.mjs.
import { existsSync } from 'node:fs';
import { DAY_MS } from './library.mjs';
import { makeHome, startServer as start } from './server.mjs';

export const NOON = Date.parse('2026-03-02T12:00:00.000Z');

/** An instant so many days before now; a day so many days after today, YYYY-MM-DD. */
export const daysAgo = (days) => new Date(NOON - days * DAY_MS).toISOString();
export const dayFromNow = (days) => daysAgo(-days).slice(0, 10);

/** As in server.mjs, at noon. */
export async function startServer({ home: given, env = {}, ...options } = {}) {
  const home = given ?? (await makeHome());
  if (!existsSync(home.path('clock'))) await home.write('clock', `${new Date(NOON).toISOString()}\n`);
  return start({ ...options, home, env: { CARREL_ENVIRONMENT: 'test', CARREL_TEST_CLOCK: home.inside('clock'), ...env } });
}
