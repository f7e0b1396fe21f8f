/* How many messages a reader has not read, beside their name in the navigation; asked again now and then. */
import { me } from '../core/door';
import { count } from '../core/format';
import { t } from '../core/messages';
import { useLive } from '../core/query';
import { useStore } from '../core/store';
import { ofMember } from './notice';

const EVERY_MS = 60_000;

function Count({ member }: { member: string }) {
  const unread = useLive<{ unread: number }>('notices', `${ofMember(member)}/unread`, {}, EVERY_MS).data?.unread;
  return unread ? <> <span class="pill pill-soon">{count(unread)}<span class="sr"> {t('inbox.unread')}</span></span></> : null;
}

export function Unread() {
  const member = useStore(me)?.account?.member_id;
  return member ? <Count member={member} /> : null;
}
