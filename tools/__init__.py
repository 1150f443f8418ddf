"""Helpers of the workshop: engines, the demo's supervisor, browsers, translations. The product never imports this."""
