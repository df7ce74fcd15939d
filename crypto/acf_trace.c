// SPDX-License-Identifier: GPL-2.0
/* The one place where the tracepoints of acf_trace.h are defined. */
#define CREATE_TRACE_POINTS
#include "acf_trace.h"
