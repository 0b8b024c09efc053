"""Tables of organisations and of the sites where their people work."""

from django.db.models import (
    PROTECT,
    CharField,
    CheckConstraint,
    FloatField,
    ForeignKey,
    Model,
    Q,
    SlugField,
    UniqueConstraint,
)

from chiron.site.organizations.rules import LATITUDES, LONGITUDES
from chiron.site.shared.keeping.rules import Kept, keep


class Organization(Model):
    """A hospital, trust, college or society that runs programmes."""

    kept = Kept(
        owner="organization",
        purpose="to say who runs programmes",
        keep="as long as the site",
        erase=(keep("it holds nothing about people"),),
    )

    name = CharField(max_length=200)
    slug = SlugField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


class Site(Model):
    """One place of an organisation, with its position where it is known (degrees, WGS 84)."""

    kept = Kept(
        owner="organization",
        purpose="to say where people work",
        keep="as long as the site",
        erase=(keep("it holds nothing about people"),),
    )

    organization = ForeignKey(Organization, on_delete=PROTECT, related_name="sites")
    name = CharField(max_length=200)
    region = CharField(max_length=120, blank=True)
    latitude = FloatField(null=True, blank=True)
    longitude = FloatField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "name"], name="site_name_once_in_organization"),
            CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=LATITUDES,
                    longitude__range=LONGITUDES,
                ),
                name="site_position_whole_and_on_the_map",
            ),
        ]

    def __str__(self) -> str:
        return self.name
