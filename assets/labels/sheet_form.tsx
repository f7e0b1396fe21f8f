/* On which sheet, from which label on, and what this browser's printer needs. All of it is kept in this browser. */
import { decimal } from '../core/format';
import { type Key, t } from '../core/messages';
import { kept, type Store, useStore } from '../core/store';
import { Box, numberOf } from './box';
import type { Kind } from './layout';
import { type Fault, faultOf, type Measures, OWN, perSheet, SHEETS } from './sheets';

const ids = [...SHEETS.map(({ id }) => id), OWN];

/** Each kind of label has its sheet. */
export const sheetIds: Record<Kind, Store<string>> = {
  barcode: kept('labels.sheet.barcode', ids, 'L7160'),
  spine: kept('labels.sheet.spine', ids, 'L7651'),
  card: kept('labels.sheet.card', ids, 'C32011'),
};

export const MOVE_MOST = 20;
export const moveOf = (text: string): number => {
  const move = text.trim() === '' ? 0 : numberOf(text);
  return Math.abs(move) <= MOVE_MOST ? move : NaN;
};
const isMove = (text: string): boolean => !Number.isNaN(moveOf(text));
export const moveRight = kept<string>('labels.right', isMove, '0');
export const moveDown = kept<string>('labels.down', isMove, '0');

const MEASURES: [keyof Measures, Key][] = [
  ['width', 'labels.paperWidth'], ['height', 'labels.paperHeight'], ['columns', 'labels.columns'], ['rows', 'labels.rows'],
  ['labelWidth', 'labels.labelWidth'], ['labelHeight', 'labels.labelHeight'], ['left', 'labels.left'], ['top', 'labels.top'],
  ['acrossPitch', 'labels.acrossPitch'], ['downPitch', 'labels.downPitch'],
];
/** Own measures as they were typed, in the order above; begun from a sheet that most desks know. */
const STARTING = '210 297 3 7 63.5 38.1 7.21 15.15 66.04 38.1';
const own = kept<string>('labels.own', (saved) => saved.split(' ').length === MEASURES.length, STARTING);

const FAULTS: Record<Fault, Key> = { number: 'labels.faultNumber', small: 'labels.faultSmall', leaves: 'labels.faultLeaves', overlap: 'labels.faultOverlap' };

function ownMeasures(saved: string): Measures {
  const texts = saved.split(' ');
  return Object.fromEntries(MEASURES.map(([name], at) => [name, numberOf(texts[at] || '')])) as unknown as Measures;
}

/** The sheet that is chosen for this kind, and whether it can be. */
export function useSheet(kind: Kind): { id: string; sheet: Measures; fault: Fault | undefined } {
  const id = useStore(sheetIds[kind]);
  const typed = useStore(own);
  const sheet = SHEETS.find((one) => one.id === id) || ownMeasures(typed);
  return { id, sheet, fault: faultOf(sheet) };
}

const paperOf = (sheet: Measures): string => (sheet.width === 210 ? 'A4' : 'US Letter');

function OwnForm({ fault }: { fault: Fault | undefined }) {
  const texts = useStore(own).split(' ');
  const put = (at: number, text: string) => own.set(MEASURES.map((_, i) => (i === at ? text.replace(/\s/g, '') : texts[i] || '')).join(' '));
  return (
    <>
      <div class="labels-measures">
        {MEASURES.map(([name, label], at) => <Box key={name} label={t(label)} value={texts[at] || ''} change={(text) => put(at, text)} numeric />)}
      </div>
      <p class={fault ? 'error' : 'sr'} role="status">{fault ? t(FAULTS[fault]) : ''}</p>
    </>
  );
}

export function SheetForm({ kind, start, setStart, startWrong }: { kind: Kind; start: string; setStart: (next: string) => void; startWrong: boolean }) {
  const { id, sheet, fault } = useSheet(kind);
  return (
    <>
      <Box
        label={t('labels.labelSheet')}
        value={id}
        change={(next) => sheetIds[kind].set(next)}
        options={[
          ...SHEETS.map((one): [string, string] => [
            one.id,
            t('labels.sheetIs', { name: one.name, width: decimal(one.labelWidth), height: decimal(one.labelHeight), n: perSheet(one), paper: paperOf(one) }),
          ]),
          [OWN, t('labels.own')],
        ]}
      />
      {id === OWN ? <OwnForm fault={fault} /> : null}
      <Box label={t('labels.start')} value={start} change={setStart} numeric hint={t('labels.startHint')} wrong={startWrong && !fault ? t('labels.startWrong', { n: perSheet(sheet) }) : undefined} />
    </>
  );
}

export function CalibrateForm() {
  const right = useStore(moveRight);
  const down = useStore(moveDown);
  const wrong = (text: string) => (isMove(text) ? undefined : t('labels.moveWrong', { n: MOVE_MOST }));
  return (
    <>
      <p class="second below">{t('labels.calibrateMore')}</p>
      <div class="pair">
        <Box label={t('labels.right')} value={right} change={(next) => moveRight.set(next)} numeric hint={t('labels.moveHint')} wrong={wrong(right)} />
        <Box label={t('labels.down')} value={down} change={(next) => moveDown.set(next)} numeric hint={t('labels.moveHint')} wrong={wrong(down)} />
      </div>
    </>
  );
}
