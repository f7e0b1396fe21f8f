// days.mjs — the model's calendar: plain day numbers, and a loop over the days wherever something is counted.
//
// Days are numbers since 1970-01-01 in the library's zone. What is open and what costs is asked day by day; nothing is
// kept but the zone's offsets, a quarter of an hour at a time.

import { DAY_MS } from '../support/library.mjs';

export { DAY_MS };

const QUARTER_MS = 900_000;
const SEARCH_DAYS = 800;

let clock = null; // of the zone; null: Greenwich
let offsets = new Map();

export function useZone(zone) {
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' };
  clock = zone === 'UTC' ? null : new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...parts });
  offsets = new Map();
}

/** By how much the zone's clocks are ahead of Greenwich. */
function offsetAt(ms) {
  if (clock === null) return 0;
  const quarter = Math.floor(ms / QUARTER_MS) * QUARTER_MS;
  if (!offsets.has(quarter)) {
    const { year, month, day, hour, minute, second } = Object.fromEntries(clock.formatToParts(quarter).map(({ type, value }) => [type, Number(value)]));
    offsets.set(quarter, Date.UTC(year, month - 1, day, hour, minute, second) - quarter);
  }
  return offsets.get(quarter);
}

export const dayOf = (ms) => Math.floor((ms + offsetAt(ms)) / DAY_MS);
/** The first instant of a day: midnight is skipped in none of the zones that are used here. */
export function startOf(day) {
  const guess = day * DAY_MS - offsetAt(day * DAY_MS);
  return day * DAY_MS - offsetAt(guess);
}
export const endOf = (day) => new Date(startOf(day + 1) - 1).toISOString();
export const dateOf = (day) => new Date(day * DAY_MS).toISOString().slice(0, 10);
export const dayFrom = (date) => Date.parse(`${date}T00:00:00Z`) / DAY_MS;
/** 0 is Monday; day 0 was a Thursday. */
const weekdayOf = (day) => (((day + 3) % 7) + 7) % 7;

/** The same date `years` later; the 29th of February becomes the 1st of March. */
function yearsLater(day, years) {
  const date = new Date(day * DAY_MS);
  return Date.UTC(date.getUTCFullYear() + years, date.getUTCMonth(), date.getUTCDate()) / DAY_MS;
}

export class Calendar {
  hours = []; // [{ weekday, opens, closes }], empty: open every day
  closed = []; // [{ id, kind, first, last, yearly, name, moves }]
  closedDaysCost = false;

  covers(row, day) {
    if (!row.yearly) return row.first <= day && day <= row.last;
    for (let years = 0; yearsLater(row.first, years) <= day; years++) {
      if (day <= yearsLater(row.last, years)) return true;
    }
    return false;
  }

  isOpen(day) {
    if (this.closed.some((row) => row.kind === 'opening' && this.covers(row, day))) return true;
    if (this.closed.some((row) => row.kind === 'closure' && this.covers(row, day))) return false;
    return this.hours.length === 0 || this.hours.some((row) => row.weekday === weekdayOf(day));
  }

  /** The day itself, or the first after it that is open. */
  nextOpen(day) {
    for (let ahead = 0; ahead <= SEARCH_DAYS; ahead++) if (this.isOpen(day + ahead)) return day + ahead;
    return day;
  }

  dueDay(from, loanDays) {
    return this.nextOpen(from + loanDays);
  }

  /** How many of the days after `due`, or after the first open one from then on, up to and including `back`, cost a fine. */
  fineDays(due, back) {
    let count = 0;
    for (let day = this.nextOpen(due) + 1; day <= back; day++) if (this.closedDaysCost || this.isOpen(day)) count++;
    return count;
  }
}
