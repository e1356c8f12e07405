/**
 * A sender of frames at a given rate: a pair of virtual Ethernet interfaces in a network namespace of its own, `near` and
 * `far`. Frames leave at `near` and arrive at `far`, where nobody has an address and so nobody answers. Takes root and cc.
 */
import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FrameWriter } from "./frame-writer.mjs";
import { secondsOfEndedChildren } from "./process-usage.mjs";
import { writeTraffic } from "./synthetic-traffic.mjs";

/** Frames of a round; whole ones, so that they have the size of real ones. */
const ROUND_FRAMES = 200_000;
const LONGEST_FRAME_BYTES = 1514;

/** Makes the program and what it sends in `folder`, which are the same for all links. */
export function prepareSender(folder) {
  const program = join(folder, "send-frames");
  const frames = join(folder, "round.pcap");
  const source = fileURLToPath(new URL("send-frames.c", import.meta.url));
  execFileSync("cc", ["-O2", "-Wall", "-Wextra", "-Werror", "-o", program, source]);
  const writer = new FrameWriter(frames, LONGEST_FRAME_BYTES);
  const { connections } = writeTraffic(writer, ROUND_FRAMES);
  writer.close();
  return { program, frames, connections };
}

export class Link {
  #namespace = `tcptrace-bench-${process.pid}`;
  #children = [];
  /** The connections of earlier rounds are not sent again. */
  #round = 0;

  constructor() {
    execFileSync("ip", ["netns", "add", this.#namespace]);
    const set = (what) => this.#inside("sysctl", "-qw", `net.ipv6.conf.${what}.disable_ipv6=1`);
    // The kernel's own neighbor discovery would be frames that nobody sent.
    for (const what of ["all", "default"]) set(what);
    execFileSync("ip", ["-n", this.#namespace, ..."link add near type veth peer name far".split(" ")]);
    for (const name of ["near", "far"])
      execFileSync("ip", ["-n", this.#namespace, "link", "set", name, "up"]);
  }

  /** Frames that have arrived at `far`, as the kernel counts them. */
  get arrived() {
    return Number(this.#inside("cat", "/sys/class/net/far/statistics/rx_packets"));
  }

  /** Sends for so many seconds; the frames sent, and the processor seconds of sending and receiving in the kernel. */
  async send({ program, frames }, framesPerSecond, seconds) {
    const before = secondsOfEndedChildren();
    const numbers = [framesPerSecond, seconds, this.#round];
    const sender = this.start(program, frames, "near", ...numbers.map(String));
    await sender.ended;
    const [sent] = sender.text.split(" ").map(Number);
    if (!(sent > 0)) throw new Error(`nothing was sent: ${sender.text}`);
    this.#round += Math.ceil(sent / ROUND_FRAMES);
    return { sent, cpuSeconds: secondsOfEndedChildren() - before };
  }

  /** Starts a command in the namespace; `text` is what it has printed so far, on whichever stream. */
  start(...command) {
    const child = spawn("ip", ["netns", "exec", this.#namespace, ...command], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const handle = { child, text: "", ended: new Promise((resolve) => child.on("close", resolve)) };
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes) => {
        handle.text += bytes;
      });
    this.#children.push(child);
    return handle;
  }

  close() {
    for (const child of this.#children) if (child.exitCode === null) child.kill("SIGKILL");
    execFileSync("ip", ["netns", "del", this.#namespace]);
  }

  #inside(...command) {
    return execFileSync("ip", ["netns", "exec", this.#namespace, ...command], { encoding: "utf8" });
  }
}
