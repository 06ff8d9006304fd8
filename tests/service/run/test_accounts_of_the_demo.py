"""An account of the demo that anything names is kept, whatever names it."""

from service.run.db import remove_demo
from tests.service.conftest import Database

# References that would stop the deletion of an account; others go with it or let go of it.
BINDING = """
SELECT array_agg(a.attname || ' FROM ' || c.conrelid::regclass ORDER BY 1)
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
WHERE c.contype = 'f' AND c.confrelid = 'account'::regclass AND c.confdeltype IN ('a', 'r')
"""


def test_every_reference_that_binds_is_looked_at(database: Database) -> None:
    binding = database.scalar(BINDING)
    assert len(binding) > 20
    assert [one for one in binding if one not in remove_demo.NAMED] == []
