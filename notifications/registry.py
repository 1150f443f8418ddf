"""The channels there are. A new one is a file in `channels/` and a line here (docs/recipes/new-channel.md)."""

from notifications.channels import email, in_app, sms, web_push, webhook
from notifications.contract import Channel

CHANNELS: dict[str, Channel] = {
    channel.key: channel for channel in (in_app.CHANNEL, web_push.CHANNEL, email.CHANNEL, sms.CHANNEL, webhook.CHANNEL)
}
EVERY_CHANNEL = tuple(CHANNELS)
