/**
 * @apollo/gateway exports usage data to its vendor from the moment it is constructed unless this is set; @apollo/server
 * reports when a key is in the environment. Importing this module, before either, silences both for good.
 */
process.env.APOLLO_TELEMETRY_DISABLED = '1';
delete process.env.APOLLO_KEY;
delete process.env.APOLLO_SCHEMA_REPORTING;
