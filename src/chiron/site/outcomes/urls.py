"""Addresses of a cohort's report."""

from django.urls import path

from chiron.site.outcomes import views

app_name = "outcomes"
urlpatterns = [
    path("c/<int:cohort_id>/report/", views.report, name="report"),
    path("c/<int:cohort_id>/report.csv", views.report_csv, name="report_csv"),
]
