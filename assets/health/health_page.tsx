/* System health: what was looked at, how it is, and where it is mended. */
import type { ComponentChildren } from 'preact';
import { decimal, moment } from '../core/format';
import { type Key, t, tn, tx } from '../core/messages';
import { useGet } from '../core/query';
import { said } from '../core/server_words';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Failed, Wait } from '../parts/states';
import { SettingsHead } from '../settings/settings_head';

type State = 'ok' | 'warn' | 'bad';

export interface Check {
  name: string;
  state: State;
  /** In the server's words: of a check that this page does not know. */
  text: string;
  figures: Record<string, number | string | null>;
}

export interface Health {
  state: State;
  checks: Check[];
}

export const OVERALL: Record<State, Key> = { ok: 'health.ok', warn: 'health.warn', bad: 'health.bad' };
export const STATE: Record<State, Key> = { ok: 'health.stateOk', warn: 'health.stateWarn', bad: 'health.stateBad' };
export const PILL: Record<State, string> = { ok: 'pill pill-ok', warn: 'pill pill-soon', bad: 'pill pill-over' };

const number = (check: Check, name: string): number => Number(check.figures[name] ?? 0);
const GIGABYTES_FROM = 1e10;
function size(check: Check, name: string): string {
  const bytes = number(check, name);
  return bytes < GIGABYTES_FROM ? t('health.mb', { n: decimal(bytes / 1e6) }) : t('health.gb', { n: decimal(bytes / 1e9) });
}
const has = (check: Check, name: string): boolean => typeof check.figures[name] === 'number';

interface Words {
  name: Key;
  what: ComponentChildren;
  figures?: ComponentChildren[];
  link?: [path: string, text: Key];
}

function database(check: Check): Words {
  const piling = check.state !== 'ok' && number(check, 'free_bytes') <= number(check, 'bytes') / 2;
  const checked = check.figures.last_full_check_at;
  const damage = number(check, 'damage_met');
  return {
    name: 'health.database',
    what: damage > 0 ? tx('health.databaseDamaged', { command: <span class="machine">carrel --db library.db --check</span> }) : check.state === 'ok' ? t('health.databaseOk') : piling ? t('health.databaseWal') : tx('health.databaseEmpty', { command: <span class="machine">carrel --db library.db --compact</span> }),
    figures: [
      t('health.databaseFigures', { size: size(check, 'bytes'), empty: size(check, 'free_bytes'), wal: size(check, 'wal_bytes') }),
      typeof checked === 'string' ? t('health.checked', { when: moment(checked) }) : t('health.neverChecked'),
      ...(damage > 0 ? [tn('health.damage', damage)] : []),
    ],
    link: ['/settings/backups', 'health.toBackups'],
  };
}

function disk(check: Check): Words {
  const rooms: [string, Key][] = [['free_bytes', 'health.diskFigures'], ['backup_free_bytes', 'health.diskBackups'], ['second_free_bytes', 'health.diskSecond']];
  return {
    name: 'health.disk',
    what: t(({ ok: 'health.diskOk', warn: 'health.diskWarn', bad: 'health.diskBad' } as const)[check.state]),
    figures: rooms.filter(([name]) => has(check, name) && number(check, name) >= 0).map(([name, key]) => t(key, { free: size(check, name) })),
  };
}

function backups(check: Check): Words {
  const last = check.figures.last_good_at;
  const bad: Key = typeof last === 'string' ? 'health.backupsOld' : 'health.backupsNone';
  const warn: Key = check.figures.folder_is_there === 0 ? 'health.backupsAway' : 'health.backupsSecond';
  return {
    name: 'health.backups',
    what: t(({ ok: 'health.backupsOk', warn, bad } as const)[check.state]),
    figures: [
      ...(typeof last === 'string' ? [t('health.backupsFigures', { when: moment(last) })] : []),
      ...(check.state === 'bad' && check.figures.folder_is_there === 0 ? [t('health.backupsAway')] : []),
    ],
    link: ['/settings/backups', 'health.toBackups'],
  };
}

function journal(check: Check): Words {
  const { folder_is_there: there, gap_since_at: gap, last_written_at: last } = check.figures;
  const trouble: Key = !there ? 'health.journalAway' : gap ? 'health.journalGap' : 'health.journalSlow';
  return {
    name: 'health.journal',
    what: t(!check.figures.on ? 'health.journalOff' : check.state === 'ok' ? 'health.journalOk' : trouble),
    figures: typeof last === 'string' ? [t('health.journalLast', { when: moment(last) })] : [],
    link: ['/settings/backups', 'health.toBackups'],
  };
}

function writer(check: Check): Words {
  return {
    name: 'health.writer',
    what: t(check.figures.keeps_wal ? 'health.writerKeeps' : ({ ok: 'health.writerOk', warn: 'health.writerWarn', bad: 'health.writerBad' } as const)[check.state]),
    figures: [t('health.writerFigures', { n: number(check, 'last_wait_ms') })],
  };
}

function clock(check: Check): Words {
  const zone = String(check.figures.zone ?? '');
  const behind = number(check, 'behind_ms') > 1000;
  return {
    name: 'health.clock',
    what: check.state === 'ok' ? t('health.clockOk') : behind ? t('health.clockBehind') : t('health.clockZone', { zone }),
    figures: zone ? [zone] : [],
    ...(check.state === 'ok' || behind ? {} : { link: ['/settings', 'health.toSettings'] as [string, Key] }),
  };
}

function certificate(check: Check): Words {
  const there = has(check, 'days_left');
  return {
    name: 'health.certificate',
    what: there ? t(({ ok: 'health.certificateOk', warn: 'health.certificateWarn', bad: 'health.certificateBad' } as const)[check.state]) : t('health.certificateNone'),
    figures: there ? [tn('health.days', number(check, 'days_left'))] : [],
    ...(check.state === 'ok' ? {} : { link: ['/settings/jobs', 'health.toJobs'] as [string, Key] }),
  };
}

function card(check: Check): Words {
  return {
    name: 'health.card',
    what: t(check.state === 'ok' ? 'health.cardOk' : 'health.cardWarn'),
    figures: number(check, 'commits') > 0 ? [t('health.cardFigures', { n: number(check, 'p99_ms') })] : [],
    link: ['/settings/backups', 'health.toBackups'],
  };
}

function mail(check: Check): Words {
  const [late, failed] = [number(check, 'late'), number(check, 'failed')];
  return {
    name: 'health.mail',
    what: t(({ ok: 'health.mailOk', warn: 'health.mailWarn', bad: 'health.mailBad' } as const)[check.state]),
    figures: [...(late > 0 ? [tn('health.mailLate', late)] : []), ...(failed > 0 ? [tn('health.mailFailed', failed)] : [])],
    link: ['/settings/messages', 'health.toSettings'],
  };
}

function webhooks(check: Check): Words {
  const dead = number(check, 'dead');
  return {
    name: 'health.webhooks',
    what: t(check.state === 'ok' ? 'health.webhooksOk' : 'health.webhooksWarn'),
    figures: dead > 0 ? [tn('health.webhooksFigures', dead)] : [],
  };
}

function versions(check: Check): Words {
  const { carrel, sqlite, schema } = check.figures;
  return { name: 'health.versions', what: t('health.versionsOk', { carrel: String(carrel), sqlite: String(sqlite), schema: String(schema) }) };
}

export const WORDS: Record<string, (check: Check) => Words> = { database, disk, backups, journal, writer, clock, certificate, card, mail, webhooks, versions };

function Row({ check }: { check: Check }) {
  const words = WORDS[check.name]?.(check);
  return (
    <tr>
      <td class="any">
        <b class="title">{words ? t(words.name) : check.name}</b>
        <span class="cell-2">{words ? words.what : said(check.text)}</span>
        {words?.link && check.state !== 'ok' ? <a class="cell-2" href={words.link[0]}>{t(words.link[1])}</a> : null}
      </td>
      <td data-k={t('health.state')}><span class={PILL[check.state]}>{t(STATE[check.state])}</span></td>
      <td class={words?.figures?.length ? 'any' : 'gone'} data-k={t('health.figures')}>
        {words?.figures?.map((line) => <span class="cell-2">{line}</span>)}
      </td>
    </tr>
  );
}

export default function HealthPage() {
  const result = useGet<Health>('health', '/admin/health-check');
  const all = result.data;
  return (
    <>
      <SettingsHead>
        <button type="button" class="btn" onClick={() => void result.refetch()}><Icon name="refresh-cw" />{t('health.again')}</button>
      </SettingsHead>
      {all ? (
        <>
          <div class={`notice below${all.state === 'ok' ? ' notice-ok' : all.state === 'bad' ? ' notice-over' : ''}`} role="status">
            <Icon name={all.state === 'ok' ? 'circle-check' : 'triangle-alert'} />
            <p>{t(OVERALL[all.state])}</p>
          </div>
          <Section title={t('settings.health')}>
            <table class="table table-stack table-roomy">
              <caption class="sr">{t('settings.health')}</caption>
              <thead>
                <tr>
                  <th scope="col">{t('health.what')}</th>
                  <th scope="col">{t('health.state')}</th>
                  <th scope="col">{t('health.figures')}</th>
                </tr>
              </thead>
              <tbody>{all.checks.map((check) => <Row key={check.name} check={check} />)}</tbody>
            </table>
          </Section>
        </>
      ) : result.error ? (
        <Failed error={result.error} title={t('health.failed')} again={() => void result.refetch()} />
      ) : (
        <Wait />
      )}
    </>
  );
}
