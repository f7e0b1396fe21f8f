/* Is the library computer there? Any request that gets no answer says "lost"; then /health is asked until it is back. */
import { store } from './store';

const state = store<'there' | 'lost'>('there');
let timer: number | undefined;

async function ask(): Promise<void> {
  timer = undefined;
  try {
    const response = await fetch('/health', { cache: 'no-store' });
    if (response.ok) {
      connection.found();
      return;
    }
  } catch {
    /* still away */
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
