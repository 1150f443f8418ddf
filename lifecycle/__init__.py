"""The staircase: one function per thing that can happen, the product's list of verbs.

Each verb checks permission, state and document, writes through the services of the rooms below in one transaction and
leaves consequences as rows. Console, API, webhooks and the sweeper all come through here. No models.
"""
