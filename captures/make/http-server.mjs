/** A web server run inside a namespace: `http-server.mjs PORT`. A request for /N is answered by N octets. */
import { createServer } from "node:http";

const server = createServer((request, response) => {
  const bytes = Math.min(Number(request.url.slice(1)) || 0, 1_000_000);
  response.writeHead(200, { "content-length": bytes });
  response.end(Buffer.alloc(bytes, "x"));
});
server.listen(Number(process.argv[2]), "::", () => process.stdout.write("listening\n"));
