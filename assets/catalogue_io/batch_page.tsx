/* One import from its reading to its undoing. What is shown is the server's state: one can leave at any time, and come back. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { may } from '../core/door';
import { count, day, moment } from '../core/format';
import { t, tn } from '../core/messages';
import { changed } from '../core/query';
import { navigate, useScroll, useSearch } from '../core/router';
import { said } from '../core/server_words';
import { Ask } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Crumb, PageHead, Section, useTitle } from '../parts/page_head';
import { Failed, Refused, Wait } from '../parts/states';
import { Columns } from './batch_columns';
import { BatchRows, useTotal } from './batch_rows';
import { Undo } from './batch_undo';
import { type Batch, batchPath, giveUp, IMPORTS, isBusy, OF_KIND, startBatch, stopBatch, useBatch } from './import_batch';
import { type Step, Steps } from './import_steps';
import { StatusPill } from './imports_page';

const pageOf = (id: string, step?: string): string => `${batchPath(id)}${step ? `?step=${step}` : ''}`;

function stepOf({ status, started_at: started, format }: Batch, wanted: string | null): Step {
  if (status === 'done' || status === 'undoing' || status === 'undone') return 'done';
  if (started) return 'import';
  if (status === 'failed') return 'columns';
  return wanted === 'columns' && (format === 'csv' || status === 'reading') ? 'columns' : 'check';
}

/** An act on the batch: its button waits for the answer, and a refusal stands beside it. */
function useAct() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const act = (send: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    send()
      .catch((cause: unknown) => {
        if (!(cause instanceof ApiError)) throw cause;
        setProblem(cause);
      })
      .finally(() => setBusy(false));
  };
  return { busy, problem, act };
}

function Progress({ text, done, of }: { text: string; done: number; of: number }) {
  return (
    <>
      <progress class="progress" aria-label={text} {...(of ? { value: done, max: of } : {})} />
      <p class="second" role="status">{text}{of ? ` ${t('import.rowsOf', { done: count(done), read: count(of) })}` : ''}</p>
    </>
  );
}

function Figures({ batch, there }: { batch: Batch; there: number | undefined }) {
  const { rows_read: read, imported, repaired, merged, refused, copies, started_at: started, kind } = batch;
  return (
    <dl class="figures">
      <div class="figure"><dt>{t('import.rows')}</dt><dd class="v">{count(read)}</dd></div>
      <div class="figure"><dt>{t(started ? 'import.came' : 'import.willCome')}</dt><dd class="v">{count(imported)}</dd>{kind === 'titles' ? <dd class="n">{tn('import.copies', copies)}</dd> : null}</div>
      <div class="figure"><dt>{t('import.repaired')}</dt><dd class="v">{count(repaired)}</dd><dd class="n">{t('import.repairedMore')}</dd></div>
      {started ? (
        <div class="figure"><dt>{t('import.merged')}</dt><dd class="v">{count(merged)}</dd><dd class="n">{t('import.mergedMore')}</dd></div>
      ) : (
        <div class="figure"><dt>{t('import.there')}</dt><dd class="v">{there === undefined ? '–' : count(there)}</dd><dd class="n">{t('import.thereMore')}</dd></div>
      )}
      <div class={refused ? 'figure is-over' : 'figure'}><dt>{t('import.refused')}</dt><dd class="v">{count(refused)}</dd><dd class="n">{t('import.refusedMore')}</dd></div>
    </dl>
  );
}

/** What was found in how many rows, in one list. */
function Findings({ batch }: { batch: Batch }) {
  if (batch.summary.length === 0) return null;
  return (
    <Section title={t('import.found')}>
      <ul class="lines">
        {batch.summary.map((one) => (
          <li key={one.reason}>
            <span>{said(one.meaning)}</span>
            <span class="end second">{tn('import.rowCount', one.rows)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function GiveUp({ batch }: { batch: Batch }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button type="button" class="btn btn-quiet" onClick={() => setAsking(true)}>{t('import.giveUp')}</button>
      {asking ? (
        <Ask title={t('import.giveUpTitle', { name: batch.name })} yes={t('import.giveUpYes')} no={t('form.cancel')} danger act={() => giveUp(batch.id).then(() => navigate(IMPORTS))} close={() => setAsking(false)}>
          {t('import.giveUpMore')}
        </Ask>
      ) : null}
    </>
  );
}

function Check({ batch }: { batch: Batch }) {
  const { busy, problem, act } = useAct();
  const there = useTotal(batch, 'duplicate');
  const { choices, go } = OF_KIND[batch.kind];
  // What becomes of those that are here already stands with each of them, and is not in the figures.
  const decided = choices.length > 1 && there ? there : 0;
  const coming = batch.imported + decided;
  return (
    <>
      <div class="report-head">
        <p class="second" role="status">{t(coming ? 'import.dryDone' : 'import.nothingToDo')}</p>
        {problem ? <Refused error={problem} /> : null}
        <div class="actions">
          {coming ? <button type="button" class="btn btn-main" aria-busy={busy} disabled={busy} onClick={() => act(() => startBatch(batch.id))}><Icon name="file-up" />{batch.imported ? tn(go, batch.imported) : t('import.goChosen')}</button> : null}
          {batch.format === 'csv' ? <a class="btn" href={pageOf(batch.id, 'columns')}>{t('import.columns')}</a> : null}
          <GiveUp batch={batch} />
        </div>
        {decided ? <p class="hint apart">{tn('import.thereAsChosen', decided)}</p> : null}
      </div>
      <Figures batch={batch} there={there} />
      {batch.format === 'csv' ? null : <p class="second below">{t('import.marcMore')}</p>}
      <BatchRows batch={batch} />
      <Findings batch={batch} />
    </>
  );
}

function UndoOfAdmin({ batch }: { batch: Batch }) {
  return may('admin') ? <Undo batch={batch} /> : <p class="second apart">{t('import.undoAdmin')}</p>;
}

function Writing({ batch }: { batch: Batch }) {
  const { busy, problem, act } = useAct();
  const { rows_done: done, rows_read: read, status } = batch;
  const isWriting = status === 'writing';
  return (
    <>
      <div class="working">
        {isWriting ? (
          <>
            <Progress text={t('import.importing')} done={done} of={read} />
            <p class="hint">{t('import.leave')}</p>
          </>
        ) : (
          <>
            <progress class="progress" aria-label={t('import.isStopped')} value={done} max={read || 1} />
            {batch.error ? <div class="notice notice-over" role="alert"><Icon name="circle-x" /><div><p>{said(batch.error)}</p></div></div> : null}
            <p role="status">{t('import.stoppedMore', { done: count(done), read: count(read) })}</p>
          </>
        )}
        {problem ? <Refused error={problem} /> : null}
        <div class="actions">
          {isWriting ? (
            <button type="button" class="btn" aria-busy={busy} disabled={busy} onClick={() => act(() => stopBatch(batch.id))}>{t('import.stop')}</button>
          ) : (
            <button type="button" class="btn btn-main" aria-busy={busy} disabled={busy} onClick={() => act(() => startBatch(batch.id))}>{t('import.goOn')}</button>
          )}
        </div>
      </div>
      <div class="apart"><Figures batch={batch} there={undefined} /></div>
      {isWriting ? null : <UndoOfAdmin batch={batch} />}
    </>
  );
}

function Done({ batch }: { batch: Batch }) {
  const { open, list, done } = OF_KIND[batch.kind];
  if (batch.status === 'undoing') {
    return (
      <div class="working">
        <Progress text={t('import.undoing')} done={0} of={0} />
        <p class="hint">{t('import.leave')}</p>
      </div>
    );
  }
  const isUndone = batch.status === 'undone';
  return (
    <>
      <div class="report-head" role="status">
        {isUndone ? (
          <>
            <p>{t('import.undone', { day: day(batch.undone_at), who: batch.undone_by || '' })}</p>
            <p class="second">{t('import.undoneMore')}</p>
          </>
        ) : <p>{tn(done, batch.imported)}</p>}
        <div class="actions">
          {isUndone ? null : <a class="btn btn-main" href={list}><Icon name="library" />{t(open)}</a>}
          <a class={isUndone ? 'btn btn-main' : 'btn'} href="/import"><Icon name="file-up" />{t('import.another')}</a>
        </div>
      </div>
      <Figures batch={batch} there={undefined} />
      <BatchRows batch={batch} />
      <Findings batch={batch} />
      {isUndone ? null : <UndoOfAdmin batch={batch} />}
    </>
  );
}

function Broken({ batch }: { batch: Batch }) {
  return (
    <div class="notice notice-over below" role="alert">
      <Icon name="circle-x" />
      <div>
        <p><b>{t('import.notRead')}</b></p>
        <p>{batch.error ? said(batch.error) : null}</p>
        {batch.columns.length ? <p>{t('import.mend')}</p> : null}
      </div>
    </div>
  );
}

/** While the file is read once more, what it was taken for stays in sight. */
function useLastRead(batch: Batch | undefined): Batch | undefined {
  const last = useRef<Batch | undefined>(undefined);
  if (batch && batch.columns.length && batch.status !== 'reading') last.current = batch;
  return last.current;
}

export default function BatchPage({ id }: { id: string }) {
  const result = useBatch(id);
  const batch = result.data;
  const [search] = useSearch();
  const shown = useLastRead(batch);
  useTitle(batch?.name || t('import.all'));
  useScroll(batch !== undefined, id);
  // What has come in, or gone again, is in lists all over.
  const status = batch?.status;
  const before = useRef(status);
  useEffect(() => {
    if (batch && isBusy(before.current) && !isBusy(status) && batch.started_at) changed('imports', ...OF_KIND[batch.kind].nouns);
    before.current = status;
  }, [status]);
  const crumb = <Crumb to={IMPORTS}>{t('import.all')}</Crumb>;
  if (result.error && !batch) return <>{crumb}<Failed error={result.error} title={t('import.failed')} again={() => void result.refetch()} /></>;
  if (!batch) return <>{crumb}<Wait /></>;
  const step = stepOf(batch, search.get('step'));
  const canGoBack = batch.status === 'ready';
  const links: Partial<Record<Step, string>> = canGoBack ? { ...(batch.format === 'csv' ? { columns: pageOf(id, 'columns') } : {}), check: pageOf(id) } : {};
  const isReading = batch.status === 'reading';
  return (
    <>
      {crumb}
      <PageHead
        title={<bdi class="import-name">{batch.name}</bdi>}
        facts={<>{t(OF_KIND[batch.kind].name)} · {moment(batch.created_at)} · <bdi>{batch.created_by}</bdi>{batch.profile ? <> · <bdi>{batch.profile}</bdi></> : null} <StatusPill batch={batch} /></>}
      />
      <Steps at={step} links={links} />
      {batch.status === 'failed' && !batch.started_at ? <Broken batch={batch} /> : null}
      {isReading && !(step === 'columns' && shown) ? (
        <div class="working">
          <Progress text={t('import.reading')} done={0} of={0} />
          {batch.rows_read ? <p class="second">{t('import.readSoFar', { n: batch.rows_read })}</p> : null}
          <p class="hint">{t('import.leave')}</p>
        </div>
      ) : step === 'columns' ? (
        <>
          {(isReading ? shown : batch)?.columns.length ? <Columns batch={(isReading ? shown : batch) as Batch} again={isReading} /> : null}
          <div class="actions">
            {batch.status === 'ready' ? <a class="btn btn-main" href={pageOf(id)}>{t('import.toCheck')}</a> : null}
            {isReading ? null : <GiveUp batch={batch} />}
          </div>
        </>
      ) : step === 'check' ? (
        <Check batch={batch} />
      ) : step === 'import' ? (
        <Writing batch={batch} />
      ) : (
        <Done batch={batch} />
      )}
    </>
  );
}
