/* The fines desk: what is open, who owes it, and what somebody has asked to let off. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { may } from '../core/door';
import { day, money } from '../core/format';
import { type ListState, useListState } from '../core/list_state';
import { t } from '../core/messages';
import { useList } from '../core/query';
import { say } from '../core/toast';
import { CsvLink } from '../parts/csv_link';
import { Choice, ListView } from '../parts/list_view';
import { PageHead, useTitle } from '../parts/page_head';
import { Empty, Refused } from '../parts/states';
import { type Charge, decideWaiver, KIND, type Waiver } from './money';

function Charges({ state }: { state: ListState }) {
  const result = useList<Charge>('fines', '/fines', { cursor: state.cursor, limit: 20, open: state.filter === '' ? true : undefined, sort_by: 'at', order: 'desc' });
  return (
    <ListView result={result} state={state} failed={t('money.failed')} empty={<Empty icon="coins" title={t('fines.none')}>{t('fines.noneMore')}</Empty>} edge={(row) => day(row.at)} dates>
      {(rows) => (
        <table class="table table-stack">
          <caption class="sr">{t('nav.fines')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('money.date')}</th>
              <th scope="col" class="who-column">{t('borrow.member')}</th>
              <th scope="col">{t('money.what')}</th>
              <th scope="col" class="num">{t('money.amount')}</th>
              <th scope="col" class="num">{t('money.open')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <td class="nowrap">{day(row.at)}</td>
                <td data-k={t('borrow.member')}><a class="plain" href={`/members/${row.member_id}`}><bdi>{row.member.name}</bdi></a></td>
                <td data-k={t('money.what')}>{row.title ? <bdi>{row.title}</bdi> : row.note ? <bdi>{row.note}</bdi> : null}<span class="cell-2">{t(KIND[row.kind])}</span></td>
                <td class="num" data-k={t('money.amount')}>{money(row.amount)}</td>
                <td class="num" data-k={t('money.open')}>{money(row.open)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </ListView>
  );
}

function Waivers({ state }: { state: ListState }) {
  const [problem, setProblem] = useState<ApiError | null>(null);
  const result = useList<Waiver>('fines', '/fines/waivers', { cursor: state.cursor, limit: 20, status: 'asked' });
  const decide = (one: Waiver, approve: boolean) => {
    setProblem(null);
    decideWaiver(one.id, approve).then(() => say(t(approve ? 'fines.isApproved' : 'fines.isRefused', { amount: money(one.amount) })), (cause: unknown) => {
      if (cause instanceof ApiError) setProblem(cause);
      else throw cause;
    });
  };
  return (
    <>
      {problem ? <div class="below"><Refused error={problem} /></div> : null}
      <ListView result={result} state={state} failed={t('money.failed')} empty={<Empty icon="coins" title={t('fines.noneAsked')}>{t('fines.noneAskedMore')}</Empty>} edge={(row) => day(row.asked_at)} dates>
        {(rows) => (
          <table class="table table-stack">
            <caption class="sr">{t('fines.asked')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('money.date')}</th>
                <th scope="col" class="who-column">{t('borrow.member')}</th>
                <th scope="col">{t('money.why')}</th>
                <th scope="col" class="num">{t('money.amount')}</th>
                <th scope="col"><span class="sr">{t('list.actions')}</span></th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td class="nowrap">{day(row.asked_at)}</td>
                  <td data-k={t('borrow.member')}><a class="plain" href={`/members/${row.member.id}`}><bdi>{row.member.name}</bdi></a></td>
                  <td data-k={t('money.why')}><bdi>{row.reason}</bdi><span class="cell-2">{t('fines.askedBy', { name: row.asked_by })}</span></td>
                  <td class="num" data-k={t('money.amount')}>{money(row.amount)}</td>
                  <td class="row-actions">
                    {may('admin') ? (
                      <>
                        <button type="button" class="btn btn-small" onClick={() => decide(row, true)}>{t('fines.approve')}</button>
                        <button type="button" class="btn btn-quiet btn-small" onClick={() => decide(row, false)}>{t('fines.refuse')}</button>
                      </>
                    ) : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListView>
    </>
  );
}

export default function FinesPage() {
  useTitle(t('nav.fines'));
  const state = useListState('/fines', 'at', 'desc');
  return (
    <>
      <PageHead title={t('nav.fines')}>
        {state.filter === 'asked' ? null : <CsvLink path="/fines" params={{ open: state.filter === '', sort_by: 'at', order: 'desc' }} name={t('nav.fines')} />}
        <a class="btn" href="/fines/till">{t('till.title')}</a>
      </PageHead>
      <div class="list-tools">
        <Choice label={t('list.which')} state={state} options={[{ show: '', name: 'fines.open' }, { show: 'all', name: 'fines.all' }, { show: 'asked', name: 'fines.asked' }]} />
      </div>
      {state.filter === 'asked' ? <Waivers state={state} /> : <Charges state={state} />}
    </>
  );
}
