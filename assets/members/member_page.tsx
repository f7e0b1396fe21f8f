import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { t, tn } from '../core/messages';
import { useGet } from '../core/query';
import { navigate } from '../core/router';
import { say } from '../core/toast';
import { Icon } from '../parts/icon';
import { Crumb, PageHead, Section, useTitle } from '../parts/page_head';
import { Empty, Failed, Refused, Wait } from '../parts/states';
import { AuditTrail } from '../audit/trail';
import { MemberMoney } from '../fines/member_money';
import { MemberHolds } from '../holds/member_holds';
import { MemberWatches } from '../holds/watch';
import { MemberNotices } from '../notifications/member_notices';
import { archiveMember, memberPath, type MemberProfile, restoreMember } from './member';
import { MemberDetails } from './member_details';
import { MemberForm } from './member_form';
import { MemberReading } from './member_reading';
import { MemberHistory, MemberLoans } from './member_loans';
import { MemberStatus } from './member_status';
import { CardForm, RenewForm } from './membership_forms';

export default function MemberPage({ id }: { id: string }) {
  const profile = useGet<MemberProfile>('members', memberPath(id));
  const [dialog, setDialog] = useState<'edit' | 'renew' | 'card' | null>(null);
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
        say(t('member.archived', { name: member.name }), () => restoreMember(id));
        navigate('/members');
      },
      (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    );
  };
  const close = () => setDialog(null);
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
        <button type="button" class="btn" onClick={() => setDialog('edit')}><Icon name="pencil" />{t('act.edit')}</button>
        <button type="button" class="btn" onClick={archive}><Icon name="archive" />{t('act.archive')}</button>
      </PageHead>
      {problem ? <div class="below"><Refused error={problem} /></div> : null}
      <div class="main-aside">
        <div>
          <MemberLoans member={member} desk empty={<Empty icon="library" title={t('member.nothingOut')}>{t('member.nothingOutMore')}</Empty>} />
          <MemberMoney member={member} desk />
          <MemberHistory member={member} page={`/members/${member.id}`} />
          <MemberNotices member={member} />
        </div>
        <aside>
          <MemberHolds member={member} />
          <MemberWatches member={member} desk />
          <MemberReading member={member} desk />
          <Section title={t('member.details')}>
            <MemberDetails member={member} />
            <div class="actions apart">
              <button type="button" class="btn btn-small" onClick={() => setDialog('renew')}><Icon name="refresh-cw" />{t('membership.renew')}</button>
              <button type="button" class="btn btn-small" onClick={() => setDialog('card')}><Icon name="credit-card" />{t('membership.card')}</button>
              <a class="btn btn-small" href={`/labels?member=${member.id}`}><Icon name="printer" />{t('labels.ofMember')}</a>
            </div>
          </Section>
          <AuditTrail path={memberPath(member.id)} />
        </aside>
      </div>
      {dialog === 'edit' ? <MemberForm member={member} close={close} /> : dialog === 'renew' ? <RenewForm member={member} close={close} /> : dialog === 'card' ? <CardForm member={member} close={close} /> : null}
    </>
  );
}
