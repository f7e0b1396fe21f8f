/* What a file of cells was taken for. Before anything is written, each of it can be put right. */
import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { useForm } from '../core/form';
import { t } from '../core/messages';
import { say } from '../core/toast';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Section } from '../parts/page_head';
import { Refused } from '../parts/states';
import { type Batch, readAs, type Told } from './import_batch';
import { delimiterOf, DELIMITERS, ENCODINGS, fieldsOf } from './import_fields';
import { saveProfile, useProfiles } from './import_profile';
import { samplesOf } from './import_sample';

/** What somebody has said of a file here, who knows better than it tells: said again with the next word. */
const saidOf = new Map<string, { encoding?: string; delimiter?: string }>();

function SaveProfile({ batch, close }: { batch: Batch; close: () => void }) {
  const form = useForm({ name: '' }, async ({ name }) => {
    await saveProfile(name.trim(), batch, saidOf.get(batch.id));
    say(t('import.profileSaved', { name: name.trim() }));
    close();
  });
  return (
    <Dialog title={t('import.saveProfile')} close={close}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="name" label={t('import.profileName')} hint={t('import.profileNameHint')} required focus />
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'import.saveProfile')}</button>
        </div>
      </form>
    </Dialog>
  );
}

/** What was chosen; the box shows what holds until the file has been read that way. */
function chosenIn(event: { currentTarget: HTMLSelectElement }, holds: string): string {
  const { value } = event.currentTarget;
  event.currentTarget.value = holds;
  return value;
}

/** `again`: the file is being read once more. */
export function Columns({ batch, again }: { batch: Batch; again: boolean }) {
  const { id, kind, columns, encoding } = batch;
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [sending, setSending] = useState(false);
  const [naming, setNaming] = useState(false);
  const [samples, setSamples] = useState<string[][] | null>(null);
  const profiles = useProfiles();
  const delimiter = delimiterOf(batch.delimiter);
  const sign = delimiter?.sign || batch.delimiter || ',';
  useEffect(() => {
    let isHere = true;
    void samplesOf(id, encoding || 'UTF-8', sign).then((found) => {
      if (isHere) setSamples(found);
    });
    return () => {
      isHere = false;
    };
  }, [id, encoding, sign]);
  const busy = again || sending;
  const tell = (told: Told) => {
    setSending(true);
    setProblem(null);
    readAs(id, told)
      .catch((cause: unknown) => {
        if (!(cause instanceof ApiError)) throw cause;
        setProblem(cause);
      })
      .finally(() => setSending(false));
  };
  const tellMore = (part: { encoding?: string; delimiter?: string }) => {
    const said = { ...saidOf.get(id), ...part };
    saidOf.set(id, said);
    tell(said);
  };
  const tellColumn = (at: number, field: string) => {
    // A field stands in one column: the one that was it before is left out now.
    const fields = columns.map((column, i) => (i === at ? field : column.field === field ? '' : column.field || ''));
    tell({ ...(encoding ? { encoding } : {}), ...(delimiter ? { delimiter: delimiter.name } : {}), columns: fields.join(',') });
  };
  const takeAs = (profile: string) => tell(profile ? { profile } : {});
  const fields = fieldsOf(kind);
  const fitting = profiles.data?.data.filter((one) => one.kind === kind) || [];
  const profile = fitting.find(({ name }) => name === batch.profile);
  return (
    <>
      <Section title={t('import.recognised')}>
        {problem ? <div class="below"><Refused error={problem} /></div> : null}
        <div class="pair import-taken" aria-busy={busy}>
          <label class="field">
            <span class="k">{t('import.encoding')}</span>
            <select class="input" value={encoding || ''} disabled={busy} onChange={(event) => tellMore({ encoding: chosenIn(event, encoding || '') })}>
              {ENCODINGS.map((name) => <option value={name}>{name}</option>)}
              {encoding && ENCODINGS.includes(encoding) ? null : <option value={encoding || ''}>{encoding}</option>}
            </select>
          </label>
          <label class="field">
            <span class="k">{t('import.delimiter')}</span>
            <select class="input" value={delimiter?.name || ''} disabled={busy} onChange={(event) => tellMore({ delimiter: chosenIn(event, delimiter?.name || '') })}>
              {DELIMITERS.map(({ name, text }) => <option value={name}>{t(text)}</option>)}
              {delimiter ? null : <option value="">{batch.delimiter}</option>}
            </select>
          </label>
          {fitting.length ? (
            <label class="field">
              <span class="k">{t('import.profile')}</span>
              <select class="input" value={profile?.id || ''} disabled={busy} onChange={(event) => takeAs(chosenIn(event, profile?.id || ''))}>
                <option value="">{t('import.profileAuto')}</option>
                {fitting.map((one) => <option value={one.id}>{one.name}</option>)}
              </select>
            </label>
          ) : null}
        </div>
      </Section>
      <Section title={t('import.columns')} aside={<button type="button" class="btn btn-small" disabled={busy} onClick={() => setNaming(true)}>{t('import.saveProfile')}</button>}>
        <p class="second below">{t('import.columnsHint')}</p>
        <table class="table table-stack table-roomy import-columns" aria-busy={busy}>
          <caption class="sr">{t('import.columns')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('import.column')}</th>
              <th scope="col">{t('import.becomes')}</th>
              {samples ? <th scope="col">{t('import.values')}</th> : null}
            </tr>
          </thead>
          <tbody>
            {columns.map((column, at) => (
              <tr key={`${at} ${column.header}`}>
                <td><label for={`column-${at}`}><bdi class="machine">{column.header || t('import.noHeader', { n: at + 1 })}</bdi></label></td>
                <td data-k={t('import.becomes')}>
                  <select class={column.field ? 'input' : 'input is-unused'} id={`column-${at}`} value={column.field || ''} disabled={busy} onChange={(event) => tellColumn(at, chosenIn(event, column.field || ''))}>
                    <option value="">{t('import.notUsed')}</option>
                    {fields.map(([field, name]) => <option value={field}>{name}</option>)}
                  </select>
                </td>
                {samples ? (
                  <td class={samples[at]?.length ? 'second' : 'gone'} data-k={t('import.values')}>
                    {(samples[at] || []).map((value) => <bdi class="import-value">{value}</bdi>)}
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
      {naming ? <SaveProfile batch={batch} close={() => setNaming(false)} /> : null}
    </>
  );
}
