"""Moments in Korean: sentences 2026년 11월 22일(일) 오후 3:05, lists 2026-11-22 15:05 (LABELS)."""

DATE_FORMAT = "Y년 n월 j일(D)"
DATETIME_FORMAT = "Y년 n월 j일(D) A g:i"
TIME_FORMAT = "A g:i"
SHORT_DATE_FORMAT = "Y-m-d"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
FIRST_DAY_OF_WEEK = 0
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
