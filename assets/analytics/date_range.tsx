import { useEffect, useRef, useState } from 'preact/hooks';
import { today } from '../core/format';
import { t } from '../core/messages';
import { useSearch } from '../core/router';
import { Icon } from '../parts/icon';
import { type Days, isDay, type Preset, PRESETS, presetDays } from './summary';

export interface Range {
  days: Days;
  preset: Preset | null;
  /** What the address says, also when it makes no range. */
  asked: Days;
  choose(days: Days): void;
}

/** The days are in the address: a preset by its name, so that a kept link moves on with the days; a free range by its ends. */
export function useRange(): Range {
  const [search, change] = useSearch();
  const from = search.get('from') || '';
  const to = search.get('to') || '';
  const named = PRESETS.find(({ show }) => show === search.get('days'));
  const free = isDay(from) && isDay(to);
  const preset = free ? null : named ? named.show : '30';
  const asked = free ? { from, to } : presetDays(preset || '30');
  return {
    preset,
    asked,
    // Turned round, nothing is asked of the server: the usual days stay in sight beside the words that refuse it.
    days: asked.from <= asked.to ? asked : presetDays('30'),
    choose: (days) => change({ days: undefined, from: days.from, to: days.to }),
  };
}

/** Presets, and two days of one's own. Typing a date passes through the years 2, 20 and 202: it counts once it rests or is left. */
export function DateRange({ range }: { range: Range }) {
  const { asked, preset, choose } = range;
  const [from, setFrom] = useState(asked.from);
  const [to, setTo] = useState(asked.to);
  const timer = useRef(0);
  useEffect(() => {
    setFrom(asked.from);
    setTo(asked.to);
  }, [asked.from, asked.to]);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  const whole = isDay(from) && isDay(to) && from >= '1000' && to >= '1000';
  const turned = whole && from > to;
  const take = (days: Days) => {
    window.clearTimeout(timer.current);
    if (!isDay(days.from) || !isDay(days.to) || days.from > days.to || days.from < '1000') return;
    if (days.from !== asked.from || days.to !== asked.to) choose(days);
  };
  const typed = (days: Days) => {
    setFrom(days.from);
    setTo(days.to);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => take(days), 700);
  };
  const field = (name: 'from' | 'to') => ({
    id: name,
    name,
    type: 'date',
    class: 'input',
    required: true,
    max: today(),
    value: name === 'from' ? from : to,
    'aria-invalid': turned ? ('true' as const) : undefined,
    'aria-describedby': turned ? 'range-wrong' : undefined,
    onInput: (event: Event) => {
      const { value } = event.currentTarget as HTMLInputElement;
      typed(name === 'from' ? { from: value, to } : { from, to: value });
    },
    onBlur: () => take({ from, to }),
  });

  return (
    <form
      class="range"
      noValidate
      aria-label={t('dates.which')}
      onSubmit={(event) => {
        event.preventDefault();
        take({ from, to });
      }}
    >
      <nav class="choice" aria-label={t('dates.presets')}>
        {PRESETS.map(({ show, name }) => (
          <a href={show === '30' ? '/dashboard' : `/dashboard?days=${show}`} {...(show === preset ? { 'aria-current': 'true' as const } : {})}>{t(name)}</a>
        ))}
      </nav>
      <span class="ends">
        <label class="sr" for="from">{t('dates.from')}</label>
        <input {...field('from')} />
        <span aria-hidden="true">{t('dates.to')}</span>
        <label class="sr" for="to">{t('dates.until')}</label>
        <input {...field('to')} />
      </span>
      {turned ? (
        <p class="error" id="range-wrong" role="alert">
          <Icon name="circle-x" />
          <span>{t('dates.turned')} <button type="button" class="link" onClick={() => take({ from: to, to: from })}>{t('dates.turn')}</button></span>
        </p>
      ) : null}
    </form>
  );
}
