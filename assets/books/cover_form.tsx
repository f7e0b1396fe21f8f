/* A title's picture at the desk: chosen, dropped on it or pasted; made small here, before it is sent. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { t } from '../core/messages';
import { say } from '../core/toast';
import { Icon } from '../parts/icon';
import { Refused } from '../parts/states';
import { type Book, putCover, removeCover } from './book';
import { Cover } from './book_head';

/** Enough for the largest place it is shown in, twice over for fine screens. */
const SIDE_MAX = 600;
const QUALITY = 0.82;

function decode(file: Blob): Promise<HTMLImageElement> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = () => failed(new ApiError(0, { detail: t('cover.unreadable') }));
    reader.onerror = image.onerror;
    // The CSP lets pictures in from here and as data:, not as blob:.
    reader.onload = () => {
      image.src = String(reader.result);
    };
    reader.readAsDataURL(file);
  });
}

/** At most SIDE_MAX on a side, as JPEG, whatever it was; what was transparent is white. */
async function small(file: Blob): Promise<Blob> {
  const image = await decode(file);
  const scale = Math.min(1, SIDE_MAX / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const pen = canvas.getContext('2d');
  if (!pen) throw new ApiError(0, { detail: t('cover.unreadable') });
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) => {
    canvas.toBlob((made) => (made ? done(made) : failed(new ApiError(0, { detail: t('cover.unreadable') }))), 'image/jpeg', QUALITY);
  });
}

const pictureIn = (files: FileList | null | undefined): File | undefined => [...(files || [])].find(({ type }) => type.startsWith('image/'));

export function CoverForm({ book }: { book: Book }) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);

  const act = (done: Promise<void>, text: string) => {
    setBusy(true);
    setProblem(null);
    done.then(
      () => {
        setBusy(false);
        say(text);
      },
      (cause: unknown) => {
        setBusy(false);
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    );
  };
  const take = (file: File | undefined) => {
    if (file) act(small(file).then((picture) => putCover(book.id, picture)), t('cover.saved', { title: book.title }));
  };
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const file = pictureIn(event.clipboardData?.files);
      if (!file || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      take(file);
    };
    window.addEventListener('paste', paste);
    return () => window.removeEventListener('paste', paste);
  }, [book.id]);

  return (
    <div
      class={isOver ? 'cover-box drop-over' : 'cover-box'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(pictureIn(event.dataTransfer?.files));
      }}
    >
      <Cover book={book} />
      <input
        ref={input}
        class="sr"
        type="file"
        accept="image/*"
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          take(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
      <div class="cover-acts">
        <button type="button" class="btn btn-quiet btn-small" aria-busy={busy} title={t('cover.hint')} onClick={() => input.current?.click()}>
          <Icon name="image" />
          {t(busy ? 'form.busy' : book.cover ? 'cover.change' : 'cover.add')}
        </button>
        {book.cover ? <button type="button" class="btn btn-quiet btn-small" onClick={() => act(removeCover(book.id), t('cover.removed', { title: book.title }))}>{t('cover.remove')}</button> : null}
      </div>
      {problem ? <Refused error={problem} /> : null}
    </div>
  );
}
