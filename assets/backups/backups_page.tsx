/* Backups: whether the last one is young enough, which there are, another one now, and how one is restored. */
import { api } from '../core/api';
import { useForm } from '../core/form';
import { count, day, decimal, time } from '../core/format';
import { type Key, t, tn, tx } from '../core/messages';
import { changed, useGet } from '../core/query';
import { said } from '../core/server_words';
import { say } from '../core/toast';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Empty, Failed, Refused, Wait } from '../parts/states';
import { SettingsHead } from '../settings/settings_head';

interface Backup {
  id: string;
  kind: 'manual' | 'hourly' | 'daily' | 'weekly' | 'second';
  started_at: string;
  error: string | null;
  path: string | null;
  bytes: number;
  books: number;
  members: number;
  open_borrows: number;
  verified: 'quick' | 'full' | null;
}

interface Backups {
  scheduled: boolean;
  directory: string;
  second_directory: string | null;
  second_is_there: boolean;
  last_good_at: string | null;
  is_old: boolean;
  backups: Backup[];
}

const PATH = '/admin/backups';

const KIND: Record<Backup['kind'], Key> = { manual: 'backup.manual', hourly: 'backup.hourly', daily: 'backup.daily', weekly: 'backup.weekly', second: 'backup.second' };

const moment = (at: string): string => `${day(at)}, ${time(at)}`;

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

function Rows({ rows }: { rows: Backup[] }) {
  return (
    <table class="table table-stack">
      <caption class="sr">{t('settings.backups')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('backup.when')}</th>
          <th scope="col">{t('backup.kind')}</th>
          <th scope="col">{t('backup.inIt')}</th>
          <th scope="col" class="num">{t('backup.size')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td class="any">
              <b class="title"><time dateTime={row.started_at}>{moment(row.started_at)}</time></b>
              {row.path ? <span class="cell-2 machine">{row.path}</span> : <span class="cell-2">{row.error ? said(row.error) : null}</span>}
            </td>
            <td data-k={t('backup.kind')}>{t(KIND[row.kind])} {row.error ? <span class="pill pill-over">{t('backup.failed')}</span> : null}</td>
            <td class={row.error ? 'gone' : 'any'} data-k={t('backup.inIt')}>
              {row.error ? null : (
                <>
                  {tn('backup.titles', row.books)}, {tn('backup.members', row.members)}, {tn('backup.loans', row.open_borrows)}
                  <span class="cell-2">{t(row.verified === 'full' ? 'backup.full' : 'backup.quick')}</span>
                </>
              )}
            </td>
            <td class={row.error ? 'num gone' : 'num nowrap'} data-k={t('backup.size')}>{row.error ? null : t('backup.mb', { n: decimal(row.bytes / 1e6) })}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Where({ all }: { all: Backups }) {
  return (
    <Section title={t('backup.where')}>
      <p>{tx('backup.folder', { path: <span class="machine">{all.directory}</span> })}</p>
      <p class="second">{all.second_directory === null ? t('backup.noSecond') : tx('backup.secondFolder', { path: <span class="machine">{all.second_directory}</span> })}</p>
      <p class="second">{tx('backup.restore', { command: <span class="machine">carrel --db library.db --restore FILE</span> })}</p>
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
  const all = result.data;
  return (
    <>
      <SettingsHead>
        <form onSubmit={form.submit} noValidate>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}><Icon name="download" />{t(form.busy ? 'backup.busy' : 'backup.now')}</button>
        </form>
      </SettingsHead>
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      {all ? (
        <>
          <State all={all} />
          {all.backups.length === 0 ? (
            <Empty icon="library" title={t('backup.empty')}>{t('backup.emptyMore')}</Empty>
          ) : (
            <Section title={t('settings.backups')} count={count(all.backups.length)}><Rows rows={all.backups} /></Section>
          )}
          <Where all={all} />
        </>
      ) : result.error ? (
        <Failed error={result.error} title={t('backup.notHere')} again={() => void result.refetch()} />
      ) : (
        <Wait />
      )}
    </>
  );
}
