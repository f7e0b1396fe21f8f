/* What a reader wants to be told, by which ways, in which language. For the reader, and for the desk that is asked to set it. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { LANGUAGES } from '../core/language';
import { t } from '../core/messages';
import { client, useGet } from '../core/query';
import { say } from '../core/toast';
import { Failed, Refused, Wait } from '../parts/states';
import { CHANNEL, type Channel, CHANNELS, kindName, type Preferences, preferencesPath, savePreferences, type Wish } from './notice';

const keyOf = ({ kind, channel }: { kind: string; channel: string }): string => `${kind} ${channel}`;

function Matrix({ wishes, toggle }: { wishes: Map<string, Wish>; toggle: (wish: Wish) => void }) {
  const kinds = [...new Set([...wishes.values()].map(({ kind }) => kind))];
  const ways = CHANNELS.filter((way) => [...wishes.values()].some(({ channel }) => channel === way));
  return (
    <table class="table wishes">
      <caption class="sr">{t('wish.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('wish.about')}</th>
          {ways.map((way) => <th scope="col" class="tick">{t(CHANNEL[way])}</th>)}
        </tr>
      </thead>
      <tbody>
        {kinds.map((kind) => (
          <tr key={kind}>
            <th scope="row">{kindName(kind)}</th>
            {ways.map((way: Channel) => {
              const wish = wishes.get(keyOf({ kind, channel: way }));
              return (
                <td class="tick">
                  {wish ? (
                    <label><input type="checkbox" checked={wish.wanted} onChange={() => toggle(wish)} /><span class="sr">{t('wish.this', { what: kindName(kind), how: t(CHANNEL[way]) })}</span></label>
                  ) : <span class="second" aria-hidden="true">–</span>}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Form({ member, given, done }: { member: string; given: Preferences; done: (() => void) | undefined }) {
  const [language, setLanguage] = useState(given.language || '');
  const [wishes, setWishes] = useState(() => new Map(given.preferences.map((wish) => [keyOf(wish), wish])));
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const toggle = (wish: Wish) => {
    setWishes(new Map(wishes).set(keyOf(wish), { ...wish, wanted: !wish.wanted }));
    setTouched(new Set(touched).add(keyOf(wish)));
  };
  const save = (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    // What was never said follows the library's own choice, now and when that changes.
    const own = [...wishes.values()].filter((wish) => wish.is_own || touched.has(keyOf(wish)));
    savePreferences(member, language || null, own.map(({ kind, channel, wanted }) => ({ kind, channel, wanted })))
      .then(
        (kept) => {
          client.setQueryData(['notices', preferencesPath(member), {}], kept);
          say(t('wish.saved'));
          done?.();
        },
        (cause: unknown) => {
          if (cause instanceof ApiError) setProblem(cause);
          else throw cause;
        },
      )
      .finally(() => setBusy(false));
  };
  return (
    <form onSubmit={save} noValidate>
      <label class="pick below">
        <span>{t('wish.language')}</span>
        <select class="input" value={language} onChange={(event) => setLanguage(event.currentTarget.value)}>
          <option value="">{t('wish.libraryLanguage')}</option>
          {Object.entries(LANGUAGES).map(([code, name]) => <option value={code} lang={code}>{name}</option>)}
        </select>
      </label>
      <Matrix wishes={wishes} toggle={toggle} />
      {problem ? <div class="below"><Refused error={problem} /></div> : null}
      <div class="actions apart">
        {done ? <button type="button" class="btn" onClick={done}>{t('form.cancel')}</button> : null}
        <button type="submit" class="btn btn-main" aria-busy={busy}>{t(busy ? 'form.busy' : 'wish.save')}</button>
      </div>
    </form>
  );
}

export function NoticePreferences({ member, done }: { member: string; done?: () => void }) {
  const given = useGet<Preferences>('notices', preferencesPath(member));
  if (given.error) return <Failed error={given.error} title={t('wish.failed')} again={() => void given.refetch()} />;
  return given.data ? <Form member={member} given={given.data} done={done} /> : <Wait />;
}
