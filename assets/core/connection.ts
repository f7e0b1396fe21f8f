/* Is the library computer there? Any request that gets no answer says "lost"; then /health is asked until it is back. */
import { store } from './store';

const state = store<'there' | 'lost'>('there');
const PATIENCE_MS = 5000;
let timer: number | undefined;

async function ask(): Promise<void> {
  timer = undefined;
  // To a computer that is switched off a request may hang for minutes.
  const limit = new AbortController();
  const over = window.setTimeout(() => limit.abort(), PATIENCE_MS);
  try {
    const response = await fetch('/health', { cache: 'no-store', signal: limit.signal });
    if (response.ok) {
      connection.found();
      return;
    }
  } catch {
    /* still away */
  } finally {
    window.clearTimeout(over);
  }
  timer = window.setTimeout(ask, 3000);
}

export const connection = {
  state,
  lost(): void {
    state.set('lost');
    if (timer === undefined) timer = window.setTimeout(ask, 1500);
  },
  found(): void {
    window.clearTimeout(timer);
    timer = undefined;
    state.set('there');
  },
};
