/* The head that the pages of notices share. */
import type { ComponentChildren } from 'preact';
import { may } from '../core/door';
import { type Key, t } from '../core/messages';
import { place } from '../core/router';
import { useEffect, useRef } from 'preact/hooks';
import { PageHead, useTitle } from '../parts/page_head';

const PAGES: [path: string, name: Key, needs: 'librarian' | 'admin'][] = [
  ['/notices', 'notice.list', 'librarian'],
  ['/notices/write', 'notice.write', 'librarian'],
  ['/notices/templates', 'notice.templates', 'admin'],
];

export function NoticesHead({ children }: { children?: ComponentChildren }) {
  const here = PAGES.find(([path]) => path === place.get().path);
  // On a narrow screen the tabs roll sideways: the one that is open is in sight.
  const open = useRef<HTMLAnchorElement>(null);
  useEffect(() => open.current?.scrollIntoView({ block: 'nearest', inline: 'center' }), []);
  useTitle(here && here[0] !== '/notices' ? t(here[1]) : t('nav.notices'));
  return (
    <>
      <PageHead title={t('nav.notices')}>{children}</PageHead>
      <nav class="tabs" aria-label={t('nav.notices')}>
        {PAGES.filter(([, , needs]) => may(needs)).map((page) => (
          <a href={page[0]} {...(page === here ? { ref: open, 'aria-current': 'page' as const } : {})}>{t(page[1])}</a>
        ))}
      </nav>
    </>
  );
}
