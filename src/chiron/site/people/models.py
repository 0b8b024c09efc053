"""People, the links and mails that sign them in, and how often that was tried."""

import hashlib
from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint, Value
from django.db.models.functions import Cast, Concat, Lower

from chiron.site.people.rules import clean_email, mail_is_theirs
from chiron.site.shared.keeping.rules import Kept, Until, blank, declare, delete, delete_if, keep


class PersonManager(BaseUserManager["Person"]):
    """Finds people by their e-mail address, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Return the person with this address.

        Raises:
            Person.DoesNotExist: nobody has it.
        """
        return self.get(email=clean_email(username or ""))


class Person(AbstractBaseUser):
    """Anybody: mentor, mentee, coordinator and leader are places in a cohort, not kinds of person.

    Owner: the person. Purpose: to sign in and to be written to. Kept while the person takes part; erased on request.
    """

    kept = Kept(
        owner="person",
        purpose="to sign in and to be written to",
        keep="while the person takes part",
        erase=(
            blank(
                "pk",
                email=Concat(Value("erased-"), Cast("pk", models.CharField()), Value("@example.invalid")),
                name="",
                language="en-gb",
                time_zone="Europe/London",
                password="!",  # noqa: S106 -- nobody signs in with it  # nosec B106
                last_login=None,
                is_staff=False,
                is_active=False,
            ),
        ),
        shows={"pk": ("email", "name", "language", "time_zone", "joined_at", "last_login")},
    )

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=20, default="en-gb")
    time_zone = models.CharField(max_length=64, default="Europe/London")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(email=Lower("email")), name="person_email_is_lower_case"),
            CheckConstraint(condition=~Q(email=""), name="person_email_is_not_empty"),
        ]

    def __str__(self) -> str:
        """Return the name, or the address where no name is known."""
        return self.name or self.email

    def get_short_name(self) -> str:
        """Return what to write after "Dear"."""
        return str(self)

    def get_session_auth_hash(self) -> str:
        """Return what a session must know to stay signed in: another password or another address ends it."""
        return self._session_hash(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield the same for each earlier secret key of the site, so that a new key signs nobody out."""
        for known in super().get_session_auth_fallback_hash():
            yield self._session_hash(known)

    def _session_hash(self, of_password: str) -> str:
        """Return the hash of a session from the one of its password, which nobody without our key can make."""
        return hashlib.sha256(f"{of_password} {self.email}".encode()).hexdigest()


class SignInLink(models.Model):
    """A link that signs one person in once. Only a hash of its secret is kept.

    Owner: the person. Purpose: to sign in without a password. Kept for 30 days after use, as a trace.
    """

    kept = Kept(
        owner="person",
        purpose="to sign in without a password",
        keep=Until(30, "expires_at"),
        erase=(delete("person"),),
        shows={"person": ("made_at", "expires_at", "used_at")},
    )

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_in_links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Return the number of the link, and nothing that could be used."""
        return f"link {self.pk}"


class SignInMail(models.Model):
    """A mail that a person has just asked for in order to sign in. Its text is erased once it has left.

    Owner: the person. Purpose: to carry a code. Kept empty for 30 days, as a trace.
    """

    kept = Kept(
        owner="person",
        purpose="to carry a code",
        keep=Until(30, "written_at"),
        erase=(delete_if(mail_is_theirs),),
    )

    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Return the number of the mail."""
        return f"sign-in mail {self.pk}"


class AddressChange(models.Model):
    """Another address that a person wants to be written to, until they have shown that they read what arrives there.

    The address that counts stays the old one until then. Only a hash of the link's secret is kept.

    Owner: the person. Purpose: to change an address without losing it. Kept for 30 days after it is closed, as a trace.
    """

    kept = Kept(
        owner="person",
        purpose="to change an address without losing it",
        keep=Until(30, "expires_at"),
        erase=(delete("person"),),
        shows={"person": ("email", "asked_at", "closed_at")},
    )

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="address_changes")
    email = models.EmailField(max_length=254)
    token_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person"], condition=Q(closed_at=None), name="one_open_address_change_a_person"),
            CheckConstraint(condition=Q(email=Lower("email")) & ~Q(email=""), name="address_change_email_is_clean"),
        ]

    def __str__(self) -> str:
        """Return the number of the change, and nothing personal."""
        return f"address change {self.pk}"


class TryCount(models.Model):
    """When somebody tried something that may be tried only so often; who it was cannot be read from it.

    Owner: the site. Purpose: to slow robots down, over all processes. Kept until no limit asks for it, a day at most.
    """

    kept = Kept(
        owner="site",
        purpose="to slow robots down, over all processes",
        keep=Until(0, "forget_at"),
        erase=(keep("who it was cannot be read from it, and it goes within a day"),),
        archive=False,
    )

    key = models.CharField(max_length=64, primary_key=True)
    tried_at = models.JSONField(default=list)
    forget_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Return the first signs of the key."""
        return f"tries {self.key[:8]}"


# Tables of the libraries that sign people in.
declare(
    "sessions.session",
    Kept(
        owner="person",
        purpose="to stay signed in",
        keep=Until(0, "expire_date"),
        erase=(keep("a session is of an account that may no longer sign in, holds no name, and ends within 12 hours"),),
        archive=False,
    ),
)
declare(
    "account.emailaddress",
    Kept(
        owner="person",
        purpose="to sign in by a code, and to change an address",
        keep="while the person takes part",
        erase=(delete("user"),),
        shows={"user": ("email", "verified", "primary")},
    ),
)
declare(
    "account.emailconfirmation",
    Kept(
        owner="person",
        purpose="to show that an address is one's own",
        keep="while the person takes part",
        erase=(delete("email_address__user"),),
    ),
)
declare(
    "mfa.authenticator",
    Kept(
        owner="person",
        purpose="to sign in with a key of one's own",
        keep="while the person takes part",
        erase=(delete("user"),),
        shows={"user": ("type", "created_at", "last_used_at")},
    ),
)
for label in ("auth.permission", "auth.group", "auth.group_permissions", "contenttypes.contenttype"):
    declare(
        label,
        Kept(
            owner="site",
            purpose="Django expects the table",
            keep="as long as the site",
            erase=(keep("it holds nothing about people"),),
        ),
    )
