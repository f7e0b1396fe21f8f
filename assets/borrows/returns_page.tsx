/* Scan after scan, whoever is open at the desk: what came back, and where the hand should put it. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { ApiError } from '../core/api';
import { lateness, money, time, weekday } from '../core/format';
import { t, tn } from '../core/messages';
import { sound } from '../core/sound';
import { store, useStore } from '../core/store';
import { useList, working } from '../core/query';
import { memberPath } from '../members/member';
import { Icon, type IconName } from '../parts/icon';
import { Section, useTitle } from '../parts/page_head';
import type { Borrow, HandedIn, Returned } from './borrow';
import { attempt, flush, newAct, now, onTold } from './desk_queue';
import { NotDone } from './kept_notes';
import { dueEnd, SlipToPrint } from './slip';

interface Line {
  key: number;
  at: string;
  barcode: string;
  back: Returned | HandedIn | null;
  refused: string;
  /** The act that this tells of, until it is done. */
  kept?: string;
}

const LINES_MAX = 200;

/* Outside the page: going to a member and coming back finds the same pile. */
const lines = store<Line[]>([]);
const waiting = store(0);

const barcodes: string[] = [];
let running = false;
let lastKey = 0;

function note(barcode: string, what: Partial<Line>): void {
  lastKey += 1;
  lines.set([{ key: lastKey, at: new Date().toISOString(), barcode, back: null, refused: '', ...what }, ...lines.get()].slice(0, LINES_MAX));
}

async function takeBack(barcode: string): Promise<void> {
  await flush();
  const act = newAct({ what: 'back', body: { barcode, ...now() } }, barcode);
  const done = await attempt(act);
  sound('back');
  note(barcode, done?.what === 'back' ? { back: done.borrow } : { kept: act.key });
}

onTold(({ act, done, error }) => {
  const became = (line: Line): Line => {
    const { kept: _, ...rest } = line;
    return done?.what === 'back' ? { ...rest, back: done.borrow, refused: '' } : { ...line, refused: error || '' };
  };
  lines.set(lines.get().map((line) => (line.kept === act.key ? became(line) : line)));
});

/** One after the other: ten quick scans have the effect of ten slow ones. */
async function work(): Promise<void> {
  running = true;
  working(true);
  for (let barcode = barcodes.shift(); barcode !== undefined; barcode = barcodes.shift()) {
    waiting.set(barcodes.length + 1);
    try {
      await takeBack(barcode);
    } catch (cause) {
      sound('refused');
      note(barcode, { refused: cause instanceof ApiError ? cause.message : t('error.unexpected') });
      if (!(cause instanceof ApiError)) setTimeout(() => { throw cause; });
    }
  }
  running = false;
  working(false);
  waiting.set(0);
}

function take(text: string): void {
  const barcode = text.trim();
  if (!barcode) return;
  barcodes.push(barcode);
  waiting.set(barcodes.length + (running ? 1 : 0));
  if (!running) void work();
}

interface Where {
  icon: IconName;
  text: string;
  tone: 'ok' | 'hold' | 'no';
}

/** Where it goes: to the hold shelf, to its own, or nowhere. */
function whereOf({ back, refused, kept }: Line): Where {
  if (kept && !refused) return { icon: 'clock-alert', text: t('offline.kept'), tone: 'hold' };
  if (!back) return { icon: 'circle-x', text: refused, tone: 'no' };
  const turn = back.next_hold;
  if (turn) return { icon: 'bookmark-check', text: t('desk.holdShelf', { name: turn.member_name, day: weekday(turn.pickup_until) }), tone: 'hold' };
  return { icon: 'arrow-down-left', text: back.copy?.shelf ? t('returns.toShelf', { shelf: back.copy.shelf }) : t('returns.toItsShelf'), tone: 'ok' };
}

function Last({ line }: { line: Line | undefined }) {
  const where = line ? whereOf(line) : null;
  return (
    <div role="status" aria-live="assertive" aria-atomic="true">
      {line && where ? (
        <div class={`result result-${where.tone}`} data-result={where.tone} key={line.key}>
          <Icon name={where.icon} />
          <div>
            <p class="verb">{line.back || (line.kept && !line.refused) ? where.text : t('desk.notBack')}</p>
            <p class={line.back ? 'call' : 'call call-code'}><bdi>{line.back ? line.back.book.title : line.barcode}</bdi></p>
            <p class="why">{line.back ? (line.back.id ? t('desk.backFrom', { name: line.back.member.name }) : t('returns.notOut')) : line.kept && !line.refused ? t('offline.keptBack') : where.text}</p>
          </div>
        </div>
      ) : null}
    </div>
  );
}

function Pile({ all }: { all: Line[] }) {
  const held = all.filter(({ back }) => back?.next_hold).length;
  const count = [tn('returns.count', all.length), held ? tn('returns.held', held) : ''].filter(Boolean).join(', ');
  return (
    <Section title={t('returns.pile')} {...(all.length ? { count } : {})}>
      {all.length === 0 ? (
        <p class="second">{t('returns.none')}</p>
      ) : (
        <table class="table table-stack">
          <caption class="sr">{t('returns.pile')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('book.title')}</th>
              <th scope="col" class="who-column">{t('borrow.member')}</th>
              <th scope="col">{t('returns.where')}</th>
              <th scope="col" class="num">{t('returns.fine')}</th>
            </tr>
          </thead>
          <tbody>
            {all.map((line) => {
              const { back } = line;
              const where = whereOf(line);
              const loan = back?.id ? back : null;
              return (
                <tr key={line.key}>
                  <td>
                    {back ? <a class="title" href={`/books/${back.book_id}`}><bdi>{back.book.title}</bdi></a> : <span class="machine">{line.barcode}</span>}
                    <span class="cell-2">{time(line.at)}</span>
                  </td>
                  <td class={loan ? '' : 'gone'} data-k={t('borrow.member')}>{loan ? <a class="plain" href={`/members/${loan.member_id}`}><bdi>{loan.member.name}</bdi></a> : null}</td>
                  <td data-k={t('returns.where')}><span class={where.tone === 'hold' ? 'pill pill-hold' : where.tone === 'no' ? 'pill pill-over' : 'second'}>{where.text}</span></td>
                  <td class={loan && loan.fine > 0 ? 'num' : 'num gone'} data-k={t('returns.fine')}>{loan && loan.fine > 0 ? <>{money(loan.fine)} <span class="cell-2">{lateness(loan.due_date, loan.returned_at)}</span></> : null}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </Section>
  );
}

/** Of whoever brought the last one back: all that they brought, and what they still have. */
function ReturnSlip({ all }: { all: Line[] }) {
  const member = all.map(({ back }) => (back?.id ? back.member : null)).find((one) => one !== null);
  const out = useList<Borrow>('borrows', member ? `${memberPath(member.id)}/borrows` : null, { status: 'borrowed', sort_by: 'due_date', order: 'asc', limit: 100 }).data;
  if (!member || !out) return null;
  const theirs = all.filter(({ back }) => back?.id && back.member.id === member.id);
  const back = theirs.map(({ key, back: loan }) => ({ key: String(key), what: loan?.book.title || '', end: loan?.id && loan.fine > 0 ? money(loan.fine) : '' }));
  const had = out.data.map(({ id, book, due_date }) => ({ key: id, what: book.title, end: dueEnd(due_date) }));
  return <SlipToPrint facts={{ member, at: theirs[0]?.at || '', lent: [], had, back }} />;
}

export default function ReturnsPage() {
  useTitle(t('nav.returns'));
  const all = useStore(lines);
  const left = useStore(waiting);
  const input = useRef<HTMLInputElement>(null);

  useLayoutEffect(() => input.current?.focus(), []);
  useEffect(() => {
    const back = () => input.current?.focus();
    const key = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select, dialog')) return;
      if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) back();
    };
    window.addEventListener('keydown', key);
    window.addEventListener('focus', back);
    return () => {
      window.removeEventListener('keydown', key);
      window.removeEventListener('focus', back);
    };
  }, []);

  const submit = (event: Event) => {
    event.preventDefault();
    const box = input.current;
    if (!box) return;
    take(box.value);
    box.value = '';
  };
  return (
    <>
      <div class="desk-head">
        <div class="borrower"><div><h1>{t('nav.returns')}</h1><p class="second">{t('returns.more')}</p></div></div>
        <form class="scan" aria-label={t('desk.scan')} onSubmit={submit}>
          <Icon name="scan-barcode" />
          <label class="sr" for="returned">{t('returns.scanLabel')}</label>
          <input id="returned" ref={input} autocomplete="off" autocorrect="off" autocapitalize="off" spellcheck={false} enterkeyhint="go" placeholder={t('returns.scan')} />
          <span class="scan-mode">{left > 1 ? t('desk.waiting', { n: left }) : t('desk.takingBack')}</span>
        </form>
      </div>
      <Last line={all[0]} />
      <NotDone />
      <div class="desk-grid returns-grid slip-way">
        <Pile all={all} />
        <aside class="desk-side slip-way"><ReturnSlip all={all} /></aside>
      </div>
    </>
  );
}
