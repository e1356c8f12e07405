/** Records what a namespace's kernel says beside a capture: counters, sockets and route changes, as anybody would. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./command.mjs";
import { CAPTURES } from "./recording.mjs";

/** Few counters, so that the files stay small. */
const COUNTERS =
  "'TcpExtListen*' 'TcpExtSyncookies*' 'TcpExtTCPReqQFull*' TcpRetransSegs TcpExtTCPSynRetrans";

/**
 * Samples the namespace once a second with `nstat` (of `counters`) and `sockets` (shell commands) into captures/`name`.counters.txt and .sockets.txt, and logs its route changes
 * into .routes.txt; `stop()` ends that and returns the commands used.
 */
export async function watch(namespace, name, sockets, counters = COUNTERS) {
  const commands = {
    counters: `while :; do date --iso-8601=ns; nstat -az ${counters}; sleep 1; done`,
    sockets: `while :; do date --iso-8601=ns; ${sockets}; sleep 1; done`,
    routes: "exec ip -ts monitor route",
  };
  const programs = Object.entries(commands).map(([kind, command]) => ({
    path: join(CAPTURES, `${name}.${kind}.txt`),
    program: namespace.start("bash", "-c", command),
  }));
  await until(programs[0].program, ({ stdout }) => stdout.includes("TcpExt"));
  return {
    async stop() {
      for (const { program } of programs) {
        program.kill("SIGTERM");
        await program.ended;
      }
      for (const { path, program } of programs) writeFileSync(path, program.stdout.replaceAll(/ +$/gm, ""));
      return commands;
    },
  };
}

/** The listeners of the samples that were recorded: State to Local Address, the time in front. */
export function watchedQueues(name, port) {
  const lines = [];
  let time = "";
  for (const line of readFileSync(join(CAPTURES, `${name}.sockets.txt`), "utf8").split("\n")) {
    if (/^\d{4}-/.test(line)) time = line.slice(11, 23);
    if (line.startsWith("LISTEN") && line.includes(`:${port} `))
      lines.push(`${time} ${line.slice(0, 44).trimEnd()}`);
  }
  return lines.join("\n");
}
