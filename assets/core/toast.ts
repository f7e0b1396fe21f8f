/* One toast at a time: what was done, and Undo. Errors stand beside what they are about and not here; but an Undo that was
   refused is told here, for the page that it belonged to may be gone. */
import { store } from './store';

export interface Toast {
  key: number;
  text: string;
  /** What it promises is waited for; a refusal takes the toast's place. */
  undo?: () => unknown;
}

export const toast = store<Toast | null>(null);
let last = 0;

export function say(text: string, undo?: () => unknown): void {
  last += 1;
  toast.set(undo ? { key: last, text, undo } : { key: last, text });
}
