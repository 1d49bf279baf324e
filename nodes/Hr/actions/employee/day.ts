import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

/** A day as a person or an expression gives it: a date alone, or the day of a date-time as it is written. */
export const OptionalDay = z
	.string()
	.transform((text) => text.trim().slice(0, 10))
	.refine((text) => text === '' || z.iso.date().safeParse(text).success, {
		message: 'must be a day written as YYYY-MM-DD, or empty',
	})
	.transform((text) => (text === '' ? undefined : text))
	.optional();

export function dayProperty(name: string, displayName: string, description: string): INodeProperties {
	return { displayName, name, type: 'dateTime', default: '', description };
}
