"""The door for people: HTML pages and HTMX fragments. Composes what the rooms below know; decides nothing."""
