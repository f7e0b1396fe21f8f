// acts_money.mjs — charging, paying, waiving.
import { sameParties } from './compare.mjs';
import { money, someMember, UNKNOWN_CODE, UNKNOWN_ID } from './draw.mjs';
import { askWaiver, chargeByHand, decideWaiver, pay, sameAccount } from './paying.mjs';

/** The ids of what a member owes are the server's: read, and compared on the way. */
async function readAccount(driver, member) {
  if (member) sameAccount(driver.library, member, await driver.get(`/members/${member.id}/fines`));
}

const debtors = ({ library }) => library.members.filter((member) => library.ledger.owed(member) > 0);

export async function chargeSomething(driver) {
  const { random, library } = driver;
  const member = someMember(driver);
  const kind = random.pick(['damage', 'fee', 'lost']);
  const amount = random.int(1, 600);
  const body = { member_id: member?.id ?? UNKNOWN_ID, kind, amount: money(amount), note: 'For the model' };
  if (await driver.act('charge at the desk', chargeByHand(library, member, kind, amount), 'POST', '/fines/charge', body)) await sameParties(driver, null, member);
}

export async function paySomething(driver) {
  const { random, library } = driver;
  const member = random.chance(0.85) ? random.pick(debtors(driver)) : someMember(driver);
  if (!member && random.chance(0.9)) return;
  await readAccount(driver, member);
  const open = member ? library.ledger.openCharges(member) : [];
  const charges = open.length > 0 && random.chance(0.3) ? open.filter((charge, i) => i === 0 || random.chance(0.5)) : undefined;
  const owed = (charges ?? open).reduce((sum, charge) => sum + library.ledger.openOf(charge), 0);
  const amount = Math.max(1, random.pick([owed, owed, random.int(1, Math.max(1, owed)), owed + random.int(1, 100)]));
  const body = {
    ...(random.chance(0.5) ? { card: member?.card ?? UNKNOWN_CODE } : { member_id: member?.id ?? UNKNOWN_ID }),
    amount: money(amount), method: random.pick(['cash', 'card', 'mobile_money', 'other']), ...(charges ? { charge_ids: charges.map((charge) => charge.id) } : {}),
  };
  if (await driver.act(charges ? 'pay some charges' : 'pay', pay(library, member, amount, charges), 'POST', '/fines/pay', body)) await readAccount(driver, member);
}

export async function askForWaiver(driver) {
  const { random, library } = driver;
  const { ledger } = library;
  const member = random.pick(debtors(driver));
  await readAccount(driver, member);
  const known = ledger.charges.filter((charge) => charge.id !== null);
  const charge = random.chance(0.03) ? undefined : random.pick(random.chance(0.85) && member ? ledger.openCharges(member) : known);
  const amount = random.chance(0.5) ? random.int(1, Math.max(1, charge ? ledger.openOf(charge) + 20 : 1)) : null;
  await driver.act('ask for a waiver', askWaiver(library, charge, amount), 'POST', `/fines/waive/${charge?.id ?? UNKNOWN_ID}`, { reason: 'A good reason', ...(amount === null ? {} : { amount: money(amount) }) });
}

export async function decide(driver) {
  const { random, library } = driver;
  const sensible = (one) => one.status === 'asked' && library.ledger.openOf(one.charge) >= one.amount;
  const waiver = random.chance(0.03) ? undefined : random.pick(random.chance(0.85) ? library.ledger.asked.filter(sensible) : library.ledger.asked);
  const approve = random.chance(0.7);
  const done = await driver.act(approve ? 'approve a waiver' : 'refuse a waiver', decideWaiver(library, waiver, approve), 'POST', `/fines/waivers/${waiver?.id ?? UNKNOWN_ID}/${approve ? 'approve' : 'refuse'}`, approve ? undefined : {});
  if (done) await readAccount(driver, waiver.charge.member);
}
