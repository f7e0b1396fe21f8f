/* A reader who is not known yet, where the library lets them register themselves. */
import { api } from '../core/api';
import { me } from '../core/door';
import { body, filled, useForm } from '../core/form';
import { t } from '../core/messages';
import { navigate } from '../core/router';
import { signIn } from '../core/session';
import { useStore } from '../core/store';
import { Field } from '../parts/field';
import { Crumb, PageHead, useTitle } from '../parts/page_head';
import { Empty, Refused } from '../parts/states';

export default function RegisterPage() {
  useTitle(t('register.title'));
  const facts = useStore(me);
  const form = useForm({ name: '', email: '', phone: '', account_name: '', password: '' }, async (values) => {
    const { password, ...rest } = values;
    // A password is taken as it was typed, spaces and all.
    await api.post('/members/register', { ...filled(body(rest)), password });
    await signIn(values.account_name, password);
    navigate('/', { replace: true });
  });
  const head = (
    <>
      <Crumb to="/sign-in">{t('signin.title')}</Crumb>
      <PageHead title={t('register.title')} facts={<bdi>{facts?.library_name}</bdi>} />
    </>
  );
  if (!facts?.self_registration) return <>{head}<Empty icon="users" title={t('register.closed')}>{t('register.closedMore')}</Empty></>;
  return (
    <>
      {head}
      <form class="narrow" onSubmit={form.submit} noValidate>
        {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
        <Field form={form} name="name" label={t('register.name')} autocomplete="name" required />
        <Field form={form} name="email" label={t('member.email')} type="email" autocomplete="email" />
        <Field form={form} name="phone" label={t('member.phone')} type="tel" autocomplete="tel" />
        <Field form={form} name="account_name" label={t('account.name')} hint={t('account.nameHint')} autocomplete="username" required />
        <Field form={form} name="password" label={t('account.password')} hint={t('account.passwordHint')} type="password" autocomplete="new-password" required />
        <div class="actions">
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'register.do')}</button>
        </div>
      </form>
    </>
  );
}
