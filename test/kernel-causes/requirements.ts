import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { canTrace } from "./kernel-trace.js";
import { BUILT_PROGRAM } from "./own-causes.js";

const PROGRAMS = ["cc", "ip", "mount", "sysctl", "tcpdump"];
const TUN = "/dev/net/tun";

/** Why the comparison cannot run here, as a sentence; null when it can. */
export function whyNot(): string | null {
  if (process.platform !== "linux") return "The kernel that is compared with is Linux.";
  if (process.getuid?.() !== 0) return "Network namespaces and tracing take root.";
  const missing = PROGRAMS.filter((program) => !isInstalled(program));
  if (missing.length > 0) return `What is needed is not installed: ${missing.join(", ")}.`;
  if (!existsSync(TUN)) return `There is no ${TUN}, which the path between the hosts is made of.`;
  if (!canTrace()) return "The kernel has no tracefs with the events of TCP and their stacks.";
  if (!existsSync(BUILT_PROGRAM)) return "The program is not built: npm run build.";
  return null;
}

function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    const file = join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}
