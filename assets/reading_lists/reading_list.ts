/* Reading lists as the API gives them, and the acts on them. */
import type { Book } from '../books/book';
import { api } from '../core/api';
import { changed } from '../core/query';

export interface ReadingList {
  id: string;
  name: string;
  description: string | null;
  shown: boolean;
  /** The reader's who asks; else the library's. */
  own: boolean;
  entries: number;
  updated_at: string;
  version: number;
}

export interface ListEntry {
  position: number;
  note: string | null;
  book: Pick<Book, 'id' | 'title' | 'subtitle' | 'author' | 'year' | 'cover' | 'total_copies' | 'available_copies'> & { archived: boolean };
}

export interface ListFacts {
  name: string;
  description: string | null;
  shown: boolean;
}

export const listPath = (id: string): string => `/reading-lists/${encodeURIComponent(id)}`;

export async function beginList(facts: ListFacts): Promise<ReadingList> {
  const { name, description, shown } = facts;
  const made = await api.post<ReadingList>('/reading-lists', { name, ...(description === null ? {} : { description }), ...(shown ? { shown } : {}) });
  changed('reading_lists');
  return made;
}

/** Only what is named is changed. */
export async function changeList(id: string, facts: Partial<ListFacts>): Promise<void> {
  await api.put(listPath(id), facts);
  changed('reading_lists');
}

export async function deleteList(id: string): Promise<void> {
  await api.delete(listPath(id));
  changed('reading_lists');
}

export async function addToList(id: string, book_id: string): Promise<void> {
  await api.post(`${listPath(id)}/books`, { book_id });
  changed('reading_lists');
}

export async function takeOffList(id: string, book: string): Promise<void> {
  await api.delete(`${listPath(id)}/books/${encodeURIComponent(book)}`);
  changed('reading_lists');
}

export async function moveOnList(id: string, book_id: string, position: number): Promise<void> {
  await api.put(`${listPath(id)}/order`, { book_id, position });
  changed('reading_lists');
}
