/**
 * A client of ONC RPC (RFC 5531) over plain sockets, from ports below 1024. Parameters as JSON: `host` (default
 * 127.0.0.1), `port`, `mode` and `count`. "ask": NFSv3 GETATTR calls on one connection, one after the other, until one is
 * not answered for 8 s, then a reset. "wait": the same, but it prints "outstanding" after 0.5 s without an answer, and
 * waits for the server to close. "loop": the same call with the same XID on `count` connections, each given up after 15 ms.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const { host = "127.0.0.1", port, mode, count } = JSON.parse(process.argv[2]);
const FIRST_XID = 0x5eed0001;

/** NFSv3 GETATTR with AUTH_SYS of root on "client" and a file handle of 32 octets, behind its record mark. */
function getattr(xid) {
  const credential = [1, 28, 0, 6, 0x636c6965, 0x6e740000, 0, 0, 0];
  const words = [xid, 0, 2, 100003, 3, 1, ...credential, 0, 0, 32, ...new Array(8).fill(0x11223344)];
  const record = Buffer.alloc(4 + 4 * words.length);
  record.writeUInt32BE(0x80000000 + 4 * words.length, 0);
  for (const [index, word] of words.entries()) record.writeUInt32BE(word, 4 + 4 * index);
  return record;
}

async function open(localPort) {
  const socket = connect({ host, port, localPort, noDelay: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** Sends call after call until one has no answer for `patienceMs`. */
async function ask(socket, patienceMs) {
  for (let xid = FIRST_XID; ; xid++) {
    socket.write(getattr(xid));
    const reply = await Promise.race([once(socket, "data"), sleep(patienceMs)]);
    if (reply === undefined) return;
    await sleep(50);
  }
}

if (mode === "ask") {
  const socket = await open(1001);
  await ask(socket, 8000);
  socket.resetAndDestroy();
} else if (mode === "wait") {
  const socket = await open(1001);
  await ask(socket, 500);
  process.stdout.write("outstanding\n");
  await once(socket, "close");
} else {
  for (let attempt = 0; attempt < count; attempt++) {
    const socket = await open(900 - attempt);
    socket.write(getattr(FIRST_XID));
    await sleep(15);
    socket.resetAndDestroy();
    await sleep(5 + 10 * (attempt % 3));
  }
}
process.stdout.write("done\n");
