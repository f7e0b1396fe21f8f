/* The dialogs about an account: making one, changing one, and the code that is shown once. */
import { useState } from 'preact/hooks';
import { type Draft, useForm } from '../core/form';
import { fullDay, time } from '../core/format';
import { t } from '../core/messages';
import { say } from '../core/toast';
import { MemberPicker, type Picked } from '../members/member_picker';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Once } from '../parts/once';
import { Refused } from '../parts/states';
import { type AccountRow, type Code, createAccount, makeCode, ROLE, ROLES, updateAccount } from './account';

const roles = ROLES.map((role): [string, string] => [role, t(ROLE[role])]);

/** Made with a password, or with a code to set one. */
export function AccountForm({ account, close, handOver }: { account?: AccountRow; close: () => void; handOver: (name: string, code: Code) => void }) {
  const [reader, setReader] = useState<Picked | null>(account?.member_id ? { id: account.member_id, name: account.member_name || '' } : null);
  const start: Draft<'name' | 'role' | 'password'> = { name: account?.name || '', role: account?.role || 'librarian', password: '' };
  const form = useForm(start, async ({ name, role, password }) => {
    const facts = { name: name.trim(), role, member_id: reader ? reader.id : null };
    if (account) {
      await updateAccount(account.id, facts, account.version);
      close();
      return;
    }
    const made = await createAccount(password ? { ...facts, password } : facts);
    if (password) say(t('accounts.made', { name: made.name }));
    else handOver(made.name, await makeCode(made.id));
    close();
  });
  return (
    <Dialog title={t(account ? 'accounts.editTitle' : 'accounts.add')} close={close}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="name" label={t('account.name')} hint={t('account.nameHint')} required focus />
        <Field form={form} name="role" label={t('accounts.role')} hint={t(form.values.role === 'admin' ? 'role.adminMore' : form.values.role === 'member' ? 'role.memberMore' : 'role.librarianMore')} options={roles} />
        <MemberPicker label={t('accounts.reader')} hint={t('accounts.readerHint')} value={reader} change={setReader} />
        {account ? null : <Field form={form} name="password" label={t('account.password')} hint={t('accounts.passwordHint')} type="password" autocomplete="new-password" />}
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : account ? 'accounts.save' : 'accounts.make')}</button>
        </div>
      </form>
    </Dialog>
  );
}

export function CodeDialog({ name, code, close }: { name: string; code: Code; close: () => void }) {
  return (
    <Dialog title={t('code.title', { name })} close={close}>
      <p>{t('code.more', { day: fullDay(code.expires_at), time: time(code.expires_at) })}</p>
      <div class="apart"><Once label={t('reset.code')} value={code.code} hint={t('once.hint')} /></div>
      <div class="actions">
        <button type="button" class="btn btn-main" onClick={close}>{t('once.done')}</button>
      </div>
    </Dialog>
  );
}
