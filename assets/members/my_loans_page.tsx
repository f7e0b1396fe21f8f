/* What a reader who has signed in sees of themselves: what is out, what was, and what the library has written down. */
import type { Borrow } from '../borrows/borrow';
import { count, day } from '../core/format';
import { t, tn } from '../core/messages';
import { useGet, useList } from '../core/query';
import { useListState } from '../core/list_state';
import { ListView } from '../parts/list_view';
import { PageHead, Section, useTitle } from '../parts/page_head';
import { Late, Stamp } from '../parts/stamp';
import { Empty, Failed, Wait } from '../parts/states';
import { type Member, memberPath, type MemberProfile } from './member';
import { MemberDetails } from './member_details';
import { MemberStatus } from './member_status';

function Loans({ member }: { member: Member }) {
  const loans = useList<Borrow>('borrows', `${memberPath(member.id)}/borrows`, { status: 'borrowed', sort_by: 'due_date', order: 'asc', limit: 100 });
  const rows = loans.data?.data;
  return (
    <Section title={t('member.onLoan')} {...(loans.data && rows?.length ? { count: count(loans.data.meta.total) } : {})}>
      {loans.error ? (
        <Failed error={loans.error} title={t('borrows.failed')} again={() => void loans.refetch()} />
      ) : !rows ? (
        <Wait />
      ) : rows.length === 0 ? (
        <Empty icon="library" title={t('mine.none')} actions={<a class="btn" href="/catalogue">{t('nav.catalogue')}</a>}>{t('mine.noneMore')}</Empty>
      ) : (
        <table class="table table-stack">
          <caption class="sr">{t('member.onLoan')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('book.title')}</th>
              <th scope="col">{t('borrow.lentOn')}</th>
              <th scope="col">{t('borrow.due')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((loan) => (
              <tr key={loan.id}>
                <td>
                  <a class="title" href={`/books/${loan.book_id}`}><bdi>{loan.book.title}</bdi></a>
                  <span class="cell-2"><bdi>{loan.book.author}</bdi></span>
                </td>
                <td class="gone nowrap">{day(loan.borrowed_at)}</td>
                <td class="side nowrap"><Stamp date={loan.due_date} /> <Late date={loan.due_date} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function Past({ member }: { member: Member }) {
  const state = useListState('/', 'returned_at', 'desc');
  const result = useList<Borrow>('borrows', `${memberPath(member.id)}/borrows`, { status: 'returned', sort_by: 'returned_at', order: 'desc', limit: 20, cursor: state.cursor });
  const total = result.data?.meta.total;
  return (
    <Section title={t('member.history')} {...(total ? { count: count(total) } : {})}>
      <ListView
        result={result}
        state={state}
        failed={t('borrows.failed')}
        empty={<Empty icon="arrow-left-right" title={t('member.noHistory')}>{t('member.noHistoryMore')}</Empty>}
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
                  <td class="side nowrap">{day(past.returned_at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListView>
    </Section>
  );
}

export default function MyLoansPage() {
  useTitle(t('nav.mine'));
  const profile = useGet<MemberProfile>('members', '/members/profile');
  if (profile.error) return <><PageHead title={t('nav.mine')} /><Failed error={profile.error} title={t('mine.failed')} again={() => void profile.refetch()} /></>;
  const member = profile.data?.member;
  if (!member) return <><PageHead title={t('nav.mine')} /><Wait /></>;
  const total = profile.data?.analytics_summary?.total_books_borrowed;
  return (
    <>
      <PageHead
        title={<><bdi>{member.name}</bdi> <MemberStatus member={member} /></>}
        facts={<>{t('member.card')} <span class="machine">{member.card}</span>{total ? <> · {tn('member.lentInAll', total)}</> : null}</>}
      />
      <div class="main-aside">
        <div>
          <Loans member={member} />
          <Past member={member} />
        </div>
        <aside>
          <Section title={t('member.details')}>
            <MemberDetails member={member} />
            <p class="hint apart">{t('mine.wrong')}</p>
          </Section>
        </aside>
      </div>
    </>
  );
}
