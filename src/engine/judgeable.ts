/** What a verdict over captures must know about their quality. */
export interface CaptureQuality {
  readonly source: string;
  readonly frames: number;
  /** Frames that the capturing system saw and lost; null when unknown. */
  readonly droppedFrames: number | null;
  readonly damage: string | null;
  /** Frames whose TCP header a snaplen cut away. */
  readonly headerlessFrames: number;
}

/** The name under which the decoder counts frames whose TCP header a snaplen cut away. */
export const HEADER_CUT = "tcp header cut";

/** Share of frames lost above which missing packets cannot be told from packets that were never sent. */
const MAX_DROPPED_SHARE = 0.1;
const MAX_HEADERLESS_SHARE = 0.5;

/**
 * A sentence when a capture is too damaged or lossy for silence of the rules to mean that all is well; null when
 * every capture can be judged.
 */
export function whyUnjudgeable(captures: readonly CaptureQuality[]): string | null {
  for (const { source, frames, droppedFrames, damage, headerlessFrames } of captures) {
    if (frames === 0 && damage !== null) return `${source} is damaged before its first frame: ${damage}`;
    if (droppedFrames !== null && droppedFrames > (frames + droppedFrames) * MAX_DROPPED_SHARE) {
      const percent = Math.round((100 * droppedFrames) / (frames + droppedFrames));
      return `${source} lost ${percent} % of its frames while it was captured: what is missing cannot be told from what was never sent`;
    }
    if (headerlessFrames > frames * MAX_HEADERLESS_SHARE) {
      return `${source} was taken with a snaplen that cuts most TCP headers away`;
    }
  }
  return null;
}
