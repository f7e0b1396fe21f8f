// closing.mjs — the model's calendar as people change it, and what was due when a closure comes in between.
import { strictEqual as is, ok } from 'node:assert';
import { dayFrom, dayOf } from './days.mjs';
import { no } from './library.mjs';

/** What is due on a day that has just been closed: loans, and what waits to be fetched. */
function stranded(library, row) {
  const { calendar } = library;
  const inside = (day) => calendar.covers(row, day) && !calendar.isOpen(day);
  const byPlace = (list) => (a, b) => a.day - b.day || list.indexOf(a.what) - list.indexOf(b.what);
  const loans = library.loans.filter((loan) => loan.returnedAt === null && inside(loan.dueDay)).map((what) => ({ what, day: what.dueDay }));
  const holds = library.holds.filter((hold) => hold.status === 'ready' && inside(hold.pickupDay)).map((what) => ({ what, day: what.pickupDay }));
  return { loans: loans.sort(byPlace(library.loans)), holds: holds.sort(byPlace(library.holds)) };
}

/** A closure with nothing moved yet: for its preview and for its being entered. */
function draft(library, row, act) {
  library.calendar.closed.push(row);
  try {
    return act(stranded(library, row));
  } finally {
    library.calendar.closed.pop();
  }
}

export function previewClosure(library, row, { move }) {
  const { loans, holds } = draft(library, row, (found) => found);
  return {
    ok: 200,
    then(reply) {
      is(reply.loans_moved, move ? loans.length : 0, 'loans_moved');
      is(reply.holds_moved, move ? holds.length : 0, 'holds_moved');
      row.foretold = reply.per_day;
      sameDueCounts(library, row.foretold, 'returns_before');
    },
  };
}

/** How many loans are due on each day that a preview names. */
function sameDueCounts(library, days, which) {
  for (const one of days) {
    const due = library.loans.filter((loan) => loan.returnedAt === null && loan.dueDay === dayFrom(one.day)).length;
    is(one[which], due, `${one.day}: ${which}`);
  }
}

export function enterClosure(library, row, { move, spread }) {
  return {
    ok: 201,
    then(reply) {
      library.calendar.closed.push(row);
      Object.assign(row, { id: reply.id, moves: [], pending: [], spread });
      const { loans, holds } = move ? stranded(library, row) : { loans: [], holds: [] };
      is(reply.loans_moved, loans.length, 'loans_moved');
      is(reply.holds_moved, holds.length, 'holds_moved');
      for (const { what: hold, day } of holds) {
        hold.pickupDay = library.calendar.nextOpen(day);
        row.moves.push({ hold, before: day, after: hold.pickupDay });
      }
      row.pending = loans;
    },
  };
}

/** Due on another day; who is not late any more is urged anew when it comes to that. */
function moveLoan(library, loan, day) {
  loan.dueDay = day;
  if (day >= library.today) loan.overdueStep = 0;
}

/** Where the loans of a closure went: to the next open day, or evenly over the next few, in their order. */
export function settleMoves(library, row, loansOnServer) {
  const dueOf = new Map(loansOnServer.map((one) => [one.id, dayOf(Date.parse(one.due_date))]));
  const { pending: loans, spread } = row;
  row.pending = [];
  const counts = new Map(); // of the loans that share their days: how many went to each
  let [last, group] = [0, 0];
  for (const { what: loan, day } of loans) {
    const first = library.calendar.nextOpen(day);
    const allowed = [first];
    while (allowed.length < spread) allowed.push(library.calendar.nextOpen(allowed.at(-1) + 1));
    const after = dueOf.get(loan.id);
    ok(allowed.includes(after), `loan ${loan.id}: due ${day} is moved to ${after}, one of ${allowed}`);
    if (group === first) ok(after >= last, `loan ${loan.id}: not due before one that was due before it`);
    [last, group] = [after, first];
    const days = counts.get(first) ?? new Map(allowed.map((one) => [one, 0]));
    counts.set(first, days.set(after, days.get(after) + 1));
    moveLoan(library, loan, after);
    if (day < library.today) library.ledger.postOverdue(loan, library.fineOf(loan, library.today)); // it was late, and no longer is, or not so much
    row.moves.push({ loan, before: day, after });
  }
  for (const days of counts.values()) ok(Math.max(...days.values()) - Math.min(...days.values()) <= 1, `spread evenly: ${[...days]}`);
  sameDueCounts(library, row.foretold, 'returns_after');
}

/** What is due on a day that an act closes which was open goes to the next open one; says how much went. */
function movingOn(library, act) {
  const { calendar, today } = library;
  const ahead = (day) => day >= today && calendar.isOpen(day);
  const loans = library.loans.filter((loan) => loan.returnedAt === null && ahead(loan.dueDay));
  const holds = library.holds.filter((hold) => hold.status === 'ready' && ahead(hold.pickupDay));
  act();
  const moves = (day) => calendar.nextOpen(day) !== day;
  const [goneLoans, goneHolds] = [loans.filter((loan) => moves(loan.dueDay)), holds.filter((hold) => moves(hold.pickupDay))];
  for (const loan of goneLoans) moveLoan(library, loan, calendar.nextOpen(loan.dueDay));
  for (const hold of goneHolds) hold.pickupDay = calendar.nextOpen(hold.pickupDay);
  return { loans: goneLoans.length, holds: goneHolds.length };
}

export function changeWeek(library, hours) {
  return {
    ok: 200,
    then(reply) {
      const { loans, holds } = movingOn(library, () => (library.calendar.hours = hours));
      is(reply.loans_moved, loans, 'loans_moved');
      is(reply.holds_moved, holds, 'holds_moved');
    },
  };
}

/** Taken back: what still stands where it was moved goes back, and nothing becomes late by it. */
export function takeBackClosure(library, row) {
  if (!row) return no(404, 'CLOSURE_NOT_FOUND');
  return {
    ok: 200,
    then(reply) {
      const { calendar } = library;
      let { loans, holds } = movingOn(library, () => (calendar.closed = calendar.closed.filter((one) => one !== row)));
      for (const { loan, hold, before, after } of row.moves) {
        const back = calendar.nextOpen(Math.max(before, library.today));
        if (back >= after) continue; // it would not get any earlier
        if (loan && loan.returnedAt === null && loan.dueDay === after) {
          loans++;
          moveLoan(library, loan, back);
        }
        if (hold && hold.status === 'ready' && hold.pickupDay === after) {
          holds++;
          hold.pickupDay = back;
        }
      }
      is(reply.loans_moved, loans, 'loans_moved');
      is(reply.holds_moved, holds, 'holds_moved');
    },
  };
}
