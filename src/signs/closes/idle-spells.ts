import type { Segment } from "../../decode/segment.js";
import type { RuleContext } from "../../engine/rule.js";
import { causeOf, KEEPALIVE } from "../../engine/segment-labels.js";
import type { Endpoint } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";
import { ACK } from "../../tcp/flags.js";
import { isFromOtherDistance } from "../attempts/other-distance.js";
import { FEWEST_REPEATS } from "../outages/unanswered-run.js";

/** A shorter silence is no spell: nothing on the way forgets so soon. */
const SHORTEST_SPELL_NS = 1_000_000_000;

const CLIENT = 1;
const SERVER = 2;

/** What ended a spell, data or a keepalive probe, and was never answered but by a RST. Times in ns since the capture's origin. */
export interface DeadlySpell {
  readonly isServerSending: boolean;
  /** Of the RST that is all that was heard of the other side, and by which it tells that it does not know the connection; else 0. */
  readonly resetTtl: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly endFrame: number;
}

/** The spells of one flow in which neither side said anything, for a second or more. */
export interface SpellsOfFlow {
  /** After how many it went on, and the longest of these. */
  readonly survived: number;
  readonly longestSurvivedNs: number;
  readonly deadly: DeadlySpell | null;
}

const NONE: SpellsOfFlow = { survived: 0, longestSurvivedNs: 0, deadly: null };

/** Keeps what became of a flow's spells in numbers per flow. Its methods are the hooks of their names. */
export class IdleSpells {
  readonly #own;

  constructor(perFlow: RuleContext["perFlow"]) {
    this.#own = perFlow(
      "side",
      "startNs",
      "endNs",
      "endFrame",
      "sent",
      "heard",
      "resetTtl",
      "survived",
      "longestNs",
    );
  }

  paused(segment: Segment, flow: Flow): void {
    const lengthNs = segment.timeNs - flow.endNs;
    if (lengthNs < SHORTEST_SPELL_NS) return;
    const own = this.#own.of(flow);
    if (own.side !== 0) {
      const { sender, peer } = endsOf(flow, own.side === SERVER);
      // What is repeated into silence ends none.
      if (own.resetTtl > 0 || peer.lastNs < own.endNs) return;
      if (sender.rstFrame === 0 && peer.rstFrame === 0) countSurvived(own);
      own.side = 0;
    }
    if (!demandsAnswer(segment)) return;
    const { sender, peer } = endsOf(flow, segment.fromServer);
    if (peer.finFrame > 0 || peer.rstFrame > 0) return;
    own.side = segment.fromServer ? SERVER : CLIENT;
    own.startNs = flow.endNs;
    own.endNs = segment.timeNs;
    own.endFrame = segment.frame;
    own.sent = sender.segments;
    own.heard = peer.segments;
    own.resetTtl = 0;
  }

  rst(segment: Segment, flow: Flow): void {
    const own = this.#own.of(flow);
    if (own.side === 0 || (own.side === SERVER) === segment.fromServer) return;
    const { peer } = endsOf(flow, !segment.fromServer);
    if (peer.segments !== own.heard) return;
    // Who acknowledges what it resets knew the connection (RFC 9293, section 3.5.2), unless somebody else does in its name.
    if (segment.flags & ACK && !isFromOtherDistance(segment.ttl, peer)) return;
    own.resetTtl = segment.ttl;
  }

  /** When the flow has ended. */
  of(flow: Flow): SpellsOfFlow {
    const own = this.#own.of(flow);
    // Most flows are like this.
    if (own.side === 0 && own.survived === 0) return NONE;
    const { side, startNs, endNs, endFrame, sent, resetTtl, survived, longestNs } = own;
    const { sender, peer } = endsOf(flow, side === SERVER);
    const isHeard = side !== 0 && resetTtl === 0 && peer.lastNs >= endNs;
    const isGivenUp =
      sender.segments - sent > FEWEST_REPEATS && sender.lastNs - endNs >= SHORTEST_SPELL_NS && !isHeard;
    const isDeadly = side !== 0 && (resetTtl > 0 || isGivenUp);
    return {
      survived: survived + (isHeard ? 1 : 0),
      longestSurvivedNs: isHeard ? Math.max(longestNs, endNs - startNs) : longestNs,
      deadly: isDeadly ? { isServerSending: side === SERVER, resetTtl, startNs, endNs, endFrame } : null,
    };
  }
}

/** Whoever sends, and the other. */
function endsOf({ client, server }: Flow, isServerSending: boolean): { sender: Endpoint; peer: Endpoint } {
  return isServerSending ? { sender: server, peer: client } : { sender: client, peer: server };
}

/** New data, or a keepalive probe. Who closes does not need the connection any more. */
function demandsAnswer({ payloadLength, cause }: Segment): boolean {
  return causeOf(cause) === KEEPALIVE || (payloadLength > 0 && cause === 0);
}

function countSurvived(own: Record<"startNs" | "endNs" | "survived" | "longestNs", number>): void {
  own.survived++;
  own.longestNs = Math.max(own.longestNs, own.endNs - own.startNs);
}
