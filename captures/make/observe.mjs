/** What the kernel of a namespace and tshark say, for the page beside a capture. */
import { run, sleep } from "./command.mjs";

/** Counters that tell these pathologies apart; the others are left out of the pages. */
const TELLING =
  /^(TcpActiveOpens|TcpPassiveOpens|TcpAttemptFails|TcpEstabResets|TcpRetransSegs|TcpOutRsts|TcpInCsumErrors|TcpExt(PAWSEstab|Syncookies\w+|Listen\w+|TCPReqQFull\w+|TCPSynRetrans|TCPTimeouts|EmbryonicRsts|TCPDeferAcceptDrop|TCPAbortOn\w+|TCPSpuriousRTOs|TCPLossProbes|TCPFastRetrans|TCPSlowStartRetrans|TCPLostRetransmit|TCPKeepAlive|TCPWinProbe|TCPSackRecovery|TW|TCPTimeWaitOverflow|TCPDSACK\w+|TCPACKSkipped\w+))$/;

/** The telling counters of a namespace that are not zero (a new namespace starts at zero), as text. */
export function counters(namespace) {
  const lines = [];
  for (const line of namespace.run("nstat", "-as").split("\n")) {
    const [name, value] = line.trim().split(/\s+/);
    if (name !== undefined && TELLING.test(name) && value !== "0") lines.push(`${name.padEnd(30)} ${value}`);
  }
  return lines.join("\n");
}

/** `ss -ltn` of a namespace: for a listener Recv-Q is the accept queue's length, Send-Q its backlog. */
export function listeners(namespace) {
  return namespace.run("ss", "-ltn").trimEnd().replaceAll(/ +$/gm, "");
}

/** Numbers of the frames of a capture that a Wireshark display filter selects. */
export function framesMatching(path, filter) {
  const output = run(
    "tshark",
    "-n",
    "-r",
    path,
    "-Y",
    filter,
    "-T",
    "fields",
    "-e",
    "frame.number",
    "-e",
    "tcp.stream",
  );
  const rows = output.split("\n").filter((line) => line !== "");
  return rows.map((row) => {
    const [frame, stream] = row.split("\t");
    return { frame: Number(frame), stream: Number(stream) };
  });
}

/** The first `most` segments of one tshark stream, in tshark's words. */
export function streamListing(path, stream, most) {
  const fields = ["frame.number", "frame.time_relative", "tcp.srcport", "tcp.dstport", "tcp.flags.str"];
  fields.push("tcp.seq", "tcp.ack", "tcp.len");
  const columns = fields.flatMap((field) => ["-e", field]);
  const output = run("tshark", "-n", "-r", path, "-Y", `tcp.stream == ${stream}`, "-T", "fields", ...columns);
  const rows = output.trimEnd().split("\n");
  const lines = rows.slice(0, most).map((row) => {
    const [frame, time, from, to, flags, seq, ack, length] = row.split("\t");
    const letters = flags.replaceAll("·", "").padEnd(4);
    const arrow = `${from} > ${to}`.padEnd(14);
    return `${frame.padStart(5)} ${Number(time).toFixed(6).padStart(12)}  ${arrow} ${letters} seq ${seq} ack ${ack} len ${length}`;
  });
  if (rows.length > most) lines.push(`      ... ${rows.length - most} more`);
  return lines.join("\n");
}

/** Waits until `length` connections stand in the accept queue of `port`; throws after 10 s. */
export async function acceptQueueHolds(namespace, port, length) {
  for (let attempt = 0; attempt < 200; attempt++) {
    const [row] = namespace.run("ss", "-ltnH", `sport = :${port}`).split("\n");
    if (Number(row?.trim().split(/\s+/)[1]) === length) return;
    await sleep(50);
  }
  throw new Error(`the accept queue of port ${port} never held ${length} connections`);
}
