/** A connection as Tstat's `log_tcp_complete` or `log_tcp_nocomplete` has it. */
export interface TstatConnection {
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  readonly serverPort: number;
  /** Its first segment, milliseconds since 1970. */
  readonly firstMs: number;
  /** Cells by the column's name, such as `c_pkts_all`; connections that were never closed have the first 44 only. */
  readonly cells: ReadonlyMap<string, string>;
}

/** Both logs begin with one line of column names, `#31#c_ip:1 c_port:2 …`; those of unclosed connections with fewer. */
export function parseTstatLog(text: string): TstatConnection[] {
  const connections: TstatConnection[] = [];
  let columns: readonly string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) columns = columnsOf(line);
    else if (line !== "") connections.push(connectionOf(columns, line.split(" ")));
  }
  return connections;
}

function columnsOf(line: string): string[] {
  return line.split(" ").map((column) => column.replace(/^#\d*#/, "").replace(/:\d+$/, ""));
}

function connectionOf(columns: readonly string[], values: readonly string[]): TstatConnection {
  const cells = new Map(values.map((value, index) => [columns[index] ?? "", value]));
  const cell = (name: string): string => cells.get(name) ?? "";
  return {
    client: cell("c_ip"),
    clientPort: Number(cell("c_port")),
    server: cell("s_ip"),
    serverPort: Number(cell("s_port")),
    firstMs: Number(cell("first")),
    cells,
  };
}
