/* Pairs of titles, merges and names as the API gives them, and the acts on them. */
import { type Book, bookPath } from '../books/book';
import { api, query } from '../core/api';
import { count, fullDay, languageName, year } from '../core/format';
import type { Key } from '../core/messages';
import { changed } from '../core/query';

export type Reason = 'isbn' | 'title_author_year' | 'title_author' | 'title_surname_year';

export interface Pair {
  reason: Reason;
  first: Book;
  second: Book;
}

export interface Pairs {
  pairs: Pair[];
  next: string | null;
}

export const REASON: Record<Reason, Key> = {
  isbn: 'dup.sameIsbn',
  title_author_year: 'dup.sameTitle',
  title_author: 'dup.otherYear',
  title_surname_year: 'dup.sameSurname',
};

export interface Preview {
  obstacle: 'readers' | 'queue' | 'copies' | 'too_many' | null;
  copies: number;
  loans: number;
  open_loans: number;
  holds: number;
  open_holds: number;
  holds_cancelled: number;
  watches: number;
  reviews: number;
  reading_lists: number;
  categories: string[];
  cover: boolean;
  marc: boolean;
  readers: { id: string; name: string; card: string; reason: 'both_lent' | 'both_ready' | 'lent_and_ready' }[];
}

export interface Merge {
  id: string;
  at: string;
  made_by: string;
  undone_at: string | null;
  undone_by: string | null;
  copies: number;
  kept: { id: string; title: string; author: string; archived: boolean };
  gone: { id: string; title: string; author: string };
}

type Field = [name: keyof Book, label: Key, text: (book: Book) => string];

/** What describes a title: the member's name, what it is called, and what it says of a book. `kinds`: their names, by their codes. */
export const fieldsOf = (kinds: Record<string, string>): Field[] => [
  ['title', 'book.title', (book) => book.title],
  ['subtitle', 'book.subtitle', (book) => book.subtitle || ''],
  ['author', 'book.author', (book) => book.author],
  ['isbn', 'book.isbn', (book) => book.isbn || ''],
  ['publisher', 'book.publisher', (book) => book.publisher || ''],
  ['edition', 'book.edition', (book) => book.edition || ''],
  ['year', 'book.year', (book) => year(book.year)],
  ['language', 'book.language', (book) => languageName(book.language)],
  ['description', 'book.description', (book) => book.description || ''],
  ['item_type', 'dup.kind', (book) => kinds[book.item_type] || book.item_type],
];

/** What else is known of two records; it is not chosen: it goes over, or is counted. */
export const FACTS: [label: Key, text: (book: Book) => string][] = [
  ['dup.categories', (book) => book.categories.join(', ')],
  ['book.copies', (book) => count(book.total_copies)],
  ['book.timesLent', (book) => count(book.borrow_count)],
  ['book.addedOn', (book) => fullDay(book.created_at)],
];

export const previewPath = (kept: string): string => `${bookPath(kept)}/merge`;

export async function mergeTitles(kept: Book, gone: Book, take: string[]): Promise<Merge> {
  try {
    return await api.post<Merge>(previewPath(kept.id), { gone_id: gone.id, take }, kept.version);
  } finally {
    changed('books', 'borrows', 'holds');
  }
}

export async function undoMerge(id: string): Promise<void> {
  await api.post(`/merges/${encodeURIComponent(id)}/undo`);
  changed('books', 'borrows', 'holds');
}

export async function setApart(first: string, second: string): Promise<void> {
  await api.post('/duplicates/apart', { first_id: first, second_id: second });
  changed('books');
}

export async function unsetApart(first: string, second: string): Promise<void> {
  await api.delete(`/duplicates/apart${query({ first_id: first, second_id: second })}`);
  changed('books');
}

/* ---- names ---- */

export interface Name {
  name: string;
  titles: number;
}

export interface Names {
  names: Name[];
  next: string | null;
}

export async function renameAuthor(from: string, to: string): Promise<{ titles: number; left: number }> {
  const done = await api.post<{ titles: number; left: number }>('/authors/rename', { from, to });
  changed('books');
  return done;
}

export async function renameCategory(name: string, new_name: string, join: boolean): Promise<{ titles: number }> {
  const done = await api.put<{ titles: number }>('/categories', { name, new_name, join });
  changed('books');
  return done;
}

export async function removeCategory(name: string): Promise<void> {
  await api.delete(`/categories${query({ name })}`);
  changed('books');
}
