"""Addresses of the first page and of the demo's switches."""

from django.urls import path

from chiron.site.home import views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("c/<int:cohort_id>/", views.choose_cohort, name="choose_cohort"),
    path("demo/look-as/", views.look_as, name="look_as"),
    path("demo/stage/", views.choose_stage, name="choose_stage"),
]
