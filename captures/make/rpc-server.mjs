/**
 * A server of ONC RPC over plain sockets: answers so many calls with a status (NFS3ERR_STALE), then reads on and says
 * nothing. Parameters: port, how many calls it answers, address (default 127.0.0.1).
 */
import { createServer } from "node:net";

const [port, answers] = process.argv.slice(2, 4).map(Number);
const address = process.argv[4] ?? "127.0.0.1";
const NFS3ERR_STALE = 70;
let answered = 0;

function reply(xid) {
  const words = [0x80000000 + 28, xid, 1, 0, 0, 0, 0, NFS3ERR_STALE];
  const record = Buffer.alloc(4 * words.length);
  for (const [index, word] of words.entries()) record.writeUInt32BE(word, 4 * index);
  return record;
}

createServer((socket) => {
  socket.on("error", () => {});
  let waiting = Buffer.alloc(0);
  socket.on("data", (bytes) => {
    waiting = Buffer.concat([waiting, bytes]);
    while (waiting.length >= 8) {
      const length = 4 + (waiting.readUInt32BE(0) & 0x7fffffff);
      if (waiting.length < length) return;
      if (answered++ < answers) socket.write(reply(waiting.readUInt32BE(4)));
      waiting = waiting.subarray(length);
    }
  });
}).listen(port, address, () => process.stdout.write("listening\n"));
