/* What a reader who has signed in sees of themselves: what is out, what was, and what the library has written down. */
import { t, tn } from '../core/messages';
import { useGet } from '../core/query';
import { PageHead, Section, useTitle } from '../parts/page_head';
import { Empty, Failed, Wait } from '../parts/states';
import { MemberMoney } from '../fines/member_money';
import { MemberHolds } from '../holds/member_holds';
import { MemberWatches } from '../holds/watch';
import { MyReviews } from '../reviews/my_reviews';
import type { MemberProfile } from './member';
import { MemberDetails } from './member_details';
import { MemberHistory, MemberLoans } from './member_loans';
import { MemberStatus } from './member_status';

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
          <MemberLoans
            member={member}
            empty={<Empty icon="library" title={t('mine.none')} actions={<a class="btn" href="/catalogue">{t('nav.catalogue')}</a>}>{t('mine.noneMore')}</Empty>}
          />
          <MemberMoney member={member} />
          <MemberHistory member={member} page="/" />
        </div>
        <aside>
          <MemberHolds member={member} />
          <MemberWatches member={member} />
          <MyReviews />
          <p class="apart"><a href="/lists">{t('nav.lists')}</a></p>
          <Section title={t('member.details')}>
            <MemberDetails member={member} />
            <p class="hint apart">{t('mine.wrong')}</p>
          </Section>
        </aside>
      </div>
    </>
  );
}
