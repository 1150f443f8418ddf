"""Every address of the product. Doors list their own paths; this file only says where each door stands."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from escola_im.health import healthz, readyz
from escola_im.metrics import metrics

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # one login, with throttle and TOTP

handler500 = "escola_im.outage.server_error"

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("hooks/", include("integrations.urls")),
    path("ping/", include("integrations.ping_urls")),
    path("api/v1/", include("api.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("status/", include("console.public_urls")),
    path("", include("console.urls")),
]
