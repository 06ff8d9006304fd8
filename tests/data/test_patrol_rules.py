"""What patrols are due, level by level and place by place."""

import pytest
import shapely

from data.codes import Code, code_list
from data.patrol_rules import patrol_rules, rule_for, rule_of
from gis.tracks import judge, track

BARE = {"ruleset": "x", "level": "town", "visits": "1", "per": "month"}


def line(**more: str) -> Code:
    return Code("X", "甲", "a", "x", "own", {**BARE, **more})


def test_every_level_of_zones_has_a_rule_that_holds_everywhere() -> None:
    assert all(rule_for(level.code, None) for level in code_list("zone_level"))


@pytest.mark.parametrize(
    ("level", "district", "visits", "per"),
    [
        pytest.param("county", "360702", 1, "quarter", id="章贡 区级"),
        pytest.param("town", "360702", 1, "month", id="章贡 镇级"),
        pytest.param("city", "360700", 1, "half_year", id="江西 市级"),
        pytest.param("city", "622900", 1, "year", id="临夏 州级"),
        pytest.param("village", "622921", 1, "week", id="临夏 村级"),
        pytest.param("grid", "430922", 4, "month", id="桃江 护林员"),
    ],
)
def test_frequencies_are_those_that_the_places_published(
    level: str, district: str, visits: int, per: str
) -> None:
    rule = rule_for(level, district)
    assert rule
    assert (rule.visits, rule.per) == (visits, per)


def test_a_visit_in_taojiang_counts_in_the_first_ten_days_only() -> None:
    rule = rule_for("town", "430922")
    assert rule
    assert (rule.day_from, rule.day_to) == (1, 10)


def test_a_ranger_owes_twenty_days_in_the_fire_season_and_ten_otherwise() -> None:
    rule = rule_for("grid", "220102")
    assert rule
    assert [rule.days[month] for month in (5, 6, 9, 10, 1)] == [20, 10, 10, 20, 20]
    assert rule.patrol_rule.days == rule.days
    assert (rule.patrol_rule.least_m, rule.patrol_rule.least_s) == (3000, 3600)


def test_where_a_county_says_nothing_its_province_speaks_and_then_the_default() -> None:
    here = [rule_for(level, "360702") for level in ("county", "city", "grid")]
    assert [rule and rule.code for rule in here] == ["ZG-county", "JX-city", "D-grid"]


def test_a_set_that_is_named_speaks_alone() -> None:
    rule = rule_for("town", "360702", ruleset="one_two_three")
    assert rule
    assert rule.visits == 2
    assert rule_for("grid", "360702", ruleset="one_two_three") is None


def test_where_only_visits_are_due_any_way_inside_counts_and_none_outside_does() -> None:
    rule = rule_for("town", "220102")
    assert rule
    zone = shapely.box(126.0, 43.0, 127.0, 44.0)
    short = track([[126.5, 43.5], [126.5, 43.501]], [0.0, 100.0])
    away = track([[128.5, 43.5], [128.5, 43.501]], [0.0, 100.0])
    assert judge(short, zone, rule=rule.patrol_rule).effective
    assert not judge(away, zone, rule=rule.patrol_rule).effective


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param({"level": ""}, "层级", id="no level"),
        pytest.param({"per": ""}, "二者取一", id="visits without a period"),
        pytest.param({"days_season": "20", "days_off": "10"}, "二者取一", id="visits and days"),
        pytest.param({"per": "fortnight"}, "fortnight", id="no such period"),
        pytest.param({"least_m": "far"}, "least_m", id="no number"),
        pytest.param({"visits": "-1"}, "visits", id="below 0"),
    ],
)
def test_a_rule_with_a_fault_is_refused_and_named(more: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        rule_of(line(**more))


def test_the_list_holds_each_level_of_a_set_and_region_once() -> None:
    keys = [(rule.ruleset, rule.region, rule.level) for rule in patrol_rules()]
    assert len(set(keys)) == len(keys)
