/* How the library is doing: now, and over days one chooses. Every figure leads to the list it counts. */
import { type ComponentChildren, Fragment } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Borrow } from '../borrows/borrow';
import { api } from '../core/api';
import { may } from '../core/door';
import { count, day, dayNumber, dayRange, decimal, month, percent, percentParts, time, weekday } from '../core/format';
import { type Key, t, tn, tx } from '../core/messages';
import { useLive } from '../core/query';
import { navigate, useScroll } from '../core/router';
import { Icon } from '../parts/icon';
import { Section, useTitle } from '../parts/page_head';
import { Empty, Failed, Wait } from '../parts/states';
import { Chart, topOf } from './chart';
import { DateRange, useRange } from './date_range';
import { type Activity, type Bin, binsOf, type Days, type Summary, type Unit, unitOf } from './summary';

/** Besides what events tell (core/live.ts): often enough to look alive, seldom enough to cost nothing. */
const EVERY = 15_000;

const LATE = '/borrows?show=late&sort_by=due_date';
const OUT = '/borrows?show=out';
const lentIn = ({ from, to }: Days): string => `/borrows?from=${from}&to=${to}`;

function Figure({ to, name, value, scale, over }: { to: string; name: string; value: ComponentChildren; scale: string; over?: boolean }) {
  return (
    <a class={over ? 'figure is-over' : 'figure'} href={to}>
      <span class="k">{name}</span>
      <span class="v">{value}</span>
      <span class="n">{scale}</span>
    </a>
  );
}

/** What the score loses, and for what: 100 less half of each percent overdue, less 10 when almost nothing or almost everything is out. */
function healthWhy({ overview: { health_score, utilization_rate } }: Summary): string {
  const edge = utilization_rate < 5 || utilization_rate > 95;
  const late = 100 - health_score - (edge ? 10 : 0);
  const parts: string[] = [];
  if (late > 0.05) parts.push(t('dash.offLate', { n: decimal(late) }));
  if (edge) parts.push(t(utilization_rate < 5 ? 'dash.offFew' : 'dash.offMany'));
  return parts.length ? parts.join(', ') : t('dash.offNothing');
}

function Figures({ summary, lent, days }: { summary: Summary; lent: number; days: Days }) {
  const { overview: now, inventory_health: shelves, forecast } = summary;
  return (
    <div class="figures">
      <Figure to="/catalogue" name={t('dash.titles')} value={count(now.total_books)} scale={tn('dash.neverLentCount', shelves.never_borrowed_books)} />
      <Figure to={OUT} name={t('dash.out')} value={count(now.active_borrows)} scale={tn('dash.lentIn', lent)} />
      <Figure
        to={LATE}
        name={t('dash.overdue')}
        value={count(now.overdue_borrows)}
        scale={now.active_borrows ? t('dash.ofOut', { part: percent((now.overdue_borrows / now.active_borrows) * 100) }) : t('borrows.empty')}
        over={now.overdue_borrows > 0}
      />
      <Figure
        to={OUT}
        name={t('dash.inUse')}
        value={percentParts(now.utilization_rate).map(({ sign, text }) => (sign ? <small>{text.trim()}</small> : text))}
        scale={t('dash.inUseMore')}
      />
      <Figure to={LATE} name={t('dash.health')} value={<>{decimal(now.health_score)}<small>{t('dash.of100')}</small></>} scale={healthWhy(summary)} />
      <Figure to={lentIn(days)} name={t('dash.next7')} value={count(forecast.projected_next_7_days_total)} scale={tn('dash.aDay', forecast.daily_projection)} />
    </div>
  );
}

/** One bin in words: the day or days, and what was. */
const binName = (bin: Bin, unit: Unit): string => (unit === 'day' ? weekday(bin.from) : unit === 'month' && bin.days > 27 ? month(bin.from) : dayRange(bin.from, bin.to, 'short'));
const binLoans = (bin: Bin): string => (bin.loans ? tn('dash.loans', bin.loans) : t('dash.noLoans'));
const binMembers = (bin: Bin, unit: Unit): string =>
  bin.members === null ? t('dash.noMembers') : unit === 'day' ? tn('dash.members', bin.members) : t('dash.membersADay', { n: decimal(bin.members) });

const LOANS: Record<Unit, Key> = { day: 'dash.loansDay', week: 'dash.loansWeek', month: 'dash.loansMonth' };
const MEMBERS: Record<Unit, Key> = { day: 'dash.membersDay', week: 'dash.membersWeek', month: 'dash.membersMonth' };

/** Two charts, the same days below each other: on one, the members' line hides the tops of the bars, for most readers take one book a day. */
function Trend({ summary, days, lent }: { summary: Summary; days: Days; lent: number }) {
  const [at, read] = useState<number | null>(null);
  useEffect(() => read(null), [days.from, days.to]);

  const unit = unitOf(days);
  const bins = useMemo(() => binsOf(summary, days, unit), [summary, days.from, days.to]);
  const { forecast } = summary;
  const generated = new Date(summary.generated_at);
  const ended = new Date(`${days.to}T23:59:59.999`) < generated;
  const value = unit === 'day' ? forecast.daily_projection : forecast.projected_next_7_days_total;
  const band = ended || unit === 'month' || value === 0 ? undefined : { bins: unit === 'day' ? 7 : 1, value };

  const total = dayNumber(days.to) - dayNumber(days.from) + 1;
  const head = <>{t(LOANS[unit])}</>;
  const inAll = tn('dash.inDays', total, { total: count(lent) });
  const active = summary.daily_active_members.filter((one) => one.count > 0);
  const mean = active.length ? active.reduce((sum, one) => sum + one.count, 0) / active.length : 0;

  if (lent === 0 && active.length === 0) {
    return (
      <Section title={head} count={inAll}>
        <Empty icon="arrow-up-right" title={t('dash.nothingLent')}>{t('dash.nothingLentMore')}</Empty>
      </Section>
    );
  }

  const busiest = bins.reduce((best, bin, i) => (bin.loans > (bins[best] as Bin).loans ? i : best), 0);
  const shown = at === null ? busiest : at;
  const bin = bins[shown];
  const words = bin ? `${binName(bin, unit)}: ${binLoans(bin)}, ${binMembers(bin, unit)}` : t('dash.expected', { total: count(forecast.projected_next_7_days_total), n: count(forecast.daily_projection) });
  const range = dayRange(days.from, days.to);
  const loans = bins.map((one) => one.loans);
  const members = bins.map((one) => one.members);

  const tops = [topOf({ bars: loans, band }), topOf({ line: members })];
  const room = tops.sort((a, b) => b.length - a.length)[0] as string;

  return (
    <Section title={head} count={inAll} aside={band ? <span class="legend"><span><svg viewBox="0 0 16 12" aria-hidden="true"><rect class="band" width="16" height="12" y="2" /><path class="ld" d="M0 2h16" /></svg>{t('dash.next7')}</span></span> : null}>
      <Chart
        label={t('dash.chartLoans', { range })}
        bins={bins} unit={unit} bars={loans} band={band} room={room} at={at} read={read}
        keys={{ value: words, open: () => { if (bin) navigate(lentIn(bin)); } }}
      />
      <p class="chart-read">
        {at === null ? <span class="second">{t('dash.busiest')} </span> : null}
        {bin ? (
          <><a href={lentIn(bin)}>{binName(bin, unit)}</a> · <span class="nowrap">{binLoans(bin)}</span> · <span class="nowrap">{binMembers(bin, unit)}</span></>
        ) : words}
      </p>
      <div class="chart-second">
        <div class="section-head">
          <h3>{t(MEMBERS[unit])} <span class="count">{t('dash.membersMean', { n: decimal(mean) })}</span></h3>
        </div>
        <Chart
          label={t('dash.chartMembers', { range })}
          bins={bins} unit={unit} line={members} free={band ? band.bins : 0} room={room} small at={at !== null && at < bins.length ? at : null} read={read}
        />
      </div>
      <details class="numbers">
        <summary>{t('dash.asTable')}</summary>
        <table class="table table-dense">
          <caption class="sr">{t('dash.chartBoth', { range })}</caption>
          <thead>
            <tr>
              <th scope="col">{t(unit === 'day' ? 'dash.columnDay' : 'dash.columnDays')}</th>
              <th scope="col" class="num">{t('nav.borrows')}</th>
              <th scope="col" class="num">{t(unit === 'day' ? 'dash.activeMembers' : 'dash.columnMean')}</th>
            </tr>
          </thead>
          <tbody>
            {bins.map((one) => (
              <tr key={one.from}>
                <td><a class="plain" href={lentIn(one)}>{binName(one, unit)}</a></td>
                <td class="num">{count(one.loans)}</td>
                <td class="num">{decimal(one.members || 0)}</td>
              </tr>
            ))}
          </tbody>
          {band ? <tfoot><tr><td colSpan={3} class="second">{t('dash.expected', { total: count(forecast.projected_next_7_days_total), n: count(forecast.daily_projection) })}</td></tr></tfoot> : null}
        </table>
      </details>
    </Section>
  );
}

function Overdue({ summary: { overdue_breakdown: tiers, overview } }: { summary: Summary }) {
  const rows = [
    { n: tiers.days_1_3, name: t('dash.late1to3'), order: 'desc' },
    { n: tiers.days_4_7, name: t('dash.late4to7'), order: 'desc' },
    { n: tiers.days_7_plus, name: t('dash.lateMore'), order: 'asc' },
  ];
  const sum = rows.reduce((all, row) => all + row.n, 0);
  let x = 0;
  const parts = rows.map((row, i) => {
    const width = (row.n / sum) * 100;
    const part = { tone: `t${i + 1}`, x, width };
    x += width;
    return part;
  }).filter((part) => part.width > 0);
  return (
    <Section title={t('dash.overdue')} count={count(overview.overdue_borrows)} aside={<a href={`${LATE}&order=asc`}>{t('order.dueFirst')}</a>}>
      {sum === 0 ? <p class="second">{t('borrows.noneLate')}</p> : (
        <>
          <svg class="meter tier-bar" role="img" aria-label={rows.map((row) => `${row.name}: ${count(row.n)}`).join(', ')}>
            {parts.map((part, i) => <rect class={part.tone} x={`${i ? part.x + 0.2 : part.x}%`} width={`${Math.max(0.1, i ? part.width - 0.2 : part.width)}%`} height="100%" />)}
          </svg>
          <ul class="lines">
            {rows.map((row, i) => (
              <li>
                <span class={`sw sw-${i + 1}`} />
                <a class="plain" href={`${LATE}&order=${row.order}`}>{row.name}</a>
                <span class="end">{count(row.n)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

function Shelves({ summary: { inventory_health: shelves } }: { summary: Summary }) {
  const few = '/catalogue?sort_by=available_copies&order=asc';
  const rows: [to: string, name: Key, more: Key | null, n: number][] = [
    [few, 'dash.low', 'dash.lowMore', shelves.low_stock_books],
    [few, 'dash.allOut', null, shelves.fully_unavailable_books],
    ['/catalogue?sort_by=borrow_count&order=asc', 'dash.neverLent', 'dash.neverLentMore', shelves.never_borrowed_books],
  ];
  return (
    <Section title={t('dash.shelves')} aside={<a href="/catalogue">{t('nav.catalogue')}</a>}>
      <ul class="lines">
        {rows.map(([to, name, more, n]) => (
          <li>
            <a class="plain" href={to}>{t(name)}{more ? <span class="sub">{t(more)}</span> : null}</a>
            <span class="end">{count(n)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

interface Leader {
  to: string;
  name: string;
  by?: string;
  n: number;
}

function Leaders({ title, aside, none, rows }: { title: string; aside: ComponentChildren; none: string; rows: Leader[] }) {
  const most = Math.max(1, ...rows.map((row) => row.n));
  return (
    <Section title={title} aside={aside}>
      {rows.length === 0 ? <p class="second">{none}</p> : null}
      <ol class="lines">
        {rows.map((row, i) => (
          <li key={row.to}>
            <span class="rank" aria-hidden="true">{count(i + 1)}</span>
            <a class="plain who" href={row.to}><bdi>{row.name}</bdi>{row.by ? <span class="sub"><bdi>{row.by}</bdi></span> : null}</a>
            <svg class="meter" aria-hidden="true" focusable="false">
              <rect class="t" width="100%" height="100%" />
              <rect class="f" width={`${(row.n / most) * 100}%`} height="100%" />
            </svg>
            <span class="end num"><span aria-hidden="true">{count(row.n)}</span><span class="sr">{tn('dash.loans', row.n)}</span></span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** The activity names the loan, its title and its member, but not their pages: a plain press asks the loan for the way, and a
    link kept or opened beside this page finds them by name. */
function follow(event: MouseEvent, row: Activity, what: 'book' | 'member'): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const byName = (event.currentTarget as HTMLAnchorElement).getAttribute('href') as string;
  api.get<Borrow>(`/borrows/${encodeURIComponent(row.id)}`).then(
    (loan) => navigate(what === 'book' ? `/books/${loan.book_id}` : `/members/${loan.member_id}`),
    () => navigate(byName),
  );
}

const dateOf = (at: string | number): string => new Date(at).toDateString();

function JustNow({ rows, fresh }: { rows: Activity[]; fresh: boolean }) {
  return (
    <Section
      title={t('desk.justNow')}
      class="just-now"
      aside={<span class="pill pill-plain">{fresh ? <><Icon name="circle-dot" />{t('dash.live')}</> : <><Icon name="wifi-off" />{t('dash.notLive')}</>}</span>}
    >
      {rows.length === 0 ? <p class="second">{t('desk.justNowEmpty')}</p> : null}
      <ol class="timeline">
        {rows.map((row, i) => {
          // The clock says enough of today; before that each day is said once.
          const before = i ? (rows[i - 1] as Activity).timestamp : Date.now();
          const member = row.member_name === null ? null : (
            <a class="plain" href={`/members?q=${encodeURIComponent(row.member_name)}`} onClick={(event) => follow(event, row, 'member')}><bdi>{row.member_name}</bdi></a>
          );
          return (
            <Fragment key={`${row.type} ${row.id}`}>
              {dateOf(row.timestamp) === dateOf(before) ? null : <li class="timeline-day">{day(row.timestamp)}</li>}
              <li>
                <time dateTime={row.timestamp}>{time(row.timestamp)}</time>
                <Icon name={row.type === 'return' ? 'arrow-down-left' : 'arrow-up-right'} tone={row.type === 'return' ? 'ok' : ''} />
                <span>
                  <a class="plain" href={`/catalogue?q=${encodeURIComponent(row.book_title)}`} onClick={(event) => follow(event, row, 'book')}><bdi>{row.book_title}</bdi></a>
                  <span class="sub">{member ? tx(row.type === 'return' ? 'dash.backFrom' : 'dash.lentTo', { name: member }) : t('borrow.forgotten')}</span>
                </span>
              </li>
            </Fragment>
          );
        })}
      </ol>
    </Section>
  );
}

/** Whoever may make a backup is led there; the others can tell somebody. */
function BackupNag({ summary }: { summary: Summary }) {
  if (!summary.backup_is_old) return null;
  return (
    <div class="notice below">
      <Icon name="triangle-alert" />
      <p>
        {t(summary.last_backup_at === null ? 'dash.noBackup' : 'dash.oldBackup')}{' '}
        {may('admin') ? <a href="/settings/backups">{t('dash.toBackups')}</a> : t('dash.tellBackups')}
      </p>
    </div>
  );
}

export default function DashboardPage() {
  useTitle(t('nav.dashboard'));
  const range = useRange();
  const { days } = range;
  const result = useLive<Summary>('analytics', '/analytics/summary', { from: days.from, to: days.to }, EVERY);
  const { data, error, isPlaceholderData } = result;
  useScroll(data !== undefined && !isPlaceholderData, location.search);

  const lent = data ? data.daily_borrows.reduce((sum, one) => sum + one.count, 0) : 0;
  // What is shown belongs to the days it was asked for: while others are on their way, the title waits with it.
  const [had, setHad] = useState(days);
  if (data && !isPlaceholderData && (had.from !== days.from || had.to !== days.to)) setHad(days);
  const shown = isPlaceholderData ? had : days;

  return (
    <>
      <header class="page-head">
        <div>
          <h1>{t('nav.dashboard')}</h1>
          <p>
            {dayRange(shown.from, shown.to)}
            {data ? <> · <span class="nowrap">{t('dash.upToDate', { time: time(data.generated_at) })}</span></> : null}
          </p>
        </div>
        <DateRange range={range} />
      </header>
      {data ? <BackupNag summary={data} /> : null}
      {data ? (
        data.overview.total_books === 0 && data.overview.active_borrows === 0 && lent === 0 ? (
          <Empty icon="layout-dashboard" title={t('dash.empty')} actions={<a class="btn" href="/import"><Icon name="file-up" />{t('nav.import')}</a>}>{t('dash.emptyMore')}</Empty>
        ) : (
          <div aria-busy={isPlaceholderData}>
            <Figures summary={data} lent={lent} days={shown} />
            <Trend summary={data} days={shown} lent={lent} />
            <div class="cols cols-3">
              <Overdue summary={data} />
              <Shelves summary={data} />
              <JustNow rows={data.recent_activity} fresh={!error} />
              <Leaders
                title={t('dash.mostRead')}
                aside={<a href="/catalogue?sort_by=borrow_count&order=desc">{t('dash.ofAllTime')}</a>}
                none={t('dash.nothingLent')}
                rows={data.popular_books.map((book) => ({ to: `/books/${book.book_id}`, name: book.title, by: book.author, n: book.borrow_count }))}
              />
              <Leaders
                title={t('dash.readers')}
                aside={<a href="/members">{t('nav.members')}</a>}
                none={t('dash.nobody')}
                rows={data.top_members.map((member) => ({ to: `/members/${member.member_id}`, name: member.name, n: member.borrow_count }))}
              />
            </div>
          </div>
        )
      ) : error ? (
        <Failed error={error} title={t('dash.failed')} again={() => void result.refetch()} />
      ) : (
        <Wait />
      )}
    </>
  );
}
