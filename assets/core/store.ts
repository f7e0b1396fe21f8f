/* A value others can watch. Enough for what is not server state: connection, toast, the desk. */
import { useEffect, useState } from 'preact/hooks';

export interface Store<T> {
  get(): T;
  set(next: T): void;
  watch(listener: () => void): () => void;
}

export function store<T>(value: T): Store<T> {
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (next === value) return;
      value = next;
      listeners.forEach((listener) => listener());
    },
    watch(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

export function useStore<T>(source: Store<T>): T {
  const [value, setValue] = useState(source.get());
  useEffect(() => {
    setValue(source.get());
    return source.watch(() => setValue(source.get()));
  }, [source]);
  return value;
}

/** A choice of this browser, or a text that passes. Storage may be forbidden: then it lasts as long as the page. */
export function kept<T extends string>(name: string, allowed: readonly T[] | ((saved: string) => boolean), fallback: T): Store<T> {
  const isAllowed = (saved: T): boolean => (typeof allowed === 'function' ? allowed(saved) : allowed.includes(saved));
  let start = fallback;
  try {
    const saved = localStorage.getItem(`carrel.${name}`) as T | null;
    if (saved && isAllowed(saved)) start = saved;
  } catch {
    /* no storage */
  }
  const inner = store<T>(start);
  inner.watch(() => {
    try {
      localStorage.setItem(`carrel.${name}`, inner.get());
    } catch {
      /* no storage */
    }
  });
  return inner;
}
