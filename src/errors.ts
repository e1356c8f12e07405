/** What went wrong, for programs; the message says it to people. */
export type ErrorCode =
  | "USAGE"
  | "CAPTURE_NOT_FOUND"
  | "CAPTURE_UNREADABLE"
  | "CAPTURE_UNRECOGNIZED"
  | "CAPTURE_EMPTY"
  | "LINK_TYPE_UNSUPPORTED"
  | "KERNEL_FILE_UNREADABLE"
  | "KERNEL_FILE_UNRECOGNIZED"
  | "DATABASE_NOT_FOUND"
  | "DATABASE_FOREIGN"
  | "DATABASE_VERSION"
  | "DATABASE_WRITE"
  | "FLOW_UNKNOWN"
  | "RULE_UNKNOWN"
  | "RULE_OPTION_INVALID"
  | "CONFIG_INVALID"
  | "SQL_INVALID"
  | "TSHARK_MISSING"
  | "TSHARK_FAILED"
  | "INTERRUPTED";

/**
 * Something the user can act on: one sentence, no stack trace, exit code 2.
 * Every other exception that reaches the command line is our bug.
 */
export class AnalyzeError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AnalyzeError";
    this.code = code;
  }
}
