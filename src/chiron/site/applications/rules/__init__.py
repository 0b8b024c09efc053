"""What applications and imports may be and become, and how a sheet changes the people of a cohort."""

from chiron.site.applications.rules.application import DECIDED, NEXT_STAGES, Role, Stage
from chiron.site.applications.rules.imports import NEXT_IMPORT_STATES, UNDO_DAYS, Duplicates, ImportState
from chiron.site.applications.rules.intake import MOST_PLACES

__all__ = [
    "DECIDED",
    "MOST_PLACES",
    "NEXT_IMPORT_STATES",
    "NEXT_STAGES",
    "UNDO_DAYS",
    "Duplicates",
    "ImportState",
    "Role",
    "Stage",
]
