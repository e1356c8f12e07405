import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { BUILT_PROGRAM } from "./analyze.js";

const PROGRAMS = ["cc", "ip", "sysctl", "tcpdump"];
const TUN = "/dev/net/tun";

/** Why two hosts cannot be made here, as a sentence; null when they can. */
export function whyNot(): string | null {
  if (process.platform !== "linux") return "Network namespaces are made by Linux.";
  if (process.getuid?.() !== 0) return "Network namespaces take root.";
  const missing = PROGRAMS.filter((program) => !isInstalled(program));
  if (missing.length > 0) return `What is needed is not installed: ${missing.join(", ")}.`;
  if (!existsSync(TUN)) return `There is no ${TUN}, which the path between the hosts is made of.`;
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
