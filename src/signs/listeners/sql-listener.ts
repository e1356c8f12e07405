/**
 * For SQL rules, to be put behind `WITH`: `listener_flows`, the flows of `flowIds` (a query of one column) with the
 * listener's name as `Listener.name` has it, and `hit_listeners`, their listeners. A capture has many more flows than
 * listeners, so names are made of the latter.
 */
export function listenerFlowsSql(flowIds: string): string {
  return `
    hit_servers AS MATERIALIZED (
      SELECT server_addr, server_port, encapsulation_id, min(id) AS first_flow
      FROM flows WHERE id IN (${flowIds})
      GROUP BY server_addr, server_port, encapsulation_id
    ),
    hit_listeners AS MATERIALIZED (
      SELECT hit_servers.server_addr, hit_servers.server_port, hit_servers.encapsulation_id,
        flow_endpoints.server || ifnull(' (' || encapsulations.name || ')', '') AS listener
      FROM hit_servers
      JOIN flow_endpoints ON flow_endpoints.flow_id = hit_servers.first_flow
      LEFT JOIN encapsulations ON encapsulations.id = hit_servers.encapsulation_id
    ),
    listener_flows AS MATERIALIZED (
      SELECT flows.id, flows.client_addr, flows.server_port, flows.vantage, flows.client_segments, flows.server_segments,
        flows.client_copies, flows.server_copies, hit_listeners.listener
      FROM flows
      JOIN hit_listeners ON ${IS_ON_LISTENER}
      WHERE flows.id IN (${flowIds})
    )`;
}

/**
 * The same, behind `listenerFlowsSql`: `listener_sizes`, how many flows between :firstFlow and :lastFlow each of
 * `listeners` (a query of one column) has in all. They are gone through once, for few listeners if possible.
 */
export function listenerSizesSql(listeners: string): string {
  return `
    listener_sizes AS MATERIALIZED (
      SELECT hit_listeners.listener, count(*) AS flows, iif(count(*) = 1, 'connection', 'connections') AS noun
      FROM flows
      JOIN hit_listeners ON ${IS_ON_LISTENER}
      WHERE flows.id BETWEEN :firstFlow AND :lastFlow AND hit_listeners.listener IN (${listeners})
      GROUP BY hit_listeners.listener
    )`;
}

/** Joins `flows` with the row of `hit_listeners` that they belong to. */
export const IS_ON_LISTENER = `hit_listeners.server_addr = flows.server_addr
        AND hit_listeners.server_port = flows.server_port
        AND hit_listeners.encapsulation_id IS flows.encapsulation_id`;
