/* Settings: which programs elsewhere are told what happens, and what became of what they were told. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { count, day, moment } from '../core/format';
import { useListState } from '../core/list_state';
import { t, tn, tx } from '../core/messages';
import { useGet, useList } from '../core/query';
import { said } from '../core/server_words';
import { say } from '../core/toast';
import { Ask } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Choice, ListView } from '../parts/list_view';
import { Section } from '../parts/page_head';
import { Empty, Failed, Refused, Wait } from '../parts/states';
import { SettingsHead } from '../settings/settings_head';
import { Secret, WebhookForm } from './webhook_form';
import { ALL, type Delivery, type EventType, removeWebhook, renewSecret, sendAgain, STATE, type Tested, testWebhook, updateWebhook, type Webhook } from './webhooks';

/** The server's refusal, once it comes; anything else is a mistake of ours. */
function useRefusal(): [ApiError | null, (cause: unknown) => void, () => void] {
  const [error, setError] = useState<ApiError | null>(null);
  const take = (cause: unknown) => {
    if (!(cause instanceof ApiError)) throw cause;
    setError(cause);
  };
  return [error, take, () => setError(null)];
}

function TestResult({ tested }: { tested: Tested | null }) {
  if (!tested) return null;
  if (tested.ok) return <span class="cell-2"><Icon name="circle-check" tone="ok" /> {t('hooks.testOk', { status: String(tested.status) })}</span>;
  return (
    <span class="cell-2">
      <Icon name="circle-x" tone="no" /> {tested.status === null ? null : t('hooks.answered', { status: String(tested.status) })} {tested.problem ? <bdi>{said(tested.problem)}</bdi> : null}
    </span>
  );
}

function Health({ hook }: { hook: Webhook }) {
  if (!hook.enabled) return <span class="pill">{t('hooks.off')}</span>;
  return (
    <>
      {hook.failures > 0 ? <span class="pill pill-over">{tn('hooks.failing', hook.failures)}</span> : <span class="pill pill-plain">{t(hook.last_ok_at ? 'hooks.answers' : 'hooks.on')}</span>}
      {hook.rest_until ? <span class="cell-2">{t('hooks.restsUntil', { when: moment(hook.rest_until) })}</span> : hook.last_ok_at ? <span class="cell-2">{moment(hook.last_ok_at)}</span> : null}
    </>
  );
}

function HookRow({ hook, ask }: { hook: Webhook; ask: (what: 'edit' | 'remove' | 'secret', hook: Webhook) => void }) {
  const [tested, setTested] = useState<Tested | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, refuse, forget] = useRefusal();
  const test = () => {
    setBusy(true);
    setTested(null);
    forget();
    testWebhook(hook.id).then(setTested, refuse).finally(() => setBusy(false));
  };
  const turn = () => updateWebhook(hook, { enabled: !hook.enabled }).then(forget, refuse);
  return (
    <tr>
      <td>
        <b class="title"><bdi>{hook.name}</bdi></b>
        <span class="cell-2"><span class="machine any">{hook.url}</span></span>
        <span class="cell-2">{hook.events[0] === ALL ? t('hooks.all') : tn('hooks.types', hook.events.length)}</span>
        <span role="status">{error ? <span class="cell-2 over"><Icon name="circle-x" tone="no" /> {error.message}</span> : <TestResult tested={tested} />}</span>
      </td>
      <td data-k={t('hooks.state')}><Health hook={hook} /></td>
      <td class="num" data-k={t('hooks.waiting')}>{count(hook.waiting)}</td>
      <td class="num" data-k={t('hooks.dead')}>{hook.dead ? <b class="over">{count(hook.dead)}</b> : count(0)}</td>
      <td class="row-actions many">
        <button type="button" class="btn btn-quiet btn-small" aria-busy={busy} onClick={test} aria-label={t('hooks.testThis', { name: hook.name })}>{t(busy ? 'hooks.testing' : 'hooks.test')}</button>
        <button type="button" class="btn btn-quiet btn-small" onClick={() => void turn()}>{t(hook.enabled ? 'hooks.turnOff' : 'hooks.turnOn')}<span class="sr"> {hook.name}</span></button>
        <button type="button" class="btn btn-quiet btn-small" onClick={() => ask('edit', hook)} aria-label={t('hooks.changeThis', { name: hook.name })}>{t('hooks.change')}</button>
        <button type="button" class="btn btn-quiet btn-small" onClick={() => ask('secret', hook)}>{t('hooks.newSecret')}<span class="sr"> {hook.name}</span></button>
        <button type="button" class="btn btn-quiet btn-small" onClick={() => ask('remove', hook)} aria-label={t('hooks.removeThis', { name: hook.name })}>{t('hooks.remove')}</button>
      </td>
    </tr>
  );
}

function Hooks({ hooks, ask }: { hooks: Webhook[]; ask: (what: 'edit' | 'remove' | 'secret', hook: Webhook) => void }) {
  return (
    <table class="table table-stack table-roomy">
      <caption class="sr">{t('settings.webhooks')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('hooks.name')}</th>
          <th scope="col">{t('hooks.state')}</th>
          <th scope="col" class="num">{t('hooks.waiting')}</th>
          <th scope="col" class="num">{t('hooks.dead')}</th>
          <th scope="col"><span class="sr">{t('list.actions')}</span></th>
        </tr>
      </thead>
      <tbody>{hooks.map((hook) => <HookRow key={hook.id} hook={hook} ask={ask} />)}</tbody>
    </table>
  );
}

function DeliveryRow({ row, meaning }: { row: Delivery; meaning: string | undefined }) {
  const [error, refuse, forget] = useRefusal();
  const send = () =>
    sendAgain(row.id).then(() => {
      forget();
      say(t('hooks.isSentAgain'));
    }, refuse);
  return (
    <tr>
      <td>
        {meaning ? said(meaning) : t('hooks.isTest')}
        <span class="cell-2 machine">{row.type}</span>
        {error ? <Refused error={error} /> : null}
      </td>
      <td data-k={t('hooks.to')}><bdi>{row.webhook.name}</bdi></td>
      <td class="nowrap" data-k={t('hooks.when')}>{moment(row.created_at)}</td>
      <td data-k={t('hooks.state')}>
        <span class={row.state === 'dead' ? 'pill pill-over' : row.state === 'sent' ? 'pill pill-ok' : 'pill'}>{t(STATE[row.state])}</span>
        {row.tries > 1 || row.state !== 'sent' ? <span class="cell-2">{tn('hooks.tries', row.tries)}</span> : null}
        {row.next_try_at && row.tries > 0 ? <span class="cell-2">{t('hooks.nextTry', { when: moment(row.next_try_at) })}</span> : null}
        {row.state !== 'sent' && row.status !== null ? <span class="cell-2">{t('hooks.answered', { status: String(row.status) })}</span> : null}
        {row.problem ? <span class="cell-2 any"><bdi>{said(row.problem)}</bdi></span> : null}
      </td>
      <td class="row-actions"><button type="button" class="btn btn-quiet btn-small" onClick={() => void send()} aria-label={t('hooks.sendThis', { type: row.type, name: row.webhook.name })}>{t('hooks.send')}</button></td>
    </tr>
  );
}

function Deliveries() {
  const state = useListState('/settings/webhooks', 'created_at', 'desc');
  const result = useList<Delivery>('webhooks', '/webhooks/deliveries', { cursor: state.cursor, limit: 20, state: state.filter || undefined });
  const types = useGet<{ data: EventType[] }>('webhooks', '/webhooks/event-types');
  const meanings = new Map((types.data?.data ?? []).map(({ type, meaning }) => [type, meaning]));
  return (
    <Section title={t('hooks.deliveries')}>
      <div class="list-tools">
        <Choice label={t('list.which')} state={state} options={[{ show: '', name: 'hooks.every' }, { show: 'waiting', name: 'hooks.waiting' }, { show: 'dead', name: 'hooks.dead' }, { show: 'sent', name: 'hooks.sent' }]} />
      </div>
      <ListView result={result} state={state} failed={t('hooks.deliveriesFailed')} empty={<Empty icon="circle-check" title={t('hooks.noDeliveries')} />} edge={(row) => day(row.created_at)} dates>
        {(rows) => (
          <table class="table table-stack table-roomy">
            <caption class="sr">{t('hooks.deliveries')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('hooks.what')}</th>
                <th scope="col">{t('hooks.to')}</th>
                <th scope="col">{t('hooks.when')}</th>
                <th scope="col">{t('hooks.state')}</th>
                <th scope="col"><span class="sr">{t('list.actions')}</span></th>
              </tr>
            </thead>
            <tbody>{rows.map((row) => <DeliveryRow key={row.id} row={row} meaning={meanings.get(row.type)} />)}</tbody>
          </table>
        )}
      </ListView>
    </Section>
  );
}

type Asked = { what: 'edit' | 'remove' | 'secret'; hook: Webhook } | { what: 'add' } | { what: 'shown'; name: string; secret: string };

function Asking({ asked, go, close }: { asked: Asked; go: (next: Asked) => void; close: () => void }) {
  if (asked.what === 'add') return <WebhookForm close={close} />;
  if (asked.what === 'shown') return <Secret name={asked.name} secret={asked.secret} close={close} />;
  const { what, hook } = asked;
  if (what === 'edit') return <WebhookForm hook={hook} close={close} />;
  if (what === 'remove') {
    return (
      <Ask title={tx('hooks.removeAsk', { name: <bdi>{hook.name}</bdi> })} yes={t('hooks.remove')} no={t('hooks.keep')} danger act={() => removeWebhook(hook.id)} close={close}>
        {t('hooks.removeMore')}
      </Ask>
    );
  }
  // What closes the question is the answer to it: the new secret takes its place.
  let next: Asked | null = null;
  const act = async () => {
    const { secret } = await renewSecret(hook.id);
    next = { what: 'shown', name: hook.name, secret };
  };
  return (
    <Ask title={tx('hooks.secretAsk', { name: <bdi>{hook.name}</bdi> })} yes={t('hooks.newSecret')} no={t('hooks.keepSecret')} act={act} close={() => (next ? go(next) : close())}>
      {t('hooks.secretAskMore')}
    </Ask>
  );
}

export default function WebhooksPage() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const result = useList<Webhook>('webhooks', '/webhooks', { limit: 100 });
  const hooks = result.data?.data ?? [];
  const add = <button type="button" class="btn btn-main" onClick={() => setAsked({ what: 'add' })}><Icon name="plus" />{t('hooks.add')}</button>;
  return (
    <>
      <SettingsHead>{hooks.length ? add : null}</SettingsHead>
      {result.error ? (
        <Failed error={result.error} title={t('hooks.failed')} again={() => void result.refetch()} />
      ) : !result.data ? (
        <Wait />
      ) : hooks.length === 0 ? (
        <Empty icon="arrow-up-right" title={t('hooks.none')} actions={add}>{t('hooks.noneMore')}</Empty>
      ) : (
        <>
          <Hooks hooks={hooks} ask={(what, hook) => setAsked({ what, hook })} />
          <Deliveries />
        </>
      )}
      {asked ? <Asking asked={asked} go={setAsked} close={() => setAsked(null)} /> : null}
    </>
  );
}
