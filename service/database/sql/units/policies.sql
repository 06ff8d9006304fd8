-- Who sees which posts, by the zones that current_scope() lets them see.
--
-- This policy binds the service; the owner of the tables passes it. Posts of units are seen by
-- every account (not their people: see service/units/posts.py), those of zones by whoever sees the
-- zone.
DROP POLICY IF EXISTS ground ON post;
CREATE POLICY ground ON post
    USING (zone IS NULL OR EXISTS (SELECT FROM zone z WHERE z.code = post.zone))
    WITH CHECK (zone IS NULL OR EXISTS (SELECT FROM zone z WHERE z.code = post.zone));
