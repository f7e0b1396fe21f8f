/* An ordinary week: for each weekday open or not, and from when to when. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { weekdayName } from '../core/format';
import { t, tn } from '../core/messages';
import { say } from '../core/toast';
import { Section } from '../parts/page_head';
import { Refused } from '../parts/states';
import { type Hours, type HoursMoved, saveHours } from './calendar';

interface Line {
  open: boolean;
  opens: string;
  closes: string;
}

const DAYS = [0, 1, 2, 3, 4, 5, 6];

/** No hours at all: the library is never closed. */
function linesOf(hours: Hours[]): Line[] {
  return DAYS.map((weekday) => {
    const its = hours.filter((one) => one.weekday === weekday);
    const [first, last] = [its[0], its[its.length - 1]];
    return { open: hours.length === 0 || first !== undefined, opens: first?.opens || '10:00', closes: last?.closes || '17:00' };
  });
}

/** The week is saved, and what that moved. */
function savedText({ loans_moved: loans, holds_moved: holds }: HoursMoved): string {
  const moved = [...(loans ? [tn('hours.loans', loans)] : []), ...(holds ? [tn('hours.holds', holds)] : [])];
  return moved.length ? t('hours.savedMoved', { moved: moved.join(', ') }) : t('hours.saved');
}

export function HoursForm({ hours }: { hours: Hours[] }) {
  const [lines, setLines] = useState(() => linesOf(hours));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const change = (weekday: number, part: Partial<Line>) => setLines(lines.map((line, i) => (i === weekday ? { ...line, ...part } : line)));
  const save = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    saveHours(lines.flatMap(({ open, opens, closes }, weekday) => (open ? [{ weekday, opens, closes }] : [])))
      .then((moved) => say(savedText(moved)), (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      })
      .finally(() => setBusy(false));
  };
  return (
    <Section title={t('hours.title')}>
      <form onSubmit={save} noValidate>
        <ul class="lines hours">
          {lines.map((line, weekday) => (
            <li key={weekday}>
              <label class="check">
                <input type="checkbox" checked={line.open} onChange={(event) => change(weekday, { open: event.currentTarget.checked })} />
                {weekdayName(weekday)}
              </label>
              {line.open ? (
                <span class="end">
                  <input class="input" type="time" value={line.opens} aria-label={t('hours.opens', { day: weekdayName(weekday) })} onInput={(event) => change(weekday, { opens: event.currentTarget.value })} />
                  {' – '}
                  <input class="input" type="time" value={line.closes} aria-label={t('hours.closes', { day: weekdayName(weekday) })} onInput={(event) => change(weekday, { closes: event.currentTarget.value })} />
                </span>
              ) : (
                <span class="end second">{t('hours.closed')}</span>
              )}
            </li>
          ))}
        </ul>
        {hours.length === 0 ? <p class="hint">{t('hours.noneMore')}</p> : null}
        {problem ? <Refused error={problem} /> : null}
        <div class="actions apart">
          <button type="submit" class="btn" aria-busy={busy}>{t(busy ? 'form.busy' : 'hours.save')}</button>
          <span class="hint">{t('hours.dueMore')}</span>
        </div>
      </form>
    </Section>
  );
}
