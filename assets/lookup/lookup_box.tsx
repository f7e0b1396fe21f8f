/* In the dialog of a title: scan its ISBN, take what another library has. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { me, reaches } from '../core/door';
import { type Key, t, tx } from '../core/messages';
import { Icon } from '../parts/icon';
import { Refused, Wait } from '../parts/states';
import { ask, type Found, type FoundRecord, type Lookup, type TargetResult, whyOf } from './lookup';

/** What the dialog shows of a title, and how each is called. */
const SHOWN: [name: keyof Found, label: Key][] = [
  ['title', 'book.title'], ['subtitle', 'book.subtitle'], ['author', 'book.author'], ['isbn', 'book.isbn'],
  ['publisher', 'book.publisher'], ['year', 'book.year'], ['language', 'book.language'], ['description', 'book.description'],
];

export type Typed = Partial<Record<keyof Found, string>>;

/** A found title as the texts of the form, those that are known. */
export function textsOf(found: Found): Typed {
  const texts: Typed = {};
  for (const [name] of SHOWN) {
    const value = found[name];
    if (value !== null && value !== '') texts[name] = String(value);
  }
  return texts;
}

/** Where what was typed is not what was found. */
function differences(typed: Typed, found: Found): string {
  const texts = textsOf(found);
  return SHOWN.filter(([name]) => typed[name]?.trim() && texts[name] && typed[name]?.trim() !== texts[name])
    .map(([name, label]) => (name === 'description' ? t(label) : `${t(label)} ${typed[name]}`)).join(' · ');
}

function FoundOne({ record, typed, first, take }: { record: FoundRecord; typed: Typed; first: boolean; take: () => void }) {
  const { book, present, source } = record;
  const button = useRef<HTMLButtonElement>(null);
  // The scanner's next Enter, or one key, takes the first.
  useEffect(() => {
    if (first) button.current?.focus();
  }, []);
  const differing = differences(typed, book);
  return (
    <li>
      <div>
        <b class="title"><bdi>{book.title}</bdi>{book.subtitle ? <>: <bdi>{book.subtitle}</bdi></> : null}</b>
        {present ? <> <a class="pill pill-plain" href={`/books/${present.id}`}>{t(present.archived ? 'lookup.presentArchived' : 'lookup.present')}</a></> : null}
        <p><bdi>{book.author}</bdi>{book.publisher ? <> · <bdi>{book.publisher}</bdi></> : null}{book.year === null ? null : ` · ${book.year}`}{book.edition ? <> · <bdi>{book.edition}</bdi></> : null}</p>
        <p class="hint">{tx('lookup.from', { source: <bdi>{source}</bdi> })}{book.isbn ? <> · <span class="machine">{book.isbn}</span></> : null}</p>
        {differing ? <p class="hint">{t('lookup.differs', { fields: differing })}</p> : null}
      </div>
      <button type="button" ref={button} class="btn btn-small" onClick={take} aria-label={t('lookup.takeThis', { title: book.title, source })}>{t('lookup.take')}</button>
    </li>
  );
}

function NotAnswered({ results }: { results: TargetResult[] }) {
  const failed = results.filter((one) => !one.ok);
  if (!failed.length) return null;
  return (
    <ul class="lookup-failed hint">
      {failed.map((one) => {
        const why = whyOf(one);
        return <li><Icon name="triangle-alert" /> <span><bdi>{one.name}</bdi>: {why ? t(why) : one.message}{one.detail ? <> <bdi>({one.detail})</bdi></> : null}</span></li>;
      })}
    </ul>
  );
}

function Answer({ answer, typed, take }: { answer: Lookup; typed: Typed; take: (record: FoundRecord) => void }) {
  return (
    <div class="lookup-answer" role="status">
      {answer.records.length ? (
        <>
          <h3 class="sr">{t('lookup.found')}</h3>
          <ol>{answer.records.map((record, at) => <FoundOne record={record} typed={typed} first={at === 0} take={() => take(record)} />)}</ol>
        </>
      ) : <p><b>{t('lookup.none')}</b> {t('lookup.noneMore')}</p>}
      <NotAnswered results={answer.targets} />
    </div>
  );
}

/** Where nobody is asked yet: who can change that. */
export function NotSetUp() {
  const isAdmin = reaches(me.get()?.access ?? 'anyone', 'admin');
  return <p class="hint lookup-none">{t('lookup.notSetUp')} {isAdmin ? <a href="/settings/catalogues">{t('lookup.setUp')}</a> : t('lookup.byAdmin')}</p>;
}

export function LookupBox({ typed, focus, take }: { typed: Typed; focus: boolean; take: (record: FoundRecord) => void }) {
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState<Lookup | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const latest = useRef(0);

  const look = (event: Event) => {
    event.preventDefault();
    if (!text.trim()) return;
    const mine = ++latest.current;
    setBusy(true);
    setError(null);
    setAnswer(null);
    ask(text.trim()).then(
      (found) => mine === latest.current && setAnswer(found),
      (cause: unknown) => {
        if (!(cause instanceof ApiError)) throw cause;
        if (mine === latest.current) setError(cause);
      },
    ).finally(() => mine === latest.current && setBusy(false));
  };

  return (
    <form class="lookup" onSubmit={look} noValidate>
      <div class="field">
        <label for="lookup-text">{t('lookup.what')}</label>
        <div class="lookup-line">
          <input id="lookup-text" class="input machine" value={text} onInput={(event) => setText(event.currentTarget.value)} autocomplete="off" spellcheck={false} {...(focus ? { 'data-focus': '' } : {})} />
          <button type="submit" class="btn" aria-busy={busy}><Icon name="search" />{t(busy ? 'lookup.busy' : 'lookup.do')}</button>
        </div>
      </div>
      {busy ? <Wait /> : null}
      {error ? <Refused error={error} /> : null}
      {answer ? <Answer answer={answer} typed={typed} take={(record) => { setAnswer(null); setText(''); take(record); }} /> : null}
    </form>
  );
}
