import type { KernelObservations } from "./kernel/observations.js";
import type { DatabaseTables } from "./store/database-tables.js";

/** Stores what the kernel said beside the capture `captureId`, whose origin its times count from; null for none. */
export function storeKernel(
  tables: DatabaseTables,
  { counters, listeners, sockets, routes }: KernelObservations,
  captureId: number | null,
): void {
  const place = { captureId, host: null };
  for (const row of counters) tables.insert("kernel_counters", { ...row, ...place });
  for (const row of listeners) tables.insert("listeners", { ...row, ...place });
  for (const { tcpInfo, ...row } of sockets) tables.insert("sockets", { ...row, ...tcpInfo, ...place });
  for (const row of routes) tables.insert("route_events", { ...row, ...place });
}
