/* What the library has told a reader, in the library's own pages. Opening one marks it as read. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { me } from '../core/door';
import { day, moment } from '../core/format';
import { useListState } from '../core/list_state';
import { t } from '../core/messages';
import { useGet, useList } from '../core/query';
import { useStore } from '../core/store';
import { Icon } from '../parts/icon';
import { ListView } from '../parts/list_view';
import { PageHead, useTitle } from '../parts/page_head';
import { Empty, Refused } from '../parts/states';
import { kindName, type Notice, ofMember, read, readAll } from './notice';

function Message({ notice, wrong }: { notice: Notice; wrong: (error: ApiError) => void }) {
  const opened = (event: Event) => {
    if (!(event.currentTarget as HTMLDetailsElement).open || notice.read_at) return;
    read(notice).catch((cause: unknown) => {
      if (cause instanceof ApiError) wrong(cause);
      else throw cause;
    });
  };
  return (
    <li>
      <details class="message" onToggle={opened}>
        <summary>
          <span class="who"><span class={notice.read_at ? '' : 'strong'}><bdi>{notice.subject || kindName(notice.kind)}</bdi></span><span class="sub">{moment(notice.created_at)}</span></span>
          {notice.read_at ? null : <span class="pill pill-soon">{t('inbox.new')}</span>}
        </summary>
        <p class="said"><bdi>{notice.body}</bdi></p>
        {notice.book?.id ? <p class="apart"><a href={`/books/${notice.book.id}`}><bdi>{notice.book.title}</bdi></a></p> : null}
      </details>
    </li>
  );
}

function Inbox({ member }: { member: string }) {
  const state = useListState('/messages', 'created_at', 'desc');
  const [problem, setProblem] = useState<ApiError | null>(null);
  const result = useList<Notice>('notices', ofMember(member), { channel: 'app', cursor: state.cursor, limit: 20, sort_by: 'created_at', order: 'desc' });
  const unread = useGet<{ unread: number }>('notices', `${ofMember(member)}/unread`).data?.unread || 0;
  const all = () => {
    setProblem(null);
    readAll(member).catch((cause: unknown) => {
      if (cause instanceof ApiError) setProblem(cause);
      else throw cause;
    });
  };
  return (
    <>
      <PageHead title={t('nav.messages')}>
        {unread ? <button type="button" class="btn" onClick={all}><Icon name="circle-check" />{t('inbox.readAll')}</button> : null}
        <a class="btn" href="/account"><Icon name="bell" />{t('wish.title')}</a>
      </PageHead>
      {problem ? <div class="below"><Refused error={problem} /></div> : null}
      <ListView result={result} state={state} failed={t('inbox.failed')} empty={<Empty icon="bell" title={t('inbox.none')}>{t('inbox.noneMore')}</Empty>} edge={(row) => day(row.created_at)} dates>
        {(rows) => <ul class="lines messages">{rows.map((notice) => <Message key={notice.id} notice={notice} wrong={setProblem} />)}</ul>}
      </ListView>
    </>
  );
}

export default function MessagesPage() {
  useTitle(t('nav.messages'));
  const member = useStore(me)?.account?.member_id;
  if (member) return <Inbox member={member} />;
  return <><PageHead title={t('nav.messages')} /><Empty icon="bell" title={t('inbox.noReader')}>{t('inbox.noReaderMore')}</Empty></>;
}
