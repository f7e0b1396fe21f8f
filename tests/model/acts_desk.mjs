// acts_desk.mjs — lending, taking back, renewing, losing, and what the night does.
import { strictEqual as is } from 'node:assert';
import { sameParties } from './compare.mjs';
import { endOf } from './days.mjs';
import { live, money, someCopy, someInstant, someMember, someTitle, UNKNOWN_CODE, UNKNOWN_ID, withInstant } from './draw.mjs';
import { accrue, cents, declareLost, everyRefusal, lend, renew, renewMany, takeBackCopy, takeBackLoan } from './lending.mjs';
import { no } from './library.mjs';

// ---- lending and taking back -----------------------------------------------------------------------------------------

export async function lendSomething(driver) {
  const { random, library } = driver;
  const wanted = random.chance(0.7) ? 'ready' : 'waiting';
  const hold = random.chance(0.15) ? random.pick(library.holds.filter((one) => one.status === wanted)) : undefined; // it is fetched, or tried for
  const member = hold && random.chance(0.8) ? hold.member : someMember(driver);
  const byBarcode = random.chance(0.5);
  const copy = byBarcode ? hold?.copy ?? (hold && random.pick(library.copiesOf(hold.title))) ?? someCopy(driver, (one) => one.status === 'available') : undefined;
  const title = byBarcode ? undefined : hold?.title ?? someTitle(driver, (one) => library.availableCopies(one) > 0);
  const occurredAt = someInstant(driver);
  const override = random.chance(0.08) ? 'The reader leaves town today.' : undefined;
  const thing = byBarcode ? { barcode: copy?.barcode ?? UNKNOWN_CODE } : { book_id: title?.id ?? UNKNOWN_ID };
  const person = random.chance(0.5) ? { card: member?.card ?? UNKNOWN_CODE } : { member_id: member?.id ?? UNKNOWN_ID };
  const body = { ...thing, ...person, ...withInstant(occurredAt), ...(override ? { override_reason: override } : {}) };
  const decision = lend(library, { member, byBarcode, copy, title, occurredAt, override });
  if (decision.mayOverlap) return; // which copy is taken is the server's choice, and whether it was in then depends on it
  if (await driver.act(`lend by ${byBarcode ? 'barcode' : 'title'}`, decision, 'POST', '/borrows', body)) {
    await sameParties(driver, library.loans.at(-1).title, member);
  }
}

export async function returnLoan(driver) {
  const { random, library } = driver;
  const open = library.loans.filter((loan) => loan.returnedAt === null);
  const loan = random.chance(0.01) ? undefined : random.pick(random.chance(0.85) ? open : library.loans);
  const occurredAt = someInstant(driver);
  if (await driver.act('return a loan', takeBackLoan(library, loan, occurredAt), 'POST', `/borrows/${loan?.id ?? UNKNOWN_ID}/return`, withInstant(occurredAt))) {
    await sameParties(driver, loan.title, loan.member);
  }
}

export async function returnCopy(driver) {
  const { library } = driver;
  const copy = someCopy(driver, (one) => one.status === 'on_loan');
  const loan = copy && library.openLoan(copy);
  const occurredAt = someInstant(driver);
  if (await driver.act('return a barcode', takeBackCopy(library, copy, occurredAt), 'POST', '/borrows/return', { barcode: copy?.barcode ?? UNKNOWN_CODE, ...withInstant(occurredAt) })) {
    await sameParties(driver, copy.title, loan?.member);
  }
}

// ---- renewing, losing ------------------------------------------------------------------------------------------------

const openLoans = ({ library }) => library.loans.filter((loan) => loan.returnedAt === null);

function someLoan(driver, wanted = () => true) {
  const { random, library } = driver;
  if (random.chance(0.01)) return undefined;
  const open = openLoans(driver);
  return random.pick(random.chance(0.9) ? open.filter(wanted) : library.loans) ?? random.pick(open);
}

export async function renewLoan(driver) {
  const { random, library } = driver;
  const loan = someLoan(driver, (one) => one.dueDay - library.today < 4);
  const override = random.chance(0.1) ? 'The next reader can wait.' : undefined;
  const done = await driver.act('renew', renew(library, loan, override), 'POST', `/borrows/${loan?.id ?? UNKNOWN_ID}/renew`, override ? { override_reason: override } : {});
  if (done) await sameParties(driver, loan.title, loan.member);
}

export async function renewSeveral(driver) {
  const { random, library } = driver;
  if (random.chance(0.5)) {
    const member = someMember(driver);
    const decision = !member || member.archived ? no(404, 'MEMBER_NOT_FOUND') : renewMany(library, library.loansOf(member));
    await driver.act('renew all of a member', decision, 'POST', '/borrows/renew', random.chance(0.5) ? { card: member?.card ?? UNKNOWN_CODE } : { member_id: member?.id ?? UNKNOWN_ID });
    return;
  }
  const loans = openLoans(driver).filter(() => random.chance(0.1)).slice(0, 6);
  if (loans.length === 0) return;
  await driver.act('renew several loans', renewMany(library, loans), 'POST', '/borrows/renew', { ids: loans.map((loan) => loan.id) });
}

export async function loseCopy(driver) {
  const { random, library } = driver;
  const loan = someLoan(driver, (one) => one.dueDay < library.today);
  const amount = random.chance(0.4) ? random.int(0, 3000) : undefined;
  const done = await driver.act('declare lost', declareLost(library, loan, amount), 'POST', `/borrows/${loan?.id ?? UNKNOWN_ID}/lost`, amount === undefined ? {} : { amount: money(amount) });
  if (done) await sameParties(driver, loan.title, loan.member);
}

export async function findCopy(driver) {
  const { random, library } = driver;
  const copy = random.pick(library.copies.filter((one) => one.status === 'lost'));
  if (!copy) return;
  if (await driver.act('find a lost copy', takeBackCopy(library, copy), 'POST', '/borrows/return', { barcode: copy.barcode })) await sameParties(driver, copy.title);
}

export async function calculate(driver) {
  const { random, library } = driver;
  const member = random.chance(0.5) ? someMember(driver) : null;
  let decision = {
    ok: 200,
    then(reply) {
      const { loans, fines } = accrue(library, { member });
      is(reply.overdue_loans, loans, 'overdue_loans');
      is(cents(reply.fines), fines, 'fines');
    },
  };
  if (member !== null && (!member || member.archived)) decision = no(404, 'MEMBER_NOT_FOUND');
  await driver.act('calculate fines', decision, 'POST', '/fines/calculate', member === null ? {} : { member_id: member?.id ?? UNKNOWN_ID });
}

// ---- what would be ---------------------------------------------------------------------------------------------------

/** The simulator says what lending would say, and lends nothing. */
export async function simulate(driver) {
  const { random, library } = driver;
  const member = random.pick(live(library.members));
  const byBarcode = random.chance(0.5);
  const copy = byBarcode ? random.pick(library.copies.filter((one) => !one.title.archived)) : undefined;
  const title = byBarcode ? undefined : random.pick(live(library.titles));
  const wish = { member, byBarcode, copy, title };
  const refusals = everyRefusal(library, wish);
  is(refusals[0], lend(library, wish).refuse?.code, 'what the simulator says first is what lending would say');
  const then = (reply) => {
    is(reply.refusals.map((one) => one.error_code).join(), refusals.join(), 'the refusals');
    is(reply.allowed, refusals.length === 0, 'allowed');
    const rule = library.ruleFor(member.type, (title ?? copy.title).itemType);
    is(reply.due_date, endOf(library.calendar.dueDay(library.today, rule.loan_days)), 'due_date');
  };
  await driver.act('simulate a loan', { ok: 200, then }, 'GET', `/policies/loan-rules/simulate?member_id=${member.id}&${byBarcode ? `barcode=${copy.barcode}` : `book_id=${title.id}`}`);
}
