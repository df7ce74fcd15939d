// SPDX-License-Identifier: BSD-2-Clause
/*
 * The trace. docs/reference/vcard.md, "Trace".
 */
#include <inttypes.h>

#include "../silicon/cmd.h"
#include "../silicon/ring.h"
#include "trace.h"

void trace_event(const struct trace *trace, const char *fmt, ...)
{
	va_list ap;

	if (!trace)
		return;
	fprintf(trace->file, "%" PRIu64 " ", vc_now(trace->host));
	va_start(ap, fmt);
	vfprintf(trace->file, fmt, ap);
	va_end(ap);
	fputc('\n', trace->file);
}

static char letter(bool write)
{
	return write ? 'w' : 'r';
}

static void config(void *o, bool write, uint32_t off, uint32_t len, uint8_t first)
{
	if (write)
		trace_event(o, "config w 0x%02x %u byte(s) 0x%02x", off, len, first);
	else
		trace_event(o, "config r 0x%02x %u byte(s)", off, len);
}

static void reg(void *o, bool write, unsigned int bar, uint32_t off, const char *name,
		uint32_t val)
{
	trace_event(o, "mmio %c BAR%u 0x%03x %s 0x%08x", letter(write), bar, off,
		    name ? name : "-", val);
}

static void ram(void *o, bool write, unsigned int bar, uint32_t off, uint32_t len)
{
	trace_event(o, "mmio %c BAR%u 0x%03x RAM %u byte(s)", letter(write), bar, off, len);
}

static void descriptor(void *o, enum vc_ring_id ring, uint32_t at, uint32_t flags,
		       uint32_t addr)
{
	trace_event(o, "desc %c 0x%08x 0x%08x 0x%08x", vc_ring_letter(ring), at, flags, addr);
}

static void jump(void *o, enum vc_ring_id ring, uint32_t at, uint32_t target)
{
	trace_event(o, "desc %c 0x%08x jump 0x%08x", vc_ring_letter(ring), at, target);
}

static void command(void *o, uint64_t number, const struct vc_command *cmd)
{
	trace_event(o, "command %" PRIu64 " opcode %u session %u src %u dst %u%s", number,
		    cmd->opcode, cmd->session, cmd->source, cmd->dest,
		    cmd->refused ? " refused" : "");
}

static void result(void *o, uint64_t number, uint32_t bytes)
{
	trace_event(o, "result %" PRIu64 " %u byte(s)", number, bytes);
}

static void unlocked(void *o, uint16_t level)
{
	trace_event(o, "unlock level 0x%04x", level);
}

static void line(void *o, bool level)
{
	trace_event(o, "irq %d", level);
}

static void reset(void *o)
{
	trace_event(o, "reset");
}

const struct vc_watch trace_watch = {
	.config = config, .reg = reg, .ram = ram, .descriptor = descriptor, .jump = jump,
	.command = command, .result = result, .unlocked = unlocked, .line = line,
	.reset = reset,
};
