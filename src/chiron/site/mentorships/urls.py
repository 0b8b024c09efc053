"""Addresses of publishing, and of a match for the two people in it."""

from django.urls import path

from chiron.site.mentorships import views

app_name = "mentorships"
urlpatterns = [
    path("c/<int:cohort_id>/plans/<int:plan_id>/publish/", views.publish, name="publish"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/publish/check/", views.check, name="check"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/publish/undo/", views.unpublish, name="unpublish"),
    path("c/<int:cohort_id>/plans/<int:plan_id>/publish/rest/", views.offer, name="offer"),
    path("matches/", views.matches, name="matches"),
    path("matches/<int:match_id>/", views.match, name="match"),
    path("matches/<int:match_id>/accept/", views.accept, name="accept"),
    path("matches/<int:match_id>/decline/", views.decline, name="decline"),
]
