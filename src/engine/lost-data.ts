import { isAcknowledged } from "../flows/acknowledged.js";
import { AddressActivity } from "./address-activity.js";
import type { Observer, RuleHooks } from "./rule.js";
import { causeOf, FAST, TAIL_LOSS_PROBE, TIMEOUT } from "./segment-labels.js";

/** Losses that lie closer are one span of them. */
const JOINED_NS = 1_000_000_000;
/** Names of the begin and the end of each span of a flow that is kept: the latest ones. */
const SPANS = [
  ["from0", "to0"],
  ["from1", "to1"],
  ["from2", "to2"],
  ["from3", "to3"],
] as const;

/** When the way to a server lost data of connections that were under way. */
export interface LostData extends RuleHooks {
  /** Which client lost data on its way to which server, and when. */
  readonly lost: AddressActivity;
}

/**
 * Watches for data of clients that has to be sent again. The first data of a connection does not count: a listener that
 * drops the handshake's last ACK drops it as well.
 */
export const observeLostData: Observer<LostData> = (perFlow) => {
  const kept = perFlow("count", ...SPANS.flat());
  const lost = new AddressActivity();
  return {
    lost,
    repeated(segment, flow) {
      if (segment.fromServer || segment.payloadLength === 0 || flow.server.ackedTo <= 1) return;
      const cause = causeOf(segment.cause);
      if (cause !== TIMEOUT && cause !== FAST && cause !== TAIL_LOSS_PROBE) return;
      // It arrived: its acknowledgment was lost, on the way back.
      if (isAcknowledged(flow.server, segment.relativeSeq + segment.seqLength)) return;
      const spans = kept.of(flow);
      const [, to] = SPANS[(spans.count + SPANS.length - 1) % SPANS.length]!;
      if (spans.count > 0 && segment.timeNs - spans[to] <= JOINED_NS) {
        spans[to] = segment.timeNs;
        return;
      }
      const [from, end] = SPANS[spans.count++ % SPANS.length]!;
      spans[from] = spans[end] = segment.timeNs;
    },
    flowEnd(flow, { clientAddress, serverAddress }) {
      const spans = kept.of(flow);
      const { count } = spans;
      for (let index = Math.max(0, count - SPANS.length); index < count; index++) {
        const [from, to] = SPANS[index % SPANS.length]!;
        lost.add(clientAddress, serverAddress, spans[from], spans[to]);
      }
    },
  };
};
