import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../core/messages';
import { Icon } from './icon';

/** Results while typing, 120 ms after the last key; `/` comes here from anywhere on the page. */
export function SearchBox({ value, label, hint, change }: { value: string; label: string; hint: string; change: (value: string) => void }) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const timer = useRef(0);
  const input = useRef<HTMLInputElement>(null);

  // Back, or a cleared filter, changes the value from outside.
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
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
    }, wait);
  };

  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        typed(text, 0);
      }}
    >
      <Icon name="search" />
      <label class="sr" for="q">{label}</label>
      <input
        class="input"
        id="q"
        type="search"
        ref={input}
        value={text}
        placeholder={hint}
        autocomplete="off"
        spellcheck={false}
        enterkeyhint="search"
        onInput={(event) => typed(event.currentTarget.value, 120)}
      />
      {text ? null : <kbd title={t('list.slash')}>/</kbd>}
    </form>
  );
}
