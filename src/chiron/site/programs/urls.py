"""Addresses of programmes, and of a cohort's settings, outbox and history."""

from django.urls import path

from chiron.site.programs import views

app_name = "programs"
urlpatterns = [
    path("programmes/", views.finder, name="finder"),
    path("programmes/<slug:slug>/", views.program, name="program"),
    path("c/<int:cohort_id>/settings/", views.settings, name="settings"),
    path("c/<int:cohort_id>/history/", views.history, name="history"),
    path("c/<int:cohort_id>/outbox/", views.outbox, name="outbox"),
    path("c/<int:cohort_id>/export/messages.<str:ending>", views.messages_file, name="messages_file"),
    path("c/<int:cohort_id>/outbox/act/", views.act, name="act_on_messages"),
    path("c/<int:cohort_id>/outbox/<int:notice_id>/", views.notice, name="notice"),
    path("c/<int:cohort_id>/outbox/<int:notice_id>/hold/", views.hold, name="hold"),
    path("c/<int:cohort_id>/outbox/<int:notice_id>/release/", views.release, name="release"),
]
