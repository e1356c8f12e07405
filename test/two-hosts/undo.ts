/** What must be undone whatever happens: at its own time, or when the process ends by an error or a signal. */
export class Undo {
  static readonly #open = new Set<Undo>();
  readonly #actions: (() => void)[] = [];
  #isOver = false;

  constructor() {
    Undo.#open.add(this);
  }

  /** Call it before the deed, which must not be done when this throws, because all was undone already. */
  add(action: () => void): void {
    if (this.#isOver) throw new Error("it is over");
    this.#actions.push(action);
  }

  /** The last is undone first. None keeps the others from being undone. */
  run(): void {
    this.#isOver = true;
    Undo.#open.delete(this);
    for (const action of this.#actions.splice(0).reverse()) {
      try {
        action();
      } catch (error) {
        console.error(`cleaning up: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  /** Of everything that is still open, the newest first. */
  static runAll(): void {
    for (const undo of [...Undo.#open].reverse()) undo.run();
  }
}

process.on("exit", () => Undo.runAll());
// The usual exit codes of programs that a signal ended.
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));
process.on("SIGHUP", () => process.exit(129));
