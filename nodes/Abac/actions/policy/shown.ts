import type { PolicyDefinition } from '../../../../core/access/policies/definition';
import { readForm } from '../../../../core/access/policies/readForm';

/** Larger sets are shown as text only: reading each into the form takes its time. */
const mostInForm = 500;

/** The policies by name, each as text and, where the form can say the same, in the form. */
export function shownPolicies({ policies }: PolicyDefinition): object[] {
	const all = Object.entries(policies);
	return all.map(([policy, text]) => ({
		policy,
		text,
		...(all.length > mostInForm ? {} : readForm(text)),
	}));
}
