/* What the catalogue is narrowed down by. It stands in the address, so that Back, reload and a copied link all return to it. */
import { languageName, year } from '../core/format';
import { t } from '../core/messages';
import type { Params } from '../core/api';
import { kindName } from '../core/server_words';

export interface FacetValue {
  value: string;
  name: string;
  count: number;
}

export interface Facets {
  total: number;
  facets: Record<FacetName, FacetValue[]>;
}

/** As the server names them: a filter of GET /books each, but for the decade, which is two. */
export type FacetName = 'genre' | 'author_name' | 'decade' | 'language' | 'item_type' | 'available';

export const FACETS = ['available', 'genre', 'decade', 'author_name', 'language', 'item_type'] as const;

export type Chosen = Partial<Record<FacetName, string>>;

const YEARS = 9;

export function chosenOf(search: URLSearchParams): Chosen {
  const chosen: Chosen = {};
  for (const name of FACETS) {
    const value = search.get(name);
    if (value) chosen[name] = value;
  }
  // The list's own "In now" is the same question.
  if (search.get('show') === 'in') chosen.available = 'true';
  return chosen;
}

export const isNarrowed = (chosen: Chosen): boolean => FACETS.some((name) => chosen[name]);

/** As GET /books takes them. */
export function filtersOf({ decade, available, ...same }: Chosen): Params {
  const first = decade === undefined ? undefined : Number(decade);
  return { ...same, available: available === 'true', year_from: first, year_to: first === undefined ? undefined : first + YEARS };
}

/** The address with this one chosen, or with none of its kind. */
export function hrefWith(path: string, search: URLSearchParams, name: FacetName, value: string | null): string {
  const to = new URLSearchParams(search);
  to.delete('cursor');
  to.delete(name);
  if (name === 'available') {
    if (to.get('show') === 'in') to.delete('show');
    if (value) to.set('show', 'in');
  } else if (value) to.set(name, value);
  const text = to.toString();
  return path + (text ? `?${text}` : '');
}

export function hrefWithout(path: string, search: URLSearchParams): string {
  const to = new URLSearchParams(search);
  for (const name of [...FACETS, 'cursor']) to.delete(name);
  if (to.get('show') === 'in') to.delete('show');
  const text = to.toString();
  return path + (text ? `?${text}` : '');
}

/** How a value is called for people. `name`: as the library, or Carrel, writes it. */
export function nameOf(facet: FacetName, { value, name }: Pick<FacetValue, 'value' | 'name'>): string {
  switch (facet) {
    case 'decade': return t('find.decade', { from: year(Number(value)), to: year(Number(value) + YEARS) });
    case 'language': return languageName(value);
    case 'available': return t(value === 'true' ? 'find.in' : 'find.out');
    case 'item_type': return kindName(name);
    default: return name;
  }
}
