import { SOCK_DIAG_BY_FAMILY } from "./inet-diag.js";
import { HOST_IS_LITTLE_ENDIAN, NLMSG_DONE, NLMSG_ERROR, netlinkMessages } from "./netlink-message.js";
import type { NetlinkSocket } from "./netlink-socket.js";

const NETLINK_SOCK_DIAG = 4;
/** Where struct nlmsghdr has the sequence number. */
const SEQUENCE_AT = 8;
/** Datagrams of one answer; each holds some hundred sockets. */
const MOST_DATAGRAMS = 10_000;

/** Kept open, for its memory is dearer than an answer. */
let kept: NetlinkSocket | null = null;
let sequence = 0;

/** Asks inet_diag something; each call waits for nothing, for the kernel answers while it is asked. */
export type AskInetDiag = (
  request: Uint8Array<ArrayBuffer>,
  onSocket: (payload: DataView) => void,
) => "told" | "none" | "refused";

/** Null where there is no koffi for this machine, or no inet_diag in this kernel. */
export async function openInetDiag(): Promise<AskInetDiag | null> {
  try {
    const netlink = await import("./netlink-socket.js");
    kept ??= new netlink.NetlinkSocket(NETLINK_SOCK_DIAG);
  } catch {
    return null;
  }
  return ask;
}

const ask: AskInetDiag = (request, onSocket) => {
  const socket = kept;
  if (socket === null) return "refused";
  sequence = (sequence % 0xffffffff) + 1;
  new DataView(request.buffer).setUint32(SEQUENCE_AT, sequence, HOST_IS_LITTLE_ENDIAN);
  const isDump = isDumpRequest(request);
  const answer = socket.send(request) ? listen(socket, isDump, onSocket) : "refused";
  if (answer === "refused") {
    // What is still to come belongs to no later question.
    socket.close();
    kept = null;
  }
  return answer;
};

function listen(
  socket: NetlinkSocket,
  isDump: boolean,
  onSocket: (payload: DataView) => void,
): ReturnType<AskInetDiag> {
  for (let count = 0; count < MOST_DATAGRAMS; count++) {
    const datagram = socket.receive();
    if (datagram === null || datagram === "overflow") return "refused";
    for (const message of netlinkMessages(datagram)) {
      if (message.sequence !== sequence) continue;
      if (message.type === NLMSG_DONE) return "told";
      if (message.type === NLMSG_ERROR) return isNotFound(message.payload) ? "none" : "refused";
      if (message.type !== SOCK_DIAG_BY_FAMILY) continue;
      onSocket(message.payload);
      if (!isDump) return "told";
    }
  }
  return "refused";
}

function isDumpRequest(request: Uint8Array): boolean {
  const NLM_F_DUMP = 0x300;
  const view = new DataView(request.buffer, request.byteOffset);
  return (view.getUint16(6, HOST_IS_LITTLE_ENDIAN) & NLM_F_DUMP) === NLM_F_DUMP;
}

function isNotFound(payload: DataView): boolean {
  const ENOENT = 2;
  return payload.byteLength >= 4 && payload.getInt32(0, HOST_IS_LITTLE_ENDIAN) === -ENOENT;
}
