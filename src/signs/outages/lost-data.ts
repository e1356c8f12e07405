import type { Observer, RuleHooks } from "../../engine/rule.js";
import { causeOf, FAST, TAIL_LOSS_PROBE, TIMEOUT } from "../../engine/segment-labels.js";
import { isAcknowledged } from "../../flows/acknowledged.js";
import { AddressActivity } from "../addresses/address-activity.js";
import { LatestSpans } from "./latest-spans.js";

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
  const losses = new LatestSpans(perFlow);
  const lost = new AddressActivity();
  return {
    lost,
    repeated(segment, flow) {
      if (segment.fromServer || segment.payloadLength === 0 || flow.server.ackedTo <= 1) return;
      const cause = causeOf(segment.cause);
      if (cause !== TIMEOUT && cause !== FAST && cause !== TAIL_LOSS_PROBE) return;
      // It arrived: its acknowledgment was lost, on the way back.
      if (isAcknowledged(flow.server, segment.relativeSeq + segment.seqLength)) return;
      losses.add(flow, segment.timeNs, segment.timeNs);
    },
    flowEnd(flow, { clientAddress, serverAddress }) {
      losses.forEach(flow, (fromNs, toNs) => lost.add(clientAddress, serverAddress, fromNs, toNs));
    },
  };
};
