/* Server state: one client for all pages, and the hooks every list and page uses. */
import { QueryClient, useQuery } from '@tanstack/preact-query';
import { api, ApiError, type List, type Params, query } from './api';
import { connection } from './connection';

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      // The browser's idea of "online" is the internet; ours is the library computer.
      networkMode: 'always',
      staleTime: 5_000,
      gcTime: 10 * 60_000,
      retry: (count, error) => error instanceof ApiError && (error.status === 0 || error.status === 503) && count < 2,
      refetchOnReconnect: false,
    },
    mutations: { networkMode: 'always' },
  },
});

// What was shown while the connection was lost may be old.
let was = connection.state.get();
connection.state.watch(() => {
  const is = connection.state.get();
  if (was === 'lost' && is === 'there') void client.invalidateQueries();
  was = is;
});

/** The first element of a key is the noun, so that a change can say which lists it touches. */
export function useGet<T>(noun: Noun, path: string | null, params: Params = {}) {
  return useQuery<T, ApiError>({
    queryKey: [noun, path, params],
    queryFn: ({ signal }) => api.get<T>(path + query(params), signal),
    enabled: path !== null,
  });
}

/** The same, showing what it had until other parameters are answered. */
export function useKept<T>(noun: Noun, path: string | null, params: Params = {}) {
  return useQuery<T, ApiError>({
    queryKey: [noun, path, params],
    queryFn: ({ signal }) => api.get<T>(path + query(params), signal),
    enabled: path !== null,
    placeholderData: (previous) => previous,
  });
}

/** Asked again every so often while the page is in sight; shows what it had until other parameters are answered. */
export function useLive<T>(noun: Noun, path: string, params: Params, every: number) {
  return useQuery<T, ApiError>({
    queryKey: [noun, path, params],
    queryFn: ({ signal }) => api.get<T>(path + query(params), signal),
    refetchInterval: every,
    refetchIntervalInBackground: false,
    placeholderData: (previous) => previous,
  });
}

/** A list keeps showing its previous page or search until the next one is here; never another member's loans. */
export function useList<T>(noun: Noun, path: string | null, params: Params = {}) {
  return useQuery<List<T>, ApiError>({
    queryKey: [noun, path, params],
    queryFn: ({ signal }) => api.get<List<T>>(path + query(params), signal),
    enabled: path !== null,
    placeholderData: (previous, query) => (query && query.queryKey[1] === path ? previous : undefined),
  });
}

export type Noun = 'books' | 'members' | 'borrows' | 'holds' | 'fines' | 'stocktakes' | 'rules' | 'calendar' | 'analytics' | 'accounts' | 'keys' | 'settings' | 'jobs' | 'backups' | 'health' | 'alerts' | 'audit' | 'imports' | 'reviews' | 'reports' | 'reading_lists' | 'lookup' | 'notices' | 'webhooks';

/** What has changed and is not asked anew yet: quick work is in hand. */
const late = new Set<Noun>();
let inHand = false;
let lateSince = 0;
let settling = 0;
/** No scan came for so long: the run of them is over … */
const SETTLED_MS = 250;
/** … and however long it goes on, the lists on the page are never older than this. */
const LATE_MS = 1_500;

function ask(): void {
  for (const noun of late) void client.invalidateQueries({ queryKey: [noun] });
  late.clear();
}

/** After a lend or return everything is a little different; after an edit only its noun is. The figures and how the system is always are. */
export function changed(...nouns: Noun[]): void {
  if (late.size === 0) lateSince = Date.now();
  for (const noun of [...nouns, 'analytics', 'health'] as const) late.add(noun);
  if (!inHand || Date.now() - lateSince > LATE_MS) ask();
}

/** Scan after scan: what they change is asked anew when they pause, so that the answer to the next one need not wait for it. */
export function working(now: boolean): void {
  window.clearTimeout(settling);
  if (now) inHand = true;
  else settling = window.setTimeout(() => { inHand = false; ask(); }, SETTLED_MS);
}
