/** Throw-away network namespaces: nothing made here touches the host's own network or its sysctls. */
import { atExit, run, start } from "./command.mjs";

let made = 0;

/** A network namespace with its loopback up; removed when the script ends. */
export function createNamespace() {
  const name = `tcpmake-${process.pid}-${++made}`;
  run("ip", "netns", "add", name);
  atExit(() => run("ip", "netns", "del", name));
  const namespace = {
    name,
    run: (...command) => run("ip", "netns", "exec", name, ...command),
    // `ip netns exec` replaces itself by the program, so the pid is the program's own.
    start: (...command) => start("ip", "netns", "exec", name, ...command),
    /** Sets per-namespace sysctls, named as sysctl(8) names them. */
    set(sysctls) {
      for (const [key, value] of Object.entries(sysctls)) namespace.run("sysctl", "-qw", `${key}=${value}`);
    },
  };
  namespace.run("ip", "link", "set", "lo", "up");
  return namespace;
}

/**
 * Joins two namespaces by a veth pair; each end is `{ namespace, device, addresses }`.
 * Transmit checksum offload is switched off unless `offload`, so that recorded checksums are real.
 */
export function joinByVeth(one, other, { offload = false } = {}) {
  one.namespace.run(
    ...["ip", "link", "add", one.device, "type", "veth"],
    ...["peer", "name", other.device, "netns", other.namespace.name],
  );
  for (const { namespace, device, addresses } of [one, other]) {
    for (const address of addresses) {
      const duplicateAddressDetection = address.includes(":") ? ["nodad"] : [];
      namespace.run("ip", "address", "add", address, "dev", device, ...duplicateAddressDetection);
    }
    namespace.run("ip", "link", "set", device, "up");
    if (!offload) namespace.run("ethtool", "-K", device, "tx", "off");
  }
}
