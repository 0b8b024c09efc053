"""What templates may ask about the people of the site as a whole."""

from django import template

from chiron.site.people.queries import site_has_people

register = template.Library()


@register.simple_tag
def site_is_empty() -> bool:
    """Return whether nobody has an account yet."""
    return not site_has_people()
