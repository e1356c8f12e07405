import { siteOf } from "./site.js";

/** A client that fares so at servers of so many networks of the Internet has its own way to them to suspect. */
const SITES_OF_ONE_FAULT = 3;

/** At whose servers each client fared badly: where one client does so at many, the fault is on its side. */
export class ClientSites {
  readonly #sites = new Map<string, Set<string>>();

  /** `client` fared badly at `server`, both addresses. */
  add(client: string, server: string): void {
    const sites = this.#sites.get(client) ?? new Set();
    this.#sites.set(client, sites.add(siteOf(server)));
  }

  /** All of these clients fared so at servers of three networks or more; private addresses are one network together. */
  isFaultOf(flows: readonly { readonly client: string }[]): boolean {
    return flows.every(({ client }) => (this.#sites.get(client)?.size ?? 0) >= SITES_OF_ONE_FAULT);
  }
}
