/* The start page of a librarian: one box to scan into, and one big line that answers. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { api, type List, query } from '../core/api';
import type { Book } from '../books/book';
import { fullDay } from '../core/format';
import { type Key, t, tn, tx } from '../core/messages';
import { useGet, useList } from '../core/query';
import { navigate, place, useScroll } from '../core/router';
import { useStore } from '../core/store';
import { type Member, memberPath } from '../members/member';
import { MemberStatus } from '../members/member_status';
import { Icon, type IconName } from '../parts/icon';
import { Section, useTitle } from '../parts/page_head';
import { Late, Stamp } from '../parts/stamp';
import { Empty, Failed, Wait } from '../parts/states';
import type { Borrow } from './borrow';
import { desk, type Result, session, type Visit, visitOf } from './desk_session';
import { NotDone } from './kept_notes';
import { ScanBox } from './scan_box';
import { dueEnd, type SlipFacts, SlipToPrint } from './slip';

const LOOK: Record<Result['kind'], { icon: IconName; tone: string }> = {
  lent: { icon: 'arrow-up-right', tone: 'result-ok' },
  back: { icon: 'arrow-down-left', tone: 'result-ok' },
  held: { icon: 'bookmark-check', tone: 'result-hold' },
  refused: { icon: 'circle-x', tone: 'result-no' },
  member: { icon: 'credit-card', tone: '' },
  note: { icon: 'scan-barcode', tone: '' },
  kept: { icon: 'clock-alert', tone: 'result-hold' },
};

/** Past this a title takes a smaller size, so that the visit below stays in sight. */
const LONG = 36;

const ICON: Record<Visit['kind'], IconName> = { lent: 'arrow-up-right', back: 'arrow-down-left', refused: 'circle-x', undone: 'undo-2', kept: 'clock-alert' };
const TONE: Record<Visit['kind'], 'ok' | 'no' | ''> = { lent: 'ok', back: 'ok', refused: 'no', undone: '', kept: '' };
const PILL: Record<Exclude<Visit['kind'], 'lent'>, Key> = { back: 'desk.pillBack', refused: 'desk.pillNot', undone: 'desk.pillUndone', kept: 'offline.pill' };

function ResultLine({ result }: { result: Result | null }) {
  return (
    // The live region is always there; a region that appears together with its text is not read out.
    <div role="status" aria-live="assertive" aria-atomic="true">
      {result ? (
        <div class={`result ${LOOK[result.kind].tone}`} data-result={result.kind}>
          <Icon name={LOOK[result.kind].icon} />
          <div>
            <p class="verb">{result.verb}</p>
            {result.call ? <p class={`call${result.code ? ' call-code' : ''}${result.call.length > LONG ? ' call-long' : ''}`}><bdi>{result.call}</bdi></p> : null}
            {result.due ? <p class="why">{tx('desk.dueBack', { due: <Stamp date={result.due} plain /> })}</p> : null}
            {result.why.map((line) => <p class="why">{line}</p>)}
            {result.actions.length ? (
              <div class="actions">
                {result.actions.map((action) => (
                  <button type="button" class="btn" onClick={action.run}>{action.label} <kbd>F8</kbd></button>
                ))}
              </div>
            ) : null}
          </div>
        </div>
      ) : null}
    </div>
  );
}

function VisitLine({ entry }: { entry: Visit }) {
  return (
    <li data-visit={entry.kind}>
      <Icon name={ICON[entry.kind]} tone={TONE[entry.kind]} />
      <div class="what">
        <b><bdi>{entry.title}</bdi></b>
        <span class="sub"><bdi>{entry.sub}</bdi></span>
      </div>
      {entry.kind !== 'lent' ? (
        <span class={entry.kind === 'kept' ? 'pill pill-hold' : 'pill'}>{t(PILL[entry.kind])}</span>
      ) : entry.due ? (
        <Stamp date={entry.due} plain />
      ) : (
        <span />
      )}
      {entry.undo || entry.kind === 'kept' ? (
        <button type="button" class="btn btn-small" onClick={() => session.undo(entry)} aria-label={t(entry.kind === 'kept' ? 'offline.undoThis' : 'desk.undoThis', { title: entry.title })}>
          <Icon name="undo-2" />
          {t('act.undo')}
        </button>
      ) : (
        <span />
      )}
    </li>
  );
}

function VisitList({ lines, open }: { lines: Visit[]; open: boolean }) {
  const lent = lines.filter((line) => line.kind === 'lent').length;
  const counts = [
    lent ? tn('desk.countLent', lent) : '',
    ...(['back', 'refused'] as const).map((kind) => {
      const n = lines.filter((line) => line.kind === kind).length;
      return n ? tn(kind === 'back' ? 'desk.countBack' : 'desk.countRefused', n) : '';
    }),
  ].filter(Boolean);
  return (
    <Section
      title={t(open ? 'desk.visit' : 'desk.justNow')}
      class="desk-visit"
      {...(counts.length ? { count: counts.join(', ') } : {})}
      {...(lines.some((line) => line.undo || line.kind === 'kept') ? { aside: <span class="hint keys"><kbd>{t('key.ctrlZ')}</kbd> {t('desk.undoHint')}</span> } : {})}
    >
      {lines.length ? (
        <ol class="visit" reversed>
          {lines.map((entry) => <VisitLine key={entry.key} entry={entry} />)}
        </ol>
      ) : (
        <p class="second">{t(open ? 'desk.visitEmpty' : 'desk.justNowEmpty')}</p>
      )}
    </Section>
  );
}

/** What stands on the open member's slip; nothing, while there is nothing to put on it. */
function slipOf(member: Member, lines: Visit[], loans: Borrow[]): SlipFacts | null {
  const now = new Set(lines.map(({ undo }) => undo));
  const lineOf = ({ id, book, due_date }: Borrow) => ({ key: id, what: book.title, end: dueEnd(due_date) });
  const back = lines.filter(({ kind }) => kind === 'back').map(({ key, title }) => ({ key: String(key), what: title, end: '' }));
  const lent = loans.filter(({ id }) => now.has(id)).map(lineOf);
  const had = loans.filter(({ id }) => !now.has(id)).map(lineOf);
  if (lent.length + had.length + back.length === 0) return null;
  return { member, at: lines[0]?.at || new Date().toISOString(), lent, had, back };
}

/** What the member had before this visit, and has now. */
function Has({ member, lines }: { member: Member; lines: Visit[] }) {
  const loans = useList<Borrow>('borrows', `${memberPath(member.id)}/borrows`, { status: 'borrowed', sort_by: 'due_date', order: 'asc', limit: 100 });
  const rows = loans.data?.data;
  const slip = rows ? slipOf(member, lines, rows) : null;
  return (
    <>
      <Section
        title={t('desk.has')}
        {...(loans.data ? { count: loans.data.meta.total } : {})}
        aside={<a href={memberPath(member.id)}>{t('desk.allAbout')}</a>}
      >
        {loans.error ? (
          <Failed error={loans.error} title={t('borrows.failed')} again={() => void loans.refetch()} />
        ) : !rows ? (
          <Wait />
        ) : rows.length === 0 ? (
          <p class="second">{t('desk.hasNothing')}</p>
        ) : (
          <ul class="lines">
            {rows.map((loan) => (
              <li key={loan.id}>
                <span>
                  <bdi>{loan.book.title}</bdi>
                  <span class="sub"><Late date={loan.due_date} /></span>
                </span>
                <span class="end"><Stamp date={loan.due_date} /></span>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {slip ? <SlipToPrint facts={slip} /> : null}
    </>
  );
}

function Keys() {
  return (
    <Section title={t('desk.keys')} class="keys">
      <dl class="facts keys-list">
        <dt><kbd>{t('key.enter')}</kbd></dt><dd>{t('desk.keyEnter')}</dd>
        <dt><kbd>{t('key.esc')}</kbd></dt><dd>{t('desk.keyEsc')}</dd>
        <dt><kbd>{t('key.ctrlZ')}</kbd></dt><dd>{t('desk.keyUndo')}</dd>
        <dt><kbd>F4</kbd></dt><dd>{t('desk.keyF4')}</dd>
        <dt><kbd>F8</kbd></dt><dd>{t('desk.keyF8')}</dd>
      </dl>
    </Section>
  );
}

/** Before the first list of books is in, the desk has nothing to lend: say how it comes to be. */
function NoBooksYet() {
  const books = useGet<List<Book>>('books', '/books', { limit: 1 });
  if (!books.data || books.data.meta.total > 0) return null;
  return (
    <Empty icon="library" title={t('catalogue.empty')} actions={<a class="btn" href="/import"><Icon name="file-up" />{t('nav.import')}</a>}>
      {t('catalogue.emptyMore')}
    </Empty>
  );
}

export default function DeskPage() {
  useTitle(t('nav.desk'));
  useScroll(true);
  const state = useStore(desk);
  const { member, result } = state;
  const input = useRef<HTMLInputElement>(null);

  // Focus comes back after any click, after the window comes back, and before any key that writes; and it is there
  // the moment the box is: a scanner that types into the first paint must not lose the beginning of a card.
  useLayoutEffect(() => {
    const focus = () => input.current?.focus();
    const elsewhere = (element: EventTarget | null) => element instanceof HTMLElement && element.closest('input, textarea, select, dialog, [contenteditable]') !== null;
    const clicked = (event: MouseEvent) => {
      const selected = window.getSelection();
      if (!elsewhere(event.target) && (!selected || selected.isCollapsed)) setTimeout(focus);
    };
    const key = (event: KeyboardEvent) => {
      if (elsewhere(event.target)) return;
      if (event.key === 'Escape') session.close();
      else if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey)) session.undoLast();
      else if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return;
      focus();
    };
    const action = (event: KeyboardEvent) => {
      const run = event.key === 'F8' ? desk.get().result?.actions[0]?.run : undefined;
      if (!run) return;
      event.preventDefault();
      run();
    };
    focus();
    document.addEventListener('click', clicked);
    window.addEventListener('keydown', key);
    window.addEventListener('keydown', action);
    window.addEventListener('focus', focus);
    return () => {
      document.removeEventListener('click', clicked);
      window.removeEventListener('keydown', key);
      window.removeEventListener('keydown', action);
      window.removeEventListener('focus', focus);
    };
  }, []);

  // "Open at the desk" on a member's page comes here as /?card=…
  useEffect(() => {
    const card = new URLSearchParams(place.get().search).get('card');
    if (!card) return;
    navigate('/', { replace: true });
    api.get<List<Member>>(`/members${query({ card })}`).then((found) => {
      if (found.data[0]) session.open(found.data[0]);
    }, () => session.scan(card));
  }, []);

  // The open member may have been edited elsewhere meanwhile; what is shown follows the server.
  const fresh = useGet<{ member: Member }>('members', member?.id ? memberPath(member.id) : null).data?.member;
  const shown = member && fresh && fresh.id === member.id ? fresh : member;
  const lines = visitOf(state);

  return (
    <>
      <div class="desk-head">
        <div class="borrower">
          <div>
            <h1>{shown ? <bdi>{shown.name}</bdi> : t('nav.desk')}</h1>
            <p class="second">
              {shown ? (
                <>
                  {shown.group ? <><bdi>{shown.group}</bdi> · </> : null}
                  {t('member.card')} <span class="machine">{shown.card}</span>
                  {shown.expires_on && shown.status === 'active' ? <> · {t('member.untilDay', { day: fullDay(shown.expires_on) })}</> : null}{' '}
                  {shown.id ? <MemberStatus member={shown} /> : null}
                </>
              ) : (
                t('desk.nobody')
              )}
            </p>
          </div>
          {shown ? (
            <div class="borrower-right">
              <button type="button" class="btn btn-small" onClick={() => session.close()}>{t('desk.close')} <kbd>{t('key.esc')}</kbd></button>
            </div>
          ) : null}
        </div>
        <ScanBox input={input} />
      </div>
      <div class="desk-grid slip-way">
        <div class="desk-main">
          <ResultLine result={result} />
          <NotDone />
          {!member && !result && lines.length === 0 ? <NoBooksYet /> : null}
          <VisitList lines={lines} open={member !== null} />
        </div>
        <aside class="desk-side slip-way">
          {shown?.note ? (
            <div class="notice notice-hold below">
              <Icon name="pencil" />
              <div><p><bdi>{shown.note}</bdi></p></div>
            </div>
          ) : null}
          {shown?.id ? <Has member={shown} lines={lines} /> : null}
          <Keys />
        </aside>
      </div>
    </>
  );
}
