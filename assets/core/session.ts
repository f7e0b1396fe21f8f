/* Signing in and out, in this tab and in the others. Sign-in is a cookie: all tabs of a browser share it. */
import { api, ApiError } from './api';
import { locked, me, type Me, reaches, unlock } from './door';
import { client } from './query';

/** The other tabs of this browser. Not there in very old browsers: then a tab notices at its next request. */
const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('carrel.session') : null;

const startOver = (): void => location.assign('/');

/** Asks who has signed in, and lets waiting requests go on when it is somebody who may do as much as before. */
export async function refresh(): Promise<void> {
  const before = me.get();
  const now = await api.get<Me>('/auth/me');
  me.set(now);
  if (!before || before.account?.id === now.account?.id) {
    if (locked.get() && now.account) unlock(true);
    return;
  }
  // What was typed by one who may do more is not for the eyes of one who may do less.
  if (!reaches(now.access, before.access)) startOver();
  else if (locked.get()) unlock(true);
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
  try {
    await api.post('/auth/logout');
  } catch (cause) {
    // Without an answer the banner says so already, and nobody is signed out.
    if (cause instanceof ApiError && cause.status === 0) return;
    throw cause;
  }
  tabs?.postMessage('out');
  startOver();
}

if (tabs) {
  tabs.onmessage = ({ data }: MessageEvent<'in' | 'out'>) => {
    if (data === 'in') void refresh();
    else if (me.get()?.account) startOver();
  };
}
