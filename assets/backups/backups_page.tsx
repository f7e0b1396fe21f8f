/* Backups: whether the last one is young enough, which there are, another one now, and one put in the library's place. */
import { useState } from 'preact/hooks';
import { api } from '../core/api';
import { useForm } from '../core/form';
import { count, decimal, moment, time } from '../core/format';
import { type Key, t, tn, tx } from '../core/messages';
import { changed, useGet } from '../core/query';
import { said } from '../core/server_words';
import { say } from '../core/toast';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Empty, Failed, Refused, Wait } from '../parts/states';
import { SettingsHead } from '../settings/settings_head';
import { type Journal, JournalLine } from './journal_line';
import { fileName, type Restore, type RestoreFile, type Which } from './restore';
import { PassphraseForm, type Sealing } from './passphrase_form';
import { RestoreDialog } from './restore_dialog';
import { RestoreProgress } from './restore_progress';

interface Backup {
  id: string;
  kind: 'manual' | 'hourly' | 'daily' | 'weekly' | 'second' | 'upgrade';
  started_at: string;
  error: string | null;
  path: string | null;
  bytes: number;
  books: number;
  members: number;
  open_borrows: number;
  verified: 'quick' | 'full' | null;
  sealed: boolean;
}

interface Backups extends Sealing {
  scheduled: boolean;
  directory: string;
  second_directory: string | null;
  second_is_there: boolean;
  journal: Journal;
  last_good_at: string | null;
  is_old: boolean;
  backups: Backup[];
}

const PATH = '/admin/backups';

const KIND: Record<Backup['kind'], Key> = { manual: 'backup.manual', hourly: 'backup.hourly', daily: 'backup.daily', weekly: 'backup.weekly', second: 'backup.second', upgrade: 'backup.upgrade' };

function State({ all }: { all: Backups }) {
  return (
    <>
      <div class={all.is_old ? 'notice notice-over below' : 'notice notice-ok below'}>
        <Icon name={all.is_old ? 'triangle-alert' : 'circle-check'} />
        <div>
          <p>{all.last_good_at === null ? t('backup.none') : t('backup.last', { when: moment(all.last_good_at) })}</p>
          {all.is_old ? <p>{t(all.scheduled ? 'backup.oldMore' : 'backup.offMore')}</p> : null}
        </div>
      </div>
      {all.second_directory !== null && !all.second_is_there ? (
        <div class="notice below">
          <Icon name="triangle-alert" />
          <p>{tx('backup.secondAway', { path: <span class="machine">{all.second_directory}</span> })}</p>
        </div>
      ) : null}
    </>
  );
}

type Choose = ((which: Which) => void) | null;

/** Without `choose` another restore is under way: the button says so by not being there. */
function RestoreButton({ choose, which, of }: { choose: Choose; which: Which; of: string }) {
  if (!choose) return null;
  return <button type="button" class="btn btn-quiet btn-small" aria-label={t('restore.this', { of })} onClick={() => choose(which)}><Icon name="undo-2" />{t('restore.begin')}</button>;
}

function Rows({ rows, choose }: { rows: Backup[]; choose: Choose }) {
  return (
    <table class="table table-stack">
      <caption class="sr">{t('settings.backups')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('backup.when')}</th>
          <th scope="col">{t('backup.kind')}</th>
          <th scope="col">{t('backup.inIt')}</th>
          <th scope="col" class="num">{t('backup.size')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td class="any">
              <b class="title"><time dateTime={row.started_at}>{moment(row.started_at)}</time></b>
              {row.path ? <span class="cell-2 machine">{row.path}</span> : <span class="cell-2">{row.error ? said(row.error) : null}</span>}
            </td>
            <td data-k={t('backup.kind')}>{t(KIND[row.kind])} {row.error ? <span class="pill pill-over">{t('backup.failed')}</span> : null}{row.sealed ? <span class="pill">{t('seal.pill')}</span> : null}</td>
            <td class={row.error ? 'gone' : 'any'} data-k={t('backup.inIt')}>
              {row.error ? null : (
                <>
                  {tn('backup.titles', row.books)}, {tn('backup.members', row.members)}, {tn('backup.loans', row.open_borrows)}
                  <span class="cell-2">{t(row.verified === 'full' ? 'backup.full' : 'backup.quick')}</span>
                </>
              )}
            </td>
            <td class={row.error ? 'num gone' : 'num nowrap'} data-k={t('backup.size')}>{row.error ? null : t('backup.mb', { n: decimal(row.bytes / 1e6) })}</td>
            <td class="acts">{row.error ? null : <RestoreButton choose={choose} which={{ backup_id: row.id }} of={moment(row.started_at)} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What no row of this library knows of: those of before a restore, and the libraries that restores have kept. */
function Others({ rows, choose }: { rows: Backup[]; choose: Choose }) {
  const known = new Set(rows.map((row) => row.path));
  const files = (useGet<{ files: RestoreFile[] }>('backups', '/admin/restore/files').data?.files ?? []).filter((file) => !known.has(file.path));
  if (files.length === 0) return null;
  return (
    <Section title={t('restore.others.title')} count={count(files.length)}>
      <ul class="lines">
        {files.map((file) => (
          <li key={file.path}>
            <span>
              {file.made_at ? moment(file.made_at) : fileName(file.path)}
              <span class="sub">{t(file.kind === 'aside' ? 'restore.wasAside' : 'restore.wasBackup')} <span class="machine">{file.path}</span></span>
            </span>
            <span class="end"><RestoreButton choose={choose} which={{ path: file.path }} of={fileName(file.path)} /></span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Where({ all }: { all: Backups }) {
  return (
    <Section title={t('backup.where')}>
      <p>{tx('backup.folder', { path: <span class="machine">{all.directory}</span> })}</p>
      <p class="second">{all.second_directory === null ? t('backup.noSecond') : tx('backup.secondFolder', { path: <span class="machine">{all.second_directory}</span> })}</p>
      {all.second_directory === null ? null : <JournalLine journal={all.journal} />}
      <p class="second">{tx('restore.byHand', { command: <span class="machine">carrel --db library.db --restore FILE</span> })}</p>
      <p><a href="/settings">{t('backup.toSettings')}</a></p>
    </Section>
  );
}

export default function BackupsPage() {
  const result = useGet<Backups>('backups', PATH);
  const form = useForm({}, async () => {
    const made = await api.post<Backup>(PATH, {});
    changed('backups', 'audit');
    say(t('backup.made', { when: time(made.started_at) }));
  });
  const [chosen, setChosen] = useState<Which | null>(null);
  const [begun, setBegun] = useState<Restore | null>(null);
  const [isRestoring, setRestoring] = useState(false);
  const all = result.data;
  const choose: Choose = isRestoring ? null : setChosen;
  return (
    <>
      <SettingsHead>
        <form onSubmit={form.submit} noValidate>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}><Icon name="download" />{t(form.busy ? 'backup.busy' : 'backup.now')}</button>
        </form>
      </SettingsHead>
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      <RestoreProgress begun={begun} busy={setRestoring} />
      {all ? (
        <>
          <State all={all} />
          {all.backups.length === 0 ? (
            <Empty icon="library" title={t('backup.empty')}>{t('backup.emptyMore')}</Empty>
          ) : (
            <Section title={t('settings.backups')} count={count(all.backups.length)}><Rows rows={all.backups} choose={choose} /></Section>
          )}
          <Others rows={all.backups} choose={choose} />
          <Where all={all} />
          <PassphraseForm overview={all} />
        </>
      ) : result.error ? (
        <Failed error={result.error} title={t('backup.notHere')} again={() => void result.refetch()} />
      ) : (
        <Wait />
      )}
      {chosen ? <RestoreDialog which={chosen} begun={setBegun} close={() => setChosen(null)} /> : null}
    </>
  );
}
