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
    both_readings CONSTANT boolean := low ~ '[重长朝厦番会乐解]';
    -- Each plot that is written comes by: to append to a text is quicker than to an array.
    mark CONSTANT text := E'\x1f';
    keys text := nullif(concat_ws(mark, '@' || district, '@unit:' || unit), '');
    here text;
    before text;
    letter text;
    other text;
    last text;
    other_last text;
BEGIN
    IF name IS NULL THEN
        RETURN NULL;
    END IF;
    FOREACH here IN ARRAY string_to_array(low, NULL) LOOP
        letter := CASE WHEN ascii(here) BETWEEN ascii('一') AND ascii('龥')
            THEN substr(letters, width_bucket(here COLLATE "zh-x-icu", firsts), 1)
            ELSE here END;
        IF before IS NULL THEN
            keys := concat_ws(mark, keys, here);
        ELSE
            keys := concat_ws(mark, keys, here, before || here, '~' || last || letter);
        END IF;
        IF both_readings THEN
            other := nullif(translate(here, '重长朝厦番会乐解', 'cczxpkyx'), here);
            keys := concat_ws(mark, keys, '~' || last || other, '~' || other_last || letter,
                              '~' || other_last || other);
            other_last := other;
        END IF;
        before := here;
        last := letter;
    END LOOP;
    RETURN string_to_array(coalesce(keys, ''), mark);
END
$$;
COMMENT ON FUNCTION name_grams(text, text, text) IS
    'Characters and pairs of a name, pairs of pinyin letters, county and unit: keys of a search';
