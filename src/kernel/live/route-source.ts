/** What tells of changed routes. */
export interface RouteSource {
  /** Nothing is told any more. */
  close(): Promise<void>;
}
