/** A value that SQL gives or takes. */
export type SqlValue = number | bigint | string | Uint8Array | null;
/** A row by column name. */
export type SqlRow = Record<string, SqlValue>;
