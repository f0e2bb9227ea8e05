-- Nobody may do anything that is not granted below.
revoke all on all functions in schema ledger from public;

-- Gives a role what its work needs; a role may be admitted for several kinds of it. Run by the owner:
--   write  the gateway: appends records, signs heads; sees hashes and nothing else
--   read   subgraph of disclosures, auditors, export: reads all, changes nothing
--   keep   whoever looks after it: retention and holds
create function ledger.admit(role regrole, work text) returns void language plpgsql as $$
begin
  execute format('grant usage on schema ledger to %s', role);
  case work
    when 'write' then
      execute format(
        'grant execute on function ledger.append, ledger.state, ledger.hashes, ledger.last_head, ledger.keep_head to %s', role);
    when 'read' then
      execute format('grant select on all tables in schema ledger to %s', role);
      execute format(
        'grant execute on function ledger.state, ledger.hashes, ledger.last_head, ledger.common, ledger.operation, ledger.held to %s',
        role);
    when 'keep' then
      execute format('grant select on ledger.holds to %s', role);
      execute format('grant insert, update on ledger.holds to %s', role);
      execute format('grant execute on function ledger.retain, ledger.retainable, ledger.last_head to %s', role);
    else
      raise exception 'roles are admitted to write, read or keep' using errcode = 'invalid_parameter_value';
  end case;
end $$;
revoke all on function ledger.admit from public;
