/*
 * money_report_service.h — reports of money: fines and till; and the year in figures.
 */
#ifndef CARREL_REPORTS_MONEY_REPORT_SERVICE_H
#define CARREL_REPORTS_MONEY_REPORT_SERVICE_H

#include "reports/reports.h"

extern const struct report fines_report;
extern const struct report till_report_by_day;
extern const struct report annual_report;

#endif
