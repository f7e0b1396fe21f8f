/* One stock-take: the box to scan into, what each scan found, and what nobody has seen yet. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { count, day, time } from '../core/format';
import { useListState } from '../core/list_state';
import { t, tn } from '../core/messages';
import { changed, useGet, useList } from '../core/query';
import { say } from '../core/toast';
import { sound } from '../core/sound';
import type { Copy } from '../books/book';
import { Ask } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Choice, ListView } from '../parts/list_view';
import { Crumb, PageHead, useTitle } from '../parts/page_head';
import { Empty, Failed, Wait } from '../parts/states';
import { finishStocktake, FINDING, type Scan, type Scanned, scanInto, type Stocktake, stocktakePath } from './stocktake';

const isGood = (scan: Scanned): boolean => scan.finding === 'in_place' || scan.finding === 'on_hold_shelf';

function ScanLine({ id }: { id: string }) {
  const input = useRef<HTMLInputElement>(null);
  const queue = useRef<string[]>([]);
  const running = useRef(false);
  const [last, setLast] = useState<{ scan: Scanned | null; barcode: string; problem: string } | null>(null);
  useLayoutEffect(() => input.current?.focus(), []);
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select, dialog')) return;
      if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) input.current?.focus();
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  }, []);
  const work = async () => {
    running.current = true;
    for (let barcode = queue.current.shift(); barcode !== undefined; barcode = queue.current.shift()) {
      try {
        const scan = await scanInto(id, barcode);
        sound(isGood(scan) ? 'ok' : 'refused');
        setLast({ scan, barcode, problem: '' });
      } catch (cause) {
        sound('refused');
        setLast({ scan: null, barcode, problem: cause instanceof ApiError ? cause.message : t('error.unexpected') });
        // Whatever it was, the scans behind it are done.
        if (!(cause instanceof ApiError)) setTimeout(() => { throw cause; });
      }
    }
    running.current = false;
    changed('stocktakes');
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const box = input.current;
    const barcode = box?.value.trim();
    if (!box || !barcode) return;
    box.value = '';
    queue.current.push(barcode);
    if (!running.current) void work();
  };
  const good = last?.scan ? isGood(last.scan) : false;
  return (
    <>
      <form class="scan below" aria-label={t('desk.scan')} onSubmit={submit}>
        <Icon name="scan-barcode" />
        <label class="sr" for="stock">{t('stock.scan')}</label>
        <input id="stock" ref={input} autocomplete="off" autocorrect="off" autocapitalize="off" spellcheck={false} enterkeyhint="go" placeholder={t('stock.scan')} />
      </form>
      <div role="status" aria-live="assertive" aria-atomic="true">
        {last ? (
          <div class={`result result-${good ? 'ok' : 'no'}`} data-result={last.scan ? last.scan.finding : 'refused'}>
            <Icon name={good ? 'circle-check' : 'circle-x'} />
            <div>
              <p class="verb">{last.scan ? t(FINDING[last.scan.finding]) : t('desk.notDone')}</p>
              <p class={last.scan?.copy ? 'call' : 'call call-code'}><bdi>{last.scan?.copy?.book.title || last.barcode}</bdi></p>
              <p class="why">
                {last.scan?.repeated ? t('stock.again') : last.problem}
                {last.scan?.finding === 'misplaced' && last.scan.copy?.shelf ? t('stock.belongs', { shelf: last.scan.copy.shelf }) : null}
              </p>
            </div>
          </div>
        ) : null}
      </div>
    </>
  );
}

export default function StocktakePage({ id }: { id: string }) {
  const take = useGet<Stocktake>('stocktakes', stocktakePath(id));
  const state = useListState(`/stocktakes/${id}`, 'barcode', 'asc');
  const { filter, cursor } = state;
  const [asking, setAsking] = useState<'' | 'leave' | 'lost'>('');
  useTitle(take.data?.name || t('nav.stock'));
  const isMissing = filter === '';
  const missing = useList<Copy>('stocktakes', isMissing ? `${stocktakePath(id)}/missing` : null, { cursor, limit: 20 });
  const scans = useList<Scan>('stocktakes', isMissing ? null : `${stocktakePath(id)}/scans`, { cursor, limit: 20, finding: filter === 'all' ? undefined : filter });
  const crumb = <Crumb to="/stocktakes">{t('nav.stock')}</Crumb>;
  if (take.error) return <>{crumb}<Failed error={take.error} title={t('stock.failed')} again={() => void take.refetch()} /></>;
  if (!take.data) return <>{crumb}<Wait /></>;
  const { name, shelf, expected, seen, finished_at: finished, started_at: begun } = take.data;
  return (
    <>
      {crumb}
      <PageHead
        title={<bdi>{name}</bdi>}
        facts={<>{shelf ? <span class="machine">{shelf}</span> : t('stock.all')} · {day(begun)} · {t('stock.seenOf', { seen: count(seen), expected: count(expected) })}</>}
      >
        {finished ? null : (
          <>
            <button type="button" class="btn" onClick={() => setAsking('leave')}>{t('stock.finish')}</button>
            <button type="button" class="btn" onClick={() => setAsking('lost')}>{t('stock.finishLost')}</button>
          </>
        )}
      </PageHead>
      {finished ? null : <ScanLine id={id} />}
      <div class="list-tools">
        <Choice
          label={t('list.which')}
          state={state}
          options={[{ show: '', name: finished ? 'stock.wereMissing' : 'stock.notSeen' }, { show: 'misplaced', name: 'stock.misplaced' }, { show: 'on_loan', name: 'stock.onLoan' }, { show: 'unknown', name: 'stock.unknown' }, { show: 'all', name: 'stock.allScans' }]}
        />
      </div>
      {isMissing ? (
        <ListView result={missing} state={state} failed={t('stock.failed')} empty={<Empty icon="circle-check" title={t('stock.noneMissing')} />} edge={(row) => row.barcode}>
          {(rows) => (
            <ul class="lines">
              {rows.map((copy) => (
                <li key={copy.id}>
                  <span><a class="plain" href={`/books/${copy.book.id}`}><bdi>{copy.book.title}</bdi></a><span class="sub"><bdi>{copy.book.author}</bdi></span></span>
                  <span class="end"><span class="machine">{copy.barcode}</span>{copy.shelf ? <span class="sub machine">{copy.shelf}</span> : null}</span>
                </li>
              ))}
            </ul>
          )}
        </ListView>
      ) : (
        <ListView result={scans} state={state} failed={t('stock.failed')} empty={<Empty icon="scan-barcode" title={t('stock.noneSuch')} />} edge={(row) => time(row.at)}>
          {(rows) => (
            <ul class="lines">
              {rows.map((scan) => (
                <li key={scan.barcode}>
                  <span>{scan.copy?.title ? <bdi>{scan.copy.title}</bdi> : <span class="machine">{scan.barcode}</span>}<span class="sub">{t(FINDING[scan.finding])}{scan.copy?.shelf ? <>, {t('stock.belongs', { shelf: scan.copy.shelf })}</> : null}</span></span>
                  <span class="end second">{time(scan.at)}</span>
                </li>
              ))}
            </ul>
          )}
        </ListView>
      )}
      {asking ? (
        <Ask
          title={t('stock.finishTitle')}
          yes={t(asking === 'lost' ? 'stock.finishLost' : 'stock.finish')}
          no={t('form.cancel')}
          danger={asking === 'lost'}
          act={() => finishStocktake(id, asking === 'lost').then(() => say(t('stock.isFinished', { name })))}
          close={() => setAsking('')}
        >
          {asking === 'lost' ? tn('stock.finishLostMore', expected - seen) : tn('stock.finishMore', expected - seen)}
        </Ask>
      ) : null}
    </>
  );
}
