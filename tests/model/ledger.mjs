// ledger.mjs — what the model's members owe: lists of charges and of credits (payments, approved waivers), in cents.

export class Ledger {
  charges = []; // { id, member, kind, amount, settled, loan }
  credits = []; // { id, member, amount, allocated, way: 'payment' | 'waiver', kind }
  asked = []; // waivers that were asked for, decided ones too: { id, charge, amount, status }
  receipts = 0;

  openOf(charge) {
    return charge.amount - charge.settled;
  }

  openCharges(member) {
    return this.charges.filter((charge) => charge.member === member && this.openOf(charge) > 0);
  }

  owed(member) {
    return this.openCharges(member).reduce((sum, charge) => sum + this.openOf(charge), 0);
  }

  balance(member) {
    const sum = (rows) => rows.filter((row) => row.member === member).reduce((total, row) => total + row.amount, 0);
    return sum(this.charges) - sum(this.credits);
  }

  give(credit, charge) {
    const amount = Math.min(credit.amount - credit.allocated, this.openOf(charge));
    credit.allocated += amount;
    charge.settled += amount;
  }

  /** A new charge is settled first by what the member has paid too much. */
  charge(member, kind, amount, loan = null) {
    const charge = { id: null, member, kind, amount, settled: 0, loan };
    this.charges.push(charge);
    for (const credit of this.credits) if (credit.member === member) this.give(credit, charge);
    return charge;
  }

  /** Money or a waiver: first to `charges`, then to whatever else is open, the oldest first. */
  credit(member, way, kind, amount, charges = []) {
    const credit = { id: null, member, way, kind, amount, allocated: 0 };
    this.credits.push(credit);
    for (const charge of [...charges, ...this.openCharges(member)]) this.give(credit, charge);
    return credit;
  }

  /** What was posted for the lateness of a loan. */
  posted(loan) {
    const charged = this.charges.filter((one) => one.loan === loan && one.kind === 'overdue').reduce((sum, one) => sum + one.amount, 0);
    const corrected = this.credits.filter((one) => one.loan === loan && one.kind === 'correction').reduce((sum, one) => sum + one.amount, 0);
    return charged - corrected;
  }

  /** What an administrator has waived of one kind of charges of a loan. */
  waived(loan, kind) {
    return this.credits.filter((one) => one.kind === 'waiver' && one.charge.loan === loan && one.charge.kind === kind).reduce((sum, one) => sum + one.amount, 0);
  }

  /** Brings what was posted to what lateness costs by now; what was waived is not given back a second time. */
  postOverdue(loan, amount) {
    const posted = this.posted(loan);
    const floor = Math.max(amount, this.waived(loan, 'overdue'));
    if (posted < amount) this.charge(loan.member, 'overdue', amount - posted, loan);
    if (posted > floor) this.takeBack(loan, 'overdue', 'correction', posted - floor);
  }

  /** A correction: first of the loan's own charges of that kind. */
  takeBack(loan, chargeKind, kind, amount) {
    const own = this.charges.filter((charge) => charge.loan === loan && charge.kind === chargeKind);
    this.credit(loan.member, 'waiver', kind, amount, own).loan = loan;
  }

  /** The copy is there again: what was charged for it as lost, less what was waived of it, once. */
  refundLost(loan) {
    const charged = this.charges.filter((one) => one.loan === loan && one.kind === 'lost').reduce((sum, one) => sum + one.amount, 0);
    const back = this.credits.filter((one) => one.loan === loan && one.kind === 'found').reduce((sum, one) => sum + one.amount, 0);
    const amount = charged - back - this.waived(loan, 'lost');
    if (amount > 0) this.takeBack(loan, 'lost', 'found', amount);
    return Math.max(0, amount);
  }
}
