/* The words of one kind of notice, by one way, in one language: what may be filled in stands beside them, and how they will read below. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useForm } from '../core/form';
import { languageName } from '../core/format';
import { t } from '../core/messages';
import { said } from '../core/server_words';
import { useStore } from '../core/store';
import { say } from '../core/toast';
import { Ask } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Refused } from '../parts/states';
import { CHANNEL, forgetTemplate, type Kind, kindName, saveTemplate, type Template } from './notice';
import { Letter, usePreview } from './letter';
import { draftKey, drafts, keep } from './template_drafts';

/** A list is filled in item by item; its meaning says so, and which words an item has. */
function pieceOf(name: string, meaning: string): string {
  const first = meaning.includes(`{{#${name}}}`) ? / stand (\w+)/.exec(meaning)?.[1] : undefined;
  return first ? `{{#${name}}}\n- {{${first}}}{{/${name}}}` : `{{${name}}}`;
}

/** What may be filled in, as buttons: each goes to where the caret was. */
function Placeholders({ kind, insert }: { kind: Kind; insert: (piece: string) => void }) {
  if (kind.placeholders.length === 0) return <p class="second">{t('template.noPlaceholders')}</p>;
  return (
    <ul class="lines placeholders">
      {kind.placeholders.map(({ name, meaning }) => (
        <li key={name}>
          <button type="button" class="btn btn-small machine" onClick={() => insert(pieceOf(name, meaning))}><span class="sr">{t('template.insert')} </span>{`{{${name}}}`}</button>
          <span class="second"><bdi>{said(meaning)}</bdi></span>
        </li>
      ))}
    </ul>
  );
}

/** `language`: whose words are written; those that stand there first may be of another. */
export function TemplateEditor({ template, kind, language }: { template: Template; kind: Kind; language: string }) {
  const key = draftKey(template.kind, template.channel, language);
  const kept = useStore(drafts).get(key);
  const [asking, setAsking] = useState(false);
  const caret = useRef<{ field: 'subject' | 'body'; from: number; to: number }>({ field: 'body', from: template.body.length, to: template.body.length });
  const element = useRef<HTMLFormElement>(null);
  const hasSubject = template.channel !== 'sms';
  const facts = (values: { subject: string; body: string }) => ({
    kind: template.kind, channel: template.channel, language, ...(hasSubject ? { subject: values.subject } : {}), body: values.body,
  });
  const form = useForm<'subject' | 'body'>({ subject: kept?.subject ?? template.subject ?? '', body: kept?.body ?? template.body }, async (values) => {
    await saveTemplate(facts(values));
    keep(key, null);
    say(t('template.saved', { name: kindName(template.kind) }));
  });
  const { subject, body } = form.values;
  const isChanged = subject !== (template.subject ?? '') || body !== template.body;
  // At once: whoever leaves the page takes all along that was typed.
  useLayoutEffect(() => {
    keep(key, isChanged ? { subject, body } : null);
  }, [subject, body, isChanged]);
  const { preview, problem } = usePreview(facts(form.values));

  const insert = (piece: string) => {
    const { field, from, to } = caret.current;
    const text = form.values[field];
    form.set(field, text.slice(0, from) + piece + text.slice(to));
    const at = from + piece.length;
    caret.current = { field, from: at, to: at };
    requestAnimationFrame(() => {
      const box = element.current?.querySelector<HTMLInputElement>(`[name="${field}"]`);
      box?.focus();
      box?.setSelectionRange(at, at);
    });
  };
  const mark = (event: Event) => {
    const box = event.target as HTMLInputElement;
    if (box.name !== 'subject' && box.name !== 'body') return;
    caret.current = { field: box.name, from: box.selectionStart ?? box.value.length, to: box.selectionEnd ?? box.value.length };
  };
  const startOver = () => form.reset({ subject: template.subject ?? '', body: template.body });
  const wrong = preview?.problems || [];

  return (
    <Section
      title={<>{kindName(template.kind)} · {t(CHANNEL[template.channel])} · {languageName(language)}</>}
      aside={isChanged ? <span class="pill pill-soon">{t('template.notSaved')}</span> : <span class="pill">{t(template.is_own ? 'template.own' : 'template.programs')}</span>}
    >
      <div class="main-aside">
        <form ref={element} onSubmit={form.submit} onKeyUp={mark} onClick={mark} onInput={mark} noValidate class="wide-fields">
          {hasSubject ? <Field form={form} name="subject" label={t('notice.subject')} required /> : null}
          <Field form={form} name="body" label={t('notice.text')} hint={t(template.channel === 'sms' ? 'template.smsHint' : 'template.bodyHint')} required lines={template.channel === 'sms' ? 4 : 12} />
          {wrong.map((one) => <p class="error"><Icon name="circle-x" /><span><bdi>{said(one)}</bdi></span></p>)}
          {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
          <div class="actions">
            <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'template.save')}</button>
            {isChanged ? <button type="button" class="btn" onClick={startOver}>{t('template.startOver')}</button> : null}
            {template.is_own ? <button type="button" class="btn" onClick={() => setAsking(true)}><Icon name="undo-2" />{t('template.back')}</button> : null}
          </div>
        </form>
        <aside>
          <h3 class="minor">{t('template.placeholders')}</h3>
          <Placeholders kind={kind} insert={insert} />
        </aside>
      </div>
      <h3 class="minor apart">{t('template.preview')}</h3>
      <div aria-live="polite" data-preview>
        {problem ? <Refused error={problem} /> : preview && wrong.length === 0 ? (
          <Letter of={preview} language={language} />
        ) : null}
      </div>
      {asking ? (
        <Ask
          title={t('template.backTitle')}
          yes={t('template.back')}
          no={t('form.cancel')}
          danger
          act={async () => {
            await forgetTemplate(template);
            keep(key, null);
            say(t('template.isBack', { name: kindName(template.kind) }));
          }}
          close={() => setAsking(false)}
        >
          {t('template.backMore')}
        </Ask>
      ) : null}
    </Section>
  );
}
