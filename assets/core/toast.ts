/* One toast at a time: what was done, and Undo. Errors never come here: they stand beside what they are about. */
import { store } from './store';

export interface Toast {
  key: number;
  text: string;
  undo?: () => void;
}

export const toast = store<Toast | null>(null);
let last = 0;

export function say(text: string, undo?: () => void): void {
  last += 1;
  toast.set(undo ? { key: last, text, undo } : { key: last, text });
}
