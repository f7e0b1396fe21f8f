/* Who did what, newest first. */
import { query, type List } from '../core/api';
import { day, moment } from '../core/format';
import { useListState } from '../core/list_state';
import { type Key, t } from '../core/messages';
import { useGet, useList } from '../core/query';
import { useSearch } from '../core/router';
import { deedName, factName } from '../core/server_words';
import { Icon } from '../parts/icon';
import { ListView } from '../parts/list_view';
import { Empty } from '../parts/states';
import { SettingsHead } from '../settings/settings_head';

interface Entry {
  at: string;
  actor: string;
  action: string;
  entity: string;
  entity_id: string | null;
  before: string | null;
  after: string | null;
  address: string | null;
  correlation_id: string | null;
}

const PATH = '/admin/audit-logs';

const ENTITIES: [entity: string, name: Key][] = [
  ['book', 'audit.book'],
  ['copy', 'audit.copy'],
  ['member', 'audit.member'],
  ['borrow', 'audit.borrow'],
  ['account', 'audit.account'],
  ['api_key', 'audit.key'],
  ['loan_rule', 'audit.rule'],
  ['backup', 'audit.backup'],
  ['library', 'audit.library'],
];

const PAGE_OF: Record<string, string> = { book: '/books/', member: '/members/' };

/** "book.copies_changed" → "Book: copies changed" */
function deed(entry: Entry): string {
  const known = deedName(entry.action);
  if (known) return known;
  const [noun = '', verb = ''] = entry.action.split('.');
  const name = ENTITIES.find(([entity]) => entity === noun);
  const subject = name ? t(name[1]) : noun.charAt(0).toUpperCase() + noun.slice(1);
  return `${subject.replace(/_/g, ' ')}: ${verb.replace(/_/g, ' ')}`;
}

function sides(entry: Entry): { name: string; before: string; after: string }[] {
  const read = (text: string | null): Record<string, unknown> => {
    try {
      return text ? (JSON.parse(text) as Record<string, unknown>) : {};
    } catch {
      return {};
    }
  };
  const [before, after] = [read(entry.before), read(entry.after)];
  const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value));
  // Ids say nothing to people; the CSV and the API have them.
  const names = Object.keys({ ...before, ...after }).filter((name) => !/(^|_)id$/.test(name));
  return names.map((name) => ({ name: factName(name), before: text(before[name]), after: text(after[name]) }));
}

function Changes({ entry }: { entry: Entry }) {
  const all = sides(entry);
  return (
    <>
      {all.map(({ name, before, after }) => (
        <span class="cell-2">
          {name}: {before ? <><bdi>{before}</bdi> → </> : null}<bdi>{after || t('audit.nothing')}</bdi>
        </span>
      ))}
    </>
  );
}

export default function AuditPage() {
  const state = useListState('/settings/audit', 'at', 'desc');
  const [search, change] = useSearch();
  const [entity, actor, from, to] = ['entity', 'actor', 'from', 'to'].map((name) => search.get(name) || undefined);
  const params = { entity, actor, from, to };
  const result = useList<Entry>('audit', PATH, { ...params, cursor: state.cursor, limit: 50 });
  const accounts = useGet<List<{ name: string }>>('accounts', '/admin/accounts', { limit: 100 });
  const set = (name: string) => (event: Event) => change({ [name]: (event.currentTarget as HTMLInputElement).value.trim(), cursor: undefined }, { stay: true });
  const isFiltered = Boolean(entity || actor || from || to);

  return (
    <>
      <SettingsHead>
        <a class="btn" href={`/api/v1${PATH}/export/csv${query(params)}`} download="audit-log.csv"><Icon name="download" />{t('audit.csv')}</a>
      </SettingsHead>
      <div class="filters">
        <label>
          <span>{t('audit.who')}</span>
          <input class="input" list="actors" value={actor || ''} autocomplete="off" spellcheck={false} onChange={set('actor')} />
        </label>
        <datalist id="actors">
          {(accounts.data?.data || []).map(({ name }) => <option value={name} />)}
          <option value="anonymous" />
          <option value="local administrator" />
        </datalist>
        <label>
          <span>{t('audit.what')}</span>
          <select class="input" value={entity || ''} onChange={set('entity')}>
            <option value="">{t('audit.everything')}</option>
            {ENTITIES.map(([value, name]) => <option value={value}>{t(name)}</option>)}
          </select>
        </label>
        <label>
          <span>{t('dates.from')}</span>
          <input class="input" type="date" value={from || ''} onChange={set('from')} />
        </label>
        <label>
          <span>{t('dates.until')}</span>
          <input class="input" type="date" value={to || ''} onChange={set('to')} />
        </label>
        {isFiltered ? <button type="button" class="btn btn-quiet" onClick={() => change({ entity: undefined, actor: undefined, from: undefined, to: undefined, cursor: undefined })}>{t('list.showAll')}</button> : null}
      </div>
      <ListView
        result={result}
        state={state}
        failed={t('audit.failed')}
        empty={<Empty icon="search" title={t('audit.none')}>{t(isFiltered ? 'audit.noneLike' : 'audit.noneMore')}</Empty>}
        edge={(row) => day(row.at)}
        dates
      >
        {(rows) => (
          <table class="table table-dense table-stack">
            <caption class="sr">{t('settings.audit')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('audit.what')}</th>
                <th scope="col">{t('audit.who')}</th>
                <th scope="col">{t('audit.when')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr>
                  <td class="any">
                    {row.entity_id && PAGE_OF[row.entity] ? <a class="plain" href={`${PAGE_OF[row.entity]}${row.entity_id}`}>{deed(row)}</a> : deed(row)}
                    <Changes entry={row} />
                  </td>
                  <td data-k={t('audit.who')}><bdi>{row.actor}</bdi>{row.address ? <span class="cell-2 machine">{row.address}</span> : null}</td>
                  <td class="side nowrap"><time dateTime={row.at}>{moment(row.at)}</time></td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListView>
    </>
  );
}

export { Changes, deed, type Entry };
