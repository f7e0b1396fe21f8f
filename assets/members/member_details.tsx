/* What is written down of a member. */
import type { ComponentChildren } from 'preact';
import { fullDay } from '../core/format';
import type { List } from '../core/api';
import { type Key, t } from '../core/messages';
import { Email } from '../parts/email';
import { type Member, MEMBER_TYPES, type MemberType } from './member';
import { may } from '../core/door';
import { useGet } from '../core/query';
import { kindName } from '../core/server_words';

export function MemberDetails({ member }: { member: Member }) {
  // A reader may not ask what kinds there are.
  const types = useGet<List<MemberType>>('members', may('librarian') ? MEMBER_TYPES : null, { limit: 100 });
  const type = types.data?.data.find(({ code }) => code === member.member_type);
  const rows: [Key, ComponentChildren][] = [
    ['member.card', <span class="machine">{member.card}</span>],
    ['kinds.kind', type ? <bdi>{kindName(type.name)}</bdi> : null],
    ['member.email', member.email ? <Email address={member.email} /> : null],
    ['member.phone', member.phone ? <bdi class="num" dir="ltr">{member.phone}</bdi> : null],
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
