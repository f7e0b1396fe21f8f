/* What a list shows when it has nothing to show. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ApiError } from '../core/api';
import { t, tn } from '../core/messages';
import { said } from '../core/server_words';
import { Icon, type IconName } from './icon';

/** Four ruled bars, and those only after 150 ms: quick answers never flicker. */
export function Wait() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), 150);
    return () => window.clearTimeout(timer);
  }, []);
  return late ? (
    <div class="wait" role="status" aria-label={t('state.loading')}>
      <i /><i /><i /><i />
    </div>
  ) : null;
}

export function Empty({ icon, title, children, actions }: { icon: IconName; title: ComponentChildren; children?: ComponentChildren; actions?: ComponentChildren }) {
  return (
    <div class="state">
      <Icon name={icon} />
      <h3>{title}</h3>
      {children ? <p>{children}</p> : null}
      {actions ? <div class="actions">{actions}</div> : null}
    </div>
  );
}

/** Counts down to when the server will listen again. Not read out each second: the server's words have the number. */
function Countdown({ error }: { error: ApiError }) {
  const [left, setLeft] = useState(error.wait);
  useEffect(() => {
    const until = Date.now() + error.wait * 1000;
    const tick = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    tick();
    const timer = window.setInterval(tick, 1000);
    return () => window.clearInterval(timer);
  }, [error]);
  if (!error.wait) return null;
  return <p aria-hidden="true">{left ? tn('error.wait', left) : t('error.waitOver')}</p>;
}

/** The server's words, a way to try again, and the reference that finds the log line. */
export function Failed({ error, title, again, also }: { error: ApiError; title: string; again: () => void; also?: ComponentChildren }) {
  return (
    <div class="state state-error" role="alert">
      <Icon name="triangle-alert" />
      <h3>{title}</h3>
      <p>{error.message}</p>
      <Countdown error={error} />
      <div class="actions">
        <button type="button" class="btn" onClick={again}>
          <Icon name="refresh-cw" />
          {t('act.again')}
        </button>
        {also}
        {error.reference ? <span class="hint">{t('error.reference')} <span class="machine">{error.reference}</span></span> : null}
      </div>
    </div>
  );
}

/** A refusal that concerns the page or form, not one field. */
export function Refused({ error }: { error: ApiError }) {
  return (
    <div class="notice notice-over" role="alert">
      <Icon name="circle-x" />
      <div>
        <p>{error.message}</p>
        <Countdown error={error} />
        {error.fields.map((field) => (
          <p>{field.loc.filter((part) => part !== 'body').join('.')}: {said(field.msg)}</p>
        ))}
      </div>
    </div>
  );
}
