import type { Command } from "commander";
import { FAIL_ON } from "../config.js";
import { BACKENDS, LIVE_FORMATS } from "./choices.js";
import type { LiveArguments } from "./live-command.js";
import { choice, collect, wholeNumber } from "./option-values.js";

const LIVE_EXAMPLES = `
Findings appear as they happen; the database can be read meanwhile. Ctrl-C
ends it. docs/live.md tells of rights, memory and disk.

Examples:
  tcptrace-analyze live --list
  tcptrace-analyze live lo
  tcptrace-analyze live eth0 --filter "tcp port 8080" --duration 10m
  tcptrace-analyze live any --ring 2G --format jsonl

Exit codes: as for files; stopping it is no failure.`;

/** The command `live`, its options and its help. */
export function addLive(program: Command, setExitCode: (code: number) => void): void {
  program
    .command("live")
    .description("capture on interfaces, report findings as they happen")
    .argument("[interfaces...]", "names of interfaces, or any for all")
    .option("--list", "list the interfaces that there are, and capture nothing")
    .option("--db <file>", "database to write while it goes (default: tcptrace.db)")
    .option("--filter <expression>", "only these frames, in the language of pcap-filter(7)")
    .option("--duration <time>", "end by itself after that, such as 10m")
    .option("--ring <size|time>", "keep at most that much in the database: 2G, 12h")
    .option("--save-packets <folder>", "write the packets of each finding there, as pcapng")
    .option("--max-flows <count>", "connections kept in memory (default: 100000)", wholeNumber("--max-flows"))
    .option("--interval <time>", "between status, drops and kernel samples (default: 1s)")
    .option("--metrics <[host]:port>", "figures for Prometheus, on loopback unless a host is named")
    .option("--statsd <host:port>", "figures for statsd, over UDP")
    .option("--user <name>", "become that user when the sockets are open; takes root")
    .addOption(choice("--backend <name>", "what captures (default: auto)", BACKENDS))
    .option("--snaplen <octets>", "octets kept of each frame (default: 262144)", wholeNumber("--snaplen"))
    .option("--buffer <size>", "the kernel's buffer of each interface (default: 32M)")
    .option("--promiscuous", "also frames for other hosts")
    .addOption(
      choice("--fail-on <severity>", "least severity that makes the exit code 1 (default: error)", FAIL_ON),
    )
    .option("--rule <id=severity>", "set a rule to off, note, warning or error; repeatable", collect)
    .option("--option <rule.name=number>", "set an option of a rule; repeatable", collect)
    .option("--config <file>", "configuration (default: tcptrace.config.json if present)")
    .addOption(choice("--format <format>", "text, or jsonl (default: jsonl unless a terminal)", LIVE_FORMATS))
    .option("--no-color", "no colours, not even on a terminal")
    .addHelpText("after", LIVE_EXAMPLES)
    .action(async (interfaces: string[], given: LiveArguments) => {
      if (given.list === true) {
        const { runList } = await import("./list-command.js");
        setExitCode(await runList(interfaces, given));
      } else {
        const { runLive } = await import("./live-command.js");
        setExitCode(await runLive(interfaces, given));
      }
    });
}
