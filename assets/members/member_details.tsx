/* What is written down of a member. */
import type { ComponentChildren } from 'preact';
import { fullDay } from '../core/format';
import { type Key, t } from '../core/messages';
import type { Member } from './member';

export function MemberDetails({ member }: { member: Member }) {
  const rows: [Key, ComponentChildren][] = [
    ['member.card', <span class="machine">{member.card}</span>],
    ['member.email', member.email ? <a href={`mailto:${member.email}`}>{member.email}</a> : null],
    ['member.phone', member.phone ? <span class="num">{member.phone}</span> : null],
    ['member.group', member.group ? <bdi>{member.group}</bdi> : null],
    ['member.until', fullDay(member.expires_on)],
    ['member.since', fullDay(member.created_at)],
    ['member.note', member.note ? <bdi>{member.note}</bdi> : null],
  ];
  return (
    <dl class="facts">
      {rows.filter(([, value]) => value).map(([name, value]) => (
        <>
          <dt>{t(name)}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}
