"""Findings become records of the first register; a record names a plan that there is."""

from alembic import op

revision = "0121"
down_revision = "0120"
branch_labels = None
depends_on = None

# A moment is written as the service writes it: Beijing time, with its offset.
REGISTERS = """
ALTER TABLE register ADD COLUMN zoned boolean DEFAULT false NOT NULL;
COMMENT ON COLUMN register.zoned IS
    'Whether each record has a zone: the smallest around it, if none is named';
ALTER TABLE register_field DROP CONSTRAINT register_field_type_check,
    ADD CONSTRAINT register_field_type_check CHECK (type IN
        ('text', 'long', 'integer', 'number', 'date', 'month', 'moment', 'boolean', 'code'));
COMMENT ON COLUMN register_field.type IS
    'text, long, integer, number, date, month, moment, boolean or code';

UPDATE record SET plan = NULL, note = concat_ws(E'\\n', note, '计划 ' || plan)
WHERE plan IS NOT NULL AND NOT EXISTS (SELECT FROM plan p WHERE p.code = record.plan);
ALTER TABLE record ADD CONSTRAINT record_plan_fkey FOREIGN KEY (plan) REFERENCES plan(code)
    ON UPDATE CASCADE;
CREATE INDEX record_plan_idx ON record (plan) WHERE plan IS NOT NULL;
"""

# The rows that findings need; `load_registers` writes the rest of the definition.
FIRST = """
INSERT INTO register (code, label_zh, label_en, geometry, numbering, zoned, shipped, local)
VALUES ('finding', '巡护问题', 'findings of patrols', 'point', 'WT', true, true, false)
ON CONFLICT (code) DO NOTHING;
INSERT INTO register_state (register, code, position, label_zh, label_en, next, done, counts) VALUES
    ('finding', 'found', 0, '已发现', 'found', '{notice,supervision,rectified}', false, false),
    ('finding', 'notice', 1, '已发《工作提示单》', 'work notice sent', '{supervision,rectified}',
     false, false),
    ('finding', 'supervision', 2, '已发《督办函》', 'supervision letter sent', '{rectified}',
     false, false),
    ('finding', 'rectified', 3, '已整改', 'rectified', '{closed,notice,supervision}', true, true),
    ('finding', 'closed', 4, '已销号', 'closed', '{}', true, true)
ON CONFLICT (register, code) DO NOTHING;
"""

# A finding keeps its number in addresses unless another record has it.
CARRY = """
ALTER TABLE record DISABLE TRIGGER USER;
SELECT setval(pg_get_serial_sequence('record', 'id'), greatest(
    (SELECT max(id) FROM record), (SELECT max(id) FROM finding),
    (SELECT last_value FROM record_id_seq)));
CREATE TEMPORARY TABLE moved AS
SELECT f.id AS finding_id,
       CASE WHEN EXISTS (SELECT FROM record r WHERE r.id = f.id)
            THEN nextval(pg_get_serial_sequence('record', 'id')) ELSE f.id END AS record_id,
       row_number() OVER (PARTITION BY f.county ORDER BY f.id) AS place
FROM finding f ORDER BY f.id;

INSERT INTO record (id, register, number, name, geom, county, zone, field_values, state, since,
                    deadline, note, version, demo, created_by, changed_by, changed_at)
OVERRIDING SYSTEM VALUE
SELECT m.record_id, 'finding', 'WT' || f.county || lpad(m.place::text, 5, '0'),
       coalesce(c.label_zh, f.kind), f.geom, f.county, z.code,
       jsonb_strip_nulls(jsonb_build_object(
           'kind', f.kind,
           'found_at', to_char(f.found_at AT TIME ZONE INTERVAL '08:00',
                               'YYYY-MM-DD"T"HH24:MI:SS.US') || '+08:00',
           'photo', f.photo)),
       f.state,
       coalesce((SELECT s.on_day FROM finding_step s WHERE s.finding_id = f.id
                 ORDER BY s.id DESC LIMIT 1), beijing_day(f.found_at)),
       f.deadline, f.note, f.version, f.demo, f.created_by, f.changed_by, f.changed_at
FROM moved m JOIN finding f ON f.id = m.finding_id JOIN zone z ON z.id = f.zone_id
LEFT JOIN code c ON c.list = 'finding_kind' AND c.code = f.kind
ORDER BY f.id;

INSERT INTO register_counter AS c (register, county, last)
SELECT 'finding', f.county, count(*) FROM finding f GROUP BY f.county
ON CONFLICT (register, county) DO UPDATE SET last = c.last + excluded.last;

INSERT INTO record_step (record_id, state, on_day, deadline, letter_no, note, account_id, actor, at)
SELECT m.record_id, s.state, s.on_day, s.deadline, s.letter_no, s.note, s.account_id, s.actor, s.at
FROM finding_step s JOIN moved m ON m.finding_id = s.finding_id ORDER BY s.id;

WITH entry AS (
    SELECT l.*, coalesce(l.after, l.before) AS content,
           coalesce(lead(l.geom) OVER (PARTITION BY l.row_id ORDER BY l.id), f.geom) AS geom_then
    FROM patrol_log l LEFT JOIN finding f ON f.id = l.row_id
    WHERE l.what = 'finding'
)
INSERT INTO record_history (record_id, register, version, operation, at, account_id, actor, reason,
                            county, content, geom, demo)
SELECT coalesce(m.record_id, e.row_id), 'finding', (e.content ->> 'version')::integer, e.operation,
       e.at, e.account_id, e.actor, e.reason, e.content ->> 'county',
       (e.content - '{kind,found_at,photo,zone_id}'::text[]) || jsonb_build_object(
           'register', 'finding', 'name', e.content ->> 'kind', 'zone', z.code,
           'field_values', jsonb_strip_nulls(jsonb_build_object(
               'kind', e.content ->> 'kind', 'found_at', e.content ->> 'found_at',
               'photo', e.content ->> 'photo'))),
       CASE WHEN e.operation = 'DELETE' THEN e.geom ELSE e.geom_then END, e.demo
FROM entry e LEFT JOIN moved m ON m.finding_id = e.row_id
LEFT JOIN zone z ON z.id = (e.content ->> 'zone_id')::bigint
ORDER BY e.id;
DELETE FROM patrol_log WHERE what = 'finding';

INSERT INTO record_history (record_id, register, version, operation, actor, reason, county, content,
                            geom, demo)
SELECT r.id, 'finding', r.version, 'UPDATE', 'migration', '原问题编号 ' || m.finding_id, r.county,
       to_jsonb(r) - 'geom', r.geom, r.demo
FROM moved m JOIN record r ON r.id = m.record_id WHERE m.record_id <> m.finding_id;

ALTER TABLE record ENABLE TRIGGER USER;
DROP TABLE moved, finding_step, finding;
ALTER TABLE record ADD CONSTRAINT record_finding_zone_check
    CHECK (register <> 'finding' OR zone IS NOT NULL);
DELETE FROM code WHERE list = 'finding_state';
"""

BACK = """
CREATE TABLE finding (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    zone_id bigint NOT NULL,
    county text NOT NULL,
    kind text NOT NULL,
    geom geometry(Point,4490) NOT NULL,
    found_at timestamp with time zone NOT NULL,
    deadline date,
    state text DEFAULT 'found'::text NOT NULL,
    note text,
    photo text,
    version integer DEFAULT 1 NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    created_by bigint,
    changed_by bigint,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT finding_pkey PRIMARY KEY (id),
    CONSTRAINT finding_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account(id),
    CONSTRAINT finding_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(id),
    CONSTRAINT finding_zone_id_fkey FOREIGN KEY (zone_id) REFERENCES zone(id),
    CONSTRAINT finding_state_check CHECK (state IN ('found', 'notice', 'supervision', 'rectified',
        'closed'))
);
CREATE INDEX finding_geom_idx ON finding USING gist (geom);
CREATE INDEX finding_zone_id_idx ON finding (zone_id);
ALTER TABLE finding ENABLE ROW LEVEL SECURITY;
CREATE TABLE finding_step (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    finding_id bigint NOT NULL,
    state text NOT NULL,
    on_day date NOT NULL,
    deadline date,
    letter_no text,
    note text,
    account_id bigint,
    actor text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT finding_step_pkey PRIMARY KEY (id),
    CONSTRAINT finding_step_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
    CONSTRAINT finding_step_finding_id_fkey FOREIGN KEY (finding_id) REFERENCES finding(id)
        ON DELETE CASCADE
);
CREATE INDEX finding_step_finding_id_idx ON finding_step (finding_id);
ALTER TABLE finding_step ENABLE ROW LEVEL SECURITY;

INSERT INTO finding (id, zone_id, county, kind, geom, found_at, deadline, state, note, photo,
                     version, demo, created_by, changed_by, changed_at)
OVERRIDING SYSTEM VALUE
SELECT r.id, z.id, r.county, r.field_values ->> 'kind', r.geom,
       (r.field_values ->> 'found_at')::timestamptz, r.deadline, r.state, r.note,
       r.field_values ->> 'photo', r.version, r.demo, r.created_by, r.changed_by, r.changed_at
FROM record r JOIN zone z ON z.code = r.zone WHERE r.register = 'finding' ORDER BY r.id;
SELECT setval(pg_get_serial_sequence('finding', 'id'), (SELECT max(id) FROM finding))
WHERE EXISTS (SELECT FROM finding);
INSERT INTO finding_step (finding_id, state, on_day, deadline, letter_no, note, account_id, actor,
                          at)
SELECT s.record_id, s.state, s.on_day, s.deadline, s.letter_no, s.note, s.account_id, s.actor, s.at
FROM record_step s JOIN finding f ON f.id = s.record_id ORDER BY s.id;

WITH entry AS (
    SELECT h.*, (h.content - '{register,name,field_values,number,token,area_m2,length_m,town,
                              village,zone,unit,plan,since,forgotten_at}'::text[])
                || (h.content -> 'field_values')
                || jsonb_build_object('zone_id', z.id) AS finding
    FROM record_history h LEFT JOIN zone z ON z.code = h.content ->> 'zone'
    WHERE h.register = 'finding'
), placed AS (
    SELECT e.*, lag(e.finding) OVER w AS was, lag(e.geom) OVER w AS geom_was
    FROM entry e WINDOW w AS (PARTITION BY e.record_id ORDER BY e.id)
)
INSERT INTO patrol_log (at, what, row_id, operation, account_id, actor, reason, before, after, geom,
                        demo)
SELECT at, 'finding', record_id, operation, account_id, actor, reason,
       CASE operation WHEN 'INSERT' THEN NULL WHEN 'DELETE' THEN finding ELSE was END,
       CASE WHEN operation <> 'DELETE' THEN finding END,
       CASE operation WHEN 'INSERT' THEN NULL WHEN 'DELETE' THEN geom ELSE geom_was END, demo
FROM placed ORDER BY id;

ALTER TABLE record DISABLE TRIGGER USER;
DELETE FROM record WHERE register = 'finding';
ALTER TABLE record ENABLE TRIGGER USER;
DELETE FROM record_history WHERE register = 'finding';
DELETE FROM register WHERE code = 'finding';
ALTER TABLE record DROP CONSTRAINT record_finding_zone_check, DROP CONSTRAINT record_plan_fkey;
DROP INDEX record_plan_idx;
ALTER TABLE register DROP COLUMN zoned;
DELETE FROM register_field WHERE type = 'moment';
ALTER TABLE register_field DROP CONSTRAINT register_field_type_check,
    ADD CONSTRAINT register_field_type_check CHECK (type IN
        ('text', 'long', 'integer', 'number', 'date', 'month', 'boolean', 'code'));
"""


def upgrade() -> None:
    """Forward."""
    op.execute(REGISTERS)
    op.execute(FIRST)
    op.execute(CARRY)


def downgrade() -> None:
    """Back."""
    op.execute(BACK)
