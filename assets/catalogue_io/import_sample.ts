/* The first values of each column, read from the file in this browser: so that one sees what a column holds before saying what it is.
   Kept as long as the page is: whoever comes back later sees the columns without them. */
const SAMPLE_BYTES = 64 * 1024;
const VALUES = 3;
const ROWS = 200;

const starts = new Map<string, Blob>();

/** Remembers the beginning of the file that became this batch. */
export const keepStart = (id: string, file: Blob): void => {
  starts.set(id, file.slice(0, SAMPLE_BYTES));
};

/** Rows of the beginning of a file of cells; the last one may be cut off in the middle, and is left out then. */
export function rowsOf(text: string, delimiter: string, isWhole: boolean): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  let began = false;
  const endRow = () => {
    row.push(cell);
    if (row.length > 1 || cell !== '') rows.push(row);
    row = [];
    cell = '';
    began = false;
  };
  for (let i = 0; i < text.length && rows.length <= ROWS; i++) {
    const sign = text.charAt(i);
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text.charAt(i + 1) === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (sign === '"' && !began) {
      quoted = true;
      began = true;
    } else if (sign === delimiter) {
      row.push(cell);
      cell = '';
      began = false;
    } else if (sign === '\n' || sign === '\r') {
      if (sign === '\r' && text.charAt(i + 1) === '\n') i++;
      endRow();
    } else {
      cell += sign;
      began = true;
    }
  }
  if (isWhole && !quoted && (cell !== '' || row.length)) endRow();
  return rows;
}

/** Up to three different values of each column; null: this browser does not have the file. */
export async function samplesOf(id: string, encoding: string, delimiter: string): Promise<string[][] | null> {
  const start = starts.get(id);
  if (!start) return null;
  let text: string;
  try {
    text = new TextDecoder(encoding).decode(await start.arrayBuffer());
  } catch {
    return null; // an encoding that no browser knows
  }
  const [head, ...rows] = rowsOf(text, delimiter, start.size < SAMPLE_BYTES);
  return (head || []).map((_, at) => [...new Set(rows.map((row) => (row[at] || '').trim()).filter((value) => value !== ''))].slice(0, VALUES));
}
