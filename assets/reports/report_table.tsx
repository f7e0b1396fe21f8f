/* A report's rows: a table that stands on paper as it stands here, with a bar for what its picture would show. */
import { count } from '../core/format';
import { t } from '../core/messages';
import { type Column, isNumber, type Report, type Row, titleOf, written } from './report';

/** Past so many rows bars say nothing any more. */
const BARS_MAX = 400;

function linkOf(column: Column, row: Row): string | null {
  if (column.name === 'title' && row.book_id) return `/books/${row.book_id}`;
  return column.name === 'name' && row.member_id ? `/members/${row.member_id}` : null;
}

function Cells({ report, row, columns, names, most }: { report: Report; row: Row; columns: Column[]; names: Record<string, string>; most: number }) {
  return (
    <>
      {columns.map((column, i) => {
        const text = written(column, row[column.name], names);
        const to = linkOf(column, row);
        const inside = to ? <a class="plain" href={to}><bdi>{text}</bdi></a> : column.name === 'phone' && row.phone ? <a class="plain" href={`tel:${String(row.phone).replace(/[^\d+]/g, '')}`}><bdi>{text}</bdi></a> : <bdi>{text}</bdi>;
        const bar = most > 0 && column.name === report.chart?.y;
        const kind = isNumber(column) ? 'num' : column.type === 'day' || column.name === 'phone' ? 'nowrap' : '';
        return i === 0 ? (
          <th scope="row" class={kind}>{inside}</th>
        ) : (
          <td class={kind}>
            {inside}
            {bar ? <svg class="meter" aria-hidden="true" focusable="false"><rect class="t" width="100%" height="100%" /><rect class="f" width={`${(Number(row[column.name]) / most) * 100}%`} height="100%" /></svg> : null}
          </td>
        );
      })}
    </>
  );
}

export function ReportTable({ report, names, caption }: { report: Report; names: Record<string, string>; caption: string }) {
  const columns = report.columns.filter((column) => column.type !== 'id');
  const y = report.chart?.y;
  const most = y && report.rows.length <= BARS_MAX ? Math.max(0, ...report.rows.map((row) => Number(row[y]) || 0)) : 0;
  const summed = columns.some((column) => column.summed) && report.row_count > 1;
  return (
    <div class="report-wrap" tabIndex={0} role="region" aria-label={caption}>
      <table class="table table-dense report">
        <caption class="sr">{caption}</caption>
        <thead>
          <tr>{columns.map((column) => <th scope="col" class={isNumber(column) ? 'num' : ''}>{titleOf(column)}</th>)}</tr>
        </thead>
        <tbody>
          {report.rows.map((row) => <tr><Cells report={report} row={row} columns={columns} names={names} most={most} /></tr>)}
        </tbody>
        {summed ? (
          <tfoot>
            <tr>
              {columns.map((column, i) => i === 0 ? <th scope="row">{t('reports.sum')}</th> : (
                <td class={isNumber(column) ? 'num' : ''}>{column.summed ? written(column, report.totals[column.name]) : ''}</td>
              ))}
            </tr>
          </tfoot>
        ) : null}
      </table>
      {report.cut ? <p class="hint">{t('reports.cut', { shown: count(report.rows.length), total: count(report.row_count) })}</p> : null}
    </div>
  );
}
