/* What somebody who is typing in the catalogue may mean, and telling the server what was asked for in the end. */
import { api, query } from '../core/api';
import { type Key, t } from '../core/messages';
import { useKept } from '../core/query';
import type { Offer } from '../parts/search';

interface Suggestion {
  kind: 'title' | 'author' | 'word';
  text: string;
}

const KINDS: Record<Suggestion['kind'], Key> = { title: 'find.kind.title', author: 'find.kind.author', word: 'find.kind.word' };

const SHORTEST = 2;
const OFFERED = 6;

export function useSuggestions(typed: string): Offer[] {
  const q = typed.trim();
  const { data } = useKept<{ data: Suggestion[] }>('books', q.length >= SHORTEST ? '/search/suggestions' : null, { q });
  if (q.length < SHORTEST || !data) return [];
  return data.data.filter(({ text }) => text !== typed).slice(0, OFFERED).map(({ kind, text }) => ({ text, kind: t(KINDS[kind]) }));
}

let last = '';

/** A finished question: Enter, a suggestion taken, a title opened. Counted without a name; that it fails is nobody's concern. */
export function said(text: string): void {
  const q = text.trim();
  if (!q || q === last) return;
  last = q;
  void api.get(`/search/books${query({ q, limit: 1, said: true })}`).catch(() => undefined);
}
