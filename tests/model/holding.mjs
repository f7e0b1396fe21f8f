// holding.mjs — the model's queues: placing, cancelling, stepping aside, being moved, pulling a copy, letting one expire.
import { no } from './library.mjs';
import { sameHold } from './compare.mjs';

const gone = no(404, 'HOLD_NOT_FOUND');

export function placeHold(library, member, title) {
  if (!member || member.archived) return no(404, 'MEMBER_NOT_FOUND');
  const refusal = library.memberRefusal(member, { asksBalance: false });
  if (refusal) return refusal;
  if (!title || title.archived) return no(404, 'BOOK_NOT_FOUND');
  if (library.totalCopies(title) === 0) return no(409, 'INVENTORY_UNAVAILABLE', { total_copies: 0 });
  if (library.ownHold(member, title)) return no(409, 'HOLD_EXISTS');
  if (library.loansOf(member).some((loan) => loan.title === title)) return no(409, 'ACTIVE_BORROW_EXISTS');
  const limit = library.totalRule(member.type).hold_limit;
  const open = library.openHoldsOf(member).length;
  if (open >= limit) return no(409, 'HOLD_LIMIT_EXCEEDED', { hold_limit: limit, open_holds: open });
  return {
    ok: 201,
    then(reply) {
      const open = library.holds.filter((hold) => hold.title === title && library.isOpen(hold));
      const hold = {
        id: reply.id, member, title, status: 'waiting', place: Math.max(0, ...open.map((one) => one.place)) + 1, suspended: false, suspendedUntil: null,
        copy: null, pickupDay: null, placedAt: library.now,
      };
      library.holds.push(hold);
      sameHold(library, hold, reply);
    },
  };
}

/** An act on an open hold. */
function onOpen(library, hold, decide) {
  if (!hold) return gone;
  if (!library.isOpen(hold)) return no(409, 'HOLD_OVER');
  return decide();
}

const done = (library, hold, change) => ({
  ok: 200,
  then(reply) {
    change();
    sameHold(library, hold, reply);
  },
});

export function cancelHold(library, hold) {
  return onOpen(library, hold, () => done(library, hold, () => library.endHold(hold, 'cancelled')));
}

export function suspendHold(library, hold, suspended, until) {
  if (until !== null && (!suspended || until <= library.today)) return no(422, 'VALIDATION_ERROR');
  return onOpen(library, hold, () => done(library, hold, () => {
    const { copy, status } = hold;
    if (status === 'ready' && suspended) library.waitAgain(hold);
    Object.assign(hold, { suspended, suspendedUntil: suspended ? until : null });
    if (status === 'ready' && suspended) library.takeIn(copy);
  }));
}

export function moveHold(library, hold, position) {
  return onOpen(library, hold, () => {
    if (hold.status === 'ready') return no(409, 'CONFLICT');
    return done(library, hold, () => {
      const queue = library.queue(hold.title);
      const places = queue.map((one) => one.place);
      const others = queue.filter((one) => one !== hold);
      others.splice(Math.min(position, queue.length) - 1, 0, hold);
      others.forEach((one, i) => (one.place = places[i]));
    });
  });
}

/** A copy is taken from its shelf for the first who counts. */
export function pullCopy(library, copy) {
  if (!copy) return no(404, 'COPY_NOT_FOUND');
  if (copy.status !== 'available') return no(409, 'COPY_NOT_AVAILABLE', { status: copy.status });
  const [first] = library.waiting(copy.title);
  if (!first) return gone;
  return done(library, first, () => library.takeIn(copy));
}

// ---- watching a title: no place in a queue, only a word when it is back ----

const watchOf = (library, member, title) => library.watches.find((one) => one.member === member && one.title === title);

export function watchTitle(library, member, title) {
  if (!member || member.archived) return no(404, 'MEMBER_NOT_FOUND');
  if (!title || title.archived) return no(404, 'BOOK_NOT_FOUND');
  if (watchOf(library, member, title)) return { ok: 204 };
  const available = library.availableCopies(title);
  if (available > 0) return no(409, 'CONFLICT', { available_copies: available });
  return { ok: 204, then: () => library.watches.push({ member, title }) };
}

export function watchNoMore(library, member, title) {
  if (!member || member.archived) return no(404, 'MEMBER_NOT_FOUND');
  if (!title) return no(404, 'BOOK_NOT_FOUND');
  return { ok: 204, then: () => (library.watches = library.watches.filter((one) => one !== watchOf(library, member, title))) };
}

/** What came back by another way than over the desk, and nobody has a hold on it: told by the same nightly job. */
function tellLate(library) {
  const free = (title) => !title.archived && library.availableCopies(title) > 0 && !library.holds.some((hold) => hold.title === title && library.isOpen(hold));
  const due = library.titles.filter((title) => free(title) && library.watches.some((watch) => watch.title === title));
  for (const title of due) library.tellWatchers(title);
  return due.length;
}

/** The nightly job: what was not fetched in time passes on, in the order in which it was to be fetched. */
export function expireHolds(library) {
  const overdue = () => library.holds.filter((hold) => hold.status === 'ready' && hold.pickupDay < library.today);
  let count = 0;
  for (const hold of overdue().sort((a, b) => a.pickupDay - b.pickupDay || library.holds.indexOf(a) - library.holds.indexOf(b))) {
    library.endHold(hold, 'expired');
    count++;
  }
  return count + tellLate(library);
}
