// compare.mjs — the whole library through the API, held against the model: every title, copy, member, loan and queue.
import { strictEqual as is } from 'node:assert';
import { cents, sameLoan } from './lending.mjs';
import { dateOf } from './days.mjs';
import { sameAccount } from './paying.mjs';

const PAGE = 100;

/** Every row of a list, by cursor. */
export async function all(driver, path) {
  const rows = [];
  for (let cursor = ''; ; ) {
    const { data, meta } = await driver.get(`${path}${path.includes('?') ? '&' : '?'}limit=${PAGE}${cursor}`);
    rows.push(...data);
    if (!meta.has_more) {
      is(rows.length, meta.total, `${path}: meta.total`);
      return rows;
    }
    cursor = `&cursor=${encodeURIComponent(meta.next_cursor)}`;
  }
}

const sorted = (names) => [...names].sort().join('\n');

function sameTitle(library, title, row) {
  const where = title.name;
  is(row.total_copies, library.totalCopies(title), `${where}: total_copies`);
  is(row.available_copies, library.availableCopies(title), `${where}: available_copies`);
  is(row.borrow_count, library.loans.filter((loan) => loan.title === title).length, `${where}: borrow_count`);
}

function sameMember(library, member, row) {
  const where = member.name;
  is(row.status, library.statusOf(member), `${where}: status`);
  is(row.active_borrows_count, library.loansOf(member).length, `${where}: active_borrows_count`);
  is(row.borrow_count, library.loans.filter((loan) => loan.member === member).length, `${where}: borrow_count`);
  is(cents(row.balance), library.ledger.balance(member), `${where}: balance`);
}

async function sameTitles(driver) {
  const { library } = driver;
  for (const archived of [false, true]) {
    const mine = library.titles.filter((title) => title.archived === archived);
    const rows = await all(driver, `/books?archived=${archived}`);
    is(sorted(rows.map((row) => row.id)), sorted(mine.map((title) => title.id)), 'the titles');
    for (const row of rows) sameTitle(library, mine.find((title) => title.id === row.id), row);
  }
}

async function sameCopies(driver) {
  const rows = await all(driver, '/copies?include_withdrawn=true');
  is(rows.length, driver.library.copies.length, 'the copies');
  for (const copy of driver.library.copies) {
    is(rows.find((row) => row.id === copy.id)?.status, copy.status, `copy ${copy.barcode}: status`);
  }
}

async function sameMembers(driver) {
  const { library } = driver;
  for (const archived of [false, true]) {
    const mine = library.members.filter((member) => member.archived === archived);
    const rows = await all(driver, `/members?archived=${archived}`);
    is(sorted(rows.map((row) => row.id)), sorted(mine.map((member) => member.id)), 'the members');
    for (const row of rows) sameMember(library, mine.find((member) => member.id === row.id), row);
  }
}

/** Open loans, and when all are wanted, those that are over too. */
async function sameLoans(driver, whole) {
  const { library } = driver;
  const mine = whole ? library.loans : library.loans.filter((loan) => loan.returnedAt === null);
  const rows = await all(driver, whole ? '/borrows' : '/borrows?status=borrowed');
  is(rows.length, mine.length, 'the loans');
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const loan of mine) {
    try {
      sameLoan(library, loan, byId.get(loan.id));
    } catch (error) {
      error.message = `loan ${loan.id} of ${loan.copy.barcode}: ${error.message}`;
      throw error;
    }
  }
}

/** What the renewals of a loan say of its terms. */
async function sameTerms(driver) {
  for (const loan of driver.library.loans.filter((one) => one.terms.length > 0)) {
    const rows = await all(driver, `/borrows/${loan.id}/renewals`);
    const mine = loan.terms.map((one) => ({ at: new Date(one.at).toISOString(), before: dateOf(one.before), after: dateOf(one.after), fine: one.fine, way: one.way }));
    const theirs = rows.map((row) => ({ at: row.at, before: row.due_day_before, after: row.due_day_after, fine: cents(row.fine), way: row.way }));
    is(JSON.stringify(theirs), JSON.stringify(mine), `the renewals of loan ${loan.id}`);
  }
}

export function sameHold(library, hold, row) {
  const position = { waiting: library.queue(hold.title).indexOf(hold) + 1, ready: 0 }[hold.status] ?? null;
  const where = `hold ${hold.id}`;
  is(row.status, hold.status, `${where}: status`);
  is(row.book_id, hold.title.id, `${where}: book_id`);
  is(row.member_id, hold.member.id, `${where}: member_id`);
  is(row.position, position, `${where}: position`);
  if (hold.status === 'waiting' || hold.status === 'ready') {
    is(row.copy_id, hold.copy?.id ?? null, `${where}: copy_id`);
    is(row.pickup_until, hold.pickupDay === null ? null : dateOf(hold.pickupDay), `${where}: pickup_until`);
    is(row.placed_at, new Date(hold.placedAt).toISOString(), `${where}: placed_at`);
  }
  if (hold.status === 'waiting') {
    is(row.suspended, hold.suspended && (hold.suspendedUntil === null || hold.suspendedUntil > library.today), `${where}: suspended`);
  }
}

async function sameHolds(driver, whole) {
  const { library } = driver;
  for (const status of whole ? ['waiting', 'ready', 'fulfilled', 'cancelled', 'expired'] : ['waiting', 'ready']) {
    const mine = library.holds.filter((hold) => hold.status === status);
    const rows = await all(driver, `/holds?status=${status}`);
    is(sorted(rows.map((row) => row.id)), sorted(mine.map((hold) => hold.id)), `the holds that are ${status}`);
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const hold of mine) sameHold(library, hold, byId.get(hold.id));
  }
}

async function sameWatches(driver) {
  const { library } = driver;
  for (const member of library.members) {
    const { watches } = await driver.get(`/members/${member.id}/watches`);
    is(sorted(watches.map((row) => row.book_id)), sorted(library.watches.filter((one) => one.member === member).map((one) => one.title.id)), `${member.name}: watches`);
  }
}

/** Each reader's account, charge by charge; and what was taken in the last year, day by day. */
async function sameMoney(driver) {
  const { library } = driver;
  const { ledger } = library;
  for (const member of library.members) sameAccount(library, member, await driver.get(`/members/${member.id}/fines`));
  const payments = ledger.credits.filter((credit) => credit.way === 'payment');
  is((await driver.get('/fines?limit=1')).meta.total, ledger.charges.length, 'the charges');
  is((await driver.get('/fines?limit=1&open=true')).meta.total, ledger.charges.filter((charge) => ledger.openOf(charge) > 0).length, 'the open charges');
  is((await driver.get('/fines/payments?limit=1')).meta.total, payments.length, 'the payments');
  const first = library.today - 365;
  const till = await driver.get(`/fines/till?from=${dateOf(first)}&to=${dateOf(library.today)}`);
  is(cents(till.amount), payments.filter((one) => one.day >= first).reduce((sum, one) => sum + one.amount, 0), 'the till');
  for (const day of till.days) is(cents(day.amount), payments.filter((one) => dateOf(one.day) === day.day).reduce((sum, one) => sum + one.amount, 0), `the till on ${day.day}`);
}

/** Which days are open, for a while before and after today. */
async function sameDays(driver) {
  const { library } = driver;
  const [from, to] = [library.today - 60, library.today + 300];
  const { days } = await driver.get(`/calendar?from=${dateOf(from)}&to=${dateOf(to)}`);
  is(days.length, to - from + 1, 'the days of the calendar');
  days.forEach((row, i) => is(row.open, library.calendar.isOpen(from + i), `${row.day}: open`));
}

/** What the server says of itself: every invariant. */
async function isSound(driver) {
  const { status, body } = await driver.server.local('GET', '/admin/check');
  is(status, 200, 'the check');
  is(body.findings.join('; '), '', 'what --check finds');
}

/** `whole`: what is over as well. */
export async function sameLibrary(driver, whole = false) {
  await sameTitles(driver);
  await sameCopies(driver);
  await sameMembers(driver);
  await sameLoans(driver, whole);
  await sameHolds(driver, whole);
  await sameDays(driver);
  if (whole) await sameWatches(driver);
  if (whole) await sameTerms(driver);
  if (whole) await sameMoney(driver);
  await isSound(driver);
}

/** The numbers that an act has just changed. */
export async function sameParties(driver, title, member) {
  if (title && !title.archived) sameTitle(driver.library, title, await driver.get(`/books/${title.id}`));
  if (member && !member.archived) sameMember(driver.library, member, (await driver.get(`/members/${member.id}`)).member);
}
