"""The bell of the console: a message has arrived as soon as its row exists."""

from django.utils.translation import gettext_lazy as _

from notifications.contract import Channel

CHANNEL = Channel("in_app", _("In der App"), "bell", confirms=True)
