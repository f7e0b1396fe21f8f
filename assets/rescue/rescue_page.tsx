/* The library cannot be opened: calm words for everybody; for whoever stands at its machine, the backups and a way back. */
import { useEffect, useState } from 'preact/hooks';
import { api, ApiError } from '../core/api';
import { useForm } from '../core/form';
import { decimal, moment } from '../core/format';
import { type Key, t, tn, tx } from '../core/messages';
import { said } from '../core/server_words';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { PageHead, Section, useTitle } from '../parts/page_head';
import { Empty, Failed, Refused } from '../parts/states';

interface Rescue {
  reason: 'damaged' | 'foreign' | 'too_new' | 'gone';
  library_name: string | null;
  code_needed: boolean;
  restore: 'none' | 'staging' | 'ready' | 'swapping' | 'failed' | 'done';
  restore_detail: string | null;
  bytes: number;
  bytes_done: number;
}

interface File {
  path: string;
  kind: string | null;
  verified: string | null;
  made_at: string;
  bytes: number;
  sealed: boolean;
  counted: boolean;
  books: number;
  members: number;
  open_borrows: number;
}

interface Found {
  detail: string;
  library: string;
  may_begin_anew: boolean;
  restore_detail: string | null;
  files: File[];
}

const EVERY_MS = 1000;
const REASON: Record<Rescue['reason'], Key> = { damaged: 'rescue.damaged', foreign: 'rescue.foreign', too_new: 'rescue.tooNew', gone: 'rescue.gone' };

/** How the rescue is; 'back' when there is a library again, 'away' while nobody answers. */
async function look(): Promise<Rescue | 'back' | 'away'> {
  try {
    return await api.peek<Rescue>('/rescue');
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    return cause.status === 404 || cause.status === 403 ? 'back' : 'away';
  }
}

const isUnderWay = (now: Rescue): boolean => ['staging', 'ready', 'swapping'].includes(now.restore);

/* ---------- which backup ---------- */

function RestoreThis({ file, code, begun, close }: { file: File; code: string; begun: () => void; close: () => void }) {
  const when = moment(file.made_at);
  const form = useForm({ passphrase: '' }, async ({ passphrase }) => {
    await api.post('/rescue/restore', { path: file.path, ...(code ? { code } : {}), ...(passphrase ? { passphrase } : {}) });
    begun();
    close();
  });
  return (
    <Dialog title={t('rescue.ask', { when })} close={close}>
      <form onSubmit={form.submit} noValidate>
        <p>{t('rescue.askMore', { when })}</p>
        {file.sealed ? <Field form={form} name="passphrase" label={t('restore.passphrase')} hint={t('restore.passphraseHint')} type="password" required /> : null}
        {form.problem ? <Refused error={form.problem} /> : null}
        <div class="actions">
          <button type="button" class="btn" data-focus onClick={close}>{t('rescue.leave')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'restore.do')}</button>
        </div>
      </form>
    </Dialog>
  );
}

function Files({ found, code, begun }: { found: Found; code: string; begun: () => void }) {
  const [chosen, setChosen] = useState<File | null>(null);
  return (
    <>
      <ul class="lines">
        {found.files.map((file) => (
          <li key={file.path}>
            <span>
              <b>{moment(file.made_at)}</b>
              <span class="sub">
                {file.kind === 'aside' ? `${t('restore.wasAside')} ` : ''}
                {file.counted ? `${tn('backup.titles', file.books)}, ${tn('backup.members', file.members)}, ${tn('backup.loans', file.open_borrows)}` : t('rescue.notCounted')}
                {file.verified ? `; ${t('rescue.checked')}` : ''}
                {file.sealed ? `; ${t('rescue.sealed')}` : ''}
                {`; ${t('backup.mb', { n: decimal(file.bytes / 1e6) })}`}
              </span>
              <span class="sub machine">{file.path}</span>
            </span>
            <span class="end">
              <button type="button" class="btn" aria-label={t('restore.this', { of: moment(file.made_at) })} onClick={() => setChosen(file)}><Icon name="undo-2" />{t('restore.begin')}</button>
            </span>
          </li>
        ))}
      </ul>
      {chosen ? <RestoreThis file={chosen} code={code} begun={begun} close={() => setChosen(null)} /> : null}
    </>
  );
}

function Anew({ code, begun }: { code: string; begun: () => void }) {
  const form = useForm({}, async () => {
    await api.post('/rescue/anew', { confirm: true, ...(code ? { code } : {}) });
    begun();
  });
  return (
    <form class="apart" onSubmit={form.submit} noValidate>
      {form.problem ? <Refused error={form.problem} /> : null}
      <p class="second">{t('rescue.anewMore')}</p>
      <button type="submit" class="btn btn-danger" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'rescue.anew')}</button>
    </form>
  );
}

function WayBack({ found, code, begun, again }: { found: Found; code: string; begun: () => void; again: () => void }) {
  return (
    <>
      {found.restore_detail ? <div class="notice notice-over below" role="alert"><Icon name="circle-x" /><p>{said(found.restore_detail)}</p></div> : null}
      <Section title={t('rescue.backups')} aside={<button type="button" class="btn btn-quiet btn-small" onClick={again}><Icon name="refresh-cw" />{t('rescue.again')}</button>}>
        {found.files.length ? (
          <Files found={found} code={code} begun={begun} />
        ) : (
          <Empty icon="library" title={t('rescue.none')}>{tx('rescue.noneMore', { command: <span class="machine">carrel --restore FILE --force</span> })}</Empty>
        )}
        {found.may_begin_anew ? <Anew code={code} begun={begun} /> : null}
      </Section>
      <Section title={t('rescue.what')}>
        <p>{said(found.detail)}</p>
        <p>{tx('rescue.file', { path: <span class="machine">{found.library}</span> })}</p>
        {found.may_begin_anew ? null : <p class="second">{tx('rescue.advice', { command: <span class="machine">carrel --salvage NEW.db</span> })}</p>}
      </Section>
    </>
  );
}

/** The code is asked for once and kept while the page is open. */
function ForAdmin({ needsCode, begun }: { needsCode: boolean; begun: () => void }) {
  const [found, setFound] = useState<Found | null>(null);
  const form = useForm({ code: '' }, async ({ code }) => setFound(await api.post<Found>('/rescue/files', needsCode ? { code } : {})));
  const [problem, setProblem] = useState<ApiError | null>(null);
  const again = () => {
    setProblem(null);
    api.post<Found>('/rescue/files', needsCode ? { code: form.values.code } : {}).then(setFound, (cause: unknown) => {
      setFound(null);
      if (cause instanceof ApiError) setProblem(cause);
      else throw cause;
    });
  };
  useEffect(() => {
    if (!needsCode) again();
  }, []);
  if (found) return <WayBack found={found} code={needsCode ? form.values.code : ''} begun={begun} again={again} />;
  if (!needsCode) return problem ? <Failed error={problem} title={t('backup.notHere')} again={again} /> : null;
  return (
    <Section title={t('rescue.forAdmin')}>
      <form class="narrow" onSubmit={form.submit} noValidate>
        {form.problem || problem ? <div class="below"><Refused error={(form.problem || problem) as ApiError} /></div> : null}
        <Field form={form} name="code" label={t('setup.code')} hint={t('rescue.codeMore')} machine required />
        <div class="actions"><button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'rescue.show')}</button></div>
      </form>
    </Section>
  );
}

/* ---------- the page ---------- */

function UnderWay({ now, away }: { now: Rescue; away: boolean }) {
  const mb = (bytes: number) => decimal(bytes / 1e6);
  const copying = !away && now.restore === 'staging' && now.bytes_done < now.bytes;
  const text = copying ? t('restore.copying', { done: mb(now.bytes_done), all: mb(now.bytes) }) : !away && now.restore === 'staging' ? t('restore.checking') : t('restore.swapping');
  return (
    <div class="notice below" role="status">
      <Icon name="refresh-cw" />
      <div class="grow">
        <p>{text}</p>
        <progress class="progress" aria-label={text} {...(copying ? { value: now.bytes_done, max: now.bytes } : {})} />
      </div>
    </div>
  );
}

export default function RescuePage() {
  useTitle(t('rescue.title'));
  const [now, setNow] = useState<Rescue | null>(null);
  const [away, setAway] = useState(false);
  const [begun, setBegun] = useState(0);
  useEffect(() => {
    let timer = 0;
    let stopped = false;
    const turn = async () => {
      const next = await look();
      if (stopped) return;
      if (next === 'back') return location.assign('/');
      if (next !== 'away') setNow(next);
      setAway(next === 'away');
      timer = window.setTimeout(() => void turn(), EVERY_MS);
    };
    void turn();
    return () => {
      stopped = true;
      window.clearTimeout(timer);
    };
  }, [begun]);
  if (!now) return null;
  const busy = isUnderWay(now) || away;
  return (
    <main class="page rescue" id="main" tabIndex={-1}>
      <PageHead title={t('rescue.title')} facts={now.library_name ? <bdi>{now.library_name}</bdi> : undefined} />
      <div class="notice below">
        <Icon name="triangle-alert" />
        <div>
          <p>{t(REASON[now.reason])}</p>
          <p>{t('rescue.calm')}</p>
        </div>
      </div>
      {busy ? <UnderWay now={now} away={away} /> : null}
      {now.restore === 'failed' && now.code_needed ? (
        <div class="notice notice-over below" role="alert"><Icon name="circle-x" /><p>{t('rescue.failed')}</p></div>
      ) : null}
      {busy ? null : <ForAdmin needsCode={now.code_needed} begun={() => setBegun((n) => n + 1)} />}
    </main>
  );
}
