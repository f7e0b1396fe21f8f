/* The desk's sounds: short tones made here, no files. The next scan cuts the last one off. Never the only signal. */
import { kept } from './store';

export type Loudness = 'loud' | 'quiet' | 'off';
export const loudness = kept<Loudness>('sound', ['loud', 'quiet', 'off'], 'loud');

type Tone = [frequency: number, seconds: number];
const sounds: Record<'ok' | 'back' | 'refused', Tone[]> = {
  ok: [[880, 0.06]],
  back: [[660, 0.06]],
  refused: [[220, 0.12], [220, 0.12]],
};

let context: AudioContext | undefined;
let playing: OscillatorNode[] = [];

/** After what is on the page: the first tone of a page takes the browser a tenth of a second to get ready. */
export function sound(name: keyof typeof sounds): void {
  setTimeout(play, 0, name);
}

function play(name: keyof typeof sounds): void {
  const volume = { loud: 0.35, quiet: 0.08, off: 0 }[loudness.get()];
  if (!volume || !('AudioContext' in window)) return;
  context = context || new AudioContext();
  if (context.state === 'suspended') void context.resume();
  playing.forEach((tone) => tone.stop());
  playing = [];
  let at = context.currentTime + 0.01;
  for (const [frequency, seconds] of sounds[name]) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.frequency.value = frequency;
    // Ramps of 5 ms: a tone that starts at full volume clicks.
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(volume, at + 0.005);
    gain.gain.setValueAtTime(volume, at + seconds - 0.005);
    gain.gain.linearRampToValueAtTime(0, at + seconds);
    tone.connect(gain).connect(context.destination);
    tone.start(at);
    tone.stop(at + seconds);
    playing.push(tone);
    at += seconds + 0.06;
  }
}
