import type { Evidence } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import type { Observer, RuleHooks } from "../../engine/rule.js";
import type { Endpoint } from "../../flows/endpoint.js";
import { HAS_HANDSHAKE_ACK, IS_SELF_CONNECT, IS_SIMULTANEOUS_OPEN } from "../../flows/flow.js";

/** Half-open attempts kept of a capture, as many handshakes, and as many SYNs sent once in vain; a flood has millions. */
const MAX_KEPT = 100_000;
/** A handshake that takes less is hardly ever among those under way. */
const SHORTEST_UNDER_WAY_NS = 5_000_000;
/** A listener's first timer for its SYN-ACK, which doubles each time. RFC 6298, section 2.1. */
const FIRST_TIMER_NS = 1_000_000_000;
/** Timers of seconds are late by an eighth at most. Linux kernel/time/timer.c. */
const LATENESS = 1.125;
/** The longest time between two SYN-ACKs at Linux's default of net.ipv4.tcp_synack_retries, 5. */
const LONGEST_GAP_NS = 32_000_000_000;

/** A request in a SYN queue that its client never completed. Nanoseconds since the capture's origin. */
export interface HalfOpenAttempt {
  readonly client: string;
  /** The client sent its SYN again: it is real, and gets no answer. */
  readonly isAskedAgain: boolean;
  /** First SYN-ACK. */
  readonly takenNs: number;
  /** Last SYN-ACK: the request was there until then. */
  readonly surelyNs: number;
  /** When the timer behind that SYN-ACK has ended at the latest, and the request with it. */
  readonly perhapsNs: number;
  /** The first SYN-ACK; null of a request that had gone when the client's SYN came again. */
  readonly synAck: Evidence | null;
}

/** What may fill a listener's SYN queue, and what was in vain there. */
export interface SynQueue {
  readonly attempts: readonly HalfOpenAttempt[];
  /** Of handshakes that were completed, in turn: first SYN-ACK, and the client's ACK. Those of less than 5 ms are left out. */
  readonly underWayNs: readonly number[];
  /** SYNs that drew no answer and were not sent again, and when they came, as far as kept. */
  readonly alone: number;
  readonly aloneNs: readonly number[];
}

interface OpenQueue extends SynQueue {
  readonly attempts: HalfOpenAttempt[];
  readonly underWayNs: number[];
  readonly aloneNs: number[];
  alone: number;
}

export interface SynQueues extends RuleHooks {
  /** Undefined where there is neither. */
  at(listener: Listener): SynQueue | undefined;
}

/**
 * Which half-open attempts were in listeners' SYN queues, and when: a request is there from its SYN-ACK to the client's ACK, or
 * until the timer behind the last of its SYN-ACKs has ended in vain (Linux net/ipv4/inet_connection_sock.c, reqsk_timer_handler).
 */
export const observeSynQueues: Observer<SynQueues> = (perFlow) => {
  const earlier = perFlow("count", "takenNs", "lastNs");
  const byListener = new Map<Listener, OpenQueue>();
  const queueOf = (listener: Listener): OpenQueue => {
    let queue = byListener.get(listener);
    if (queue === undefined) {
      queue = { attempts: [], underWayNs: [], alone: 0, aloneNs: [] };
      byListener.set(listener, queue);
    }
    return queue;
  };
  let [attempts, underWay, alone] = [0, 0, 0];
  return {
    synAck(segment, flow) {
      const { server } = flow;
      // Numbers count from another ISN now, and the rest is as it was before the segment: a new request for the same SYN.
      if (server.syns === 0 || server.synFrame > 0 || !segment.fromServer) return;
      const request = earlier.of(flow);
      if (request.count++ > 0) return;
      request.takenNs = server.synNs;
      request.lastNs = server.lastNs;
    },
    flowEnd(flow, { clientAddress: client }, listener) {
      const { server, facts } = flow;
      const { syns, segments } = flow.client;
      if (facts & HAS_HANDSHAKE_ACK) {
        if (server.synFrame === 0 || flow.handshakeAckNs - server.synNs < SHORTEST_UNDER_WAY_NS) return;
        if (underWay++ < MAX_KEPT) queueOf(listener).underWayNs.push(server.synNs, flow.handshakeAckNs);
        return;
      }
      if (segments !== syns || server.segments !== server.syns) return;
      if (facts & (IS_SIMULTANEOUS_OPEN | IS_SELF_CONNECT)) return;
      const isUnanswered = server.segments === 0;
      if (isUnanswered && syns > 1) return;
      const queue = queueOf(listener);
      if (isUnanswered) {
        queue.alone++;
        if (alone++ < MAX_KEPT) queue.aloneNs.push(flow.startNs);
        return;
      }
      if (attempts++ >= MAX_KEPT) return;
      const isAskedAgain = syns > 1;
      const request = earlier.of(flow);
      if (request.count > 0) {
        const { takenNs, lastNs } = request;
        const perhapsNs = Math.min(timerEndNs(takenNs, lastNs), server.synNs);
        queue.attempts.push({ client, isAskedAgain, takenNs, surelyNs: lastNs, perhapsNs, synAck: null });
      }
      // Without its SYN, and so soon, it is a repetition: the request was there before the capture began.
      const isOlder = syns === 0 && server.synNs < LONGEST_GAP_NS;
      queue.attempts.push({
        client,
        isAskedAgain,
        takenNs: isOlder ? Math.min(server.synNs, 0) : server.synNs,
        surelyNs: server.lastNs,
        perhapsNs: isOlder ? olderEndNs(server) : timerEndNs(server.synNs, server.lastNs),
        synAck: { flowId: flow.id, frame: server.synFrame, timeNs: server.synNs },
      });
    },
    at: (listener) => byListener.get(listener),
  };
};

/** Timers double: the one behind the last SYN-ACK takes as long as all before together, and the first once more. */
function timerEndNs(takenNs: number, lastNs: number): number {
  return lastNs + (lastNs - takenNs + FIRST_TIMER_NS) * LATENESS;
}

/** The same where the first of so many SYN-ACKs is not the request's first: each time between two is twice the one before. */
function olderEndNs({ syns, synNs, lastNs }: Endpoint): number {
  const doubled = 2 ** (syns - 1);
  const gapNs = syns === 1 ? LONGEST_GAP_NS : ((lastNs - synNs) * doubled) / (doubled - 1);
  return lastNs + gapNs * LATENESS;
}
