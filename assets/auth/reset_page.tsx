/* A lost password: tell the library, then set a new one with the code an administrator hands over. */
import { useState } from 'preact/hooks';
import { api } from '../core/api';
import { useForm } from '../core/form';
import { t } from '../core/messages';
import { navigate } from '../core/router';
import { said } from '../core/server_words';
import { signIn } from '../core/session';
import { say } from '../core/toast';
import { Field } from '../parts/field';
import { Crumb, PageHead, Section, useTitle } from '../parts/page_head';
import { Refused } from '../parts/states';

function Tell() {
  const [told, setTold] = useState('');
  const form = useForm<'name'>({ name: '' }, async ({ name }) => {
    setTold(said((await api.post<{ message: string }>('/members/password-reset', { name })).message));
  });
  return (
    <form class="narrow" onSubmit={form.submit} noValidate>
      <p class="second below">{t('reset.tellMore')}</p>
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      <Field form={form} name="name" label={t('account.name')} autocomplete="username" required />
      <div class="actions">
        <button type="submit" class="btn" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'reset.tell')}</button>
      </div>
      <p class="apart strong" role="status">{told}</p>
    </form>
  );
}

function UseCode() {
  const form = useForm<'name' | 'code' | 'new_password'>({ name: '', code: '', new_password: '' }, async (values) => {
    await api.post('/auth/reset', values);
    await signIn(values.name, values.new_password);
    navigate('/', { replace: true });
    say(t('account.passwordChanged'));
  });
  return (
    <form class="narrow" onSubmit={form.submit} noValidate>
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      <Field form={form} name="name" label={t('account.name')} autocomplete="username" required />
      <Field form={form} name="code" label={t('reset.code')} hint={t('reset.codeHint')} machine required />
      <Field form={form} name="new_password" label={t('account.newPassword')} hint={t('account.passwordHint')} type="password" autocomplete="new-password" required />
      <div class="actions">
        <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'reset.do')}</button>
      </div>
    </form>
  );
}

export default function ResetPage() {
  useTitle(t('signin.lost'));
  return (
    <>
      <Crumb to="/sign-in">{t('signin.title')}</Crumb>
      <PageHead title={t('signin.lost')} />
      <Section title={t('reset.first')}><Tell /></Section>
      <Section title={t('reset.second')}><UseCode /></Section>
    </>
  );
}
