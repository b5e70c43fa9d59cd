"""Public ids as they are written: ``str:value:hb_new:V_F_HB_NEW:TENURE_PUB:C_HOUSING_SECTOR:1`` and its kin.

They are those of Stat-Xplore; programs and saved queries know fields, values and measures by them.
"""

from __future__ import annotations

from statlas.model.classification import Node


def database(database_id: str) -> str:
    """``str:database:hb_new``."""
    return f"str:database:{database_id}"


def count(database_id: str, table: str) -> str:
    """``str:count:hb_new:V_F_HB_NEW``."""
    return f"str:count:{database_id}:{table}"


def measure(database_id: str, table: str, measure_id: str) -> str:
    """``str:measure:hb_new:V_F_HB_NEW:LAHBAMT``."""
    return f"str:measure:{database_id}:{table}:{measure_id}"


def statfn(database_id: str, table: str, measure_id: str, statistic: str) -> str:
    """``str:statfn:hb_new:V_F_HB_NEW:LAHBAMT:MEAN``."""
    return f"str:statfn:{database_id}:{table}:{measure_id}:{statistic}"


def field(database_id: str, table: str, field_id: str) -> str:
    """``str:field:hb_new:V_F_HB_NEW:TENURE_PUB``."""
    return f"str:field:{database_id}:{table}:{field_id}"


def valueset(database_id: str, table: str, field_id: str, valueset_id: str) -> str:
    """``str:valueset:hb_new:V_F_HB_NEW:TENURE_PUB:C_HOUSING_SECTOR``."""
    return f"str:valueset:{database_id}:{table}:{field_id}:{valueset_id}"


def value(database_id: str, table: str, field_id: str, node: Node) -> str:
    """``str:value:hb_new:V_F_HB_NEW:TENURE_PUB:C_HOUSING_SECTOR:1``."""
    return f"str:value:{database_id}:{table}:{field_id}:{node.valueset}:{node.code}"
