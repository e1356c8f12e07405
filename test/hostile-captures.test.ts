import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { analyze } from "../src/analyze.js";
import { AnalyzeError } from "../src/errors.js";

const folder = fileURLToPath(new URL("../captures/", import.meta.url));
const captures = readdirSync(folder).filter((name) => /\.(pcap|pcapng)$/.test(name));
/** Mutants of each capture. */
const MUTANTS = 12;
/** As much of a capture as is mutated: its beginning, so that a run stays short. */
const MAX_BYTES = 12_000;
/** Two mutants of three keep their beginning, with which a reader could do nothing at all. */
const KEPT_BYTES = 500;

/** Numbers below a limit that are the same in every run: mulberry32. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A number of the capture's own, so that its mutants stay the same when others come. */
function seedOf(name: string): number {
  return createHash("sha256").update(name).digest().readUInt32LE();
}

/** The capture with octets changed, removed, doubled, or its end cut off. */
function mutate(bytes: Uint8Array, seed: number): Uint8Array {
  const random = randomNumbers(seed);
  const kept = seed % 3 === 0 ? 0 : KEPT_BYTES;
  let mutant = bytes.slice(0, MAX_BYTES);
  for (let change = random(20) + 1; change > 0; change--) {
    const at = kept + random(mutant.length - kept);
    const kind = random(8);
    if (kind < 5) mutant[at] = random(256);
    else if (kind === 5) mutant.fill(0xff, at, at + 4);
    else if (kind === 6)
      mutant = Uint8Array.of(...mutant.subarray(0, at), ...mutant.subarray(at + random(40)));
    else mutant = Uint8Array.of(...mutant.subarray(0, at), ...mutant.subarray(Math.max(kept, at - 30)));
  }
  return random(3) === 0 ? mutant.subarray(0, kept + random(mutant.length - kept)) : mutant;
}

describe("cut and mutated captures", () => {
  for (const name of captures) {
    it(`${name}: is read to the damage, and every frame is accounted for`, async () => {
      const bytes = readFileSync(folder + name);
      let read = 0;
      for (let seed = 0; seed < MUTANTS; seed++) {
        const label = `${name}, mutant ${seed}`;
        const mutant = mutate(bytes, seedOf(name) + seed);
        const report = await analyze({
          paths: ["-"],
          input: Readable.from([mutant]),
          database: ":memory:",
        }).catch((error: unknown) => {
          expect(error, label).to.be.instanceOf(AnalyzeError);
          return null;
        });
        if (report?.captures.some(({ frames }) => frames > 0)) read++;
        for (const capture of report?.captures ?? []) {
          const notTcp = capture.notTcp.reduce((sum, { frames }) => sum + frames, 0);
          expect(capture.tcpFrames + capture.icmpErrors + notTcp, label).to.equal(capture.frames);
        }
      }
      // Most mutants keep their file header; a loop that reads few would prove little.
      expect(read, "mutants with frames").to.be.above(MUTANTS / 2);
    });
  }
});
