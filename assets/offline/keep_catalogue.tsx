/* The switch at the end of the catalogue: keep it on this device. Not there where a browser could not open it again. */
import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { fullDay, time } from '../core/format';
import { t, tn } from '../core/messages';
import { useStore } from '../core/store';
import { catalogue, forget, isWanted, look, reading, refill } from './catalogue_store';
import { canKeep } from './worker';

function State({ problem }: { problem: string }) {
  const has = useStore(catalogue);
  const now = useStore(reading);
  if (now) return <span class="hint" role="status">{t('offline.reading', { done: now.done, total: now.total })}</span>;
  if (problem) return <span class="hint" role="status">{problem}</span>;
  if (has) return <span class="hint" role="status">{tn('offline.has', has.titles.length, { day: fullDay(has.at), time: time(has.at) })}</span>;
  return <span class="hint" role="status">{t('offline.hereMore')}</span>;
}

export function KeepCatalogue() {
  const wanted = useStore(isWanted) === 'on';
  const [problem, setProblem] = useState('');
  useEffect(() => {
    if (canKeep && wanted && !catalogue.get()) void look();
  }, []);
  if (!canKeep) return null;
  const change = () => {
    setProblem('');
    isWanted.set(wanted ? 'off' : 'on');
    (wanted ? forget() : refill()).catch((cause: unknown) => {
      setProblem(cause instanceof ApiError ? cause.message : t('offline.noRoom'));
      if (!catalogue.get()) isWanted.set('off');
    });
  };
  return (
    <p class="below">
      <label class="check"><input type="checkbox" checked={wanted} onChange={change} /> {t('offline.here')}</label>{' '}
      <State problem={problem} />
    </p>
  );
}
