/** Records an interface of a namespace into captures/, and refuses a recording that lost frames. */
import { chmodSync, copyFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { atExit, run, sleep, until } from "./command.mjs";

export const CAPTURES = dirname(dirname(fileURLToPath(import.meta.url)));

const LARGEST_FILE_BYTES = 300_000;

/**
 * Starts to record `device` into captures/`file`; the name's ending chooses the format: .pcap, .pcap.gz
 * (both by tcpdump) or .pcapng (by dumpcap). `stop()` ends it and returns the command used.
 */
export async function record(namespace, { device, file, snaplen = 200, precision = "nano" }) {
  const folder = mkdtempSync(join(tmpdir(), "captures-"));
  atExit(() => rmSync(folder, { recursive: true, force: true }));
  const raw = join(folder, basename(file, ".gz"));
  const command = file.endsWith(".pcapng")
    ? ["dumpcap", "-q", "-i", device, "-s", String(snaplen), "-w", raw]
    : `tcpdump -Z root -U --immediate-mode -B 8192 -i ${device} --time-stamp-precision=${precision} -s ${snaplen} -w ${raw}`.split(
        " ",
      );
  const recorder = namespace.start(...command);
  await until(recorder, ({ stderr }) => /listening on|^File: /m.test(stderr));
  return {
    async stop() {
      await sleep(500);
      recorder.kill("SIGINT");
      await recorder.ended;
      const lost = /(\d+) packets dropped by kernel|dropped on interface.*: \d+\/(\d+)/.exec(recorder.stderr);
      if (lost === null || Number(lost[1] ?? lost[2]) > 0) throw new Error(`frames lost: ${recorder.stderr}`);
      if (file.endsWith(".gz")) run("gzip", "-9n", raw);
      const finished = file.endsWith(".gz") ? `${raw}.gz` : raw;
      const { size } = statSync(finished);
      if (size > LARGEST_FILE_BYTES) throw new Error(`${file} has ${size} bytes`);
      copyFileSync(finished, join(CAPTURES, file));
      chmodSync(join(CAPTURES, file), 0o644);
      return command.join(" ").replace(raw, basename(raw));
    },
  };
}
