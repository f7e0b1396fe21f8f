import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { may } from '../core/door';
import { count, day, year } from '../core/format';
import { useListState } from '../core/list_state';
import { t, tn, tx } from '../core/messages';
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

/** Of a ranked search, what it says of the words. */
interface Meant {
  meta: { did_you_mean: string | null };
}

function TitleCell({ book }: { book: Book }) {
  return (
    <>
      {book.deleted_at ? <b class="title"><bdi>{book.title}</bdi></b> : <a class="title" href={`/books/${book.id}`}><bdi>{book.title}</bdi></a>}
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
  const state = useListState('/catalogue', 'title', 'asc');
  const { q, filter, sort, cursor } = state;
  const [form, setForm] = useState<{ book?: Book } | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);

  const shown = { available: filter === 'in', archived: filter === 'archived' };
  const result = useList<Book>('books', '/books', {
    q, cursor, limit: 20, sort_by: sort.by, order: sort.order,
    ...shown,
  });
  const all = useGet<List<Book>>('books', '/books', { limit: 1 });
  const none = q !== '' && result.data?.meta.total === 0;
  const meant = useGet<Meant>('books', none ? '/search/books' : null, { q, limit: 1, ...shown }).data?.meta.did_you_mean;

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

  const empty = q ? (
    <Empty icon="search" title={tx('catalogue.noMatch', { q: <bdi>{q}</bdi> })} actions={<button type="button" class="btn" onClick={state.clear}>{t('list.showAll')}</button>}>
      {meant ? tx('catalogue.didYouMean', { q: <a href={`/catalogue?${new URLSearchParams(filter ? { q: meant, show: filter } : { q: meant })}`}><bdi>{meant}</bdi></a> }) : t('catalogue.noMatchMore')}
    </Empty>
  ) : filter === 'archived' ? (
    <Empty icon="archive" title={t('catalogue.noneArchived')}>{t('catalogue.noneArchivedMore')}</Empty>
  ) : filter === 'in' ? (
    <Empty icon="library" title={t('catalogue.noneIn')}>{t('catalogue.noneInMore')}</Empty>
  ) : (
    <Empty icon="library" title={t('catalogue.empty')} actions={importLink}>{desk ? t('catalogue.emptyMore') : null}</Empty>
  );

  return (
    <>
      <PageHead title={t('nav.catalogue')} facts={all.data ? tn('catalogue.titles', all.data.meta.total) : ' '}>
        {desk ? <><CsvLink path="/books" params={{ q, sort_by: sort.by, order: sort.order, ...shown }} name={t('nav.catalogue')} />{importLink}{add}</> : null}
      </PageHead>
      <SearchBox value={q} label={t('catalogue.search')} hint={t('catalogue.searchHint')} change={state.search} />
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
        {q && result.data ? <span class="second" role="status">{tn('catalogue.found', result.data.meta.total)}</span> : null}
      </div>
      {problem ? <Refused error={problem} /> : null}
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
                <SortHead by="created_at" sort={sort} first="desc">{t('book.addedOn')}</SortHead>
                {desk ? <th scope="col"><span class="sr">{t('list.actions')}</span></th> : null}
              </tr>
            </thead>
            <tbody>
              {rows.map((book) => (
                <tr key={book.id}>
                  <td>
                    {desk ? <TitleCell book={book} /> : <span class="with-cover"><Cover book={book} small /><span><TitleCell book={book} /></span></span>}
                  </td>
                  <td class="num nowrap gone">{year(book.year)}</td>
                  <td class="side nowrap"><Availability book={book} /></td>
                  <td class="num gone">{count(book.borrow_count)}</td>
                  <td class="nowrap gone">{day(book.created_at)}</td>
                  {desk ? <Acts book={book} edit={() => setForm({ book })} archive={() => archive(book)} restore={() => restore(book)} /> : null}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListView>
      <KeepCatalogue />
      {form ? <BookForm {...(form.book ? { book: form.book } : {})} close={() => setForm(null)} /> : null}
    </>
  );
}
