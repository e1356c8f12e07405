/** A row of `flows` with the names that people know it by: its ends, its file, its encapsulation. Binds `:flowId`. */
export const DESCRIBED_FLOW_SQL = `
  SELECT flows.*, client, server, source, encapsulations.name AS encapsulation,
    CAST(captures.origin_ns AS TEXT) AS origin
  FROM flows
  JOIN flow_endpoints ON flow_endpoints.flow_id = flows.id
  JOIN captures ON captures.id = flows.capture_id
  LEFT JOIN encapsulations ON encapsulations.id = flows.encapsulation_id
  WHERE flows.id = :flowId`;
