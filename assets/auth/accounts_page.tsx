/* Who may sign in, and as what. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { me } from '../core/door';
import { day } from '../core/format';
import { useListState } from '../core/list_state';
import { t } from '../core/messages';
import { useList } from '../core/query';
import { say } from '../core/toast';
import { Icon } from '../parts/icon';
import { Choice, ListView } from '../parts/list_view';
import { Empty, Refused } from '../parts/states';
import { SettingsHead } from '../settings/settings_head';
import { type AccountRow, type Code, makeCode, ROLE, updateAccount } from './account';
import { AccountForm, CodeDialog } from './account_form';

function State({ account }: { account: AccountRow }) {
  return (
    <>
      {account.id === me.get()?.account?.id ? <span class="pill">{t('accounts.you')}</span> : null}{' '}
      {account.disabled_at ? <span class="pill pill-block">{t('accounts.closed')}</span> : null}{' '}
      {account.locked_until ? <span class="pill pill-soon">{t('accounts.locked')}</span> : null}{' '}
      {account.reset_asked_at ? <span class="pill pill-soon">{t('accounts.lost')}</span> : account.password_set ? null : <span class="pill pill-soon">{t('accounts.noPassword')}</span>}
    </>
  );
}

export default function AccountsPage() {
  const state = useListState('/settings/accounts', 'name', 'asc');
  const { filter, cursor } = state;
  const [form, setForm] = useState<{ account?: AccountRow } | null>(null);
  const [code, setCode] = useState<{ name: string; code: Code } | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const result = useList<AccountRow>('accounts', '/admin/accounts', {
    cursor, limit: 20, disabled: filter === 'closed' ? true : filter === 'lost' ? undefined : 'false', reset_asked: filter === 'lost',
  });

  const act = (done: Promise<unknown>) => {
    setProblem(null);
    done.catch((cause: unknown) => {
      if (cause instanceof ApiError) setProblem(cause);
      else throw cause;
    });
  };
  const setClosed = (account: AccountRow, disabled: boolean): void =>
    act(updateAccount(account.id, { disabled }).then(() =>
      say(t(disabled ? 'accounts.isClosed' : 'accounts.isOpen', { name: account.name }), disabled ? () => setClosed(account, false) : undefined)));
  const giveCode = (account: AccountRow) => act(makeCode(account.id).then((made) => setCode({ name: account.name, code: made })));

  return (
    <>
      <SettingsHead>
        <button type="button" class="btn btn-main" onClick={() => setForm({})}><Icon name="plus" />{t('accounts.add')}</button>
      </SettingsHead>
      <div class="list-tools">
        <Choice
          label={t('list.which')}
          state={state}
          options={[{ show: '', name: 'accounts.open' }, { show: 'lost', name: 'accounts.lostOnes' }, { show: 'closed', name: 'accounts.closedOnes' }]}
        />
      </div>
      {problem ? <div class="below"><Refused error={problem} /></div> : null}
      <ListView
        result={result}
        state={state}
        failed={t('accounts.failed')}
        empty={<Empty icon="circle-user" title={t(filter === 'lost' ? 'accounts.noneLost' : filter === 'closed' ? 'accounts.noneClosed' : 'accounts.none')}>{t(filter === 'lost' ? 'accounts.noneLostMore' : 'accounts.noneMore')}</Empty>}
        edge={(row) => row.name}
      >
        {(rows) => (
          <table class="table table-stack table-roomy">
            <caption class="sr">{t('settings.accounts')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('account.name')}</th>
                <th scope="col">{t('accounts.role')}</th>
                <th scope="col">{t('accounts.reader')}</th>
                <th scope="col">{t('accounts.lastIn')}</th>
                <th scope="col"><span class="sr">{t('list.actions')}</span></th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td><b class="title"><bdi>{row.name}</bdi></b> <State account={row} /></td>
                  <td class="side">{t(ROLE[row.role])}</td>
                  <td class={row.member_id ? '' : 'gone'} data-k={t('accounts.reader')}>{row.member_id ? <a class="plain" href={`/members/${row.member_id}`}><bdi>{row.member_name}</bdi></a> : null}</td>
                  <td class="nowrap" data-k={t('accounts.lastIn')}>{row.last_login_at ? day(row.last_login_at) : t('accounts.never')}</td>
                  <td class="row-actions">
                    {row.disabled_at ? (
                      <button type="button" class="btn btn-small" onClick={() => setClosed(row, false)} aria-label={t('accounts.reopenThis', { name: row.name })}>{t('accounts.reopen')}</button>
                    ) : (
                      <>
                        <button type="button" class="btn btn-quiet btn-small" onClick={() => setForm({ account: row })} aria-label={t('accounts.editThis', { name: row.name })}>{t('act.edit')}</button>
                        <button type="button" class="btn btn-quiet btn-small" onClick={() => giveCode(row)} aria-label={t('accounts.codeThis', { name: row.name })}>{t('accounts.code')}</button>
                        <button type="button" class="btn btn-quiet btn-small" onClick={() => setClosed(row, true)} aria-label={t('accounts.closeThis', { name: row.name })}>{t('accounts.close')}</button>
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListView>
      {form ? <AccountForm {...(form.account ? { account: form.account } : {})} close={() => setForm(null)} handOver={(name, made) => setCode({ name, code: made })} /> : null}
      {code ? <CodeDialog {...code} close={() => setCode(null)} /> : null}
    </>
  );
}
