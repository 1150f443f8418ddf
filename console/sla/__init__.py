"""The SLA room: will we keep our promises?

Enters: filters as the address of a page. Leaves: figures with their formula, charts with their table, and for each the
incidents behind it. Everything is read from the floor `figures`; nothing is counted here.
"""
