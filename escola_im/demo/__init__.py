"""A company to look at: invented people and schools, three months of their history, and alarms that keep coming.

Pure: `plan`, `stories`, `alarms` and `today` write a script of acts from a seed, `wire` what the two tools would send.
`stage` plays the script through the real verbs, `simulator` posts to the running product. Never in production.
"""
