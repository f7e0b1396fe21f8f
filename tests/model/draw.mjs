// draw.mjs — whom and what an act is about: mostly somebody and something for whom it makes sense, sometimes not.
import { UNKNOWN_ID } from '../support/library.mjs';
import { DAY_MS } from './days.mjs';

export { UNKNOWN_ID };
export const UNKNOWN_CODE = 'NO-SUCH-NUMBER';
export const money = (amount) => amount / 100;

export const live = (list) => list.filter((one) => !one.archived);

/** A member, mostly one who may borrow; sometimes an archived one, or (undefined) one that does not exist. */
export function someMember({ random, library }) {
  if (random.chance(0.01)) return undefined;
  const all = random.chance(0.97) ? live(library.members) : library.members;
  return random.pick(random.chance(0.8) ? all.filter((member) => library.statusOf(member) === 'active') : all) ?? random.pick(all);
}

export function someTitle({ random, library }, wanted = () => true) {
  if (random.chance(0.01)) return undefined;
  return random.pick(random.chance(0.75) ? live(library.titles).filter(wanted) : library.titles) ?? random.pick(library.titles);
}

export function someCopy({ random, library }, wanted = () => true) {
  if (random.chance(0.01)) return undefined;
  return random.pick(random.chance(0.8) ? library.copies.filter(wanted) : library.copies) ?? random.pick(library.copies);
}

/** Mostly now; else up to a little more than a fortnight ago, or a moment ahead. */
export function someInstant({ random, library }) {
  if (random.chance(0.88)) return undefined;
  return random.chance(0.05) ? library.now + random.int(1, 240_000) : library.now - random.int(1, 15 * DAY_MS);
}

export const withInstant = (at) => (at === undefined ? {} : { occurred_at: new Date(at).toISOString() });
