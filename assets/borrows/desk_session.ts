/* The desk behind its page: who is open, what the last scan did, what this visit did.
 *
 * Every act goes through one queue and is finished before the next one starts, so ten quick scans have the
 * effect of ten slow ones, and one that fails changes nothing for those behind it. The session lives outside
 * the page: going to the catalogue and coming back finds the same member open. While nobody answers, what is scanned
 * is kept (desk_queue.ts) and the visit says so.
 */
import { api, ApiError, type List, query } from '../core/api';
import { lateness, money, weekday } from '../core/format';
import { t, tn } from '../core/messages';
import { working } from '../core/query';
import { navigate } from '../core/router';
import { sound } from '../core/sound';
import { store } from '../core/store';
import { type Book, bookPath, type Copy } from '../books/book';
import type { Turn } from '../holds/hold';
import type { Member } from '../members/member';
import { type HandedIn, type ReadersLoan, type Returned, takeBack } from './borrow';
import { guess, looksTyped, remember, remembered, stranger } from './desk_alone';
import { type Act, askOr, attempt, flush, kept, mustKeep, newAct, now, onTold, PATIENCE_MS, pendingOf, refusedOf, takeOut, type Told } from './desk_queue';

export interface Action {
  label: string;
  run: () => void;
}

/** The big line: it answers the last scan and stays until the next. */
export interface Result {
  kind: 'lent' | 'back' | 'held' | 'refused' | 'member' | 'note' | 'kept';
  verb: string;
  call: string;
  /** The call is a code, not a title or name. */
  code?: boolean;
  due?: string;
  why: string[];
  actions: Action[];
}

export interface Visit {
  key: number;
  /** When it was done, or told. */
  at: string;
  kind: 'lent' | 'back' | 'refused' | 'undone' | 'kept';
  title: string;
  sub: string;
  due?: string;
  /** The loan this made, while it can still be taken back. */
  undo?: string;
  /** The act that this tells of, until it is done. */
  kept?: string;
  /** The member who was open, so that a visit shows its own. */
  card: string | null;
}

export interface Desk {
  member: Member | null;
  result: Result | null;
  visit: Visit[];
  /** Scans read but not answered yet. */
  waiting: number;
  /** Typed text that is no code: the page offers what it could mean. */
  offer: { text: string; key: number } | null;
}

const VISIT_MAX = 60;

export const desk = store<Desk>({ member: null, result: null, visit: [], waiting: 0, offer: null });
const change = (part: Partial<Desk>) => desk.set({ ...desk.get(), ...part });

/* ---------- the queue ---------- */

interface Job {
  run: () => Promise<void>;
  /** What was scanned: named when it could not be done, so that nothing typed is lost. */
  code?: string;
}
const jobs: Job[] = [];
let running = false;

function add(run: Job['run'], code?: string): void {
  jobs.push(code === undefined ? { run } : { run, code });
  change({ waiting: jobs.length + (running ? 1 : 0) });
  if (!running) void work();
}

async function work(): Promise<void> {
  running = true;
  working(true);
  for (let job = jobs.shift(); job; job = jobs.shift()) {
    change({ waiting: jobs.length + 1 });
    try {
      await flush();
      await learnName();
      await job.run();
    } catch (cause) {
      const message = cause instanceof ApiError ? cause.message : t('error.unexpected');
      refuse(t('desk.notDone'), job.code || '', message, { code: true, why: job.code ? [message, t('desk.scanAgain')] : [message] });
      if (job.code) note({ kind: 'refused', title: job.code, sub: message });
      if (!(cause instanceof ApiError)) setTimeout(() => { throw cause; });
    }
  }
  running = false;
  working(false);
  change({ waiting: 0 });
}

/* ---------- what a job tells ---------- */

let lastKey = 0;

function note(entry: Omit<Visit, 'key' | 'at' | 'card'>): void {
  lastKey += 1;
  const { visit, member } = desk.get();
  change({ visit: [{ ...entry, key: lastKey, at: new Date().toISOString(), card: member ? member.card : null }, ...visit].slice(0, VISIT_MAX) });
}

function refuse(verb: string, call: string, why: string, more: Partial<Result> = {}): void {
  sound('refused');
  change({ result: { kind: 'refused', verb, call, why: [why], actions: [], ...more } });
}

/** A refusal of the server: its words as they are, and a line in the visit. */
function refused(verb: string, title: string, error: ApiError, actions: Action[] = []): void {
  refuse(verb, title, error.message, { actions });
  note({ kind: 'refused', title, sub: error.message });
}

function asApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  throw cause;
}

/* ---------- the acts ---------- */

function show(member: Member): void {
  sound(member.status === 'active' ? 'ok' : 'refused');
  const why = [t('desk.memberOpen')];
  if (member.status === 'suspended') why.unshift(t('desk.isSuspended'));
  if (member.status === 'expired') why.unshift(t('desk.isExpired'));
  change({ member, result: { kind: member.status === 'active' ? 'member' : 'note', verb: t('desk.cardOf'), call: member.name, why, actions: [] } });
}

function lentTo(member: Member, borrow: ReadersLoan): void {
  sound('ok');
  change({ result: { kind: 'lent', verb: t('desk.lentTo', { name: member.name }), call: borrow.book.title, due: borrow.due_date, why: [], actions: [] } });
  note({ kind: 'lent', title: borrow.book.title, sub: borrow.book.author, due: borrow.due_date, undo: borrow.id });
}

/** Nobody has answered: what it is to be, and that it is not done yet. */
function isKept(act: Act): void {
  sound('back');
  const lends = act.order.what === 'lend';
  const why = [lends ? t('offline.keptLend', { name: act.who }) : t('offline.keptBack')];
  change({ result: { kind: 'kept', verb: t('offline.kept'), call: act.title, why, actions: [] } });
  noteKept(act);
}

function noteKept(act: Act): void {
  note({ kind: 'kept', title: act.title, sub: act.order.what === 'lend' ? t('offline.keptLend', { name: act.who }) : t('offline.keptBack'), kept: act.key });
}

/** A loan that has ended can no longer be taken back. */
function ended(id: string, as?: 'undone'): void {
  const visit = desk.get().visit.map((entry): Visit => {
    if (entry.undo !== id) return entry;
    const { undo: _, ...rest } = entry;
    return as ? { ...rest, kind: as } : rest;
  });
  change({ visit });
}

const onShelf = (turn: Turn): string => t('desk.holdShelf', { name: turn.member_name, day: weekday(turn.pickup_until) });

/** What is to be done with a copy that came in: the hold shelf first, for that is where the hand goes; then money. */
function toDo({ next_hold: turn, fine, balance, due_date, returned_at }: Returned): string[] {
  const late = lateness(due_date, returned_at);
  return [
    ...(turn ? [onShelf(turn)] : []),
    ...(late ? [fine > 0 ? t('desk.lateCosts', { late, fine: money(fine) }) : late] : []),
    ...(balance > 0 ? [t('desk.owes', { balance: money(balance) })] : []),
  ];
}

function isBack(borrow: Returned): void {
  sound('back');
  ended(borrow.id);
  const late = lateness(borrow.due_date, borrow.returned_at);
  change({
    result: {
      kind: borrow.next_hold ? 'held' : 'back', verb: t('desk.backFrom', { name: borrow.member.name }), call: borrow.book.title, why: toDo(borrow),
      actions: borrow.fine > 0 ? [{ label: t('desk.toMoney'), run: () => navigate(`/members/${borrow.member_id}`) }] : [],
    },
  });
  note({ kind: 'back', title: borrow.book.title, sub: late ? t('desk.backLate', { name: borrow.member.name, late }) : borrow.member.name });
}

/** Nobody had it: it goes to the hold shelf, or, found again, to its own. */
function isHere({ book, next_hold: turn }: HandedIn): void {
  sound('back');
  const where = turn ? onShelf(turn) : t('desk.found');
  change({ result: { kind: turn ? 'held' : 'back', verb: t('desk.here'), call: book.title, why: [where], actions: [] } });
  note({ kind: 'back', title: book.title, sub: where });
}

const isReceived = (borrow: Returned | HandedIn): void => (borrow.id === null ? isHere(borrow) : isBack(borrow));

/** As much of a copy as its scan told: without an answer, its barcode. */
type Scanned = Pick<Copy, 'barcode'> & { title: string; status?: Copy['status'] };
const scannedOf = ({ barcode, status, book }: Copy): Scanned => ({ barcode, status, title: book.title });

async function returnCopy(copy: Scanned): Promise<void> {
  const act = newAct({ what: 'back', body: { barcode: copy.barcode, ...now() } }, copy.title);
  try {
    const done = await attempt(act);
    if (!done) isKept(act);
    else if (done.what === 'back') isReceived(done.borrow);
  } catch (cause) {
    const error = asApiError(cause);
    refused(t('desk.notBack'), copy.title, error);
    const { result } = desk.get();
    if (copy.status !== 'on_loan' && result) change({ result: { ...result, why: [...result.why, t('desk.scanCardFirst')] } });
  }
}

async function lendCopy(copy: Scanned, member: Member, override_reason?: string): Promise<void> {
  const body = { barcode: copy.barcode, card: member.card, ...(override_reason ? { override_reason } : {}), ...now() };
  const act = newAct({ what: 'lend', body }, copy.title, member.name);
  try {
    const done = await attempt(act);
    if (!done) isKept(act);
    else if (done.what === 'lend') lentTo(member, done.borrow);
  } catch (cause) {
    const error = asApiError(cause);
    if (error.code === 'HELD_FOR_ANOTHER') {
      refused(t('desk.notLent'), copy.title, error, [{ label: t('desk.lendAnyway'), run: () => add(() => lendCopy(copy, member, t('desk.overrideReason'))) }]);
      return;
    }
    // A book in the hand that is still out on paper came back unseen: the commonest of all refusals.
    const out = copy.status === 'on_loan' && error.status === 409;
    refused(t('desk.notLent'), copy.title, error, out ? [{ label: t('desk.takeBackFirst'), run: () => add(() => returnCopy(copy)) }] : []);
  }
}

async function lendTitle(book: Pick<Book, 'id' | 'title'>): Promise<void> {
  const { member } = desk.get();
  if (!member) {
    sound('refused');
    change({
      result: {
        kind: 'note', verb: t('desk.whoFor'), call: book.title, why: [t('desk.whoForMore')],
        actions: [{ label: t('desk.openBook'), run: () => navigate(bookPath(book.id)) }],
      },
    });
    return;
  }
  const act = newAct({ what: 'lend', body: { book_id: book.id, card: member.card, ...now() } }, book.title, member.name);
  try {
    const done = await attempt(act);
    if (!done) isKept(act);
    else if (done.what === 'lend') lentTo(member, done.borrow);
  } catch (cause) {
    refused(t('desk.notLent'), book.title, asApiError(cause));
  }
}

const isbnOf = (text: string): string | null => {
  const bare = text.replace(/[\s-]/g, '');
  return /^(97[89]\d{10}|\d{9}[\dXx])$/.test(bare) ? bare.toUpperCase() : null;
};

/* ---------- while nobody answers ---------- */

function openAlone(card: string): void {
  sound('ok');
  change({ member: stranger(card), result: { kind: 'member', verb: t('offline.card'), call: card, code: true, why: [t('offline.cardMore')], actions: [] } });
}

function takeAlone(barcode: string, title = barcode): Promise<void> {
  const { member } = desk.get();
  return member ? lendCopy({ barcode, title }, member) : returnCopy({ barcode, title });
}

/** What a code is when nobody can be asked. */
async function readAlone(text: string): Promise<void> {
  const { member } = desk.get();
  const known = remembered.get(text);
  if (known && 'copy' in known) return takeAlone(text, known.copy.book.title);
  if (known) return show(known.member);
  if (member?.card === text) return show(member);
  if (looksTyped(text)) {
    refuse(t('desk.notDone'), text, t('offline.noWords'), { code: true });
    return;
  }
  const is = guess(text, member !== null);
  if (is === 'copy') return takeAlone(text);
  if (is === 'card') return openAlone(text);
  refuse(t('offline.ask'), text, t('offline.askMore'), {
    code: true,
    actions: [
      { label: t('offline.isCard'), run: () => add(async () => openAlone(text)) },
      { label: t('offline.isBook'), run: () => add(() => returnCopy({ barcode: text, title: text })) },
    ],
  });
}

/** The open card gets its name as soon as somebody can say it; or it is nobody's, and is closed. */
async function learnName(): Promise<void> {
  const { member } = desk.get();
  if (!member || member.id !== '' || mustKeep()) return;
  const found = await askOr(api.getSoon<List<Member>>(`/members${query({ card: member.card })}`, PATIENCE_MS));
  if (!found) return;
  const [named] = found.data;
  change({ member: named || null });
  if (!named) refuse(t('desk.notKnown'), member.card, t('desk.notKnownMore'), { code: true });
}

/** What became of a kept act stands where the visit said that it was kept. */
function became({ act, done, error }: Told): void {
  const words = (entry: Visit): Visit => {
    const { kept: _, ...rest } = entry;
    if (!done) return { ...entry, kind: 'refused', sub: error || '' };
    if (done.what === 'lend') return { ...rest, kind: 'lent', title: done.borrow.book.title, sub: done.borrow.member.name, due: done.borrow.due_date, undo: done.borrow.id };
    const { borrow } = done;
    const what = borrow.id === null ? (borrow.next_hold ? [onShelf(borrow.next_hold)] : [t('desk.found')]) : [borrow.member.name, ...toDo(borrow)];
    return { ...rest, kind: 'back', title: borrow.book.title, sub: what.join(' · ') };
  };
  if (done?.what === 'back' && done.borrow.id !== null) ended(done.borrow.id);
  change({ visit: desk.get().visit.map((entry) => (entry.kept === act.key ? words(entry) : entry)) });
  if (pendingOf(kept.get()).length > 0) return;
  const left = refusedOf(kept.get()).length;
  if (left > 0) refuse(t('offline.answers'), tn('offline.refused', left), t('offline.seeBelow'));
  else if (desk.get().result?.kind === 'kept') change({ result: { kind: 'note', verb: t('offline.answers'), call: t('offline.allDone'), why: [], actions: [] } });
  // The queue begins by learning the open member's name.
  if (!running) add(async () => undefined);
}

onTold(became);
pendingOf(kept.get()).forEach(noteKept);
// Another tab has sent them, and had the answers. What this one has sent is told of first.
const isGone = (entry: Visit): boolean => entry.kind === 'kept' && entry.kept !== undefined && !kept.get().some(({ key }) => key === entry.kept);
kept.watch(() => {
  if (desk.get().visit.some(isGone)) setTimeout(() => change({ visit: desk.get().visit.filter((entry) => !isGone(entry)) }));
});

/* ---------- a code ---------- */

async function read(text: string): Promise<void> {
  if (mustKeep()) return readAlone(text);
  const answers = await askOr(Promise.all([
    api.getSoon<List<Copy>>(`/copies${query({ barcode: text, include_withdrawn: true })}`, PATIENCE_MS),
    api.getSoon<List<Member>>(`/members${query({ card: text })}`, PATIENCE_MS),
  ]));
  if (!answers) return readAlone(text);
  const [copies, members] = answers;
  const copy = copies.data[0];
  const member = members.data[0];
  const open = desk.get().member;

  if (copy) {
    remember(text, { copy });
    return open ? lendCopy(scannedOf(copy), open) : returnCopy(scannedOf(copy));
  }
  if (member) {
    remember(text, { member });
    return show(member);
  }

  const isbn = isbnOf(text);
  if (isbn) {
    const books = await api.get<List<Book>>(`/books${query({ isbn, limit: 2 })}`);
    const only = books.data[0];
    if (only && books.data.length === 1) return lendTitle(only);
  }
  if (looksTyped(text) && jobs.length === 0) {
    change({ offer: { text, key: (lastKey += 1) } });
    return;
  }
  refuse(t('desk.notKnown'), text, t('desk.notKnownMore'), { code: true });
  note({ kind: 'refused', title: text, sub: t('desk.notKnownMore') });
}

async function undo(entry: Visit): Promise<void> {
  if (entry.kind === 'kept' && entry.kept) undoKept(entry, entry.kept);
  if (!entry.undo) return;
  try {
    const borrow = await takeBack(entry.undo);
    sound('back');
    ended(entry.undo, 'undone');
    change({
      result: { kind: 'back', verb: t('desk.undone'), call: borrow.book.title, why: [t('desk.undoneMore', { name: borrow.member.name })], actions: [] },
    });
  } catch (cause) {
    const error = asApiError(cause);
    if (error.code === 'ALREADY_RETURNED') ended(entry.undo);
    refuse(t('desk.notUndone'), entry.title, error.message, error.status === 0 ? { why: [error.message, t('desk.noAnswerMore')] } : {});
  }
}

function undoKept(entry: Visit, key: string): void {
  if (!takeOut(key)) {
    refuse(t('desk.notUndone'), entry.title, t('offline.mayBeDone'));
    return;
  }
  sound('back');
  const { kept: _, ...rest } = entry;
  change({
    visit: desk.get().visit.map((one) => (one.key === entry.key ? { ...rest, kind: 'undone' } : one)),
    result: { kind: 'note', verb: t('desk.undone'), call: entry.title, why: [], actions: [] },
  });
}

/* ---------- what the page may ask for ---------- */

/** What this visit did: of the open member, or, with nobody open, the last things whoever they were for. */
export function visitOf({ visit, member }: Desk): Visit[] {
  return member ? visit.filter((entry) => entry.card === member.card) : visit.slice(0, 12);
}

export const session = {
  scan(text: string): void {
    const code = text.trim();
    if (code) add(() => read(code), code);
  },
  /** A member picked from the list, or linked to from elsewhere. */
  open(member: Member): void {
    add(async () => show(member));
  },
  lendTitle(book: Pick<Book, 'id' | 'title'>): void {
    add(() => lendTitle(book));
  },
  /** Escape: first the member, then the line. In the queue, because the scans before it belong to the member. */
  close(): void {
    add(async () => {
      const { member } = desk.get();
      if (member) change({ member: null, result: { kind: 'note', verb: t('desk.closed'), call: member.name, why: [t('desk.closedMore')], actions: [] } });
      else change({ result: null });
    });
  },
  undo(entry: Visit): void {
    add(() => undo(entry));
  },
  undoLast(): void {
    add(async () => {
      const last = visitOf(desk.get()).find((entry) => entry.undo || entry.kind === 'kept');
      if (last) await undo(last);
    });
  },
  offered(): void {
    change({ offer: null });
  },
};
