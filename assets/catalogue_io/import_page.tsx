import { useRef, useState } from 'preact/hooks';
import type { ApiError } from '../core/api';
import { count } from '../core/format';
import { downloadCsv } from '../core/download';
import { type Key, t, tn } from '../core/messages';
import { useScroll } from '../core/router';
import { said } from '../core/server_words';
import { useStore } from '../core/store';
import { Icon } from '../parts/icon';
import { Crumb, PageHead, Section, useTitle } from '../parts/page_head';
import { Empty, Failed, Refused } from '../parts/states';
import { importer, type Report, type ReportRow, type Run, run, type Taken } from './import_run';

/** As the file has it, as the API names it, as it is called. */
const DELIMITERS: Record<string, [name: string, text: Key]> = {
  ',': ['comma', 'import.comma'], ';': ['semicolon', 'import.semicolon'], '\t': ['tab', 'import.tab'], '|': ['bar', 'import.bar'],
};

/** What stays out, for whoever puts it right in the file. */
function saveRefused(rows: ReportRow[], name: string): void {
  const head = [t('import.row'), t('book.title'), t('import.why')];
  downloadCsv([head, ...rows.map(({ row, title, reasons }) => [String(row), title || '', reasons.map(said).join(' ')])], `${name.replace(/\.\w+$/, '')}-${t('import.fileRefused')}.csv`);
}

function Choose() {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (file: File | null | undefined) => {
    if (file) importer.choose(file);
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

/** The other way: all live titles, as other programs take them in. */
function WholeCatalogue() {
  const files: [string, string, Key][] = [
    ['/books/export/marc', 'catalogue.mrc', 'import.asMarc'], ['/books/export/marc?format=marcxml', 'catalogue.xml', 'import.asXml'], ['/books/export/csv', 'catalogue.csv', 'import.asCsv'],
  ];
  return (
    <Section title={t('import.out')}>
      <p class="second below">{t('import.outMore')}</p>
      <div class="actions">
        {files.map(([path, name, text]) => <a class="btn" href={`/api/v1${path}`} download={name}><Icon name="download" />{t(text)}</a>)}
      </div>
    </Section>
  );
}

function Working({ state }: { state: Run }) {
  const up = state.sent < 1;
  const text = up ? t('import.sending') : t(state.step === 'reading' ? 'import.reading' : 'import.importing');
  return (
    <div class="working" role="status">
      <p class="strong"><bdi>{state.file?.name}</bdi></p>
      <progress class="progress" aria-label={text} {...(up ? { value: state.sent, max: 1 } : {})} />
      <p class="second">{text}</p>
      {state.step === 'importing' ? <p class="hint">{t('import.leave')}</p> : null}
    </div>
  );
}

function Figures({ report }: { report: Report }) {
  const whole = report.dry_run;
  return (
    <dl class="figures">
      <div class="figure"><dt>{t('import.rows')}</dt><dd class="v">{count(report.rows_read)}</dd></div>
      <div class="figure"><dt>{t(whole ? 'import.willCome' : 'import.came')}</dt><dd class="v">{count(report.imported)}</dd><dd class="n">{tn('import.copies', report.copies_created)}</dd></div>
      <div class="figure"><dt>{t('import.repaired')}</dt><dd class="v">{count(report.repaired)}</dd><dd class="n">{t('import.repairedMore')}</dd></div>
      <div class={report.refused ? 'figure is-over' : 'figure'}><dt>{t('import.refused')}</dt><dd class="v">{count(report.refused)}</dd><dd class="n">{t('import.refusedMore')}</dd></div>
    </dl>
  );
}

function Rows({ title, rows, total, kind, save }: { title: string; rows: ReportRow[]; total: number; kind: 'repaired' | 'refused'; save?: () => void }) {
  const [all, setAll] = useState(false);
  if (rows.length === 0) return null;
  const shown = all ? rows : rows.slice(0, 25);
  return (
    <Section
      title={title}
      count={count(total)}
      {...(save ? { aside: <button type="button" class="btn btn-small" onClick={save}><Icon name="download" />{t('import.saveRefused')}</button> } : {})}
    >
      <table class="table table-dense table-stack">
        <caption class="sr">{title}</caption>
        <thead>
          <tr>
            <th scope="col" class="num row-number">{t('import.row')}</th>
            <th scope="col">{t('book.title')}</th>
            <th scope="col">{t(kind === 'refused' ? 'import.why' : 'import.what')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.row}>
              <td class="num second side">{count(row.row)}</td>
              <td class="strong"><bdi>{row.title || t('import.noTitle')}</bdi></td>
              <td data-k={t(kind === 'refused' ? 'import.why' : 'import.what')}>{row.reasons.map((reason) => <span class="reason">{said(reason)}</span>)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {all || rows.length <= 25 ? null : (
        <div class="pager">
          <button type="button" class="btn btn-small" onClick={() => setAll(true)}>{t('import.showRows', { n: rows.length })}</button>
        </div>
      )}
    </Section>
  );
}

/** The fields of a title, and how they are called. */
const FIELDS: [string, Key][] = [
  ['title', 'book.title'], ['subtitle', 'book.subtitle'], ['author', 'book.author'], ['isbn', 'book.isbn'], ['publisher', 'book.publisher'],
  ['edition', 'book.edition'], ['year', 'book.year'], ['language', 'book.language'], ['description', 'book.description'],
  ['item_type', 'import.itemType'], ['categories', 'book.categories'], ['total_copies', 'book.copies'], ['barcode', 'copy.barcode'],
];
const fieldName = (field: string): string => {
  const known = FIELDS.find(([name]) => name === field);
  return known ? t(known[1]) : field;
};

const ENCODINGS = ['UTF-8', 'Windows-1252', 'UTF-16LE', 'UTF-16BE'];

/** What the file was taken for. Before anything is written, each of it can be put right. */
function Columns({ report }: { report: Report }) {
  const delimiter = DELIMITERS[report.delimiter];
  if (report.format !== 'csv') return <Section title={t('import.marc')}><p class="second">{t('import.marcMore')}</p></Section>;
  if (report.dry_run) return <Tell taken={report} />;
  return (
    <Section title={t('import.columns')} aside={<span class="hint">{report.encoding}{delimiter ? `, ${t(delimiter[1])}` : ''}</span>}>
      <dl class="facts">
        {report.columns.map((column) => (
          <>
            <dt><bdi class="machine">{column.header}</bdi></dt>
            <dd>{column.field ? fieldName(column.field) : <span class="hint">{t('import.notUsed')}</span>}</dd>
          </>
        ))}
      </dl>
    </Section>
  );
}

/** Of a file that could not be read because no column was known: what there is, for somebody who knows it. */
function takenOf({ reason }: ApiError): Taken | null {
  const [headers, columns, encoding, delimiter] = ['headers', 'columns', 'encoding', 'delimiter'].map((name) => reason[name]);
  if (typeof headers !== 'string' || typeof columns !== 'string') return null;
  const fields = columns.split(',');
  return { encoding: String(encoding), delimiter: String(delimiter), columns: headers.split('\t').map((header, i) => ({ header, field: fields[i] || null })) };
}

/** What was chosen; the box shows what holds until the file has been read that way. */
function chosenIn(event: { currentTarget: HTMLSelectElement }, holds: string): string {
  const { value } = event.currentTarget;
  event.currentTarget.value = holds;
  return value;
}

function Tell({ taken: report }: { taken: Taken }) {
  const { again, error } = useStore(run);
  const delimiter = DELIMITERS[report.delimiter];
  const tellColumn = (at: number, field: string) => {
    // A field stands in one column: the one that was it before is left out now.
    const fields = report.columns.map((column, i) => (i === at ? field : column.field === field ? '' : column.field || ''));
    importer.tell({ columns: fields.join(',') });
  };
  return (
    <Section title={t('import.columns')}>
      {error && !takenOf(error) ? <Refused error={error} /> : null}
      <div class="pair" aria-busy={again}>
        <label class="field">
          <span class="k">{t('import.encoding')}</span>
          <select class="input" value={report.encoding} disabled={again} onChange={(event) => importer.tell({ encoding: chosenIn(event, report.encoding) })}>
            {ENCODINGS.map((name) => <option value={name}>{name}</option>)}
          </select>
        </label>
        <label class="field">
          <span class="k">{t('import.delimiter')}</span>
          <select class="input" value={delimiter?.[0] || ''} disabled={again} onChange={(event) => importer.tell({ delimiter: chosenIn(event, delimiter?.[0] || '') })}>
            {Object.values(DELIMITERS).map(([name, text]) => <option value={name}>{t(text)}</option>)}
            {delimiter ? null : <option value="">{report.delimiter}</option>}
          </select>
        </label>
      </div>
      <ul class="lines import-columns">
        {report.columns.map((column, at) => (
          <li key={`${at} ${column.header}`}>
            <label for={`column-${at}`}><bdi class="machine">{column.header || t('import.noHeader', { n: at + 1 })}</bdi></label>
            <select class="input" id={`column-${at}`} value={column.field || ''} disabled={again} onChange={(event) => tellColumn(at, chosenIn(event, column.field || ''))}>
              <option value="">{t('import.notUsed')}</option>
              {FIELDS.map(([name, text]) => <option value={name}>{t(text)}</option>)}
            </select>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function ReportView({ report, name }: { report: Report; name: string }) {
  const of = (outcome: ReportRow['outcome']) => report.rows.filter((row) => row.outcome === outcome);
  const after = (
    <>
      {report.dry_run ? (
        <>
          {report.imported > 0 ? <button type="button" class="btn btn-main" onClick={importer.commit}><Icon name="file-up" />{tn('import.go', report.imported)}</button> : null}
          <button type="button" class="btn" onClick={importer.reset}>{t('import.otherFile')}</button>
        </>
      ) : (
        <>
          <a class="btn btn-main" href="/catalogue"><Icon name="library" />{t('import.toCatalogue')}</a>
          <button type="button" class="btn" onClick={importer.reset}>{t('import.another')}</button>
        </>
      )}
    </>
  );
  return (
    <>
      <div class="report-head" role="status">
        <p class="lead"><bdi class="strong">{name}</bdi></p>
        <p class="second">{report.dry_run ? t('import.dryDone') : tn('import.done', report.imported)}</p>
        <div class="actions">{after}</div>
      </div>
      <Figures report={report} />
      <div class="main-aside">
        <div>
          {report.summary.length ? (
            <Section title={t('import.found')}>
              <ul class="lines">
                {report.summary.map((one) => (
                  <li key={one.reason}>
                    <span>{said(one.meaning)}</span>
                    <span class="end second">{tn('import.rowCount', one.rows)}</span>
                  </li>
                ))}
              </ul>
            </Section>
          ) : null}
          <Rows title={t('import.refused')} rows={of('refused')} total={report.refused} kind="refused" save={() => saveRefused(of('refused'), name)} />
          <Rows title={t('import.repaired')} rows={of('repaired')} total={report.repaired} kind="repaired" />
          {report.rows_omitted ? <p class="second below">{tn('import.omitted', report.rows_omitted)}</p> : null}
          {report.refused + report.repaired === 0 ? <Empty icon="circle-check" title={t('import.clean')} /> : null}
        </div>
        <aside><Columns report={report} /></aside>
      </div>
    </>
  );
}

export default function ImportPage() {
  useTitle(t('nav.import'));
  useScroll(true);
  const state = useStore(run);
  return (
    <>
      <Crumb to="/catalogue">{t('nav.catalogue')}</Crumb>
      <PageHead title={t('import.title')} />
      {state.step === 'choose' ? <><Choose /><WholeCatalogue /></> : null}
      {state.step === 'reading' || state.step === 'importing' ? <Working state={state} /> : null}
      {(state.step === 'report' || state.step === 'done') && state.report ? <ReportView report={state.report} name={state.file?.name || ''} /> : null}
      {state.step === 'failed' && state.error ? (
        <Failed
          error={state.error}
          title={t(state.dry ? 'import.notRead' : 'import.notImported')}
          again={importer.again}
          also={<button type="button" class="btn" onClick={importer.reset}>{t('import.otherFile')}</button>}
        />
      ) : null}
      {state.step === 'failed' && state.dry && state.error && takenOf(state.error) ? <div class="import-tell"><Tell taken={takenOf(state.error) as Taken} /></div> : null}
    </>
  );
}
