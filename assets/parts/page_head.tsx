import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { backTo } from '../core/router';
import { Icon } from './icon';

/** The name in the browser's tab. */
export function useTitle(name: string): void {
  useEffect(() => {
    document.title = name ? `${name} · Carrel` : 'Carrel';
  }, [name]);
}

interface Head {
  title: ComponentChildren;
  /** One line of facts; never a sentence saying what the page is. */
  facts?: ComponentChildren;
  children?: ComponentChildren;
}

export function PageHead({ title, facts, children }: Head) {
  return (
    <header class="page-head">
      <div>
        <h1>{title}</h1>
        {facts ? <p>{facts}</p> : null}
      </div>
      {children ? <div class="actions">{children}</div> : null}
    </header>
  );
}

/** The way back to a list: to where one was in it, if one came from there. */
export function Crumb({ to, children }: { to: string; children: ComponentChildren }) {
  const go = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    backTo(to);
  };
  return (
    <p class="crumb">
      <Icon name="chevron-left" />
      <a href={to} onClick={go}>{children}</a>
    </p>
  );
}

export function Section({ title, count, aside, class: extra, children }: { title: ComponentChildren; count?: ComponentChildren; aside?: ComponentChildren; class?: string; children: ComponentChildren }) {
  return (
    <section class={extra ? `section ${extra}` : 'section'}>
      <div class="section-head">
        <h2>
          {title}
          {count !== undefined ? <> <span class="count">{count}</span></> : null}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
