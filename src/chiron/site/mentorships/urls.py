"""Addresses of publishing, and of offers and matches for the people in them."""

from django.urls import path

from chiron.site.mentorships.views import looking_after, offers, publishing, running, writing

app_name = "mentorships"
urlpatterns = [
    path("c/<int:cohort_id>/plans/<int:plan_id>/publish/", publishing.publish, name="publish"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/publish/check/", publishing.check, name="check"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/publish/progress/", publishing.progress, name="progress"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/publish/stop/", publishing.stop, name="stop_publishing"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/publish/undo/", publishing.unpublish, name="unpublish"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/publish/rest/", publishing.rest, name="rest"),
    path("c/<int:cohort_id>/write/", writing.write, name="write"),
    path("c/<int:cohort_id>/running/", running.running, name="running"),
    path("c/<int:cohort_id>/export/pairs.<str:ending>", running.pairs_file, name="pairs_file"),
    path("c/<int:cohort_id>/export/offers.<str:ending>", running.offers_file, name="offers_file"),
    path("matches/", offers.matches, name="matches"),
    path("matches/<int:match_id>/", offers.match, name="match"),
    path("matches/<int:match_id>/leave/", offers.leave, name="leave"),
    path("offers/<int:offer_id>/", offers.offer, name="offer"),
    path("offers/<int:offer_id>/accept/", offers.accept, name="accept"),
    path("offers/<int:offer_id>/decline/", offers.decline, name="decline"),
    path("offers/<int:offer_id>/undo/", offers.undo, name="undo"),
    path("c/<int:cohort_id>/answers/", looking_after.answers, name="answers"),
    path("c/<int:cohort_id>/offers/<int:offer_id>/remind/", looking_after.remind, name="remind"),
    path("c/<int:cohort_id>/offers/<int:offer_id>/take-back/", looking_after.take_back, name="take_back"),
    path("c/<int:cohort_id>/offers/<int:offer_id>/next/", looking_after.offer_next, name="offer_next"),
    path("c/<int:cohort_id>/offers/<int:offer_id>/lift/", looking_after.lift, name="lift"),
    path("c/<int:cohort_id>/matches/<int:match_id>/end/", looking_after.end, name="end"),
    path("c/<int:cohort_id>/people/<int:application_id>/withdraw/", looking_after.withdraw, name="withdraw"),
    path("c/<int:cohort_id>/people/<int:application_id>/back-in/", looking_after.back_in, name="back_in"),
]
