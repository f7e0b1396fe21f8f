/* Which of two records stays, which values it gets, and what will move. */
import { useState } from 'preact/hooks';
import type { Book } from '../books/book';
import { ApiError } from '../core/api';
import { count } from '../core/format';
import { type Key, t, tn, tx } from '../core/messages';
import { useGet } from '../core/query';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Refused, Wait } from '../parts/states';
import { useKinds } from '../policies/use_kinds';
import { fieldsOf, type Merge, mergeTitles, type Pair, type Preview, previewPath } from './duplicate';

const WHY: Record<Preview['readers'][number]['reason'], Key> = {
  both_lent: 'dup.bothLent',
  both_ready: 'dup.bothReady',
  lent_and_ready: 'dup.lentAndReady',
};

type Which = 'first' | 'second';

/** The record with more to it: more copies, else more loans, else the older one. */
function better({ first, second }: Pair): Which {
  const more = second.total_copies - first.total_copies || second.borrow_count - first.borrow_count;
  return more > 0 ? 'second' : 'first';
}

const other = (which: Which): Which => (which === 'first' ? 'second' : 'first');

/** What the kept record lacks is taken unless somebody says otherwise. */
const lacking = (kept: Book, gone: Book): string[] => fieldsOf({}).filter(([, , text]) => !text(kept) && text(gone)).map(([name]) => name);

function Moves({ preview }: { preview: Preview }) {
  const lines = [
    preview.copies ? tn('dup.moveCopies', preview.copies) : '',
    preview.loans ? tn('dup.moveLoans', preview.loans, { open: count(preview.open_loans) }) : '',
    preview.open_holds ? tn('dup.moveHolds', preview.open_holds) : '',
    preview.holds_cancelled ? tn('dup.cancelHolds', preview.holds_cancelled) : '',
    preview.watches ? tn('dup.moveWatches', preview.watches) : '',
    preview.reviews ? tn('dup.moveReviews', preview.reviews) : '',
    preview.reading_lists ? tn('dup.moveLists', preview.reading_lists) : '',
    preview.categories.length ? t('dup.moveCategories', { names: preview.categories.join(', ') }) : '',
    preview.cover ? t('dup.moveCover') : '',
    preview.marc ? t('dup.moveMarc') : '',
  ].filter(Boolean);
  return (
    <div class="dup-moves" aria-live="polite">
      <h3>{t('dup.moves')}</h3>
      {lines.length ? <ul>{lines.map((line) => <li><bdi>{line}</bdi></li>)}</ul> : <p>{t('dup.movesNothing')}</p>}
    </div>
  );
}

function Obstacle({ preview }: { preview: Preview }) {
  if (!preview.obstacle) return null;
  return (
    <div class="notice notice-over" role="alert">
      <Icon name="triangle-alert" />
      <div>
        {preview.obstacle === 'readers'
          ? preview.readers.map((reader) => <p>{tx(WHY[reader.reason], { name: <a href={`/members/${reader.id}`}><bdi>{reader.name}</bdi></a> })}</p>)
          : <p>{t(preview.obstacle === 'queue' ? 'dup.queueFull' : 'dup.tooMany')}</p>}
      </div>
    </div>
  );
}

export function MergeForm({ pair, close, done }: { pair: Pair; close: () => void; done: (merge: Merge) => void }) {
  const [stays, setStays] = useState(() => better(pair));
  const kept = pair[stays];
  const gone = pair[other(stays)];
  const [take, setTake] = useState(() => lacking(kept, gone));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const preview = useGet<Preview>('books', previewPath(kept.id), { with: gone.id });
  const stay = (which: Which) => {
    setStays(which);
    setTake(lacking(pair[which], pair[other(which)]));
  };
  const chosen = (name: string, isOther: boolean) => setTake((now) => (isOther ? [...now.filter((one) => one !== name), name] : now.filter((one) => one !== name)));
  const { names } = useKinds();
  const differing = fieldsOf(names).filter(([, , text]) => text(kept) !== text(gone));

  const go = (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    mergeTitles(kept, gone, take).then(
      (merge) => {
        close();
        done(merge);
      },
      (cause: unknown) => {
        setBusy(false);
        if (cause instanceof ApiError) setError(cause);
        else throw cause;
      },
    );
  };

  return (
    <Dialog title={t('dup.makeOne')} close={close}>
      <form onSubmit={go}>
        <fieldset class="dup-choice">
          <legend>{t('dup.stays')}</legend>
          {(['first', 'second'] as const).map((which) => (
            <label class="check">
              <input type="radio" name="stays" checked={stays === which} data-focus={stays === which ? '' : undefined} onChange={() => stay(which)} />
              <span>
                {t(which === 'first' ? 'dup.older' : 'dup.newer')}
                <small>{tn('dup.copiesLent', pair[which].total_copies, { lent: count(pair[which].borrow_count) })}</small>
              </span>
            </label>
          ))}
        </fieldset>
        {differing.length ? <p class="hint">{t('dup.valuesMore')}</p> : null}
        {differing.map(([name, label, text]) => (
          <fieldset class="dup-choice" key={`${stays}-${name}`}>
            <legend>{t(label)}</legend>
            {([false, true] as const).map((other) => {
              const value = text(other ? gone : kept);
              return (
                <label class="check">
                  <input type="radio" name={`take-${name}`} checked={take.includes(name) === other} onChange={() => chosen(name, other)} />
                  <span>{value ? <bdi>{value}</bdi> : <i>{t('dup.nothing')}</i>}</span>
                </label>
              );
            })}
          </fieldset>
        ))}
        {kept.cover && gone.cover && kept.cover !== gone.cover ? (
          <label class="check">
            <input type="checkbox" checked={take.includes('cover')} onChange={(event) => chosen('cover', event.currentTarget.checked)} />
            <span>{t('dup.takeCover')}</span>
          </label>
        ) : null}
        {preview.error ? <Refused error={preview.error} /> : preview.data ? <Moves preview={preview.data} /> : <Wait />}
        {preview.data ? <Obstacle preview={preview.data} /> : null}
        {error ? <Refused error={error} /> : null}
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          {preview.data?.obstacle ? null : (
            <button type="submit" class="btn btn-main" aria-busy={busy} disabled={busy || !preview.data}>{t(busy ? 'form.busy' : 'dup.makeOne')}</button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
