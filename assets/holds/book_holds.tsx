/* Who waits for a title, in their order, and a place in that line: for the desk; a reader sees only their own place. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { me } from '../core/door';
import { count, day } from '../core/format';
import { t } from '../core/messages';
import { useList } from '../core/query';
import { useStore } from '../core/store';
import { say } from '../core/toast';
import { MemberPicker, type Picked } from '../members/member_picker';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Failed, Refused, Wait } from '../parts/states';
import { type Hold, moveHold, placeHold } from './hold';
import { HoldActs } from './hold_acts';
import { HoldState } from './hold_state';
import { OwnWatch } from './watch';

function HoldForm({ book, close }: { book: { id: string; title: string }; close: () => void }) {
  const [reader, setReader] = useState<Picked | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const send = (event: Event) => {
    event.preventDefault();
    if (!reader || busy) return;
    setBusy(true);
    setProblem(null);
    placeHold(book.id, reader.id).then(
      (hold) => {
        say(t('hold.placed', { name: reader.name, n: hold.position || 1 }));
        close();
      },
      (cause: unknown) => {
        setBusy(false);
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    );
  };
  return (
    <Dialog title={t('hold.placeFor', { title: book.title })} close={close}>
      <form onSubmit={send} noValidate>
        {problem ? <Refused error={problem} /> : null}
        <MemberPicker label={t('borrow.member')} hint={t('picker.hint')} value={reader} change={setReader} />
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" disabled={!reader} aria-busy={busy}>{t(busy ? 'form.busy' : 'hold.place')}</button>
        </div>
      </form>
    </Dialog>
  );
}

export function BookHolds({ book }: { book: { id: string; title: string } }) {
  const holds = useList<Hold>('holds', `/books/${encodeURIComponent(book.id)}/holds`, { limit: 100 });
  const [placing, setPlacing] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const rows = holds.data?.data.filter((hold) => !hold.ended_at);
  const first = (hold: Hold) => {
    setProblem(null);
    moveHold(hold.id, 1).catch((cause: unknown) => {
      if (cause instanceof ApiError) setProblem(cause);
      else throw cause;
    });
  };
  return (
    <Section
      title={t('holds.line')}
      {...(rows?.length ? { count: count(rows.length) } : {})}
      aside={<button type="button" class="btn btn-small" onClick={() => setPlacing(true)}><Icon name="plus" />{t('hold.place')}</button>}
    >
      {problem ? <Refused error={problem} /> : null}
      {holds.error ? (
        <Failed error={holds.error} title={t('holds.failed')} again={() => void holds.refetch()} />
      ) : !rows ? (
        <Wait />
      ) : rows.length === 0 ? (
        <p class="second">{t('holds.nobody')}</p>
      ) : (
        <ul class="lines">
          {rows.map((hold) => (
            <li key={hold.id}>
              <span>
                {hold.member_id ? <a class="plain" href={`/members/${hold.member_id}`}><bdi>{hold.member.name}</bdi></a> : <span class="gone">{t('borrow.forgotten')}</span>}
                <span class="sub"><HoldState hold={hold} /> {t('hold.sinceDay', { day: day(hold.placed_at) })}</span>
              </span>
              <span class="end">
                {hold.status === 'waiting' && (hold.position || 1) > 1 ? (
                  <button type="button" class="btn btn-quiet btn-small" onClick={() => first(hold)}>{t('hold.toFront')}</button>
                ) : null}
                <HoldActs hold={hold} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {placing ? <HoldForm book={book} close={() => setPlacing(false)} /> : null}
    </Section>
  );
}

/** One's own place in the line, for a reader who has signed in. */
export function OwnHold({ book }: { book: { id: string; title: string; available_copies: number } }) {
  const member = useStore(me)?.account?.member_id || null;
  const holds = useList<Hold>('holds', member ? `/members/${encodeURIComponent(member)}/holds` : null, { open: true, limit: 100 });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  if (!member) return null;
  const mine = holds.data?.data.find((hold) => hold.book_id === book.id && !hold.ended_at);
  const place = () => {
    setBusy(true);
    setProblem(null);
    placeHold(book.id, member)
      .then((hold) => say(t('hold.isPlaced', { n: hold.position || 1 })), (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      })
      .finally(() => setBusy(false));
  };
  return (
    <div class="below">
      {mine ? (
        <p><HoldState hold={mine} /> <HoldActs hold={mine} /></p>
      ) : (
        <div class="actions">
          <button type="button" class="btn btn-main" aria-busy={busy} disabled={busy || !holds.data} onClick={place}><Icon name="bookmark-check" />{t('hold.place')}</button>
          {book.available_copies === 0 ? <OwnWatch book={book} member={member} /> : null}
        </div>
      )}
      {problem ? <Refused error={problem} /> : null}
    </div>
  );
}
