/* What was scanned while nobody answered: kept in this browser, and done in its order when the server is back.
 *
 * Each act is one request, the same for every try: its key, its time and its words are fixed when it is scanned, so
 * that an act whose answer was lost is not done twice. Refusals stay until somebody has dealt with them. Each act is
 * one item of the storage: tabs of the same browser add and remove without overwriting one another.
 */
import { ApiError, newKey } from '../core/api';
import { serverTime } from '../core/clock';
import { connection } from '../core/connection';
import { may, me } from '../core/door';
import { t } from '../core/messages';
import { store } from '../core/store';
import { type Back, carryOut, type Lent, type Order } from './borrow';

export interface Act {
  key: string;
  /** Milliseconds: acts are done in this order. */
  place: number;
  order: Order;
  /** What the desk knew: a title and a name, or the codes. */
  title: string;
  who: string;
  /** Whose session it was: nothing is done in the name of another without asking. '': nobody signs in here. */
  by: string;
  byName: string;
  /** It has been sent before and may have been done. */
  sent: boolean;
  /** The server's words, when it would not do it. */
  refused?: string;
}

export type Done = Lent | Back;
/** What became of a kept act. */
export interface Told {
  act: Act;
  done?: Done;
  error?: string;
}

/** Acts in one browser; more are refused at once. Half a megabyte of the five that browsers give. */
export const KEPT_MAX = 1000;
/** How long a scan waits for its answer before it is kept. */
export const PATIENCE_MS = 8000;
const AGAIN_MS = 5000;
const NAME = 'carrel.kept.';

/* ---------- in this browser ---------- */

const byPlace = (a: Act, b: Act): number => a.place - b.place;

/** null: storage is forbidden, and acts are kept as long as the page. */
function stored(): Act[] | null {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(NAME));
    return names.map((name) => JSON.parse(localStorage.getItem(name) || 'null') as Act | null).filter((act): act is Act => act !== null).sort(byPlace);
  } catch {
    return null;
  }
}

export const kept = store<Act[]>(stored() || []);
export const pendingOf = (all: Act[]): Act[] => all.filter((act) => act.refused === undefined);
export const refusedOf = (all: Act[]): Act[] => all.filter((act) => act.refused !== undefined);
const pending = (): Act[] => pendingOf(kept.get());

function put(act: Act): void {
  try {
    localStorage.setItem(NAME + act.key, JSON.stringify(act));
  } catch {
    /* no storage, or no room in it: as long as the page */
  }
  kept.set([...kept.get().filter(({ key }) => key !== act.key), act].sort(byPlace));
}

function drop({ key }: Act): void {
  try {
    localStorage.removeItem(NAME + key);
  } catch {
    /* no storage */
  }
  kept.set(kept.get().filter((one) => one.key !== key));
}

// Another tab has kept, done or put aside something.
window.addEventListener('storage', (event) => {
  if (event.key === null || event.key.startsWith(NAME)) kept.set(stored() || kept.get());
});

/* ---------- one act ---------- */

let lastPlace = 0;

/** An act of this moment, not yet tried. `body` has everything but the time. */
export function newAct(order: Order, title: string, who = ''): Act {
  lastPlace = Math.max(lastPlace + 1, Date.now());
  const account = me.get()?.account;
  return { key: newKey(), place: lastPlace, order, title, who, by: account ? account.id : '', byName: account ? account.name : '', sent: false };
}

export const now = (): { occurred_at: string } => ({ occurred_at: serverTime() });

/** Nobody answered, or nobody who could say: the same may be right later. */
const isUnanswered = (cause: unknown): boolean => cause instanceof ApiError && [0, 429, 502, 503, 504].includes(cause.status);

/** Nothing may overtake what is kept. */
export const mustKeep = (): boolean => connection.state.get() === 'lost' || pending().length > 0;

function keep(act: Act): void {
  if (kept.get().length >= KEPT_MAX) throw new ApiError(507, { detail: t('offline.full') });
  put(act);
  if (connection.state.get() === 'there') later();
}

/** Does it, or keeps it: null. Refusals are thrown. */
export async function attempt(act: Act): Promise<Done | null> {
  if (mustKeep()) {
    keep(act);
    return null;
  }
  try {
    return await carryOut(act.order, { key: act.key, patience: PATIENCE_MS });
  } catch (cause) {
    if (!isUnanswered(cause)) throw cause;
    keep({ ...act, sent: true });
    return null;
  }
}

/** Asks the server, with a scan's patience; null when nobody answers. */
export async function askOr<T>(ask: Promise<T>): Promise<T | null> {
  try {
    return await ask;
  } catch (cause) {
    if (isUnanswered(cause)) return null;
    throw cause;
  }
}

/* ---------- all of them, when the server is back ---------- */

const listeners = new Set<(told: Told) => void>();

/** To be told what becomes of kept acts; gives back the way to end that. */
export function onTold(listener: (told: Told) => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

let timer = 0;
let flushing: Promise<void> | null = null;

function later(): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void flush(), AGAIN_MS);
}

function tell(told: Told): void {
  listeners.forEach((listener) => listener(told));
}

function refuse(act: Act, words: string): void {
  put({ ...act, refused: words });
  tell({ act, error: words });
}

/** False: it cannot be known now, and the rest has to wait. */
async function settle(act: Act): Promise<boolean> {
  if (act.by !== (me.get()?.account?.id || '')) {
    refuse(act, t('offline.byOther', { name: act.byName }));
    return true;
  }
  const mine = { ...act, sent: true };
  put(mine);
  try {
    const done = await carryOut(mine.order, { key: mine.key, patience: PATIENCE_MS });
    drop(mine);
    tell({ act: mine, done });
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    if (isUnanswered(cause) || cause.status === 401 || cause.code.startsWith('CSRF')) return false;
    refuse(mine, cause.message);
  }
  return true;
}

async function settleAll(): Promise<void> {
  window.clearTimeout(timer);
  for (let act = pending()[0]; act; act = pending()[0]) {
    if (connection.state.get() === 'lost' || !may('librarian')) return;
    if (!(await settle(act))) {
      if (connection.state.get() === 'there') later();
      return;
    }
  }
}

/** Does what is kept, in its order, as far as the server answers. Whoever acts at the desk waits for it first. */
export function flush(): Promise<void> {
  flushing = flushing || settleAll().finally(() => { flushing = null; });
  return flushing;
}

/** Once more, and in the name of who asks for it now. */
export function again({ refused: _, ...act }: Act): void {
  const account = me.get()?.account;
  put({ ...act, by: account ? account.id : '', byName: account ? account.name : '' });
  void flush();
}

/** It is not to be done. Gives back whether that could still be: what has been sent may have been done. */
export function takeOut(key: string): boolean {
  const act = kept.get().find((one) => one.key === key);
  if (!act || (act.sent && act.refused === undefined)) return false;
  drop(act);
  return true;
}

export const putBack = put;

for (const source of [connection.state, me]) {
  source.watch(() => {
    if (pending().length > 0 && connection.state.get() === 'there' && may('librarian')) void flush();
  });
}
