/* Labels and cards: what, for which, on which sheet; the first sheet beside it; the PDF. Loaded only here, with all it needs. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { count } from '../core/format';
import { me } from '../core/door';
import { download } from '../core/download';
import { language } from '../core/language';
import { type Key, t, tn } from '../core/messages';
import { place } from '../core/router';
import { useStore } from '../core/store';
import { say } from '../core/toast';
import { Icon } from '../parts/icon';
import { PageHead, Section, useTitle } from '../parts/page_head';
import { Empty, Failed, Wait } from '../parts/states';
import { numberOf } from './box';
import { type Items, MOST, useItems } from './items';
import { fits, type Item, type Kind } from './layout';
import { makePdf } from './pdf';
import { makePen, type Pen } from './pen';
import { Preview } from './preview';
import { CalibrateForm, moveDown, moveOf, moveRight, SheetForm, useSheet } from './sheet_form';
import { type Measures, pagesOf, perSheet } from './sheets';
import { type Choice, newChoice, SourceForm, sourceOf, startFrom } from './source_form';

const KINDS: [Kind, Key][] = [['barcode', 'labels.barcode'], ['spine', 'labels.spine'], ['card', 'labels.card']];
const UNKNOWN_SHOWN = 20;

function LeftOut({ found, unfit, kind }: { found: Items; unfit: number; kind: Kind }) {
  const shown = found.unknown.slice(0, UNKNOWN_SHOWN);
  return (
    <div role="status">
      {found.unknown.length ? (
        <div class="notice notice-over below" data-unknown>
          <Icon name="circle-x" />
          <p>{tn('labels.unknown', found.unknown.length)} <span class="machine">{shown.join(' ')}{found.unknown.length > shown.length ? ' …' : ''}</span></p>
        </div>
      ) : null}
      {unfit ? <div class="notice notice-over below"><Icon name="circle-x" /><p>{tn(kind === 'spine' ? 'labels.bare' : 'labels.unfit', unfit)}</p></div> : null}
      {found.more ? <div class="notice below"><Icon name="triangle-alert" /><p>{t('labels.tooMany', { n: MOST })}</p></div> : null}
    </div>
  );
}

interface MakeProps {
  kind: Kind;
  items: readonly Item[];
  sheet: Measures;
  start: number;
  offset: { x: number; y: number };
  library: string;
  pen: Pen;
}

function Make({ kind, items, sheet, start, offset, library, pen }: MakeProps) {
  const [part, setPart] = useState(-1);
  const [problem, setProblem] = useState('');
  const stopped = useRef(false);
  useEffect(() => () => {
    stopped.current = true;
  }, []);
  const make = () => {
    const title = t(`labels.${kind}`);
    stopped.current = false;
    setProblem('');
    setPart(0);
    makePdf({ kind, items, sheet, start, offset, library, title, language }, pen, setPart, () => stopped.current)
      .then((bytes) => {
        if (!bytes) return;
        const name = `${kind === 'card' ? 'cards' : `${kind}-labels`}.pdf`;
        download(bytes as BlobPart, name, 'application/pdf');
        say(t('labels.made', { name }));
      }, (cause: unknown) => {
        setProblem(t('labels.notMade'));
        throw cause;
      })
      .finally(() => setPart(-1));
  };
  if (part >= 0) {
    return (
      <div class="working" role="status">
        <progress class="progress" aria-label={t('labels.making')} value={part} max={1} />
        <p class="second">{t('labels.making')}</p>
        <button type="button" class="btn" onClick={() => (stopped.current = true)}>{t('labels.stop')}</button>
      </div>
    );
  }
  return (
    <>
      <div class="actions below">
        <button type="button" class="btn btn-main" onClick={make}><Icon name="download" />{tn('labels.make', items.length)}</button>
      </div>
      {problem ? <p class="error" role="alert">{problem}</p> : null}
      <p class="second below">{t('labels.print')}</p>
    </>
  );
}

export default function LabelsPage() {
  useTitle(t('labels.title'));
  const library = useStore(me)?.library_name || '';
  const [kind, setKind] = useState<Kind>('barcode');
  const [choice, setChoice] = useState<Choice>(newChoice);
  const [startText, setStart] = useState('1');
  const [again, setAgain] = useState(0);
  const [pen, setPen] = useState<Pen | null>(null);
  useEffect(() => void makePen().then(setPen), []);

  // "Print the card", "Labels" on a member's or a book's page come here with what they mean.
  useEffect(() => {
    void startFrom(new URLSearchParams(place.get().search)).then((from) => {
      if (!from) return;
      setKind(from.kind);
      setChoice((now) => ({ ...now, ...from.choice }));
    });
  }, []);

  const { sheet, fault } = useSheet(kind);
  const start = numberOf(startText) - 1;
  const startWrong = !Number.isInteger(start) || start < 0 || start >= perSheet(sheet);
  const [right, down] = [moveOf(useStore(moveRight)), moveOf(useStore(moveDown))];
  const isReady = !fault && !startWrong && !Number.isNaN(right) && !Number.isNaN(down);

  const source = sourceOf(kind, choice);
  const found = useItems(source, again);
  const items = useMemo(() => found.items.filter((item) => fits(kind, item, sheet.labelWidth)), [found.items, kind, sheet.labelWidth]);
  const offset = useMemo(() => ({ x: right, y: down }), [right, down]);
  const unfit = found.items.length - items.length;

  return (
    <>
      <PageHead title={t('labels.title')} />
      <div class="main-aside">
        <div>
          <Section title={t('labels.what')}>
            <div class="choice labels-kinds" role="radiogroup" aria-label={t('labels.what')}>
              {KINDS.map(([one, name]) => (
                <label {...(kind === one ? { 'aria-current': 'true' as const } : {})}>
                  <input class="sr" type="radio" name="kind" checked={kind === one} onChange={() => setKind(one)} />
                  <span>{t(name)}</span>
                </label>
              ))}
            </div>
          </Section>
          <Section title={t('labels.which')}>
            <SourceForm kind={kind} choice={choice} set={(part) => setChoice((now) => ({ ...now, ...part }))} />
          </Section>
          <Section title={t('labels.sheet')}>
            <SheetForm kind={kind} start={startText} setStart={setStart} startWrong={startWrong} />
          </Section>
          <Section title={t('labels.calibrate')}>
            <CalibrateForm />
          </Section>
        </div>
        <Section title={t('labels.preview')} class="labels-result">
          {found.problem ? (
            <Failed error={found.problem} title={t('labels.failed')} again={() => setAgain(again + 1)} />
          ) : found.busy || !pen ? (
            <><p class="second" role="status">{t('labels.gathering')}</p><Wait /></>
          ) : (
            <>
              <LeftOut found={found} unfit={unfit} kind={kind} />
              {items.length === 0 ? (
                <Empty icon="tags" title={t('labels.none')}>{t('labels.noneMore')}</Empty>
              ) : isReady ? (
                <>
                  <p class="second below" role="status" data-labels={items.length}>{tn('labels.count', items.length)} {tn('labels.sheets', pagesOf(sheet, start, items.length))} · {t(`labels.${kind}`)}</p>
                  <Make kind={kind} items={items} sheet={sheet} start={start} offset={offset} library={library} pen={pen} />
                  <Preview kind={kind} items={items} sheet={sheet} start={start} right={right} down={down} library={library} pen={pen} name={t('labels.previewIs', { name: `${t(`labels.${kind}`)}, ${count(items.length)}` })} />
                </>
              ) : null}
            </>
          )}
        </Section>
      </div>
    </>
  );
}
