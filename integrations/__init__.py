"""Ears: webhooks and polling. Every delivery is kept word for word before anybody tries to understand it.

Enters: signed bytes over HTTP, pages of APIs. Leaves: `Signal`s handed to `lifecycle.intake`.
"""
