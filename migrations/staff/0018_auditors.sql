-- An auditor reads everything and changes nothing, so nobody is one beside anything else. Who is both keeps the work they do, for which
-- others may wait and which may be the portal's last administrator's, and reads everything no longer: that is less, and can be given
-- again to an account of its own.
delete from roles where role = 'auditor' and account in (select account from roles where role <> 'auditor');
-- Invitations to both, not taken up yet, end.
update links set used = made where used = 0 and roles like '%"auditor"%' and roles like '%],[%';
