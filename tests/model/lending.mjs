// lending.mjs — the model's desk: what a loan, a return, a renewal needs, in the order in which it is asked, and what
// follows from it. Each function decides by the model alone; `then` is called with the server's answer once that has
// said yes, holds it against the model and writes it down.
import { strictEqual as is } from 'node:assert';
import { dateOf, dayOf, endOf, DAY_MS } from './days.mjs';
import { no } from './library.mjs';

const PAST_DAYS = 14;
const FUTURE_MS = 120_000;
export const cents = (amount) => Math.round(amount * 100);
const invalid = no(422, 'VALIDATION_ERROR');

/** When it happened; null when nobody can say so. */
function instantOf(library, occurredAt) {
  if (occurredAt === undefined) return library.now;
  if (occurredAt > library.now + FUTURE_MS || occurredAt < library.now - PAST_DAYS * DAY_MS) return null;
  return Math.min(occurredAt, library.now);
}

function limitRefusal(library, member, itemType) {
  const rule = library.ruleFor(member.type, itemType);
  const loans = library.loansOf(member);
  const ofType = loans.filter((loan) => loan.title.itemType === rule.itemType).length;
  if (rule.itemType !== null && ofType >= rule.max_loans) {
    return no(409, 'BORROW_LIMIT_EXCEEDED', { rule: nameOf(rule), max_loans: rule.max_loans, active_borrows: ofType });
  }
  const total = library.totalRule(member.type);
  if (loans.length >= total.max_loans) {
    return no(409, 'BORROW_LIMIT_EXCEEDED', { rule: nameOf(total), max_loans: total.max_loans, active_borrows: loans.length });
  }
  return null;
}

const nameOf = (rule) => `${rule.memberType ?? 'any'} × ${rule.itemType ?? 'any'}`;

/** Why this copy (or, null, any) of a title is not for this member; null: it is. */
function heldRefusal(library, member, title, copy) {
  const own = library.ownHold(member, title);
  if (own?.status === 'ready' && (copy === null || copy.status === 'available' || copy === own.copy)) return null;
  const waiting = library.waiting(title);
  const available = library.availableCopies(title);
  const reason = { holds_waiting: waiting.length, available_copies: available };
  if (copy?.status === 'on_hold_shelf') return no(409, 'HELD_FOR_ANOTHER', reason);
  const position = waiting.indexOf(own) + 1;
  if (waiting.length === 0 || (position > 0 ? position <= available : available > waiting.length)) return null;
  return no(409, 'HELD_FOR_ANOTHER', reason);
}

/** wish: { member, title | copy, occurredAt, override }; unknown ones are undefined. */
export function lend(library, wish) {
  const at = instantOf(library, wish.occurredAt);
  if (at === null) return invalid;
  const { member } = wish;
  if (!member || member.archived) return no(404, 'MEMBER_NOT_FOUND');
  const refusal = library.memberRefusal(member);
  if (refusal) return refusal;
  const title = wish.byBarcode ? wish.copy?.title : wish.title;
  const there = title && !title.archived;
  const limit = limitRefusal(library, member, there ? title.itemType : null);
  if (limit) return limit;
  if (there && library.loansOf(member).some((loan) => loan.title === title)) return no(409, 'ACTIVE_BORROW_EXISTS');
  if (wish.byBarcode && !wish.copy) return no(404, 'COPY_NOT_FOUND');
  if (!there) return no(404, 'BOOK_NOT_FOUND');
  const own = library.ownHold(member, title);
  const mine = own?.status === 'ready' ? own.copy : null;
  if (!wish.byBarcode && !mine && library.availableCopies(title) === 0) {
    return no(409, 'INVENTORY_UNAVAILABLE', { total_copies: library.totalCopies(title) });
  }
  if (wish.byBarcode && !['available', 'on_hold_shelf'].includes(wish.copy.status)) {
    return no(409, 'COPY_NOT_AVAILABLE', { status: wish.copy.status });
  }
  const copy = wish.byBarcode ? wish.copy : mine;
  const held = heldRefusal(library, member, title, copy);
  if (held && !wish.override) return held;
  const late = (one) => at < library.now && library.loans.some((loan) => loan.copy === one && loan.returnedAt > at);
  if (copy && late(copy)) return invalid;
  // Of a title without its barcode the server chooses the copy: `mayOverlap` when not all of them were in at that time.
  return { ok: 201, mayOverlap: !copy && library.copiesOf(title).filter((one) => one.status === 'available').some(late), then: (reply) => lent(library, { ...wish, title, at, copy, own }, reply) };
}

/** Every reason that speaks against lending now, in the order of the checks: what the simulator tells. */
export function everyRefusal(library, { member, byBarcode, copy: scanned, title: wanted }) {
  const title = byBarcode ? scanned.title : wanted;
  const [rule, total] = [library.ruleFor(member.type, title.itemType), library.totalRule(member.type)];
  const loans = library.loansOf(member);
  const own = library.ownHold(member, title);
  const copy = byBarcode ? scanned : own?.status === 'ready' ? own.copy : null;
  const codes = [];
  if (library.statusOf(member) !== 'active') codes.push(`MEMBER_${library.statusOf(member).toUpperCase()}`);
  if (library.isBlocked(member)) codes.push('MEMBER_BLOCKED');
  if (rule.itemType !== null && loans.filter((loan) => loan.title.itemType === rule.itemType).length >= rule.max_loans) codes.push('BORROW_LIMIT_EXCEEDED');
  if (loans.length >= total.max_loans) codes.push('BORROW_LIMIT_EXCEEDED');
  if (loans.some((loan) => loan.title === title)) codes.push('ACTIVE_BORROW_EXISTS');
  if (!copy && library.availableCopies(title) === 0) codes.push('INVENTORY_UNAVAILABLE');
  else if (copy && !['available', 'on_hold_shelf'].includes(copy.status)) codes.push('COPY_NOT_AVAILABLE');
  if ((copy || library.availableCopies(title) > 0) && heldRefusal(library, member, title, copy)) codes.push('HELD_FOR_ANOTHER');
  return codes;
}

function lent(library, { member, title, at, copy, own }, reply) {
  const chosen = library.copies.find((one) => one.id === reply.copy_id);
  is(chosen?.title, title, 'a copy of that title is lent');
  if (copy) is(chosen, copy, 'this very copy is lent');
  else is(chosen.status, 'available', `a copy that is available is lent, not ${chosen.barcode}`);
  const rule = library.ruleFor(member.type, title.itemType);
  const dueDay = library.calendar.dueDay(dayOf(at), rule.loan_days);
  const loan = {
    id: reply.id, member, title, copy: chosen, rule, borrowedAt: at, dueDay, returnedAt: null, renewals: 0, fine: 0, fineBefore: 0,
    finePerDay: rule.fine_per_day, fineCap: rule.fine_cap, graceDays: rule.grace_days, overdueStep: 0, lost: false, terms: [],
  };
  is(reply.rule, nameOf(rule), 'the rule that decided');
  const other = library.readyHold(chosen);
  if (other && other.member !== member) library.waitAgain(other);
  library.loans.push(loan);
  chosen.status = 'on_loan';
  if (own) {
    const shelved = own.status === 'ready' && own.copy !== chosen ? own.copy : null;
    own.status = 'fulfilled';
    if (shelved) library.takeIn(shelved);
  }
  sameLoan(library, loan, reply);
}

/** A loan as the server shows it is the loan as the model has it. */
export function sameLoan(library, loan, reply) {
  const back = loan.returnedAt !== null;
  is(reply.member_id, loan.member.id, 'member_id');
  is(reply.book_id, loan.title.id, 'book_id');
  is(reply.copy_id, loan.copy.id, 'copy_id');
  is(reply.borrowed_at, new Date(loan.borrowedAt).toISOString(), 'borrowed_at');
  is(reply.due_date, endOf(loan.dueDay), 'due_date');
  is(reply.returned_at, back ? new Date(loan.returnedAt).toISOString() : null, 'returned_at');
  is(reply.status, back ? 'returned' : 'borrowed', 'status');
  is(reply.renewals, loan.renewals, 'renewals');
  is(reply.overdue, !back && library.today > loan.dueDay, 'overdue');
  is(cents(reply.fine), back ? loan.fine : library.fineOf(loan, library.today), 'fine');
  is(reply.lost, loan.lost, 'lost');
  is(reply.overdue_step, loan.overdueStep, 'overdue_step');
}

// ---- taking back ----------------------------------------------------------------------------------------------

/** As it stood then: whatever was renewed since, before anybody told that it was back, is left out. */
function fineAt(library, loan, at) {
  const since = loan.terms.filter((term) => term.at > at);
  if (since.length === 0) return library.fineOf(loan, dayOf(at));
  const fineBefore = loan.fineBefore - since.reduce((sum, term) => sum + term.fine, 0);
  return library.fineOf({ ...loan, dueDay: since[0].before, fineBefore }, dayOf(at));
}

function closeLoan(library, loan, at) {
  loan.returnedAt = at;
  loan.fine = fineAt(library, loan, at);
  library.ledger.postOverdue(loan, loan.fine);
}

/** What the returns desk is told: what came of it, what the reader of that loan owes, whose turn the copy is. */
function sameReception(library, outcome, loan, turn, reply) {
  is(reply.outcome, outcome, 'outcome');
  is(cents(reply.balance), loan ? library.ledger.balance(loan.member) : 0, 'balance');
  if (loan) sameLoan(library, loan, reply);
  else is(reply.id, null, 'of no loan');
  is(reply.next_hold?.hold_id ?? null, turn?.id ?? null, 'next_hold');
  if (!turn) return;
  is(reply.next_hold.member_id, turn.member.id, 'next_hold.member_id');
  is(reply.next_hold.card, turn.member.card, 'next_hold.card');
  is(reply.next_hold.member_name, turn.member.name, 'next_hold.member_name');
  is(reply.next_hold.pickup_until, dateOf(turn.pickupDay), 'next_hold.pickup_until');
}

function takeBack(library, loan, occurredAt) {
  const at = instantOf(library, occurredAt);
  if (at === null || at < loan.borrowedAt) return invalid;
  return {
    ok: 200,
    then(reply) {
      closeLoan(library, loan, at);
      const turn = library.takeIn(loan.copy);
      sameReception(library, 'returned', loan, turn, reply);
    },
  };
}

export function takeBackLoan(library, loan, occurredAt) {
  if (!loan) return no(404, 'BORROW_RECORD_NOT_FOUND');
  if (loan.returnedAt !== null) return no(409, 'ALREADY_RETURNED');
  return takeBack(library, loan, occurredAt);
}

/** Whatever a copy with this barcode means at the returns desk. */
export function takeBackCopy(library, copy, occurredAt) {
  if (!copy) return no(404, 'COPY_NOT_FOUND');
  const loan = library.openLoan(copy);
  if (loan) return takeBack(library, loan, occurredAt);
  if (copy.status === 'lost') return findAgain(library, copy, occurredAt);
  if (copy.status === 'available' && library.waiting(copy.title).length > 0) return comesFree(library, copy, occurredAt);
  return no(409, 'ALREADY_RETURNED', { status: copy.status });
}

/** It stood on its shelf, and a reader waits for it. */
function comesFree(library, copy, occurredAt) {
  if (instantOf(library, occurredAt) === null) return invalid;
  return { ok: 200, then: (reply) => sameReception(library, 'pulled', null, library.takeIn(copy), reply) };
}

/** It was lost, and is there again. */
function findAgain(library, copy, occurredAt) {
  if (instantOf(library, occurredAt) === null) return invalid;
  if (copy.title.archived) return no(404, 'BOOK_NOT_FOUND');
  const last = library.loans.filter((one) => one.copy === copy).at(-1);
  const loan = last?.lost ? last : null; // else somebody else has lost it
  return {
    ok: 200,
    then(reply) {
      if (loan && library.settings.refund_found) library.ledger.refundLost(loan);
      sameReception(library, 'found', loan, library.takeIn(copy), reply);
    },
  };
}

/** The copy of a loan is lost: the loan is over, with its fine; the reader is charged. */
export function declareLost(library, loan, amount) {
  if (!loan) return no(404, 'BORROW_RECORD_NOT_FOUND');
  if (loan.returnedAt !== null) return no(409, 'ALREADY_RETURNED');
  return {
    ok: 200,
    then(reply) {
      lose(library, loan, amount);
      sameReception(library, 'returned', loan, null, reply);
    },
  };
}

function lose(library, loan, amount) {
  closeLoan(library, loan, library.now);
  Object.assign(loan, { lost: true });
  loan.copy.status = 'lost';
  const price = amount ?? loan.copy.price ?? library.settings.lost_price;
  if (price > 0) library.ledger.charge(loan.member, 'lost', price, loan);
}

// ---- renewing -------------------------------------------------------------------------------------------------

/** What speaks against renewing a loan; else until when. */
function renewal(library, loan, override) {
  if (!loan) return no(404, 'BORROW_RECORD_NOT_FOUND');
  if (loan.returnedAt !== null) return no(409, 'ALREADY_RETURNED');
  const refusal = library.memberRefusal(loan.member);
  if (refusal) return refusal;
  if (library.today > loan.dueDay && !library.settings.renew_overdue) return no(409, 'RENEWAL_NOT_ALLOWED');
  const rule = library.ruleFor(loan.member.type, loan.title.itemType);
  if (loan.renewals >= rule.max_renewals) return no(409, 'RENEWAL_LIMIT_EXCEEDED', { max_renewals: rule.max_renewals });
  const others = library.waiting(loan.title).filter((hold) => hold.member !== loan.member).length;
  if (others > library.availableCopies(loan.title) && !library.settings.renew_held && !override) return no(409, 'HELD_FOR_ANOTHER');
  const dueDay = library.calendar.dueDay(Math.max(loan.dueDay, library.today), rule.loan_days);
  if (dueDay <= loan.dueDay) return no(409, 'RENEWAL_NOT_ALLOWED');
  return { dueDay };
}

function goOn(library, loan, dueDay, way = 'desk') {
  const fine = library.fineOf(loan, library.today);
  loan.terms.push({ at: library.now, before: loan.dueDay, after: dueDay, fine: fine - loan.fineBefore, way });
  loan.fineBefore = fine;
  library.ledger.postOverdue(loan, loan.fineBefore);
  Object.assign(loan, { dueDay, renewals: loan.renewals + 1, overdueStep: 0 });
}

export function renew(library, loan, override) {
  const found = renewal(library, loan, override);
  if (found.refuse) return found;
  return {
    ok: 200,
    then(reply) {
      goOn(library, loan, found.dueDay);
      sameLoan(library, loan, reply);
    },
  };
}

/** All that a member has, or these loans: each that may be renewed is. */
export function renewMany(library, loans) {
  return {
    ok: 200,
    then(reply) {
      is(reply.refused.length + reply.renewed.length, loans.length, 'each loan is renewed or refused');
      for (const one of reply.refused) is(one.error_code, renewal(library, loans.find((loan) => loan.id === one.id)).refuse?.code, `renewing ${one.id}`);
      for (const one of reply.renewed) { // in the server's order, which the charges follow
        const loan = loans.find((other) => other.id === one.id);
        const { dueDay, refuse } = renewal(library, loan);
        is(refuse, undefined, `renewing ${loan.copy.barcode}`);
        goOn(library, loan, dueDay);
        sameLoan(library, loan, one);
      }
    },
  };
}

// ---- what the night does --------------------------------------------------------------------------------------

const overdue = (library) => library.loans.filter((loan) => loan.returnedAt === null && library.today > loan.dueDay)
  .sort((a, b) => a.dueDay - b.dueDay || library.loans.indexOf(a) - library.loans.indexOf(b));

/** Fines are posted; `escalate`: readers are urged as well, and what is out for too long is given up. */
export function accrue(library, { member = null, escalate = false } = {}) {
  const { overdue_steps: steps, lost_after_days: lostAfter } = library.settings;
  const loans = overdue(library).filter((loan) => member === null || loan.member === member);
  let fines = 0;
  for (const loan of loans) {
    const days = library.today - loan.dueDay;
    const fine = library.fineOf(loan, library.today);
    fines += fine;
    library.ledger.postOverdue(loan, fine);
    if (!escalate) continue;
    if (lostAfter > 0 && days >= lostAfter) lose(library, loan);
    else loan.overdueStep = Math.max(loan.overdueStep, steps.filter((step) => days >= step).length);
  }
  return { loans: loans.length, fines };
}

/** What is due today and may be renewed is. */
export function renewDue(library) {
  if (!library.settings.renew_automatically) return 0;
  let count = 0;
  for (const loan of library.loans.filter((one) => one.returnedAt === null && one.dueDay === library.today)) {
    const found = renewal(library, loan);
    if (found.refuse) continue;
    goOn(library, loan, found.dueDay, 'automatic');
    count++;
  }
  return count;
}
