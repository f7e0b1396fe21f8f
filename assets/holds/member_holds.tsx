/* What a reader waits for. For the desk, and for the reader who has signed in. */
import { count } from '../core/format';
import { t } from '../core/messages';
import { useList } from '../core/query';
import { type Member, memberPath } from '../members/member';
import { Section } from '../parts/page_head';
import { Failed, Wait } from '../parts/states';
import type { Hold } from './hold';
import { HoldActs } from './hold_acts';
import { HoldState } from './hold_state';

export function MemberHolds({ member }: { member: Member }) {
  const holds = useList<Hold>('holds', `${memberPath(member.id)}/holds`, { open: true, limit: 100 });
  const rows = holds.data?.data.filter((hold) => !hold.ended_at);
  return (
    <Section title={t('holds.waitingFor')} {...(rows?.length ? { count: count(rows.length) } : {})}>
      {holds.error ? (
        <Failed error={holds.error} title={t('holds.failed')} again={() => void holds.refetch()} />
      ) : !rows ? (
        <Wait />
      ) : rows.length === 0 ? (
        <p class="second">{t('holds.nothing')}</p>
      ) : (
        <ul class="lines">
          {rows.map((hold) => (
            <li key={hold.id}>
              <span>
                <a class="plain" href={`/books/${hold.book_id}`}><bdi>{hold.book.title}</bdi></a>
                <span class="sub"><HoldState hold={hold} /></span>
              </span>
              <span class="end"><HoldActs hold={hold} /></span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
