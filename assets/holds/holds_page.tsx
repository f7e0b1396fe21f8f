/* The hold shelf: what is there to be fetched, what still has to be taken off the ordinary shelves, who waits. */
import { day } from '../core/format';
import { useListState } from '../core/list_state';
import { type Key, t, tn } from '../core/messages';
import { useList } from '../core/query';
import { CsvLink } from '../parts/csv_link';
import { Choice, ListView } from '../parts/list_view';
import { PageHead, useTitle } from '../parts/page_head';
import { Empty } from '../parts/states';
import type { Hold } from './hold';
import { HoldActs } from './hold_acts';
import { HoldState } from './hold_state';

const NONE: Record<string, [title: Key, more: Key]> = {
  '': ['holds.noneReady', 'holds.noneReadyMore'],
  'fetch': ['holds.noneToFetch', 'holds.noneToFetchMore'],
  'waiting': ['holds.noneWaiting', 'holds.noneWaitingMore'],
  'hopeless': ['holds.noneHopeless', 'holds.noneHopelessMore'],
};

export default function HoldsPage() {
  useTitle(t('nav.holds'));
  const state = useListState('/holds', 'placed_at', 'asc');
  const { filter, cursor } = state;
  const shown = {
    ...(filter === 'fetch' ? { to_pull: true } : filter === 'hopeless' ? { without_copies: true } : { status: filter === 'waiting' ? 'waiting' : 'ready' }),
    ...(filter === '' ? { sort_by: 'pickup_date', order: 'asc' } : { sort_by: 'placed_at', order: 'asc' }),
  };
  const result = useList<Hold>('holds', '/holds', { ...shown, cursor, limit: 20 });
  const [none, noneMore] = NONE[filter] || (NONE[''] as [Key, Key]);
  return (
    <>
      <PageHead title={t('nav.holds')} facts={result.data ? tn('holds.count', result.data.meta.total) : ' '}>
        <CsvLink path="/holds" params={shown} name={t('nav.holds')} />
      </PageHead>
      <div class="list-tools">
        <Choice
          label={t('list.which')}
          state={state}
          options={[{ show: '', name: 'holds.ready' }, { show: 'fetch', name: 'holds.toFetch' }, { show: 'waiting', name: 'holds.waiting' }, { show: 'hopeless', name: 'holds.hopeless' }]}
        />
        {filter === 'fetch' || filter === 'hopeless' ? <span class="hint">{t(filter === 'fetch' ? 'holds.fetchMore' : 'holds.hopelessMore')}</span> : null}
      </div>
      <ListView
        result={result}
        state={state}
        failed={t('holds.failed')}
        empty={<Empty icon="bookmark-check" title={t(none)}>{t(noneMore)}</Empty>}
        edge={(row) => day(filter === '' ? row.pickup_until : row.placed_at)}
      >
        {(rows) => (
          <table class="table table-stack">
            <caption class="sr">{t('nav.holds')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('book.title')}</th>
                <th scope="col" class="who-column">{t('hold.for')}</th>
                {filter === '' ? <th scope="col">{t('copy.barcode')}</th> : null}
                <th scope="col" class="spare">{t('hold.since')}</th>
                <th scope="col">{t('hold.state')}</th>
                <th scope="col"><span class="sr">{t('list.actions')}</span></th>
              </tr>
            </thead>
            <tbody>
              {rows.map((hold) => (
                <tr key={hold.id}>
                  <td>
                    <a class="title" href={`/books/${hold.book_id}`}><bdi>{hold.book.title}</bdi></a>
                    <span class="cell-2"><bdi>{hold.book.author}</bdi></span>
                  </td>
                  <td data-k={t('hold.for')}>{hold.member_id ? <a class="plain" href={`/members/${hold.member_id}`}><bdi>{hold.member.name}</bdi></a> : <span class="gone">{t('borrow.forgotten')}</span>}</td>
                  {filter === '' ? <td class="nowrap" data-k={t('copy.barcode')}><span class="machine">{hold.copy?.barcode}</span></td> : null}
                  <td class="gone nowrap spare">{day(hold.placed_at)}</td>
                  <td class="side"><HoldState hold={hold} /></td>
                  <td class="row-actions"><HoldActs hold={hold} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListView>
    </>
  );
}
