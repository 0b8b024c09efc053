"""Long lists, a page at a time."""

import pytest
from django.test import RequestFactory

from chiron.site.shared.pagination import page_of


@pytest.mark.parametrize(("asked", "first"), [("", 0), ("?page=2", 50), ("?page=99", 100), ("?page=x", 0)])
def test_page_of_answers_with_the_nearest_page(rf: RequestFactory, asked, first):
    assert page_of(rf.get(f"/{asked}"), range(120))[0] == first
