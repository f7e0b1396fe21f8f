/* A restore that is under way, or how the last one ended. It goes on without this page, and is found again on coming back. */
import { useEffect, useState } from 'preact/hooks';
import { decimal, moment } from '../core/format';
import { t, tx } from '../core/messages';
import { said } from '../core/server_words';
import { Icon } from '../parts/icon';
import { fileName, isUnderWay, look, type Restore } from './restore';

const EVERY_MS = 700;

/** Everything a page has in memory is of the library that was: begin anew, by signing in where that is needed. */
const startOver = (): void => location.assign('/settings/backups');

function UnderWay({ restore, away }: { restore: Restore; away: boolean }) {
  const mb = (bytes: number) => decimal(bytes / 1e6);
  const copying = restore.state === 'staging' && restore.bytes_done < restore.bytes;
  const text = away || restore.state !== 'staging' ? t('restore.swapping') : copying ? t('restore.copying', { done: mb(restore.bytes_done), all: mb(restore.bytes) }) : t('restore.checking');
  return (
    <div class="notice below" role="status">
      <Icon name="refresh-cw" />
      <div class="grow">
        <p>{tx('restore.underWay', { file: <span class="machine">{fileName(restore.from ?? '')}</span> })}</p>
        <p>{text}</p>
        <progress class="progress" aria-label={text} {...(copying ? { value: restore.bytes_done, max: restore.bytes } : {})} />
        <p>{t('restore.mayLeave')}</p>
      </div>
    </div>
  );
}

function Ended({ restore }: { restore: Restore }) {
  const when = restore.finished_at ? moment(restore.finished_at) : '';
  if (restore.state === 'failed') {
    return (
      <div class="notice notice-over below" role="alert">
        <Icon name="circle-x" />
        <div>
          <p>{t('restore.failed', { when })}</p>
          <p>{said(restore.detail ?? '')}</p>
        </div>
      </div>
    );
  }
  return (
    <div class="notice notice-ok below" role="status">
      <Icon name="circle-check" />
      <div>
        <p>{tx('restore.done', { when, file: <span class="machine">{fileName(restore.from ?? '')}</span> })}</p>
        {restore.kept_aside ? <p>{tx('restore.kept', { path: <span class="machine">{restore.kept_aside}</span> })}</p> : null}
      </div>
    </div>
  );
}

/** `begun`: the one this page has just asked for. */
export function RestoreProgress({ begun, busy }: { begun: Restore | null; busy: (isBusy: boolean) => void }) {
  const [restore, setRestore] = useState<Restore | null>(begun);
  const [away, setAway] = useState(false);
  useEffect(() => {
    let timer = 0;
    let stopped = false;
    let wasUnderWay = begun !== null;
    const turn = async () => {
      const now = await look();
      if (stopped) return;
      if (typeof now === 'string') {
        // Only a swap ends a session and keeps nobody answering; a page that was just opened waits for its own list.
        if (now === 'out' && wasUnderWay) startOver();
        setAway(now === 'away');
        if (wasUnderWay) timer = window.setTimeout(() => void turn(), EVERY_MS);
        return;
      }
      if (now.state === 'done' && wasUnderWay) startOver();
      wasUnderWay = isUnderWay(now);
      setAway(false);
      setRestore(now);
      busy(wasUnderWay);
      if (wasUnderWay) timer = window.setTimeout(() => void turn(), EVERY_MS);
    };
    void turn();
    return () => {
      stopped = true;
      window.clearTimeout(timer);
    };
  }, [begun]);
  if (!restore || restore.state === 'none') return null;
  return isUnderWay(restore) ? <UnderWay restore={restore} away={away} /> : <Ended restore={restore} />;
}
