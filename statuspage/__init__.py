"""What the public is told: pages with components, notices and their updates, and who hears of them by mail.

Enters: texts that somebody released, a language, now. Leaves: the facts of a page; a component's state is derived.
"""
