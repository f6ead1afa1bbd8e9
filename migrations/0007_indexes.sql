-- What lists and the nightly forgetting go by, so that none of them reads all a tenant ever had.

CREATE INDEX events_by_seq ON events (tenant_id, seq);
CREATE INDEX messages_by_trace ON messages (tenant_id, trace_id);
CREATE INDEX audit_by_time ON audit (tenant_id, at, id);
CREATE INDEX deliveries_with_body ON deliveries (tenant_id, received_at) WHERE body_form <> 'purged';
