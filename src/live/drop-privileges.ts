import { execFileSync } from "node:child_process";
import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import { AnalyzeError } from "../errors.js";

/** Longest name of a user that is looked up; useradd(8) takes 32 characters. */
const LONGEST_NAME = 256;
const TASKS = "/proc/self/task";
/** What the program is started with; the same path from src/ and from dist/. */
const PROGRAM = new URL("../../dist/main.js", import.meta.url);

/** A user that this process can become. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** All groups, the first one included. */
  readonly groups: readonly number[];
}

/** The user of that name. Throws AnalyzeError USAGE when there is none, or when this process cannot become that user. */
export function findAccount(user: string): Account {
  if (process.geteuid?.() !== 0)
    throw new AnalyzeError("USAGE", `--user ${user} takes root: only root can become another user.`);
  const account = accountOf(user);
  if (account.uid === 0) throw new AnalyzeError("USAGE", `--user ${user} is root, who keeps all rights.`);
  return account;
}

/**
 * Makes this process, with all its threads, one of that user for good; sockets that are open stay open.
 * @throws AnalyzeError USAGE when it cannot, or when a way back is left; the process is then to be ended
 */
export function dropPrivileges(account: Account): void {
  const user = account.name;
  try {
    // In this order: without the user's own right to do so, groups cannot be changed any more. setuid(2).
    process.setgroups?.([...account.groups]);
    process.setgid?.(account.gid);
    process.setuid?.(account.uid);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new AnalyzeError("USAGE", `--user ${user}: the system refuses: ${error.message}`, { cause: error });
  }
  if (!isDropped(account))
    throw new AnalyzeError(
      "USAGE",
      `--user ${user}: not all rights could be dropped, so nothing is captured.`,
    );
  try {
    accessSync(PROGRAM, constants.R_OK);
  } catch {
    throw new AnalyzeError(
      "USAGE",
      `--user ${user} may not read this program's own files: install it where everybody can.`,
    );
  }
}

/** As the system's user database has it, local or not. */
function accountOf(user: string): Account {
  const ask = (what: string): number[] => {
    if (user === "" || user.length > LONGEST_NAME || user.includes("\0")) return [];
    try {
      const printed = execFileSync("id", [what, "--", user], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      return printed.trim().split(/\s+/).map(Number).filter(Number.isSafeInteger);
    } catch {
      return [];
    }
  };
  const [[uid], [gid], groups] = [ask("-u"), ask("-g"), ask("-G")];
  if (uid === undefined || gid === undefined)
    throw new AnalyzeError("USAGE", `--user: there is no user "${user}" (id -u finds none).`);
  return { name: user, uid, gid, groups };
}

/** Every thread is that user's and has no capabilities, and there is no way back. */
function isDropped({ uid, gid }: Account): boolean {
  const canReturn = [() => process.setuid?.(0), () => process.seteuid?.(0)].some((attempt) => {
    try {
      attempt();
      return true;
    } catch {
      return false;
    }
  });
  if (canReturn || process.getgid?.() !== gid || process.getegid?.() !== gid) return false;
  if (process.platform !== "linux") return true;
  return readdirSync(TASKS).every((task) => {
    const status = readFileSync(`${TASKS}/${task}/status`, "latin1");
    // Real, effective, saved and file system ids. proc_pid_status(5).
    const isOnly = (field: string, id: number): boolean =>
      status.includes(`\n${field}:\t${id}\t${id}\t${id}\t${id}\n`);
    return isOnly("Uid", uid) && isOnly("Gid", gid) && /^CapPrm:\t0+$/m.test(status);
  });
}
