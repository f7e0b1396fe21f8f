/* By which ways notices leave: whether each is on, why not, and what became of the last ones. */
import { count, moment } from '../core/format';
import { may } from '../core/door';
import { t, tn } from '../core/messages';
import { useLive } from '../core/query';
import { said } from '../core/server_words';
import { Failed, Wait } from '../parts/states';
import { CHANNEL, type Channel, CHANNELS_PATH, type ChannelState } from './notice';

const EVERY_MS = 30_000;

/** The ways, as `channels`; undefined until they are here. */
export const useChannels = () => {
  const result = useLive<{ channels: ChannelState[] }>('notices', CHANNELS_PATH, {}, EVERY_MS);
  return { ...result, channels: result.data?.channels };
};

/** Where a way is set up: the library's settings; the pages inside the library are always there. */
const needsSetUp = ({ channel, on }: ChannelState): boolean => !on && channel !== 'app' && may('admin');

function State({ state }: { state: ChannelState }) {
  const { channel, on, why_off: why, failed, waiting } = state;
  const facts = [
    channel === 'app' ? t('notice.appMore') : '',
    waiting ? tn('notice.nWaiting', waiting) : '',
    state.last_sent_at ? t('notice.lastSent', { when: moment(state.last_sent_at) }) : '',
  ].filter(Boolean);
  return (
    <li>
      <span class="who">
        {t(CHANNEL[channel])}
        {on ? null : <span class="sub">{why ? <bdi>{said(why)}</bdi> : t('notice.isOff')}{needsSetUp(state) ? <> <a href="/settings/messages">{t('notice.setUp')}</a></> : null}</span>}
        {facts.length ? <span class="sub">{facts.join(' · ')}</span> : null}
        {on && state.last_problem ? <span class="sub"><bdi>{said(state.last_problem)}</bdi>{state.last_problem_at ? ` · ${moment(state.last_problem_at)}` : ''}</span> : null}
      </span>
      <span class="end">
        {failed ? <a class="plain" href={`/notices?show=failed&channel=${channel}`}><span class="pill pill-over">{t('notice.nFailed', { n: count(failed) })}</span></a> : null}{' '}
        <span class={on ? 'pill' : 'pill pill-soon'}>{t(on ? 'settings.on' : 'settings.off')}</span>
      </span>
    </li>
  );
}

export function ChannelStates() {
  const { channels, error, refetch } = useChannels();
  if (error) return <Failed error={error} title={t('notice.channelsFailed')} again={() => void refetch()} />;
  if (!channels) return <Wait />;
  return <ul class="lines">{channels.map((state) => <State key={state.channel} state={state} />)}</ul>;
}

/** Is this way on? undefined: not known yet. */
export const isOn = (channels: ChannelState[] | undefined, channel: Channel): boolean | undefined => channels?.find((one) => one.channel === channel)?.on;
