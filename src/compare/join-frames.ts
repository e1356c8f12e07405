import type { FrameAnswer } from "./frame-answer.js";

/** Both sides' answers to one frame; at least one is not null. */
export type AnswerPair = readonly [ours: FrameAnswer | null, theirs: FrameAnswer | null];

/** Pairs two sequences that rise by frame number, reading each only as far as needed. */
export async function* joinFrames(
  ours: AsyncIterable<FrameAnswer> | Iterable<FrameAnswer>,
  theirs: AsyncIterable<FrameAnswer> | Iterable<FrameAnswer>,
): AsyncGenerator<AnswerPair, void, undefined> {
  const ourReader = read(ours);
  const theirReader = read(theirs);
  try {
    let our = await next(ourReader);
    let their = await next(theirReader);
    while (our !== null || their !== null) {
      const isOurs = our !== null && (their === null || our.frame <= their.frame);
      const isTheirs = their !== null && (our === null || their.frame <= our.frame);
      yield [isOurs ? our : null, isTheirs ? their : null];
      if (isOurs) our = await next(ourReader);
      if (isTheirs) their = await next(theirReader);
    }
  } finally {
    await ourReader.return();
    await theirReader.return();
  }
}

async function* read(answers: AsyncIterable<FrameAnswer> | Iterable<FrameAnswer>) {
  yield* answers;
}

async function next(reader: AsyncGenerator<FrameAnswer, void, undefined>): Promise<FrameAnswer | null> {
  const { done, value } = await reader.next();
  return done ? null : (value ?? null);
}
