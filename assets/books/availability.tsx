import { count } from '../core/format';
import { t } from '../core/messages';
import type { Book } from './book';

/** "2 of 3 in"; coloured only when every copy is out. */
export function Availability({ book }: { book: Book }) {
  if (book.deleted_at) return <span class="pill">{t('list.archived')}</span>;
  if (book.total_copies === 0) return <span class="second">{t('book.noCopies')}</span>;
  const text = t('book.in', { available: count(book.available_copies), total: count(book.total_copies) });
  return book.available_copies > 0 ? <>{text}</> : <span class="pill pill-soon">{text}</span>;
}
