/* Where one is on the way from a file to the library. Steps that are over and can be gone back to are links. */
import { type Key, t } from '../core/messages';

export type Step = 'file' | 'columns' | 'check' | 'import' | 'done';

const STEPS: [step: Step, name: Key][] = [
  ['file', 'import.stepFile'], ['columns', 'import.stepColumns'], ['check', 'import.stepCheck'], ['import', 'import.stepImport'], ['done', 'import.stepDone'],
];

export function Steps({ at, links = {} }: { at: Step; links?: Partial<Record<Step, string>> }) {
  const here = STEPS.findIndex(([step]) => step === at);
  return (
    <nav class="steps" aria-label={t('import.steps')}>
      <ol>
        {STEPS.map(([step, name], i) => {
          const to = links[step];
          const text = <><span class="steps-n">{i + 1}</span><span>{t(name)}</span></>;
          return (
            <li key={step} class={i < here ? 'is-over' : ''} {...(i === here ? { 'aria-current': 'step' as const } : {})}>
              {to && i !== here ? <a href={to}>{text}</a> : <span class="steps-at">{text}</span>}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
