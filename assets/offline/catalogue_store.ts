/* The catalogue on this device, when somebody has asked for it: titles as they were last seen, to look up while nobody answers. */
import type { Book } from '../books/book';
import { api, type List, query } from '../core/api';
import { kept, store } from '../core/store';

/** More would not fit a telephone: about 4 MB. */
export const TITLES_MAX = 20_000;
const PAGE = 100;
const OLD_MS = 24 * 3600 * 1000;
const CACHE = 'carrel-catalogue';
const PLACE = '/catalogue-on-this-device.json';

export type Title = Pick<Book, 'id' | 'title' | 'author' | 'isbn' | 'year'>;

export interface Catalogue {
  /** When it was read. */
  at: string;
  /** Titles in the library; more than are kept, in a very large one. */
  total: number;
  titles: Title[];
}

/** Whether somebody has asked for it. */
export const isWanted = kept<'off' | 'on'>('catalogue-here', ['off', 'on'], 'off');
/** How many have come, while it is read; null: it is not being read. */
export const reading = store<{ done: number; total: number } | null>(null);
/** null: there is none, or it has not been looked for. */
export const catalogue = store<Catalogue | null>(null);

const small = ({ id, title, author, isbn, year }: Book): Title => ({ id, title, author, isbn, year });

/** Page after page, in the order of titles. Rejects when the server stops answering; what there was stays. */
async function readAll(): Promise<void> {
  const titles: Title[] = [];
  let cursor: string | null = null;
  let total = 0;
  do {
    const page: List<Book> = await api.get<List<Book>>(`/books${query({ sort_by: 'title', limit: PAGE, cursor })}`);
    titles.push(...page.data.map(small));
    total = page.meta.total;
    cursor = page.meta.next_cursor;
    if (isWanted.get() !== 'on') return;
    reading.set({ done: titles.length, total });
  } while (cursor && titles.length < TITLES_MAX);
  const whole: Catalogue = { at: new Date().toISOString(), total, titles };
  await (await caches.open(CACHE)).put(PLACE, new Response(JSON.stringify(whole), { headers: { 'Content-Type': 'application/json' } }));
  catalogue.set(whole);
  // Not wanted any more since the last look: nothing is left of it.
  if (isWanted.get() !== 'on') await forget();
}

export async function refill(): Promise<void> {
  if (reading.get()) return;
  reading.set({ done: 0, total: 0 });
  try {
    await readAll();
  } finally {
    reading.set(null);
  }
}

export async function look(): Promise<Catalogue | null> {
  const found = await caches.match(PLACE, { cacheName: CACHE }); // open() would make an empty one
  const whole = found ? ((await found.json()) as Catalogue) : null;
  if (whole && isWanted.get() === 'on') catalogue.set(whole);
  return catalogue.get();
}

export async function forget(): Promise<void> {
  catalogue.set(null);
  await caches.delete(CACHE);
}

/** Once a day, in the background. */
export async function refillWhenOld(): Promise<void> {
  const has = await look();
  if (!has || Date.now() - Date.parse(has.at) > OLD_MS) await refill();
}

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Titles with all of these words, or beginnings of words, in title or author; or with this ISBN. */
export function search(titles: Title[], text: string): Title[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return titles;
  const isbn = text.replace(/[\s-]/g, '');
  return titles.filter((one) => {
    const all = ` ${fold(`${one.title} ${one.author}`).replace(/[^\p{L}\p{N}]+/gu, ' ')}`;
    return one.isbn === isbn || words.every((word) => all.includes(` ${word}`));
  });
}
