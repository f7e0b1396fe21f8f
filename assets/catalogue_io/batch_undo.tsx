/* Undoing an import: first what would go and what would stay, then, asked once, the deed. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, ApiError } from '../core/api';
import { count } from '../core/format';
import { type Key, t } from '../core/messages';
import { changed, client, useGet } from '../core/query';
import { said } from '../core/server_words';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Failed, Refused } from '../parts/states';
import { type Batch, batchPath } from './import_batch';

type Entity = 'book' | 'copy' | 'member' | 'borrow';

interface Preview {
  /** false: it made so much that not all of it was looked at. */
  complete: boolean;
  counts: { entity: Entity; removed: number; restored: number; kept: number; edited: number }[];
  /** What stays, by name; not all of it when it is much. */
  examples: { entity: Entity; name: string | null; why: string }[];
}

const ENTITY: Record<Entity, Key> = { book: 'import.undoBook', copy: 'import.undoCopy', member: 'import.undoMember', borrow: 'import.undoBorrow' };

async function undo(id: string, edits_too: boolean): Promise<void> {
  const batch = await api.post<Batch>(`${batchPath(id)}/undo`, { edits_too });
  client.setQueryData(['imports', batchPath(id)], batch);
  changed('imports');
}

function Counts({ preview }: { preview: Preview }) {
  const columns: ['removed' | 'restored' | 'kept' | 'edited', Key][] = [['removed', 'import.undoRemoved'], ['restored', 'import.undoRestored'], ['kept', 'import.undoKept'], ['edited', 'import.undoEdited']];
  return (
    <table class="table table-stack table-roomy import-undo">
      <caption class="sr">{t('import.undo')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('import.undoEntity')}</th>
          {columns.map(([, name]) => <th scope="col" class="num">{t(name)}</th>)}
        </tr>
      </thead>
      <tbody>
        {preview.counts.map((line) => (
          <tr key={line.entity}>
            <td>{t(ENTITY[line.entity])}</td>
            {columns.map(([what, name]) => <td class="num" data-k={t(name)}>{count(line[what])}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Looked({ batch, close }: { batch: Batch; close: () => void }) {
  const seen = useGet<Preview>('imports', `${batchPath(batch.id)}/undo`);
  const [editsToo, setEditsToo] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  if (seen.error) return <Failed error={seen.error} title={t('import.undoNotSeen')} again={() => void seen.refetch()} />;
  if (!seen.data) return <p class="second" role="status">{t('import.undoLooking')}</p>;
  const { complete, counts, examples } = seen.data;
  const edited = counts.reduce((sum, line) => sum + line.edited, 0);
  const isNothing = counts.every((line) => line.removed + line.restored + line.kept + line.edited === 0);
  const go = () => {
    setBusy(true);
    setProblem(null);
    undo(batch.id, editsToo).catch((cause: unknown) => {
      if (!(cause instanceof ApiError)) throw cause;
      setBusy(false);
      setProblem(cause);
    });
  };
  return (
    <>
      <p class="second below" role="status">{t(isNothing ? 'import.undoNone' : 'import.undoMore')}</p>
      <Counts preview={seen.data} />
      {complete ? null : <p class="hint apart">{t('import.undoMuch')}</p>}
      {examples.length ? (
        <>
          <h3 class="import-out-of">{t('import.undoStay')}</h3>
          <ul class="lines">
            {examples.map((one, i) => (
              <li key={i}>
                <span><bdi>{one.name || t(ENTITY[one.entity])}</bdi><span class="sub">{said(one.why)}</span></span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {edited ? (
        <label class="check apart">
          <input type="checkbox" checked={editsToo} onChange={(event) => setEditsToo(event.currentTarget.checked)} />
          {t('import.undoEditsToo')}
        </label>
      ) : null}
      {problem ? <Refused error={problem} /> : null}
      <div class="actions apart">
        <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
        <button type="button" class="btn btn-danger" aria-busy={busy} disabled={busy} onClick={go}><Icon name="undo-2" />{t('import.undoGo')}</button>
      </div>
    </>
  );
}

export function Undo({ batch }: { batch: Batch }) {
  const [open, setOpen] = useState(false);
  const opened = useRef<HTMLDivElement>(null);
  // The button that was pressed is gone: whoever reads with the keyboard goes on here.
  useEffect(() => opened.current?.focus(), [open]);
  if (!open) {
    return (
      <div class="actions apart">
        <button type="button" class="btn" onClick={() => setOpen(true)}><Icon name="undo-2" />{t('import.undo')}</button>
      </div>
    );
  }
  return (
    <div class="import-looked" ref={opened} tabIndex={-1}>
      <Section title={t('import.undoTitle', { name: batch.name })}><Looked batch={batch} close={() => setOpen(false)} /></Section>
    </div>
  );
}
