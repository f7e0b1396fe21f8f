/* What readers are told: what waits, what left, what did not and why. */
import { useQuery } from '@tanstack/preact-query';
import { useEffect } from 'preact/hooks';
import type { ApiError } from '../core/api';
import { count, day } from '../core/format';
import { useListState } from '../core/list_state';
import { type Key, t, tn } from '../core/messages';
import { client, useGet } from '../core/query';
import { useSearch } from '../core/router';
import { Icon } from '../parts/icon';
import { ListView } from '../parts/list_view';
import { Section } from '../parts/page_head';
import { Empty } from '../parts/states';
import { memberPath, type MemberProfile } from '../members/member';
import { ChannelStates } from './channel_states';
import { CHANNEL, type Channel, CHANNELS, countOf, type Kind, KINDS_PATH, kindName, NOTICES, type NoticeState } from './notice';
import { NoticeTable } from './notice_row';
import { NoticesHead } from './notices_head';
import { useNotices } from './use_notices';

const STATES: { show: NoticeState | ''; name: Key }[] = [
  { show: '', name: 'notice.all' },
  { show: 'waiting', name: 'notice.waiting' },
  { show: 'failed', name: 'notice.failed' },
  { show: 'unsure', name: 'notice.unsure' },
  { show: 'sent', name: 'notice.sent' },
  { show: 'dropped', name: 'notice.dropped' },
];

const COUNTED: { state: NoticeState; name: Key; more: Key }[] = [
  { state: 'waiting', name: 'notice.waiting', more: 'notice.waitingMore' },
  { state: 'failed', name: 'notice.failed', more: 'notice.failedMore' },
  { state: 'unsure', name: 'notice.unsure', more: 'notice.unsureMore' },
];

const EVERY_MS = 30_000;

function Counts() {
  const counts = useQuery<number[], ApiError>({
    queryKey: ['notices', 'counts'],
    queryFn: ({ signal }) => Promise.all(COUNTED.map(({ state }) => countOf({ state }, signal))),
    refetchInterval: EVERY_MS,
  });
  return (
    <div class="figures">
      {COUNTED.map(({ state, name, more }, i) => {
        const n = counts.data?.[i];
        return (
          <a class={n && state !== 'waiting' ? 'figure is-over' : 'figure'} href={`/notices?show=${state}`}>
            <span class="k">{t(name)}</span>
            <span class="v">{n === undefined ? '–' : count(n)}</span>
            <span class="n">{t(more)}</span>
          </a>
        );
      })}
    </div>
  );
}

function Pick({ label, value, all, options, change }: { label: string; value: string; all: string; options: [value: string, name: string][]; change: (value: string) => void }) {
  return (
    <label class="pick">
      <span>{label}</span>
      <select class="input" value={value} onChange={(event) => change(event.currentTarget.value)}>
        <option value="">{all}</option>
        {options.map(([one, name]) => <option value={one}>{name}</option>)}
      </select>
    </label>
  );
}

/** Whose notices alone are shown, and the way back to all. */
function OfMember({ id, clear }: { id: string; clear: () => void }) {
  const name = useGet<MemberProfile>('members', memberPath(id)).data?.member.name;
  return <button type="button" class="chip" onClick={clear}><bdi>{name || '…'}</bdi><Icon name="x" /><span class="sr">{t('picker.remove')}</span></button>;
}

export default function NoticesPage() {
  const state = useListState('/notices', 'created_at', 'desc');
  const [search, change] = useSearch();
  const [kind, channel, member] = [search.get('kind') || '', search.get('channel') || '', search.get('member') || ''];
  const kinds = useGet<{ kinds: Kind[] }>('notices', KINDS_PATH);
  const result = useNotices(NOTICES, { state: state.filter, kind, channel, member_id: member, cursor: state.cursor, limit: 20, sort_by: 'created_at', order: 'desc' });
  // What has left the list's one state is counted in another.
  const states = result.data?.data.map(({ id, state: its }) => id + its).join();
  useEffect(() => {
    if (states !== undefined) void client.invalidateQueries({ queryKey: ['notices', 'counts'] });
  }, [states]);
  const narrowed = state.filter !== '' || kind !== '' || channel !== '' || member !== '';
  const clear = () => change({ show: undefined, kind: undefined, channel: undefined, member: undefined, cursor: undefined });
  const set = (name: string) => (value: string) => change({ [name]: value, cursor: undefined });
  return (
    <>
      <NoticesHead><a class="btn btn-main" href="/notices/write"><Icon name="mail" />{t('notice.write')}</a></NoticesHead>
      <Counts />
      <Section title={t('notice.channels')}><ChannelStates /></Section>
      <Section title={t('notice.list')} {...(result.data ? { count: count(result.data.meta.total) } : {})}>
        <div class="list-tools">
          <nav class="choice" aria-label={t('list.which')}>
            {STATES.map(({ show, name }) => <a href={state.href(show)} {...(state.filter === show ? { 'aria-current': 'true' as const } : {})}>{t(name)}</a>)}
          </nav>
          <Pick label={t('notice.what')} value={kind} all={t('notice.anyKind')} options={(kinds.data?.kinds || []).map((one) => [one.kind, kindName(one.kind)])} change={set('kind')} />
          <Pick label={t('notice.how')} value={channel} all={t('notice.anyChannel')} options={CHANNELS.map((one: Channel) => [one, t(CHANNEL[one])])} change={set('channel')} />
          {member ? <OfMember id={member} clear={() => change({ member: undefined, cursor: undefined })} /> : null}
          {narrowed && result.data ? <span class="second" role="status">{tn('notice.found', result.data.meta.total)}</span> : null}
        </div>
        <ListView
          result={result}
          state={state}
          failed={t('notice.listFailed')}
          empty={narrowed ? <Empty icon="mail" title={t('notice.noneSuch')} actions={<button type="button" class="btn" onClick={clear}>{t('list.showAll')}</button>} /> : <Empty icon="mail" title={t('notice.none')}>{t('notice.noneMore')}</Empty>}
          edge={(row) => day(row.created_at)}
          dates
        >
          {(rows) => <NoticeTable rows={rows} caption={t('notice.list')} />}
        </ListView>
      </Section>
    </>
  );
}
