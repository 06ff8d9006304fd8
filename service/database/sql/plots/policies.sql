DROP POLICY IF EXISTS ground ON acceptance;
CREATE POLICY ground ON acceptance
    USING ((((SELECT current_scope()) = '{*}'::text[]) OR (EXISTS ( SELECT 1
   FROM plot_version v
  WHERE (v.plot_id = acceptance.plot_id))) OR (EXISTS ( SELECT 1
   FROM plot_history h
  WHERE (h.plot_id = acceptance.plot_id)))));

DROP POLICY IF EXISTS ground ON plot;
CREATE POLICY ground ON plot
    USING ((((SELECT current_scope()) = '{*}'::text[]) OR (EXISTS ( SELECT 1
   FROM plot_version v
  WHERE (v.plot_id = plot.id))) OR (EXISTS ( SELECT 1
   FROM plot_history h
  WHERE (h.plot_id = plot.id)))))
    WITH CHECK (((SELECT current_scope()) <> '{}'::text[]));

DROP POLICY IF EXISTS ground ON plot_counter;
CREATE POLICY ground ON plot_counter
    USING ((((SELECT current_scope()) = '{*}'::text[]) OR (district = ANY ((SELECT current_scope())::text[]))))
    WITH CHECK ((((SELECT current_scope()) = '{*}'::text[]) OR (district = ANY ((SELECT current_scope())::text[]))));

DROP POLICY IF EXISTS ground ON plot_history;
CREATE POLICY ground ON plot_history
    USING ((((SELECT current_scope()) = '{*}'::text[]) OR (district = ANY ((SELECT current_scope())::text[]))))
    WITH CHECK ((((SELECT current_scope()) = '{*}'::text[]) OR (district = ANY ((SELECT current_scope())::text[]))));

DROP POLICY IF EXISTS ground ON plot_number;
CREATE POLICY ground ON plot_number
    USING ((((SELECT current_scope()) = '{*}'::text[]) OR (district = ANY ((SELECT current_scope())::text[]))))
    WITH CHECK ((((SELECT current_scope()) = '{*}'::text[]) OR (district = ANY ((SELECT current_scope())::text[]))));

DROP POLICY IF EXISTS ground ON plot_version;
CREATE POLICY ground ON plot_version
    USING ((((SELECT current_scope()) = '{*}'::text[]) OR (district = ANY ((SELECT current_scope())::text[]))))
    WITH CHECK ((((SELECT current_scope()) = '{*}'::text[]) OR (district = ANY ((SELECT current_scope())::text[]))));
