/* How words will read, once they are filled in. The server fills them, as it does when they leave. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { type Preview, previewTemplate } from './notice';

const AFTER_MS = 400;

/** Asked for when the typing pauses; null facts: there is nothing to show yet. `member`: with this reader's name. */
export function usePreview(facts: Record<string, string> | null, member = ''): { preview: Preview | null; problem: ApiError | null } {
  const [preview, setPreview] = useState<Preview | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const turn = useRef(0);
  useEffect(() => {
    const mine = ++turn.current;
    if (!facts) {
      setPreview(null);
      return undefined;
    }
    const timer = window.setTimeout(() => {
      previewTemplate(facts, member).then(
        (next) => {
          if (mine !== turn.current) return;
          setPreview(next);
          setProblem(null);
        },
        (cause: unknown) => {
          if (!(cause instanceof ApiError)) throw cause;
          if (mine === turn.current) setProblem(cause);
        },
      );
    }, AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [JSON.stringify(facts), member]);
  return { preview, problem };
}

export function Letter({ of: { subject, text }, language }: { of: Preview; language: string }) {
  return (
    <div class="letter" lang={language}>
      {subject ? <p class="strong"><bdi>{subject}</bdi></p> : null}
      <p class="said"><bdi>{text}</bdi></p>
    </div>
  );
}
