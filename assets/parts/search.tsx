import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { t, tn } from '../core/messages';
import { Icon } from './icon';

/** Something that may be meant, and what kind of thing it is. */
export interface Offer {
  text: string;
  kind: string;
}

interface Props {
  value: string;
  label: string;
  hint: string;
  change: (value: string) => void;
  /** A hook: what may be meant by what was typed so far. The same one at each call. */
  suggest?: (typed: string) => Offer[];
  /** Enter was pressed, or a suggestion taken. */
  said?: (text: string) => void;
}

const nothing = (): Offer[] => [];

/** Results while typing, 120 ms after the last key; `/` comes here from anywhere on the page. Suggestions stand below the box and cover nothing. */
export function SearchBox({ value, label, hint, change, suggest, said }: Props) {
  const [text, setText] = useState(value);
  const [typing, setTyping] = useState('');
  const [active, setActive] = useState(-1);
  const sent = useRef(value);
  const timer = useRef(0);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const offers = (suggest || nothing)(typing);
  const isOpen = typing !== '' && offers.length > 0;

  // Back, or a cleared filter, changes the value from outside.
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
      setTyping('');
    }
  }, [value]);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select, dialog')) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  }, []);

  const typed = (next: string, wait: number) => {
    setText(next);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      sent.current = next.trim();
      change(next.trim());
      setTyping(wait ? next.trim() : '');
      setActive(-1);
    }, wait);
  };

  const finish = (final: string) => {
    typed(final, 0);
    said?.(final);
  };

  const keyed = (event: KeyboardEvent) => {
    if (!isOpen || event.isComposing) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step) {
      event.preventDefault();
      // Past either end stands what was typed itself.
      setActive(((active + 1 + step + offers.length + 1) % (offers.length + 1)) - 1);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      setTyping('');
      setActive(-1);
    }
  };

  const combobox = suggest ? {
    role: 'combobox' as const, 'aria-autocomplete': 'list' as const, 'aria-expanded': isOpen, 'aria-controls': `${id}-offers`, onKeyDown: keyed,
    ...(active >= 0 ? { 'aria-activedescendant': `${id}-${active}` } : {}),
  } : {};

  return (
    <form
      class="search-form"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        finish(offers[active]?.text ?? text);
      }}
    >
      <div class="search">
        <Icon name="search" />
        <label class="sr" for="q">{label}</label>
        <input
          class="input"
          id="q"
          type={suggest ? 'text' : 'search'}
          ref={input}
          value={text}
          placeholder={hint}
          autocomplete="off"
          spellcheck={false}
          enterkeyhint="search"
          onInput={(event) => typed(event.currentTarget.value, 120)}
          {...combobox}
        />
        {text ? null : <kbd title={t('list.slash')}>/</kbd>}
      </div>
      {isOpen ? (
        <ul class="offers" id={`${id}-offers`} role="listbox" aria-label={t('find.suggestions')}>
          {offers.map((offer, i) => (
            <li key={`${offer.kind} ${offer.text}`} id={`${id}-${i}`} role="option" aria-selected={i === active} onMouseDown={(event) => event.preventDefault()} onClick={() => finish(offer.text)}>
              <bdi>{offer.text}</bdi> <span class="hint">{offer.kind}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {suggest ? <span class="sr" role="status">{isOpen ? tn('find.suggested', offers.length) : ''}</span> : null}
    </form>
  );
}
