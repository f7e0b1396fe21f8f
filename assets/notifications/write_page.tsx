/* A message of the library to one reader, to a few, or to a group: how it goes out, how it will read, and who cannot be reached by it. */
import { useQuery } from '@tanstack/preact-query';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { api, type ApiError, type List, query } from '../core/api';
import { me } from '../core/door';
import { useForm } from '../core/form';
import { count } from '../core/format';
import { t, tn } from '../core/messages';
import { useGet } from '../core/query';
import { useSearch } from '../core/router';
import { useStore } from '../core/store';
import { say } from '../core/toast';
import { type Member, memberPath, type MemberProfile } from '../members/member';
import { MemberPicker, type Picked } from '../members/member_picker';
import { allGroups, type Group } from '../members/roll_over';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Refused } from '../parts/states';
import { isOn, useChannels } from './channel_states';
import { Letter, usePreview } from './letter';
import { CHANNEL, type Channel, CHANNELS, sendMessage, type Sent, type Template, TEMPLATES } from './notice';
import { NoticesHead } from './notices_head';

type Whom = 'some' | 'group';

/** So many at a time, and of chosen readers at most, are looked at to say who cannot be reached. */
const LOOKED_AT = 100;

type Reachable = Pick<Member, 'id' | 'name' | 'email' | 'phone'>;

async function readersOf(whom: Whom, chosen: Picked[], group: string, signal: AbortSignal): Promise<{ readers: Reachable[]; total: number }> {
  if (whom === 'group') {
    const readers: Reachable[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: List<Member> = await api.get(`/members${query({ group, limit: LOOKED_AT, cursor })}`, signal);
      readers.push(...page.data);
      cursor = page.meta.next_cursor;
    }
    return { readers, total: readers.length };
  }
  const readers = await Promise.all(chosen.slice(0, LOOKED_AT).map(({ id }) => api.get<MemberProfile>(memberPath(id), signal).then(({ member }) => member)));
  return { readers, total: chosen.length };
}

const lacks = (reader: Reachable, channel: Channel): boolean => (channel === 'email' ? !reader.email : channel === 'sms' ? !reader.phone : false);

function Names({ people }: { people: { id: string; name: string }[] }) {
  return <ul class="names">{people.map(({ id, name }) => <li key={id}><a href={`/members/${id}`}><bdi>{name}</bdi></a></li>)}</ul>;
}

/** To how many it goes, and who of them has no address of that kind. */
function Reach({ whom, chosen, group, channel }: { whom: Whom; chosen: Picked[]; group: string; channel: Channel | '' }) {
  const isAny = whom === 'group' ? group !== '' : chosen.length > 0;
  const found = useQuery<{ readers: Reachable[]; total: number }, ApiError>({
    queryKey: ['members', 'reach', whom, group, chosen.map(({ id }) => id).join()],
    queryFn: ({ signal }) => readersOf(whom, chosen, group, signal),
    enabled: isAny,
  });
  if (!isAny) return <p class="hint" role="status">{t('notice.toNobody')}</p>;
  if (!found.data) return null;
  const { readers, total } = found.data;
  const without = channel ? readers.filter((reader) => lacks(reader, channel)) : [];
  return (
    <div role="status">
      <p>{tn('notice.toReaders', total)}</p>
      {without.length ? (
        <div class="notice apart">
          <Icon name="triangle-alert" />
          <div>
            <p>{tn(channel === 'email' ? 'notice.noEmail' : 'notice.noPhone', without.length)}</p>
            <Names people={without} />
          </div>
        </div>
      ) : null}
    </div>
  );
}

/** Who could not be told, after the others were. */
function Done({ sent }: { sent: Sent }) {
  return (
    <div class={sent.queued ? 'notice notice-ok below' : 'notice below'} role="status">
      <Icon name={sent.queued ? 'circle-check' : 'triangle-alert'} />
      <div>
        <p>{sent.queued ? tn('notice.queued', sent.queued) : t('notice.queuedNone')} <a href="/notices">{t('notice.toList')}</a></p>
        {sent.without_address.length ? <><p>{tn('notice.notReached', sent.without_address.length)}</p><Names people={sent.without_address} /></> : null}
      </div>
    </div>
  );
}

/** As a template would read that has these words in the place of its own: braces that were typed are no placeholders. */
const into = (template: string, subject: string, text: string): string =>
  template.replace(/\{\{\s*(subject|text)\s*\}\}/g, (_, name: string) => (name === 'subject' ? subject : text).replace(/\{\{|\}\}/g, (braces) => braces.split('').join('\u2060')));

/** The message between the greeting and the end that go out with it. */
function Preview({ subject, text, channel, member }: { subject: string; text: string; channel: Channel; member: string }) {
  const language = useStore(me)?.language || 'en';
  const templates = useGet<{ templates: Template[] }>('notices', TEMPLATES, { language });
  const its = templates.data?.templates.find((one) => one.kind === 'message' && one.channel === channel);
  const isAny = subject.trim() !== '' && text.trim() !== '';
  const { preview } = usePreview(its && isAny ? { kind: 'message', channel, language: its.language, ...(its.subject ? { subject: into(its.subject, subject, text) } : {}), body: into(its.body, subject, text) } : null, member);
  if (!isAny || !preview) return <p class="second">{t('notice.nothingYet')}</p>;
  return <Letter of={preview} language={language} />;
}

const empty = { subject: '', text: '', channel: '', group: '' };

/** The words outlive a look at another page, to the last letter; to whom they go is said anew. */
let begun = empty;

export default function WritePage() {
  const [search] = useSearch();
  const given = search.get('member') || '';
  const [whom, setWhom] = useState<Whom>('some');
  const [chosen, setChosen] = useState<Picked[]>([]);
  const [sent, setSent] = useState<Sent | null>(null);
  const first = useGet<MemberProfile>('members', given ? memberPath(given) : null).data?.member;
  useEffect(() => {
    if (first) setChosen((now) => (now.some(({ id }) => id === first.id) ? now : [...now, { id: first.id, name: first.name }]));
  }, [first?.id]);
  const groups = useQuery<Group[], ApiError>({ queryKey: ['members', 'all groups'], queryFn: ({ signal }) => allGroups(signal) });
  const { channels } = useChannels();
  const form = useForm<keyof typeof empty>(begun, async (values) => {
    const done = await sendMessage({
      ...(whom === 'group' ? { group_name: values.group } : { member_ids: chosen.map(({ id }) => id) }),
      ...(values.channel ? { channel: values.channel } : {}),
      subject: values.subject.trim(),
      text: values.text.trim(),
    });
    setSent(done);
    if (done.queued) {
      form.reset(empty);
      setChosen([]);
      say(tn('notice.queued', done.queued));
    }
  });
  const { subject, text } = form.values;
  useLayoutEffect(() => {
    begun = { ...empty, subject, text };
  }, [subject, text]);
  const channel = form.values.channel as Channel | '';
  const off = channel && isOn(channels, channel) === false;
  const names = (groups.data || []).filter(({ members }) => members > 0);
  return (
    <>
      <NoticesHead />
      {sent ? <Done sent={sent} /> : null}
      <div class="main-aside">
        <form onSubmit={form.submit} noValidate>
          <Section title={t('notice.toWhom')}>
            <div class="choice below" role="radiogroup" aria-label={t('notice.toWhom')}>
              {(['some', 'group'] as const).map((one) => (
                <label class="radio"><input type="radio" name="whom" value={one} checked={whom === one} onChange={() => setWhom(one)} /> {t(one === 'some' ? 'notice.some' : 'notice.group')}</label>
              ))}
            </div>
            {whom === 'some' ? (
              <>
                {chosen.length ? (
                  <p class="chosen">
                    {chosen.map((one) => (
                      <button type="button" class="chip" key={one.id} onClick={() => setChosen(chosen.filter(({ id }) => id !== one.id))}><bdi>{one.name}</bdi><Icon name="x" /><span class="sr">{t('picker.remove')}</span></button>
                    ))}
                  </p>
                ) : null}
                <MemberPicker
                  key={chosen.length}
                  label={t(chosen.length ? 'notice.anotherReader' : 'notice.reader')}
                  hint={t('notice.readerHint')}
                  required={chosen.length === 0}
                  value={null}
                  change={(next) => { if (next && !chosen.some(({ id }) => id === next.id)) setChosen([...chosen, next]); }}
                />
              </>
            ) : names.length ? (
              <Field form={form} name="group" label={t('member.group')} options={[['', t('notice.chooseGroup')], ...names.map(({ name, members }): [string, string] => [name, `${name} (${count(members)})`])]} />
            ) : (
              <p class="second">{t('notice.noGroups')}</p>
            )}
            <Reach whom={whom} chosen={chosen} group={form.values.group} channel={channel} />
          </Section>
          <Section title={t('notice.words')}>
            <Field form={form} name="channel" label={t('notice.how')} hint={off ? t('notice.offNow') : t('notice.howHint')} options={[['', t('notice.asEach')], ...CHANNELS.map((one): [string, string] => [one, t(CHANNEL[one])])]} />
            <Field form={form} name="subject" label={t('notice.subject')} required />
            <Field form={form} name="text" label={t('notice.text')} hint={t('notice.textHint')} required lines={8} />
            {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
            <div class="actions">
              <button type="submit" class="btn btn-main" aria-busy={form.busy}><Icon name="mail" />{t(form.busy ? 'form.busy' : 'notice.send')}</button>
            </div>
          </Section>
        </form>
        <aside>
          <Section title={t('notice.preview')}><div data-preview><Preview subject={subject} text={text} channel={channel || 'email'} member={whom === 'some' ? chosen[0]?.id || '' : ''} /></div></Section>
        </aside>
      </div>
    </>
  );
}
