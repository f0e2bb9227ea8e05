-- Persisted documents are registered and withdrawn one by one, each with its event.
alter table partner_events
  drop constraint partner_events_change_check,
  add constraint partner_events_change_check check (
    change in ('add', 'update', 'rotate', 'suspend', 'resume', 'remove', 'document-add', 'document-remove')
  );
