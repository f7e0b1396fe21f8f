/* What the pages say of kept acts: how many there are, and those that the server would not do. */
import { may } from '../core/door';
import { fullDay, time } from '../core/format';
import { t, tn } from '../core/messages';
import { place } from '../core/router';
import { useStore } from '../core/store';
import { say } from '../core/toast';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { type Act, again, kept, pendingOf, putBack, refusedOf, takeOut } from './desk_queue';

/** A line of the banner that says that nobody answers. */
export function KeptCount() {
  const waiting = pendingOf(useStore(kept)).length;
  return waiting > 0 ? <p data-kept={waiting}>{tn('offline.count', waiting)}</p> : null;
}

/** On the pages that do not show them: that some were refused. */
export function KeptNotice() {
  const refused = refusedOf(useStore(kept)).length;
  const { path } = useStore(place);
  if (refused === 0 || path === '/' || path === '/returns' || !may('librarian')) return null;
  return (
    <div class="notice notice-over">
      <Icon name="circle-x" />
      <div>
        <p class="strong">{tn('offline.refused', refused)}</p>
        <p><a href="/">{t('offline.look')}</a></p>
      </div>
    </div>
  );
}

/** The hour, and of another day its date. */
function when({ order: { body } }: Act): string {
  const at = body.occurred_at;
  return new Date(at).toDateString() === new Date().toDateString() ? time(at) : `${fullDay(at)}, ${time(at)}`;
}

function Line({ act }: { act: Act }) {
  const { title } = act;
  const aside = () => {
    if (takeOut(act.key)) say(t('offline.asideDone', { title }), () => putBack(act));
  };
  return (
    <li data-conflict={act.order.what}>
      <span>
        <bdi>{title}</bdi>
        <span class="sub"><bdi>{act.order.what === 'lend' ? t('offline.lendWhat', { name: act.who, when: when(act) }) : t('offline.backWhat', { when: when(act) })}</bdi></span>
        <span class="sub strong"><bdi>{act.refused}</bdi></span>
      </span>
      <span class="end actions">
        <button type="button" class="btn btn-small" onClick={() => again(act)} aria-label={t('offline.againThis', { title })}>{t('act.again')}</button>
        <button type="button" class="btn btn-small" onClick={aside} aria-label={t('offline.asideThis', { title })}>{t('offline.aside')}</button>
      </span>
    </li>
  );
}

/** They stay until somebody has dealt with each. */
export function NotDone() {
  const refused = refusedOf(useStore(kept));
  if (refused.length === 0) return null;
  return (
    <Section title={t('offline.notDone')} count={refused.length} class="desk-visit">
      <ul class="lines">
        {refused.map((act) => <Line key={act.key} act={act} />)}
      </ul>
    </Section>
  );
}
