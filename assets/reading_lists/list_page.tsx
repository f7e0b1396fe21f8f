/* One reading list: its titles in their order; who may change it adds, moves and takes off. */
import { useId, useRef, useState } from 'preact/hooks';
import type { Book, Copy } from '../books/book';
import { Cover } from '../books/book_head';
import { api, ApiError, type List, query } from '../core/api';
import { may } from '../core/door';
import { year } from '../core/format';
import { useListState } from '../core/list_state';
import { t, tn } from '../core/messages';
import { useGet, useList } from '../core/query';
import { navigate } from '../core/router';
import { say } from '../core/toast';
import { Ask } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { ListView } from '../parts/list_view';
import { Crumb, PageHead, useTitle } from '../parts/page_head';
import { Empty, Failed, Refused, Wait } from '../parts/states';
import { ListForm } from './list_form';
import { addToList, deleteList, type ListEntry, listPath, moveOnList, type ReadingList, takeOffList } from './reading_list';

const OFFERED = 6;

/** Type words and choose, or scan the barcode of a copy: it is added at once. */
function AddTitle({ list }: { list: ReadingList }) {
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const [q, setQ] = useState('');
  const [problem, setProblem] = useState<ApiError | null>(null);
  const asked = q.trim();
  const found = useList<Book>('books', asked ? '/books' : null, { q: asked, limit: OFFERED });
  const hits = asked ? found.data?.data : undefined;
  const add = async (book: { id: string; title: string }) => {
    setProblem(null);
    setQ('');
    box.current?.focus();
    try {
      await addToList(list.id, book.id);
      say(t('lists.added', { title: book.title }), () => takeOffList(list.id, book.id));
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      setProblem(cause);
    }
  };
  const enter = async (text: string) => {
    const copies = may('librarian') ? await api.get<List<Copy>>(`/copies${query({ barcode: text, include_withdrawn: true, limit: 1 })}`) : undefined;
    const copy = copies?.data[0];
    if (copy) return add(copy.book);
    const books = await api.get<List<Book>>(`/books${query({ q: text, limit: 2 })}`);
    if (books.data.length === 1 && books.data[0]) return add(books.data[0]);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (asked) enter(asked).catch((cause: unknown) => {
      if (cause instanceof ApiError) setProblem(cause);
      else throw cause;
    });
  };
  return (
    <form class="narrow below" onSubmit={submit} role="search" aria-label={t('lists.add')}>
      {problem ? <div class="below"><Refused error={problem} /></div> : null}
      <div class="field">
        <label for={id}>{t('lists.add')}</label>
        <input class="input" id={id} ref={box} value={q} autocomplete="off" spellcheck={false} aria-describedby={`${id}-more`} onInput={(event) => setQ(event.currentTarget.value)} />
        <div id={`${id}-more`} role="status"><span class="hint">{hits?.length === 0 ? t('lists.noSuchTitle') : t(may('librarian') ? 'lists.addHintScan' : 'lists.addHint')}</span></div>
        {hits?.length ? (
          <ul class="picks">
            {hits.map((book) => (
              <li>
                <button type="button" onClick={() => void add(book)}><bdi>{book.title}</bdi> <span class="hint"><bdi>{book.author}</bdi> {year(book.year)}</span></button>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </form>
  );
}

function Row({ list, entry, isLast, mayChange }: { list: ReadingList; entry: ListEntry; isLast: boolean; mayChange: boolean }) {
  const { book, position } = entry;
  const [problem, setProblem] = useState<ApiError | null>(null);
  const act = (done: Promise<void>) => {
    setProblem(null);
    done.catch((cause: unknown) => {
      if (cause instanceof ApiError) setProblem(cause);
      else throw cause;
    });
  };
  const move = (to: number) => act(moveOnList(list.id, book.id, to));
  const putBack = () => addToList(list.id, book.id).then(() => moveOnList(list.id, book.id, position));
  const takeOff = () => act(takeOffList(list.id, book.id).then(() => say(t('lists.takenOff', { title: book.title }), putBack)));
  return (
    <li class="list-entry">
      <Cover book={book} small />
      <span class="who">
        <a class="title" href={`/books/${book.id}`}><bdi>{book.title}</bdi></a>
        <span class="sub"><bdi>{book.author}</bdi> {year(book.year)}</span>
        {entry.note ? <span class="sub"><bdi>{entry.note}</bdi></span> : null}
        {book.archived ? <span class="pill">{t('lists.archived')}</span> : <span class={book.available_copies > 0 ? 'pill pill-ok' : 'pill'}>{t(book.available_copies > 0 ? 'lists.in' : 'lists.out')}</span>}
      </span>
      {mayChange ? (
        <span class="end">
          <button type="button" class="btn btn-small btn-quiet" disabled={position === 1} onClick={() => move(position - 1)}><Icon name="arrow-up" /><span class="sr">{t('lists.up', { title: book.title })}</span></button>
          <button type="button" class="btn btn-small btn-quiet" disabled={isLast} onClick={() => move(position + 1)}><Icon name="arrow-down" /><span class="sr">{t('lists.down', { title: book.title })}</span></button>
          <button type="button" class="btn btn-small btn-quiet" onClick={takeOff}><Icon name="x" /><span class="sr">{t('lists.takeOff', { title: book.title })}</span></button>
        </span>
      ) : null}
      {problem ? <Refused error={problem} /> : null}
    </li>
  );
}

export default function ListPage({ id }: { id: string }) {
  const list = useGet<ReadingList>('reading_lists', listPath(id));
  const state = useListState(`/lists/${id}`, 'position', 'asc');
  const entries = useList<ListEntry>('reading_lists', `${listPath(id)}/books`, { cursor: state.cursor, limit: 50 });
  const [dialog, setDialog] = useState<'' | 'edit' | 'delete'>('');
  useTitle(list.data?.name || t('nav.lists'));
  const crumb = <Crumb to="/lists">{t('nav.lists')}</Crumb>;
  if (list.error) return <>{crumb}<Failed error={list.error} title={t('lists.failed')} again={() => void list.refetch()} /></>;
  if (!list.data) return <>{crumb}<Wait /></>;
  const one = list.data;
  const mayChange = one.own || may('librarian');
  return (
    <>
      {crumb}
      <PageHead title={<bdi>{one.name}</bdi>} facts={<>{tn('lists.titles', one.entries)}{mayChange && !one.own ? <> · {t(one.shown ? 'lists.isShown' : 'lists.isHidden')}</> : null}</>}>
        {mayChange ? (
          <>
            <button type="button" class="btn" onClick={() => setDialog('edit')}><Icon name="pencil" />{t('act.edit')}</button>
            <button type="button" class="btn" onClick={() => setDialog('delete')}>{t('lists.delete')}</button>
          </>
        ) : null}
      </PageHead>
      {one.description ? <p class="second below"><bdi>{one.description}</bdi></p> : null}
      {mayChange ? <AddTitle list={one} /> : null}
      <ListView result={entries} state={state} failed={t('lists.failed')} empty={<Empty icon="list" title={t('lists.empty')}>{mayChange ? t('lists.emptyMore') : null}</Empty>} edge={(row) => row.book.title}>
        {(rows) => <ol class="lines" aria-label={one.name}>{rows.map((entry) => <Row key={entry.book.id} list={one} entry={entry} isLast={entry.position === one.entries} mayChange={mayChange} />)}</ol>}
      </ListView>
      {dialog === 'edit' ? <ListForm list={one} close={() => setDialog('')} /> : null}
      {dialog === 'delete' ? (
        <Ask
          title={t('lists.deleteTitle')}
          yes={t('lists.delete')}
          no={t('form.cancel')}
          danger
          act={() => deleteList(id).then(() => { say(t('lists.deleted', { name: one.name })); navigate('/lists'); })}
          close={() => setDialog('')}
        >
          {tn('lists.deleteMore', one.entries)}
        </Ask>
      ) : null}
    </>
  );
}
