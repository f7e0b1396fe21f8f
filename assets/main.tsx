/* Where the pages begin: the paths, and what stands behind each. The desk comes at once, the others when first visited. */
import { QueryClientProvider } from '@tanstack/preact-query';
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { SignInDialog, SignInPage } from './auth/sign_in';
import DeskPage from './borrows/desk_page';
import { ApiError } from './core/api';
import { connection } from './core/connection';
import { type Access, me, type Me, reaches } from './core/door';
import { goLive } from './core/live';
import { loadMessages, t } from './core/messages';
import { client } from './core/query';
import { listenForLinks, type Load, type Page, place, usePage } from './core/router';
import { begin as whoIsHere } from './core/session';
import { useStore } from './core/store';
import { isWanted, refillWhenOld } from './offline/catalogue_store';
import { canKeep, startWorker } from './offline/worker';
import { Icon } from './parts/icon';
import { PageHead, useTitle } from './parts/page_head';
import { More, Shell } from './parts/shell';
import { Empty, Wait } from './parts/states';

function MorePage() {
  useTitle(t('nav.more'));
  return (
    <>
      <PageHead title={t('nav.more')} />
      <More />
    </>
  );
}

const here = (page: unknown): Load => () => Promise.resolve({ default: page as Page });
const desk = here(DeskPage);
const signInPage = here(SignInPage);
const catalogue: Load = () => import('./books/catalogue_page');
const keptCatalogue: Load = () => import('./offline/kept_catalogue_page');
const myLoans: Load = () => import('./members/my_loans_page');
const firstRun: Load = () => import('./auth/first_run');
const rescue: Load = () => import('./rescue/rescue_page');
/** Swagger UI: its words and buttons are not ours, so it stands apart from the table, all of whose pages are held to our manners. */
const docs: Load = () => import('./docs/docs_page');

/** 'catalogue': everybody, or everybody who has signed in, as the library has it. */
type Needs = Access | 'catalogue';

const routes: [pattern: RegExp, needs: Needs, load: Load][] = [
  [/^\/more$/, 'anyone', here(MorePage)],
  [/^\/sign-in$/, 'anyone', signInPage],
  [/^\/reset$/, 'anyone', () => import('./auth/reset_page')],
  [/^\/register$/, 'anyone', () => import('./auth/register_page')],
  [/^\/account$/, 'member', () => import('./auth/account_page')],
  [/^\/catalogue$/, 'catalogue', catalogue],
  [/^\/books\/([^/]+)$/, 'catalogue', () => import('./books/book_page')],
  [/^\/lists$/, 'catalogue', () => import('./reading_lists/lists_page')],
  [/^\/lists\/([^/]+)$/, 'catalogue', () => import('./reading_lists/list_page')],
  [/^\/reviews$/, 'librarian', () => import('./reviews/reviews_page')],
  [/^\/members$/, 'librarian', () => import('./members/members_page')],
  [/^\/members\/([^/]+)$/, 'librarian', () => import('./members/member_page')],
  [/^\/borrows$/, 'librarian', () => import('./borrows/borrows_page')],
  [/^\/returns$/, 'librarian', () => import('./borrows/returns_page')],
  [/^\/overdue$/, 'librarian', () => import('./borrows/overdue_page')],
  [/^\/holds$/, 'librarian', () => import('./holds/holds_page')],
  [/^\/fines$/, 'librarian', () => import('./fines/fines_page')],
  [/^\/fines\/till$/, 'librarian', () => import('./fines/till_page')],
  [/^\/receipts\/([^/]+)$/, 'member', () => import('./fines/receipt_page')],
  [/^\/reports$/, 'librarian', () => import('./reports/reports_page')],
  [/^\/reports\/([^/]+)$/, 'librarian', () => import('./reports/report_page')],
  [/^\/notices$/, 'librarian', () => import('./notifications/notices_page')],
  [/^\/notices\/write$/, 'librarian', () => import('./notifications/write_page')],
  [/^\/notices\/templates$/, 'admin', () => import('./notifications/templates_page')],
  [/^\/messages$/, 'member', () => import('./notifications/messages_page')],
  [/^\/stocktakes$/, 'librarian', () => import('./stocktake/stocktakes_page')],
  [/^\/stocktakes\/([^/]+)$/, 'librarian', () => import('./stocktake/stocktake_page')],
  [/^\/duplicates$/, 'librarian', () => import('./duplicates/duplicates_page')],
  [/^\/duplicates\/merged$/, 'librarian', () => import('./duplicates/merges_page')],
  [/^\/authors$/, 'librarian', () => import('./duplicates/authors_page')],
  [/^\/categories$/, 'librarian', () => import('./duplicates/categories_page')],
  [/^\/labels$/, 'librarian', () => import('./labels/labels_page')],
  [/^\/dashboard$/, 'librarian', () => import('./analytics/dashboard_page')],
  [/^\/import$/, 'librarian', () => import('./catalogue_io/import_page')],
  [/^\/imports$/, 'librarian', () => import('./catalogue_io/imports_page')],
  [/^\/imports\/([^/]+)$/, 'librarian', () => import('./catalogue_io/batch_page')],
  [/^\/settings$/, 'admin', () => import('./settings/settings_page')],
  [/^\/settings\/overview$/, 'admin', () => import('./settings/overview_page')],
  [/^\/settings\/messages$/, 'admin', () => import('./settings/message_settings_page')],
  [/^\/settings\/rules$/, 'admin', () => import('./policies/rules_page')],
  [/^\/settings\/calendar$/, 'admin', () => import('./policies/calendar_page')],
  [/^\/settings\/year$/, 'admin', () => import('./members/school_year_page')],
  [/^\/settings\/jobs$/, 'admin', () => import('./jobs/jobs_page')],
  [/^\/settings\/accounts$/, 'admin', () => import('./auth/accounts_page')],
  [/^\/settings\/catalogues$/, 'admin', () => import('./lookup/targets_page')],
  [/^\/settings\/keys$/, 'admin', () => import('./auth/keys_page')],
  [/^\/settings\/webhooks$/, 'admin', () => import('./webhooks/webhooks_page')],
  [/^\/settings\/backups$/, 'admin', () => import('./backups/backups_page')],
  [/^\/settings\/health$/, 'admin', () => import('./health/health_page')],
  [/^\/settings\/audit$/, 'admin', () => import('./audit/audit_page')],
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

const noPage = here(NoPage);

function NotAllowed() {
  useTitle(t('page.notAllowed'));
  return (
    <>
      <PageHead title={t('page.notAllowed')} />
      <Empty icon="lock" title={t('page.notAllowedWhat')} actions={<a class="btn" href="/">{t('page.home')}</a>}>{t('page.notAllowedMore')}</Empty>
    </>
  );
}

const notAllowed = here(NotAllowed);

/** The start page of whoever is here. */
function homeOf(now: Me): Load {
  if (reaches(now.access, 'librarian')) return desk;
  if (now.access === 'member') return myLoans;
  return now.public_catalogue ? catalogue : signInPage;
}

function pageOf(path: string, now: Me): { load: Load; id: string } {
  if (path === '/' || (path === '/sign-in' && now.access !== 'anyone')) return { load: homeOf(now), id: '' };
  if (path === '/docs') return { load: docs, id: '' };
  for (const [pattern, its, load] of routes) {
    const match = pattern.exec(path);
    if (!match) continue;
    const needs: Access = its !== 'catalogue' ? its : now.public_catalogue ? 'anyone' : 'member';
    const id = match[1] ? decodeURIComponent(match[1]) : '';
    return { load: reaches(now.access, needs) ? load : now.access === 'anyone' ? signInPage : notAllowed, id };
  }
  return { load: noPage, id: '' };
}

function NotLoaded({ why, again }: { why: string; again: () => void }) {
  return (
    <div class="state state-error" role="alert">
      <Icon name="triangle-alert" />
      <h3>{t('page.notLoaded')}</h3>
      <p>{why}</p>
      <div class="actions">
        <button type="button" class="btn" onClick={again}><Icon name="refresh-cw" />{t('act.again')}</button>
      </div>
    </div>
  );
}

function Inside({ now }: { now: Me }) {
  const { path } = useStore(place);
  const isLost = useStore(connection.state) === 'lost';
  const hasCatalogue = useStore(isWanted) === 'on';
  const { load: there, id } = pageOf(path, now);
  const load = isLost && hasCatalogue && there === catalogue ? keptCatalogue : there;
  const { page: Shown, failed, again } = usePage(load);

  // A new page begins at its beginning for the keyboard and the screen reader too; the desk goes to its box itself.
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    if (path !== '/') document.getElementById('main')?.focus({ preventScroll: true });
  }, [path]);

  return (
    <>
      <Shell now={now}>
        {Shown ? <Shown id={id} key={path} /> : failed ? <NotLoaded why={t('error.noAnswer')} again={again} /> : <Wait />}
      </Shell>
      <SignInDialog />
    </>
  );
}

/** Until the library is set up, and while it cannot be opened, there is one page, whatever the address. */
function Alone({ load }: { load: Load }) {
  const { page: Shown, failed, again } = usePage(load);
  return Shown ? <Shown id="" /> : failed ? <NotLoaded why={t('error.noAnswer')} again={again} /> : <Wait />;
}

/** In the background; should nobody answer, the next visit tries again. */
function refillCatalogue(): void {
  if (canKeep && isWanted.get() === 'on') refillWhenOld().catch(() => undefined);
}

function App() {
  const now = useStore(me);
  const [problem, setProblem] = useState('');
  const [isClosed, setClosed] = useState(false);
  const ask = () => {
    setProblem('');
    whoIsHere().then(refillCatalogue, (cause: unknown) => {
      if (cause instanceof ApiError && cause.code === 'LIBRARY_CLOSED') setClosed(true);
      else setProblem(cause instanceof Error ? cause.message : String(cause));
    });
  };
  useEffect(ask, []);
  if (isClosed) return <Alone load={rescue} />;
  if (now) return now.setup_required ? <Alone load={firstRun} /> : <Inside now={now} />;
  return <main class="page">{problem ? <NotLoaded why={problem} again={ask} /> : <Wait />}</main>;
}

function begin(): void {
  listenForLinks();
  goLive();
  startWorker();
  render(
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>,
    document.getElementById('app') as HTMLElement,
  );
}

loadMessages().then(begin, begin);
