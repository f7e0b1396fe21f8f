/* What everybody sees of a title: its head, and the facts beside it. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { count, fullDay, languageName, year } from '../core/format';
import { type Key, t } from '../core/messages';
import { Availability } from './availability';
import { type Book, coverPath } from './book';

/** Its picture, or, where there is none or it does not come, a cloth with the title on it. */
export function Cover({ book, small = false, medium = false }: { book: Pick<Book, 'id' | 'title' | 'author' | 'cover'>; small?: boolean; medium?: boolean }) {
  const [isBroken, setBroken] = useState('');
  const size = small ? 'cover-s' : medium ? 'cover-m' : 'cover-l';
  if (book.cover && isBroken !== book.cover) {
    return <img class={`cover ${size} cover-picture`} src={coverPath(book)} alt="" loading={small || medium ? 'lazy' : 'eager'} decoding="async" onError={() => setBroken(book.cover || '')} />;
  }
  return (
    <span class={`cover ${size} cover-${cloth(book.id)}`} aria-hidden="true">
      {small ? <span /> : (
        <>
          <b><bdi>{book.title}</bdi></b>
          <span><bdi>{book.author}</bdi></span>
        </>
      )}
    </span>
  );
}

/** One of six cloths, always the same for the same book. */
const cloth = (id: string): number => ([...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7) % 6) + 1;

export function BookHead({ book, cover, children }: { book: Book; cover?: ComponentChildren; children?: ComponentChildren }) {
  return (
    <header class="book-head">
      {cover || <Cover book={book} />}
      <div>
        <h1><bdi>{book.title}</bdi></h1>
        {book.subtitle ? <p class="alt"><bdi>{book.subtitle}</bdi></p> : null}
        <p class="by"><bdi>{book.author}</bdi></p>
        <p class="avail"><Availability book={book} /></p>
        {children ? <div class="actions">{children}</div> : null}
      </div>
    </header>
  );
}

export function BookFacts({ book }: { book: Book }) {
  const rows: [Key, ComponentChildren][] = [
    ['book.isbn', book.isbn ? <span class="machine">{book.isbn}</span> : null],
    ['book.publisher', book.publisher ? <bdi>{book.publisher}</bdi> : null],
    ['book.edition', book.edition],
    ['book.year', year(book.year)],
    ['book.language', languageName(book.language)],
    ['book.categories', book.categories && book.categories.length ? <bdi>{book.categories.join(', ')}</bdi> : null],
    ['book.timesLent', count(book.borrow_count)],
    ['book.lastLent', fullDay(book.last_borrowed_at)],
    ['book.addedOn', fullDay(book.created_at)],
  ];
  return (
    <dl class="facts">
      {rows.filter(([, value]) => value !== null && value !== undefined && value !== '').map(([name, value]) => (
        <>
          <dt>{t(name)}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}
