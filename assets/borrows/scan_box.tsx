/* The scan box: always focused, Enter belongs to the scanner, typed names offer members and books. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, ApiError, type List, query } from '../core/api';
import { t } from '../core/messages';
import { useStore } from '../core/store';
import { Availability } from '../books/availability';
import type { Book } from '../books/book';
import type { Member } from '../members/member';
import { MemberStatus } from '../members/member_status';
import { Icon } from '../parts/icon';
import { desk, session } from './desk_session';

type Hit = { member: Member; book?: undefined } | { book: Book; member?: undefined };
const PAUSE = 120;
const LEAST = 2;

async function find(text: string, memberOpen: boolean): Promise<Hit[]> {
  const [members, books] = await Promise.all([
    api.peek<List<Member>>(`/members${query({ q: text, limit: 5 })}`),
    api.peek<List<Book>>(`/books${query({ q: text, limit: 6 })}`),
  ]);
  const people = members.data.map((member): Hit => ({ member }));
  const titles = books.data.map((book): Hit => ({ book }));
  return memberOpen ? [...titles, ...people] : [...people, ...titles];
}

function Option({ hit, id, on, pick }: { hit: Hit; id: string; on: boolean; pick: () => void }) {
  return (
    // The pointer goes down before the box loses the focus; so it never does.
    <li id={id} role="option" aria-selected={on} class={on ? 'on' : ''} onMouseDown={(event) => { event.preventDefault(); pick(); }}>
      <Icon name={hit.member ? 'users' : 'library'} />
      {hit.member ? (
        <>
          <span class="who"><bdi>{hit.member.name}</bdi><span class="sub">{hit.member.group ? <bdi>{hit.member.group}</bdi> : null} <span class="machine">{hit.member.card}</span></span></span>
          <MemberStatus member={hit.member} />
        </>
      ) : (
        <>
          <span class="who"><bdi>{hit.book.title}</bdi><span class="sub"><bdi>{hit.book.author}</bdi></span></span>
          <span class="end"><Availability book={hit.book} /></span>
        </>
      )}
    </li>
  );
}

export function ScanBox({ input }: { input: RefObject<HTMLInputElement> }) {
  const { member, waiting, offer } = useStore(desk);
  const [hits, setHits] = useState<Hit[] | null>(null);
  const [at, setAt] = useState(-1);
  const timer = useRef(0);
  /** Counts the searches: an answer that comes after the next key or scan is not shown. */
  const turn = useRef(0);

  const shut = () => {
    window.clearTimeout(timer.current);
    turn.current += 1;
    setHits(null);
    setAt(-1);
  };

  const look = (text: string, highlight: number) => {
    const mine = (turn.current += 1);
    find(text, desk.get().member !== null).then(
      (found) => {
        if (turn.current !== mine) return;
        setHits(found);
        setAt(found.length ? highlight : -1);
      },
      (cause: unknown) => {
        if (turn.current === mine) setHits(null);
        if (!(cause instanceof ApiError)) throw cause;
      },
    );
  };

  // Enter on typed text that turned out to be no code: back into the box, selected, so that a scan replaces it.
  useEffect(() => {
    if (!offer) return;
    session.offered();
    const box = input.current;
    if (!box || box.value !== '') return;
    box.value = offer.text;
    box.select();
    look(offer.text, 0);
  }, [offer]);

  useEffect(() => shut, []);

  const pick = (hit: Hit) => {
    if (input.current) input.current.value = '';
    shut();
    if (hit.member) session.open(hit.member);
    else session.lendTitle(hit.book);
  };

  const typed = (text: string) => {
    window.clearTimeout(timer.current);
    turn.current += 1;
    setAt(-1);
    if (text.trim().length < LEAST) setHits(null);
    else timer.current = window.setTimeout(() => look(text.trim(), -1), PAUSE);
  };

  const key = (event: KeyboardEvent) => {
    const box = event.currentTarget as HTMLInputElement;
    if (event.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      if (box.value || hits) {
        box.value = '';
        shut();
      } else session.close();
    } else if (hits?.length && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((now) => (now + step + hits.length) % hits.length);
    } else if ((event.ctrlKey || event.metaKey) && event.key === 'z' && box.value === '') {
      event.preventDefault();
      session.undoLast();
    }
  };

  const submit = (event: Event) => {
    event.preventDefault();
    const box = input.current;
    if (!box) return;
    const hit = hits && at >= 0 ? hits[at] : undefined;
    if (hit) {
      pick(hit);
      return;
    }
    const text = box.value;
    box.value = '';
    shut();
    session.scan(text);
  };

  return (
    <form class="scan" role="search" aria-label={t('desk.scan')} onSubmit={submit}>
      <Icon name="scan-barcode" />
      <label class="sr" for="scan">{t('desk.scanLabel')}</label>
      <input
        id="scan"
        ref={input}
        autocomplete="off"
        autocorrect="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="go"
        placeholder={t(member ? 'desk.scanNext' : 'desk.scanFirst')}
        role="combobox"
        aria-expanded={hits !== null}
        aria-controls="scan-hits"
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 ? `hit-${at}` : undefined}
        onInput={(event) => typed(event.currentTarget.value)}
        onKeyDown={key}
      />
      <span class="scan-mode">
        {waiting > 1 ? t('desk.waiting', { n: waiting }) : member ? <>{t('desk.lendingTo')} <b><bdi>{member.name}</bdi></b></> : t('desk.takingBack')}
      </span>
      <ul class="hits-pop" id="scan-hits" role="listbox" aria-label={t('desk.offers')} hidden={!hits}>
        {hits && hits.length === 0 ? <li class="none" role="presentation">{t('desk.nothingLike')}</li> : null}
        {hits?.map((hit, i) => <Option key={hit.member ? hit.member.id : hit.book.id} hit={hit} id={`hit-${i}`} on={i === at} pick={() => pick(hit)} />)}
      </ul>
    </form>
  );
}
