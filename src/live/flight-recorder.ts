import { join } from "node:path";
import type { FrameBatch } from "../capture/frame-batch.js";
import type { SegmentBatch } from "../decode/segment-batch.js";
import type { FlowIcmpError } from "../engine/capture-observation.js";
import type { Finding } from "../engine/finding.js";
import { AnalyzeError } from "../errors.js";
import { makeFolder } from "../make-folder.js";
import { FrameRing } from "./frame-ring.js";
import { hasSize, type PacketOrigin, packetFile, packetFileName, writePackets } from "./packet-file.js";

/** Where a finding's frames are. */
export interface SavedPackets {
  readonly path: string;
  readonly frames: number;
}

/** Bounds of memory and disk. */
export interface RecorderLimits {
  readonly ringBytes: number;
  readonly ringFrames: number;
  /** Octets of frames in one file. */
  readonly fileBytes: number;
  /** Octets of all files that a run writes. */
  readonly folderBytes: number;
}

const MEBIBYTE = 1024 * 1024;
const LIMITS: RecorderLimits = {
  ringBytes: 64 * MEBIBYTE,
  ringFrames: 1 << 18,
  fileBytes: 16 * MEBIBYTE,
  folderBytes: 1024 * MEBIBYTE,
};

/** The ring is gone through once for so many findings. */
const FINDINGS_AT_A_TIME = 16;

interface IdentifiedFinding {
  readonly id: number;
  readonly finding: Finding;
}

/** What was written of a finding. */
interface Saved extends SavedPackets {
  readonly lengthBytes: number;
  readonly frameBytes: number;
  readonly flowIds: readonly number[];
  /** FrameRing.added at that time. */
  readonly until: number;
}

/** Keeps the last frames in memory, and writes those of a finding's flows to a file when it is announced. */
export class FlightRecorder {
  /** What could not be saved, a sentence each. */
  readonly notes: string[] = [];
  readonly #folder: string;
  readonly #origin: PacketOrigin;
  readonly #limits: RecorderLimits;
  readonly #ring: FrameRing;
  /** By the finding's id. */
  readonly #saved = new Map<number, Saved>();
  readonly #paths = new Map<number, string>();
  /** Octets of each file. */
  readonly #lengths = new Map<string, number>();
  #flows = new Uint32Array(0);
  #isRefused = false;
  #isFull = false;

  private constructor(folder: string, origin: PacketOrigin, limits: RecorderLimits) {
    this.#folder = folder;
    this.#origin = origin;
    this.#limits = limits;
    this.#ring = new FrameRing(limits.ringBytes, limits.ringFrames);
  }

  /** Makes the folder when it is not there. Throws AnalyzeError EXPORT_WRITE. */
  static open(folder: string, origin: PacketOrigin, limits: RecorderLimits = LIMITS): FlightRecorder {
    makeFolder(folder);
    return new FlightRecorder(folder, origin, limits);
  }

  /** Takes frames, whose segments know their flows, and the ICMP errors among them. */
  take(frames: FrameBatch, segments: SegmentBatch, icmpErrors: readonly FlowIcmpError[]): void {
    if (this.#flows.length < frames.length) this.#flows = new Uint32Array(frames.capacity);
    let at = 0;
    for (let row = 0; row < frames.length; row++) {
      const frame = frames.frame[row]!;
      while (at < segments.length && segments.frame[at]! < frame) at++;
      this.#flows[row] = at < segments.length && segments.frame[at] === frame ? segments.flow[at]! : 0;
    }
    if (icmpErrors.length > 0) this.#noteIcmpErrors(frames, icmpErrors);
    this.#ring.add(frames, this.#flows);
  }

  /**
   * Writes what the ring has of each finding's flows, or adds what came since the file was written. Where that fails it says
   * so in `notes`, once.
   */
  save(findings: readonly IdentifiedFinding[]): void {
    for (let at = 0; at < findings.length; at += FINDINGS_AT_A_TIME)
      this.#saveSome(findings.slice(at, at + FINDINGS_AT_A_TIME));
  }

  /** Where a finding's frames are; null when none were saved. */
  savedOf(id: number): SavedPackets | null {
    const saved = this.#saved.get(id);
    return saved === undefined ? null : { path: saved.path, frames: saved.frames };
  }

  /** Findings that are none any more: their files stay until the like of them is found again. */
  forget(ids: readonly number[]): void {
    for (const id of ids) {
      this.#saved.delete(id);
      this.#paths.delete(id);
    }
  }

  #saveSome(findings: readonly IdentifiedFinding[]): void {
    const requests = findings.map(({ id, finding: { flowIds } }) => {
      const before = this.#before(id);
      return {
        flowIds,
        givenFlowIds: before?.flowIds ?? [],
        givenUntil: before?.until ?? 0,
        mostBytes: this.#limits.fileBytes - (before?.frameBytes ?? 0),
      };
    });
    for (const [index, numbers] of this.#ring.find(requests).entries()) {
      if (numbers.length > 0) this.#write(findings[index]!.id, findings[index]!.finding, numbers);
    }
  }

  #write(id: number, finding: Finding, numbers: readonly number[]): void {
    const path = this.#pathOf(id, finding);
    const before = this.#before(id);
    const frames = numbers.map((number) => this.#ring.frame(number));
    const frameBytes = frames.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const others = [...this.#lengths].reduce(
      (sum, [each, length]) => (each === path ? sum : sum + length),
      0,
    );
    const file = packetFile(this.#origin, frames, before?.path ?? null);
    if (others + file.length > this.#limits.folderBytes) {
      this.#noteFull();
      return;
    }
    try {
      writePackets(path, file);
      this.#lengths.set(path, file.length);
      this.#saved.set(id, {
        path,
        frames: (before?.frames ?? 0) + frames.length,
        lengthBytes: file.length,
        frameBytes: (before?.frameBytes ?? 0) + frameBytes,
        flowIds: finding.flowIds,
        until: this.#ring.added,
      });
    } catch (error) {
      if (!(error instanceof AnalyzeError)) throw error;
      if (!this.#isRefused) this.notes.push(`${error.message}; capturing goes on.`);
      this.#isRefused = true;
    }
  }

  #noteFull(): void {
    if (this.#isFull) return;
    this.#isFull = true;
    const mebibytes = Math.round(this.#limits.folderBytes / MEBIBYTE);
    this.notes.push(
      `The packets saved in ${this.#folder} have reached ${mebibytes} MiB; those of other findings are not saved.`,
    );
  }

  /** What was written of it, if the file is as we left it. */
  #before(id: number): Saved | undefined {
    const saved = this.#saved.get(id);
    return saved !== undefined && hasSize(saved.path, saved.lengthBytes) ? saved : undefined;
  }

  #pathOf(id: number, finding: Finding): string {
    const known = this.#paths.get(id);
    if (known !== undefined) return known;
    const taken = new Set(this.#paths.values());
    let path = join(this.#folder, packetFileName(finding));
    for (let nth = 2; taken.has(path); nth++) path = join(this.#folder, packetFileName(finding, nth));
    this.#paths.set(id, path);
    return path;
  }

  #noteIcmpErrors(frames: FrameBatch, icmpErrors: readonly FlowIcmpError[]): void {
    const flowOf = new Map(icmpErrors.map(({ flowId, error }) => [error.frame, flowId ?? 0]));
    for (let row = 0; row < frames.length; row++) {
      if (this.#flows[row] === 0) this.#flows[row] = flowOf.get(frames.frame[row]!) ?? 0;
    }
  }
}
