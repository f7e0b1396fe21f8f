/* What somebody who has nothing in mind may look at: what others look for, what may please, what is new. */
import { useStore } from '../core/store';
import { me } from '../core/door';
import type { List } from '../core/api';
import { t, tn } from '../core/messages';
import { useGet } from '../core/query';
import { Section } from '../parts/page_head';
import type { ReadingList } from '../reading_lists/reading_list';
import { type Book, bookPath } from './book';
import { Cover } from './book_head';

interface Recommendation {
  book: Book;
  reason: { kind: 'readers_also' | 'readers_like_you' | 'popular' | 'new'; title: string | null; readers: number | null };
}

interface Recommendations {
  data: Recommendation[];
}

const SHOWN = 6;
const TERMS = 12;

/** Pictures side by side, each with its title. */
function Strip({ books }: { books: { book: Book; why?: string }[] }) {
  return (
    <ul class="strip">
      {books.map(({ book, why }) => (
        <li key={book.id}>
          <a href={bookPath(book.id)}>
            <Cover book={book} medium />
            <b><bdi>{book.title}</bdi></b>
          </a>
          <span class="cell-2"><bdi>{book.author}</bdi></span>
          {why ? <span class="hint">{why}</span> : null}
        </li>
      ))}
    </ul>
  );
}

function whyOf({ reason: { kind, title, readers } }: Recommendation): string {
  switch (kind) {
    case 'readers_also': return tn('find.because', readers || 0, { title: title || '' });
    case 'readers_like_you': return tn('find.likeYou', readers || 0);
    case 'popular': return t('find.whyPopular');
    default: return t('find.whyNew');
  }
}

function ForYou({ member }: { member: string }) {
  const { data } = useGet<Recommendations>('books', `/books/recommended/${encodeURIComponent(member)}`, { limit: SHOWN });
  if (!data?.data.length) return null;
  return <Section title={t('find.forYou')}><Strip books={data.data.map((one) => ({ book: one.book, why: whyOf(one) }))} /></Section>;
}

function Listed({ title, sort, all, allHref, fits }: { title: string; sort: string; all: string; allHref: string; fits?: (book: Book) => boolean }) {
  const { data } = useGet<List<Book>>('books', '/books', { sort, limit: SHOWN });
  const books = (data?.data || []).filter(fits || (() => true));
  if (books.length === 0) return null;
  return <Section title={title} aside={<a href={allHref}>{all}</a>}><Strip books={books.map((book) => ({ book }))} /></Section>;
}

function Often() {
  const { data } = useGet<{ data: { term: string }[] }>('books', '/search/popular-queries', { limit: TERMS });
  if (!data?.data.length) return null;
  return (
    <Section title={t('find.often')}>
      <ul class="terms">
        {data.data.map(({ term }) => <li key={term}><a href={`/catalogue?${new URLSearchParams({ q: term })}`}><bdi>{term}</bdi></a></li>)}
      </ul>
    </Section>
  );
}

/** Lists that the library has put together and shows. */
function Lists() {
  const { data } = useGet<List<ReadingList>>('reading_lists', '/reading-lists', { limit: SHOWN });
  const lists = (data?.data || []).filter(({ entries }) => entries > 0);
  if (lists.length === 0) return null;
  return (
    <Section title={t('nav.lists')} aside={<a href="/lists">{t('find.allLists')}</a>}>
      <ul class="terms">
        {lists.map(({ id, name, entries }) => (
          <li key={id}><a href={`/lists/${id}`}><bdi>{name}</bdi></a> <span class="hint">{tn('lists.titles', entries)}</span></li>
        ))}
      </ul>
    </Section>
  );
}

export function Discover() {
  const member = useStore(me)?.account?.member_id;
  return (
    <>
      {member ? <ForYou member={member} /> : null}
      <Listed title={t('find.new')} sort="-created_at" all={t('find.allNew')} allHref="/catalogue?sort_by=created_at&order=desc" />
      <Listed title={t('find.popular')} sort="-borrow_count" all={t('find.allPopular')} allHref="/catalogue?sort_by=borrow_count&order=desc" fits={(book) => book.borrow_count > 0} />
      <Lists />
      <Often />
    </>
  );
}

/** Below a title. */
export function Similar({ id }: { id: string }) {
  const { data } = useGet<Recommendations>('books', `${bookPath(id)}/similar`, { limit: SHOWN });
  if (!data?.data.length) return null;
  return (
    <Section title={t('find.similar')}>
      <Strip books={data.data.map(({ book, reason }) => ({ book, why: tn('find.readersHad', reason.readers || 0) }))} />
    </Section>
  );
}
