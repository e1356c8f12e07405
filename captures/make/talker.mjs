/**
 * Talk that goes on and on, run inside a namespace. `serve PORT`: a server that answers every message with one as long,
 * and, asked by a message of "push", sends 100 octets every 150 ms until the connection ends. `talk JSON`: a client that
 * opens `count` connections to each of `hosts` and sends `bytes` octets every `everyMs` on each (`push`: it sends one
 * message and listens), until it reads a line or has gone on for `longestMs`; then it closes them.
 */
import { connect, createServer } from "node:net";

const [role, parameter] = process.argv.slice(2);
if (role === "serve") serve(Number(parameter));
else talk(JSON.parse(parameter));

function serve(port) {
  const server = createServer({ allowHalfOpen: false }, (socket) => {
    let pushing;
    socket.on("data", (bytes) => {
      if (String(bytes) !== "push") socket.write(bytes);
      else pushing ??= setInterval(() => socket.write("x".repeat(100)), 150);
    });
    socket.on("close", () => clearInterval(pushing));
    socket.on("error", () => {});
  });
  server.listen(port, "::", () => process.stdout.write("listening\n"));
}

function talk({ hosts, port, count = 1, bytes = 100, everyMs = 150, push = false, longestMs = 60_000 }) {
  let opened = 0;
  const sockets = hosts.flatMap((host) =>
    Array.from({ length: count }, () => {
      const socket = connect({ host, port, noDelay: true });
      let talking;
      socket.on("connect", () => {
        if (push) socket.write("push");
        else talking = setInterval(() => socket.write("x".repeat(bytes)), everyMs);
        if (++opened === hosts.length * count) process.stdout.write("talking\n");
      });
      socket.on("error", (error) => process.stdout.write(`${host}: ${error.code}\n`));
      socket.on("close", () => clearInterval(talking));
      socket.resume();
      return { socket, stop: () => clearInterval(talking) };
    }),
  );
  const finish = () => {
    for (const { socket, stop } of sockets) {
      stop();
      socket.end();
    }
    setTimeout(() => process.exit(0), 1000);
  };
  setTimeout(finish, longestMs).unref();
  process.on("SIGTERM", finish);
}
