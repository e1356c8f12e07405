import { readFileSync, statSync } from "node:fs";
import type { CaptureInterface } from "../capture/capture-source.js";
import { pcapngFrame, pcapngInterface, pcapngSectionHeader } from "../capture/pcapng-writer.js";
import type { Finding } from "../engine/finding.js";
import { FileReplacement } from "../replace-file.js";
import type { KeptFrame } from "./frame-ring.js";

/** Names in nearly all file systems may have 255 octets; a temporary name beside it takes some more. */
const LONGEST_SUBJECT = 120;
const FINGERPRINT_DIGITS = 8;

/** What a capture says of itself in a file of its frames. */
export interface PacketOrigin {
  readonly originNs: bigint;
  readonly interfaces: readonly CaptureInterface[];
}

/** `rule-subject-fingerprint.pcapng`, of letters, digits, dots and dashes, the same in every run; `nth` is told from 2 on. */
export function packetFileName({ ruleId, subject, fingerprint }: Finding, nth = 1): string {
  const parts = [
    escaped(ruleId),
    escaped(subject).slice(0, LONGEST_SUBJECT),
    escaped(fingerprint).slice(0, FINGERPRINT_DIGITS),
  ];
  return `${parts.join("-")}${nth > 1 ? `-${nth}` : ""}.pcapng`;
}

/** Whether the file is there with that many octets. */
export function hasSize(path: string, lengthBytes: number): boolean {
  try {
    const found = statSync(path);
    return found.isFile() && found.size === lengthBytes;
  } catch {
    return false;
  }
}

/** A file of these frames; with `before` they stand behind what that file has. */
export function packetFile(
  { originNs, interfaces }: PacketOrigin,
  frames: readonly KeptFrame[],
  before: string | null,
): Uint8Array {
  const head =
    before === null ? [pcapngSectionHeader(), ...interfaces.map(pcapngInterface)] : [readFileSync(before)];
  const blocks = frames.map(({ interfaceIndex, timeNs, bytes, wireLength }) => {
    const epochNs = originNs + BigInt(Math.round(timeNs));
    return pcapngFrame({ interfaceId: interfaceIndex, epochNs, bytes, wireLength });
  });
  return Buffer.concat([...head, ...blocks]);
}

/** Puts a file in its place, whole or not at all. Throws AnalyzeError EXPORT_WRITE. */
export function writePackets(path: string, bytes: Uint8Array): void {
  const file = new FileReplacement(path, "the packets", "EXPORT_WRITE");
  try {
    file.write(bytes);
    file.commit();
  } finally {
    file.close();
  }
}

function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9.-]+/g, "_").replace(/^[._-]+|[._-]+$/g, "");
}
