/* The catalogue as this device last saw it, in place of the catalogue while nobody answers. */
import { useEffect } from 'preact/hooks';
import { count, fullDay, time, year } from '../core/format';
import { t, tn, tx } from '../core/messages';
import { useSearch } from '../core/router';
import { useStore } from '../core/store';
import { PageHead, useTitle } from '../parts/page_head';
import { SearchBox } from '../parts/search';
import { Empty, Wait } from '../parts/states';
import { catalogue, look, search } from './catalogue_store';

const SHOWN = 100;

export default function KeptCataloguePage() {
  useTitle(t('nav.catalogue'));
  const has = useStore(catalogue);
  const [params, change] = useSearch();
  const q = params.get('q') || '';
  useEffect(() => {
    void look();
  }, []);
  if (!has) return <Wait />;
  const found = search(has.titles, q);
  return (
    <>
      <PageHead title={t('nav.catalogue')} facts={tn('offline.has', has.titles.length, { day: fullDay(has.at), time: time(has.at) })} />
      <SearchBox value={q} label={t('catalogue.search')} hint={t('catalogue.searchHint')} change={(text) => change({ q: text, cursor: undefined }, { replace: true })} />
      <p class="second" role="status">
        {found.length > SHOWN ? t('offline.firstOf', { n: count(SHOWN), all: count(found.length) }) : tn('catalogue.found', found.length)}
        {has.titles.length < has.total ? <> {t('offline.notAll', { total: count(has.total) })}</> : null}
      </p>
      {found.length === 0 ? (
        <Empty icon="search" title={tx('catalogue.noMatch', { q: <bdi>{q}</bdi> })}>{t('catalogue.noMatchMore')}</Empty>
      ) : (
        <table class="table table-stack">
          <caption class="sr">{t('nav.catalogue')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('book.title')}</th>
              <th scope="col">{t('book.isbn')}</th>
              <th scope="col" class="num">{t('book.year')}</th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, SHOWN).map((one) => (
              <tr key={one.id}>
                <td>
                  <b class="title"><bdi>{one.title}</bdi></b>
                  <span class="cell-2"><bdi>{one.author}</bdi></span>
                </td>
                <td class={one.isbn ? 'nowrap' : 'nowrap gone'} data-k={t('book.isbn')}>{one.isbn ? <span class="machine">{one.isbn}</span> : null}</td>
                <td class="num nowrap gone">{year(one.year)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
