/* Narrowing the catalogue down: what the titles found have, with counts; beside the list, folded above it on phones. */
import { useEffect, useState } from 'preact/hooks';
import { count } from '../core/format';
import { type Key, t } from '../core/messages';
import { useKept } from '../core/query';
import { Icon } from '../parts/icon';
import { type Chosen, chosenOf, type FacetName, FACETS, type Facets, type FacetValue, filtersOf, hrefWith, hrefWithout, isNarrowed, nameOf } from './narrowing';

const TITLES: Record<FacetName, Key> = {
  available: 'find.available', genre: 'find.genre', decade: 'find.year', author_name: 'find.author', language: 'find.language', item_type: 'find.itemType',
};

const SHOWN = 6;
const WIDE = '(min-width: 72rem)';

function useWide(): boolean {
  const [media] = useState(() => window.matchMedia(WIDE));
  const [wide, setWide] = useState(media.matches);
  useEffect(() => {
    const changed = () => setWide(media.matches);
    media.addEventListener('change', changed);
    return () => media.removeEventListener('change', changed);
  }, []);
  return wide;
}

interface Where {
  path: string;
  search: URLSearchParams;
}

/** What is chosen stays in sight, also when nothing has it. */
function withChosen(values: FacetValue[], chosen: string | undefined): FacetValue[] {
  if (chosen === undefined || values.some(({ value }) => value === chosen)) return values;
  return [{ value: chosen, name: chosen, count: 0 }, ...values];
}

function Facet({ name, values, chosen, where }: { name: FacetName; values: FacetValue[]; chosen: string | undefined; where: Where }) {
  const [all, setAll] = useState(false);
  const offered = withChosen(name === 'available' ? values.filter(({ value }) => value === 'true') : values, chosen);
  if (offered.length === 0) return null;
  const shown = all ? offered : offered.filter(({ value }, i) => i < SHOWN || value === chosen);
  return (
    <section class="facet">
      <h3>{t(TITLES[name])}</h3>
      <ul>
        {shown.map((one) => {
          const is = one.value === chosen;
          return (
            <li key={one.value}>
              <a class="facet-value" href={hrefWith(where.path, where.search, name, is ? null : one.value)} {...(is ? { 'aria-current': 'true' as const } : {})}>
                <bdi>{nameOf(name, one)}</bdi> <span class="n">{count(one.count)}</span>
              </a>
            </li>
          );
        })}
      </ul>
      {offered.length > SHOWN ? (
        <button type="button" class="btn btn-quiet btn-small" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('find.fewer') : t('find.more', { n: offered.length - SHOWN })}
        </button>
      ) : null}
    </section>
  );
}

/** What is chosen, each to be taken away again. */
export function ChosenFacets({ chosen, known, where }: { chosen: Chosen; known: Facets | undefined; where: Where }) {
  const names = FACETS.filter((name) => chosen[name] !== undefined);
  if (names.length === 0) return null;
  return (
    <ul class="chosen" aria-label={t('find.chosen')}>
      {names.map((name) => {
        const value = chosen[name] as string;
        const label = nameOf(name, known?.facets[name].find((one) => one.value === value) || { value, name: value });
        return (
          <li key={name}>
            <a class="chip" href={hrefWith(where.path, where.search, name, null)} aria-label={t('find.remove', { name: label })}>
              <bdi>{label}</bdi>
              <Icon name="x" />
            </a>
          </li>
        );
      })}
      {names.length > 1 ? <li><a href={hrefWithout(where.path, where.search)}>{t('find.removeAll')}</a></li> : null}
    </ul>
  );
}

export function useFacets(q: string, search: URLSearchParams): { known: Facets | undefined; chosen: Chosen } {
  const chosen = chosenOf(search);
  const { data } = useKept<Facets>('books', '/search/facets', { q, archived: search.get('show') === 'archived', ...filtersOf(chosen) });
  return { known: data, chosen };
}

export function FacetPanel({ known, chosen, where }: { known: Facets | undefined; chosen: Chosen; where: Where }) {
  const wide = useWide();
  const [open, setOpen] = useState(false);
  if (!known || (known.total === 0 && !isNarrowed(chosen))) return <div class="facets" />;
  const all = FACETS.map((name) => <Facet key={name} name={name} values={known.facets[name]} chosen={chosen[name]} where={where} />);
  if (wide) return <div class="facets" role="group" aria-label={t('find.narrow')}>{all}</div>;
  return (
    <details class="facets facets-fold" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('find.narrow')}</summary>
      {all}
    </details>
  );
}
