"""The place of `jobs` in the list of installed apps, and the moment when the names of all jobs are learnt."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """The Django app of the jobs."""

    name = "chiron.site.shared.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Import every capability's `tasks`, so that the name of each job is known before one is added."""
        autodiscover_modules("tasks")
