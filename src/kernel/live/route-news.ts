import type { RouteChange } from "../routes.js";

/**
 * A change of the routes, or that changes are missing. When it was read, nanoseconds since 1970: the kernel gives these
 * messages no time.
 */
export type RouteNews =
  | { readonly kind: "change"; readonly epochNs: bigint; readonly change: RouteChange }
  | { readonly kind: "lost"; readonly epochNs: bigint };

/** What the watching thread says. */
export type FromRouteWorker = RouteNews | { readonly kind: "watching" };

/** Its flag to stop, in shared memory: 0 or 1. */
export interface RouteWorkerData {
  readonly stop: Int32Array;
}
