/* All stock-takes, and beginning a new one. */
import { useState } from 'preact/hooks';
import { useForm } from '../core/form';
import { count, day } from '../core/format';
import { useListState } from '../core/list_state';
import { t, tn } from '../core/messages';
import { useList } from '../core/query';
import { navigate } from '../core/router';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { ListView } from '../parts/list_view';
import { PageHead, useTitle } from '../parts/page_head';
import { Empty, Refused } from '../parts/states';
import { startStocktake, type Stocktake } from './stocktake';

function StartForm({ close }: { close: () => void }) {
  const form = useForm({ name: '', shelf: '' }, async ({ name, shelf }) => {
    const made = await startStocktake({ name: name.trim(), ...(shelf.trim() ? { shelf: shelf.trim() } : {}) });
    close();
    navigate(`/stocktakes/${encodeURIComponent(made.id)}`);
  });
  return (
    <Dialog title={t('stock.start')} close={close}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="name" label={t('stock.name')} hint={t('stock.nameHint')} required focus />
        <Field form={form} name="shelf" label={t('copy.shelf')} hint={t('stock.shelfHint')} machine />
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'stock.begin')}</button>
        </div>
      </form>
    </Dialog>
  );
}

export default function StocktakesPage() {
  useTitle(t('nav.stock'));
  const state = useListState('/stocktakes', 'started_at', 'desc');
  const [starting, setStarting] = useState(false);
  const result = useList<Stocktake>('stocktakes', '/stocktakes', { cursor: state.cursor, limit: 20 });
  const begin = <button type="button" class="btn btn-main" onClick={() => setStarting(true)}><Icon name="plus" />{t('stock.start')}</button>;
  return (
    <>
      <PageHead title={t('nav.stock')}>{begin}</PageHead>
      <ListView result={result} state={state} failed={t('stock.failed')} empty={<Empty icon="library" title={t('stock.none')}>{t('stock.noneMore')}</Empty>} edge={(row) => day(row.started_at)} dates>
        {(rows) => (
          <table class="table table-stack">
            <caption class="sr">{t('nav.stock')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('stock.name')}</th>
                <th scope="col">{t('copy.shelf')}</th>
                <th scope="col">{t('stock.begun')}</th>
                <th scope="col" class="num">{t('stock.seen')}</th>
                <th scope="col">{t('stock.state')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td><a class="title" href={`/stocktakes/${row.id}`}><bdi>{row.name}</bdi></a></td>
                  <td class={row.shelf ? '' : 'second'} data-k={t('copy.shelf')}>{row.shelf ? <span class="machine">{row.shelf}</span> : t('stock.all')}</td>
                  <td class="nowrap" data-k={t('stock.begun')}>{day(row.started_at)}</td>
                  <td class="num" data-k={t('stock.seen')}>{t('list.of', { shown: count(row.seen), total: count(row.expected) })}</td>
                  <td class="side">{row.finished_at ? <span class="pill">{tn('stock.missing', row.missing || 0)}</span> : <span class="pill pill-soon">{t('stock.underWay')}</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListView>
      {starting ? <StartForm close={() => setStarting(false)} /> : null}
    </>
  );
}
