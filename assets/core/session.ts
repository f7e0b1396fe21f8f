/* Signing in and out, in this tab and in the others. Sign-in is a cookie: all tabs of a browser share it. */
import { api, ApiError } from './api';
import { connection } from './connection';
import { ended, locked, me, type Me, reaches, unlock } from './door';
import { heard } from './language';
import { client } from './query';

/** The other tabs of this browser. Not there in very old browsers: then a tab notices at its next request. */
const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('carrel.session') : null;

const startOver = (): void => location.assign('/');

/** Asks who has signed in, and lets waiting requests go on when it is somebody who may do as much as before. */
export async function refresh(): Promise<void> {
  const before = me.get();
  const now = await api.get<Me>('/auth/me');
  me.set(now);
  remember(now);
  heard(now.language);
  if (!before) return;
  // What was typed by one who may do more is not for the eyes of one who may do less.
  if (!reaches(now.access, before.access)) startOver();
  else if (now.account && (ended.get() || locked.get())) unlock(true);
  else if (now.account?.id === before.account?.id) return;
  void client.invalidateQueries();
}

/* ---------- who was here last ---------- */

const LAST = 'carrel.me';

/** Without the proof that requests need: that is asked for anew. */
function remember(now: Me): void {
  try {
    localStorage.setItem(LAST, JSON.stringify({ ...now, csrf_token: null }));
  } catch {
    /* no storage */
  }
}

function recall(): Me | null {
  try {
    return JSON.parse(localStorage.getItem(LAST) || 'null') as Me | null;
  } catch {
    return null;
  }
}

/** Who has signed in; or, while nobody answers, who had when somebody last did. That one's pages open, and what is
 *  scanned is kept; nothing is done until the server has said who it is. */
export async function begin(): Promise<void> {
  try {
    await refresh();
  } catch (cause) {
    const last = recall();
    if (!(cause instanceof ApiError) || cause.status !== 0 || !last || last.setup_required) throw cause;
    me.set(last);
    const stop = connection.state.watch(() => {
      if (connection.state.get() !== 'there') return;
      stop();
      refresh().catch(() => undefined);
    });
  }
}

/** Somebody has just been let in, by password, setup or code. */
export async function entered(): Promise<void> {
  await refresh();
  tabs?.postMessage('in');
}

export async function signIn(name: string, password: string): Promise<void> {
  await api.post('/auth/login', { name, password });
  await entered();
}

/** Loading the page anew forgets everything that one person leaves behind for the next: drafts, lists, the open member. */
export async function signOut(): Promise<void> {
  await api.post('/auth/logout');
  tabs?.postMessage('out');
  try {
    localStorage.removeItem(LAST);
  } catch {
    /* no storage */
  }
  startOver();
}

if (tabs) {
  tabs.onmessage = ({ data }: MessageEvent<'in' | 'out'>) => {
    // Should this fail, the next request finds out what has changed.
    if (data === 'in') refresh().catch(() => undefined);
    else if (me.get()?.account) startOver();
  };
}
