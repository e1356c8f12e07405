/** A counter of the kernel as it was read. */
export interface Counter {
  /** As nstat calls it, such as `TcpExtListenOverflows`. */
  readonly name: string;
  readonly value: number;
}
