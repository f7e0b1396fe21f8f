/* A title as a reader sees it: is it in, and what is it. */
import { t } from '../core/messages';
import { useGet } from '../core/query';
import { useScroll } from '../core/router';
import { Crumb, Section, useTitle } from '../parts/page_head';
import { mergedInto } from '../duplicates/merged_into';
import { Failed, Wait } from '../parts/states';
import { type Book, bookPath } from './book';
import { BookFacts, BookHead } from './book_head';
import { Similar } from './discover';
import { OwnHold } from '../holds/book_holds';
import { BookLists } from '../reading_lists/book_lists';
import { BookReviews } from '../reviews/book_reviews';

export function PublicBook({ id }: { id: string }) {
  const { data: book, error, refetch } = useGet<Book>('books', bookPath(id));
  useTitle(book?.title || t('nav.catalogue'));
  useScroll(book !== undefined, id);
  const crumb = <Crumb to="/catalogue">{t('nav.catalogue')}</Crumb>;
  if (error) return <>{crumb}<Failed error={error} title={t('book.failed')} again={() => void refetch()} also={mergedInto(error)} /></>;
  if (!book) return <>{crumb}<Wait /></>;
  return (
    <>
      {crumb}
      <BookHead book={book} />
      <OwnHold book={book} />
      <div class="main-aside">
        <div>
          <Section title={t('book.facts')}><BookFacts book={book} /></Section>
          <BookReviews book={book} />
        </div>
        <aside>
          {book.description ? <Section title={t('book.description')}><p class="second"><bdi>{book.description}</bdi></p></Section> : null}
          <BookLists book={book} />
        </aside>
      </div>
      <Similar id={book.id} />
    </>
  );
}
