"""What is said: a solution, a report, a network → a page, and the plain dicts of `--json`.

`explain` decides what is said of a solution, `derivation` works one step out as on a blackboard; a page that says
something else has a module of its own. None knows how a page is drawn, that is the business of `formats`.
"""
