/* A book as the API gives it, and the acts on it. */
import { api } from '../core/api';
import type { Key } from '../core/messages';
import { changed } from '../core/query';

export interface Book {
  id: string;
  title: string;
  subtitle: string | null;
  author: string;
  isbn: string | null;
  publisher: string | null;
  edition: string | null;
  year: number | null;
  language: string | null;
  description: string | null;
  item_type: string;
  categories: string[];
  /** Which picture it has, null: none. */
  cover: string | null;
  total_copies: number;
  available_copies: number;
  borrow_count: number;
  last_borrowed_at: string | null;
  /** The mean of its readers' stars, null: nobody has given any. */
  rating: number | null;
  rating_count: number;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
  version: number;
}

export type CopyStatus = 'available' | 'on_loan' | 'on_hold_shelf' | 'in_repair' | 'lost' | 'withdrawn';

export interface Copy {
  id: string;
  book: Pick<Book, 'id' | 'title' | 'author'>;
  barcode: string;
  status: CopyStatus;
  shelf: string | null;
  note: string | null;
  price: number | null;
  acquired_on: string | null;
  created_at: string;
  version: number;
}

/** How each state is called, and how it looks. */
export const STATUS: Record<CopyStatus, { name: Key; pill: string }> = {
  available: { name: 'copy.available', pill: 'pill-plain' },
  on_loan: { name: 'copy.onLoan', pill: 'pill-plain' },
  on_hold_shelf: { name: 'copy.onHoldShelf', pill: 'pill-hold' },
  in_repair: { name: 'copy.inRepair', pill: 'pill-block' },
  lost: { name: 'copy.lost', pill: 'pill-block' },
  withdrawn: { name: 'copy.withdrawn', pill: '' },
};

export interface Borrower {
  borrow_id: string;
  member_id: string;
  name: string;
  borrowed_at: string;
  due_date: string;
  days_until_due: number;
}

export interface PastBorrow {
  /** Both null: who it was is not kept any more. */
  member_id: string | null;
  member_name: string | null;
  borrowed_at: string;
  returned_at: string;
  duration_days: number;
}

/** What its loans say. Durations are days, of the loans that are over; 0 when none is. */
export interface BookAnalytics {
  total_times_borrowed: number;
  average_borrow_duration: number;
  longest_borrow_duration: number;
  shortest_borrow_duration: number;
  popularity_rank: number;
  return_delay_count: number;
}

export interface BookDetails {
  book: Book;
  current_borrowers: Borrower[];
  borrow_history: PastBorrow[];
  analytics: BookAnalytics;
}

export const bookPath = (id: string): string => `/books/${encodeURIComponent(id)}`;

/** Where its picture is. The name in it changes with the picture, so that no page shows the one before. */
export const coverPath = (book: Pick<Book, 'id' | 'cover'>): string => `/api/v1${bookPath(book.id)}/cover?v=${book.cover || ''}`;

export async function putCover(id: string, picture: Blob): Promise<void> {
  await api.putFile(`${bookPath(id)}/cover`, picture);
  changed('books');
}

export async function removeCover(id: string): Promise<void> {
  await api.delete(`${bookPath(id)}/cover`);
  changed('books');
}

export async function createBook(body: Record<string, unknown>): Promise<Book> {
  const made = await api.post<Book>('/books', body);
  changed('books');
  return made;
}

export async function updateBook(id: string, body: Record<string, unknown>, version: number): Promise<void> {
  try {
    await api.patch<Book>(bookPath(id), body, version);
  } finally {
    // Also when it was refused: somebody else may have changed it, and the page should show that.
    changed('books', 'borrows');
  }
}

export async function archiveBook(id: string): Promise<void> {
  await api.delete(bookPath(id));
  changed('books');
}

export async function restoreBook(id: string): Promise<void> {
  await api.post(`${bookPath(id)}/restore`);
  changed('books');
}

export async function updateCopy(id: string, body: Record<string, unknown>, version: number): Promise<void> {
  try {
    await api.patch<Copy>(`/copies/${encodeURIComponent(id)}`, body, version);
  } finally {
    changed('books');
  }
}

export async function addCopy(bookId: string, body: Record<string, unknown>): Promise<void> {
  await api.post<Copy>(`${bookPath(bookId)}/copies`, body);
  changed('books');
}
