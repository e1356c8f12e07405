/** Octets in order from somewhere: a file, a pipe, a decompressor over one of them. Never throws while reading. */
export interface ByteSource {
  /** Octets taken from the outermost (compressed) input so far, and in all; the total is null for a pipe. */
  readonly bytesRead: number;
  readonly bytesTotal: number | null;
  /** Why the octets ended too early, worded to follow "the file"; null while all is well. */
  readonly damage: string | null;
  /** Writes at least one octet into `target` from offset `at` on and returns how many; 0 only at the end. */
  read(target: Uint8Array, at: number): Promise<number>;
  /** Releases what is held and makes a pending read end; safe to call twice and at any time. */
  close(): Promise<void>;
}
