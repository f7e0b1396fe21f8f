/* Many loans renewed at once: chosen in a list, and those that could not be said one by one. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { t, tn } from '../core/messages';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { say } from '../core/toast';
import { type Borrow, renewMany, type RenewedMany } from './borrow';

export interface Chosen {
  /** Of the page that is shown, what can be renewed. */
  open: Borrow[];
  ids: ReadonlySet<string>;
  set(ids: ReadonlySet<string>): void;
}

const none: ReadonlySet<string> = new Set();

/** What is chosen is in sight: of another page nothing is. */
export function useChosen(rows: Borrow[] | undefined): Chosen {
  const page = (rows || []).map(({ id }) => id).join();
  const [choice, setChoice] = useState({ page, ids: none });
  const open = (rows || []).filter(({ returned_at }) => returned_at === null);
  return { open, ids: choice.page === page ? choice.ids : none, set: (ids) => setChoice({ page, ids }) };
}

export function ChooseHead({ chosen: { open, ids, set } }: { chosen: Chosen }) {
  const all = open.length > 0 && open.every(({ id }) => ids.has(id));
  return (
    <th scope="col" class="choose">
      {open.length ? <input type="checkbox" aria-label={t('borrows.chooseAll')} checked={all} onChange={() => set(new Set(all ? [] : open.map(({ id }) => id)))} /> : null}
    </th>
  );
}

export function ChooseCell({ chosen: { ids, set }, loan }: { chosen: Chosen; loan: Borrow }) {
  const turn = () => {
    const next = new Set(ids);
    if (!next.delete(loan.id)) next.add(loan.id);
    set(next);
  };
  return <td class="choose">{loan.returned_at === null ? <input type="checkbox" aria-label={t('borrows.choose', { title: loan.book.title })} checked={ids.has(loan.id)} onChange={turn} /> : null}</td>;
}

export function RenewChosen({ chosen: { open, ids, set } }: { chosen: Chosen }) {
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<RenewedMany | null>(null);
  const [problem, setProblem] = useState('');
  const loans = open.filter(({ id }) => ids.has(id));
  const go = () => {
    setBusy(true);
    setProblem('');
    renewMany(loans)
      .then((all) => {
        set(new Set());
        if (all.refused.length) setDone(all);
        else say(tn('borrow.allRenewed', all.renewed));
      }, (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause.message);
        else throw cause;
      })
      .finally(() => setBusy(false));
  };
  return (
    <>
      {loans.length || busy ? (
        <div class="chosen" role="status">
          <button type="button" class="btn btn-main btn-small" aria-busy={busy} disabled={busy} onClick={go}><Icon name="refresh-cw" />{tn('borrows.renewChosen', loans.length)}</button>
          <button type="button" class="btn btn-quiet btn-small" onClick={() => set(new Set())}>{t('borrows.chooseNone')}</button>
        </div>
      ) : null}
      {problem ? <p class="error" role="alert">{problem}</p> : null}
      {done ? (
        <Dialog title={tn('borrow.allRenewed', done.renewed)} close={() => setDone(null)}>
          <ul class="lines">
            {done.refused.map(({ loan, why }) => <li key={loan.id}><span><bdi>{loan.book.title}</bdi><span class="sub">{why}</span></span></li>)}
          </ul>
          <div class="actions"><button type="button" class="btn btn-main" data-focus onClick={() => setDone(null)}>{t('once.done')}</button></div>
        </Dialog>
      ) : null}
    </>
  );
}
