/** Only on a terminal, and not against the user's wish (`isWanted`): https://no-color.org. */
export function isColoured(isWanted: boolean): boolean {
  return (
    isWanted && process.stdout.isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb"
  );
}
