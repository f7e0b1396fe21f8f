/* A loan as the API gives it, and the acts on it. */
import { api } from '../core/api';
import { changed } from '../core/query';

export interface Borrow {
  id: string;
  book_id: string;
  member_id: string;
  copy_id: string;
  borrowed_at: string;
  due_date: string;
  returned_at: string | null;
  status: 'borrowed' | 'returned';
  renewals: number;
  overdue: boolean;
  book: { id: string; title: string; author: string; isbn: string | null };
  member: { id: string; name: string; card: string };
  copy: { barcode: string } | null;
}

const everything = () => changed('borrows', 'books', 'members');

export async function lend(what: { barcode: string; card: string } | { book_id: string; member_id: string }): Promise<Borrow> {
  const borrow = await api.post<Borrow>('/borrows', what);
  everything();
  return borrow;
}

export async function takeBack(id: string): Promise<Borrow> {
  const borrow = await api.post<Borrow>(`/borrows/${encodeURIComponent(id)}/return`);
  everything();
  return borrow;
}

export async function takeBackBarcode(barcode: string): Promise<Borrow> {
  const borrow = await api.post<Borrow>('/borrows/return', { barcode });
  everything();
  return borrow;
}
