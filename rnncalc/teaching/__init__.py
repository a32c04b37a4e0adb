"""What a course hands out: variants for a class and whose is whose, sheets to fill in, quizzes and exams."""
