-- By what a plot is found when a part of its name is typed: the keys of plot_version_name_idx.
--
-- district: code of its county.
-- unit:     code of the unit that does the work, or NULL.
-- name:     its name; NULL gives NULL.
-- Returns each character and each pair of characters of the name, small and without spaces; each
-- pair of first letters in pinyin, after a tilde; and after an at sign the county and the unit as
-- current_scope() names them. (Trigrams need three characters; most Chinese words have two.)
-- The letter of a character is that of its commonest reading, and for some of the names of places
-- that of the other one as well. Every role may call it; it reads no table.
CREATE OR REPLACE FUNCTION name_grams(district text, unit text, name text)
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    -- The first character of each letter, in the order of their pinyin; i, u and v begin none.
    firsts CONSTANT text[] := ARRAY['阿', '八', '嚓', '哒', '妸', '发', '旮', '哈', '讥', '咔',
        '垃', '痳', '拏', '噢', '妑', '七', '呥', '扨', '它', '穵', '夕', '丫', '帀'];
    letters CONSTANT text := 'abcdefghjklmnopqrstwxyz';
    low text := lower(regexp_replace(name, '\s', '', 'g'));
    grams text[] := ARRAY['@' || district];
    here text;
    at integer;
    before text;
    letter text;
    other text;
    last text;
    other_last text;
BEGIN
    IF name IS NULL THEN
        RETURN NULL;
    END IF;
    IF unit IS NOT NULL THEN
        grams := grams || ('@unit:' || unit);
    END IF;
    FOR n IN 1 .. length(low) LOOP
        here := substr(low, n, 1);
        letter := here;
        IF here >= '一' COLLATE "C" AND here <= '龥' COLLATE "C" THEN
            letter := substr(letters, width_bucket(here COLLATE "zh-x-icu", firsts), 1);
        END IF;
        at := strpos('重长朝厦番会乐解', here);
        other := CASE WHEN at > 0 THEN substr('cczxpkyx', at, 1) END;
        grams := grams || here;
        IF before IS NOT NULL THEN
            grams := grams || ARRAY[before || here, '~' || last || letter];
            IF other IS NOT NULL THEN
                grams := grams || ('~' || last || other);
            END IF;
            IF other_last IS NOT NULL THEN
                grams := grams || ('~' || other_last || letter);
            END IF;
            IF other IS NOT NULL AND other_last IS NOT NULL THEN
                grams := grams || ('~' || other_last || other);
            END IF;
        END IF;
        before := here;
        last := letter;
        other_last := other;
    END LOOP;
    RETURN grams;
END
$$;
COMMENT ON FUNCTION name_grams(text, text, text) IS
    'Characters and pairs of a name, pairs of pinyin letters, county and unit: keys of a search';
