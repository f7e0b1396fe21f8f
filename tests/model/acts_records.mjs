// acts_records.mjs — readers, titles and copies come, change and go.
import { sameParties } from './compare.mjs';
import { dateOf } from './days.mjs';
import { live, money } from './draw.mjs';
import { no } from './library.mjs';

// ---- people ----------------------------------------------------------------------------------------------------------

export const MEMBER_TYPES = ['adult', 'student', 'faculty', 'child'];

export async function newMember(driver) {
  const { random, library } = driver;
  const member = { name: `Reader ${library.members.length + 1}`, type: random.pick(MEMBER_TYPES), status: 'active', suspendedUntil: null, expiresOn: null, archived: false };
  if (random.chance(0.3)) member.expiresOn = library.today + random.int(20, 400);
  const body = { name: member.name, member_type: member.type, expires_on: member.expiresOn === null ? null : dateOf(member.expiresOn) };
  const then = (reply) => library.members.push(Object.assign(member, { id: reply.id, card: reply.card }));
  await driver.act('new member', { ok: 201, then }, 'POST', '/members', body);
}

export async function changeStatus(driver) {
  const { random, library } = driver;
  const unwell = live(library.members).filter((one) => library.statusOf(one) !== 'active' && (one.expiresOn === null || one.expiresOn >= library.today || random.chance(0.2)));
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
export async function changeMembership(driver) {
  const { random, library } = driver;
  const over = live(library.members).filter((one) => library.statusOf(one) === 'expired');
  const member = random.pick(random.chance(0.7) && over.length > 0 ? over : live(library.members));
  const day = random.chance(0.3) ? null : library.today + random.int(-5, 300);
  const type = random.chance(0.2) ? random.pick(MEMBER_TYPES) : member.type;
  const then = () => {
    if (member.status === 'expired' && day !== member.expiresOn && (day === null || day >= library.today)) member.status = 'active';
    Object.assign(member, { expiresOn: day, type });
  };
  await driver.act('change a membership', { ok: 200, then }, 'PATCH', `/members/${member.id}`, { expires_on: day === null ? null : dateOf(day), member_type: type });
  await sameParties(driver, null, member);
}

export async function archiveMember(driver) {
  const { random, library } = driver;
  const member = random.pick(random.chance(0.9) ? live(library.members) : library.members);
  let decision = { ok: 204, then: () => (member.archived = true) };
  if (library.ledger.balance(member) > 0) decision = no(409, 'HAS_BALANCE');
  if (library.openHoldsOf(member).length > 0) decision = no(409, 'HAS_HOLDS');
  if (library.loansOf(member).length > 0) decision = no(409, 'HAS_ACTIVE_BORROWS');
  if (member.archived) decision = no(404, 'MEMBER_NOT_FOUND');
  await driver.act('archive a member', decision, 'DELETE', `/members/${member.id}`);
}

export async function restoreMember(driver) {
  const member = driver.random.pick(driver.library.members.filter((one) => one.archived));
  if (!member) return;
  await driver.act('restore a member', { ok: 200, then: () => (member.archived = false) }, 'POST', `/members/${member.id}/restore`);
}

// ---- titles and copies -----------------------------------------------------------------------------------------------

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

export async function newCopy(driver) {
  const { random } = driver;
  const title = random.pick(driver.library.titles);
  const decision = title.archived ? no(404, 'BOOK_NOT_FOUND') : { ok: 201 };
  const price = random.chance(0.5) ? random.int(100, 4000) : undefined;
  const done = await driver.act('new copy', decision, 'POST', `/books/${title.id}/copies`, price === undefined ? {} : { price: money(price) });
  if (!done) return;
  await readCopies(driver, title);
  await sameParties(driver, title);
}

/** What may be said of a copy by hand, by what it is now; lending and holds have the other states to themselves. */
const BY_HAND = {
  available: ['in_repair', 'lost', 'withdrawn'], in_repair: ['available', 'lost', 'withdrawn'], lost: ['available', 'in_repair', 'withdrawn'],
  withdrawn: ['available', 'in_repair'], on_loan: [], on_hold_shelf: [],
};

export async function changeCopy(driver) {
  const { random, library } = driver;
  const copy = random.pick(random.chance(0.5) ? library.copies.filter((one) => one.status !== 'available') : library.copies) ?? random.pick(library.copies);
  const to = random.chance(0.5) ? 'available' : random.pick(['in_repair', 'lost', 'withdrawn']);
  let decision = { ok: 200, then: () => (copy.status = to) };
  if (copy.title.archived) decision = no(404, 'BOOK_NOT_FOUND');
  if (to !== copy.status && !BY_HAND[copy.status].includes(to)) decision = no(409, 'COPY_NOT_AVAILABLE', { from: copy.status, to });
  await driver.act('change a copy by hand', decision, 'PATCH', `/copies/${copy.id}`, { status: to });
  await sameParties(driver, copy.title);
}

export async function archiveTitle(driver) {
  const { random, library } = driver;
  const title = random.pick(random.chance(0.9) ? live(library.titles) : library.titles);
  let decision = { ok: 204, then: () => (title.archived = true) };
  if (library.holds.some((hold) => hold.title === title && library.isOpen(hold))) decision = no(409, 'HAS_HOLDS');
  if (library.loans.some((loan) => loan.title === title && loan.returnedAt === null)) decision = no(409, 'HAS_ACTIVE_BORROWS');
  if (title.archived) decision = no(404, 'BOOK_NOT_FOUND');
  await driver.act('archive a title', decision, 'DELETE', `/books/${title.id}`);
}

export async function restoreTitle(driver) {
  const title = driver.random.pick(driver.library.titles.filter((one) => one.archived));
  if (!title) return;
  await driver.act('restore a title', { ok: 200, then: () => (title.archived = false) }, 'POST', `/books/${title.id}/restore`);
  await sameParties(driver, title);
}
