/* Renewing, for the desk and for the reader: what was refused says why, beside its button. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { due } from '../core/format';
import { t, tn } from '../core/messages';
import { said } from '../core/server_words';
import { say } from '../core/toast';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { type Borrow, renew, renewAll, type RenewedAll } from './borrow';

export function RenewButton({ loan }: { loan: Borrow }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const go = () => {
    setBusy(true);
    setProblem('');
    renew(loan.id)
      .then((next) => say(t('borrow.isRenewed', { title: loan.book.title, due: due(next.due_date).text })), (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause.message);
        else throw cause;
      })
      .finally(() => setBusy(false));
  };
  return (
    <>
      <button type="button" class="btn btn-small" disabled={busy} onClick={go} aria-label={t('borrow.renewThis', { title: loan.book.title })}>{t('borrow.renew')}</button>
      {problem ? <p class="error" role="alert">{problem}</p> : null}
    </>
  );
}

export function RenewAllButton({ member }: { member: { id: string; name: string } }) {
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<RenewedAll | null>(null);
  const [problem, setProblem] = useState('');
  const go = () => {
    setBusy(true);
    setProblem('');
    renewAll(member.id)
      .then((all) => (all.refused.length ? setDone(all) : say(tn('borrow.allRenewed', all.renewed.length))), (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause.message);
        else throw cause;
      })
      .finally(() => setBusy(false));
  };
  return (
    <>
      <button type="button" class="btn btn-small" disabled={busy} onClick={go}><Icon name="refresh-cw" />{t('borrow.renewAll')}</button>
      {problem ? <p class="error" role="alert">{problem}</p> : null}
      {done ? (
        <Dialog title={tn('borrow.allRenewed', done.renewed.length)} close={() => setDone(null)}>
          <ul class="lines">
            {done.refused.map((one) => <li key={one.id}><span>{said(one.detail)}</span></li>)}
          </ul>
          <div class="actions"><button type="button" class="btn btn-main" data-focus onClick={() => setDone(null)}>{t('once.done')}</button></div>
        </Dialog>
      ) : null}
    </>
  );
}
