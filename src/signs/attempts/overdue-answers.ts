import type { Evidence } from "../../engine/finding.js";
import type { Observer, RuleHooks } from "../../engine/rule.js";
import { HAS_SYN_DATA, IS_SELF_CONNECT, IS_SIMULTANEOUS_OPEN } from "../../flows/flow.js";

/** A listener repeats a SYN-ACK no sooner (RFC 6298, section 5.7: 1 s). Then the first one may have been missed by the capture. */
const SHORTEST_TIMER_NS = 900_000_000;
/** Of so many connections the capture has hardly missed each first SYN-ACK, and nothing else. */
const COINCIDENCE_FLOWS = 3;
/** Remembered; what comes behind them is not asked, for it would say the same. */
const MAX_OVERDUE = 100_000;

/** SYN-ACKs that are recorded behind what acknowledges them. */
export interface OverdueAnswers {
  flows: number;
  /** How long behind it, nanoseconds. */
  largestNs: number;
  shortestNs: number;
  /** The SYN-ACK that is recorded latest. */
  latest: Evidence;
}

export interface ObservedOverdueAnswers extends RuleHooks {
  /**
   * Those that are overdue by more than `minNs`, more than what the disorder of queues does; null unless it is how the
   * capture was made: so it is with most connections that were opened, and no timer of the listener's explains it.
   */
  find(minNs: number): OverdueAnswers | null;
}

/** Watches for one direction that is recorded late, as where it has a clock of its own. */
export const observeOverdueAnswers: Observer<ObservedOverdueAnswers> = (perFlow) => {
  const kept = perFlow("overdueNs");
  const overdue: { readonly lengthNs: number; readonly synAck: Evidence }[] = [];
  let opened = 0;
  return {
    synAck({ timeNs }, flow) {
      const { client, server, facts } = flow;
      if (server.segments > 0 || client.synFrame === 0 || client.ackedTo < 1 || facts & HAS_SYN_DATA) return;
      kept.of(flow).overdueNs = timeNs - (client.firstDataFrame > 0 ? client.firstDataNs : client.lastNs);
    },
    flowEnd(flow) {
      const { id, client, server, facts } = flow;
      if (overdue.length >= MAX_OVERDUE) return;
      if (client.synFrame === 0 || server.synFrame === 0 || client.ackedTo < 1) return;
      if (facts & (IS_SELF_CONNECT | IS_SIMULTANEOUS_OPEN)) return;
      opened++;
      const lengthNs = kept.of(flow).overdueNs;
      if (lengthNs <= 0) return;
      overdue.push({ lengthNs, synAck: { flowId: id, frame: server.synFrame, timeNs: server.synNs } });
    },
    find(minNs) {
      let found: OverdueAnswers | null = null;
      for (const { lengthNs, synAck } of overdue) {
        if (lengthNs <= minNs) continue;
        found ??= { flows: 0, largestNs: 0, shortestNs: lengthNs, latest: synAck };
        found.flows++;
        found.shortestNs = Math.min(found.shortestNs, lengthNs);
        if (lengthNs <= found.largestNs) continue;
        found.largestNs = lengthNs;
        found.latest = synAck;
      }
      if (found === null || found.flows * 2 < opened) return null;
      return found.flows >= COINCIDENCE_FLOWS || found.shortestNs < SHORTEST_TIMER_NS ? found : null;
    },
  };
};
