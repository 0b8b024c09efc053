"""What went, and when: counts by table, and no name."""

from django.db import models

from chiron.site.shared.keeping.rules import Kept, keep


class Receipt(models.Model):
    """What one erasing, or one daily walk, took out of which tables."""

    kept = Kept(
        owner="site",
        purpose="to show that what should go has gone",
        keep="as long as the site",
        erase=(keep("it names nobody"),),
    )

    at = models.DateTimeField()
    reason = models.CharField(max_length=20)
    tables = models.JSONField(default=dict)

    def __str__(self) -> str:
        """Return the reason and the number of the receipt."""
        return f"{self.reason} {self.pk}"
