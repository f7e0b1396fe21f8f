/* The one way in for people: the page, and the dialog that comes up when a session ends in the middle of work. */
import { useEffect } from 'preact/hooks';
import { locked, may, me, unlock } from '../core/door';
import { useForm } from '../core/form';
import { t } from '../core/messages';
import { navigate, place } from '../core/router';
import { signIn } from '../core/session';
import { useStore } from '../core/store';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { PageHead, useTitle } from '../parts/page_head';
import { Refused } from '../parts/states';

function useSignIn(name: string) {
  return useForm<'name' | 'password'>({ name, password: '' }, (values) => signIn(values.name, values.password));
}

function Fields({ form, known }: { form: ReturnType<typeof useSignIn>; known: boolean }) {
  return (
    <>
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      <Field form={form} name="name" label={t('account.name')} autocomplete="username" required focus={!known} />
      <Field form={form} name="password" label={t('account.password')} type="password" autocomplete="current-password" required focus={known} />
    </>
  );
}

/** Also stands in for a page that its reader may see only after signing in: the address stays, and so does what was meant. */
export function SignInPage() {
  useTitle(t('signin.title'));
  const form = useSignIn('');
  // Who has signed in at this page's own address meant no other page: the start page takes its place.
  useEffect(() => () => {
    if (place.get().path === '/sign-in' && may('member')) navigate('/', { replace: true });
  }, []);
  const { library_name: library, self_registration: open } = useStore(me) || { library_name: '', self_registration: false };
  return (
    <>
      <PageHead title={t('signin.title')} facts={<bdi>{library}</bdi>} />
      <form class="narrow" onSubmit={form.submit} noValidate>
        <Fields form={form} known={false} />
        <div class="actions">
          <button type="submit" class="btn btn-main" aria-busy={form.busy}><Icon name="log-in" />{t(form.busy ? 'signin.busy' : 'signin.do')}</button>
        </div>
        <p class="apart"><a href="/reset">{t('signin.lost')}</a></p>
        {open ? <p class="apart">{t('signin.noAccount')} <a href="/register">{t('register.title')}</a></p> : null}
      </form>
    </>
  );
}

function AskAgain() {
  const name = me.get()?.account?.name || '';
  const form = useSignIn(name);
  const leave = () => unlock(false);
  return (
    <Dialog title={t('signin.again')} close={leave}>
      <p>{t('signin.againMore')}</p>
      <form onSubmit={form.submit} noValidate>
        <Fields form={form} known={name !== ''} />
        <div class="actions">
          <button type="button" class="btn" onClick={leave}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'signin.busy' : 'signin.do')}</button>
        </div>
      </form>
    </Dialog>
  );
}

export function SignInDialog() {
  return useStore(locked) ? <AskAgain /> : null;
}
