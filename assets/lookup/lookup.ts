/* Other libraries' catalogues: which are asked, asking them, and why one has not answered. */
import { api, query } from '../core/api';
import type { Key } from '../core/messages';
import { changed } from '../core/query';

export type Kind = 'z3950' | 'sru' | 'json';

export interface Target {
  id: string;
  name: string;
  kind: Kind;
  address: string;
  enabled: boolean;
  position: number;
  version: number;
}

export interface KnownTarget {
  name: string;
  kind: Kind;
  address: string;
  about: string;
}

/** A title as another catalogue has it: what POST /books takes. */
export interface Found {
  title: string;
  subtitle: string | null;
  author: string;
  isbn: string | null;
  publisher: string | null;
  edition: string | null;
  year: number | null;
  language: string | null;
  description: string | null;
  item_type: string | null;
  categories: string[];
}

export interface FoundRecord {
  source: string;
  present: { id: string; title: string; archived: boolean } | null;
  book: Found;
  /** The record it was read from, as MARCXML. */
  marc: string | null;
}

export interface TargetResult {
  id: string;
  name: string;
  ok: boolean;
  error: string | null;
  message: string;
  detail: string | null;
  found: number;
  ms: number;
}

export interface Lookup {
  records: FoundRecord[];
  targets: TargetResult[];
}

export const KIND: Record<Kind, Key> = { z3950: 'lookup.kindZ3950', sru: 'lookup.kindSru', json: 'lookup.kindJson' };

const WHY: Record<string, Key> = {
  bad_address: 'lookup.whyBadAddress',
  no_address: 'lookup.whyNoAddress',
  no_name_server: 'lookup.whyNoNameServer',
  no_connection: 'lookup.whyNoConnection',
  timed_out: 'lookup.whyTimedOut',
  broken_off: 'lookup.whyBrokenOff',
  no_roots: 'lookup.whyNoRoots',
  not_trusted: 'lookup.whyNotTrusted',
  no_tls: 'lookup.whyNoTls',
  unreadable: 'lookup.whyUnreadable',
  too_large: 'lookup.whyTooLarge',
  redirected: 'lookup.whyRedirected',
  refused: 'lookup.whyRefused',
  resting: 'lookup.whyResting',
  isbn_only: 'lookup.whyIsbnOnly',
};

/** Why a catalogue has not answered; undefined: a reason that is newer than this page. */
export const whyOf = (result: TargetResult): Key | undefined => (result.error ? WHY[result.error] : undefined);

/** What was typed or scanned: digits are an ISBN, everything else words. */
export function ask(text: string): Promise<Lookup> {
  const digits = text.replace(/[\s-]/g, '');
  return api.get<Lookup>(`/lookup${query(/^(\d{9}[\dXx]|\d{13})$/.test(digits) ? { isbn: digits } : { any: text })}`);
}

/** The record that a title came from is kept with it. */
export function keepRecord(bookId: string, marc: string): Promise<unknown> {
  return api.putFile(`/books/${encodeURIComponent(bookId)}/marc`, new Blob([marc], { type: 'application/marcxml+xml' }));
}

const pathOf = (id: string): string => `/lookup/targets/${encodeURIComponent(id)}`;

export async function addTarget(body: Record<string, unknown>): Promise<void> {
  await api.post('/lookup/targets', body);
  changed('lookup');
}

export async function updateTarget(target: Target, body: Record<string, unknown>): Promise<void> {
  try {
    await api.put(pathOf(target.id), body, target.version);
  } finally {
    changed('lookup');
  }
}

export async function removeTarget(id: string): Promise<void> {
  await api.delete(pathOf(id));
  changed('lookup');
}

export const testTarget = (id: string): Promise<TargetResult> => api.post<TargetResult>(`${pathOf(id)}/test`);
