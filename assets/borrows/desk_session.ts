/* The desk behind its page: who is open, what the last scan did, what this visit did.
 *
 * Every act goes through one queue and is finished before the next one starts, so ten quick scans have the
 * effect of ten slow ones, and one that fails changes nothing for those behind it. The session lives outside
 * the page: going to the catalogue and coming back finds the same member open.
 */
import { api, ApiError, type List, query } from '../core/api';
import { lateness, money, weekday } from '../core/format';
import { t } from '../core/messages';
import { navigate } from '../core/router';
import { sound } from '../core/sound';
import { store } from '../core/store';
import { type Book, bookPath, type Copy } from '../books/book';
import type { Member } from '../members/member';
import { type HandedIn, lend, type ReadersLoan, type Returned, takeBack, takeBackBarcode } from './borrow';

export interface Action {
  label: string;
  run: () => void;
}

/** The big line: it answers the last scan and stays until the next. */
export interface Result {
  kind: 'lent' | 'back' | 'held' | 'refused' | 'member' | 'note';
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
  kind: 'lent' | 'back' | 'refused' | 'undone';
  title: string;
  sub: string;
  due?: string;
  /** The loan this made, while it can still be taken back. */
  undo?: string;
  /** The member who was open, so that a visit shows its own. */
  memberId: string | null;
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
  for (let job = jobs.shift(); job; job = jobs.shift()) {
    change({ waiting: jobs.length + 1 });
    try {
      await job.run();
    } catch (cause) {
      const message = cause instanceof ApiError ? cause.message : t('error.unexpected');
      refuse(t('desk.notDone'), job.code || '', message, { code: true, why: job.code ? [message, t('desk.scanAgain')] : [message] });
      if (job.code) note({ kind: 'refused', title: job.code, sub: message });
      if (!(cause instanceof ApiError)) setTimeout(() => { throw cause; });
    }
  }
  running = false;
  change({ waiting: 0 });
}

/* ---------- what a job tells ---------- */

let lastKey = 0;

function note(entry: Omit<Visit, 'key' | 'memberId'>): void {
  lastKey += 1;
  const { visit, member } = desk.get();
  change({ visit: [{ ...entry, key: lastKey, memberId: member ? member.id : null }, ...visit].slice(0, VISIT_MAX) });
}

function refuse(verb: string, call: string, why: string, more: Partial<Result> = {}): void {
  sound('refused');
  change({ result: { kind: 'refused', verb, call, why: [why], actions: [], ...more } });
}

/** A refusal of the server: its words as they are, and a line in the visit. */
function refused(verb: string, title: string, error: ApiError, actions: Action[] = []): void {
  const why = error.status === 0 ? [error.message, t('desk.noAnswerMore')] : [error.message];
  refuse(verb, title, error.message, { why, actions });
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

/** A loan that has ended can no longer be taken back. */
function ended(id: string, as?: 'undone'): void {
  const visit = desk.get().visit.map((entry): Visit => {
    if (entry.undo !== id) return entry;
    const { undo: _, ...rest } = entry;
    return as ? { ...rest, kind: as } : rest;
  });
  change({ visit });
}

/** What is to be done with a copy that came in: the hold shelf first, for that is where the hand goes; then money. */
function toDo({ next_hold: turn, fine, balance, due_date, returned_at }: Returned): string[] {
  const late = lateness(due_date, returned_at);
  return [
    ...(turn ? [t('desk.holdShelf', { name: turn.member_name, day: weekday(turn.pickup_until) })] : []),
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
  const where = turn ? t('desk.holdShelf', { name: turn.member_name, day: weekday(turn.pickup_until) }) : t('desk.found');
  change({ result: { kind: turn ? 'held' : 'back', verb: t('desk.here'), call: book.title, why: [where], actions: [] } });
  note({ kind: 'back', title: book.title, sub: where });
}

async function returnCopy(copy: Copy): Promise<void> {
  try {
    const back = await takeBackBarcode(copy.barcode);
    if (back.id === null) isHere(back);
    else isBack(back);
  } catch (cause) {
    const error = asApiError(cause);
    refused(t('desk.notBack'), copy.book.title, error);
    const { result } = desk.get();
    if (copy.status !== 'on_loan' && error.status !== 0 && result) change({ result: { ...result, why: [...result.why, t('desk.scanCardFirst')] } });
  }
}

async function lendCopy(copy: Copy, member: Member, override_reason?: string): Promise<void> {
  try {
    lentTo(member, await lend({ barcode: copy.barcode, card: member.card, ...(override_reason ? { override_reason } : {}) }));
  } catch (cause) {
    const error = asApiError(cause);
    if (error.code === 'HELD_FOR_ANOTHER') {
      refused(t('desk.notLent'), copy.book.title, error, [{ label: t('desk.lendAnyway'), run: () => add(() => lendCopy(copy, member, t('desk.overrideReason'))) }]);
      return;
    }
    // A book in the hand that is still out on paper came back unseen: the commonest of all refusals.
    const out = copy.status === 'on_loan' && error.status === 409;
    refused(t('desk.notLent'), copy.book.title, error, out ? [{ label: t('desk.takeBackFirst'), run: () => add(() => returnCopy(copy)) }] : []);
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
  try {
    lentTo(member, await lend({ book_id: book.id, member_id: member.id }));
  } catch (cause) {
    refused(t('desk.notLent'), book.title, asApiError(cause));
  }
}

/** Letters and spaces are somebody typing; a code has a figure in it. */
const looksTyped = (text: string): boolean => !/\d/.test(text) || /\s/.test(text);
const isbnOf = (text: string): string | null => {
  const bare = text.replace(/[\s-]/g, '');
  return /^(97[89]\d{10}|\d{9}[\dXx])$/.test(bare) ? bare.toUpperCase() : null;
};

async function read(text: string): Promise<void> {
  const [copies, members] = await Promise.all([
    api.get<List<Copy>>(`/copies${query({ barcode: text, include_withdrawn: true })}`),
    api.get<List<Member>>(`/members${query({ card: text })}`),
  ]);
  const copy = copies.data[0];
  const member = members.data[0];
  const open = desk.get().member;

  if (copy) return open ? lendCopy(copy, open) : returnCopy(copy);
  if (member) return show(member);

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
    refuse(t('desk.notUndone'), entry.title, error.message);
  }
}

/* ---------- what the page may ask for ---------- */

/** What this visit did: of the open member, or, with nobody open, the last things whoever they were for. */
export function visitOf({ visit, member }: Desk): Visit[] {
  return member ? visit.filter((entry) => entry.memberId === member.id) : visit.slice(0, 12);
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
      const last = visitOf(desk.get()).find((entry) => entry.undo);
      if (last) await undo(last);
    });
  },
  offered(): void {
    change({ offer: null });
  },
};
