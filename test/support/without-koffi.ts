import { createRequire } from "node:module";
import { dirname } from "node:path";

const FOLDER = dirname(createRequire(import.meta.url).resolve("koffi"));

/**
 * A command that runs another where koffi cannot be loaded, as on a machine that it is not built for. To be run in a mount
 * namespace of its own, such as that of `ip netns exec`.
 */
export function withoutKoffi(command: string, ...parameters: readonly string[]): [string, ...string[]] {
  return ["sh", "-c", 'mount -t tmpfs tmpfs "$0" && exec "$@"', FOLDER, command, ...parameters];
}
