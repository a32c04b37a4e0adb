"""Why a step is wrong: what mistakes lead to, which of them explain the sheet, and how likely one does by chance."""
