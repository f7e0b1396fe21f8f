/* Titles that stand in the catalogue twice, perhaps: side by side, what differs marked. */
import { useState } from 'preact/hooks';
import type { Book } from '../books/book';
import { ApiError } from '../core/api';
import { t, tx } from '../core/messages';
import { useGet } from '../core/query';
import { useSearch } from '../core/router';
import { say } from '../core/toast';
import { Icon } from '../parts/icon';
import { Empty, Failed, Refused, Wait } from '../parts/states';
import { useKinds } from '../policies/use_kinds';
import { FACTS, fieldsOf, type Merge, type Pair, type Pairs, REASON, setApart, undoMerge, unsetApart } from './duplicate';
import { MergeForm } from './merge_form';
import { TidyHead } from './tidy_head';

function Side({ book, text, differs, label }: { book: Book; text: (book: Book) => string; differs: boolean; label: string }) {
  const value = text(book);
  return (
    <td class={differs ? 'dup-differs' : ''} data-k={label}>
      {value ? <bdi>{value}</bdi> : <span class="second">{t('dup.nothing')}</span>}
    </td>
  );
}

function Compared({ pair }: { pair: Pair }) {
  const { names } = useKinds();
  const rows = [...fieldsOf(names).map(([, label, text]) => ({ label, text, described: true })), ...FACTS.map(([label, text]) => ({ label, text, described: false }))].filter(({ text }) => text(pair.first) || text(pair.second));
  return (
    <table class="table table-dense dup-pair">
      <caption class="sr">{t('dup.sideBySide', { title: pair.first.title })}</caption>
      <thead>
        <tr>
          <th scope="col"><span class="sr">{t('dup.what')}</span></th>
          <th scope="col"><a href={`/books/${pair.first.id}`}>{t('dup.older')}</a></th>
          <th scope="col"><a href={`/books/${pair.second.id}`}>{t('dup.newer')}</a></th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, text, described }) => {
          const differs = described && text(pair.first) !== text(pair.second);
          return (
            <tr key={label}>
              <th scope="row">
                {t(label)}
                {differs ? <span class="sr"> {t('dup.differs')}</span> : null}
              </th>
              <Side book={pair.first} text={text} differs={differs} label={t('dup.older')} />
              <Side book={pair.second} text={text} differs={differs} label={t('dup.newer')} />
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export default function DuplicatesPage() {
  const [search, change] = useSearch();
  const after = search.get('after') || undefined;
  const [open, setOpen] = useState<Pair | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const result = useGet<Pairs>('books', '/duplicates', { limit: 10, after });

  const act = (done: Promise<unknown>, text: string, undo?: () => void) => {
    setProblem(null);
    done.then(
      () => say(text, undo),
      (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    );
  };
  const merged = (merge: Merge) => {
    say(t('dup.madeOne', { title: merge.kept.title }), () => act(undoMerge(merge.id), t('dup.twoAgain', { title: merge.gone.title })));
  };
  const apart = ({ first, second }: Pair) =>
    act(setApart(first.id, second.id), t('dup.apartDone', { title: first.title }), () => act(unsetApart(first.id, second.id), t('dup.apartBack')));

  if (result.error) return <><TidyHead /><Failed error={result.error} title={t('dup.failed')} again={() => void result.refetch()} /></>;
  const data = result.data;
  return (
    <>
      <TidyHead />
      {problem ? <Refused error={problem} /> : null}
      {!data ? <Wait /> : data.pairs.length === 0 && !data.next ? (
        <Empty icon="circle-check" title={t('dup.none')} actions={after ? <button type="button" class="btn" onClick={() => change({ after: undefined })}>{t('list.top')}</button> : undefined}>{t('dup.noneMore')}</Empty>
      ) : (
        <>
          {data.pairs.map((pair) => (
            <section class="section" key={`${pair.first.id} ${pair.second.id}`} data-pair={pair.second.id}>
              <div class="section-head">
                <h2><bdi>{pair.first.title}</bdi></h2>
                <span>{t(REASON[pair.reason])}</span>
              </div>
              <Compared pair={pair} />
              <div class="actions dup-acts">
                <button type="button" class="btn" onClick={() => apart(pair)} aria-label={t('dup.apartThis', { title: pair.first.title })}>{t('dup.apart')}</button>
                <button type="button" class="btn btn-main" onClick={() => setOpen(pair)} aria-label={t('dup.makeOneThis', { title: pair.first.title })}>
                  <Icon name="merge" />
                  {t('dup.makeOneMore')}
                </button>
              </div>
            </section>
          ))}
          {data.next || after ? (
            <nav class="pager" aria-label={t('list.pages')}>
              <span />
              <div class="actions">
                {after ? <button type="button" class="btn" onClick={() => change({ after: undefined })}>{t('list.top')}</button> : null}
                {data.next ? <button type="button" class="btn" onClick={() => change({ after: data.next || undefined })}>{t('list.next')}<Icon name="chevron-right" /></button> : null}
              </div>
            </nav>
          ) : null}
          <p class="hint">{tx('dup.apartHint', {})}</p>
        </>
      )}
      {open ? <MergeForm pair={open} close={() => setOpen(null)} done={merged} /> : null}
    </>
  );
}
