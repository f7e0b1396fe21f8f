/* The spine at the edge of every page, the bottom bar of five on small screens, the banner when the server is away, the toast. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { AlertBanner } from '../alerts/alert_banner';
import { SignOut } from '../auth/sign_out';
import { KeptCount, KeptNotice } from '../borrows/kept_notes';
import { ApiError } from '../core/api';
import { connection } from '../core/connection';
import { askToSignIn, ended, may, me, type Me, reaches } from '../core/door';
import { chosen, CHOICES, LANGUAGES } from '../core/language';
import { type Key, t } from '../core/messages';
import { place } from '../core/router';
import { loudness } from '../core/sound';
import { type Store, useStore } from '../core/store';
import { theme } from '../core/theme';
import { say, toast } from '../core/toast';
import { Unread } from '../notifications/unread';
import { WaitingReviews } from '../reviews/waiting';
import { Icon, type IconName } from './icon';

interface Entry {
  to: string;
  icon: IconName;
  name: Key;
  /** Paths that belong to this entry besides its own. */
  also?: string;
}

interface Group {
  name: Key;
  entries: Entry[];
}

const DESK: Entry = { to: '/', icon: 'scan-barcode', name: 'nav.desk' };
const RETURNS: Entry = { to: '/returns', icon: 'arrow-down-left', name: 'nav.returns' };
const OVERDUE: Entry = { to: '/overdue', icon: 'clock-alert', name: 'nav.overdue' };
const HOLDS: Entry = { to: '/holds', icon: 'bookmark-check', name: 'nav.holds' };
const FINES: Entry = { to: '/fines', icon: 'coins', name: 'nav.fines', also: '/fines/' };
const BORROWS: Entry = { to: '/borrows', icon: 'arrow-left-right', name: 'nav.borrows' };
const CATALOGUE: Entry = { to: '/catalogue', icon: 'library', name: 'nav.catalogue', also: '/books/' };
const MEMBERS: Entry = { to: '/members', icon: 'users', name: 'nav.members', also: '/members/' };
const NOTICES: Entry = { to: '/notices', icon: 'mail', name: 'nav.notices', also: '/notices/' };
const DASHBOARD: Entry = { to: '/dashboard', icon: 'layout-dashboard', name: 'nav.dashboard' };
const REPORTS: Entry = { to: '/reports', icon: 'chart-column', name: 'nav.reports', also: '/reports/' };
const IMPORT: Entry = { to: '/import', icon: 'file-up', name: 'nav.import', also: '/imports' };
const STOCK: Entry = { to: '/stocktakes', icon: 'list-checks', name: 'nav.stock', also: '/stocktakes/' };
const LISTS: Entry = { to: '/lists', icon: 'list', name: 'nav.lists', also: '/lists/' };
const REVIEWS: Entry = { to: '/reviews', icon: 'star', name: 'nav.reviews' };
const LABELS: Entry = { to: '/labels', icon: 'tags', name: 'nav.labels' };
const TIDY: Entry = { to: '/duplicates', icon: 'merge', name: 'nav.tidy', also: '/duplicates/' };
const SETTINGS: Entry = { to: '/settings', icon: 'settings', name: 'nav.settings', also: '/settings/' };
const MESSAGES: Entry = { to: '/messages', icon: 'bell', name: 'nav.messages' };
const MINE: Entry = { to: '/', icon: 'library', name: 'nav.mine' };
const LOOK_UP: Entry = { ...CATALOGUE, icon: 'search' };
const SIGN_IN: Entry = { to: '/sign-in', icon: 'log-in', name: 'signin.title' };
const MORE: Entry = { to: '/more', icon: 'ellipsis', name: 'nav.more' };

/** What the navigation offers: nothing that would be refused. */
interface Offer {
  groups: Group[];
  /** In the bar what is used all day; the rest, and this browser's choices, behind More. */
  bar: Entry[];
  rest: Entry[];
  /** Whose page the address / shows. */
  home: string;
}

function offerOf({ access, public_catalogue: open }: Me): Offer {
  if (reaches(access, 'librarian')) {
    const office = reaches(access, 'admin') ? [SETTINGS] : [];
    return {
      groups: [
        { name: 'nav.desk', entries: [DESK, RETURNS, HOLDS, OVERDUE, FINES] },
        { name: 'nav.library', entries: [CATALOGUE, LISTS, REVIEWS, MEMBERS, NOTICES, BORROWS, DASHBOARD, REPORTS, STOCK, TIDY, LABELS, IMPORT] },
        ...(office.length ? [{ name: 'nav.office', entries: office } as const] : []),
      ],
      bar: [DESK, CATALOGUE, MEMBERS, BORROWS],
      rest: [RETURNS, HOLDS, OVERDUE, FINES, LISTS, REVIEWS, NOTICES, DASHBOARD, REPORTS, STOCK, TIDY, LABELS, IMPORT, ...office],
      home: '/',
    };
  }
  const bar = reaches(access, 'member') ? [MINE, LOOK_UP, MESSAGES] : open ? [LOOK_UP, SIGN_IN] : [SIGN_IN];
  return { groups: [{ name: 'nav.library', entries: bar }], bar, rest: [], home: (bar[0] as Entry).to };
}

/** Who one is here, and the way out. */
function Person() {
  const account = useStore(me)?.account;
  const { path } = useStore(place);
  if (!account) return null;
  return (
    <>
      <a href="/account" {...(path === '/account' ? { 'aria-current': 'page' as const } : {})}><Icon name="circle-user" /><span><bdi>{account.name}</bdi></span></a>
      <SignOut />
    </>
  );
}

/** What the bar has no room for: the page behind More. */
export function More() {
  const now = useStore(me);
  return (
    <nav class="more" aria-label={t('nav.more')}>
      <ul>
        {(now ? offerOf(now).rest : []).map((entry) => (
          <li><Links entries={[entry]} path="" /></li>
        ))}
      </ul>
      <Person />
      <Choices />
    </nav>
  );
}

function Links({ entries, path }: { entries: Entry[]; path: string }) {
  return (
    <>
      {entries.map(({ to, icon, name, also }) => {
        const current = path === to || (also !== undefined && path.startsWith(also));
        return (
          <a href={to} {...(current ? { 'aria-current': 'page' as const } : {})}>
            <Icon name={icon} />
            <span>{t(name)}{to === '/reviews' ? <WaitingReviews /> : to === '/messages' ? <Unread /> : null}</span>
          </a>
        );
      })}
    </>
  );
}

/** A button that steps through the few values of a choice and says which one holds. */
function Cycle<T extends string>({ of, values, icon, text }: { of: Store<T>; values: readonly T[]; icon: (value: T) => IconName; text: (value: T) => string }) {
  const value = useStore(of);
  const next = values[(values.indexOf(value) + 1) % values.length] as T;
  return (
    <button type="button" onClick={() => of.set(next)}>
      <Icon name={icon(value)} />
      <span>{text(value)}</span>
    </button>
  );
}

function Choices() {
  return (
    <>
      {may('librarian') ? (
        <Cycle
          of={loudness}
          values={['loud', 'quiet', 'off']}
          icon={(v) => (v === 'loud' ? 'volume-2' : v === 'quiet' ? 'volume-1' : 'volume-x')}
          text={(v) => t(v === 'loud' ? 'sound.loud' : v === 'quiet' ? 'sound.quiet' : 'sound.off')}
        />
      ) : null}
      <Cycle
        of={theme}
        values={['system', 'light', 'dark']}
        icon={() => 'sun-moon'}
        text={(v) => t(v === 'system' ? 'theme.system' : v === 'light' ? 'theme.light' : 'theme.dark')}
      />
      <Cycle of={chosen} values={CHOICES} icon={() => 'languages'} text={(v) => (v === 'library' ? t('language.library') : LANGUAGES[v])} />
    </>
  );
}

function Banner() {
  const lost = useStore(connection.state) === 'lost';
  const isEnded = useStore(ended);
  return (
    <div class="banner" role="status">
      {lost ? (
        <div class="notice notice-over">
          <Icon name="wifi-off" />
          <div>
            <p class="strong">{t('connection.lost')}</p>
            <p>{t(may('librarian') ? 'offline.trying' : 'connection.trying')}</p>
            <KeptCount />
          </div>
        </div>
      ) : isEnded ? (
        <div class="notice">
          <Icon name="lock" />
          <div>
            <p class="strong">{t('signin.ended')}</p>
            <p>{t('signin.endedMore')}</p>
            <div class="actions">
              <button type="button" class="btn" onClick={() => void askToSignIn(true)}><Icon name="log-in" />{t('signin.do')}</button>
            </div>
          </div>
        </div>
      ) : (
        <>
          {may('librarian') ? <AlertBanner /> : null}
          <KeptNotice />
        </>
      )}
    </div>
  );
}

function Toasts() {
  const current = useStore(toast);
  const timer = useRef(0);
  const leave = () => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => toast.set(null), 8000);
  };
  const stay = () => window.clearTimeout(timer.current);
  const undo = () => {
    const done = toast.get();
    toast.set(null);
    Promise.resolve(done?.undo?.()).catch((cause: unknown) => {
      if (!(cause instanceof ApiError)) throw cause;
      say(`${t('desk.notUndone')}: ${cause.message}`);
    });
  };

  useEffect(() => {
    if (!current) return;
    leave();
    const key = (event: KeyboardEvent) => {
      const field = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
      if (!current.undo || field || event.key !== 'z' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      undo();
    };
    window.addEventListener('keydown', key);
    return () => {
      stay();
      window.removeEventListener('keydown', key);
    };
  }, [current]);

  return (
    <div class="toasts" role="status">
      {current ? (
        <div class="toast" key={current.key} onMouseEnter={stay} onMouseLeave={leave} onFocusCapture={stay} onBlurCapture={leave}>
          <bdi>{current.text}</bdi>
          {current.undo ? <button type="button" class="btn" onClick={undo}>{t('act.undo')}</button> : null}
        </div>
      ) : null}
    </div>
  );
}

export function Shell({ now, children }: { now: Me; children: ComponentChildren }) {
  const { path: address } = useStore(place);
  const { groups, bar, rest, home } = offerOf(now);
  const path = address === '/' ? home : address;
  const isBehindMore = rest.some(({ to, also }) => to === path || (also !== undefined && path.startsWith(also))) || path === '/account';
  return (
    <>
      <a class="skip" href="#main">{t('nav.skip')}</a>
      <div class="shell">
        <nav class="spine" aria-label={t('nav.main')}>
          <div class="label">
            <b><bdi>{now.library_name}</bdi></b>
            <span>Carrel</span>
          </div>
          {groups.map((group) => (
            <>
              <p class="spine-h">{t(group.name)}</p>
              <ul>
                {group.entries.map((entry) => (
                  <li><Links entries={[entry]} path={path} /></li>
                ))}
              </ul>
            </>
          ))}
          <div class="spine-foot"><Person /><Choices /></div>
        </nav>
        <main class="page" id="main" tabIndex={-1}>
          <Banner />
          {children}
        </main>
        <nav class="bar" aria-label={t('nav.main')}>
          <Links entries={[...bar, MORE]} path={isBehindMore ? MORE.to : path} />
        </nav>
      </div>
      <Toasts />
    </>
  );
}
