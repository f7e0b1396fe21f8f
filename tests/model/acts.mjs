// acts.mjs — what can happen in a library, one function each: it draws who and what, lets the model decide and the
// server answer. Most draws are sensible; some are not, so that about a third of all acts is refused.
import { DAY_MS, dateOf, dayOf } from './days.mjs';
import { lend, takeBackCopy, takeBackLoan } from './lending.mjs';
import { cancelHold, expireHolds, moveHold, placeHold, pullCopy, suspendHold } from './holding.mjs';
import { no } from './library.mjs';
import { sameParties } from './compare.mjs';

const UNKNOWN_ID = '01900000-0000-7000-8000-0000000000ff';
const UNKNOWN_CODE = 'NO-SUCH-NUMBER';
const money = (amount) => amount / 100;

// ---- drawing --------------------------------------------------------------------------------------------------

const live = (list) => list.filter((one) => !one.archived);

/** A member; sometimes an archived one, or (undefined) one that does not exist. */
function someMember({ random, library }) {
  if (random.chance(0.01)) return undefined;
  return random.pick(random.chance(0.97) ? live(library.members) : library.members);
}

function someTitle({ random, library }, wanted = () => true) {
  if (random.chance(0.01)) return undefined;
  return random.pick(random.chance(0.75) ? live(library.titles).filter(wanted) : library.titles) ?? random.pick(library.titles);
}

function someCopy({ random, library }, wanted = () => true) {
  if (random.chance(0.01)) return undefined;
  return random.pick(random.chance(0.8) ? library.copies.filter(wanted) : library.copies) ?? random.pick(library.copies);
}

/** Mostly now; else up to a little more than a fortnight ago, or a moment ahead. */
function someInstant({ random, library }) {
  if (random.chance(0.88)) return undefined;
  return random.chance(0.05) ? library.now + random.int(1, 240_000) : library.now - random.int(1, 15 * DAY_MS);
}

const withInstant = (at) => (at === undefined ? {} : { occurred_at: new Date(at).toISOString() });

// ---- lending and taking back ----------------------------------------------------------------------------------

async function lendSomething(driver) {
  const { random, library } = driver;
  const member = someMember(driver);
  const byBarcode = random.chance(0.5);
  const copy = byBarcode ? someCopy(driver, (one) => one.status === 'available') : undefined;
  const title = byBarcode ? undefined : someTitle(driver, (one) => library.availableCopies(one) > 0);
  const occurredAt = someInstant(driver);
  const override = driver.routes.has('POST /holds') && random.chance(0.08) ? 'The reader leaves town today.' : undefined;
  const thing = byBarcode ? { barcode: copy?.barcode ?? UNKNOWN_CODE } : { book_id: title?.id ?? UNKNOWN_ID };
  const person = random.chance(0.5) ? { card: member?.card ?? UNKNOWN_CODE } : { member_id: member?.id ?? UNKNOWN_ID };
  const body = { ...thing, ...person, ...withInstant(occurredAt), ...(override ? { override_reason: override } : {}) };
  const decision = lend(library, { member, byBarcode, copy, title, occurredAt, override });
  if (decision.mayOverlap) return; // which copy is taken is the server's choice, and whether it was in then depends on it
  if (await driver.act(`lend by ${byBarcode ? 'barcode' : 'title'}`, decision, 'POST', '/borrows', body)) {
    await sameParties(driver, library.loans.at(-1).title, member);
  }
}

async function returnLoan(driver) {
  const { random, library } = driver;
  const open = library.loans.filter((loan) => loan.returnedAt === null);
  const loan = random.chance(0.01) ? undefined : random.pick(random.chance(0.85) ? open : library.loans);
  const occurredAt = someInstant(driver);
  if (await driver.act('return a loan', takeBackLoan(library, loan, occurredAt), 'POST', `/borrows/${loan?.id ?? UNKNOWN_ID}/return`, withInstant(occurredAt))) {
    await sameParties(driver, loan.title, loan.member);
  }
}

async function returnCopy(driver) {
  const { library } = driver;
  const copy = someCopy(driver, (one) => one.status === 'on_loan');
  const loan = copy && library.openLoan(copy);
  const occurredAt = someInstant(driver);
  if (await driver.act('return a barcode', takeBackCopy(library, copy, occurredAt), 'POST', '/borrows/return', { barcode: copy?.barcode ?? UNKNOWN_CODE, ...withInstant(occurredAt) })) {
    await sameParties(driver, copy.title, loan?.member);
  }
}

// ---- holds ----------------------------------------------------------------------------------------------------

function someHold({ random, library }, wanted = (hold) => library.isOpen(hold)) {
  if (random.chance(0.01)) return undefined;
  return random.pick(random.chance(0.85) ? library.holds.filter(wanted) : library.holds) ?? random.pick(library.holds);
}

async function place(driver) {
  const { random, library } = driver;
  const member = someMember(driver);
  // Where all is out, and where somebody waits already, a queue grows.
  const title = someTitle(driver, (one) => library.availableCopies(one) === 0 || library.queue(one).length > 0);
  const person = random.chance(0.5) ? { card: member?.card ?? UNKNOWN_CODE } : { member_id: member?.id ?? UNKNOWN_ID };
  if (await driver.act('place a hold', placeHold(library, member, title), 'POST', '/holds', { book_id: title?.id ?? UNKNOWN_ID, ...person })) {
    await sameParties(driver, title, member);
  }
}

async function cancel(driver) {
  const hold = someHold(driver);
  if (await driver.act('cancel a hold', cancelHold(driver.library, hold), 'DELETE', `/holds/${hold?.id ?? UNKNOWN_ID}`)) await sameParties(driver, hold.title, hold.member);
}

async function suspend(driver) {
  const { random, library } = driver;
  const hold = someHold(driver);
  const suspended = random.chance(0.6);
  const until = random.chance(suspended ? 0.6 : 0.1) ? library.today + random.int(0, 12) : null;
  const body = { suspended, ...(until === null ? {} : { until: dateOf(until) }) };
  if (await driver.act(suspended ? 'suspend a hold' : 'resume a hold', suspendHold(library, hold, suspended, until), 'PUT', `/holds/${hold?.id ?? UNKNOWN_ID}/suspend`, body)) {
    await sameParties(driver, hold.title);
  }
}

async function move(driver) {
  const { random, library } = driver;
  const hold = someHold(driver, (one) => one.status === 'waiting');
  const position = random.int(1, 5);
  await driver.act('move a hold', moveHold(library, hold, position), 'PUT', `/holds/${hold?.id ?? UNKNOWN_ID}/position`, { position });
}

async function pull(driver) {
  const { library } = driver;
  const copy = someCopy(driver, (one) => one.status === 'available' && library.waiting(one.title).length > 0);
  if (await driver.act('pull a copy', pullCopy(library, copy), 'POST', '/holds/pull', { barcode: copy?.barcode ?? UNKNOWN_CODE })) await sameParties(driver, copy.title);
}

async function expire(driver) {
  const { library } = driver;
  await driver.job('expire_holds', () => expireHolds(library));
}

// ---- people ---------------------------------------------------------------------------------------------------

const MEMBER_TYPES = ['adult', 'student', 'faculty', 'child'];

export async function newMember(driver) {
  const { random, library } = driver;
  const member = { name: `Reader ${library.members.length + 1}`, type: random.pick(MEMBER_TYPES), status: 'active', suspendedUntil: null, expiresOn: null, archived: false };
  if (random.chance(0.3)) member.expiresOn = library.today + random.int(20, 400);
  const body = { name: member.name, member_type: member.type, expires_on: member.expiresOn === null ? null : dateOf(member.expiresOn) };
  const then = (reply) => library.members.push(Object.assign(member, { id: reply.id, card: reply.card }));
  await driver.act('new member', { ok: 201, then }, 'POST', '/members', body);
}

async function changeStatus(driver) {
  const { random, library } = driver;
  const unwell = live(library.members).filter((one) => library.statusOf(one) !== 'active');
  const member = random.pick(random.chance(0.6) && unwell.length > 0 ? unwell : live(library.members));
  const status = library.statusOf(member) === 'active' ? random.pick(['suspended', 'suspended', 'expired']) : 'active';
  const until = status === 'suspended' && random.chance(0.6) ? library.today + random.int(-1, 30) : null;
  const over = member.expiresOn !== null && member.expiresOn < library.today;
  const wrong = (status === 'active' && over) || (until !== null && until < library.today);
  const then = () => Object.assign(member, { status, suspendedUntil: until });
  await driver.act(`make a member ${status}`, wrong ? no(422, 'VALIDATION_ERROR') : { ok: 200, then }, 'PUT', `/members/${member.id}/status`, { status, ...(until === null ? {} : { suspended_until: dateOf(until) }) });
  await sameParties(driver, null, member);
}

/** A membership is made longer, or shorter; one that was marked as expired goes on when it is. */
async function changeMembership(driver) {
  const { random, library } = driver;
  const member = random.pick(live(library.members));
  const day = random.chance(0.3) ? null : library.today + random.int(-5, 300);
  const type = random.chance(0.2) ? random.pick(MEMBER_TYPES) : member.type;
  const then = () => {
    if (member.status === 'expired' && day !== member.expiresOn && (day === null || day >= library.today)) member.status = 'active';
    Object.assign(member, { expiresOn: day, type });
  };
  await driver.act('change a membership', { ok: 200, then }, 'PATCH', `/members/${member.id}`, { expires_on: day === null ? null : dateOf(day), member_type: type });
  await sameParties(driver, null, member);
}

async function archiveMember(driver) {
  const { random, library } = driver;
  const member = random.pick(random.chance(0.9) ? live(library.members) : library.members);
  let decision = { ok: 204, then: () => (member.archived = true) };
  if (library.ledger.balance(member) > 0) decision = no(409, 'HAS_BALANCE');
  if (library.openHoldsOf(member).length > 0) decision = no(409, 'HAS_HOLDS');
  if (library.loansOf(member).length > 0) decision = no(409, 'HAS_ACTIVE_BORROWS');
  if (member.archived) decision = no(404, 'MEMBER_NOT_FOUND');
  await driver.act('archive a member', decision, 'DELETE', `/members/${member.id}`);
}

async function restoreMember(driver) {
  const member = driver.random.pick(driver.library.members.filter((one) => one.archived));
  if (!member) return;
  await driver.act('restore a member', { ok: 200, then: () => (member.archived = false) }, 'POST', `/members/${member.id}/restore`);
}

// ---- titles and copies ----------------------------------------------------------------------------------------

const ITEM_TYPES = ['book', 'book', 'book', 'video', 'reference'];

async function readCopies(driver, title) {
  const { data } = await driver.get(`/books/${title.id}/copies?limit=100&include_withdrawn=true`);
  for (const row of data) {
    if (driver.library.copies.some((copy) => copy.id === row.id)) continue;
    driver.library.copies.push({ id: row.id, barcode: row.barcode, title, status: row.status, price: row.price === null ? null : Math.round(row.price * 100) });
  }
}

export async function newTitle(driver) {
  const { random, library } = driver;
  const title = { name: `Title ${library.titles.length + 1}`, itemType: random.pick(ITEM_TYPES), archived: false };
  const copies = random.pick([1, 1, 1, 2, 2, 3]);
  const then = (reply) => library.titles.push(Object.assign(title, { id: reply.id }));
  await driver.act('new title', { ok: 201, then }, 'POST', '/books', { title: title.name, author: 'An Author', item_type: title.itemType, total_copies: copies });
  await readCopies(driver, title);
}

async function newCopy(driver) {
  const { random } = driver;
  const title = random.pick(driver.library.titles);
  const decision = title.archived ? no(404, 'BOOK_NOT_FOUND') : { ok: 201 };
  const price = random.chance(0.5) ? random.int(100, 4000) : undefined;
  const done = await driver.act('new copy', decision, 'POST', `/books/${title.id}/copies`, price === undefined ? {} : { price: money(price) });
  if (!done) return;
  await readCopies(driver, title);
  await sameParties(driver, title);
}

const BY_HAND = ['available', 'in_repair', 'lost', 'withdrawn'];

async function changeCopy(driver) {
  const { random, library } = driver;
  const copy = random.pick(random.chance(0.5) ? library.copies.filter((one) => one.status !== 'available') : library.copies) ?? random.pick(library.copies);
  const to = random.chance(0.5) ? 'available' : random.pick(BY_HAND);
  let decision = { ok: 200, then: () => (copy.status = to) };
  if (copy.title.archived) decision = no(404, 'BOOK_NOT_FOUND');
  if (to !== copy.status && ['on_loan', 'on_hold_shelf'].includes(copy.status)) decision = no(409, 'COPY_NOT_AVAILABLE', { status: copy.status });
  await driver.act('change a copy by hand', decision, 'PATCH', `/copies/${copy.id}`, { status: to });
  await sameParties(driver, copy.title);
}

async function archiveTitle(driver) {
  const { random, library } = driver;
  const title = random.pick(random.chance(0.9) ? live(library.titles) : library.titles);
  let decision = { ok: 204, then: () => (title.archived = true) };
  if (library.holds.some((hold) => hold.title === title && library.isOpen(hold))) decision = no(409, 'HAS_HOLDS');
  if (library.loans.some((loan) => loan.title === title && loan.returnedAt === null)) decision = no(409, 'HAS_ACTIVE_BORROWS');
  if (title.archived) decision = no(404, 'BOOK_NOT_FOUND');
  await driver.act('archive a title', decision, 'DELETE', `/books/${title.id}`);
}

async function restoreTitle(driver) {
  const title = driver.random.pick(driver.library.titles.filter((one) => one.archived));
  if (!title) return;
  await driver.act('restore a title', { ok: 200, then: () => (title.archived = false) }, 'POST', `/books/${title.id}/restore`);
  await sameParties(driver, title);
}

// ---- rules and settings ---------------------------------------------------------------------------------------

async function changeRule(driver) {
  const { random, library } = driver;
  const rule = random.pick(library.rules);
  const wanted = {
    max_loans: random.int(2, 8), loan_days: random.int(0, 30), max_renewals: random.int(0, 3), hold_limit: random.int(1, 5),
    fine_per_day: random.pick([0, 10, 25, 100]), fine_cap: random.pick([null, null, 300, 1000]), grace_days: random.pick([0, 0, 0, 2]),
  };
  const body = { ...wanted, fine_per_day: money(wanted.fine_per_day), fine_cap: wanted.fine_cap === null ? null : money(wanted.fine_cap) };
  await driver.act('change a rule', { ok: 200, then: () => Object.assign(rule, wanted) }, 'PUT', `/policies/loan-rules/${rule.id}`, body);
}

// ---- time -----------------------------------------------------------------------------------------------------

/** Later on the same day, or on a morning after: never at the end of a day, where an act could lie in the next. */
async function letTimePass(driver) {
  const { random, library } = driver;
  const later = library.now + random.int(1_000, 3 * 3_600_000);
  if (dayOf(later) === library.today && random.chance(0.6)) return driver.moveTo(later);
  const days = random.pick([1, 1, 1, 1, 2, 3, 5, 8]);
  return driver.moveTo((library.today + days) * DAY_MS + random.int(6 * 3_600_000, 12 * 3_600_000));
}

// ---- the table ------------------------------------------------------------------------------------------------

/** name: [weight, function, the route without which it cannot be] */
export const acts = {
  lend: [30, lendSomething, 'POST /borrows'],
  returnLoan: [10, returnLoan, 'POST /borrows/{id}/return'],
  returnCopy: [10, returnCopy, 'POST /borrows/return'],
  place: [9, place, 'POST /holds'],
  cancel: [2, cancel, 'DELETE /holds/{id}'],
  suspend: [2, suspend, 'PUT /holds/{id}/suspend'],
  move: [1.2, move, 'PUT /holds/{id}/position'],
  pull: [3, pull, 'POST /holds/pull'],
  expire: [2, expire, 'job expire_holds'],
  newMember: [0.6, newMember, 'POST /members'],
  changeStatus: [1.5, changeStatus, 'PUT /members/{id}/status'],
  changeMembership: [1, changeMembership, 'PATCH /members/{id}'],
  archiveMember: [1, archiveMember, 'DELETE /members/{id}'],
  restoreMember: [0.7, restoreMember, 'POST /members/{id}/restore'],
  newTitle: [0.6, newTitle, 'POST /books'],
  newCopy: [0.6, newCopy, 'POST /books/{id}/copies'],
  changeCopy: [2, changeCopy, 'PATCH /copies/{id}'],
  archiveTitle: [0.8, archiveTitle, 'DELETE /books/{id}'],
  restoreTitle: [0.7, restoreTitle, 'POST /books/{id}/restore'],
  changeRule: [0.5, changeRule, 'PUT /policies/loan-rules/{id}'],
  letTimePass: [6, letTimePass],
};
