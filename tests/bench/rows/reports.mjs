// reports.mjs — what each report costs over a month, a year and ten years. Nobody waits for them at the desk; what they may
// not do is keep the desk waiting, so the slowest is told.
import { api, each, median, round, row } from '../lib.mjs';

const REPEATS = 3;
const DAY_MS = 86_400_000;
const day = (ago) => new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10);
const RANGES = { month: 31, year: 365, 'ten years': 3653 };

export async function reports(server) {
  const { reports: all } = await api(server, '/reports');
  const asked = all.flatMap((one) => one.views.flatMap(({ by }) => {
    const ranged = one.parameters.some(({ name }) => name === 'from');
    return Object.entries(ranged ? RANGES : { now: 0 }).map(([range, days]) => ({ name: `${one.name}${by ? ` by ${by}` : ''}`, range, target: `/reports/${one.name}?${[by && `by=${by}`, days && `from=${day(days - 1)}&to=${day(0)}`].filter(Boolean).join('&')}` }));
  }));
  const times = each(server, asked.map(({ target }) => target), REPEATS).map((answer, i) => ({ ...asked[i], status: answer.status, ms: answer.server_p50_ms }));
  for (const range of ['now', ...Object.keys(RANGES)]) {
    const of = times.filter((one) => one.range === range && one.status === 200).sort((a, b) => b.ms - a.ms);
    if (of.length) row(`reports: ${of.length}, ${range}`, `p50 ${round(median(of.map(({ ms }) => ms)), 0)}, worst ${round(of[0].ms, 0)} ms (${of[0].name})`, '≤ 10 s, else refused', '', '', { reports: of });
  }
  const bad = times.filter(({ status }) => status !== 200);
  if (bad.length) row('  refused', `${bad.length}: ${bad[0].name}, ${bad[0].range}: ${bad[0].status}`);
}
