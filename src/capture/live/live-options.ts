import { AnalyzeError } from "../../errors.js";
import type { LiveBackend, LiveOptions } from "./live-source.js";

/** Options as they are used: checked, and each with a value. */
export interface ResolvedLiveOptions {
  readonly interfaces: readonly string[];
  /** Empty: every frame. */
  readonly filter: string;
  readonly snaplenBytes: number;
  readonly bufferBytes: number;
  readonly isPromiscuous: boolean;
  readonly backend: LiveBackend | "auto";
  /** Null: see LiveOptions. */
  readonly user: string | null;
  readonly batchFrames: number;
  readonly originNs: bigint;
  readonly flushIntervalMs: number;
}

/** libpcap's MAXIMUM_SNAPLEN. */
const LARGEST_SNAPLEN_BYTES = 262_144;
const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;
const MOST_INTERFACES = 64;
const LONGEST_FILTER = 65_536;

/** Throws AnalyzeError USAGE for what cannot be meant. */
export function resolveLiveOptions(options: LiveOptions): ResolvedLiveOptions {
  const interfaces = [...new Set(options.interfaces)];
  if (interfaces.length === 0)
    throw new AnalyzeError(
      "USAGE",
      "There is nothing to capture: no interface was named; tcptrace-analyze live --list lists them.",
    );
  if (interfaces.length > MOST_INTERFACES)
    throw new AnalyzeError("USAGE", `At most ${MOST_INTERFACES} interfaces can be captured at a time.`);
  if (interfaces.length > 1 && interfaces.includes("any"))
    throw new AnalyzeError("USAGE", "The interface any stands for all of them: name it alone.");
  if (interfaces.some((name) => name === "" || name.includes("\0")))
    throw new AnalyzeError("USAGE", "The name of an interface cannot be empty or hold a zero octet.");
  const filter = options.filter ?? "";
  if (filter.length > LONGEST_FILTER || filter.includes("\0"))
    throw new AnalyzeError(
      "USAGE",
      `A filter has at most ${LONGEST_FILTER} characters, none of them a zero octet.`,
    );
  return {
    interfaces,
    filter,
    snaplenBytes: within(
      "The snaplen in octets",
      options.snaplenBytes ?? LARGEST_SNAPLEN_BYTES,
      1,
      LARGEST_SNAPLEN_BYTES,
    ),
    bufferBytes: within(
      "The buffer in octets",
      options.bufferBytes ?? 32 * MEBIBYTE,
      64 * KIBIBYTE,
      KIBIBYTE * MEBIBYTE,
    ),
    isPromiscuous: options.isPromiscuous ?? false,
    backend: options.backend ?? "auto",
    user: options.user ?? null,
    batchFrames: within("The number of frames in a batch", options.batchFrames ?? 4096, 1, MEBIBYTE),
    originNs: options.originNs ?? BigInt(Date.now()) * 1_000_000n,
    flushIntervalMs: within("The flush interval in milliseconds", options.flushIntervalMs ?? 100, 1, 10_000),
  };
}

function within(what: string, value: number, lowest: number, highest: number): number {
  if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
  throw new AnalyzeError("USAGE", `${what} must be a whole number from ${lowest} to ${highest}.`);
}
