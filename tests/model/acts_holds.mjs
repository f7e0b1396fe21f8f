// acts_holds.mjs — waiting for a title.
import { sameParties } from './compare.mjs';
import { dateOf } from './days.mjs';
import { someCopy, someMember, someTitle, UNKNOWN_CODE, UNKNOWN_ID } from './draw.mjs';
import { cancelHold, moveHold, placeHold, pullCopy, suspendHold, watchNoMore, watchTitle } from './holding.mjs';

function someHold({ random, library }, wanted = (hold) => library.isOpen(hold)) {
  if (random.chance(0.01)) return undefined;
  return random.pick(random.chance(0.85) ? library.holds.filter(wanted) : library.holds) ?? random.pick(library.holds);
}

export async function place(driver) {
  const { random, library } = driver;
  const member = someMember(driver);
  // Where all is out, and where somebody waits already, a queue grows.
  const title = someTitle(driver, (one) => library.availableCopies(one) === 0 || library.queue(one).length > 0);
  const person = random.chance(0.5) ? { card: member?.card ?? UNKNOWN_CODE } : { member_id: member?.id ?? UNKNOWN_ID };
  if (await driver.act('place a hold', placeHold(library, member, title), 'POST', '/holds', { book_id: title?.id ?? UNKNOWN_ID, ...person })) {
    await sameParties(driver, title, member);
  }
}

export async function cancel(driver) {
  const hold = someHold(driver);
  if (await driver.act('cancel a hold', cancelHold(driver.library, hold), 'DELETE', `/holds/${hold?.id ?? UNKNOWN_ID}`)) await sameParties(driver, hold.title, hold.member);
}

export async function suspend(driver) {
  const { random, library } = driver;
  const hold = someHold(driver);
  const suspended = random.chance(0.6);
  const until = random.chance(suspended ? 0.6 : 0.1) ? library.today + random.int(0, 12) : null;
  const body = { suspended, ...(until === null ? {} : { until: dateOf(until) }) };
  if (await driver.act(suspended ? 'suspend a hold' : 'resume a hold', suspendHold(library, hold, suspended, until), 'PUT', `/holds/${hold?.id ?? UNKNOWN_ID}/suspend`, body)) {
    await sameParties(driver, hold.title);
  }
}

export async function move(driver) {
  const { random, library } = driver;
  const hold = someHold(driver, (one) => (random.chance(0.1) ? one.status === 'ready' : one.status === 'waiting'));
  const position = random.int(1, 5);
  await driver.act('move a hold', moveHold(library, hold, position), 'PUT', `/holds/${hold?.id ?? UNKNOWN_ID}/position`, { position });
}

export async function pull(driver) {
  const { library } = driver;
  const copy = someCopy(driver, (one) => one.status === 'available' && library.waiting(one.title).length > 0);
  if (await driver.act('pull a copy', pullCopy(library, copy), 'POST', '/holds/pull', { barcode: copy?.barcode ?? UNKNOWN_CODE })) await sameParties(driver, copy.title);
}

export async function watch(driver) {
  const { random, library } = driver;
  const on = random.chance(0.75);
  const known = on ? undefined : random.pick(library.watches);
  const member = known?.member ?? someMember(driver);
  const title = known?.title ?? someTitle(driver, (one) => library.availableCopies(one) === 0);
  const path = `/books/${title?.id ?? UNKNOWN_ID}/watch`;
  const who = member?.id ?? UNKNOWN_ID;
  if (on) await driver.act('watch a title', watchTitle(library, member, title), 'POST', path, { member_id: who });
  else await driver.act('watch no more', watchNoMore(library, member, title), 'DELETE', `${path}?member_id=${who}`);
}
