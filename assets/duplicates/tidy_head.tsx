/* What these pages share: putting the catalogue in order. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type Key, t } from '../core/messages';
import { place } from '../core/router';
import { PageHead, useTitle } from '../parts/page_head';

const PAGES: [path: string, name: Key][] = [
  ['/duplicates', 'dup.pairs'],
  ['/duplicates/merged', 'dup.merged'],
  ['/authors', 'dup.authors'],
  ['/categories', 'dup.categories'],
];

export function TidyHead({ children }: { children?: ComponentChildren }) {
  const here = PAGES.find(([path]) => path === place.get().path);
  const open = useRef<HTMLAnchorElement>(null);
  useEffect(() => open.current?.scrollIntoView({ block: 'nearest', inline: 'center' }), []);
  useTitle(here ? t(here[1]) : t('nav.tidy'));
  return (
    <>
      <PageHead title={t('nav.tidy')}>{children}</PageHead>
      <nav class="tabs" aria-label={t('nav.tidy')}>
        {PAGES.map((page) => (
          <a href={page[0]} {...(page === here ? { ref: open, 'aria-current': 'page' as const } : {})}>{t(page[1])}</a>
        ))}
      </nav>
    </>
  );
}
