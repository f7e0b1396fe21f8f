/* The dialog that registers a member, and the same one that edits one. */
import { body, type Draft, filled, useForm } from '../core/form';
import type { List } from '../core/api';
import { t } from '../core/messages';
import { useGet } from '../core/query';
import { navigate } from '../core/router';
import { kindName } from '../core/server_words';
import { say } from '../core/toast';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Refused } from '../parts/states';
import { createMember, type Member, MEMBER_TYPES, type MemberType, updateMember } from './member';

type Name = 'name' | 'member_type' | 'card' | 'email' | 'phone' | 'group' | 'expires_on' | 'note';

function draftOf(member?: Member): Draft<Name> {
  return {
    name: member?.name || '',
    member_type: member?.member_type || '',
    card: member?.card || '',
    email: member?.email || '',
    phone: member?.phone || '',
    group: member?.group || '',
    expires_on: member?.expires_on?.slice(0, 10) || '',
    note: member?.note || '',
  };
}

/** What was typed into "Register a member" and not saved is there again when the dialog is opened again. */
let unsaved: Draft<Name> | null = null;

export function MemberForm({ member, close }: { member?: Member; close: () => void }) {
  const types = useGet<List<MemberType>>('members', MEMBER_TYPES, { limit: 100 });
  const form = useForm<Name>((!member && unsaved) || draftOf(member), async (values) => {
    if (!member) {
      const made = await createMember(filled(body(values)));
      unsaved = null;
      close();
      navigate(`/members/${made.id}`);
      say(t('member.registered', { name: made.name, card: made.card }));
      return;
    }
    const before = body(draftOf(member));
    const changes = Object.fromEntries(Object.entries(body(values)).filter(([name, value]) => value !== before[name]));
    if (Object.keys(changes).length) await updateMember(member.id, changes, member.version);
    close();
  });

  const leave = () => {
    if (!member) unsaved = form.values;
    close();
  };

  return (
    <Dialog title={member ? t('member.editTitle') : t('member.register')} close={leave}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="name" label={t('member.name')} required focus />
        <Field form={form} name="card" label={t('member.card')} machine {...(member ? {} : { hint: t('member.cardHint') })} />
        {types.data ? <Field form={form} name="member_type" label={t('kinds.kind')} options={[...(member ? [] : [['', t('kinds.usual')] as [string, string]]), ...types.data.data.map((one): [string, string] => [one.code, kindName(one.name)])]} /> : null}
        <div class="pair">
          <Field form={form} name="email" label={t('member.email')} type="email" />
          <Field form={form} name="phone" label={t('member.phone')} type="tel" />
          <Field form={form} name="group" label={t('member.group')} hint={t('member.groupHint')} />
          <Field form={form} name="expires_on" label={t('member.until')} type="date" />
        </div>
        <Field form={form} name="note" label={t('member.note')} hint={t('member.noteHint')} lines={2} />
        <div class="actions">
          <button type="button" class="btn" onClick={leave}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{form.busy ? t('form.busy') : member ? t('member.save') : t('member.registerThis')}</button>
        </div>
      </form>
    </Dialog>
  );
}
