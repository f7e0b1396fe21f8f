// The hand of a quick scanner, and a stopwatch in the page: from each Enter to the line that answers it.
export const KEY_MS = 5;

/** Writes down when Enter is pressed in the scan box, and when each answer stands on the page for the first time. */
export function watchAnswers(page) {
  return page.evaluate(() => {
    const seen = { enters: [], answers: new Map() };
    window.carrelSeen = seen;
    document.querySelector('#scan').closest('form').addEventListener('submit', () => seen.enters.push(performance.now()), { capture: true });
    const look = () => {
      const result = document.querySelector('[data-result]');
      const text = result ? `${result.getAttribute('data-result')} ${result.querySelector('.call')?.textContent ?? ''}` : '';
      if (text && !seen.answers.has(text)) seen.answers.set(text, performance.now());
    };
    new MutationObserver(look).observe(document.querySelector('.desk-main'), { childList: true, subtree: true, characterData: true, attributes: true });
  });
}

/** Types all codes without looking up. */
export async function scanAll(page, codes) {
  for (const code of codes) {
    await page.keyboard.type(code, { delay: KEY_MS });
    await page.keyboard.press('Enter');
  }
}

/** Milliseconds from the Enter of each scan to the answer that was expected of it: "lent A Title"; null: it never came. */
export async function answerTimes(page, expected) {
  const { enters, answers } = await page.evaluate(() => ({ enters: window.carrelSeen.enters, answers: [...window.carrelSeen.answers] }));
  const at = new Map(answers);
  return { enters: enters.length, times: expected.map((text, i) => (at.has(text) ? at.get(text) - enters[i] : null)) };
}

/** p50, p99 and the longest. */
export function figures(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
  return { p50: at(0.5), p99: at(0.99), max: sorted.at(-1) };
}
