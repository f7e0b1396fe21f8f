// days.mjs — the model's calendar: plain day numbers, and a loop over the days wherever something is counted.
//
// Days are numbers since 1970-01-01, all in Greenwich, as the tests' servers have it. What is open and what costs is
// asked day by day; nothing is kept.

export const DAY_MS = 86_400_000;
const SEARCH_DAYS = 800;

export const dayOf = (ms) => Math.floor(ms / DAY_MS);
export const startOf = (day) => day * DAY_MS;
export const dateOf = (day) => new Date(startOf(day)).toISOString().slice(0, 10);
export const endOf = (day) => new Date(startOf(day + 1) - 1).toISOString();
export const dayFrom = (date) => dayOf(Date.parse(`${date}T00:00:00Z`));
/** 0 is Monday; day 0 was a Thursday. */
export const weekdayOf = (day) => (((day + 3) % 7) + 7) % 7;

/** The same date `years` later; the 29th of February becomes the 1st of March. */
function yearsLater(day, years) {
  const date = new Date(startOf(day));
  return dayOf(Date.UTC(date.getUTCFullYear() + years, date.getUTCMonth(), date.getUTCDate()));
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

  /** How many of the days after `due`, up to and including `back`, cost a fine. */
  fineDays(due, back) {
    let count = 0;
    for (let day = due + 1; day <= back; day++) if (this.closedDaysCost || this.isOpen(day)) count++;
    return count;
  }
}
