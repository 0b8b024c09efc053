"""The site's settings with one more app, whose job waits to be crashed."""

from chiron.site.settings import *  # noqa: F403
from chiron.site.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "crash.crash_jobs"]
