import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { may } from '../core/door';
import { count, day, year } from '../core/format';
import { useListState } from '../core/list_state';
import { t, tn, tx } from '../core/messages';
import { useSearch } from '../core/router';
import { useGet, useList } from '../core/query';
import type { List } from '../core/api';
import { say } from '../core/toast';
import { KeepCatalogue } from '../offline/keep_catalogue';
import { CsvLink } from '../parts/csv_link';
import { Icon } from '../parts/icon';
import { Choice, ListView } from '../parts/list_view';
import { PageHead, useTitle } from '../parts/page_head';
import { SearchBox } from '../parts/search';
import { Empty, Refused } from '../parts/states';
import { SortHead, SortSelect } from '../parts/table';
import { archiveBook, type Book, restoreBook } from './book';
import { Availability } from './availability';
import { BookForm } from './book_form';
import { Cover } from './book_head';
import { Discover } from './discover';
import { ChosenFacets, FacetPanel, useFacets } from './facets';
import { filtersOf, hrefWithout, isNarrowed } from './narrowing';
import { said, useSuggestions } from './suggestions';

const PATH = '/catalogue';
/** Fewer: something else may have been meant. */
const FEW = 3;

/** Of a ranked search, what it says of the words. */
interface Meant {
  meta: { did_you_mean: string | null; perhaps: string | null; perhaps_total: number | null };
}

/** The same question with other words. */
const askInstead = (search: URLSearchParams, q: string): string => {
  const to = new URLSearchParams(search);
  to.delete('cursor');
  to.set('q', q);
  return `${PATH}?${to}`;
};

function TitleCell({ book, opened }: { book: Book; opened: () => void }) {
  return (
    <>
      {book.deleted_at ? <b class="title"><bdi>{book.title}</bdi></b> : <a class="title" href={`/books/${book.id}`} onClick={opened}><bdi>{book.title}</bdi></a>}
      <span class="cell-2"><bdi>{book.author}</bdi></span>
    </>
  );
}

/** What the desk can do with a title from the list. */
function Acts({ book, edit, archive, restore }: { book: Book; edit: () => void; archive: () => void; restore: () => void }) {
  return (
    <td class={book.deleted_at ? 'row-actions' : 'row-actions gone'}>
      {book.deleted_at ? (
        <button type="button" class="btn btn-small" onClick={restore}>
          <Icon name="archive-restore" />
          {t('act.restore')}
        </button>
      ) : (
        <>
          <button type="button" class="btn btn-quiet btn-small" onClick={edit} aria-label={t('book.editThis', { title: book.title })}>{t('act.edit')}</button>
          <button type="button" class="btn btn-quiet btn-small" onClick={archive} aria-label={t('book.archiveThis', { title: book.title })}>{t('act.archive')}</button>
        </>
      )}
    </td>
  );
}

export default function CataloguePage() {
  useTitle(t('nav.catalogue'));
  const state = useListState(PATH, 'title', 'asc');
  const { q, filter, sort, cursor } = state;
  const [search, change] = useSearch();
  const { known, chosen } = useFacets(q, search);
  const narrowed = isNarrowed(chosen);
  const [form, setForm] = useState<{ book?: Book } | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);

  const shown = { ...filtersOf(chosen), archived: filter === 'archived' };
  const result = useList<Book>('books', '/books', {
    q, cursor, limit: 20, sort_by: sort.by, order: sort.order,
    ...shown,
  });
  const all = useGet<List<Book>>('books', '/books', { limit: 1 });
  const few = q !== '' && !result.isPlaceholderData && (result.data?.meta.total ?? FEW) < FEW;
  const meant = useGet<Meant>('books', few ? '/search/books' : null, { q, limit: 1, ...shown }).data?.meta;
  const clear = () => change({ q: undefined, show: undefined, cursor: undefined, genre: undefined, author_name: undefined, decade: undefined, language: undefined, item_type: undefined });

  const act = (done: Promise<void>, text: string, undo?: () => void) => {
    setProblem(null);
    done.then(
      () => say(text, undo),
      (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    );
  };
  const restore = (book: Book) => act(restoreBook(book.id), t('book.restored', { title: book.title }));
  const archive = (book: Book) => act(archiveBook(book.id), t('book.archived', { title: book.title }), () => restore(book));

  const edge = (book: Book): string => {
    switch (sort.by) {
      case 'author': return book.author;
      case 'year': return year(book.year);
      case 'created_at': return day(book.created_at);
      case 'borrow_count': return count(book.borrow_count);
      case 'available_copies': return count(book.available_copies);
      default: return book.title;
    }
  };

  const desk = may('librarian');
  const add = desk && (
    <button type="button" class="btn btn-main" onClick={() => setForm({})}>
      <Icon name="plus" />
      {t('book.add')}
    </button>
  );
  const importLink = desk && (
    <a class="btn" href="/import">
      <Icon name="file-up" />
      {t('nav.import')}
    </a>
  );

  const instead = (words: string) => <a href={askInstead(search, words)} onClick={() => said(words)}><bdi>{words}</bdi></a>;
  const widen = narrowed ? <a class="btn" href={hrefWithout(PATH, search)}>{t('find.withoutFilters')}</a> : null;
  const empty = q ? (
    <Empty icon="search" title={tx('catalogue.noMatch', { q: <bdi>{q}</bdi> })} actions={<>{widen}<button type="button" class="btn" onClick={clear}>{t('list.showAll')}</button></>}>
      {meant?.did_you_mean ? tx('catalogue.didYouMean', { q: instead(meant.did_you_mean) }) : t('catalogue.noMatchMore')}
    </Empty>
  ) : filter === 'archived' ? (
    <Empty icon="archive" title={t('catalogue.noneArchived')}>{t('catalogue.noneArchivedMore')}</Empty>
  ) : filter === 'in' && Object.keys(chosen).length === 1 ? (
    <Empty icon="library" title={t('catalogue.noneIn')}>{t('catalogue.noneInMore')}</Empty>
  ) : narrowed ? (
    <Empty icon="search" title={t('find.none')} actions={widen}>{t('find.noneMore')}</Empty>
  ) : (
    <Empty icon="library" title={t('catalogue.empty')} actions={importLink}>{desk ? t('catalogue.emptyMore') : null}</Empty>
  );
  const where = { path: PATH, search };
  const isStart = !desk && !q && !filter && !narrowed && !cursor && !search.get('sort_by');

  return (
    <>
      <PageHead title={t('nav.catalogue')} facts={all.data ? tn('catalogue.titles', all.data.meta.total) : ' '}>
        {desk ? <><CsvLink path="/books" params={{ q, sort_by: sort.by, order: sort.order, ...shown }} name={t('nav.catalogue')} />{importLink}{add}</> : null}
      </PageHead>
      <SearchBox value={q} label={t('catalogue.search')} hint={t('catalogue.searchHint')} change={state.search} suggest={useSuggestions} said={said} />
      {isStart ? <Discover /> : null}
      <div class="list-tools">
        <Choice
          label={t('list.which')}
          state={state}
          options={[{ show: '', name: 'catalogue.all' }, { show: 'in', name: 'catalogue.in' }, ...(desk ? [{ show: 'archived', name: 'list.archived' } as const] : [])]}
        />
        <SortSelect
          sort={sort}
          orders={[
            { by: 'title', order: 'asc', name: 'book.title' },
            { by: 'author', order: 'asc', name: 'book.author' },
            { by: 'created_at', order: 'desc', name: 'order.newest' },
            { by: 'borrow_count', order: 'desc', name: 'order.mostLent' },
            { by: 'borrow_count', order: 'asc', name: 'order.leastLent' },
            { by: 'available_copies', order: 'asc', name: 'order.fewestIn' },
            { by: 'year', order: 'desc', name: 'book.year' },
          ]}
        />
        {(q || narrowed) && result.data ? <span class="second" role="status">{tn('catalogue.found', result.data.meta.total)}</span> : null}
      </div>
      <ChosenFacets chosen={chosen} known={known} where={where} />
      {meant?.perhaps && result.data?.meta.total ? (
        <p class="chosen">{tx('catalogue.didYouMean', { q: instead(meant.perhaps) })} {tn('catalogue.found', meant.perhaps_total || 0)}</p>
      ) : null}
      {problem ? <Refused error={problem} /> : null}
      <div class="with-facets">
        <FacetPanel known={known} chosen={chosen} where={where} />
        <div>
          <ListView result={result} state={state} failed={t('catalogue.failed')} empty={empty} edge={edge} dates={sort.by === 'created_at' && sort.order === 'desc'}>
            {(rows) => (
              <table class="table table-stack">
                <caption class="sr">{t('nav.catalogue')}</caption>
                <thead>
                  <tr>
                    <SortHead by="title" sort={sort}>{t('book.title')}</SortHead>
                    <SortHead by="year" sort={sort} first="desc" num>{t('book.year')}</SortHead>
                    <SortHead by="available_copies" sort={sort} first="desc">{t('book.copies')}</SortHead>
                    <SortHead by="borrow_count" sort={sort} first="desc" num>{t('book.lent')}</SortHead>
                    <SortHead by="created_at" sort={sort} first="desc" spare>{t('book.addedOn')}</SortHead>
                    {desk ? <th scope="col"><span class="sr">{t('list.actions')}</span></th> : null}
                  </tr>
                </thead>
                <tbody>
                  {rows.map((book) => (
                    <tr key={book.id}>
                      <td>
                        {desk ? <TitleCell book={book} opened={() => said(q)} /> : <span class="with-cover"><Cover book={book} small /><span><TitleCell book={book} opened={() => said(q)} /></span></span>}
                      </td>
                      <td class="num nowrap gone">{year(book.year)}</td>
                      <td class="side nowrap"><Availability book={book} /></td>
                      <td class="num gone">{count(book.borrow_count)}</td>
                      <td class="nowrap gone spare">{day(book.created_at)}</td>
                      {desk ? <Acts book={book} edit={() => setForm({ book })} archive={() => archive(book)} restore={() => restore(book)} /> : null}
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </ListView>
        </div>
      </div>
      <KeepCatalogue />
      {form ? <BookForm {...(form.book ? { book: form.book } : {})} close={() => setForm(null)} /> : null}
    </>
  );
}
