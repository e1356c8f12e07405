import { type Confidence, type Finding, SEVERITIES } from "../engine/finding.js";
import type { FindingRow } from "../store/table-rows.js";
import type { SavedPackets } from "./flight-recorder.js";
import { CAPTURE_ID } from "./live-flows.js";

const CONFIDENCES: readonly Confidence[] = ["certain", "strong", "weak"];

/** A finding as it is now. */
export interface LiveFinding {
  /** Of `findings` in the database. */
  readonly id: number;
  readonly finding: Finding;
  /** new: not seen before. risen: more severe or surer than when it was last announced. */
  readonly news: "new" | "risen";
  /** Its frames in a file; null when none were saved. */
  readonly packets: SavedPackets | null;
}

/** What a look changed. */
export interface FindingChanges {
  readonly rows: readonly FindingRow[];
  readonly announced: readonly LiveFinding[];
  /** Ids of findings that are none any more. */
  readonly withdrawn: readonly number[];
}

/** What is still known of the time until now. */
export interface Memory {
  /** Whether all that a finding was about is still known: it would be found again if it still were one. */
  readonly covers: (finding: Finding) => boolean;
  /** Connections to the servers of a finding's flows. */
  readonly serverFlowsOf: (finding: Finding) => number;
  /** What the kernel said before is forgotten. Nanoseconds since the origin. */
  readonly horizonNs: number;
}

interface Known {
  readonly id: number;
  finding: Finding;
  /** All of it that tells, so that only what changed is written. */
  signature: string;
  announcedSeverity: number;
  announcedConfidence: number;
}

/**
 * The findings of a live capture from look to look. One that a later look does not have is withdrawn while all its flows
 * are still known, for then they have disproved it; of flows that were forgotten it stays what was seen.
 */
export class KnownFindings {
  readonly #known = new Map<string, Known>();
  #nextId = 1;

  /** All of them, in the order in which they appeared. */
  get all(): readonly LiveFinding[] {
    return [...this.#known.values()].map(({ id, finding }) => ({ id, finding, news: "new", packets: null }));
  }

  /** Takes what a look found. */
  update(found: readonly Finding[], memory: Memory): FindingChanges {
    const rows: FindingRow[] = [];
    const announced: LiveFinding[] = [];
    const seen = new Set<string>();
    for (const each of found) {
      const key = keyOf(each, seen);
      seen.add(key);
      const known = this.#known.get(key) ?? this.#add(key, each);
      const finding = joined(known.finding, each, memory.horizonNs);
      const signature = signatureOf(finding);
      if (signature === known.signature) continue;
      known.signature = signature;
      known.finding = finding;
      rows.push(rowOf(known.id, finding, memory.serverFlowsOf(finding)));
      const news = this.#announce(known);
      if (news !== null) announced.push({ id: known.id, finding, news, packets: null });
    }
    const withdrawn: number[] = [];
    for (const [key, { id, finding }] of this.#known) {
      if (seen.has(key) || !memory.covers(finding)) continue;
      this.#known.delete(key);
      withdrawn.push(id);
    }
    return { rows, announced, withdrawn };
  }

  #add(key: string, finding: Finding): Known {
    const known: Known = {
      id: this.#nextId++,
      finding,
      signature: "",
      announcedSeverity: Number.POSITIVE_INFINITY,
      announcedConfidence: Number.POSITIVE_INFINITY,
    };
    this.#known.set(key, known);
    return known;
  }

  #announce(known: Known): LiveFinding["news"] | null {
    const severity = SEVERITIES.indexOf(known.finding.severity);
    const confidence = CONFIDENCES.indexOf(known.finding.confidence);
    const isNew = known.announcedSeverity === Number.POSITIVE_INFINITY;
    if (severity >= known.announcedSeverity && confidence >= known.announcedConfidence) return null;
    known.announcedSeverity = Math.min(severity, known.announcedSeverity);
    known.announcedConfidence = Math.min(confidence, known.announcedConfidence);
    return isNew ? "new" : "risen";
  }
}

/** Two findings of one look may be about the same: then they are told apart by their order. */
function keyOf({ fingerprint }: Finding, seen: ReadonlySet<string>): string {
  let key = fingerprint;
  for (let nth = 2; seen.has(key); nth++) key = `${fingerprint} ${nth}`;
  return key;
}

/**
 * It began when it first did, though the flows of then may be forgotten; and where what the kernel said in its time is
 * forgotten, it stays as sure as that made it.
 */
function joined(before: Finding, now: Finding, horizonNs: number): Finding {
  const wasSurer = CONFIDENCES.indexOf(before.confidence) < CONFIDENCES.indexOf(now.confidence);
  if (wasSurer && before.endNs === now.endNs && before.startNs < horizonNs) return before;
  return before.startNs < now.startNs ? { ...now, startNs: before.startNs } : now;
}

function signatureOf({
  severity,
  confidence,
  message,
  alternatives,
  startNs,
  endNs,
  flowIds,
}: Finding): string {
  return JSON.stringify([severity, confidence, message, alternatives, startNs, endNs, flowIds.length]);
}

function rowOf(id: number, finding: Finding, serverFlows: number): FindingRow {
  const evidence = finding.evidence.map((each) => ({ ...each, captureId: CAPTURE_ID, note: null }));
  return { ...finding, id, captureId: CAPTURE_ID, serverFlows, evidence };
}
