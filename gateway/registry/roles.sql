-- Roles for production, run once by the owner of the registry's database (docs/partners.md):
--   registry_writer  what `lienthong partner` needs: it can record changes and rewrite none
--   registry_reader  what issuer and gateway need
-- Both exist already: create role registry_writer login password '…'; create role registry_reader login password '…';
grant usage on schema public to registry_writer, registry_reader;
grant select on registry, partners, partner_events to registry_writer;
grant update on registry to registry_writer;
grant insert on partner_events to registry_writer;
grant insert, update on partners to registry_writer;
grant select on registry, partners to registry_reader;
