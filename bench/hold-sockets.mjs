/**
 * Listens on the port that is its first argument and opens as many sockets as the second says, half of them accepted from
 * the other half over loopback, prints the ends of one as JSON, and holds them until its standard input ends.
 */
import koffi from "koffi";

const AF_INET = 2;
const SOCK_STREAM = 1;
const BACKLOG = 4096;
const system = koffi.load(null);
const socket = system.func("int socket(int, int, int)");
const bind = system.func("int bind(int, const uint8_t *, uint32_t)");
const listen = system.func("int listen(int, int)");
const connect = system.func("int connect(int, const uint8_t *, uint32_t)");
const accept = system.func("int accept(int, void *, void *)");
const nameOf = system.func("int getsockname(int, uint8_t *, uint32_t *)");

function checked(what, result) {
  if (result < 0) throw new Error(`${what} failed (${koffi.errno()})`);
  return result;
}

/** struct sockaddr_in of 127.0.0.1. */
function addressOf(port) {
  const address = Buffer.alloc(16);
  address.writeUInt16LE(AF_INET, 0);
  address.writeUInt16BE(port, 2);
  address.set([127, 0, 0, 1], 4);
  return address;
}

function portOf(descriptor) {
  const address = Buffer.alloc(16);
  checked("getsockname", nameOf(descriptor, address, Buffer.from(Uint32Array.of(16).buffer)));
  return address.readUInt16BE(2);
}

const port = Number(process.argv[2]);
const address = addressOf(port);
const listener = checked("socket", socket(AF_INET, SOCK_STREAM, 0));
checked("bind", bind(listener, address, address.length));
checked("listen", listen(listener, BACKLOG));
let localPort = 0;
for (let open = 0; open < Number(process.argv[3]); open += 2) {
  const client = checked("socket", socket(AF_INET, SOCK_STREAM, 0));
  checked("connect", connect(client, address, address.length));
  checked("accept", accept(listener, null, null));
  localPort ||= portOf(client);
}
const tuple = { localAddr: "127.0.0.1", localPort, peerAddr: "127.0.0.1", peerPort: port };
console.log(JSON.stringify({ tuple }));
process.stdin.resume();
await new Promise((resolve) => process.stdin.once("end", resolve));
