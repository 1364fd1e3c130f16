"""perfxl: official 绩效自评 forms that compute themselves, and a checker for the returned ones."""

__version__ = "0.1.0"
