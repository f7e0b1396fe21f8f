/* What a reader was told, on the reader's page at the desk; writing to them, and what they want to hear of. */
import { useState } from 'preact/hooks';
import { count } from '../core/format';
import { t } from '../core/messages';
import type { Member } from '../members/member';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Failed, Wait } from '../parts/states';
import { ofMember } from './notice';
import { NoticeTable } from './notice_row';
import { NoticePreferences } from './preferences';
import { useNotices } from './use_notices';

const SHOWN = 5;

export function MemberNotices({ member }: { member: Member }) {
  const [asking, setAsking] = useState(false);
  const notices = useNotices(ofMember(member.id), { limit: SHOWN, sort_by: 'created_at', order: 'desc' });
  const rows = notices.data?.data;
  const total = notices.data?.meta.total || 0;
  return (
    <Section title={t('nav.notices')} {...(total ? { count: count(total) } : {})} aside={total > SHOWN ? <a href={`/notices?member=${encodeURIComponent(member.id)}`}>{t('list.showAll')}</a> : null}>
      {notices.error ? (
        <Failed error={notices.error} title={t('notice.listFailed')} again={() => void notices.refetch()} />
      ) : !rows ? (
        <Wait />
      ) : rows.length === 0 ? (
        <p class="second">{t('notice.noneOfMember')}</p>
      ) : (
        <NoticeTable rows={rows} caption={t('nav.notices')} ofMember />
      )}
      <div class="actions apart">
        <a class="btn btn-small" href={`/notices/write?member=${encodeURIComponent(member.id)}`}><Icon name="mail" />{t('notice.write')}</a>
        <button type="button" class="btn btn-small" onClick={() => setAsking(true)}><Icon name="bell" />{t('wish.title')}</button>
      </div>
      {asking ? (
        <Dialog title={t('wish.of', { name: member.name })} close={() => setAsking(false)}>
          <NoticePreferences member={member.id} done={() => setAsking(false)} />
        </Dialog>
      ) : null}
    </Section>
  );
}
