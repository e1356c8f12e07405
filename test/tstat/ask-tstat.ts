import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseTstatLog, type TstatConnection } from "./tstat-log.js";

/** So that no silence ends a connection. Seconds. */
const SETTINGS = `[globals]
tcp_idle_time = 100000000.0
tcp_singleton_time = 100000000.0
max_time_step = 100000000.0
max_seg_per_quad = 1000000
`;
const LOGS = `[log]
log_tcp_complete = 1
log_tcp_nocomplete = 1
[options]
tcplog_end_to_end = 1
tcplog_layer7 = 1
tcplog_p2p = 1
tcplog_options = 1
tcplog_advanced = 1
`;
/** Some captures keep it busy for ever. */
const TIMEOUT_MS = 60_000;

/**
 * Lets Tstat read a capture: `program` is its path. Its closed connections come before the others. Throws an Error with
 * what went wrong when it cannot be started, fails, or takes longer than a minute.
 */
export function askTstat(program: string, capturePath: string): TstatConnection[] {
  const folder = mkdtempSync(join(tmpdir(), "tstat-"));
  try {
    const settings = join(folder, "globals.conf");
    const logs = join(folder, "runtime.conf");
    writeFileSync(settings, SETTINGS);
    writeFileSync(logs, LOGS);
    const out = join(folder, "out");
    const args = ["-u", "-6", "-S", "-G", settings, "-T", logs, "-s", out, capturePath];
    const { error, status } = spawnSync(program, args, { timeout: TIMEOUT_MS, stdio: "ignore" });
    if (error !== undefined) throw new Error(`${program}: ${error.message}`);
    // It does so for data link types that it does not know.
    if (status !== 0) throw new Error(`${program} ended with ${status}`);
    return ["log_tcp_complete", "log_tcp_nocomplete"].flatMap((name) => readLogs(out, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** It makes a folder named after the time of the first packet, and none at all where there is no packet. */
function readLogs(folder: string, name: string): TstatConnection[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(`/${name}`))
    .flatMap((path) => parseTstatLog(readFileSync(join(folder, path), "utf8")));
}
