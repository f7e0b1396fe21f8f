/* One's own account: who one is here, a new password, the way out. */
import { api } from '../core/api';
import { me } from '../core/door';
import { useForm } from '../core/form';
import { t } from '../core/messages';
import { refresh } from '../core/session';
import { useStore } from '../core/store';
import { say } from '../core/toast';
import { Field } from '../parts/field';
import { NoticePreferences } from '../notifications/preferences';
import { PageHead, Section, useTitle } from '../parts/page_head';
import { Empty, Refused } from '../parts/states';
import { ROLE } from './account';
import { SignOut } from './sign_out';

const empty = { current_password: '', new_password: '' };

function Password({ name }: { name: string }) {
  const form = useForm(empty, async (values) => {
    await api.put('/auth/password', values);
    await refresh();
    form.reset(empty);
    say(t('account.passwordChanged'));
  });
  return (
    <form class="narrow" onSubmit={form.submit} noValidate>
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      {/* For password managers: they keep a password with a name. */}
      <input class="sr" type="text" name="name" value={name} autocomplete="username" readOnly tabIndex={-1} aria-hidden="true" />
      <Field form={form} name="current_password" label={t('account.currentPassword')} type="password" autocomplete="current-password" required />
      <Field form={form} name="new_password" label={t('account.newPassword')} hint={t('account.passwordHint')} type="password" autocomplete="new-password" required />
      <div class="actions">
        <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'account.change')}</button>
        <span class="hint">{t('account.changeMore')}</span>
      </div>
    </form>
  );
}

export default function AccountPage() {
  useTitle(t('account.title'));
  const account = useStore(me)?.account;
  if (!account) return <><PageHead title={t('account.title')} /><Empty icon="circle-user" title={t('account.off')}>{t('account.offMore')}</Empty></>;
  return (
    <>
      <PageHead title={<bdi>{account.name}</bdi>} facts={t(ROLE[account.role])}>
        <SignOut look="btn" />
      </PageHead>
      {account.member_id ? <Section title={t('wish.account')} aside={<a href="/messages">{t('nav.messages')}</a>}><NoticePreferences member={account.member_id} /></Section> : null}
      <Section title={t('account.changeTitle')}><Password name={account.name} /></Section>
    </>
  );
}
