/* Records that were made one, and making two of them again. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { count, day } from '../core/format';
import { useListState } from '../core/list_state';
import { t } from '../core/messages';
import { useList } from '../core/query';
import { say } from '../core/toast';
import { Icon } from '../parts/icon';
import { ListView } from '../parts/list_view';
import { Empty, Refused } from '../parts/states';
import { type Merge, undoMerge } from './duplicate';
import { TidyHead } from './tidy_head';

export default function MergesPage() {
  const state = useListState('/duplicates/merged', 'at', 'desc');
  const result = useList<Merge>('books', '/merges', { cursor: state.cursor, limit: 20 });
  const [problem, setProblem] = useState<ApiError | null>(null);
  const undo = (merge: Merge) => {
    setProblem(null);
    undoMerge(merge.id).then(
      () => say(t('dup.twoAgain', { title: merge.gone.title })),
      (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    );
  };
  return (
    <>
      <TidyHead />
      {problem ? <Refused error={problem} /> : null}
      <ListView result={result} state={state} failed={t('dup.mergesFailed')} empty={<Empty icon="merge" title={t('dup.noMerges')}>{t('dup.noMergesMore')}</Empty>} edge={(row) => day(row.at)} dates>
        {(rows) => (
          <table class="table table-stack">
            <caption class="sr">{t('dup.merged')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('dup.kept')}</th>
                <th scope="col">{t('dup.gone')}</th>
                <th scope="col" class="num">{t('book.copies')}</th>
                <th scope="col">{t('dup.when')}</th>
                <th scope="col">{t('dup.who')}</th>
                <th scope="col"><span class="sr">{t('list.actions')}</span></th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td>
                    {row.kept.archived ? <b class="title"><bdi>{row.kept.title}</bdi></b> : <a class="title" href={`/books/${row.kept.id}`}><bdi>{row.kept.title}</bdi></a>}
                    <span class="cell-2"><bdi>{row.kept.author}</bdi></span>
                  </td>
                  <td data-k={t('dup.gone')}><bdi>{row.gone.title}</bdi></td>
                  <td class="num" data-k={t('book.copies')}>{count(row.copies)}</td>
                  <td class="nowrap" data-k={t('dup.when')}>{day(row.at)}</td>
                  <td data-k={t('dup.who')}><bdi>{row.made_by}</bdi></td>
                  <td class="row-actions">
                    {row.undone_at ? <span class="pill">{t('dup.undone')}</span> : (
                      <button type="button" class="btn btn-small" onClick={() => undo(row)} aria-label={t('dup.undoThis', { title: row.gone.title })}>
                        <Icon name="undo-2" />
                        {t('act.undo')}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListView>
    </>
  );
}
