"""The place of `mentorships` in the list of installed apps."""

from django.apps import AppConfig


class MentorshipsConfig(AppConfig):
    """The Django app of this capability."""

    name = "chiron.site.mentorships"
    label = "mentorships"
