import { z } from 'zod/v4';

interface DescribedField {
	name: string;
	type: string;
	required: boolean;
	options?: Array<{ name: string; value: string }>;
	write?: { required: boolean };
}

/**
 * Name, type, values and whether it is always there, from the schema that the service itself answers by; for those in
 * `written`, whether a new record needs it.
 */
export function fieldsOf(schema: z.ZodObject, written?: z.ZodObject): DescribedField[] {
	return Object.entries(schema.shape).map(([name, one]) => {
		const field = bare(one as z.ZodType);
		const write = written?.shape[name] as z.ZodType | undefined;
		return {
			name,
			type: field.def.type,
			required: needed(one as z.ZodType),
			...(field instanceof z.ZodEnum
				? { options: field.options.map((value) => ({ name: String(value), value: String(value) })) }
				: {}),
			...(write === undefined ? {} : { write: { required: needed(write) } }),
		};
	});
}

function needed(field: z.ZodType): boolean {
	return !field.safeParse(undefined).success;
}

function bare(field: z.ZodType): z.ZodType {
	if (field instanceof z.ZodOptional || field instanceof z.ZodDefault)
		return bare(field.unwrap() as z.ZodType);
	return field;
}
