// paying.mjs — the model's till: charging, paying, waiving.
import { strictEqual as is } from 'node:assert';
import { cents } from './lending.mjs';
import { no } from './library.mjs';

export function chargeByHand(library, member, kind, amount) {
  if (!member || member.archived) return no(404, 'MEMBER_NOT_FOUND');
  return {
    ok: 201,
    then(reply) {
      const charge = library.ledger.charge(member, kind, amount);
      charge.id = reply.id;
      sameCharge(library, charge, reply);
    },
  };
}

function sameCharge(library, charge, row) {
  is(row.member_id, charge.member.id, 'charge: member_id');
  is(row.kind, charge.kind, 'charge: kind');
  is(cents(row.amount), charge.amount, 'charge: amount');
  is(cents(row.settled), charge.settled, `charge of ${charge.amount}: settled`);
  if ('open' in row) is(cents(row.open), charge.amount - charge.settled, 'charge: open');
}

/** A member's account as the server shows it: the balance, and what is open, charge by charge, oldest first. */
export function sameAccount(library, member, account) {
  const { ledger } = library;
  is(cents(account.balance), ledger.balance(member), `${member.name}: balance`);
  const open = ledger.openCharges(member);
  is(account.open_charges.length, open.length, `${member.name}: open charges`);
  open.forEach((charge, i) => {
    const row = account.open_charges[i];
    sameCharge(library, charge, row);
    charge.id ??= row.id;
    is(row.id, charge.id, 'charge: id');
  });
}

/** `charges`: of these, else of all that are open. */
export function pay(library, member, amount, charges) {
  if (!member || member.archived) return no(404, 'MEMBER_NOT_FOUND');
  const { ledger } = library;
  if (charges?.some((charge) => charge.member !== member)) return no(404, 'CHARGE_NOT_FOUND');
  const wanted = charges ?? ledger.openCharges(member);
  const owed = wanted.reduce((sum, charge) => sum + ledger.openOf(charge), 0);
  if (amount > owed) return no(409, 'OVERPAYMENT');
  return {
    ok: 201,
    then(reply) {
      const credit = ledger.credit(member, 'payment', 'payment', amount, [...wanted].sort((a, b) => ledger.charges.indexOf(a) - ledger.charges.indexOf(b)));
      ledger.receipts++;
      Object.assign(credit, { id: reply.id, day: library.today });
      is(reply.receipt_number, ledger.receipts, 'receipt numbers run without a gap');
      is(cents(reply.amount), amount, 'amount');
      is(cents(reply.balance_after), ledger.balance(member), 'the balance on the receipt');
      is(reply.allocations.reduce((sum, line) => sum + cents(line.amount), 0), amount, 'the lines of the receipt');
    },
  };
}

export function askWaiver(library, charge, amount) {
  if (!charge) return no(404, 'CHARGE_NOT_FOUND');
  const { ledger } = library;
  const open = ledger.openOf(charge);
  if ((amount ?? open) > open || open === 0) return no(409, 'OVERPAYMENT');
  return {
    ok: 201,
    then(reply) {
      ledger.asked.push({ id: reply.id, charge, amount: amount ?? open, status: 'asked' });
      is(reply.status, 'asked', 'status');
      is(cents(reply.amount), amount ?? open, 'amount');
    },
  };
}

export function decideWaiver(library, waiver, approve) {
  if (!waiver) return no(404, 'WAIVER_NOT_FOUND');
  if (waiver.status !== 'asked') return no(409, 'ALREADY_DECIDED');
  const { ledger } = library;
  if (approve && waiver.amount > ledger.openOf(waiver.charge)) return no(409, 'OVERPAYMENT');
  return {
    ok: 200,
    then(reply) {
      waiver.status = approve ? 'approved' : 'refused';
      if (approve) ledger.credit(waiver.charge.member, 'waiver', 'waiver', waiver.amount, [waiver.charge]).charge = waiver.charge;
      is(reply.status, waiver.status, 'status');
    },
  };
}
