/* Choosing one member: type a name or scan a card, then take one of those found. */
import { useId, useState } from 'preact/hooks';
import { t } from '../core/messages';
import { useList } from '../core/query';
import { Icon } from '../parts/icon';
import type { Member } from './member';

export interface Picked {
  id: string;
  name: string;
}

const OFFERED = 5;

export function MemberPicker({ label, hint, required = false, value, change }: { label: string; hint: string; required?: boolean; value: Picked | null; change: (next: Picked | null) => void }) {
  const id = useId();
  const [q, setQ] = useState('');
  const found = useList<Member>('members', q.trim() ? '/members' : null, { q: q.trim(), limit: OFFERED });
  if (value) {
    return (
      <div class="field">
        <span class="k">{label}</span>
        <button type="button" class="chip" onClick={() => change(null)}>
          <bdi>{value.name}</bdi>
          <Icon name="x" />
          <span class="sr">{t('picker.remove')}</span>
        </button>
      </div>
    );
  }
  const hits = q.trim() ? found.data?.data : undefined;
  return (
    <div class="field">
      <label for={id}>{label}{required ? null : <span class="optional"> {t('form.optional')}</span>}</label>
      <input
        class="input"
        id={id}
        value={q}
        autocomplete="off"
        aria-required={required ? 'true' : undefined}
        spellcheck={false}
        aria-describedby={`${id}-more`}
        onInput={(event) => setQ(event.currentTarget.value)}
        onKeyDown={(event) => {
          // A scanner ends with Enter: that takes the one found and must not send the form around it.
          if (event.key !== 'Enter') return;
          event.preventDefault();
          if (hits?.length === 1 && hits[0]) change(hits[0]);
        }}
      />
      <div id={`${id}-more`} role="status">
        {!hits ? <span class="hint">{hint}</span> : hits.length === 0 ? <span class="hint">{t('picker.none')}</span> : null}
      </div>
      {hits?.length ? (
        <ul class="picks">
          {hits.map((member) => (
            <li>
              <button type="button" onClick={() => change(member)}>
                <bdi>{member.name}</bdi> <span class="hint machine">{member.card}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
