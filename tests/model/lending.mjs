// lending.mjs — the model's desk: what a loan, a return, a renewal needs, in the order in which it is asked, and what
// follows from it. Each function decides by the model alone; `then` is called with the server's answer once that has
// said yes, holds it against the model and writes it down.
import { strictEqual as is } from 'node:assert';
import { dayOf, endOf, DAY_MS } from './days.mjs';
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

export const nameOf = (rule) => `${rule.memberType ?? 'any'} × ${rule.itemType ?? 'any'}`;

/** Why this copy (or, null, any) of a title is not for this member; null: it is. */
function heldRefusal(library, member, title, copy) {
  const own = library.ownHold(member, title);
  if (own?.status === 'ready' && (copy === null || copy.status === 'available' || copy === own.copy)) return null;
  const waiting = library.waiting(title);
  const available = library.availableCopies(title);
  const reason = { holds_waiting: waiting.length, available_copies: available };
  if (copy?.status === 'on_hold_shelf') return no(409, 'HELD_FOR_ANOTHER', reason);
  const position = waiting.indexOf(own) + 1;
  if (position > 0 ? position <= available : available > waiting.length) return null;
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
  return { ok: 201, mayOverlap: !copy && library.copiesOf(title).filter((one) => one.status === 'available').some(late), then: (reply) => lent(library, { ...wish, title, at, copy, own }, reply) };
}

function lent(library, { member, title, at, copy, own, byBarcode }, reply) {
  const chosen = library.copies.find((one) => one.id === reply.copy_id);
  is(chosen?.title, title, 'a copy of that title is lent');
  if (copy) is(chosen, copy, 'this very copy is lent');
  else is(chosen.status, 'available', `a copy that is available is lent, not ${chosen.barcode}`);
  const rule = library.ruleFor(member.type, title.itemType);
  const dueDay = library.calendar.dueDay(dayOf(at), rule.loan_days);
  const loan = {
    id: reply.id, member, title, copy: chosen, rule, borrowedAt: at, dueDay, returnedAt: null, returnedDay: null, renewals: 0, fine: 0, fineBefore: 0,
    finePerDay: rule.fine_per_day, fineCap: rule.fine_cap, graceDays: rule.grace_days, overdueStep: 0, lost: false,
  };
  is(reply.rule, nameOf(rule), 'the rule that decided');
  const other = library.readyHold(chosen);
  if (other && other.member !== member) library.waitAgain(other);
  library.loans.push(loan);
  chosen.status = 'on_loan';
  if (own) {
    const shelved = own.status === 'ready' && own.copy !== chosen ? own.copy : null;
    Object.assign(own, { status: 'fulfilled', endedAt: library.now });
    if (shelved) library.takeIn(shelved);
  }
  void byBarcode;
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
  if ('lost' in reply) is(reply.lost, loan.lost, 'lost');
  if ('overdue_step' in reply) is(reply.overdue_step, loan.overdueStep, 'overdue_step');
}

// ---- taking back ----------------------------------------------------------------------------------------------

function closeLoan(library, loan, at) {
  loan.returnedAt = at;
  loan.returnedDay = dayOf(at);
  loan.fine = library.fineOf(loan, loan.returnedDay);
  library.ledger.postOverdue(loan, loan.fine);
}

/** The answer's `next_hold`. */
function sameTurn(turn, reply) {
  if (!('next_hold' in reply)) return;
  is(reply.next_hold?.hold_id ?? null, turn?.id ?? null, 'next_hold');
  if (!turn) return;
  is(reply.next_hold.member_id, turn.member.id, 'next_hold.member_id');
  is(reply.next_hold.card, turn.member.card, 'next_hold.card');
  is(reply.next_hold.pickup_until.slice(0, 10), endOf(turn.pickupDay).slice(0, 10), 'next_hold.pickup_until');
}

function sameBalance(library, member, reply) {
  if ('balance' in reply) is(cents(reply.balance), library.ledger.balance(member), 'balance');
}

function takeBack(library, loan, occurredAt) {
  const at = instantOf(library, occurredAt);
  if (at === null || at < loan.borrowedAt) return invalid;
  return {
    ok: 200,
    then(reply) {
      closeLoan(library, loan, at);
      const turn = library.takeIn(loan.copy);
      sameLoan(library, loan, reply.borrow ?? reply);
      sameTurn(turn, reply);
      sameBalance(library, loan.member, reply);
    },
  };
}

export function takeBackLoan(library, loan, occurredAt) {
  if (!loan) return no(404, 'BORROW_RECORD_NOT_FOUND');
  if (loan.returnedAt !== null) return no(409, 'ALREADY_RETURNED');
  return takeBack(library, loan, occurredAt);
}

export function takeBackCopy(library, copy, occurredAt) {
  if (!copy) return no(404, 'COPY_NOT_FOUND');
  const loan = library.openLoan(copy);
  if (loan) return takeBack(library, loan, occurredAt);
  return no(409, 'ALREADY_RETURNED');
}
