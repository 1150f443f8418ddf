"""The bell of the console: a message has arrived as soon as its row exists."""

from notifications.contract import Channel

CHANNEL = Channel("in_app")
