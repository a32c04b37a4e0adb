"""A class graded: submissions → a line for each student, a page for each, and what went wrong in the class.

collect(path)             submissions, one by one, from a folder, a zip or a table
grade_all(job, …)         their grades, in any order, with a journal that a killed run is taken up from
grade_table, class_page   the results
"""

from rnncalc.grading.class_page import class_page
from rnncalc.grading.job import Grade, Job
from rnncalc.grading.running import grade_all
from rnncalc.grading.submission import Submission
from rnncalc.grading.submissions import collect
from rnncalc.grading.table import grade_table

__all__ = ["Grade", "Job", "Submission", "class_page", "collect", "grade_all", "grade_table"]
