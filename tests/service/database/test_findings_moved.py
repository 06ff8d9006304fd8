"""Findings of before become records: nothing of them is lost, forward and back."""

from typing import Any

from sqlalchemy import Connection, text

from service.database import migrate
from service.districts.db.districts import store_districts
from tests.service.conftest import Database, district_frame

FOUND = """
INSERT INTO account (name, role) VALUES ('wang', 'inspector');
INSERT INTO zone (code, level, district, counties) VALUES ('G1', 'grid', '220102', '{220102}');
INSERT INTO code (list, code, label_zh, label_en, source)
    VALUES ('finding_kind', 'HYYH', '野外用火', 'open fire', 'x') ON CONFLICT DO NOTHING;
INSERT INTO register (code, label_zh, label_en) VALUES ('pond', '塘', 'ponds');
INSERT INTO register_state (register, code, position, label_zh, label_en)
    VALUES ('pond', 'there', 0, '有', 'there');
INSERT INTO record (register, name, state, county, plan)
    VALUES ('pond', '一号塘', 'there', '220102', 'LOST-2026');
INSERT INTO finding (zone_id, county, kind, geom, found_at, deadline, state, note, photo, version,
                     created_by, changed_by)
SELECT zone.id, '220102', 'HYYH', ST_SetSRID(ST_Point(125.02, 43 + number / 100.0), 4490),
       '2026-07-05T17:30:00Z', '2026-07-31', 'notice', '说明 ' || number, '照片.jpg', 2,
       account.id, account.id
FROM zone, account, generate_series(1, 2) number ORDER BY number;
INSERT INTO finding_step (finding_id, state, on_day, letter_no, note, account_id, actor)
SELECT f.id, s.state, s.day, s.letter, NULL, f.created_by, 'wang'
FROM finding f, (VALUES ('found', date '2026-07-06', NULL),
                        ('notice', '2026-07-10', '提示1号')) AS s (state, day, letter);
INSERT INTO patrol_log (what, row_id, operation, account_id, actor, after)
SELECT 'finding', id, 'INSERT', created_by, 'wang',
       to_jsonb(finding) - 'geom' || '{"version": 1, "state": "found"}' FROM finding;
INSERT INTO patrol_log (what, row_id, operation, account_id, actor, reason, before, after, geom)
SELECT 'finding', id, 'UPDATE', created_by, 'wang', '核对',
       to_jsonb(finding) - 'geom' || '{"version": 1, "state": "found"}', to_jsonb(finding) - 'geom',
       ST_SetSRID(ST_Point(125.5, 43.5), 4490)
FROM finding;
"""
BEFORE = """
SELECT f.county, f.kind, f.found_at, f.deadline, f.state, f.note, f.photo, f.version,
       f.created_by, ST_AsText(f.geom) AS place, z.code AS zone,
       (SELECT json_agg(json_build_array(s.state, s.on_day, s.letter_no, s.actor) ORDER BY s.id)
        FROM finding_step s WHERE s.finding_id = f.id) AS steps,
       (SELECT json_agg(json_build_array(l.operation, l.actor, l.reason, l.after ->> 'state')
                        ORDER BY l.id)
        FROM patrol_log l WHERE l.what = 'finding' AND l.row_id = f.id) AS log
FROM finding f JOIN zone z ON z.id = f.zone_id ORDER BY f.note
"""
AFTER = """
SELECT r.county, r.field_values ->> 'kind' AS kind,
       (r.field_values ->> 'found_at')::timestamptz AS found_at, r.deadline, r.state, r.note,
       r.field_values ->> 'photo' AS photo, r.version, r.created_by, ST_AsText(r.geom) AS place,
       r.zone,
       (SELECT json_agg(json_build_array(s.state, s.on_day, s.letter_no, s.actor) ORDER BY s.id)
        FROM record_step s WHERE s.record_id = r.id) AS steps,
       (SELECT json_agg(json_build_array(h.operation, h.actor, h.reason, h.content ->> 'state')
                        ORDER BY h.id)
        FROM record_history h WHERE h.record_id = r.id AND h.actor = 'wang') AS log
FROM record r WHERE r.register = 'finding' ORDER BY r.note
"""


def rows(connection: Connection, query: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(text(query)).mappings()]


def test_findings_of_before_are_records_with_all_that_was_known_and_go_back(
    empty: Database,
) -> None:
    migrate.downgrade(empty.owner, "0120")
    with empty.owner.begin() as connection:
        store_districts(connection, district_frame())
        for statement in FOUND.split(";\n"):
            if statement.strip():
                connection.execute(text(statement))
        before = rows(connection, BEFORE)
        taken = connection.scalar(text("SELECT id FROM record"))
        numbers = connection.scalars(text("SELECT id FROM finding ORDER BY id")).all()
    assert (len(before), taken in numbers) == (2, True)
    migrate.migrate(empty.owner, revision="0121")
    with empty.owner.begin() as connection:
        assert rows(connection, AFTER) == before
        kept = "SELECT id FROM record WHERE register = 'finding' ORDER BY note"
        now = connection.scalars(text(kept)).all()
        stayed = {number for number in numbers if number != taken}
        (moved,) = set(now) - stayed
        assert (set(now) >= stayed, moved in numbers) == (True, False)
        renamed = "SELECT reason FROM record_history WHERE record_id = :id AND actor = 'migration'"
        assert connection.scalar(text(renamed), {"id": moved}) == f"原问题编号 {taken}"
        given = "SELECT array_agg(number ORDER BY note) FROM record WHERE register = 'finding'"
        assert connection.scalar(text(given)) == ["WT22010200001", "WT22010200002"]
        pond = "SELECT plan, note FROM record WHERE register = 'pond'"
        assert tuple(connection.execute(text(pond)).one()) == (None, "计划 LOST-2026")
    migrate.downgrade(empty.owner, "0120")
    with empty.owner.begin() as connection:
        back = rows(connection, BEFORE)
        assert connection.scalar(text("SELECT count(*) FROM record")) == 1
    assert [{**row, "log": row["log"][:2]} for row in back] == before
