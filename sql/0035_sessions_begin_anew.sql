-- The cookie of a session has another name behind https (`__Host-`), so no browser brings the old one any more: what it opened
-- must not lie open for another thirty days. Everybody signs in once.
delete from auth.session;
