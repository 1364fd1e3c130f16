"""The forms on a live workbook: functions, ribbon and the programs they run in."""
