-- How many plots, findings, areas, targets and records have a code, in all districts.
--
-- list, code: a row of a code list, or unit and the code of a unit, area and the code of an area;
-- lists that nothing refers to have no uses.
-- Returns eleven counts: plots of which a version has it now, plots of which only former versions
-- had it, findings, areas, targets of plans, records of other registers, members of units that have
-- it as their role, registers with a field measured in it, indicators that count it, are measured
-- in it or are a rate of it, layers whose rule names it, and codes of other lists that name it as
-- a province where they are native or hold. Bare numbers, so it counts beyond
-- the scope: a code must not be deleted while a plot somewhere has it. Every role may call it.
CREATE OR REPLACE FUNCTION code_uses(list text, code text)
RETURNS TABLE(plots bigint, former_plots bigint, findings bigint, areas bigint, targets bigint,
              records bigint, members bigint, registers bigint, indicators bigint,
              layers bigint, codes bigint)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET plan_cache_mode TO 'force_custom_plan'
AS $$
DECLARE
    has_it text;
    -- Where the measure of an indicator names codes of the list.
    member text := CASE list
        WHEN 'kind' THEN 'kinds'
        WHEN 'category' THEN 'categories'
        WHEN 'programme' THEN 'programmes'
        WHEN 'theme' THEN 'themes'
        WHEN 'work_type' THEN 'work_types'
        WHEN 'indicator' THEN 'over'
    END;
BEGIN
    plots := 0;
    former_plots := 0;
    findings := 0;
    areas := 0;
    targets := 0;
    members := 0;
    registers := 0;
    indicators := 0;
    layers := 0;
    codes := 0;
    IF member IS NOT NULL THEN
        SELECT count(*) INTO indicators FROM public.code i
        WHERE i.list = 'indicator' AND i.code <> code_uses.code
          AND (i.properties ->> 'measure')::jsonb -> member ? code_uses.code;
    ELSIF list = 'unit_of_measure' THEN
        SELECT count(*) INTO indicators FROM public.code i
        WHERE i.list = 'indicator' AND i.properties ->> 'unit' = code_uses.code;
    END IF;
    IF list = 'kind' THEN
        SELECT count(*) INTO layers FROM layer l WHERE l.rule -> 'kinds' ? code_uses.code;
    END IF;
    IF list = 'province' THEN
        SELECT count(*) INTO codes FROM public.code c
        WHERE code_uses.code = ANY (string_to_array(concat_ws(
            ' ', c.properties ->> 'native_in', c.properties ->> 'region'), ' '));
    END IF;
    SELECT count(*) INTO records FROM record r
    WHERE EXISTS (
        SELECT FROM register_field f
        WHERE f.register = r.register AND f.list = code_uses.list
          AND r.field_values ->> f.name = code_uses.code
    ) AND NOT (r.register = 'finding' AND code_uses.list = 'finding_kind');
    IF list IN ('kind', 'category', 'programme', 'theme', 'work_type', 'method', 'land_ownership',
                'tree_ownership', 'unit') THEN
        has_it := format('%I = $1', list);
    ELSIF list = 'species' THEN
        has_it := 'species @> jsonb_build_array(jsonb_build_object(''code'', $1))';
    ELSIF list = 'finding_kind' THEN
        SELECT count(*) INTO findings FROM record r
        WHERE r.register = 'finding' AND r.field_values ->> 'kind' = code_uses.code;
    ELSIF list = 'area_kind' THEN
        SELECT count(*) INTO areas FROM area a WHERE a.kind = code_uses.code;
    ELSIF list = 'indicator' THEN
        SELECT count(*) INTO targets FROM target t WHERE t.indicator = code_uses.code;
    ELSIF list = 'unit_of_measure' THEN
        SELECT count(*) + (SELECT count(*) FROM reported r WHERE r.measured_in = code_uses.code)
            INTO targets FROM target t WHERE t.measured_in = code_uses.code;
        SELECT count(DISTINCT f.register) INTO registers FROM register_field f
        WHERE f.measured_in = code_uses.code;
    ELSIF list = 'unit_role' THEN
        SELECT count(*) INTO members FROM unit_member m WHERE m.role = code_uses.code;
    ELSIF list = 'area' THEN
        SELECT count(*) INTO targets FROM target t WHERE t.area = code_uses.code;
    END IF;
    IF list = 'unit' THEN
        SELECT count(*) + (SELECT count(*) FROM reported r WHERE r.unit = code_uses.code)
            INTO targets FROM target t WHERE code_uses.code = ANY (t.owners);
        SELECT count(*) INTO records FROM record r WHERE r.unit = code_uses.code;
    END IF;
    IF has_it IS NOT NULL THEN
        EXECUTE 'SELECT count(DISTINCT plot_id) FROM plot_version WHERE ' || has_it
            INTO plots USING code;
        EXECUTE 'SELECT count(DISTINCT plot_id) FROM plot_history h WHERE ' || has_it
            || ' AND NOT EXISTS (SELECT FROM plot_version v WHERE v.plot_id = h.plot_id AND v.'
            || has_it || ')'
            INTO former_plots USING code;
    END IF;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION code_uses(text, text) IS
    'How many plots, findings, areas, targets, records … have a code, beyond every scope';
REVOKE ALL ON FUNCTION code_uses(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION code_uses(text, text) TO :service_role;
