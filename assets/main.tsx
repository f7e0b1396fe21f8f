/* Where the pages begin: the paths, and what stands behind each. The desk comes at once, the others when first visited. */
import { QueryClientProvider } from '@tanstack/preact-query';
import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import DeskPage from './borrows/desk_page';
import { t } from './core/messages';
import { client } from './core/query';
import { listenForLinks, type Load, type Page, place, usePage } from './core/router';
import { useStore } from './core/store';
import { Icon } from './parts/icon';
import { PageHead, useTitle } from './parts/page_head';
import { More, Shell } from './parts/shell';
import { Wait } from './parts/states';

function MorePage() {
  useTitle(t('nav.more'));
  return (
    <>
      <PageHead title={t('nav.more')} />
      <More />
    </>
  );
}

const more: Load = () => Promise.resolve({ default: MorePage as Page });
const desk: Load = () => Promise.resolve({ default: DeskPage as Page });

const routes: [pattern: RegExp, load: Load][] = [
  [/^\/$/, desk],
  [/^\/more$/, more],
  [/^\/catalogue$/, () => import('./books/catalogue_page')],
  [/^\/books\/([^/]+)$/, () => import('./books/book_page')],
  [/^\/members$/, () => import('./members/members_page')],
  [/^\/members\/([^/]+)$/, () => import('./members/member_page')],
  [/^\/borrows$/, () => import('./borrows/borrows_page')],
  [/^\/dashboard$/, () => import('./analytics/dashboard_page')],
  [/^\/import$/, () => import('./catalogue_io/import_page')],
];

function NoPage() {
  useTitle(t('page.none'));
  return (
    <>
      <PageHead title={t('page.none')} />
      <p>{t('page.noneMore')}</p>
    </>
  );
}

const noPage: Load = () => Promise.resolve({ default: NoPage as Page });

function App() {
  const { path } = useStore(place);
  let load = noPage;
  let id = '';
  for (const [pattern, its] of routes) {
    const match = pattern.exec(path);
    if (!match) continue;
    load = its;
    id = match[1] ? decodeURIComponent(match[1]) : '';
    break;
  }
  const { page: Shown, failed, again } = usePage(load);

  // A new page begins at its beginning for the keyboard and the screen reader too; the desk goes to its box itself.
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    if (path !== '/') document.getElementById('main')?.focus({ preventScroll: true });
  }, [path]);

  return (
    <Shell>
      {Shown ? (
        <Shown id={id} key={path} />
      ) : failed ? (
        <div class="state state-error" role="alert">
          <Icon name="triangle-alert" />
          <h3>{t('page.notLoaded')}</h3>
          <p>{t('error.noAnswer')}</p>
          <div class="actions">
            <button type="button" class="btn" onClick={again}><Icon name="refresh-cw" />{t('act.again')}</button>
          </div>
        </div>
      ) : (
        <Wait />
      )}
    </Shell>
  );
}

listenForLinks();
render(
  <QueryClientProvider client={client}>
    <App />
  </QueryClientProvider>,
  document.getElementById('app') as HTMLElement,
);
