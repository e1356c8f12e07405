/** The system's name of a failed call's error (`ENOENT`, `EIO`, …), else the error's message. */
export function systemErrorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
