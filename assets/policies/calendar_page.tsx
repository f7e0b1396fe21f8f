/* When the library is open: an ordinary week, the days that differ, and the month that follows from both. */
import { useState } from 'preact/hooks';
import { ApiError, type List } from '../core/api';
import { dayAfter, dayRange, dayText, monthName, today, weekdayName } from '../core/format';
import { t } from '../core/messages';
import { useGet } from '../core/query';
import { say } from '../core/toast';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Empty, Failed, Refused, Wait } from '../parts/states';
import { SettingsHead } from '../settings/settings_head';
import { addClosure, type CalendarDay, type Closure, type Hours, removeClosure } from './calendar';
import { ClosureForm } from './closure_form';
import { HoursForm } from './hours_form';

const WEEK = 7;

const firstOf = (day: string): string => `${day.slice(0, 8)}01`;

/** The month `by` months away from the one that begins on `first`. */
function monthAway(first: string, by: number): string {
  const [year, month] = first.split('-').map(Number) as [number, number];
  return dayText(Date.UTC(year, month - 1 + by, 1));
}

/** Mondays first, whole weeks: the days around the month are pale. */
function gridOf(first: string): string[] {
  const weekday = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % WEEK;
  const last = dayAfter(monthAway(first, 1), -1);
  const days: string[] = [];
  for (let day = dayAfter(first, -weekday); day <= last || days.length % WEEK !== 0; day = dayAfter(day, 1)) days.push(day);
  return days;
}

function Month() {
  const [first, setFirst] = useState(firstOf(today()));
  const days = gridOf(first);
  const calendar = useGet<{ days: CalendarDay[] }>('calendar', '/calendar', { from: days[0], to: days[days.length - 1] });
  const known = new Map((calendar.data?.days || []).map((one) => [one.day, one]));
  const weeks = Array.from({ length: days.length / WEEK }, (_, i) => days.slice(i * WEEK, (i + 1) * WEEK));
  const cell = (day: string) => {
    const its = known.get(day);
    const look = [its && !its.open ? 'shut' : '', day === today() ? 'today' : '', day.slice(0, 7) === first.slice(0, 7) ? '' : 'out'].filter(Boolean).join(' ');
    return (
      <td key={day} class={look}>
        {Number(day.slice(8))}
        {its?.reason ? <small>{its.reason}</small> : its && !its.open ? <span class="sr"> {t('calendar.closed')}</span> : null}
      </td>
    );
  };
  return (
    <Section
      title={t('calendar.title')}
      aside={
        <div class="actions">
          <button type="button" class="btn btn-small" aria-label={t('calendar.before')} onClick={() => setFirst(monthAway(first, -1))}><Icon name="chevron-left" /></button>
          <button type="button" class="btn btn-small" aria-label={t('calendar.after')} onClick={() => setFirst(monthAway(first, 1))}><Icon name="chevron-right" /></button>
        </div>
      }
    >
      {calendar.error ? (
        <Failed error={calendar.error} title={t('calendar.failed')} again={() => void calendar.refetch()} />
      ) : (
        <table class="cal">
          <caption>{monthName(first)}</caption>
          <thead>
            <tr>{Array.from({ length: WEEK }, (_, i) => <th scope="col">{weekdayName(i, 'short')}</th>)}</tr>
          </thead>
          <tbody>{weeks.map((week) => <tr key={week[0]}>{week.map(cell)}</tr>)}</tbody>
        </table>
      )}
      <p class="hint cal-key">{t('calendar.hatched')}</p>
    </Section>
  );
}

function Closures() {
  const closures = useGet<List<Closure>>('calendar', '/closures', { limit: 100 });
  const [problem, setProblem] = useState<ApiError | null>(null);
  const act = (done: Promise<unknown>) => {
    setProblem(null);
    done.catch((cause: unknown) => {
      if (cause instanceof ApiError) setProblem(cause);
      else throw cause;
    });
  };
  const remove = ({ id, ...facts }: Closure) =>
    act(removeClosure(id).then(() => say(t('closure.removed', { name: facts.name }), () => act(addClosure({ ...facts, move: true, spread_days: 1 })))));
  const rows = closures.data?.data;
  return (
    <Section title={t('closure.all')} {...(rows?.length ? { count: rows.length } : {})}>
      {problem ? <Refused error={problem} /> : null}
      {closures.error ? (
        <Failed error={closures.error} title={t('calendar.failed')} again={() => void closures.refetch()} />
      ) : !rows ? (
        <Wait />
      ) : rows.length === 0 ? (
        <Empty icon="library" title={t('closure.none')}>{t('closure.noneMore')}</Empty>
      ) : (
        <ul class="lines">
          {rows.map((one) => (
            <li key={one.id}>
              <span>
                <bdi>{one.name}</bdi> {one.kind === 'opening' ? <span class="pill pill-plain">{t('closure.opening')}</span> : null}
                <span class="sub">{dayRange(one.first_day, one.last_day)}{one.yearly ? <> · {t('closure.everyYear')}</> : null}</span>
              </span>
              <span class="end">
                <button type="button" class="btn btn-quiet btn-small" onClick={() => remove(one)} aria-label={t('closure.removeThis', { name: one.name })}>{t('closure.remove')}</button>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

export default function CalendarPage() {
  const hours = useGet<{ days: Hours[] }>('calendar', '/opening-hours');
  return (
    <>
      <SettingsHead />
      <div class="main-aside">
        <div>
          <Month />
          <Closures />
        </div>
        <aside>
          <ClosureForm />
          {hours.error ? <Failed error={hours.error} title={t('calendar.failed')} again={() => void hours.refetch()} /> : hours.data ? <HoursForm hours={hours.data.days} /> : <Wait />}
        </aside>
      </div>
    </>
  );
}
