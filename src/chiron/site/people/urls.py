"""Addresses about a person's own account."""

from django.urls import path

from chiron.site.people import views

app_name = "people"
urlpatterns = [
    path("", views.front_page, name="front_page"),
    path("enter/<str:token>/", views.enter, name="enter"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("me/", views.my_data, name="my_data"),
    path("me/my-data.json", views.my_data_file, name="my_data_file"),
]
