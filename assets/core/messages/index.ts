/* Texts. Keys are typed; check.mjs finds keys nobody uses. Plurals are two or more keys: name.one, name.other … */
import { type ComponentChildren, Fragment, h, type VNode } from 'preact';
import { language, locales } from '../language';
import { useServerWords } from '../server_words';
import { en } from './en';

export type Key = keyof typeof en;
export type PluralKey = Key extends infer K ? (K extends `${infer Base}.other` ? Base : never) : never;
export type Values = Record<string, string | number>;

/** A whole language: every key, and whatever further plurals it has. */
export type Messages = Record<Key, string>;

let messages: Record<string, string> = en;
const plural = new Intl.PluralRules(language);
const whole = new Intl.NumberFormat(locales);

/** To be waited for before anything is shown. English is always there; should another not arrive, it stays. */
export async function loadMessages(): Promise<void> {
  if (language !== 'de') return;
  const [{ de }, { server }] = await Promise.all([import('./de'), import('./de_server')]);
  messages = de;
  useServerWords(server);
}

export function t(key: Key, values: Values = {}): string {
  return (messages[key] || key).replace(/\{(\w+)\}/g, (all, name: string) => {
    const value = values[name];
    return value === undefined ? all : typeof value === 'number' ? whole.format(value) : value;
  });
}

/** A counted thing: {n} is the number, written as the reader writes numbers. */
export function tn(key: PluralKey, n: number, values: Values = {}): string {
  const form = `${key}.${plural.select(n)}`;
  return t((form in messages ? form : `${key}.other`) as Key, { ...values, n });
}

/** A text with parts of the page in it: names in <bdi>, dates in stamps. */
export function tx(key: Key, parts: Record<string, ComponentChildren>): VNode {
  const pieces = (messages[key] || key).split(/\{(\w+)\}/);
  return h(Fragment, null, ...pieces.map((piece, i) => (i % 2 ? parts[piece] : piece)));
}
