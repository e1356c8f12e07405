import { readFileSync } from "node:fs";
import { groupBy } from "../two-hosts/group-by.js";
import { ENDS, type End } from "../two-hosts/hosts.js";
import { SERVER_PORT } from "../two-hosts/talk.js";
import type { KernelCause } from "./kernel-events.js";
import type { OwnCause } from "./own-causes.js";
import type { Packet } from "./packets.js";
import type { Scenario } from "./scenario.js";

/** Where the capture was made that a segment was judged in. */
export type Vantage = "sender" | "receiver";

/** Why the kernel sent a segment again; or what made one that it sent once look as if it had. */
export type Truth = Exclude<KernelCause, null> | "late" | "doubled" | "overtaken" | "sent once";

/** A segment that was sent again, or that the tool takes for one. */
export interface Judged {
  readonly seed: number;
  readonly vantage: Vantage;
  readonly end: End;
  readonly frame: number;
  readonly clientPort: number;
  readonly truth: Truth;
  /** Null when the tool takes it for the first transmission. */
  readonly ours: OwnCause | null;
}

/** What is known of one end: its capture, what the kernel sent again there, and what the tool says of the capture. */
export interface EndResult {
  readonly packets: readonly Packet[];
  readonly causes: ReadonlyMap<Packet, KernelCause>;
  readonly ours: ReadonlyMap<number, OwnCause>;
}

/** Undefined: the kernel did not send it again; null: nothing can be said of it. */
type KnownTruth = Truth | null | undefined;

/** Probes repeat numbers and no data: the kernel sends them by other functions than those that are traced. */
const PROBES = ["keepalive", "window-probe"];

export function compareCauses(
  { seed }: Scenario,
  results: Readonly<Record<End, EndResult>>,
  pathLog: string,
): Judged[] {
  const late = latePackets(pathLog);
  return ENDS.flatMap((end) => {
    const { packets, causes, ours } = results[end];
    const arrived = truthsOfArrived(end, packets, results[end === "client" ? "server" : "client"]);
    return packets.flatMap((packet): Judged[] => {
      const own = ours.get(packet.frame) ?? null;
      const isOwn = isSentBy(end, packet);
      let truth = isOwn ? causes.get(packet) : arrived.get(packet);
      if (truth === undefined && own !== null && !PROBES.includes(own.cause)) {
        if (isOwn) truth = "sent once";
        else truth = late.has(identityOf(packet)) ? "late" : "overtaken";
      }
      if (truth === undefined || truth === null) return [];
      const clientPort = packet.sourcePort === SERVER_PORT ? packet.destinationPort : packet.sourcePort;
      const vantage = isOwn ? "sender" : "receiver";
      return [{ seed, vantage, end, frame: packet.frame, clientPort, truth, ours: own }];
    });
  });
}

/** What the sender knows of the packets that arrived at an end, told by their headers. */
function truthsOfArrived(end: End, packets: readonly Packet[], sender: EndResult): Map<Packet, KnownTruth> {
  const sent = groupBy(
    sender.packets.filter((packet) => !isSentBy(end, packet)),
    ({ headers }) => headers,
  );
  const arrived = groupBy(
    packets.filter((packet) => !isSentBy(end, packet)),
    ({ headers }) => headers,
  );
  const truths = new Map<Packet, KnownTruth>();
  for (const [headers, [first, ...others]] of arrived) {
    const [original, ...repeats] = sent.get(headers) ?? [];
    // SYN-ACKs without timestamps equal each other: which of them arrived nobody can tell.
    const isAmbiguous = original === undefined || repeats.length > 0;
    truths.set(first!, isAmbiguous ? null : sender.causes.get(original));
    // Of a doubled ACK without data nothing is said.
    for (const other of others) truths.set(other, isAmbiguous || other.length === 0 ? null : "doubled");
  }
  return truths;
}

function isSentBy(end: End, { sourcePort }: Packet): boolean {
  return (sourcePort === SERVER_PORT) === (end === "server");
}

/** The packets that faulty-path.c delivered late, as identityOf names them. */
function latePackets(pathLog: string): Set<string> {
  const lines = readFileSync(pathLog, "utf8").split("\n");
  return new Set(lines.filter((line) => line.endsWith(" late")).map((line) => line.replace(/ late$/, "")));
}

function identityOf({ sourcePort, ipId, seq }: Packet): string {
  return `${sourcePort === SERVER_PORT ? "b" : "a"} ${ipId} ${seq}`;
}
