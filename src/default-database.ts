/** Where an analysis writes and every other command reads, unless told otherwise. */
export const DEFAULT_DATABASE = "tcptrace.db";
