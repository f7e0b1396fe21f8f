/* A loan as the API gives it, and the acts on it. */
import { api } from '../core/api';
import { changed } from '../core/query';

interface Loan {
  id: string;
  book_id: string;
  copy_id: string;
  borrowed_at: string;
  due_date: string;
  returned_at: string | null;
  status: 'borrowed' | 'returned';
  renewals: number;
  overdue: boolean;
  book: { id: string; title: string; author: string; isbn: string | null };
  copy: { barcode: string } | null;
}

/** Of a reader: every loan that is out, or has just come back. */
export interface ReadersLoan extends Loan {
  member_id: string;
  member: { id: string; name: string; card: string };
}

/** Long after it came back, a loan may have forgotten who had it. */
interface ForgottenLoan extends Loan {
  member_id: null;
  member: { id: null; name: null; card: null };
}

export type Borrow = ReadersLoan | ForgottenLoan;

const everything = () => changed('borrows', 'books', 'members');

export async function lend(what: { barcode: string; card: string } | { book_id: string; member_id: string }): Promise<ReadersLoan> {
  const borrow = await api.post<ReadersLoan>('/borrows', what);
  everything();
  return borrow;
}

export async function takeBack(id: string): Promise<ReadersLoan> {
  const borrow = await api.post<ReadersLoan>(`/borrows/${encodeURIComponent(id)}/return`);
  everything();
  return borrow;
}

export async function takeBackBarcode(barcode: string): Promise<ReadersLoan> {
  const borrow = await api.post<ReadersLoan>('/borrows/return', { barcode });
  everything();
  return borrow;
}
