/* In which language the pages speak: the library's, unless this browser was told otherwise. Fixed once the page has loaded. */
import { kept } from './store';

export type Language = 'en' | 'de';

/** Each in its own words. */
export const LANGUAGES: Record<Language, string> = { en: 'English', de: 'Deutsch' };
const codes = Object.keys(LANGUAGES) as Language[];

export type Choice = 'library' | Language;
export const CHOICES: readonly Choice[] = ['library', ...codes];
export const chosen = kept<Choice>('language', CHOICES, 'library');

/** What the library said last: its pages begin in it before they can ask. */
const library = kept<Language>('library-language', codes, 'en');

const wanted = (): Language => {
  const choice = chosen.get();
  return choice === 'library' ? library.get() : choice;
};

export const language: Language = wanted();
document.documentElement.lang = language;

const follow = (): void => {
  if (wanted() !== language) location.reload();
};
chosen.watch(follow);

/** The library's setting, as the server says it: "de", "de-AT"; English for one that there are no texts in. */
export function heard(setting: string): void {
  library.set(codes.find((code) => setting.toLowerCase().split('-')[0] === code) || 'en');
  follow();
}

/** How dates and numbers are written: as this browser has it, where that is the pages' language. */
export const locales: string[] = (() => {
  const own = (navigator.languages || []).filter((one) => one.toLowerCase().split('-')[0] === language);
  return own.length ? [...own] : [language];
})();
