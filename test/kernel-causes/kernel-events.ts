/** Why the kernel sent something again, in the words of docs/causes.md; null when the trace does not tell. */
export type KernelCause =
  | "fast"
  | "timeout"
  | "tail-loss-probe"
  | "syn-timer"
  | "syn-ack-timer"
  | "repeated-syn"
  | null;

/** Something was sent again. */
export interface KernelEvent {
  /** On the monotonic clock, whole microseconds: the event was up to one later. */
  readonly timeNs: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly cause: KernelCause;
}

export interface KernelEvents {
  readonly events: readonly KernelEvent[];
  /** Whether the buffer was too small for all. */
  readonly isCutOff: boolean;
}

/** An event as its line has it, with what other lines say of it. */
interface TracedEvent {
  readonly timeNs: number;
  readonly isSynAck: boolean;
  readonly values: ReadonlyMap<string, string>;
  readonly congestionState: number;
  stack: string;
}

/** TCP_CA_Recovery and TCP_CA_Loss of enum tcp_ca_state: until what was in flight when it began is acknowledged. */
const RECOVERY = 3;
const LOSS = 4;
/** Of the task, which may hold anything, nothing is wanted: [processor] flags seconds.microseconds: what. */
const LINE = /\[(\d+)\] +\S+ +(\d+)\.(\d{6}): (?:<(stack trace)>|(\w+): (.*))$/;
const CALLED = " => ";

/** The events of a scenario in the text of a trace: those with `addresses`, for the trace has the whole machine's. */
export function readKernelEvents(trace: string, addresses: readonly string[]): KernelEvents {
  const traced: TracedEvent[] = [];
  const congestionStates = new Map<string, number>();
  // Each processor writes its stack right after its event; lines of others may come in between.
  const newestOf = new Map<string, TracedEvent>();
  let current: TracedEvent | undefined;
  for (const line of trace.split("\n")) {
    if (line.startsWith(CALLED)) {
      if (current !== undefined) current.stack += ` ${line.slice(CALLED.length).trim()}`;
      continue;
    }
    current = undefined;
    const [, processor = "", seconds, micros, isStack, name = "", text = ""] = LINE.exec(line) ?? [];
    if (isStack !== undefined) {
      current = newestOf.get(processor);
      continue;
    }
    newestOf.delete(processor);
    const values = readValues(text);
    if (!addresses.includes(values.get("saddr") ?? "")) continue;
    const socket = ["saddr", "sport", "dport"].map((key) => values.get(key)).join(" ");
    if (name === "tcp_cong_state_set") congestionStates.set(socket, Number(values.get("cong_state")));
    else {
      const timeNs = Number(seconds) * 1e9 + Number(micros) * 1000;
      const isSynAck = name === "tcp_retransmit_synack";
      const congestionState = congestionStates.get(socket) ?? 0;
      const event: TracedEvent = { timeNs, isSynAck, values, congestionState, stack: "" };
      traced.push(event);
      newestOf.set(processor, event);
    }
  }
  const [, kept, written] = /entries-written: (\d+)\/(\d+)/.exec(trace) ?? [];
  return { events: traced.map(toKernelEvent), isCutOff: kept !== written };
}

function readValues(text: string): Map<string, string> {
  const pairs = text.split(" ").map((word): [string, string] => {
    const at = word.indexOf("=");
    return [word.slice(0, at), word.slice(at + 1)];
  });
  return new Map(pairs);
}

function toKernelEvent(event: TracedEvent): KernelEvent {
  const port = (key: string): number => Number(event.values.get(key));
  const [sourcePort, destinationPort] = [port("sport"), port("dport")];
  return { timeNs: event.timeNs, sourcePort, destinationPort, cause: causeOf(event) };
}

function causeOf({ isSynAck, values, stack, congestionState }: TracedEvent): KernelCause {
  if (isSynAck) return synAckCause(stack);
  if (values.get("state") === "TCP_SYN_SENT") return "syn-timer";
  if (stack === "") return causeByState(congestionState);
  if (stack.includes("tcp_send_loss_probe")) return "tail-loss-probe";
  if (stack.includes("tcp_retransmit_timer")) return "timeout";
  if (stack.includes("tcp_xmit_retransmit_queue")) return congestionState === LOSS ? "timeout" : "fast";
  return null;
}

/** A SYN that comes again is answered again, by another function than the one that the timer calls. */
function synAckCause(stack: string): KernelCause {
  if (stack === "") return null;
  return stack.includes("tcp_check_req") ? "repeated-syn" : "syn-ack-timer";
}

/**
 * On a processor that was idle some kernels write no stack. In these two states no probe is sent, and a timer that expires
 * goes to Loss first; in the others it may have been a probe or not.
 */
function causeByState(congestionState: number): KernelCause {
  if (congestionState === LOSS) return "timeout";
  return congestionState === RECOVERY ? "fast" : null;
}
