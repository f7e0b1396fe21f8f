/* Keys for programs: made, shown once, revoked. */
import { useState } from 'preact/hooks';
import { useForm } from '../core/form';
import { day } from '../core/format';
import { useListState } from '../core/list_state';
import { t, tx } from '../core/messages';
import { useList } from '../core/query';
import { Ask, Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { ListView } from '../parts/list_view';
import { Once } from '../parts/once';
import { Empty, Refused } from '../parts/states';
import { SettingsHead } from '../settings/settings_head';
import { createKey, type KeyRow, revokeKey, ROLE, ROLES } from './account';

const roles = ROLES.map((role): [string, string] => [role, t(ROLE[role])]);

function NewKey({ close }: { close: () => void }) {
  const [key, setKey] = useState('');
  const form = useForm({ name: '', role: 'librarian' }, async ({ name, role }) => setKey((await createKey(name.trim(), role)).key));
  if (key) {
    return (
      <Dialog title={t('keys.made', { name: form.values.name })} close={close}>
        <p>{t('keys.madeMore')}</p>
        <div class="apart"><Once label={t('keys.key')} value={key} hint={t('once.hint')} /></div>
        <div class="actions"><button type="button" class="btn btn-main" onClick={close}>{t('once.done')}</button></div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t('keys.add')} close={close} key="form">
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="name" label={t('keys.name')} hint={t('keys.nameHint')} required focus />
        <Field form={form} name="role" label={t('keys.may')} options={roles} />
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'keys.make')}</button>
        </div>
      </form>
    </Dialog>
  );
}

export default function KeysPage() {
  const state = useListState('/settings/keys', 'created_at', 'desc');
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<KeyRow | null>(null);
  const result = useList<KeyRow>('keys', '/admin/api-keys', { cursor: state.cursor, limit: 20 });
  return (
    <>
      <SettingsHead>
        <button type="button" class="btn btn-main" onClick={() => setMaking(true)}><Icon name="plus" />{t('keys.add')}</button>
      </SettingsHead>
      <ListView
        result={result}
        state={state}
        failed={t('keys.failed')}
        empty={<Empty icon="key" title={t('keys.none')}>{t('keys.noneMore')}</Empty>}
        edge={(row) => day(row.created_at)}
        dates
      >
        {(rows) => (
          <table class="table table-stack table-roomy">
            <caption class="sr">{t('settings.keys')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('keys.name')}</th>
                <th scope="col">{t('keys.may')}</th>
                <th scope="col">{t('keys.by')}</th>
                <th scope="col">{t('keys.lastUsed')}</th>
                <th scope="col"><span class="sr">{t('list.actions')}</span></th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td><b class="title"><bdi>{row.name}</bdi></b> {row.revoked_at ? <span class="pill pill-block">{t('keys.revoked', { day: day(row.revoked_at) })}</span> : null}</td>
                  <td class="side">{t(ROLE[row.role])}</td>
                  <td data-k={t('keys.by')}><bdi>{row.created_by}</bdi>, {day(row.created_at)}</td>
                  <td class="nowrap" data-k={t('keys.lastUsed')}>{row.last_used_at ? day(row.last_used_at) : t('accounts.never')}</td>
                  <td class={row.revoked_at ? 'row-actions gone' : 'row-actions'}>
                    {row.revoked_at ? null : <button type="button" class="btn btn-quiet btn-small" onClick={() => setEnding(row)} aria-label={t('keys.revokeThis', { name: row.name })}>{t('keys.revoke')}</button>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListView>
      {making ? <NewKey close={() => setMaking(false)} /> : null}
      {ending ? (
        <Ask title={tx('keys.ask', { name: <bdi>{ending.name}</bdi> })} yes={t('keys.revoke')} no={t('keys.keep')} act={() => revokeKey(ending.id)} close={() => setEnding(null)}>
          {t('keys.askMore')}
        </Ask>
      ) : null}
    </>
  );
}
