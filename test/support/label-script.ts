import { ownAnswers } from "../../src/compare/own-answers.js";
import { LABELS } from "../../src/flows/labels/label.js";
import { parseScript } from "../../src/tcp/notation.js";
import { compileScript } from "./compile-script.js";

/** Names of the labels in a bit set, tshark's without `tcp.analysis.`, in alphabetical order. */
export function labelNames(bits: number): string[] {
  return LABELS.filter(({ bit }) => bits & bit)
    .map(({ name }) => name)
    .sort();
}

/** A script in packet notation (`connection` lines are no packets) whose comments (`// lost_segment keep_alive`) name the labels that a line must get. */
export function expectedLabels(script: string): string[][] {
  const packets = packetLines(script).filter((line) => !line.trim().startsWith("connection "));
  return packets.map((line) => (line.split("//")[1] ?? "").split(" ").filter(Boolean).sort());
}

/** The script as a nanosecond pcap. One side's numbers pass 2^32. */
export function labelScriptBytes(script: string): Uint8Array {
  const text = packetLines(script).map((line) => line.split("//")[0]);
  return compileScript(parseScript(text.join("\n")), { clientIsn: 0xfffffffa, serverIsn: 1000, ipVersion: 4 })
    .pcap;
}

/** What we say of each frame of a capture. */
export async function answersOf(path: string) {
  const answers = [];
  for await (const answer of ownAnswers(path)) answers.push(answer);
  return answers;
}

function packetLines(script: string): string[] {
  return script.split("\n").filter((line) => line.trim() !== "");
}
