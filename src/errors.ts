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
  | "REPORT_WRITE"
  | "EXPORT_WRITE"
  | "EXPORT_EMPTY"
  | "EXPORT_SOURCE"
  | "BASELINE_INVALID"
  | "BASELINE_WRITE"
  | "EXPECTATIONS_INVALID"
  | "SQL_INVALID"
  | "INTERFACE_NOT_FOUND"
  | "INTERFACE_DOWN"
  | "FILTER_INVALID"
  | "CAPTURE_NOT_PERMITTED"
  | "CAPTURE_BACKEND_MISSING"
  | "CAPTURE_FAILED"
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

/** What the system's codes for a file that cannot be written mean to a person. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than the file system allows",
  EROFS: "the file system is read-only",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOENT: "the folder does not exist",
  ENOTDIR: "part of the path is not a folder",
  EISDIR: "it is a folder",
  ENAMETOOLONG: "the name is too long",
};

/** Why a file cannot be written, from the system's code: a clause without a full stop. */
export function whyNotWritten(code: string): string {
  return REASONS[code] ?? `the system reports ${code}`;
}
