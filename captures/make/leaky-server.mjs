/** An echo server on PORT, run inside a namespace, whose connections stay open when their clients have closed: it never does. */
import { createServer } from "node:net";

const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on("data", (bytes) => socket.write(bytes));
  socket.on("error", () => {});
});
server.listen(Number(process.argv[2]), "::", () => process.stdout.write("listening\n"));
