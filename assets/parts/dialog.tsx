import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { t } from '../core/messages';
import { Refused } from './states';

/** A native dialog, open as long as it is rendered; Escape asks `close` to take it away. Focus goes to [data-focus], and back to where it was: at once, so that no key goes astray. */
export function Dialog({ title, close, children }: { title: ComponentChildren; close: () => void; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = element.current as HTMLDialogElement;
    const before = document.activeElement;
    dialog.showModal();
    dialog.querySelector<HTMLElement>('[data-focus]')?.focus();
    return () => {
      dialog.close();
      if (!(before instanceof HTMLElement) || !before.isConnected) return;
      // close() gives the focus back, but in Chromium not the caret: what is typed or scanned then would go nowhere.
      before.blur();
      before.focus();
    };
  }, []);
  return (
    <dialog
      class="dialog"
      ref={element}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

interface Question {
  title: ComponentChildren;
  /** What will happen. */
  children: ComponentChildren;
  /** The verb that says the result, and the one that leaves all as it is. */
  yes: ComponentChildren;
  no: string;
  /** It cannot be taken back and touches much. */
  danger?: boolean;
  act: () => Promise<unknown>;
  close: () => void;
}

/** Asked only where Undo cannot reach. The safe button comes first and has the focus. */
export function Ask({ title, children, yes, no, danger = false, act, close }: Question) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const go = () => {
    setBusy(true);
    act().then(close, (cause: unknown) => {
      setBusy(false);
      if (cause instanceof ApiError) setError(cause);
      else throw cause;
    });
  };
  return (
    <Dialog title={title} close={close}>
      <p>{children}</p>
      {error ? <Refused error={error} /> : null}
      <div class="actions">
        <button type="button" class="btn" data-focus onClick={close}>{no}</button>
        <button type="button" class={danger ? 'btn btn-danger' : 'btn btn-main'} aria-busy={busy} disabled={busy} onClick={go}>{busy ? t('form.busy') : yes}</button>
      </div>
    </Dialog>
  );
}
