import { Argument, Command, Option } from "commander";
import { FAIL_ON, TIMELINES } from "../config.js";
import { AnalyzeError } from "../errors.js";
import { REPORT_FORMATS } from "../report-formats.js";
import { VERSION } from "../version.js";
import type { AnalyzeArguments } from "./analyze-command.js";
import type { BaselineArguments } from "./baseline-command.js";
import type { BetweenArguments } from "./between-command.js";
import { DEFAULT_BASELINE, DEFAULT_DAYS, DEFAULT_LIMIT, EXPORT_FORMATS } from "./choices.js";
import type { CompareArguments } from "./compare-command.js";
import { formatDiagnostic } from "./diagnostic.js";
import type { ExportArguments } from "./export-command.js";
import { addLive } from "./live-program.js";
import { choice, collect } from "./option-values.js";
import type { QueryArguments } from "./query-command.js";
import type { ShowArguments } from "./show-command.js";

const EXAMPLES = `
Examples:
  tcptrace-analyze dump.pcap                  report, and tcptrace.db
  tcptrace-analyze --db run.db captures/      all captures of a folder
  tcpdump -c 5000 -w - | tcptrace-analyze -   a pipe, until it ends
  tcptrace-analyze --report json=run.json --report jsonl=- captures/
  tcptrace-analyze --counters nstat.txt --sockets ss.txt dump.pcap
  tcptrace-analyze --rule connect-teardown-loop=off dump.pcap
  tcptrace-analyze --option connect-teardown-loop.minConnections=5 dump.pcap
  tcptrace-analyze show 17                    flow 17, packet by packet
  tcptrace-analyze query "SELECT * FROM server_summary"
  tcptrace-analyze rules syn-ack-after-data   what a rule looks for

Write ./query for a capture that has the name of a command.

Exit codes:
  0  no finding at or above --fail-on, except those that are accepted
  1  there is one, or an expectation beside a capture is not met
  2  could not run: wrong usage, unreadable input, a file not writable
  3  the captures are too damaged or lossy to judge, and 1 does not apply`;

const QUERY_EXAMPLES = `
Examples:
  tcptrace-analyze query "SELECT * FROM finding_flows"
  tcptrace-analyze query --csv "SELECT * FROM flows" > flows.csv
  tcptrace-analyze query "SELECT * FROM timeline WHERE flow_id = 17"

docs/schema.md describes the tables and views. Only statements that read are
run.`;

const EXPORT_EXAMPLES = `
xplot    a graph per end as tcptrace -S draws it, flow-17-client.xpl
pcapng   the frames of the flows, read again from their captures
parquet  flows.parquet, segments.parquet and findings.parquet; of all flows,
         if none is named

Examples:
  tcptrace-analyze export xplot 17 && xplot flow-17-server.xpl
  tcptrace-analyze export pcapng --finding 1 --out hung.pcapng
  tcptrace-analyze export parquet --out tables/`;

const COMPARE_NOTES = `
Two databases: what got better and worse from the first to the second, in
findings and, for each server, in connections established, round trips,
segments sent again and stalls. Differences that may be chance do not count.

Captures: both label every TCP frame: retransmission, duplicate ACK, lost
segment and the rest of tshark's tcp.analysis, as tshark 4.0 does with its
defaults.

Examples:
  tcptrace-analyze compare before.db after.db
  tcptrace-analyze compare dump.pcap
  tcptrace-analyze compare --limit 100 dump.pcapng.gz
  tcptrace-analyze compare --json captures/*.pcap

Exit codes:
  0  nothing got worse; tshark gives every frame the same labels
  1  something got worse; some frames differ, and docs/differences.md explains
     those that are meant to
  2  could not run: no tshark, wrong usage, unreadable input`;

const BETWEEN_NOTES = `
Two captures of the same connections, from both hosts or from both sides of
what lies between: which segments got lost on the way and which way, how long
the others took, what was sent again needlessly, what arrived that nobody had
sent, and what was changed. Connections are recognized behind address
translation; the clocks need not agree.

Examples:
  tcptrace-analyze between client.pcap server.pcap
  tcptrace-analyze between --limit 100 inside.pcap outside.pcap
  tcptrace-analyze between --json client.db server.db

Exit codes:
  0  all that was sent is known to have arrived, and nothing else did
  1  something is not known to have arrived, or arrived and was not sent
  2  could not run: wrong usage, unreadable input, no connection in common`;

const BASELINE_NOTES = `
Findings are recognized by rule, by what they are about, and by how many of
the connections are concerned. What the file accepted before keeps its reason,
and its date until that has passed; what is gone is removed. See docs/ci.md.

Examples:
  tcptrace-analyze captures/
  tcptrace-analyze baseline --reason "waits for the new proxy"
  tcptrace-analyze --baseline tcptrace.baseline.json captures/`;

const HELP_WIDTH = 80;

/**
 * The command line: its options, arguments and help. Parsing loads and runs the command and hands its exit code to
 * `setExitCode`; what the user did wrong is thrown (CommanderError, AnalyzeError). `print` takes help and version: Commander itself
 * knows nothing of a reader that has gone, or of a full disk.
 */
export function createProgram(setExitCode: (code: number) => void, print: (text: string) => void): Command {
  const program = new Command("tcptrace-analyze")
    .description(
      "Explains why TCP connections hang: reads captures, keeps every connection's\ntimeline in SQLite and names the causes it finds.",
    )
    .usage("[options] <captures...>\n       tcptrace-analyze <command> [options] …")
    .configureHelp({
      helpWidth: HELP_WIDTH,
      subcommandTerm: (command) => `${command.name()} ${command.usage()}`,
    })
    .configureOutput({
      writeOut: print,
      outputError: (text, write) => write(formatDiagnostic(text.replace(/^error: /, ""))),
    })
    .exitOverride()
    .enablePositionalOptions()
    .version(VERSION, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .argument("<captures...>", "files, folders, or - for standard input")
    .option("--db <file>", "database to write, :memory: keeps none (default: tcptrace.db)")
    .addOption(choice("--timeline <whose>", "flows whose packets are kept (default: all)", TIMELINES))
    .addOption(
      choice("--fail-on <severity>", "least severity that makes the exit code 1 (default: error)", FAIL_ON),
    )
    .option("--rule <id=severity>", "set a rule to off, note, warning or error; repeatable", collect)
    .option("--option <rule.name=number>", "set an option of a rule; repeatable", collect)
    .option("--counters <file>", "nstat or /proc/net/netstat beside the capture; repeatable", collect)
    .option("--sockets <file>", "ss or /proc/net/tcp beside the capture; repeatable", collect)
    .option("--routes <file>", "ip monitor route beside the capture; repeatable", collect)
    .option("--clock-offset <seconds>", "how far the clock of these is ahead of the capture's", seconds)
    .option("--config <file>", "configuration (default: tcptrace.config.json if present)")
    .option("--report <format=file>", "write a report, - for standard output; repeatable", collect)
    .option("--baseline <file>", "accepted findings: fail only on what is new or worse")
    .addOption(
      choice("--format <format>", "of the report on standard output (default: text)", REPORT_FORMATS),
    )
    .option("--no-color", "no colours, not even on a terminal")
    .option("-q, --quiet", "no progress bar")
    .addHelpText("after", EXAMPLES)
    .action(async (captures: string[], given: AnalyzeArguments) => {
      const { runAnalyze } = await import("./analyze-command.js");
      setExitCode(await runAnalyze(captures, given));
    });
  program.hook("preSubcommand", (_, subcommand) => refuseEarlyOptions(program, subcommand));
  addLive(program, setExitCode);
  addQuery(program, setExitCode);
  addShow(program, setExitCode);
  addExport(program, setExitCode);
  addRules(program, setExitCode);
  addCompare(program, setExitCode);
  addBetween(program, setExitCode);
  addBaseline(program, setExitCode);
  return program;
}

function addQuery(program: Command, setExitCode: (code: number) => void): void {
  reading(program, "query", "print the rows of an SQL statement")
    .argument("<sql>", "one statement that reads")
    .option("--json", "as a JSON array")
    .addOption(new Option("--csv", "as CSV, RFC 4180").conflicts("json"))
    .addHelpText("after", QUERY_EXAMPLES)
    .action(async (sql: string, given: QueryArguments) => {
      const { runQuery } = await import("./query-command.js");
      setExitCode(await runQuery(sql, given));
    });
}

function addShow(program: Command, setExitCode: (code: number) => void): void {
  reading(program, "show", "print a flow packet by packet, findings beside the packets")
    .argument("<flow>", "number of the flow")
    .option("--no-plot", "without the drawing of sequence numbers over time")
    .option("--json", "as a JSON object")
    .action(async (flow: string, given: ShowArguments) => {
      const { runShow } = await import("./show-command.js");
      setExitCode(await runShow(flow, given));
    });
}

function addExport(program: Command, setExitCode: (code: number) => void): void {
  reading(program, "export", "write flows for other tools: xplot, pcapng, parquet")
    .addArgument(new Argument("<format>", "what to write").choices(EXPORT_FORMATS))
    .argument("[flows...]", "numbers of flows, such as 17 or 3-9")
    .option("--finding <id>", "the flows of a finding; repeatable", collect)
    .option("--out <path>", "folder, of pcapng the file (default: . or flows.pcapng)")
    .addHelpText("after", EXPORT_EXAMPLES)
    .action(async (format: (typeof EXPORT_FORMATS)[number], flows: string[], given: ExportArguments) => {
      const { runExport } = await import("./export-command.js");
      setExitCode(await runExport(format, flows, given));
    });
}

function addRules(program: Command, setExitCode: (code: number) => void): void {
  program
    .command("rules")
    .description("list the rules, or explain one")
    .argument("[id]", "a rule")
    .action(async (id: string | undefined) => {
      const { runRules } = await import("./rules-command.js");
      setExitCode(await runRules(id));
    });
}

function addCompare(program: Command, setExitCode: (code: number) => void): void {
  program
    .command("compare")
    .description("compare two databases, or captures with an installed tshark")
    .argument("<file...>", "two databases, or captures")
    .option("--limit <frames>", `differing frames shown of a capture (default: ${DEFAULT_LIMIT})`)
    .option("--json", "as a JSON object")
    .addHelpText("after", COMPARE_NOTES)
    .action(async (files: string[], given: CompareArguments) => {
      const { runCompare } = await import("./compare-command.js");
      setExitCode(await runCompare(files, given));
    });
}

function addBetween(program: Command, setExitCode: (code: number) => void): void {
  program
    .command("between")
    .description("follow segments from one capture to another: where they got lost")
    .argument("<first>", "a capture, or a database of one")
    .argument("<second>", "another one of the same connections")
    .option("--limit <rows>", `segments and connections shown (default: ${DEFAULT_LIMIT})`)
    .option("--json", "as a JSON object")
    .addHelpText("after", BETWEEN_NOTES)
    .action(async (first: string, second: string, given: BetweenArguments) => {
      const { runBetween } = await import("./between-command.js");
      setExitCode(await runBetween(first, second, given));
    });
}

function addBaseline(program: Command, setExitCode: (code: number) => void): void {
  reading(program, "baseline", "accept the findings of a database from now on")
    .option("--output <file>", `file to write (default: ${DEFAULT_BASELINE})`)
    .option("--reason <text>", "why what is new may stay")
    .option("--expires <date>", `last day it may, YYYY-MM-DD (default: in ${DEFAULT_DAYS} days)`)
    .addHelpText("after", BASELINE_NOTES)
    .action(async (given: BaselineArguments) => {
      const { runBaseline } = await import("./baseline-command.js");
      setExitCode(await runBaseline(given));
    });
}

/** A command that reads a database. */
function reading(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option("--db <file>", "database to read (default: tcptrace.db)")
    .option("--config <file>", "configuration that may name the database");
}

function seconds(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new AnalyzeError(
    "USAGE",
    `--clock-offset takes a number of seconds, such as -3600 or 0.25, not "${text}".`,
  );
}

/** An option in front of a command would be the analysis' and do nothing, so it is refused. */
function refuseEarlyOptions(program: Command, subcommand: Command): void {
  for (const option of program.options) {
    if (program.getOptionValueSource(option.attributeName()) !== "cli") continue;
    const name = subcommand.name();
    throw new AnalyzeError(
      "USAGE",
      `${option.long} stands in front of ${name}: options of a command come behind its name, and a capture of that name is given as ./${name}.`,
    );
  }
}
