"""Addresses of a cohort's rules, runs and plans."""

from django.urls import path, re_path

from chiron.site.matching.views import pairs, plans, ruleset, runs, seats

app_name = "matching"
urlpatterns = [
    path("c/<int:cohort_id>/rules/", ruleset.rules, name="rules"),
    path("c/<int:cohort_id>/rules/new/", ruleset.new_rule, name="new_rule"),
    path("c/<int:cohort_id>/rules/edit/", ruleset.edit_rule, name="edit_rule"),
    path("c/<int:cohort_id>/rules/remove/", ruleset.remove, name="remove_rule"),
    path("c/<int:cohort_id>/rules/undo/", ruleset.undo, name="undo_rules"),
    path("c/<int:cohort_id>/rules/history/", ruleset.history, name="rules_history"),
    path("c/<int:cohort_id>/plans/", plans.plans, name="plans"),
    path("c/<int:cohort_id>/plans/start/", runs.start, name="start"),
    path("c/<int:cohort_id>/plans/compare/", plans.compare, name="compare"),
    path("c/<int:cohort_id>/runs/<int:run_id>/", runs.run, name="run"),
    path("c/<int:cohort_id>/runs/<int:run_id>/status/", runs.run_status, name="run_status"),
    path("c/<int:cohort_id>/runs/<int:run_id>/stop/", runs.stop, name="stop"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/", plans.review, name="review"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/again/", runs.again, name="again"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/mentor/<int:mentor_id>/places/", runs.places, name="places"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/picture/", plans.picture, name="picture"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/away/", plans.put_away, name="put_away"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/out/", plans.take_out, name="take_out"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/note/", plans.note, name="note"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/history/", pairs.history, name="history"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/undo/", pairs.undo, name="undo"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/place/<int:person_id>/", seats.seat, name="seat"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/place/<int:person_id>/change/", seats.change, name="change_seat"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/mentee/<int:mentee_id>/", pairs.mentors, name="mentors"),
    path(
        "c/<int:cohort_id>/plans/<int:plan_id>/mentee/<int:mentee_id>/mentor/<int:mentor_id>/",
        pairs.choose,
        name="choose",
    ),
    path(
        "c/<int:cohort_id>/plans/<int:plan_id>/mentee/<int:mentee_id>/mentor/<int:mentor_id>/free/",
        pairs.free,
        name="free",
    ),
    path("c/<int:cohort_id>/plans/<int:plan_id>/pairs/<int:pair_id>/swap/<int:other_id>/", pairs.swap, name="swap"),
    re_path(
        r"^c/(?P<cohort_id>[0-9]+)/plans/(?P<plan_id>[0-9]+)/pairs/(?P<pair_id>[0-9]+)/(?P<kind>lock|apart)/$",
        pairs.hold,
        name="hold",
    ),
]
