/* The school year's turn: every class with what becomes of it, looked at first, done in one act, and undone. */
import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { count, day } from '../core/format';
import { useForm } from '../core/form';
import { useListState } from '../core/list_state';
import { t, tn } from '../core/messages';
import { useList } from '../core/query';
import { said } from '../core/server_words';
import { say } from '../core/toast';
import { Ask } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { ListView } from '../parts/list_view';
import { Section } from '../parts/page_head';
import { Empty, Failed, Refused, Wait } from '../parts/states';
import { SettingsHead } from '../settings/settings_head';
import { allGroups, type Group, type Move, nextGroup, previewRollOver, type RollOver, rollOver, type RollOverFacts, type RollOverReport, undoRollOver } from './roll_over';

type Fate = 'stays' | 'moves' | 'leaves';

interface Line {
  fate: Fate;
  to: string;
}

/** Where a class of the next number is there, it moves into it; what becomes of the others somebody has to say. */
function linesOf(groups: Group[]): Record<string, Line> {
  const names = new Set(groups.map(({ name }) => name));
  return Object.fromEntries(groups.map(({ name }): [string, Line] => {
    const to = nextGroup(name);
    return [name, { fate: to !== name && names.has(to) ? 'moves' : 'stays', to: to === name ? '' : to }];
  }));
}

const toldUndone = ({ put_back: back, left }: { put_back: number; left: number }): void =>
  say(left ? t('year.undoneBut', { back: tn('members.count', back), left: count(left) }) : t('year.undone', { back: tn('members.count', back) }));

/** What would happen, and who cannot leave. */
function Preview({ report }: { report: RollOverReport }) {
  const { moves, cannot_leave: stuck, cannot_leave_omitted: more } = report;
  return (
    <div class="below apart" role="status">
      <p class="below"><b>{t('year.preview', { moved: count(report.moved), archived: count(report.archived) })}</b></p>
      <ul class="lines">
        {moves.map((move) => (
          <li key={move.from_group}>
            <span class="becomes"><bdi>{move.from_group}</bdi> <Icon name="chevron-right" /> {move.to_group ? <bdi>{move.to_group}</bdi> : t('year.leaves')}</span>
            <span class="end">{tn('members.count', move.members)}</span>
          </li>
        ))}
      </ul>
      {stuck.length ? (
        <>
          <h3 class="apart">{tn('year.stuck', stuck.length + more)}</h3>
          <ul class="lines">
            {stuck.map(({ member, detail }) => (
              <li key={member.id}>
                <span><a class="plain" href={`/members/${member.id}`}><bdi>{member.name}</bdi></a><span class="sub">{member.group ? <><bdi>{member.group}</bdi>: </> : null}{said(detail)}</span></span>
              </li>
            ))}
            {more ? <li class="second">{tn('year.stuckMore', more)}</li> : null}
          </ul>
        </>
      ) : null}
    </div>
  );
}

function Turn({ groups }: { groups: Group[] }) {
  const [lines, setLines] = useState(() => linesOf(groups));
  const [archives, setArchives] = useState(false);
  const [report, setReport] = useState<RollOverReport | null>(null);
  // Only what has been looked at, and as it was looked at, is done.
  const [looked, setLooked] = useState<RollOverFacts | null>(null);
  const forget = () => {
    setReport(null);
    setLooked(null);
  };
  const form = useForm({ name: '', expires_on: '' }, async ({ name, expires_on }) => {
    if (looked) {
      const done = await rollOver(looked);
      const made = done.roll_over;
      say(t('year.done', { name: looked.name }), made ? () => undoRollOver(made.id).then(toldUndone) : undefined);
      form.reset({ name: '', expires_on: '' });
      forget();
      return;
    }
    const moves = groups.flatMap(({ name: from_group }): Move[] => {
      const line = lines[from_group];
      if (!line || line.fate === 'stays') return [];
      return [{ from_group, to_group: line.fate === 'moves' ? line.to.trim() : null }];
    });
    const facts: RollOverFacts = { name: name.trim(), moves, archive_leavers: archives, ...(expires_on ? { expires_on } : {}) };
    setReport(await previewRollOver(facts));
    setLooked(facts);
  });
  const change = (name: string, part: Partial<Line>) => {
    forget();
    setLines({ ...lines, [name]: { ...(lines[name] as Line), ...part } });
  };
  return (
    <form onSubmit={form.submit} onInput={forget} noValidate>
      <table class="table table-stack table-roomy turn">
        <caption class="sr">{t('year.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('member.group')}</th>
            <th scope="col" class="num">{t('nav.members')}</th>
            <th scope="col">{t('year.fate')}</th>
            <th scope="col">{t('year.to')}</th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ name, members }) => {
            const line = lines[name] || { fate: 'stays', to: '' };
            return (
              <tr key={name}>
                <td><bdi>{name}</bdi></td>
                <td class="num side">{count(members)}</td>
                <td data-k={t('year.fate')}>
                  <select class="input" value={line.fate} aria-label={t('year.fateOf', { name })} onChange={(event) => change(name, { fate: event.currentTarget.value as Fate })}>
                    <option value="stays">{t('year.stays')}</option>
                    <option value="moves">{t('year.moves')}</option>
                    <option value="leaves">{t('year.leaves')}</option>
                  </select>
                </td>
                <td class={line.fate === 'moves' ? '' : 'gone'} data-k={t('year.to')}>
                  {line.fate === 'moves' ? <input class="input" value={line.to} aria-label={t('year.toOf', { name })} autocomplete="off" onInput={(event) => change(name, { to: event.currentTarget.value })} /> : null}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <div class="narrow apart">
        <Field form={form} name="name" label={t('year.name')} hint={t('year.nameHint')} required />
        <Field form={form} name="expires_on" label={t('year.expires')} hint={t('year.expiresHint')} type="date" />
        <label class="check">
          <input type="checkbox" checked={archives} onChange={(event) => { setArchives(event.currentTarget.checked); forget(); }} />
          {t('year.archive')}
        </label>
      </div>
      {report ? <Preview report={report} /> : null}
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      <div class="actions">
        <button type="submit" class="btn btn-main" aria-busy={form.busy}>
          {form.busy ? t('form.busy') : report ? tn('year.do', report.moved + report.archived) : t('year.look')}
        </button>
        <span class="hint">{t(report ? 'year.doMore' : 'year.lookMore')}</span>
      </div>
    </form>
  );
}

function Before() {
  const state = useListState('/settings/year', 'at', 'desc');
  const result = useList<RollOver>('members', '/roll-overs', { cursor: state.cursor, limit: 20 });
  const [undoing, setUndoing] = useState<RollOver | null>(null);
  return (
    <Section title={t('year.before')} {...(result.data?.meta.total ? { count: count(result.data.meta.total) } : {})}>
      <ListView result={result} state={state} failed={t('year.failed')} empty={<p class="second">{t('year.none')}</p>} edge={(row) => day(row.at)} dates>
        {(rows) => (
          <ul class="lines">
            {rows.map((row) => (
              <li key={row.id}>
                <span>
                  <bdi>{row.name}</bdi>{' '}
                  {row.undone_at ? <span class="pill">{t('year.isUndone', { day: day(row.undone_at) })}</span> : row.finished_at ? null : <span class="pill pill-over">{t('year.broke')}</span>}
                  <span class="sub">{tn('members.count', row.members)} · {day(row.at)} · <bdi>{row.made_by}</bdi></span>
                </span>
                {row.undone_at ? null : (
                  <span class="end">
                    <button type="button" class="btn btn-small" onClick={() => setUndoing(row)} aria-label={t('year.undoThis', { name: row.name })}><Icon name="undo-2" />{t('act.undo')}</button>
                  </span>
                )}
              </li>
            ))}
          </ul>
        )}
      </ListView>
      {undoing ? (
        <Ask title={t('year.undoTitle', { name: undoing.name })} yes={t('year.undoYes')} no={t('form.cancel')} act={() => undoRollOver(undoing.id).then(toldUndone)} close={() => setUndoing(null)}>
          {t('year.undoMore')}
        </Ask>
      ) : null}
    </Section>
  );
}

export default function SchoolYearPage() {
  const groups = useQuery<Group[], ApiError>({ queryKey: ['members', 'all groups'], queryFn: ({ signal }) => allGroups(signal) });
  return (
    <>
      <SettingsHead />
      <Section title={t('year.title')}>
        {groups.error ? (
          <Failed error={groups.error} title={t('year.failedGroups')} again={() => void groups.refetch()} />
        ) : !groups.data ? (
          <Wait />
        ) : groups.data.length === 0 ? (
          <Empty icon="users" title={t('year.noGroups')}>{t('year.noGroupsMore')}</Empty>
        ) : (
          <Turn key={groups.data.map(({ name }) => name).join('\n')} groups={groups.data} />
        )}
      </Section>
      <Before />
    </>
  );
}
