/** A key for what concerns a client and a server, address to address. */
export function pairOf(client: string, server: string): string {
  return `${client} ${server}`;
}
