/* The words that go out: every kind of notice by every way, in each language; the library's own, or the program's. */
import { useEffect, useRef } from 'preact/hooks';
import { me } from '../core/door';
import { languageName } from '../core/format';
import { LANGUAGES } from '../core/language';
import { t } from '../core/messages';
import { useGet } from '../core/query';
import { useSearch } from '../core/router';
import { useStore } from '../core/store';
import { Section } from '../parts/page_head';
import { Failed, Wait } from '../parts/states';
import { CHANNEL, CHANNELS, type Kind, KINDS_PATH, kindName, type Template, TEMPLATES } from './notice';
import { NoticesHead } from './notices_head';
import { draftKey, drafts } from './template_drafts';
import { TemplateEditor } from './template_editor';

interface Cell {
  template: Template;
  href: string;
  isOpen: boolean;
  isDraft: boolean;
}

function Word({ cell, of }: { cell: Cell | undefined; of: string }) {
  if (!cell) return <span class="second">–</span>;
  return (
    <a href={cell.href} {...(cell.isOpen ? { 'aria-current': 'true' as const } : {})}>
      {cell.isDraft ? <span class="pill pill-soon">{t('template.notSaved')}</span> : t(cell.template.is_own ? 'template.own' : 'template.programs')}
      <span class="sr"> {t('template.editThis', { name: of, how: t(CHANNEL[cell.template.channel]) })}</span>
    </a>
  );
}

export default function TemplatesPage() {
  const [search, change] = useSearch();
  const own = (useStore(me)?.language || 'en').split('-')[0] as string;
  const languages = [...new Set([own, ...Object.keys(LANGUAGES)])];
  const language = search.get('language') || (own in LANGUAGES ? own : 'en');
  const unsaved = useStore(drafts);
  const editor = useRef<HTMLDivElement>(null);
  const kinds = useGet<{ kinds: Kind[] }>('notices', KINDS_PATH);
  const templates = useGet<{ templates: Template[] }>('notices', TEMPLATES, { language });
  const all = templates.data?.templates;
  const of = kinds.data?.kinds;
  const [kind, channel] = [search.get('kind'), search.get('channel')];
  const open = all?.find((one) => one.kind === kind && one.channel === channel);
  const itsKind = of?.find((one) => one.kind === kind);
  const error = kinds.error || templates.error;

  // The words stand above the table they were chosen from.
  const isOpen = open !== undefined && itsKind !== undefined;
  useEffect(() => {
    if (!isOpen) return;
    editor.current?.scrollIntoView({ block: 'start' });
    editor.current?.querySelector<HTMLElement>('input, textarea')?.focus({ preventScroll: true });
  }, [isOpen, kind, channel, language]);

  const cellOf = (one: Kind, way: string): Cell | undefined => {
    const template = all?.find((each) => each.kind === one.kind && each.channel === way);
    if (!template) return undefined;
    return {
      template,
      href: `/notices/templates?${new URLSearchParams({ language, kind: one.kind, channel: way })}`,
      isOpen: template === open,
      isDraft: unsaved.has(draftKey(one.kind, way, language)),
    };
  };

  return (
    <>
      <NoticesHead />
      <div class="list-tools">
        <label class="pick">
          <span>{t('template.language')}</span>
          <select class="input" value={language} onChange={(event) => change({ language: event.currentTarget.value })}>
            {languages.map((one) => <option value={one}>{languageName(one)}</option>)}
          </select>
        </label>
      </div>
      {error ? (
        <Failed error={error} title={t('template.failed')} again={() => void Promise.all([kinds.refetch(), templates.refetch()])} />
      ) : !all || !of ? (
        <Wait />
      ) : (
        <>
          <div ref={editor}>{open && itsKind ? <TemplateEditor key={`${open.kind} ${open.channel} ${language} ${open.is_own} ${open.version}`} template={open} kind={itsKind} language={language} /> : null}</div>
          <Section title={t('template.all')}>
            <table class="table table-stack table-roomy">
              <caption class="sr">{t('template.all')}</caption>
              <thead>
                <tr>
                  <th scope="col">{t('notice.what')}</th>
                  {CHANNELS.map((way) => <th scope="col">{t(CHANNEL[way])}</th>)}
                </tr>
              </thead>
              <tbody>
                {of.map((one) => (
                  <tr key={one.kind}>
                    <td class="any"><b class="title">{kindName(one.kind)}</b></td>
                    {CHANNELS.map((way) => <td data-k={t(CHANNEL[way])}><Word cell={cellOf(one, way)} of={kindName(one.kind)} /></td>)}
                  </tr>
                ))}
              </tbody>
            </table>
          </Section>
        </>
      )}
    </>
  );
}
