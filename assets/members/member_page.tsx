import { useState } from 'preact/hooks';
import type { Borrow } from '../borrows/borrow';
import { ReturnButton } from '../borrows/return_button';
import { ApiError } from '../core/api';
import { count, day } from '../core/format';
import { useListState } from '../core/list_state';
import { t, tn } from '../core/messages';
import { useGet, useList } from '../core/query';
import { navigate } from '../core/router';
import { say } from '../core/toast';
import { Icon } from '../parts/icon';
import { ListView } from '../parts/list_view';
import { Crumb, PageHead, Section, useTitle } from '../parts/page_head';
import { Late, Stamp } from '../parts/stamp';
import { Empty, Failed, Refused, Wait } from '../parts/states';
import { archiveMember, type Member, memberPath, type MemberProfile, restoreMember } from './member';
import { MemberDetails } from './member_details';
import { MemberForm } from './member_form';
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
        <Empty icon="library" title={t('member.nothingOut')}>{t('member.nothingOutMore')}</Empty>
      ) : (
        <table class="table table-stack">
          <caption class="sr">{t('member.onLoan')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('book.title')}</th>
              <th scope="col">{t('copy.barcode')}</th>
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
                  <span class="cell-2"><bdi>{loan.book.author}</bdi></span>
                </td>
                <td class="gone nowrap"><span class="machine">{loan.copy?.barcode}</span></td>
                <td class="gone nowrap">{day(loan.borrowed_at)}</td>
                <td class="side"><Stamp date={loan.due_date} /> <Late date={loan.due_date} /></td>
                <td class="row-actions"><ReturnButton id={loan.id} title={loan.book.title} name={member.name} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function History({ member }: { member: Member }) {
  const state = useListState(`/members/${member.id}`, 'returned_at', 'desc');
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

export default function MemberPage({ id }: { id: string }) {
  const profile = useGet<MemberProfile>('members', memberPath(id));
  const [editing, setEditing] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const member = profile.data?.member;
  useTitle(member?.name || t('nav.members'));

  const crumb = <Crumb to="/members">{t('nav.members')}</Crumb>;
  if (profile.error) {
    return (
      <>
        {crumb}
        <Failed error={profile.error} title={t('member.failed')} again={() => void profile.refetch()} />
      </>
    );
  }
  if (!profile.data || !member) return <>{crumb}<Wait /></>;

  const archive = () => {
    archiveMember(id).then(
      () => {
        say(t('member.archived', { name: member.name }), () => void restoreMember(id));
        navigate('/members');
      },
      (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    );
  };
  const total = profile.data.analytics_summary?.total_books_borrowed;

  return (
    <>
      {crumb}
      <PageHead
        title={<><bdi>{member.name}</bdi> <MemberStatus member={member} /></>}
        facts={
          <>
            {t('member.card')} <span class="machine">{member.card}</span>
            {member.group ? <> · <bdi>{member.group}</bdi></> : null}
            {total ? <> · {tn('member.lentInAll', total)}</> : null}
          </>
        }
      >
        <a class="btn btn-main" href={`/?card=${encodeURIComponent(member.card)}`}><Icon name="scan-barcode" />{t('member.openAtDesk')}</a>
        <button type="button" class="btn" onClick={() => setEditing(true)}><Icon name="pencil" />{t('act.edit')}</button>
        <button type="button" class="btn" onClick={archive}><Icon name="archive" />{t('act.archive')}</button>
      </PageHead>
      {problem ? <div class="below"><Refused error={problem} /></div> : null}
      <div class="main-aside">
        <div>
          <Loans member={member} />
          <History member={member} />
        </div>
        <aside>
          <Section title={t('member.details')}><MemberDetails member={member} /></Section>
        </aside>
      </div>
      {editing ? <MemberForm member={member} close={() => setEditing(false)} /> : null}
    </>
  );
}
