/* Words of templates that were typed and not saved yet. They outlive going to another template or page, and the browser asks before they are lost. */
import { store } from '../core/store';

export interface Draft {
  subject: string;
  body: string;
}

export const drafts = store<ReadonlyMap<string, Draft>>(new Map());

export const draftKey = (kind: string, channel: string, language: string): string => `${kind} ${channel} ${language}`;

export function keep(key: string, draft: Draft | null): void {
  const next = new Map(drafts.get());
  if (draft) next.set(key, draft);
  else next.delete(key);
  drafts.set(next);
}

const ask = (event: BeforeUnloadEvent): void => event.preventDefault();

drafts.watch(() => {
  if (drafts.get().size) window.addEventListener('beforeunload', ask);
  else window.removeEventListener('beforeunload', ask);
});
