/* The head that all pages of Settings share. */
import { type Key, t } from '../core/messages';
import { place } from '../core/router';
import { PageHead, useTitle } from '../parts/page_head';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

const PAGES: [path: string, name: Key][] = [
  ['/settings/overview', 'overview.title'],
  ['/settings', 'settings.library'],
  ['/settings/rules', 'settings.rules'],
  ['/settings/calendar', 'settings.calendar'],
  ['/settings/year', 'settings.year'],
  ['/settings/messages', 'settings.messages'],
  ['/settings/catalogues', 'settings.catalogues'],
  ['/settings/accounts', 'settings.accounts'],
  ['/settings/keys', 'settings.keys'],
  ['/settings/webhooks', 'settings.webhooks'],
  ['/settings/jobs', 'settings.jobs'],
  ['/settings/backups', 'settings.backups'],
  ['/settings/health', 'settings.health'],
  ['/settings/audit', 'settings.audit'],
];

export function SettingsHead({ children }: { children?: ComponentChildren }) {
  const here = PAGES.find(([path]) => path === place.get().path);
  // On a narrow screen the tabs roll sideways: the one that is open is in sight.
  const open = useRef<HTMLAnchorElement>(null);
  useEffect(() => open.current?.scrollIntoView({ block: 'nearest', inline: 'center' }), []);
  useTitle(here ? t(here[1]) : t('nav.settings'));
  return (
    <>
      <PageHead title={t('nav.settings')}>{children}</PageHead>
      <nav class="tabs" aria-label={t('nav.settings')}>
        {PAGES.map((page) => (
          <a href={page[0]} {...(page === here ? { ref: open, 'aria-current': 'page' as const } : {})}>{t(page[1])}</a>
        ))}
      </nav>
    </>
  );
}
