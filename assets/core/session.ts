/* Signing in and out, in this tab and in the others. Sign-in is a cookie: all tabs of a browser share it. */
import { api } from './api';
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
  heard(now.language);
  if (!before) return;
  // What was typed by one who may do more is not for the eyes of one who may do less.
  if (!reaches(now.access, before.access)) startOver();
  else if (now.account && (ended.get() || locked.get())) unlock(true);
  else if (now.account?.id === before.account?.id) return;
  void client.invalidateQueries();
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
  startOver();
}

if (tabs) {
  tabs.onmessage = ({ data }: MessageEvent<'in' | 'out'>) => {
    // Should this fail, the next request finds out what has changed.
    if (data === 'in') refresh().catch(() => undefined);
    else if (me.get()?.account) startOver();
  };
}
