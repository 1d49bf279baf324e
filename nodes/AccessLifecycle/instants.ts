import { z } from 'zod/v4';

/** An instant as n8n's date field or an expression gives it, as UTC; what has no offset is taken as UTC. Empty: none. */
export const optionalInstant = z
	.union([z.string(), z.null()])
	.transform((text) => text?.trim() ?? '')
	.transform((text) =>
		text === '' || /[Zz]$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}${text.includes('T') ? 'Z' : ''}`,
	)
	.refine((text) => text === '' || !Number.isNaN(Date.parse(text)), {
		message: 'must be a date and time, or empty',
	})
	.transform((text) => (text === '' ? undefined : new Date(text).toISOString()))
	.optional();
