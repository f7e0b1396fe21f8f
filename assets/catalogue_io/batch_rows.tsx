/* The rows that are worth a look: refused, in the library already, repaired; and what is done with those that are here. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { count } from '../core/format';
import { useListState } from '../core/list_state';
import { type Key, t } from '../core/messages';
import { useList } from '../core/query';
import { said } from '../core/server_words';
import { Icon } from '../parts/icon';
import { ListView } from '../parts/list_view';
import { Section } from '../parts/page_head';
import { Empty, Refused } from '../parts/states';
import { type Batch, batchPath, CHOICE, decideAll, decideRow, type Duplicates, OF_KIND, type Outcome, type Row } from './import_batch';

/** How many rows of an outcome there are. */
export function useTotal({ id, status }: Batch, outcome: Outcome): number | undefined {
  return useList<Row>('imports', status === 'reading' ? null : `${batchPath(id)}/rows`, { outcome, limit: 1 }).data?.meta.total;
}

const OUTCOMES: { outcome: Outcome; name: Key; none: Key; say: Key }[] = [
  { outcome: 'refused', name: 'import.refused', none: 'import.noneRefused', say: 'import.why' },
  { outcome: 'duplicate', name: 'import.there', none: 'import.noneThere', say: 'import.hereIs' },
  { outcome: 'repaired', name: 'import.repaired', none: 'import.noneRepaired', say: 'import.put' },
];

const choiceName = (choices: Duplicates[], choice: Duplicates): string => t(choice === 'merge' && !choices.includes('add_copies') ? 'import.mergeOnly' : CHOICE[choice]);

function Reasons({ row }: { row: Row }) {
  return <>{row.reasons.map((reason) => <span class="reason">{said(reason)}</span>)}</>;
}

function Match({ batch, row }: { batch: Batch; row: Row }) {
  const { record } = OF_KIND[batch.kind];
  const { match } = row;
  if (!match?.name) return null;
  return match.id && record ? <a href={`${record}${encodeURIComponent(match.id)}`}><bdi>{match.name}</bdi></a> : <bdi>{match.name}</bdi>;
}

function Rows({ batch, outcome, rows, decide }: { batch: Batch; outcome: Outcome; rows: Row[]; decide: ((act: () => Promise<void>) => void) | null }) {
  const words = OUTCOMES.find((one) => one.outcome === outcome);
  const isThere = outcome === 'duplicate';
  const { choices, unnamed } = OF_KIND[batch.kind];
  const say = t(words?.say || 'import.why');
  return (
    <table class={isThere ? 'table table-stack table-roomy' : 'table table-dense table-stack'}>
      <caption class="sr">{t(words?.name || 'import.rows')}</caption>
      <thead>
        <tr>
          <th scope="col" class="num row-number">{t('import.row')}</th>
          <th scope="col">{t(OF_KIND[batch.kind].name)}</th>
          <th scope="col">{say}</th>
          {isThere ? <th scope="col">{t('import.happens')}</th> : null}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.row}>
            <td class="num second side">{count(row.row)}</td>
            <td class="strong"><bdi>{row.name || t(unnamed)}</bdi></td>
            <td data-k={say}>{isThere ? <><Match batch={batch} row={row} /><span class="sub"><Reasons row={row} /></span></> : <Reasons row={row} />}</td>
            {isThere ? (
              <td data-k={t('import.happens')}>
                {decide ? (
                  <select
                    class="input"
                    value={row.choice || batch.duplicates}
                    aria-label={t('import.forRow', { n: row.row })}
                    onChange={(event) => {
                      const choice = event.currentTarget.value as Duplicates;
                      decide(() => decideRow(batch.id, row.row, choice));
                    }}
                  >
                    {choices.map((choice) => <option value={choice}>{choiceName(choices, choice)}</option>)}
                  </select>
                ) : choiceName(choices, row.choice || batch.duplicates)}
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** One answer for all of them: what each row says by itself is overwritten. */
function ForAll({ batch, total, decide }: { batch: Batch; total: number; decide: (act: () => Promise<void>) => void }) {
  const { choices } = OF_KIND[batch.kind];
  if (total === 0 || choices.length < 2) return null;
  return (
    <div class="import-all" role="group" aria-label={t('import.forAll')}>
      <span class="second">{t('import.forAll')}</span>
      {choices.map((choice) => (
        <button type="button" class="btn btn-small" onClick={() => decide(() => decideAll(batch.id, choice))}>{choiceName(choices, choice)}</button>
      ))}
    </div>
  );
}

export function BatchRows({ batch }: { batch: Batch }) {
  const { id } = batch;
  const state = useListState(batchPath(id), 'row', 'asc');
  const refused = useTotal(batch, 'refused');
  const there = useTotal(batch, 'duplicate');
  const repaired = useTotal(batch, 'repaired');
  const totals: Record<Outcome, number | undefined> = { refused, duplicate: there, repaired };
  // What somebody has to decide comes first; then what stays out.
  const first: Outcome = batch.status === 'ready' && there ? 'duplicate' : refused ? 'refused' : there ? 'duplicate' : 'repaired';
  const shown = OUTCOMES.find(({ outcome }) => outcome === state.filter)?.outcome || first;
  const rows = useList<Row>('imports', `${batchPath(id)}/rows`, { outcome: shown, cursor: state.cursor, limit: 20 });
  const [problem, setProblem] = useState<ApiError | null>(null);
  const decide = batch.status !== 'ready' ? null : (act: () => Promise<void>) => {
    setProblem(null);
    act().catch((cause: unknown) => {
      if (!(cause instanceof ApiError)) throw cause;
      setProblem(cause);
    });
  };
  if (refused === undefined || there === undefined || repaired === undefined) return null;
  const none = OUTCOMES.find(({ outcome }) => outcome === shown)?.none || 'import.noneRefused';
  return (
    <Section
      title={t('import.rowsTitle')}
      {...(batch.refused ? { aside: <a class="btn btn-small" href={`/api/v1${batchPath(id)}/refused`} download="refused.csv"><Icon name="download" />{t('import.saveRefused')}</a> } : {})}
    >
      <div class="list-tools">
        <nav class="choice" aria-label={t('list.which')}>
          {OUTCOMES.map(({ outcome, name }) => (
            <a href={state.href(outcome)} {...(outcome === shown ? { 'aria-current': 'true' as const } : {})}>{t(name)} <span class="count">{count(totals[outcome] || 0)}</span></a>
          ))}
        </nav>
      </div>
      {problem ? <div class="below"><Refused error={problem} /></div> : null}
      {shown === 'duplicate' && decide ? <ForAll batch={batch} total={there} decide={decide} /> : null}
      <ListView result={rows} state={state} failed={t('import.rowsFailed')} empty={<Empty icon="circle-check" title={t(none)} />} edge={(row) => count(row.row)}>
        {(list) => <Rows batch={batch} outcome={shown} rows={list} decide={decide} />}
      </ListView>
    </Section>
  );
}
