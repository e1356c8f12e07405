/**
 * The traffic of a scenario, run inside a namespace. `serve JSON`: a server that reads requests of four numbers (octets
 * that follow, octets to answer, milliseconds to think, octets to write at a time or 0) and obeys, on a second port behind a
 * greeting. `talk FILE`: clients that do what the JSON in FILE says (talk.ts), each one connection after the other, until
 * the time is over. Either may be told to read slowly for a while.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const HEADER = 16;
/** What a server says that speaks first, in octets. */
const GREETING = 90;
/** Between two pieces of an answer that is written bit by bit. */
const PIECE_GAP_MS = 10;
/** How long connections that hang may go on when the time is over: their timers are what is looked at. */
const GRACE_MS = 5000;

const beganMs = Date.now();
const [role, parameter] = process.argv.slice(2);
const settings = JSON.parse(role === "serve" ? parameter : readFileSync(parameter, "utf8"));
if (role === "serve") await serve(settings);
else await talk(settings);

async function serve({ port, greetingPort, backlog = 511 }) {
  const listen = (settings, greeting) => {
    const server = createServer({ noDelay: true }, async (socket) => {
      socket.on("error", () => {});
      if (greeting > 0) socket.write(Buffer.alloc(greeting, "z"));
      const read = readerOf(socket);
      while (await answer(socket, read));
      socket.destroySoon();
    });
    return once(server.listen(settings), "listening");
  };
  await Promise.all([listen({ port, backlog }, 0), listen({ port: greetingPort, backlog }, GREETING)]);
  process.stdout.write("listening\n");
}

/** False when the client has closed. */
async function answer(socket, read) {
  const header = await read(HEADER);
  if (header === null) return false;
  const [up, down, thinkMs, piece] = [0, 4, 8, 12].map((at) => header.readUInt32BE(at));
  if (up > 0 && (await read(up)) === null) return false;
  if (thinkMs > 0) await sleep(thinkMs);
  const step = piece || down;
  for (let left = down; left > 0 && !socket.destroyed; left -= step) {
    socket.write(Buffer.alloc(Math.min(left, step), "x"));
    if (piece > 0) await sleep(PIECE_GAP_MS);
  }
  return true;
}

async function talk({ host, port, greetingPort, seconds, clients }) {
  const end = Date.now() + seconds * 1000;
  setTimeout(() => process.exit(), seconds * 1000 + GRACE_MS).unref();
  await Promise.all(
    clients.map(async ({ startMs, restMs, isGreeted, connections }) => {
      const to = isGreeted ? { host, port: greetingPort, greeting: GREETING } : { host, port, greeting: 0 };
      await sleep(startMs);
      for (let turn = 0; Date.now() < end; turn++) {
        await converse({ ...to, end, ...connections[turn % connections.length] });
        if (restMs > 0) await sleep(restMs);
      }
    }),
  );
}

async function converse({ host, port, greeting, end, noDelay, exchanges }) {
  const socket = connect({ host, port, noDelay });
  socket.on("error", () => {});
  const read = readerOf(socket);
  try {
    await once(socket, "connect");
    for (const [turn, { up, down, thinkMs, piece, pauseMs }] of exchanges.entries()) {
      if (turn > 0 && Date.now() > end) break;
      if (turn === 0 && (await read(greeting)) === null) break;
      const request = Buffer.alloc(HEADER + up, "y");
      for (const [index, value] of [up, down, thinkMs, piece].entries())
        request.writeUInt32BE(value, index * 4);
      socket.write(request);
      if ((await read(down)) === null) break;
      if (pauseMs > 0) await sleep(pauseMs);
    }
  } catch {
    // Refused or given up: the next connection may do better.
  }
  socket.destroySoon();
}

/**
 * Takes what arrives in portions: resolves to so many octets, or to null when the connection ends first. Who reads slowly
 * takes no more than 64 KiB and leaves the rest to the kernel for a while.
 */
function readerOf(socket) {
  let [pieces, held, isOver, wake] = [[], 0, false, () => {}];
  socket.on("data", (piece) => {
    pieces.push(piece);
    held += piece.length;
    wake();
    if (!isReadingSlowly()) return;
    socket.pause();
    setTimeout(() => socket.resume(), settings.slowReading.pauseMs);
  });
  for (const event of ["end", "close"])
    socket.on(event, () => {
      isOver = true;
      wake();
    });
  return async (octets) => {
    while (held < octets && !isOver)
      await new Promise((resolve) => {
        wake = resolve;
      });
    if (held < octets) return null;
    const all = Buffer.concat(pieces);
    pieces = [all.subarray(octets)];
    held -= octets;
    return all.subarray(0, octets);
  };
}

function isReadingSlowly() {
  if (settings.slowReading === null) return false;
  const { beginMs, lengthMs } = settings.slowReading;
  const sinceMs = Date.now() - beganMs - beginMs;
  return sinceMs >= 0 && sinceMs < lengthMs;
}
