/**
 * Packets as the store keeps them, made fit for the packet notation of src/tcp/notation.ts: the decoder names more
 * options than the notation does, and octets that are no options at all.
 */

/** A packet and what the notation has no words for. */
export interface NotationPacket {
  /** `-> S 0:0(0) win 512 <mss 1460>`: everything of a packet line but time, label and note. */
  readonly text: string;
  /** For the note: names of options that stand as `unknown-KIND`, octets that are none. Empty when there are none. */
  readonly remarks: readonly string[];
}

/** Kinds that the decoder names: https://www.iana.org/assignments/tcp-parameters, "TCP Option Kind Numbers". */
const KINDS: ReadonlyMap<string, string> = new Map([
  ["md5", "19"],
  ["user-timeout", "28"],
  ["tcp-ao", "29"],
  ["mptcp", "30"],
  ["accecn0", "172"],
  ["accecn1", "174"],
]);
/** RFC 6994: kind 254 (or 253, which the store does not tell apart), then the experiment's number, Fast Open's. */
const FAST_OPEN_EXPERIMENT = "unknown-254 0xf989";

const OPTIONS = / <([^>]*)>/;

/** @param packet such as `<- S. 0:0(0) ack 1 win 512 <mss 1460,md5 0x00ff>` */
export function toNotation(packet: string): NotationPacket {
  const found = OPTIONS.exec(packet);
  if (found === null) return { text: packet, remarks: [] };
  const remarks: string[] = [];
  const options: string[] = [];
  for (const option of found[1]!.split(",")) {
    const [name = "", data = ""] = option.split(" ", 2);
    const kind = KINDS.get(name);
    if (name === "malformed") remarks.push(option);
    else if (name === "fastopen-exp") {
      options.push(`${FAST_OPEN_EXPERIMENT}${data}`);
      remarks.push(name);
    } else if (kind !== undefined) {
      options.push(`unknown-${kind} ${data === "" ? "0x" : data}`);
      remarks.push(name);
    } else options.push(option);
  }
  const printed = options.length === 0 ? "" : ` <${options.join(",")}>`;
  return { text: packet.replace(OPTIONS, () => printed), remarks };
}

/** The packet without its options, for a line too narrow for them. */
export function withoutOptions(packet: string): string {
  return packet.replace(OPTIONS, "");
}
