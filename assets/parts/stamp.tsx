import { due, fullDay, lateness } from '../core/format';
import { Icon } from './icon';

/** The date stamp: every due date, and only due dates. */
export function Stamp({ date, plain }: { date: string; plain?: boolean }) {
  const { text, tone } = due(date);
  return <time class={tone && !plain ? `stamp stamp-${tone}` : 'stamp'} dateTime={date} title={fullDay(date)}>{text}</time>;
}

/** "5 days late", when it is. */
export function Late({ date, back }: { date: string; back?: string | null }) {
  const text = lateness(date, back);
  return text ? <span class="pill pill-over"><Icon name="clock-alert" />{text}</span> : null;
}
