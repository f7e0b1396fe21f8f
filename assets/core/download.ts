/* Files that the page itself makes. */
const KEEP_MS = 60_000;

/** Hands a file to the browser's downloads. */
export function download(content: BlobPart, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(url), KEEP_MS);
}

/** A spreadsheet must not take a text for a formula (src/http/csv.c does the same). */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]|^ | $/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** RFC 4180, with the mark by which spreadsheet programs know UTF-8. */
export function downloadCsv(rows: string[][], name: string): void {
  download(`\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`, name, 'text/csv');
}
