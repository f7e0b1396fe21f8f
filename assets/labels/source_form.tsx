/* Which copies or members get labels. */
import { useState } from 'preact/hooks';
import { type Book, bookPath } from '../books/book';
import { today } from '../core/format';
import { api, ApiError } from '../core/api';
import { type Key, t, tn } from '../core/messages';
import { Refused } from '../parts/states';
import { type Noun, useGet, useList } from '../core/query';
import type { Member } from '../members/member';
import { Icon } from '../parts/icon';
import { Box, numberOf } from './box';
import { codesOf, MOST, reserve, RESERVE_MOST, type Source } from './items';
import type { Kind } from './layout';

interface Pick {
  id: string;
  name: string;
  second: string;
}

type How = Source['how'];
const COPIES: [How, Key][] = [['newest', 'labels.newest'], ['since', 'labels.since'], ['shelf', 'labels.shelf'], ['books', 'labels.books'], ['list', 'labels.list'], ['reserved', 'labels.reserved']];
const MEMBERS: [How, Key][] = [['newest', 'labels.newest'], ['group', 'labels.group'], ['chosen', 'labels.chosen']];

export interface Choice {
  copies: How;
  members: How;
  most: string;
  day: string;
  shelf: string;
  group: string;
  codes: string;
  reserved: string[];
  books: Pick[];
  chosen: Pick[];
}

export const newChoice = (): Choice => ({ copies: 'newest', members: 'newest', most: '20', day: today(), shelf: '', group: '', codes: '', reserved: [], books: [], chosen: [] });

/** What ?member= or ?book= in the address begins with; one that is not there begins with nothing. */
export async function startFrom(search: URLSearchParams): Promise<{ kind: Kind; choice: Partial<Choice> } | null> {
  const [member, book] = [search.get('member'), search.get('book')];
  try {
    if (member) {
      const { member: of } = await api.get<{ member: Member }>(`/members/${encodeURIComponent(member)}`);
      return { kind: 'card', choice: { members: 'chosen', chosen: [{ id: of.id, name: of.name, second: of.card }] } };
    }
    if (book) {
      const of = await api.get<Book>(bookPath(book));
      return { kind: 'barcode', choice: { copies: 'books', books: [{ id: of.id, name: of.title, second: of.author }] } };
    }
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
  }
  return null;
}

const mostOf = (text: string): number => {
  const most = numberOf(text);
  return Number.isInteger(most) && most >= 1 && most <= MOST ? most : 0;
};

/** What has been chosen, as far as it says anything yet. */
export function sourceOf(kind: Kind, choice: Choice): Source | null {
  const most = mostOf(choice.most);
  if (kind === 'card') {
    if (choice.members === 'group') return choice.group.trim() ? { of: 'members', how: 'group', group: choice.group.trim() } : null;
    if (choice.members === 'chosen') return choice.chosen.length ? { of: 'members', how: 'chosen', ids: choice.chosen.map(({ id }) => id) } : null;
    return most ? { of: 'members', how: 'newest', most } : null;
  }
  const codes = codesOf(choice.codes);
  if (choice.copies === 'reserved' && kind !== 'barcode') return most ? { of: 'copies', how: 'newest', most } : null;
  if (choice.copies === 'since') return choice.day ? { of: 'copies', how: 'since', day: choice.day } : null;
  if (choice.copies === 'shelf') return choice.shelf.trim() ? { of: 'copies', how: 'shelf', shelf: choice.shelf.trim() } : null;
  if (choice.copies === 'books') return choice.books.length ? { of: 'copies', how: 'books', ids: choice.books.map(({ id }) => id) } : null;
  if (choice.copies === 'list') return codes.length ? { of: 'copies', how: 'list', codes } : null;
  if (choice.copies === 'reserved') return choice.reserved.length ? { of: 'copies', how: 'reserved', codes: choice.reserved } : null;
  return most ? { of: 'copies', how: 'newest', most } : null;
}

const OFFERED = 8;

/** Type, take one, type again; what is taken stands below. */
function Picker<T>({ noun, path, label, none, read, picks, change }: {
  noun: Noun; path: string; label: string; none: string; read: (row: T) => Pick; picks: Pick[]; change: (next: Pick[]) => void;
}) {
  const [q, setQ] = useState('');
  const found = useList<T>(noun, q.trim() ? path : null, { q: q.trim(), limit: OFFERED });
  const hits = (q.trim() && found.data ? found.data.data.map(read) : []).filter((hit) => !picks.some(({ id }) => id === hit.id));
  const isNone = q.trim() !== '' && found.data !== undefined && !found.isPlaceholderData && found.data.data.length === 0;
  return (
    <>
      <Box label={label} value={q} change={setQ} hint={isNone ? none : t('labels.findMore')} />
      {hits.length ? (
        <ul class="picks">
          {hits.map((hit) => (
            <li key={hit.id}><button type="button" onClick={() => change([...picks, hit])}><bdi>{hit.name}</bdi> <span class="hint"><bdi>{hit.second}</bdi></span></button></li>
          ))}
        </ul>
      ) : null}
      <div class="labels-chosen">
        {picks.map((pick) => (
          <button type="button" class="chip" key={pick.id} onClick={() => change(picks.filter(({ id }) => id !== pick.id))}>
            <bdi>{pick.name}</bdi><Icon name="x" /><span class="sr">{t('picker.remove')}</span>
          </button>
        ))}
      </div>
    </>
  );
}

function ShelfBox({ value, change }: { value: string; change: (next: string) => void }) {
  const shelves = useGet<{ shelves: { name: string }[] }>('books', '/shelves', { limit: 100 });
  return <Box label={t('copy.shelf')} value={value} change={change} hint={t('labels.shelfHint')} machine known={(shelves.data?.shelves || []).map(({ name }) => name)} />;
}

/** For labels that are there before the books: numbers that no copy will be given by itself. */
function ReserveBox({ reserved, change }: { reserved: string[]; change: (next: string[]) => void }) {
  const [wanted, setWanted] = useState('20');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const n = numberOf(wanted);
  const isRight = Number.isInteger(n) && n >= 1 && n <= RESERVE_MOST;
  const go = () => {
    setBusy(true);
    setProblem(null);
    reserve(n).then(
      (codes) => change([...reserved, ...codes]),
      (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    ).finally(() => setBusy(false));
  };
  return (
    <>
      <Box label={t('labels.howMany')} value={wanted} change={setWanted} numeric hint={t('labels.reservedHint')} wrong={isRight ? undefined : t('labels.startWrong', { n: RESERVE_MOST })} />
      {problem ? <Refused error={problem} /> : null}
      <div class="actions">
        <button type="button" class="btn" disabled={!isRight || busy} aria-busy={busy} onClick={go}>{isRight ? tn('labels.reserve', n) : t('labels.reserveSome')}</button>
        {reserved.length ? <span class="hint" role="status">{tn('labels.reservedNow', reserved.length)} <span class="machine">{reserved[0]} – {reserved[reserved.length - 1]}</span></span> : null}
      </div>
    </>
  );
}

export function SourceForm({ kind, choice, set }: { kind: Kind; choice: Choice; set: (part: Partial<Choice>) => void }) {
  const isCard = kind === 'card';
  const how = isCard ? choice.members : choice.copies === 'reserved' && kind !== 'barcode' ? 'newest' : choice.copies;
  return (
    <div class="labels-source">
      <Box
        label={t(isCard ? 'labels.whichMembers' : 'labels.whichCopies')}
        value={how}
        change={(next) => set(isCard ? { members: next as How } : { copies: next as How })}
        options={(isCard ? MEMBERS : COPIES).filter(([one]) => one !== 'reserved' || kind === 'barcode').map(([one, name]) => [one, t(name)])}
      />
      {how === 'newest' ? (
        <Box label={t('labels.howMany')} value={choice.most} change={(most) => set({ most })} numeric wrong={mostOf(choice.most) ? undefined : t('labels.startWrong', { n: MOST })} />
      ) : null}
      {how === 'since' ? <Box label={t('labels.day')} type="date" value={choice.day} change={(day) => set({ day })} /> : null}
      {how === 'shelf' ? <ShelfBox value={choice.shelf} change={(shelf) => set({ shelf })} /> : null}
      {how === 'group' ? <Box label={t('member.group')} value={choice.group} change={(group) => set({ group })} hint={t('member.groupHint')} /> : null}
      {how === 'list' ? <Box label={t('labels.codes')} value={choice.codes} change={(codes) => set({ codes })} lines={6} hint={t('labels.codesHint')} /> : null}
      {how === 'reserved' ? <ReserveBox reserved={choice.reserved} change={(reserved) => set({ reserved })} /> : null}
      {how === 'books' ? (
        <Picker<Book>
          noun="books" path="/books" label={t('labels.findBook')} none={t('labels.noBook')} picks={choice.books} change={(books) => set({ books })}
          read={(book) => ({ id: book.id, name: book.title, second: book.author })}
        />
      ) : null}
      {how === 'chosen' ? (
        <Picker<Member>
          noun="members" path="/members" label={t('labels.findMember')} none={t('picker.none')} picks={choice.chosen} change={(chosen) => set({ chosen })}
          read={(member) => ({ id: member.id, name: member.name, second: member.card })}
        />
      ) : null}
    </div>
  );
}
