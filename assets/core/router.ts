/* History-API routing. The server answers index.html for every path here; the pages behind it load when first visited. */
import type { ComponentType } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { store } from './store';

export interface Place {
  path: string;
  search: string;
}

interface Mark {
  key: number;
  /** The address this one was reached from, when that was inside the application. */
  from?: string;
}

const here = (): Place => ({ path: location.pathname.replace(/(.)\/+$/, '$1'), search: location.search });
export const place = store<Place>(here());

/* Scroll position per history entry: Back returns to the row one left from. */
history.scrollRestoration = 'manual';
const scrolls = new Map<number, number>();
const marked = history.state as Mark | null;
let mark: Mark = marked && typeof marked.key === 'number' ? marked : { key: Date.now() };
history.replaceState(mark, '');
let wanted = 0;

const remember = () => scrolls.set(mark.key, window.scrollY);

window.addEventListener('popstate', (event) => {
  remember();
  mark = (event.state as Mark | null) || { key: Date.now() };
  wanted = scrolls.get(mark.key) || 0;
  place.set(here());
});

export function navigate(to: string, options: { replace?: boolean; stay?: boolean } = {}): void {
  const current = location.pathname + location.search;
  if (options.replace) {
    history.replaceState(mark, '', to);
  } else {
    if (to === current) return;
    remember();
    mark = { key: mark.key + 1, from: current };
    history.pushState(mark, '', to);
    wanted = options.stay ? window.scrollY : 0;
  }
  place.set(here());
}

/** Go to a list the way one came, with its search and place, or freshly if one did not come from there. */
export function backTo(path: string): void {
  if (mark.from && mark.from.split('?')[0] === path) history.back();
  else navigate(path);
}

/** Call when the page's content is there: puts the scroll where it was. */
export function useScroll(ready: boolean, key: unknown = ''): void {
  useLayoutEffect(() => {
    if (!ready) return;
    window.scrollTo(0, wanted);
    wanted = 0;
  }, [ready, key]);
}

/** One delegated listener turns plain links into navigation, so that pages can write ordinary <a href>. */
export function listenForLinks(): void {
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.getAttribute('href')?.startsWith('#')) return;
    event.preventDefault();
    navigate(link.pathname + link.search);
  });
}

/** The query part of the address as state; `set` with '' or undefined removes a name. */
export function useSearch(): [URLSearchParams, (change: Record<string, string | undefined>, how?: { replace?: boolean; stay?: boolean }) => void] {
  const current = new URLSearchParams(place.get().search);
  const set = (change: Record<string, string | undefined>, how?: { replace?: boolean; stay?: boolean }) => {
    const next = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(change)) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    const text = next.toString();
    navigate(location.pathname + (text ? `?${text}` : ''), how);
  };
  return [current, set];
}

export type Page = ComponentType<{ id: string }>;
export type Load = () => Promise<{ default: Page }>;

const loaded = new Map<Load, Page>();

/** A page split off from the first load. `failed` when its file did not arrive. */
export function usePage(load: Load): { page?: Page; failed?: boolean; again: () => void } {
  const [, redraw] = useState(0);
  const [failed, setFailed] = useState<Load | null>(null);
  const page = loaded.get(load);
  useEffect(() => {
    if (page || failed === load) return;
    load().then(
      (module) => {
        loaded.set(load, module.default);
        redraw((n) => n + 1);
      },
      () => setFailed(() => load),
    );
  }, [load, page, failed]);
  const again = () => setFailed(null);
  return page ? { page, again } : { failed: failed === load, again };
}
