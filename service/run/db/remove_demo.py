"""Taking the demo out again."""

from sqlalchemy import Connection, text

# The versions first, in one statement: a cascade from plot would write the history row by row.
_VERSIONS = text("DELETE FROM plot_version v USING plot p WHERE p.id = v.plot_id AND p.demo")
_PLOTS = text("DELETE FROM plot WHERE demo")
_HISTORY = text("SELECT forget_demo_history()")

_PATROLS = text("DELETE FROM patrol WHERE demo")
# Zones of real patrols and records stay, and so do the zones above them.
_ZONES = text("""
WITH RECURSIVE used AS (
    SELECT zone_id AS id FROM patrol WHERE zone_id IS NOT NULL
    UNION SELECT z.id FROM zone z JOIN record r ON r.zone = z.code
    UNION SELECT id FROM zone WHERE NOT demo
), kept AS (
    SELECT z.id, z.parent FROM zone z JOIN used ON used.id = z.id
    UNION
    SELECT z.id, z.parent FROM zone z JOIN kept ON kept.parent = z.code
)
DELETE FROM zone WHERE demo AND id NOT IN (SELECT id FROM kept)
""")
_LOG = text("SELECT forget_demo_patrols()")

_RECORDS = text("DELETE FROM record WHERE demo")
_RECORD_LOG = text("SELECT forget_demo_records()")

# Districts of real plots and of real accounts stay, and so do their ancestors.
_DISTRICTS = text("""
WITH RECURSIVE needed AS (
    SELECT district AS code FROM plot_version
    UNION SELECT district FROM account_scope
    UNION SELECT district FROM zone
    UNION SELECT unnest(counties) FROM zone
    UNION SELECT district FROM target
    UNION SELECT district FROM plan
    UNION SELECT county FROM record WHERE county IS NOT NULL
    UNION SELECT code FROM district WHERE NOT demo
), kept AS (
    SELECT d.code, d.parent FROM district d JOIN needed ON needed.code = d.code
    UNION
    SELECT d.code, d.parent FROM district d JOIN kept ON kept.parent = d.code
)
DELETE FROM district WHERE demo AND code NOT IN (SELECT code FROM kept)
""")

# Every column that would stop the deletion of an account.
NAMED = """
    SELECT created_by FROM plot WHERE created_by IS NOT NULL
    UNION SELECT changed_by FROM plot_version WHERE changed_by IS NOT NULL
    UNION SELECT submitted_by FROM plot_version WHERE submitted_by IS NOT NULL
    UNION SELECT checked_by FROM acceptance WHERE checked_by IS NOT NULL
    UNION SELECT account_id FROM audit WHERE account_id IS NOT NULL
    UNION SELECT changed_by FROM zone WHERE changed_by IS NOT NULL
    UNION SELECT created_by FROM patrol WHERE created_by IS NOT NULL
    UNION SELECT changed_by FROM patrol WHERE changed_by IS NOT NULL
    UNION SELECT changed_by FROM plan WHERE changed_by IS NOT NULL
    UNION SELECT changed_by FROM target WHERE changed_by IS NOT NULL
    UNION SELECT changed_by FROM reported WHERE changed_by IS NOT NULL
    UNION SELECT submitted_by FROM reported WHERE submitted_by IS NOT NULL
    UNION SELECT reviewed_by FROM reported WHERE reviewed_by IS NOT NULL
    UNION SELECT changed_by FROM layer WHERE changed_by IS NOT NULL
    UNION SELECT changed_by FROM layer_version WHERE changed_by IS NOT NULL
    UNION SELECT account_id FROM layer_import WHERE account_id IS NOT NULL
    UNION SELECT changed_by FROM register WHERE changed_by IS NOT NULL
    UNION SELECT created_by FROM record WHERE created_by IS NOT NULL
    UNION SELECT changed_by FROM record WHERE changed_by IS NOT NULL
    UNION SELECT account_id FROM record_step WHERE account_id IS NOT NULL
    UNION SELECT changed_by FROM record_link WHERE changed_by IS NOT NULL
    UNION SELECT made_by FROM file WHERE made_by IS NOT NULL
    UNION SELECT changed_by FROM unit WHERE changed_by IS NOT NULL
    UNION SELECT changed_by FROM unit_member WHERE changed_by IS NOT NULL
    UNION SELECT changed_by FROM post WHERE changed_by IS NOT NULL
    UNION SELECT changed_by FROM area WHERE changed_by IS NOT NULL
    UNION SELECT account_id FROM import WHERE account_id IS NOT NULL
    UNION SELECT committed_by FROM import WHERE committed_by IS NOT NULL
    UNION SELECT made_by FROM bulletin WHERE made_by IS NOT NULL
"""
_ACCOUNTS = text(f"DELETE FROM account WHERE demo AND id NOT IN ({NAMED})")  # noqa: S608 - constants
# An account that a history names cannot be deleted; it is disabled.
_DISABLED = text("UPDATE account SET disabled_at = now() WHERE demo AND disabled_at IS NULL")

# With their versions and ground.
_LAYERS = text("DELETE FROM layer WHERE demo")
_LAYER_LOG = text("SELECT forget_demo_layers()")

_BULLETINS = text("SELECT forget_demo_bulletins()")
# What somebody reported on an invented target goes with it; a plan with own targets stays.
_FIGURES = text("DELETE FROM reported r USING target t WHERE t.id = r.target AND t.demo")
_TARGETS = text("DELETE FROM target WHERE demo")
_PLANS = text("""
WITH RECURSIVE used AS (
    SELECT plan AS code FROM target UNION SELECT plan FROM record WHERE plan IS NOT NULL
    UNION SELECT code FROM plan WHERE NOT demo
), kept AS (
    SELECT p.code, p.parent FROM plan p JOIN used ON used.code = p.code
    UNION
    SELECT p.code, p.parent FROM plan p JOIN kept ON kept.parent = p.code
)
DELETE FROM plan WHERE demo AND code NOT IN (SELECT code FROM kept)
""")
_TASK_LOG = text("SELECT forget_demo_tasks()")

_COUNTERS = text("""
DELETE FROM plot_counter c WHERE NOT EXISTS (
    SELECT 1 FROM plot_number n WHERE n.district = c.district AND n.year = c.year)
""")


def remove_demo(connection: Connection) -> int:
    """Delete every row that came with the demo; answers how many plots went."""
    for statement in (
        _BULLETINS,
        _FIGURES,
        _TARGETS,
        _RECORDS,
        _RECORD_LOG,
        _PLANS,
        _TASK_LOG,
        _PATROLS,
        _ZONES,
        _LOG,
        _LAYERS,
        _LAYER_LOG,
        _VERSIONS,
    ):
        connection.execute(statement)
    gone = connection.execute(_PLOTS).rowcount
    for statement in (_HISTORY, _COUNTERS, _ACCOUNTS, _DISABLED, _DISTRICTS):
        connection.execute(statement)
    return gone
