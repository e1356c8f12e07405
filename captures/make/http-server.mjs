/**
 * A web server run inside a namespace: `http-server.mjs PORT [MS]`. A request for /N is answered by N octets. Connections that are
 * idle for MS are closed; without, Node closes them after 5 s.
 */
import { createServer } from "node:http";

const server = createServer((request, response) => {
  const bytes = Math.min(Number(request.url.slice(1)) || 0, 1_000_000);
  response.writeHead(200, { "content-length": bytes });
  response.end(Buffer.alloc(bytes, "x"));
});
const keepAliveMs = process.argv[3];
if (keepAliveMs !== undefined) server.keepAliveTimeout = Number(keepAliveMs);
server.listen(Number(process.argv[2]), "::", () => process.stdout.write("listening\n"));
