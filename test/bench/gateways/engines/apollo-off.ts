/** @apollo/gateway exports usage data to its vendor from the moment it is constructed unless this is set. Import it first. */
process.env.APOLLO_TELEMETRY_DISABLED = '1';
delete process.env.APOLLO_KEY;
delete process.env.APOLLO_SCHEMA_REPORTING;
