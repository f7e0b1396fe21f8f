import { useRef, useState } from 'preact/hooks';
import { t } from '../core/messages';

/** A secret that is shown this once, and a button that copies it. The clipboard's own interface needs HTTPS; selecting and copying does not. */
export function Once({ label, value, hint }: { label: string; value: string; hint: string }) {
  const box = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<'' | 'yes' | 'no'>('');
  const copy = () => {
    box.current?.focus();
    box.current?.select();
    setCopied(document.execCommand('copy') ? 'yes' : 'no');
  };
  return (
    <div class="field once">
      <label>
        <span class="k">{label}</span>
        <input class="input machine" ref={box} value={value} readOnly onFocus={(event) => event.currentTarget.select()} />
      </label>
      <button type="button" class="btn" data-focus onClick={copy}>{t('once.copy')}</button>
      <p class="hint" role="status">{copied === 'yes' ? t('once.copied') : copied === 'no' ? t('once.byHand') : hint}</p>
    </div>
  );
}
