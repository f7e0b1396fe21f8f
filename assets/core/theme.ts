/* Light or dark: the system's choice, unless this browser was told otherwise. tokens.css does the rest. */
import { kept } from './store';

export type Theme = 'system' | 'light' | 'dark';
export const theme = kept<Theme>('theme', ['system', 'light', 'dark'], 'system');

function apply(): void {
  const chosen = theme.get();
  if (chosen === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', chosen);
}

theme.watch(apply);
apply();
