/* The first step of an import: what it is, how it is taken, and the file. And the other way: everything as files. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Key, t } from '../core/messages';
import { navigate, useScroll } from '../core/router';
import { useStore } from '../core/store';
import { Icon } from '../parts/icon';
import { Crumb, PageHead, Section, useTitle } from '../parts/page_head';
import { Failed } from '../parts/states';
import { type Kind, KINDS, OF_KIND } from './import_batch';
import { Steps } from './import_steps';
import { useProfiles } from './import_profile';
import { uploader, uploading } from './import_upload';

function KindChoice({ kind, profile }: { kind: Kind; profile: string }) {
  return (
    <fieldset class="import-kinds">
      <legend>{t('import.what')}</legend>
      {KINDS.map((one) => (
        <label key={one} class="import-kind">
          <input type="radio" name="kind" value={one} checked={one === kind} onChange={() => uploader.choose(one, one === kind ? profile : '')} />
          <span><span class="strong">{t(OF_KIND[one].name)}</span><span class="second">{t(OF_KIND[one].more)}</span></span>
        </label>
      ))}
    </fieldset>
  );
}

/** By itself, or as one says who knows where the file comes from. */
function ProfileChoice({ kind, profile }: { kind: Kind; profile: string }) {
  const profiles = useProfiles();
  const fitting = profiles.data?.data.filter((one) => one.kind === kind) || [];
  if (fitting.length === 0) return null;
  return (
    <div class="field">
      <label for="profile">{t('import.profile')}</label>
      <select class="input" id="profile" value={profile} aria-describedby="profile-more" onChange={(event) => uploader.choose(kind, event.currentTarget.value)}>
        <option value="">{t('import.profileAuto')}</option>
        {fitting.map(({ id, name }) => <option value={id}>{name}</option>)}
      </select>
      <span class="hint" id="profile-more">{t('import.profileHint')}</span>
    </div>
  );
}

function Drop() {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (file: File | null | undefined) => {
    if (file) uploader.send(file);
  };
  return (
    <div
      class={over ? 'drop drop-over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files[0]);
      }}
    >
      <Icon name="file-up" />
      <div>
        <p class="strong">{t('import.drop')}</p>
        <p class="second">{t('import.dropMore')}</p>
        <div class="actions">
          <button type="button" class="btn btn-main" onClick={() => input.current?.click()}>{t('import.choose')}</button>
          <input
            ref={input}
            class="sr"
            type="file"
            id="file"
            accept=".csv,.tsv,.txt,.mrc,.marc,.xml,text/csv,text/tab-separated-values,application/marc"
            aria-label={t('import.choose')}
            tabIndex={-1}
            onChange={(event) => {
              take(event.currentTarget.files?.[0]);
              event.currentTarget.value = '';
            }}
          />
        </div>
      </div>
    </div>
  );
}

function Sending({ name, sent }: { name: string; sent: number }) {
  return (
    <div class="working" role="status">
      <p class="strong"><bdi>{name}</bdi></p>
      <progress class="progress" aria-label={t('import.sending')} value={sent} max={1} />
      <p class="second">{t('import.sending')}</p>
      <p class="hint">{t('import.sendingLeave')}</p>
    </div>
  );
}

const TITLE_FILES: [path: string, name: string, text: Key][] = [
  ['/books/export/marc', 'catalogue.mrc', 'import.asMarc'], ['/books/export/marc?format=marcxml', 'catalogue.xml', 'import.asXml'], ['/books/export/csv', 'catalogue.csv', 'import.asCsv'],
];
const OTHER_FILES: [path: string, name: string, text: Key][] = [
  ['/copies/export/csv', 'copies.csv', 'import.copyRows'], ['/members/export/csv', 'members.csv', 'import.members'], ['/borrows/export/csv?status=borrowed', 'loans.csv', 'import.loans'],
];

function Files({ files }: { files: [path: string, name: string, text: Key][] }) {
  return (
    <div class="actions">
      {files.map(([path, name, text]) => <a class="btn" href={`/api/v1${path}`} download={name}><Icon name="download" />{t(text)}</a>)}
    </div>
  );
}

function Everything() {
  return (
    <Section title={t('import.out')}>
      <p class="second below import-out">{t('import.outMore')}</p>
      <h3 class="import-out-of">{t('import.titles')}</h3>
      <Files files={TITLE_FILES} />
      <h3 class="import-out-of">{t('import.outOthers')}</h3>
      <Files files={OTHER_FILES} />
    </Section>
  );
}

export default function ImportPage() {
  useTitle(t('import.title'));
  useScroll(true);
  const { file, kind, profile, sent, error, made } = useStore(uploading);
  // Wherever one was while it went up: here is where it goes on.
  useEffect(() => {
    if (!made) return;
    uploader.reset();
    navigate(`/imports/${encodeURIComponent(made)}?step=columns`, { replace: true });
  }, [made]);
  return (
    <>
      <Crumb to="/catalogue">{t('nav.catalogue')}</Crumb>
      <PageHead title={t('import.title')}>
        <a class="btn" href="/imports">{t('import.earlier')}</a>
      </PageHead>
      <Steps at="file" />
      {error ? (
        <Failed error={error} title={t('import.notSent')} again={uploader.again} also={<button type="button" class="btn" onClick={uploader.reset}>{t('import.otherFile')}</button>} />
      ) : file ? (
        <Sending name={file.name} sent={sent} />
      ) : (
        <>
          <KindChoice kind={kind} profile={profile} />
          <ProfileChoice kind={kind} profile={profile} />
          <Drop />
          <Everything />
        </>
      )}
    </>
  );
}
