import type { FileFacts } from "./decode/decode-series.js";
import type { CaptureObservation, FlowIcmpError } from "./engine/capture-observation.js";
import { CaptureVantage } from "./engine/capture-vantage.js";
import type { Look } from "./engine/dispatch.js";
import type { Listener } from "./engine/listeners.js";
import { RpcConversations } from "./engine/rpc-conversations.js";
import { type JudgedVantage, judgeVantage } from "./engine/vantage.js";
import { createFlowCursor, type Flow } from "./flows/flow.js";
import { type FlowIdentity, readFlowIdentity } from "./flows/flow-identity.js";
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

/** What is known of a flow so far, beside its row. */
export interface DescribedFlow {
  readonly identity: FlowIdentity;
  readonly judged: JudgedVantage;
}

/**
 * Fills `row` with what is known of a flow so far, and lets `use` work with the flow as rules know it; the flow then is as
 * it was. `linkTypes`: those of the capture's interfaces.
 */
export function describeFlow(
  flow: Flow,
  linkTypes: readonly number[],
  row: FlowRow,
  use: (described: DescribedFlow) => void,
): void {
  const { client, server } = flow;
  const { packetTypes: clientTypes } = client;
  const { packetTypes: serverTypes } = server;
  keepPacketTypes(flow, linkTypes);
  const identity = readFlowIdentity(flow);
  const judged = judgeVantage(flow, identity);
  fillFlowRow(row, flow, identity, judged);
  use({ identity, judged });
  client.packetTypes = clientTypes;
  server.packetTypes = serverTypes;
}

/** Takes the row of a flow, always the same object. */
export type RowTaker = (row: FlowRow, flow: Flow) => void;

/** Shows flows to a look, one after the other in order of appearance, and gives the row of each. */
export class FlowsLook {
  readonly #flows: FlowTable;
  readonly #look: Look;
  readonly #encapsulations: readonly string[];
  readonly #linkTypes: readonly number[];
  readonly #conversations: RpcConversations;
  readonly #vantage = new CaptureVantage();
  readonly #flow = createFlowCursor();
  readonly #row = createFlowRow();
  readonly #take: RowTaker;
  /** The listener of each flow; null when nobody asks. */
  readonly #listenerOf: Map<number, Listener> | null;
  #lastId: number;

  /** `listenerOf` is filled when given. */
  constructor(
    flows: FlowTable,
    look: Look,
    facts: Omit<StreamFacts, "kernel" | "icmpErrors">,
    take: RowTaker,
    listenerOf: Map<number, Listener> | null = null,
  ) {
    this.#flows = flows;
    this.#look = look;
    this.#encapsulations = facts.encapsulations;
    this.#linkTypes = facts.files.flatMap(({ interfaces }) => interfaces.map(({ linkType }) => linkType));
    this.#conversations = new RpcConversations(facts.rpcCalls);
    this.#take = take;
    this.#listenerOf = listenerOf;
    this.#lastId = flows.firstId - 1;
  }

  /** Shows up to `most` flows; false when all have been shown. */
  advance(most: number): boolean {
    const flow = this.#flow;
    for (let shown = 0; shown < most; shown++) {
      const id = this.#flows.nextId(this.#lastId);
      if (id === null) return false;
      this.#lastId = id;
      this.#flows.seek(flow, id);
      describeFlow(flow, this.#linkTypes, this.#row, ({ identity, judged }) => {
        this.#vantage.add(judged);
        const encapsulation = this.#encapsulations[identity.encapsulation] ?? "";
        const listener = this.#look.flowEnd(flow, identity, this.#row.state, encapsulation);
        this.#listenerOf?.set(id, listener);
        this.#conversations.add(flow, identity, listener.name);
      });
      this.#take(this.#row, flow);
    }
    return true;
  }

  /** Shows the capture; returns where it was taken. */
  finish({ files, icmpErrors, kernel }: StreamFacts): JudgedVantage {
    const vantage = this.#vantage.judge();
    this.#look.captureEnd({
      evidence: this.#flows.evidence,
      files,
      vantage,
      endNs: Math.max(0, ...files.map(({ endNs }) => endNs ?? 0)),
      rpcConversations: this.#conversations.finish(),
      icmpErrors,
      kernel,
    });
    return vantage;
  }
}

/** Shows every flow to a look, for the last time, then the capture. Returns where it was taken. */
export function lookAtFlows(flows: FlowTable, look: Look, facts: StreamFacts, take: RowTaker): JudgedVantage {
  flows.beginEnding();
  const shown = new FlowsLook(flows, look, facts, take);
  shown.advance(Number.POSITIVE_INFINITY);
  return shown.finish(facts);
}
