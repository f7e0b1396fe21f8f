/* What the server says, in the reader's language. It says it in English sentences, and those are the keys, as with gettext:
   a sentence is found by its fixed words, and what the server has filled in goes into the other language's sentence. One
   that is not known stays as it came. check.mjs holds the keys against the server's sources. */
import { fullDay, money } from './format';

export interface ServerWords {
  /** "{s} owes {s}." → "{1} schuldet {2m}." (de_refusals.ts says how they are written) */
  sentences: Record<string, string>;
  settings: Record<string, [name: string, meaning: string]>;
  /** What the audit log says was done, by its action. */
  deeds: Record<string, string>;
  /** Names of facts, as the audit log and the import name them. */
  facts: Record<string, string>;
  /** The kinds of titles and members that every library starts with, by the names Carrel gave them. */
  kinds: Record<string, string>;
}

interface Pattern {
  shape: RegExp;
  sentence: string;
}

let words: ServerWords | null = null;
/** A map, not the object: what is asked for may be somebody's own words, "constructor" too. */
let sentences = new Map<string, string>();
/** Those in which something is filled in; the longest fixed part first, for it says most. */
let patterns: Pattern[] = [];
let kinds = new Map<string, string>();

/* What the sentence knows of a value narrows what it can be: a name that holds the sentence's own words stays whole. */
const KINDS: Record<string, string> = { m: '(-?\\d+(?:\\.\\d+)?)', t: '(\\d{4}-\\d\\d-\\d\\d)' };

function shapeOf(key: string, sentence: string): RegExp {
  let place = 0;
  const kindOf = (n: number): string | undefined => new RegExp(`\\{${n}([mt])\\}`).exec(sentence)?.[1];
  const body = key.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{([sd])\}/g, (_, kind: string) => {
    place++;
    return kind === 'd' ? '(-?\\d+)' : KINDS[kindOf(place) || ''] || '(.*?)';
  });
  return new RegExp(`^${body}$`, 's');
}

export function useServerWords(of: ServerWords): void {
  words = of;
  sentences = new Map(Object.entries(of.sentences));
  kinds = new Map(Object.entries(of.kinds));
  const fixed = (key: string): number => key.replace(/\{[sd]\}/g, '').length;
  patterns = [...sentences]
    .filter(([key]) => /\{[sd]\}/.test(key))
    .sort(([a], [b]) => fixed(b) - fixed(a))
    .map(([key, sentence]) => ({ shape: shapeOf(key, sentence), sentence }));
}

/* Null when a value that should be the server's words is not among them: the shape was too wide, and it is another sentence. */
function fill(sentence: string, values: string[]): string | null {
  let isWhole = true;
  const text = sentence.replace(/\{(\d)(?:([wmt])|\?([^:}]*):([^}]*))?\}/g, (_, place: string, how: string | undefined, one: string | undefined, many: string | undefined) => {
    const value = values[Number(place) - 1] || '';
    if (one !== undefined) return (value === '1' ? one : many) as string;
    if (how === 'm') return money(Number(value));
    if (how === 't') return fullDay(value);
    if (how !== 'w') return value;
    const known = value === '' ? '' : found(value);
    isWhole &&= known !== null;
    return known || '';
  });
  return isWhole ? text : null;
}

function found(sentence: string): string | null {
  const whole = sentences.get(sentence);
  if (whole !== undefined) return whole;
  for (const pattern of patterns) {
    const hit = pattern.shape.exec(sentence);
    const text = hit ? fill(pattern.sentence, hit.slice(1)) : null;
    if (text !== null) return text;
  }
  return null;
}

/** A sentence of the server, as the reader says it. */
export const said = (sentence: string): string => found(sentence) ?? sentence;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).replace(/_/g, ' ');

/** "session_idle_minutes" → "Session idle minutes" */
export const settingName = (name: string): string => words?.settings[name]?.[0] || capital(name);
export const settingMeaning = (name: string, meaning: string): string => words?.settings[name]?.[1] || meaning;

/** "total_copies" → "total copies" */
export const factName = (name: string): string => words?.facts[name] || name.replace(/_/g, ' ');

/** "book.copies_changed", where there is a word for it; else undefined. */
export const deedName = (action: string): string | undefined => words?.deeds[action];

/** A kind of title or of member: translated as long as it has the name it came with, and not one of the library's. */
export const kindName = (name: string): string => kinds.get(name) ?? name;

export const kindsNamed = <Kind extends { name: string }>(all: Kind[] = []): Kind[] => all.map((kind) => ({ ...kind, name: kindName(kind.name) }));
