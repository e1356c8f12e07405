/**
 * For SQL rules, to be put behind `WITH`, over the flows between :firstFlow and :lastFlow: `listener_flows`, those that
 * share client address and listener with a flow of `flowIds` (a query of one column), each with the listener's name as
 * `Listener.name` has it; and `listener_sizes`, how many flows each of these listeners has in all.
 */
export function listenerFlowsSql(flowIds: string): string {
  return `
    hit_paths AS MATERIALIZED (
      SELECT DISTINCT client_addr, server_addr, server_port FROM flows WHERE id IN (${flowIds})
    ),
    listener_flows AS MATERIALIZED (
      SELECT
        flows.*,
        flow_endpoints.server || ifnull(' (' || encapsulations.name || ')', '') AS listener
      FROM flows
      JOIN flow_endpoints ON flow_endpoints.flow_id = flows.id
      LEFT JOIN encapsulations ON encapsulations.id = flows.encapsulation_id
      WHERE flows.id BETWEEN :firstFlow AND :lastFlow
        AND (flows.client_addr, flows.server_addr, flows.server_port) IN hit_paths
    ),
    listener_sizes AS MATERIALIZED (
      SELECT named.listener, count(*) AS flows, iif(count(*) = 1, 'connection', 'connections') AS noun
      FROM (SELECT DISTINCT listener, server_addr, server_port, encapsulation_id FROM listener_flows) AS named
      JOIN flows ON flows.server_addr = named.server_addr AND flows.server_port = named.server_port
        AND flows.encapsulation_id IS named.encapsulation_id AND flows.id BETWEEN :firstFlow AND :lastFlow
      GROUP BY named.listener
    )`;
}
