import { fullDay } from '../core/format';
import { t } from '../core/messages';
import { Icon } from '../parts/icon';
import type { Member } from './member';

/** Nothing for a member in good standing: what is in order has no colour. */
export function MemberStatus({ member }: { member: Member }) {
  if (member.deleted_at) return <span class="pill">{t('list.archived')}</span>;
  if (member.status === 'suspended') return <span class="pill pill-block"><Icon name="ban" />{t('member.suspended')}</span>;
  if (member.status === 'expired') return <span class="pill pill-over">{member.expires_on ? t('member.expiredOn', { day: fullDay(member.expires_on) }) : t('member.expired')}</span>;
  return null;
}
