/* What can be done with a hold, beside it in every list. Each can be undone where the queue allows it; cancelling asks once. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { may } from '../core/door';
import { t } from '../core/messages';
import { say } from '../core/toast';
import { Ask } from '../parts/dialog';
import { Refused } from '../parts/states';
import { GoneForm } from './gone_form';
import { cancelHold, type Hold, suspendHold } from './hold';

export function HoldActs({ hold }: { hold: Hold }) {
  const [asking, setAsking] = useState(false);
  const [gone, setGone] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  if (hold.ended_at) return null;
  const title = hold.book.title;
  const suspend = (suspended: boolean): void => {
    setProblem(null);
    suspendHold(hold.id, suspended).then(
      () => say(t(suspended ? 'hold.isSuspended' : 'hold.counts', { title }), () => suspend(!suspended)),
      (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    );
  };
  return (
    <>
      {hold.status === 'waiting' ? (
        <button type="button" class="btn btn-quiet btn-small" onClick={() => suspend(!hold.suspended)} aria-label={t(hold.suspended ? 'hold.resumeThis' : 'hold.suspendThis', { title })}>
          {t(hold.suspended ? 'hold.resume' : 'hold.suspend')}
        </button>
      ) : null}
      {hold.status === 'ready' && may('librarian') ? (
        <button type="button" class="btn btn-quiet btn-small" onClick={() => setGone(true)} aria-label={t('gone.this', { title })}>{t('gone.act')}</button>
      ) : null}
      <button type="button" class="btn btn-quiet btn-small" onClick={() => setAsking(true)} aria-label={t('hold.cancelThis', { title })}>{t('hold.cancel')}</button>
      {problem ? <Refused error={problem} /> : null}
      {gone ? <GoneForm hold={hold} close={() => setGone(false)} /> : null}
      {asking ? (
        <Ask
          title={t('hold.cancelTitle')}
          yes={t('hold.cancelYes')}
          no={t('hold.keep')}
          act={() => cancelHold(hold.id).then(() => say(t('hold.isCancelled', { title })))}
          close={() => setAsking(false)}
        >
          {t(hold.status === 'ready' ? 'hold.cancelReadyMore' : 'hold.cancelMore', { title })}
        </Ask>
      ) : null}
    </>
  );
}
