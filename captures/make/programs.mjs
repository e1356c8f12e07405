/** The programs that play server and client, started inside a namespace. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { atExit, run, start, until } from "./command.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));

let compiledInto;

/** Path of the program made from `name`.c; compiled once per run into a temporary folder. */
function compiled(name) {
  if (compiledInto === undefined) {
    compiledInto = mkdtempSync(join(tmpdir(), "programs-"));
    atExit(() => rmSync(compiledInto, { recursive: true, force: true }));
  }
  const program = join(compiledInto, name);
  run("cc", "-O2", "-Wall", "-o", program, join(HERE, `${name}.c`));
  return program;
}

/** An echo server with the given backlog; `switchAccepting()` turns its accept() on or off, `end()` kills it. */
export async function startListener(
  namespace,
  { address, port, backlog, accepting, deferAcceptSeconds = 0 },
) {
  const mode = accepting ? "open" : "held";
  const parameters = [address, port, backlog, mode, deferAcceptSeconds].map(String);
  const listener = namespace.start(compiled("listener"), ...parameters);
  await until(listener, ({ stdout }) => stdout.includes("listening"));
  listener.release();
  return { switchAccepting: () => listener.kill("SIGUSR1"), end: () => listener.kill("SIGKILL") };
}

/** Starts a path between two namespaces (parameters: path.c). */
export async function startPath(parameters) {
  const path = start(compiled("path"), ...parameters.map(String));
  await until(path, ({ stdout }) => stdout.includes("ready"));
  path.release();
}

/** Starts a web server; it closes connections that are idle for `keepAliveMs`, if that is given. */
export async function startWebServer(namespace, port, keepAliveMs) {
  const options = keepAliveMs === undefined ? [] : [String(keepAliveMs)];
  const server = namespace.start(process.execPath, join(HERE, "http-server.mjs"), String(port), ...options);
  await until(server, ({ stdout }) => stdout.includes("listening"));
  server.release();
}

/** Starts a server that never closes its end. */
export async function startLeakyServer(namespace, port) {
  const server = namespace.start(process.execPath, join(HERE, "leaky-server.mjs"), String(port));
  await until(server, ({ stdout }) => stdout.includes("listening"));
  server.release();
}

/** Starts echo clients (options: client.mjs); they print "opened" on standard error once all have begun to connect. */
export function startEchoClients(namespace, options) {
  const program = namespace.start(process.execPath, join(HERE, "client.mjs"), JSON.stringify(options));
  return { program, outcomes: async () => JSON.parse(await finished(program)) };
}

/** Runs echo clients; resolves to their outcomes when the last has ended. */
export async function echoClients(namespace, options) {
  return await startEchoClients(namespace, options).outcomes();
}

/** Runs web clients (options: http-client.mjs); resolves to the number of connections. */
export async function webClients(namespace, options) {
  const script = join(HERE, "http-client.mjs");
  return Number(await finished(namespace.start(process.execPath, script, JSON.stringify(options))));
}

/** Runs web clients that pause (options: keep-alive-client.mjs); resolves to how many were answered behind the pause. */
export async function keepAliveClients(namespace, options) {
  const script = join(HERE, "keep-alive-client.mjs");
  return Number(await finished(namespace.start(process.execPath, script, JSON.stringify(options))));
}

/** Runs fill-window.c: a server that sleeps for `sleepS`, and a client that was idle for `idleMs` before it sends much. */
export async function fillWindow({ client, server, address, port, sleepS, idleMs }) {
  const served = server.start(compiled("fill-window"), "serve", String(port), String(sleepS));
  await until(served, ({ stdout }) => stdout.includes("listening"));
  await finished(client.start(compiled("fill-window"), "connect", address, String(port), String(idleMs)));
  await finished(served);
}

/** Runs the connect-and-close loop (parameters: teardown.c). */
export async function teardownLoop(namespace, ...parameters) {
  await finished(namespace.start(compiled("teardown"), ...parameters.map(String)));
}

/** Sends SYNs from forged addresses (parameters: syn-flood.c). */
export async function synFlood(namespace, ...parameters) {
  await finished(namespace.start(compiled("syn-flood"), ...parameters.map(String)));
}

/** Takes one source port again and again (parameters: reuse-tuple.c); resolves to what it printed. */
export async function reuseTuple(namespace, ...parameters) {
  return await finished(namespace.start(compiled("reuse-tuple"), ...parameters.map(String)));
}

/** A server of ONC RPC that answers so many calls and then none; `end()` kills it. */
export async function startRpcServer(namespace, port, answers, address = "127.0.0.1") {
  const script = join(HERE, "rpc-server.mjs");
  const server = namespace.start(process.execPath, script, String(port), String(answers), address);
  await until(server, ({ stdout }) => stdout.includes("listening"));
  server.release();
  return { end: () => server.kill("SIGKILL") };
}

/** Runs a client of ONC RPC to its end (parameters: rpc-client.mjs). */
export async function rpcClient(namespace, parameters) {
  await finished(startRpc(namespace, parameters));
}

/** Starts one whose last call goes without an answer, and returns when it waits for that; `ended` when its server has closed. */
export async function startWaitingRpcClient(namespace, parameters) {
  const client = startRpc(namespace, { ...parameters, mode: "wait" });
  await until(client, ({ stdout }) => stdout.includes("outstanding"));
  return { ended: finished(client) };
}

function startRpc(namespace, parameters) {
  return namespace.start(process.execPath, join(HERE, "rpc-client.mjs"), JSON.stringify(parameters));
}

async function finished(program) {
  const { code } = await program.ended;
  if (code !== 0) throw new Error(`a client failed: ${program.stderr}`);
  return program.stdout;
}

/** Starts a server of talker.mjs on `port`. */
export async function startTalkServer(namespace, port) {
  const server = namespace.start(process.execPath, join(HERE, "talker.mjs"), "serve", String(port));
  await until(server, ({ stdout }) => stdout.includes("listening"));
  server.release();
}

/** Starts clients of talker.mjs (parameters there); `stop()` lets them close their connections. */
export async function startTalk(namespace, parameters) {
  const script = join(HERE, "talker.mjs");
  const talker = namespace.start(process.execPath, script, "talk", JSON.stringify(parameters));
  await until(talker, ({ stdout }) => stdout.includes("talking"));
  return {
    async stop() {
      talker.kill("SIGTERM");
      await talker.ended;
    },
  };
}
