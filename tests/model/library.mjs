// library.mjs — the model's library: members, titles, copies, rules, settings, in plain lists, and who may what.
//
// It knows the rules of the library from its papers and nothing of how the server does it: no index, no counter, no
// cache; every number is counted when it is asked for. Money is in cents, days are numbers (days.mjs).
import { Calendar, dayOf } from './days.mjs';
import { Ledger } from './ledger.mjs';

/** A refusal: status, code, and the members of `reason` that must be there. */
export const no = (status, code, reason = {}) => ({ refuse: { status, code, reason } });

export class Library {
  now = 0;
  settings = {
    pickup_days: 7, renew_overdue: true, renew_held: false, renew_automatically: false, block_balance: 0, lost_price: 0,
    refund_found: true, overdue_steps: [1, 8, 22], lost_after_days: 0,
  };
  rules = []; // { id, memberType, itemType, max_loans, loan_days, max_renewals, hold_limit, fine_per_day, fine_cap, grace_days }
  members = []; // { id, card, name, type, status, suspendedUntil, expiresOn, archived }
  titles = []; // { id, name, itemType, archived }
  copies = []; // { id, barcode, title, status, price }
  loans = []; // { id, member, title, copy, rule, borrowedAt, dueDay, returnedAt, … }
  holds = []; // { id, member, title, status, place, suspended, suspendedUntil, copy, pickupDay, placedAt }
  watches = []; // { member, title }: who wants to be told when a title is on the shelf again
  calendar = new Calendar();
  ledger = new Ledger();

  get today() {
    return dayOf(this.now);
  }

  // ---- rules ----

  findRule(memberType, itemType) {
    return this.rules.find((rule) => rule.memberType === memberType && rule.itemType === itemType);
  }

  /** The most specific one: both types, the member's alone, the thing's alone, none. */
  ruleFor(memberType, itemType) {
    return (itemType !== null && this.findRule(memberType, itemType)) || this.findRule(memberType, null)
      || (itemType !== null && this.findRule(null, itemType)) || this.findRule(null, null);
  }

  /** The most specific one that names no type of thing: it counts everything. */
  totalRule(memberType) {
    return this.findRule(memberType, null) || this.findRule(null, null);
  }

  // ---- members ----

  statusOf(member) {
    if (member.status === 'suspended' && (member.suspendedUntil === null || member.suspendedUntil >= this.today)) return 'suspended';
    if (member.status === 'expired' || (member.expiresOn !== null && member.expiresOn < this.today)) return 'expired';
    return 'active';
  }

  loansOf(member) {
    return this.loans.filter((loan) => loan.member === member && loan.returnedAt === null);
  }

  openHoldsOf(member) {
    return this.holds.filter((hold) => hold.member === member && this.isOpen(hold));
  }

  /** What lateness has cost so far and nobody has posted. */
  accruing(member) {
    return this.loansOf(member).reduce((sum, loan) => sum + Math.max(0, this.fineOf(loan, this.today) - this.ledger.posted(loan)), 0);
  }

  /** Suspended, expired, owing too much: no loans, no renewals. */
  memberRefusal(member, { asksBalance = true } = {}) {
    const status = this.statusOf(member);
    if (status === 'suspended') return no(409, 'MEMBER_SUSPENDED', { status });
    if (status === 'expired') return no(409, 'MEMBER_EXPIRED', { status });
    return asksBalance && this.isBlocked(member) ? no(409, 'MEMBER_BLOCKED') : null;
  }

  isBlocked(member) {
    const limit = this.settings.block_balance;
    return limit > 0 && this.ledger.balance(member) + this.accruing(member) > limit;
  }

  // ---- titles and copies ----

  copiesOf(title) {
    return this.copies.filter((copy) => copy.title === title);
  }

  totalCopies(title) {
    return this.copiesOf(title).filter((copy) => !['lost', 'withdrawn'].includes(copy.status)).length;
  }

  availableCopies(title) {
    return this.copiesOf(title).filter((copy) => copy.status === 'available').length;
  }

  openLoan(copy) {
    return this.loans.find((loan) => loan.copy === copy && loan.returnedAt === null);
  }

  // ---- fines ----

  /** What lateness costs in all, were the loan to end on that day. */
  fineOf(loan, day) {
    const days = Math.max(0, this.calendar.fineDays(loan.dueDay, day) - loan.graceDays);
    const fine = loan.fineBefore + days * loan.finePerDay;
    return loan.fineCap === null ? fine : Math.min(fine, loan.fineCap);
  }

  // ---- holds ----

  isOpen(hold) {
    return hold.status === 'waiting' || hold.status === 'ready';
  }

  counts(hold) {
    return hold.status === 'waiting' && this.statusOf(hold.member) === 'active' && !(hold.suspended && (hold.suspendedUntil === null || hold.suspendedUntil > this.today));
  }

  /** All that wait for a title, suspended ones too, in their order. */
  queue(title) {
    return this.holds.filter((hold) => hold.title === title && hold.status === 'waiting').sort((a, b) => a.place - b.place);
  }

  /** Those of them that count today. */
  waiting(title) {
    return this.queue(title).filter((hold) => this.counts(hold));
  }

  ownHold(member, title) {
    return this.holds.find((hold) => hold.member === member && hold.title === title && this.isOpen(hold));
  }

  readyHold(copy) {
    return this.holds.find((hold) => hold.status === 'ready' && hold.copy === copy);
  }

  /** A copy is free: it goes to the first who counts, or back to its shelf. Gives back whose turn it is. */
  takeIn(copy) {
    const [first] = this.waiting(copy.title);
    copy.status = first ? 'on_hold_shelf' : 'available';
    if (!first) {
      this.tellWatchers(copy.title);
      return null;
    }
    Object.assign(first, { status: 'ready', copy, pickupDay: this.calendar.nextOpen(this.today + this.settings.pickup_days) });
    return first;
  }

  /** Once; then they watch no more. */
  tellWatchers(title) {
    this.watches = this.watches.filter((watch) => watch.title !== title);
  }

  endHold(hold, status) {
    const wasReady = hold.status === 'ready';
    hold.status = status;
    if (wasReady && status !== 'fulfilled') this.takeIn(hold.copy);
  }

  waitAgain(hold) {
    Object.assign(hold, { status: 'waiting', copy: null, pickupDay: null });
  }
}
