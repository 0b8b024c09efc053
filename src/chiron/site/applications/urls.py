"""Addresses of a cohort's people and of the import wizard."""

from django.urls import path

from chiron.site.applications.views import application, export, imports, values

app_name = "applications"
urlpatterns = [
    path("c/<int:cohort_id>/people/", application.people, name="people"),
    path("c/<int:cohort_id>/people/accept/", application.accept_shown, name="accept_shown"),
    path("c/<int:cohort_id>/people/undo/", application.undo_shown, name="undo_shown"),
    path("c/<int:cohort_id>/people/<int:application_id>/", application.person, name="person"),
    path("c/<int:cohort_id>/people/<int:application_id>/accept/", application.accept, name="accept"),
    path("c/<int:cohort_id>/people/<int:application_id>/decline/", application.decline, name="decline"),
    path("c/<int:cohort_id>/people/<int:application_id>/undo/", application.undo_decision, name="undo_decision"),
    path("c/<int:cohort_id>/export/", export.export, name="export"),
    path("c/<int:cohort_id>/export/people.xlsx", export.people_book, name="people_book"),
    path("c/<int:cohort_id>/export/people-<str:role>.csv", export.people_text, name="people_text"),
    path("c/<int:cohort_id>/import/", imports.imports, name="imports"),
    path("c/<int:cohort_id>/import/<int:import_id>/", imports.one_import, name="import"),
    path("c/<int:cohort_id>/import/<int:import_id>/columns/", imports.columns, name="columns"),
    path("c/<int:cohort_id>/import/<int:import_id>/sheet/", values.sheet, name="sheet"),
    path("c/<int:cohort_id>/import/<int:import_id>/values/", values.values, name="values"),
    path("c/<int:cohort_id>/import/<int:import_id>/spelling/", values.spelling, name="spelling"),
    path("c/<int:cohort_id>/import/<int:import_id>/name/", values.name, name="name"),
    path("c/<int:cohort_id>/import/<int:import_id>/check/", imports.check, name="check"),
    path("c/<int:cohort_id>/import/<int:import_id>/nobody/", imports.nobody, name="nobody"),
    path("c/<int:cohort_id>/import/<int:import_id>/errors.csv", imports.errors, name="errors"),
    path("c/<int:cohort_id>/import/<int:import_id>/undo/", imports.undo, name="undo"),
]
