/* What happens to a membership at the desk: it goes on, or its card is lost. */
import { useForm } from '../core/form';
import { fullDay } from '../core/format';
import { t } from '../core/messages';
import { say } from '../core/toast';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Refused } from '../parts/states';
import { type Member, renewMembership, replaceCard, updateMember } from './member';

export function RenewForm({ member, close }: { member: Member; close: () => void }) {
  const before = member.expires_on;
  const form = useForm({ until: '' }, async ({ until }) => {
    const next = await renewMembership(member.id, until, member.version);
    say(t('membership.isRenewed', { name: next.name, day: fullDay(next.expires_on) }), () => updateMember(next.id, { expires_on: before }, next.version));
    close();
  });
  return (
    <Dialog title={t('membership.renewOf', { name: member.name })} close={close}>
      <p class="second">{before ? t('membership.endsNow', { day: fullDay(before) }) : t('membership.endless')}</p>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="until" label={t('membership.until')} hint={t('membership.untilHint')} type="date" focus />
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'membership.renew')}</button>
        </div>
      </form>
    </Dialog>
  );
}

/** Not to be undone: the old number may be taken by then. */
export function CardForm({ member, close }: { member: Member; close: () => void }) {
  const form = useForm({ card: '' }, async ({ card }) => {
    const next = await replaceCard(member.id, card.trim(), member.version);
    say(t('membership.hasCard', { name: next.name, card: next.card }));
    close();
  });
  return (
    <Dialog title={t('membership.cardFor', { name: member.name })} close={close}>
      <p class="second">{t('membership.cardMore', { card: member.card })}</p>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="card" label={t('membership.newCard')} hint={t('membership.newCardHint')} machine focus />
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'membership.giveCard')}</button>
        </div>
      </form>
    </Dialog>
  );
}
