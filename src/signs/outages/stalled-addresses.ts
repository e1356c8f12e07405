import type { Observer, RuleHooks } from "../../engine/rule.js";
import { type Endpoint, HAS_RECEIPT_AFTER_SILENCE } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";
import { HAS_PROGRESS } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import { AddressActivity } from "../addresses/address-activity.js";
import { AddressPairs } from "../addresses/address-pairs.js";
import { CarriedSizes } from "../addresses/carried-sizes.js";
import { aboutFlow, type FlowOfAddresses } from "../addresses/flow-of-addresses.js";
import { ServerPaths } from "../addresses/server-paths.js";
import { hasNearTerminator } from "../attempts/near-terminator.js";
import { observeRepeatedSyns } from "../attempts/syn-repeats.js";
import { noteActivity, noteConversation } from "./flow-activity.js";
import { isHeldUnheard } from "./handshake-stall.js";
import { type HeldBack, type HeldBackWatch, observeHeldBack } from "./held-back.js";
import { type Hitch, hitchOf, hitchSpansOf, SHORTEST_HITCH_NS } from "./hitch.js";
import { ProgressSpans } from "./progress-spans.js";
import { FEWEST_REPEATS, timesRepeated, type UnansweredRun, UnansweredRuns } from "./unanswered-run.js";

/** A shorter stall is a matter of lost packets. */
const SHORTEST_STALL_NS = 1_000_000_000;
const MAX_STALLS = 100_000;
const MAX_HITCHES = 20_000;
const MAX_ATTEMPTS = 20_000;

/** A connection that was open and stood still: one side repeated, unanswered. */
export interface StalledConnection extends FlowOfAddresses {
  readonly run: UnansweredRun;
  /** Address of the side that repeated, and of the one that did not answer. */
  readonly repeating: string;
  readonly silent: string;
  /** From the last segment before the repetitions to the answer, or to the last repetition. Nanoseconds. */
  readonly lengthNs: number;
  /** How it ended: answered, reset by the silent side, or neither as far as captured. */
  readonly ending: "answered" | "reset" | "open";
  /** The silent side had received what was repeated, as it said when it was heard again (D-SACK). */
  readonly isReceived: boolean;
  /** The silent side spoke again, and never acknowledged what was repeated, nor anything behind it: that did not arrive. */
  readonly isUntaken: boolean;
  /** From when it spoke again to the last that was captured of it, where isUntaken; else 0. Nanoseconds. */
  readonly untakenNs: number;
  /** The silent side had sent its FIN or a RST before, and did not go on to acknowledge: it was not half-closed only. */
  readonly wasClosing: boolean;
  /** Octets of the repeating side that the other had acknowledged in all. */
  readonly acknowledgedBytes: number;
  /** Of both sides, in all: how many segments, and how many of them again. */
  readonly segments: number;
  readonly retransmits: number;
  /** Something near the client acknowledges and sends in the server's name. */
  readonly hasNearTerminator: boolean;
  /** It was answered, and what was repeated meanwhile proves that it had not been lost but held back: held-back.ts. */
  readonly wasHeldBack: boolean;
}

/**
 * The server may never have held this connection: a listener whose accept queue is full drops the end of a handshake, which the
 * capture lacks, and all that follows.
 */
export function mayBeUnaccepted({ run }: StalledConnection): boolean {
  return run.isBegunBefore && !run.isServerRepeating;
}

/** It certainly arrived at a kernel that did not hold the connection: one that does acknowledges what it is sent. */
export function isUnaccepted(stall: StalledConnection): boolean {
  return stall.isLoopback && mayBeUnaccepted(stall) && stall.run.largestBytes > 0;
}

/** SYNs that nobody answered. */
export interface ConnectAttempt extends FlowOfAddresses {
  readonly frame: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly syns: number;
}

/** What became of connections between addresses: collected once for all rules about outages. */
export interface StalledAddresses extends RuleHooks {
  /** Each in order of appearance of the flows. */
  readonly stalls: readonly StalledConnection[];
  readonly hitches: readonly Hitch[];
  readonly attempts: readonly ConnectAttempt[];
  readonly activity: AddressActivity;
  readonly paths: ServerPaths;
  readonly carried: CarriedSizes;
  readonly heldBack: HeldBackWatch;
}

/** Watches for connections that stand still, and for who was heard meanwhile. */
export const observeStalledAddresses: Observer<StalledAddresses> = (perFlow) => {
  const runs = new UnansweredRuns(perFlow);
  const syns = observeRepeatedSyns(perFlow);
  const progress = new ProgressSpans(perFlow);
  const stalls: StalledConnection[] = [];
  const hitches: Hitch[] = [];
  const attempts: ConnectAttempt[] = [];
  const pairs = new AddressPairs();
  const activity = new AddressActivity(pairs);
  const paths = new ServerPaths(pairs);
  const carried = new CarriedSizes(pairs);
  const heldBack = observeHeldBack(perFlow);
  return {
    stalls,
    hitches,
    attempts,
    activity,
    paths,
    carried,
    heldBack,
    syn: syns.syn,
    labelled: heldBack.labelled,
    repeated(segment, flow) {
      runs.repeated(segment, flow);
      progress.repeated(segment, flow);
      heldBack.repeated(segment, flow);
    },
    paused(segment, flow) {
      runs.paused(segment, flow);
      progress.paused(segment, flow);
      heldBack.paused(segment, flow);
    },
    flowEnd(flow, identity, listener) {
      const silent = runs.longestSilent(flow);
      noteActivity(activity, flow, identity, runs, silent);
      noteConversation(paths, flow, identity, runs, silent, progress);
      carried.add(flow, identity);
      if (flow.server.segments === 0 && flow.client.synFrame > 0) {
        if (attempts.length < MAX_ATTEMPTS)
          attempts.push(attemptOf(flow, aboutFlow(flow, identity, listener)));
        return;
      }
      if (flow.client.syns > 1) noteLateAnswer(paths, flow, identity, syns.of(flow).inVainNs);
      // Most flows neither repeated nor paused for long.
      if (silent === null && runs.pauseOf(flow).lengthNs < SHORTEST_HITCH_NS && !runs.isInVain(flow)) return;
      const about = (): FlowOfAddresses => aboutFlow(flow, identity, listener);
      for (const run of [silent, runs.longestInVain(flow)]) {
        if (run === null || !isStall(run) || !wasEstablished(flow, run.firstNs)) continue;
        if (run.kind === "silent" && isHeard(flow, run)) continue;
        if (stalls.length >= MAX_STALLS) continue;
        const stall = stallOf(flow, about(), run, heldBack.of(flow));
        stalls.push(stall);
        noteStall(paths, stall);
      }
      if (hitches.length >= MAX_HITCHES) return;
      for (const span of hitchSpansOf(flow, runs, silent))
        if (wasEstablished(flow, span.firstNs)) hitches.push(hitchOf(about(), span));
    },
  };
};

/** The handshake was over before `timeNs`, or before the capture. What hangs there has other causes. */
function wasEstablished(flow: Flow, timeNs: number): boolean {
  if (flow.server.synFrame === 0 && flow.client.synFrame === 0) return true;
  if (isHeldUnheard(flow)) return true;
  return (flow.facts & HAS_PROGRESS) !== 0 && flow.progressNs < timeNs;
}

/** The repeating side acknowledges what the capture does not have of the other: that was not silent. */
function isHeard({ client, server }: Flow, { isServerRepeating }: UnansweredRun): boolean {
  return isServerRepeating ? server.ackedTo > client.nextSeq : client.ackedTo > server.nextSeq;
}

function isStall(run: UnansweredRun): boolean {
  // In vain counts only what was repeated: lost acknowledgments are made good by the next one.
  const endNs = run.kind === "in-vain" ? run.lastNs : (run.endNs ?? run.lastNs);
  return timesRepeated(run) >= FEWEST_REPEATS && endNs - run.startNs >= SHORTEST_STALL_NS;
}

// One spread, in front: V8 copies a second one property by property, and looks for the object's shape with each.

function attemptOf({ client }: Flow, about: FlowOfAddresses): ConnectAttempt {
  const { synFrame: frame, synNs: startNs, lastNs: endNs, syns } = client;
  return { ...about, frame, startNs, endNs, syns };
}

function stallOf(
  flow: Flow,
  about: FlowOfAddresses,
  run: UnansweredRun,
  held: HeldBack | null,
): StalledConnection {
  const { clientAddress, serverAddress } = about;
  const [loud, quiet] = run.isServerRepeating ? [flow.server, flow.client] : [flow.client, flow.server];
  const isReset =
    run.endNs !== null && quiet.rstFrame > 0 && quiet.rstNs >= run.lastNs && quiet.rstNs - run.endNs < 1e9;
  const isUntaken = run.endNs !== null && !isReset && quiet.ackedTo <= run.fromSeq;
  const ending = run.endNs === null ? "open" : isReset ? "reset" : "answered";
  return {
    ...about,
    run,
    repeating: run.isServerRepeating ? serverAddress : clientAddress,
    silent: run.isServerRepeating ? clientAddress : serverAddress,
    lengthNs: (run.endNs ?? run.lastNs) - run.startNs,
    ending,
    isReceived: (loud.facts & HAS_RECEIPT_AFTER_SILENCE) !== 0,
    isUntaken,
    untakenNs: isUntaken ? quiet.lastNs - run.endNs : 0,
    wasClosing: ending !== "answered" && hasEnded(quiet, run.firstNs),
    acknowledgedBytes: quiet.ackedTo,
    segments: flow.client.segments + flow.server.segments,
    retransmits: flow.client.retransmits + flow.server.retransmits,
    hasNearTerminator: hasNearTerminator(flow, about.vantage),
    wasHeldBack: held !== null && isMeanwhile(held, run),
  };
}

/** The run was answered, and something was held back during it. */
function isMeanwhile(
  { kind, startNs, endNs }: HeldBack,
  { lastNs, firstNs, ...run }: UnansweredRun,
): boolean {
  if (kind !== "answered" || run.kind !== "silent" || run.endNs === null) return false;
  return startNs <= lastNs && endNs >= firstNs;
}

function hasEnded({ finFrame, finNs, rstFrame, rstNs }: Endpoint, timeNs: number): boolean {
  return (finFrame > 0 && finNs < timeNs) || (rstFrame > 0 && rstNs < timeNs);
}

// On loopback there is no path that could be shut.

function noteLateAnswer(
  paths: ServerPaths,
  { client, server }: Flow,
  { clientAddress, serverAddress, isLoopback }: FlowIdentity,
  inVainNs: number,
): void {
  if (isLoopback || server.synFrame === 0) return;
  paths.addLateAnswer(clientAddress, serverAddress, { startNs: client.synNs, endNs: inVainNs });
}

function noteStall(paths: ServerPaths, stall: StalledConnection): void {
  const { run, clientAddress, serverAddress, isLoopback } = stall;
  // What the server repeats in vain the client has acknowledged: its acknowledgments do not arrive, nor does anything else of it.
  const isWayToServerShut = (run.kind === "in-vain") === run.isServerRepeating;
  if (isLoopback || !isWayToServerShut) return;
  const inVain = { startNs: run.startNs, endNs: run.beforeLastNs };
  paths.addStall(clientAddress, serverAddress, inVain);
  if (run.kind === "in-vain" || !mayBeUnaccepted(stall))
    paths.addCutOff(clientAddress, serverAddress, inVain);
}
