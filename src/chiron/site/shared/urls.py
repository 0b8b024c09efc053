"""Addresses of the site's plain pages."""

from django.urls import path

from chiron.site.shared import views

app_name = "shared"
urlpatterns = [
    path("theme/", views.choose_theme, name="theme"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("help/", views.help_page, name="help"),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
]
