/** A server of ONC RPC that stops answering, and a client that sends one call on connection after connection. */
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { rpcClient, startRpcServer } from "./programs.mjs";
import { record } from "./recording.mjs";
import { onLoopback } from "./topology.mjs";

const PORT = 2049;

async function make({ file, answers, client: parameters, happened, signature }) {
  const { client, server, serverDevice } = onLoopback();
  await startRpcServer(server, PORT, answers);
  const recording = await record(server, { device: serverDevice, file });
  await rpcClient(client, { port: PORT, ...parameters });
  const recordedBy = await recording.stop();
  writePage({
    file,
    recordedBy,
    happened,
    signature,
    example: "rpc.xid == 0x5eed0001",
    observed: [["nstat at the end", counters(server)]],
  });
}

await Promise.all([
  make({
    file: "rpc-unanswered.pcap",
    answers: 5,
    client: { mode: "ask", count: 1 },
    happened: `
A client of NFS version 3 sends GETATTR calls over one connection to port 2049. The server answers five of them; the sixth
is acknowledged by its kernel and read by its program, which then says nothing. After 8 s the client resets the connection.
Client and server are small programs that speak ONC RPC over plain sockets.`,
    signature: [
      ["calls", "rpc.msgtyp == 0", 6],
      ["replies", "rpc.msgtyp == 1", 5],
      ["the last call", "rpc.xid == 0x5eed0006", 1],
      ["RSTs", "tcp.flags.reset == 1", 1],
    ],
  }),
  make({
    file: "rpc-reconnect-loop.pcap",
    answers: 0,
    client: { mode: "loop", count: 25 },
    happened: `
A client of NFS version 3 sends one GETATTR call to port 2049, waits 15 ms, resets the connection, opens the next from the
next lower reserved port and sends the same call with the same XID, 25 times. The server reads every call and answers
none. Client and server are small programs that speak ONC RPC over plain sockets.`,
    signature: [
      ["SYNs", "tcp.flags == 0x0002", 25],
      ["calls with the one XID", "rpc.msgtyp == 0 && rpc.xid == 0x5eed0001", 25],
      ["replies", "rpc.msgtyp == 1", 0],
      ["RSTs of the client", "tcp.flags.reset == 1 && tcp.dstport == 2049", 25],
    ],
  }),
]);
