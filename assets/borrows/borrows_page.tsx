import { day, dayRange } from '../core/format';
import { useListState } from '../core/list_state';
import { t, tn, tx } from '../core/messages';
import { useList } from '../core/query';
import { useSearch } from '../core/router';
import { CsvLink } from '../parts/csv_link';
import { Icon } from '../parts/icon';
import { Choice, ListView } from '../parts/list_view';
import { PageHead, useTitle } from '../parts/page_head';
import { SearchBox } from '../parts/search';
import { Late, Stamp } from '../parts/stamp';
import { Empty } from '../parts/states';
import { SortHead, SortSelect } from '../parts/table';
import type { Borrow } from './borrow';
import { ChooseCell, ChooseHead, RenewChosen, useChosen } from './renew_chosen';
import { ReturnButton } from './return_button';

export default function BorrowsPage() {
  useTitle(t('nav.borrows'));
  const state = useListState('/borrows', 'borrowed_at', 'desc');
  const { q, filter, sort, cursor } = state;
  const [search, change] = useSearch();
  const from = search.get('from') || undefined;
  const to = search.get('to') || undefined;
  const shown = {
    q, from, to, sort_by: sort.by, order: sort.order,
    status: filter === 'out' ? 'borrowed' : filter === 'back' ? 'returned' : undefined,
    overdue: filter === 'late',
  };
  const result = useList<Borrow>('borrows', '/borrows', { ...shown, cursor, limit: 20 });
  const chosen = useChosen(result.data?.data);

  const edge = (row: Borrow): string => day(sort.by === 'due_date' ? row.due_date : sort.by === 'returned_at' ? row.returned_at : row.borrowed_at);

  const empty = q ? (
    <Empty icon="search" title={tx('borrows.noMatch', { q: <bdi>{q}</bdi> })} actions={<button type="button" class="btn" onClick={state.clear}>{t('list.showAll')}</button>}>
      {t('borrows.noMatchMore')}
    </Empty>
  ) : from || to ? (
    <Empty icon="search" title={t('borrows.noneThen')} actions={<button type="button" class="btn" onClick={state.clear}>{t('list.showAll')}</button>}>
      {t('borrows.noneThenMore')}
    </Empty>
  ) : filter === 'late' ? (
    <Empty icon="clock-alert" title={t('borrows.noneLate')} />
  ) : filter === 'back' ? (
    <Empty icon="arrow-down-left" title={t('borrows.noneBack')}>{t('borrows.noneBackMore')}</Empty>
  ) : (
    <Empty icon="arrow-left-right" title={t('borrows.empty')} actions={<a class="btn" href="/">{t('nav.desk')}</a>}>{t('borrows.emptyMore')}</Empty>
  );

  return (
    <>
      <PageHead title={t('nav.borrows')} facts={result.data ? tn('borrows.count', result.data.meta.total) : ' '}>
        <CsvLink path="/borrows" params={shown} name={t('nav.borrows')} />
      </PageHead>
      <SearchBox value={q} label={t('borrows.search')} hint={t('borrows.searchHint')} change={state.search} />
      <div class="list-tools">
        <Choice
          label={t('list.which')}
          state={state}
          options={[{ show: '', name: 'borrows.all' }, { show: 'out', name: 'borrows.out' }, { show: 'late', name: 'borrows.late' }, { show: 'back', name: 'borrows.back' }]}
        />
        <SortSelect
          sort={sort}
          orders={[
            { by: 'borrowed_at', order: 'desc', name: 'order.lastLent' },
            { by: 'due_date', order: 'asc', name: 'order.dueFirst' },
            { by: 'returned_at', order: 'desc', name: 'order.lastBack' },
          ]}
        />
      </div>
      {from && to ? (
        <div class="chosen">
          <button type="button" class="chip" title={t('borrows.allDays')} onClick={() => change({ from: undefined, to: undefined, cursor: undefined })}>
            {t('borrows.lentThen', { days: dayRange(from, to, 'short') })}
            <Icon name="x" />
            <span class="sr">{t('borrows.allDays')}</span>
          </button>
        </div>
      ) : null}
      <RenewChosen chosen={chosen} />
      <ListView result={result} state={state} failed={t('borrows.failed')} empty={empty} edge={edge} dates={sort.order === 'desc'}>
        {(rows) => (
          <table class="table table-stack">
            <caption class="sr">{t('nav.borrows')}</caption>
            <thead>
              <tr>
                <ChooseHead chosen={chosen} />
                <th scope="col">{t('book.title')}</th>
                <th scope="col" class="who-column">{t('borrow.member')}</th>
                <SortHead by="borrowed_at" sort={sort} first="desc">{t('borrow.lentOn')}</SortHead>
                <SortHead by="due_date" sort={sort}>{t('borrow.due')}</SortHead>
                <SortHead by="returned_at" sort={sort} first="desc">{t('borrow.backOn')}</SortHead>
                <th scope="col"><span class="sr">{t('list.actions')}</span></th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <ChooseCell chosen={chosen} loan={row} />
                  <td>
                    <a class="title" href={`/books/${row.book_id}`}><bdi>{row.book.title}</bdi></a>
                    <span class="cell-2"><bdi>{row.book.author}</bdi></span>
                  </td>
                  <td data-k={t('borrow.member')}>
                    {row.member_id === null ? <span class="gone">{t('borrow.forgotten')}</span> : <a class="plain" href={`/members/${row.member_id}`}><bdi>{row.member.name}</bdi></a>}
                  </td>
                  <td class="nowrap gone">{day(row.borrowed_at)}</td>
                  <td class="side nowrap">
                    {row.returned_at ? <time class="stamp stamp-gone" dateTime={row.due_date}>{day(row.due_date)}</time> : <Stamp date={row.due_date} />}
                    {row.returned_at ? null : <> <Late date={row.due_date} /></>}
                  </td>
                  <td class={row.returned_at ? 'nowrap' : 'gone'} data-k={t('borrow.backOn')}>
                    {row.returned_at ? <>{day(row.returned_at)} <Late date={row.due_date} back={row.returned_at} /></> : null}
                  </td>
                  <td class="row-actions">{row.returned_at || row.member_id === null ? null : <ReturnButton id={row.id} title={row.book.title} name={row.member.name} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListView>
    </>
  );
}
