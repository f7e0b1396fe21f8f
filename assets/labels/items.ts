/* What the labels are for: copies or members, asked for page by page, as many as wanted and with a limit. */
import { useEffect, useState } from 'preact/hooks';
import type { Copy } from '../books/book';
import { api, ApiError, type List, type Params, query } from '../core/api';
import { fullDay } from '../core/format';
import { t } from '../core/messages';
import type { Member } from '../members/member';
import { barsOf } from './bars';
import type { Item } from './layout';

/** What one print run may have: some 80 sheets of the smallest labels. */
export const MOST = 5000;
const PAGE = 100;
/** So many questions at once for a list of barcodes, each of which is one. */
const ABREAST = 4;
/** Barcodes are worked out in portions, between which the page lives. */
const PORTION = 100;

type CopySource =
  | { of: 'copies'; how: 'newest'; most: number }
  | { of: 'copies'; how: 'since'; day: string }
  | { of: 'copies'; how: 'shelf'; shelf: string }
  | { of: 'copies'; how: 'books'; ids: string[] }
  | { of: 'copies'; how: 'list'; codes: string[] }
  /** Barcodes that no copy has yet, set aside for these labels. */
  | { of: 'copies'; how: 'reserved'; codes: string[] };

type MemberSource =
  | { of: 'members'; how: 'newest'; most: number }
  | { of: 'members'; how: 'group'; group: string }
  | { of: 'members'; how: 'chosen'; ids: string[] };

export type Source = CopySource | MemberSource;

export interface Gathered {
  items: Item[];
  /** Codes of the list that no copy has. */
  unknown: string[];
  /** There was more than MOST. */
  more: boolean;
}

const itemOfCopy = (copy: Copy): Item => ({
  id: copy.id, code: copy.barcode, bars: null, name: copy.book.title, author: copy.book.author, shelf: copy.shelf || '', more: [],
});

const itemOfCode = (code: string): Item => ({ id: code, code, bars: null, name: '', author: '', shelf: '', more: [] });

const itemOfMember = (member: Member): Item => ({
  id: member.id, code: member.card, bars: null, name: member.name, author: '', shelf: '',
  more: [member.group, member.expires_on ? t('labels.until', { day: fullDay(member.expires_on) }) : null].filter((one): one is string => one !== null && one !== ''),
});

/** What is pasted or scanned: one code a line, or with commas or tabs between. */
export const codesOf = (text: string): string[] => text.split(/[\n\r\t,;]+/).map((code) => code.trim()).filter(Boolean);

/** So many may be set aside at once (the server's own limit). */
export const RESERVE_MOST = 500;

export const reserve = async (n: number): Promise<string[]> => (await api.post<{ barcodes: string[] }>('/copies/barcodes', { count: n })).barcodes;

/** Walks a list by its cursor until `enough` says so. */
async function walk<T>(path: string, params: Params, take: (row: T) => boolean, signal: AbortSignal): Promise<void> {
  let cursor: string | undefined;
  do {
    const { data, meta } = await api.get<List<T>>(path + query({ ...params, limit: PAGE, cursor }), signal);
    for (const row of data) if (!take(row)) return;
    cursor = meta.next_cursor || undefined;
  } while (cursor);
}

/** One answer for each, in their order. */
async function each<A, B>(all: A[], ask: (one: A) => Promise<B>, signal: AbortSignal): Promise<B[]> {
  const answers: B[] = [];
  let next = 0;
  const work = async () => {
    while (next < all.length && !signal.aborted) {
      const at = next++;
      answers[at] = await ask(all[at] as A);
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, work));
  return answers;
}

async function copies(source: CopySource, signal: AbortSignal): Promise<Gathered> {
  const found: Gathered = { items: [], unknown: [], more: false };
  const most = source.how === 'newest' ? Math.min(source.most, MOST) : MOST;
  const take = (copy: Copy): boolean => {
    if (found.items.length >= most) {
      found.more = source.how !== 'newest';
      return false;
    }
    found.items.push(itemOfCopy(copy));
    return true;
  };
  if (source.how === 'newest') await walk('/copies', { sort_by: 'created_at', order: 'desc' }, take, signal);
  else if (source.how === 'since') {
    const [year, month, date] = source.day.split('-').map(Number);
    const from = new Date(year || 0, (month || 1) - 1, date || 1).toISOString();
    await walk<Copy>('/copies', { sort_by: 'created_at', order: 'desc' }, (copy) => Date.parse(copy.created_at) >= Date.parse(from) && take(copy), signal);
  } else if (source.how === 'shelf') await walk('/copies', { shelf: source.shelf, sort_by: 'barcode', order: 'asc' }, take, signal);
  else if (source.how === 'reserved') found.items = source.codes.map(itemOfCode);
  else if (source.how === 'books') for (const id of source.ids) await walk('/copies', { book_id: id, sort_by: 'barcode', order: 'asc' }, take, signal);
  else {
    const asked = source.codes.slice(0, MOST);
    const answers = await each(asked, (barcode) => api.get<List<Copy>>(`/copies${query({ barcode })}`, signal), signal);
    answers.forEach(({ data }, at) => {
      if (data[0]) found.items.push(itemOfCopy(data[0]));
      else found.unknown.push(asked[at] as string);
    });
    found.more = source.codes.length > MOST;
  }
  return found;
}

async function members(source: MemberSource, signal: AbortSignal): Promise<Gathered> {
  const found: Gathered = { items: [], unknown: [], more: false };
  const most = source.how === 'newest' ? Math.min(source.most, MOST) : MOST;
  const take = (member: Member): boolean => {
    if (found.items.length >= most) {
      found.more = source.how !== 'newest';
      return false;
    }
    found.items.push(itemOfMember(member));
    return true;
  };
  if (source.how === 'newest') await walk('/members', { sort_by: 'created_at', order: 'desc' }, take, signal);
  else if (source.how === 'group') await walk('/members', { group: source.group, sort_by: 'name', order: 'asc' }, take, signal);
  else {
    const answers = await each(source.ids, (id) => api.get<{ member: Member }>(`/members/${encodeURIComponent(id)}`, signal), signal);
    for (const { member } of answers) take(member);
  }
  return found;
}

async function gather(source: Source, signal: AbortSignal): Promise<Gathered> {
  const found = source.of === 'copies' ? await copies(source, signal) : await members(source, signal);
  for (let at = 0; at < found.items.length && !signal.aborted; at += PORTION) {
    for (const item of found.items.slice(at, at + PORTION)) item.bars = barsOf(item.code);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return found;
}

export interface Items extends Gathered {
  busy: boolean;
  problem: ApiError | null;
}

const NOTHING: Gathered = { items: [], unknown: [], more: false };
const PAUSE_MS = 300;

/** Asked again when the source is another one, after a short pause for typing; null: nothing is chosen yet. */
export function useItems(source: Source | null, again: number): Items {
  const [state, setState] = useState<Items>({ ...NOTHING, busy: false, problem: null });
  const key = source ? JSON.stringify(source) : '';
  useEffect(() => {
    if (!source) {
      setState({ ...NOTHING, busy: false, problem: null });
      return undefined;
    }
    const stop = new AbortController();
    setState((before) => ({ ...before, busy: true, problem: null }));
    const timer = window.setTimeout(() => {
      gather(source, stop.signal).then(
        (found) => {
          if (!stop.signal.aborted) setState({ ...found, busy: false, problem: null });
        },
        (cause: unknown) => {
          if (stop.signal.aborted) return;
          if (!(cause instanceof ApiError)) throw cause;
          setState({ ...NOTHING, busy: false, problem: cause });
        },
      );
    }, PAUSE_MS);
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [key, again]);
  return state;
}
