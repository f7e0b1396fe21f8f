/* Every file that was brought, newest first; and the profiles that were kept. */
import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { api, type ApiError, type List, query } from '../core/api';
import { count, day, moment } from '../core/format';
import { useListState } from '../core/list_state';
import { t } from '../core/messages';
import { Ask } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { ListView } from '../parts/list_view';
import { Crumb, PageHead, Section, useTitle } from '../parts/page_head';
import { Empty, Failed, Wait } from '../parts/states';
import { askAgain, type Batch, IMPORTS, OF_KIND, STATUS } from './import_batch';
import { type Profile, removeProfile, useProfiles } from './import_profile';

export function StatusPill({ batch }: { batch: Batch }) {
  const { name, tone } = STATUS[batch.status];
  return <span class={tone ? `pill ${tone}` : 'pill'}>{t(name)}</span>;
}

function Profiles() {
  const profiles = useProfiles();
  const [going, setGoing] = useState<Profile | null>(null);
  const own = profiles.data?.data.filter(({ built_in }) => !built_in) || [];
  return (
    <Section title={t('import.profiles')} {...(own.length ? { count: count(own.length) } : {})}>
      {profiles.error ? (
        <Failed error={profiles.error} title={t('import.profilesFailed')} again={() => void profiles.refetch()} />
      ) : !profiles.data ? (
        <Wait />
      ) : own.length === 0 ? (
        <p class="second">{t('import.profilesNone')}</p>
      ) : (
        <ul class="lines">
          {own.map((profile) => (
            <li key={profile.id}>
              <span><bdi>{profile.name}</bdi><span class="sub">{t(OF_KIND[profile.kind].name)}</span></span>
              <span class="end">
                <button type="button" class="btn btn-quiet btn-small" aria-label={t('import.profileRemoveThis', { name: profile.name })} onClick={() => setGoing(profile)}>{t('import.profileRemove')}</button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {going ? (
        <Ask title={t('import.profileRemoveTitle', { name: going.name })} yes={t('import.profileRemoveYes')} no={t('form.cancel')} danger act={() => removeProfile(going.id)} close={() => setGoing(null)}>
          {t('import.profileRemoveMore')}
        </Ask>
      ) : null}
    </Section>
  );
}

export default function ImportsPage() {
  useTitle(t('import.all'));
  const state = useListState(IMPORTS, 'created_at', 'desc');
  const params = { cursor: state.cursor, limit: 20 };
  const result = useQuery<List<Batch>, ApiError>({
    queryKey: ['imports', IMPORTS, params],
    queryFn: ({ signal }) => api.get<List<Batch>>(IMPORTS + query(params), signal),
    placeholderData: (previous) => previous,
    refetchInterval: (asked) => askAgain(asked.state.data?.data.find(({ status }) => askAgain(status))?.status),
  });
  const begin = <a class="btn btn-main" href="/import"><Icon name="file-up" />{t('import.title')}</a>;
  return (
    <>
      <Crumb to="/catalogue">{t('nav.catalogue')}</Crumb>
      <PageHead title={t('import.all')}>{begin}</PageHead>
      <div class="below">
        <ListView result={result} state={state} failed={t('import.listFailed')} empty={<Empty icon="file-up" title={t('import.none')}>{t('import.noneMore')}</Empty>} edge={(row) => day(row.created_at)} dates>
          {(rows) => (
            <table class="table table-stack">
              <caption class="sr">{t('import.all')}</caption>
              <thead>
                <tr>
                  <th scope="col">{t('import.file')}</th>
                  <th scope="col">{t('import.kind')}</th>
                  <th scope="col" class="num">{t('import.howMany')}</th>
                  <th scope="col">{t('import.when')}</th>
                  <th scope="col">{t('import.who')}</th>
                  <th scope="col">{t('import.state')}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((batch) => (
                  <tr key={batch.id}>
                    <td><a class="title import-name" href={`/imports/${encodeURIComponent(batch.id)}`}><bdi>{batch.name}</bdi></a></td>
                    <td data-k={t('import.kind')}>{t(OF_KIND[batch.kind].name)}</td>
                    <td class="num" data-k={t('import.howMany')}>{batch.started_at ? t('list.of', { shown: count(batch.imported), total: count(batch.rows_read) }) : '–'}</td>
                    <td class="nowrap" data-k={t('import.when')}>{moment(batch.created_at)}</td>
                    <td data-k={t('import.who')}><bdi>{batch.created_by}</bdi></td>
                    <td class="side"><StatusPill batch={batch} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </ListView>
      </div>
      <Profiles />
    </>
  );
}
