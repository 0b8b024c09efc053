"""Addresses about a person's own account, and the pages of allauth that this site uses."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path

from chiron.site.people import views
from chiron.site.people.http import limited, needs_mail
from chiron.site.people.rules import Act

app_name = "people"
urlpatterns = [
    path("", views.front_page, name="front_page"),
    path("enter/<str:token>/", views.enter, name="enter"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("me/", views.my_data, name="my_data"),
    path("me/address/", views.address, name="address"),
    path("me/address/keep/", views.keep_my_address, name="keep_my_address"),
    path("me/address/<str:token>/", views.confirm_address, name="confirm_address"),
    path("me/my-data.json", views.my_data_file, name="my_data_file"),
]
# allauth finds its pages by these names. Its pages for several addresses are left out: an account has one address,
# which `people:address` changes.
ask_code = needs_mail(limited(Act.ASK_CODE)(account.request_login_code))
reset_password = needs_mail(limited(Act.RESET_PASSWORD)(account.password_reset))
choose_password = limited(Act.CHOOSE_PASSWORD)
prove_again = limited(Act.PROVE_AGAIN)
prove_by_passkey = prove_again(webauthn.reauthenticate_webauthn)
account_urls = [
    path("login/", limited(Act.TYPE_PASSWORD)(account.login), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("login/code/", ask_code, name="account_request_login_code"),
    path("login/code/confirm/", limited(Act.TYPE_CODE)(account.confirm_login_code), name="account_confirm_login_code"),
    path("reauthenticate/", prove_again(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", choose_password(account.password_change), name="account_change_password"),
    path("password/set/", choose_password(account.password_set), name="account_set_password"),
    path(
        "password/reset/",
        needs_mail(limited(Act.RESET_PASSWORD)(account.password_reset)),
        name="account_reset_password",
    ),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        choose_password(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", limited(Act.SECOND_STEP)(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", prove_again(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("2fa/webauthn/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", views.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", limited(Act.USE_PASSKEY)(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        prove_again(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("2fa/webauthn/keys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
]
