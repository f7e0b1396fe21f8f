/* "Tell me when it is in": a watch is a hold without a place in line. It ends by itself when the reader has been told. */
import { useState } from 'preact/hooks';
import { api, ApiError, query } from '../core/api';
import { day } from '../core/format';
import { t } from '../core/messages';
import { changed, useGet } from '../core/query';
import { say } from '../core/toast';
import { type Member, memberPath } from '../members/member';
import { Section } from '../parts/page_head';
import { Failed, Refused, Wait } from '../parts/states';

interface Watch {
  book_id: string;
  title: string;
  author: string;
  created_at: string;
}

const watchPath = (book: string): string => `/books/${encodeURIComponent(book)}/watch`;

/** `member`: whose watch it is, where the desk acts for a reader. */
async function watch(book: string, member?: string): Promise<void> {
  await api.post(watchPath(book), member ? { member_id: member } : {});
  changed('holds');
}

async function unwatch(book: string, member?: string): Promise<void> {
  await api.delete(watchPath(book) + query({ member_id: member }));
  changed('holds');
}

const useWatches = (member: string) => useGet<{ watches: Watch[] }>('holds', `${memberPath(member)}/watches`);

function useAct(): [problem: ApiError | null, busy: boolean, act: (done: Promise<unknown>) => void] {
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const act = (done: Promise<unknown>) => {
    setProblem(null);
    setBusy(true);
    done
      .catch((cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      })
      .finally(() => setBusy(false));
  };
  return [problem, busy, act];
}

/** On the page of a book, for the reader who has signed in. */
export function OwnWatch({ book, member }: { book: { id: string; title: string }; member: string }) {
  const watches = useWatches(member);
  const [problem, busy, act] = useAct();
  if (!watches.data) return null;
  const isWatched = watches.data.watches.some((one) => one.book_id === book.id);
  return (
    <>
      {isWatched ? <span class="second" role="status">{t('watch.on')}</span> : null}
      <button
        type="button"
        class={isWatched ? 'btn btn-quiet' : 'btn'}
        disabled={busy}
        onClick={() => act(isWatched ? unwatch(book.id).then(() => say(t('watch.isOff', { title: book.title }))) : watch(book.id).then(() => say(t('watch.isOn', { title: book.title }))))}
      >
        {t(isWatched ? 'watch.stop' : 'watch.start')}
      </button>
      {problem ? <Refused error={problem} /> : null}
    </>
  );
}

/** Of which titles a reader will be told. For the desk, and for the reader who has signed in. */
export function MemberWatches({ member, desk = false }: { member: Member; desk?: boolean }) {
  const watches = useWatches(member.id);
  const [problem, busy, act] = useAct();
  const whose = desk ? member.id : undefined;
  const stop = (one: Watch) =>
    act(unwatch(one.book_id, whose).then(() => say(t('watch.isOff', { title: one.title }), () => act(watch(one.book_id, whose)))));
  const rows = watches.data?.watches;
  return (
    <Section title={t('watch.title')} {...(rows?.length ? { count: rows.length } : {})}>
      {problem ? <Refused error={problem} /> : null}
      {watches.error ? (
        <Failed error={watches.error} title={t('watch.failed')} again={() => void watches.refetch()} />
      ) : !rows ? (
        <Wait />
      ) : rows.length === 0 ? (
        <p class="second">{t('holds.nothing')}</p>
      ) : (
        <ul class="lines">
          {rows.map((one) => (
            <li key={one.book_id}>
              <span>
                <a class="plain" href={`/books/${one.book_id}`}><bdi>{one.title}</bdi></a>
                <span class="sub">{t('hold.sinceDay', { day: day(one.created_at) })}</span>
              </span>
              <span class="end">
                <button type="button" class="btn btn-quiet btn-small" disabled={busy} onClick={() => stop(one)} aria-label={t('watch.stopThis', { title: one.title })}>{t('watch.stop')}</button>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
