/**
 * A client of NFSv4.1 (RFC 8881), as far as a session goes: it makes one with the server at 127.0.0.1:2049, asks `count`
 * times for the attributes of the root, each time with a longer tag, and closes. Parameter: count.
 */
import { once } from "node:events";
import { connect } from "node:net";

const count = Number(process.argv[2]);
const AUTH_SYS = 1;
/** Operations of RFC 8881, section 18. */
const [GETATTR, PUTROOTFH, EXCHANGE_ID, CREATE_SESSION, SEQUENCE, RECLAIM_COMPLETE] = [9, 24, 42, 43, 53, 58];

const words = (...values) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 * index);
  return bytes;
};
/** Opaque data of XDR: its length, and filled up to a multiple of four. RFC 4506, section 4.10. */
const opaque = (text) => {
  const padding = Buffer.alloc((4 - (text.length % 4)) % 4);
  return Buffer.concat([words(text.length), Buffer.from(text), padding]);
};

const socket = connect({ host: "127.0.0.1", port: 2049, localPort: 777, noDelay: true });
await once(socket, "connect");
const credentialBody = Buffer.concat([words(0), opaque("client"), words(0, 0, 0)]);
const credential = Buffer.concat([words(AUTH_SYS, credentialBody.length), credentialBody]);
let xid = 0x5eed4100;

/** Sends a compound and returns what its reply holds behind the status, which must be 0, the tag and the count of results. */
async function compound(tag, ...operations) {
  const header = [words(++xid, 0, 2, 100003, 4, 1), credential, words(0, 0)];
  const message = Buffer.concat([...header, opaque(tag), words(1, operations.length), ...operations]);
  socket.write(Buffer.concat([words(0x80000000 + message.length), message]));
  const [reply] = await once(socket, "data");
  const status = reply.readUInt32BE(28);
  if (status !== 0) throw new Error(`NFS status ${status}`);
  return reply.subarray(32 + opaque(tag).length + 4);
}

const owner = [words(EXCHANGE_ID, 0x5eed, 1), opaque("owner"), words(0, 0, 0)];
const identity = await compound("identity", Buffer.concat(owner));
// Behind the operation and its status.
const [clientId, sequence] = [identity.subarray(8, 16), identity.readUInt32BE(16)];
const channel = [0, 65536, 65536, 65536, 8, 8, 0];
const session = await compound(
  "session",
  Buffer.concat([
    words(CREATE_SESSION),
    clientId,
    words(sequence, 2, ...channel, ...channel, 0x40000000, 1, AUTH_SYS),
    credentialBody,
  ]),
);
const sessionId = session.subarray(8, 24);
let slotSequence = 0;
const inSession = () => Buffer.concat([words(SEQUENCE), sessionId, words(++slotSequence, 0, 0, 0)]);
await compound("", inSession(), words(RECLAIM_COMPLETE, 0));
for (let index = 0; index < count; index++)
  await compound("x".repeat(index), inSession(), words(PUTROOTFH), words(GETATTR, 1, 1 << 1));
// The server keeps its side open: the client goes without waiting for it.
socket.destroy();
