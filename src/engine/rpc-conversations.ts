import {
  type Flow,
  HAS_HANDSHAKE_ACK,
  IS_CLOSED_BY_CLIENT,
  IS_CLOSED_BY_RST,
  IS_CLOSED_BY_SERVER,
} from "../flows/flow.js";
import type { FlowIdentity } from "../flows/flow-identity.js";
import { describeProcedure, isOneWay, mayBeAskedAnew } from "../rpc/program-names.js";
import type { RpcCall } from "../rpc/rpc-call.js";
import { appendTo } from "./append-to.js";
import type { Evidence, Vantage } from "./finding.js";
import { vantageOf } from "./vantage.js";

/** Connections kept of a capture. */
const MAX_CONNECTIONS = 100_000;

/** A connection between a client and a listener that speak ONC RPC; it need not have carried any. */
export interface RpcConnection {
  readonly flowId: number;
  readonly isEstablished: boolean;
  readonly closedBy: "client" | "server" | null;
  readonly start: Evidence;
  /** The first FIN or RST; while open the latest segment. */
  readonly end: Evidence;
  /** Relative number up to which the server acknowledged. */
  readonly ackedTo: number;
  /** The client acknowledged octets of the server that the capture lacks. */
  readonly lacksReplies: boolean;
  /** The server sent data of whatever kind. */
  readonly hasServerData: boolean;
  readonly vantage: Vantage;
}

/** A call sent on one connection. */
export interface Attempt {
  readonly call: RpcCall;
  readonly connection: RpcConnection;
  readonly isAnswered: boolean;
}

/** What one client address said to one listener. */
export interface RpcConversation {
  readonly client: string;
  readonly listener: string;
  readonly serverAddress: string;
  readonly connections: readonly RpcConnection[];
  /** The attempts, in order, at each call that was without a whole reply on at least one connection. */
  readonly stuckCalls: readonly (readonly Attempt[])[];
}

interface Conversation extends RpcConversation {
  readonly connections: RpcConnection[];
  readonly stuckCalls: Attempt[][];
}

/** Sorts calls by client and listener when flows end. Only calls of the client are judged. */
export class RpcConversations {
  readonly #calls: readonly RpcCall[];
  readonly #flowsWithCalls: ReadonlySet<number>;
  readonly #byName = new Map<string, Conversation>();
  readonly #byFlow = new Map<number, { conversation: Conversation; connection: RpcConnection }>();

  constructor(calls: readonly RpcCall[]) {
    this.#calls = calls;
    this.#flowsWithCalls = new Set(calls.map(({ flowId }) => flowId));
  }

  add(flow: Flow, identity: FlowIdentity, listener: string): void {
    if (this.#calls.length === 0 || this.#byFlow.size === MAX_CONNECTIONS) return;
    const { clientAddress: client, serverAddress } = identity;
    const name = `${client} ${listener}`;
    let conversation = this.#byName.get(name);
    if (conversation === undefined) {
      if (!this.#flowsWithCalls.has(flow.id)) return;
      conversation = { client, listener, serverAddress, connections: [], stuckCalls: [] };
      this.#byName.set(name, conversation);
    }
    const connection = describe(flow, identity);
    conversation.connections.push(connection);
    this.#byFlow.set(flow.id, { conversation, connection });
  }

  /** Every flow has ended. */
  finish(): readonly RpcConversation[] {
    const answered = new Set(this.#calls.filter(isAnswered).map(procedureKey));
    const lastAnswered = new Map<number, number>();
    for (const call of this.#calls)
      if (isAnswered(call))
        lastAnswered.set(call.flowId, Math.max(call.ordinal, lastAnswered.get(call.flowId) ?? 0));
    // A server that answers calls by what is no RPC at all speaks another protocol, and a scanner tries it.
    const speaksRpc = new Set(
      this.#calls.filter((call) => call.isFromServer || call.reply !== null).map(({ flowId }) => flowId),
    );
    const isStuck = (call: RpcCall): boolean => {
      if (call.isFromServer || isAnswered(call) || call.mayHaveReply) return false;
      if (isOneWay(call.program, call.procedure)) return false;
      const connection = this.#byFlow.get(call.flowId)?.connection;
      if (connection === undefined || connection.lacksReplies) return false;
      if (connection.hasServerData && !speaksRpc.has(call.flowId)) return false;
      // Batching (RFC 5531, section 8): a procedure that is never answered, before others that are.
      return answered.has(procedureKey(call)) || (lastAnswered.get(call.flowId) ?? -1) < call.ordinal;
    };
    const stuckXids = new Set(this.#calls.filter(isStuck).map(({ xid }) => xid));
    const attempts = new Map<string, Attempt[]>();
    for (const call of this.#calls) {
      if (call.isFromServer || !stuckXids.has(call.xid)) continue;
      const place = this.#byFlow.get(call.flowId);
      if (place === undefined) continue;
      const { client, listener } = place.conversation;
      const key = `${client} ${listener} ${call.xid} ${procedureKey(call)}`;
      // What is sent again on the same connection is no new attempt.
      if (attempts.get(key)?.at(-1)?.call.flowId === call.flowId) continue;
      appendTo(attempts, key, { call, connection: place.connection, isAnswered: isAnswered(call) });
    }
    for (const each of attempts.values()) {
      if (each.some(({ call }) => isStuck(call)))
        this.#byFlow.get(each[0]!.call.flowId)!.conversation.stuckCalls.push(each);
    }
    return [...this.#byName.values()].filter(({ stuckCalls }) => stuckCalls.length > 0);
  }
}

/** A call's frame as evidence. */
export function evidenceOf({ flowId, frame, timeNs }: RpcCall): Evidence {
  return { flowId, frame, timeNs };
}

/** `nfs v3 GETATTR`. */
export function describeCall({ program, version, minorVersion, procedure }: RpcCall): string {
  return describeProcedure(program, version, minorVersion, procedure);
}

/** Its client may rightly ask the same under another XID; then the call's own never comes again. */
export function mayComeUnderNewXid({ program, minorVersion }: RpcCall): boolean {
  return mayBeAskedAnew(program, minorVersion);
}

/** XIDs as Wireshark writes them. */
export function formatXid(xid: number): string {
  return `0x${xid.toString(16).padStart(8, "0")}`;
}

function isAnswered({ reply }: RpcCall): boolean {
  return reply?.isComplete === true;
}

function procedureKey({ program, version, procedure }: RpcCall): string {
  return `${program} ${version} ${procedure}`;
}

function describe(flow: Flow, identity: FlowIdentity): RpcConnection {
  const { id: flowId, client, server, facts } = flow;
  const closedBy = facts & IS_CLOSED_BY_CLIENT ? "client" : facts & IS_CLOSED_BY_SERVER ? "server" : null;
  const closer = closedBy === "client" ? client : server;
  const closeFrame = facts & IS_CLOSED_BY_RST ? closer.rstFrame : closer.finFrame;
  return {
    flowId,
    isEstablished: (facts & HAS_HANDSHAKE_ACK) !== 0,
    closedBy,
    start: { flowId, frame: flow.firstFrame, timeNs: flow.startNs },
    end:
      closedBy === null
        ? { flowId, frame: flow.lastFrame, timeNs: flow.endNs }
        : { flowId, frame: closeFrame, timeNs: flow.closedNs },
    ackedTo: server.ackedTo,
    hasServerData: server.payloadBytes > 0,
    lacksReplies: server.segments === 0 || client.ackedTo > server.nextSeq + 1,
    vantage: vantageOf(flow, identity),
  };
}
