"""Addresses of publishing, and of offers and matches for the people in them."""

from django.urls import path

from chiron.site.mentorships.views import offers, publishing, running

app_name = "mentorships"
urlpatterns = [
    path("c/<int:cohort_id>/plans/<int:plan_id>/publish/", publishing.publish, name="publish"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/publish/check/", publishing.check, name="check"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/publish/undo/", publishing.unpublish, name="unpublish"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/publish/rest/", publishing.rest, name="rest"),
    path("c/<int:cohort_id>/running/", running.running, name="running"),
    path("c/<int:cohort_id>/export/pairs.<str:ending>", running.pairs_file, name="pairs_file"),
    path("c/<int:cohort_id>/export/offers.<str:ending>", running.offers_file, name="offers_file"),
    path("matches/", offers.matches, name="matches"),
    path("matches/<int:match_id>/", offers.match, name="match"),
    path("offers/<int:offer_id>/", offers.offer, name="offer"),
    path("offers/<int:offer_id>/accept/", offers.accept, name="accept"),
    path("offers/<int:offer_id>/decline/", offers.decline, name="decline"),
]
