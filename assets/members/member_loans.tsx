/* A member's loans: what is out, what was. For the desk, and for the reader who has signed in. */
import type { ComponentChildren } from 'preact';
import type { Borrow } from '../borrows/borrow';
import { LostButton } from '../borrows/lost_button';
import { RenewAllButton, RenewButton } from '../borrows/renew_button';
import { ReturnButton } from '../borrows/return_button';
import { count, day } from '../core/format';
import { useListState } from '../core/list_state';
import { t, tn, tx } from '../core/messages';
import { useList } from '../core/query';
import { ListView } from '../parts/list_view';
import { SearchBox } from '../parts/search';
import { Section } from '../parts/page_head';
import { Late, Stamp } from '../parts/stamp';
import { Empty, Failed, Wait } from '../parts/states';
import { type Member, memberPath } from './member';

/** What is out. `empty` says what to do when nothing is; at the desk each row can be taken back. */
export function MemberLoans({ member, desk = false, empty }: { member: Member; desk?: boolean; empty: ComponentChildren }) {
  const loans = useList<Borrow>('borrows', `${memberPath(member.id)}/borrows`, { status: 'borrowed', sort_by: 'due_date', order: 'asc', limit: 100 });
  const rows = loans.data?.data;
  return (
    <Section
      title={t('member.onLoan')}
      {...(loans.data && rows?.length ? { count: count(loans.data.meta.total) } : {})}
      {...(desk && rows && rows.length > 1 ? { aside: <RenewAllButton member={member} /> } : {})}
    >
      {loans.error ? (
        <Failed error={loans.error} title={t('borrows.failed')} again={() => void loans.refetch()} />
      ) : !rows ? (
        <Wait />
      ) : rows.length === 0 ? (
        empty
      ) : (
        <table class="table table-stack">
          <caption class="sr">{t('member.onLoan')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('book.title')}</th>
              <th scope="col">{t('borrow.lentOn')}</th>
              <th scope="col">{t('borrow.due')}</th>
              <th scope="col"><span class="sr">{t('list.actions')}</span></th>
            </tr>
          </thead>
          <tbody>
            {rows.map((loan) => (
              <tr key={loan.id}>
                <td>
                  <a class="title" href={`/books/${loan.book_id}`}><bdi>{loan.book.title}</bdi></a>
                  <span class="cell-2"><bdi>{loan.book.author}</bdi>{desk ? <> <span class="machine">{loan.copy?.barcode}</span></> : null}</span>
                </td>
                <td class="gone nowrap">{day(loan.borrowed_at)}</td>
                <td class="side">
                  <Stamp date={loan.due_date} /> <Late date={loan.due_date} />
                  {loan.renewals ? <span class="cell-2">{tn('borrow.renewed', loan.renewals)}</span> : null}
                </td>
                <td class={desk ? 'row-actions many' : 'row-actions'}>
                  <RenewButton loan={loan} />
                  {desk && <ReturnButton id={loan.id} title={loan.book.title} name={member.name} />}
                  {desk && <LostButton loan={loan} name={member.name} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

/** What was out and is back. `page` is the address whose pages these are. */
export function MemberHistory({ member, page }: { member: Member; page: string }) {
  const state = useListState(page, 'returned_at', 'desc');
  const result = useList<Borrow>('borrows', `${memberPath(member.id)}/borrows`, { status: 'returned', sort_by: 'returned_at', order: 'desc', limit: 20, q: state.q, cursor: state.cursor });
  const total = result.data?.meta.total;
  return (
    <Section title={t('member.history')} {...(total ? { count: count(total) } : {})}>
      {total || state.q ? <SearchBox value={state.q} label={t('borrows.search')} hint={t('member.historyHint')} change={state.search} /> : null}
      <ListView
        result={result}
        state={state}
        failed={t('borrows.failed')}
        empty={
          state.q ? (
            <Empty icon="search" title={tx('borrows.noMatch', { q: <bdi>{state.q}</bdi> })} actions={<button type="button" class="btn" onClick={state.clear}>{t('list.showAll')}</button>} />
          ) : <Empty icon="arrow-left-right" title={t('member.noHistory')}>{t('member.noHistoryMore')}</Empty>
        }
        edge={(row) => day(row.returned_at)}
        dates
      >
        {(rows) => (
          <table class="table table-dense table-stack">
            <caption class="sr">{t('member.history')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('book.title')}</th>
                <th scope="col">{t('borrow.lentOn')}</th>
                <th scope="col">{t('borrow.backOn')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((past) => (
                <tr key={past.id}>
                  <td><a class="plain" href={`/books/${past.book_id}`}><bdi>{past.book.title}</bdi></a></td>
                  <td class="nowrap gone">{day(past.borrowed_at)}</td>
                  <td class="side nowrap">{day(past.returned_at)} <Late date={past.due_date} back={past.returned_at} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListView>
    </Section>
  );
}
