import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { t } from '../core/messages';
import { signOut } from '../core/session';
import { Icon } from '../parts/icon';

/** Signs out, or says beside itself why not. */
export function SignOut({ look = '' }: { look?: string }) {
  const [problem, setProblem] = useState('');
  const go = () => {
    signOut().catch((cause: unknown) => {
      if (cause instanceof ApiError) setProblem(cause.message);
      else throw cause;
    });
  };
  return (
    <>
      <button type="button" class={look} onClick={go}><Icon name="log-out" /><span>{t('account.signOut')}</span></button>
      {problem ? <p role="alert">{problem}</p> : null}
    </>
  );
}
