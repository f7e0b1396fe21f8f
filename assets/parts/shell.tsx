/* The spine at the edge of every page, the bottom bar of five on small screens, the banner when the server is away, the toast. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { connection } from '../core/connection';
import { type Key, t } from '../core/messages';
import { place } from '../core/router';
import { loudness } from '../core/sound';
import { type Store, useStore } from '../core/store';
import { theme } from '../core/theme';
import { toast } from '../core/toast';
import { Icon, type IconName } from './icon';

interface Entry {
  to: string;
  icon: IconName;
  name: Key;
  /** Paths that belong to this entry besides its own. */
  also?: string;
}

const groups: { name: Key; entries: Entry[] }[] = [
  { name: 'nav.desk', entries: [{ to: '/', icon: 'scan-barcode', name: 'nav.desk' }, { to: '/borrows', icon: 'arrow-left-right', name: 'nav.borrows' }] },
  {
    name: 'nav.library',
    entries: [
      { to: '/catalogue', icon: 'library', name: 'nav.catalogue', also: '/books/' },
      { to: '/members', icon: 'users', name: 'nav.members', also: '/members/' },
      { to: '/dashboard', icon: 'layout-dashboard', name: 'nav.dashboard' },
      { to: '/import', icon: 'file-up', name: 'nav.import' },
    ],
  },
];

const entries = groups.flatMap((group) => group.entries);
const entryOf = (to: string): Entry => entries.find((entry) => entry.to === to) as Entry;

/** In the bar what is used all day; the rest, and this browser's choices, behind More. */
const bar: Entry[] = ['/', '/catalogue', '/members', '/borrows'].map(entryOf);
const rest: Entry[] = ['/dashboard', '/import'].map(entryOf);
const more: Entry = { to: '/more', icon: 'ellipsis', name: 'nav.more' };

/** What the bar has no room for: the page behind More. */
export function More() {
  return (
    <nav class="more" aria-label={t('nav.more')}>
      <ul>
        {rest.map((entry) => (
          <li><Links entries={[entry]} path="" /></li>
        ))}
      </ul>
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
            <span>{t(name)}</span>
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

export function Choices() {
  return (
    <>
      <Cycle
        of={loudness}
        values={['loud', 'quiet', 'off']}
        icon={(v) => (v === 'loud' ? 'volume-2' : v === 'quiet' ? 'volume-1' : 'volume-x')}
        text={(v) => t(v === 'loud' ? 'sound.loud' : v === 'quiet' ? 'sound.quiet' : 'sound.off')}
      />
      <Cycle
        of={theme}
        values={['system', 'light', 'dark']}
        icon={() => 'sun-moon'}
        text={(v) => t(v === 'system' ? 'theme.system' : v === 'light' ? 'theme.light' : 'theme.dark')}
      />
    </>
  );
}

function Banner() {
  const lost = useStore(connection.state) === 'lost';
  return (
    <div class="banner" role="status">
      {lost ? (
        <div class="notice notice-over">
          <Icon name="wifi-off" />
          <div>
            <p class="strong">{t('connection.lost')}</p>
            <p>{t('connection.trying')}</p>
          </div>
        </div>
      ) : null}
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
    done?.undo?.();
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

export function Shell({ children }: { children: ComponentChildren }) {
  const { path } = useStore(place);
  return (
    <>
      <a class="skip" href="#main">{t('nav.skip')}</a>
      <div class="shell">
        <nav class="spine" aria-label={t('nav.main')}>
          <div class="label">
            <b>Carrel</b>
            <span>{location.host}</span>
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
          <div class="spine-foot"><Choices /></div>
        </nav>
        <main class="page" id="main" tabIndex={-1}>
          <Banner />
          {children}
        </main>
        <nav class="bar" aria-label={t('nav.main')}>
          <Links entries={[...bar, more]} path={rest.some((entry) => entry.to === path) ? more.to : path} />
        </nav>
      </div>
      <Toasts />
    </>
  );
}
