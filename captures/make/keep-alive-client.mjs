/**
 * A web client run inside a namespace with its options as one JSON argument, which keeps connections without a thought for how long
 * the server does: for each of `pausesMs` one that sends a request, reads the answer, and sends another after so long. Prints how
 * many of these were answered.
 */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const { host, port, pausesMs, gapMs } = JSON.parse(process.argv[2]);
const REQUEST = `GET /600 HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const ANSWERED = 2;

function talk(pauseMs) {
  return new Promise((resolve) => {
    let answers = 0;
    const socket = connect({ host, port, noDelay: true }, () => socket.write(REQUEST));
    socket.on("data", () => {
      answers++;
      if (answers < ANSWERED) setTimeout(() => socket.write(REQUEST), pauseMs);
      else socket.end();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answers === ANSWERED));
  });
}

const talks = [];
for (const pauseMs of pausesMs) {
  talks.push(talk(pauseMs));
  await sleep(gapMs);
}
const answered = (await Promise.all(talks)).filter(Boolean).length;
process.stdout.write(String(answered));
