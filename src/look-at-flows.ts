import type { FileFacts } from "./decode/decode-series.js";
import type { CaptureObservation, FlowIcmpError } from "./engine/capture-observation.js";
import { CaptureVantage } from "./engine/capture-vantage.js";
import type { Look } from "./engine/dispatch.js";
import { RpcConversations } from "./engine/rpc-conversations.js";
import { type JudgedVantage, judgeVantage } from "./engine/vantage.js";
import { createFlowCursor } from "./flows/flow.js";
import { readFlowIdentity } from "./flows/flow-identity.js";
import type { FlowTable } from "./flows/flow-table.js";
import { keepPacketTypes } from "./flows/vantage/packet-types.js";
import type { RpcCall } from "./rpc/rpc-call.js";
import { createFlowRow, fillFlowRow } from "./store/fill-flow-row.js";
import type { FlowRow } from "./store/flow-rows.js";

/** What is known of a stream beside its flows. */
export interface StreamFacts {
  readonly files: readonly FileFacts[];
  /** Names of the encapsulations, by index; 0 is none. */
  readonly encapsulations: readonly string[];
  readonly rpcCalls: readonly RpcCall[];
  readonly icmpErrors: readonly FlowIcmpError[];
  readonly kernel: CaptureObservation["kernel"];
}

/**
 * Shows every flow to a look, in order of appearance, and gives its row, always the same object; then the capture.
 * Returns where it was taken.
 */
export function lookAtFlows(
  flows: FlowTable,
  look: Look,
  facts: StreamFacts,
  each: (row: FlowRow) => void,
): JudgedVantage {
  const { files, encapsulations, rpcCalls, icmpErrors, kernel } = facts;
  const flow = createFlowCursor();
  const row = createFlowRow();
  const linkTypes = files.flatMap(({ interfaces }) => interfaces.map(({ linkType }) => linkType));
  const conversations = new RpcConversations(rpcCalls);
  const captureVantage = new CaptureVantage();
  flows.beginEnding();
  for (let id = flows.firstId; id < flows.firstId + flows.count; id++) {
    flows.seek(flow, id);
    const identity = readFlowIdentity(flow);
    keepPacketTypes(flow, linkTypes);
    const judged = judgeVantage(flow, identity);
    captureVantage.add(judged);
    fillFlowRow(row, flow, identity, judged);
    const encapsulation = encapsulations[identity.encapsulation] ?? "";
    const listener = look.flowEnd(flow, identity, row.state, encapsulation);
    conversations.add(flow, identity, listener.name);
    each(row);
  }
  const vantage = captureVantage.judge();
  look.captureEnd({
    evidence: flows.evidence,
    files,
    vantage,
    endNs: Math.max(0, ...files.map(({ endNs }) => endNs ?? 0)),
    rpcConversations: conversations.finish(),
    icmpErrors,
    kernel,
  });
  return vantage;
}
