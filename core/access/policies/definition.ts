import { z } from 'zod/v4';

import { Catalogue, standardCatalogue } from '../catalogue/catalogue';
import { longestPolicy } from './nesting';

/** More in one set are refused: they would take Cedar longer to read than anybody waits. */
const mostPolicies = 20_000;

export const PolicyId = z
	.string()
	.min(1, 'must not be empty')
	.max(200)
	.refine(
		(id) => !/[\u0000-\u001f\u007f-\u009f]/.test(id) && id.isWellFormed() && id.trim() === id,
		'must not have control characters, or spaces before or after it',
	)
	.refine((id) => id !== '__proto__', 'is reserved; choose another name');

export const PolicySetName = PolicyId;

const Text = z
	.string()
	.min(1, 'must not be empty')
	.max(longestPolicy * 10);

/** zod's own record takes an object with a key "constructor" for none. */
const Texts = z
	.custom<Record<string, unknown>>(
		(value) => typeof value === 'object' && value !== null && !Array.isArray(value),
		'must be an object',
	)
	.transform((given, context): Record<string, string> => {
		const texts = Object.entries(given);
		if (texts.length > mostPolicies)
			context.addIssue({ code: 'custom', message: `must not be more than ${mostPolicies}` });
		else
			for (const [id, text] of texts)
				for (const { error } of [PolicyId.safeParse(id), Text.safeParse(text)])
					for (const { message } of error?.issues ?? [])
						context.addIssue({ code: 'custom', path: [id], message });
		return given as Record<string, string>;
	});

const Uid = z.object({ type: z.string(), id: z.string() });

/** All that decisions are made by; saved, validated and rolled back as one. */
export const PolicyDefinition = z.object({
	catalogue: Catalogue.default(standardCatalogue),
	/** Cedar text by policy id */
	policies: Texts.default({}),
	templates: Texts.optional(),
	templateLinks: z
		.array(z.object({ templateId: PolicyId, newId: PolicyId, values: z.record(z.string(), Uid) }))
		.max(mostPolicies)
		.optional(),
});
export type PolicyDefinition = z.infer<typeof PolicyDefinition>;

/** Before anything was published: the standard catalogue, and no policy. So everything is denied. */
export const emptyDefinition: PolicyDefinition = { catalogue: standardCatalogue, policies: {} };
