import { problems } from '../../model/problems';
import { ValidationError } from '../../ports/errors';
import { Catalogue } from '../catalogue/catalogue';
import { CedarFailedError } from '../decisions/cedar';
import { describeProblem } from './cedarText';
import { compileForm } from './compileForm';
import { PolicyDefinition, PolicyId } from './definition';
import { examine, type Examination } from './examine';
import { PolicyForm } from './form';

/** What somebody wants to be different in a set of policies. */
export type PolicyChange =
	| { kind: 'form'; policy: string; form: unknown }
	| { kind: 'text'; policy: string; text: string }
	| { kind: 'remove'; policy: string }
	| { kind: 'catalogue'; catalogue: unknown }
	| { kind: 'definition'; definition: unknown };

export interface Changed extends Examination {
	definition: PolicyDefinition;
}

/** The definition with the change, examined. Throws ValidationError for what is not even of the right form. */
export async function changed(before: PolicyDefinition, change: PolicyChange): Promise<Changed> {
	const definition = PolicyDefinition.safeParse(changedDefinition(before, change));
	if (!definition.success) throw refusal(`The policies can't be used: ${problems(definition.error)}`);
	return { definition: definition.data, ...(await examine(definition.data)) };
}

/** Throws ValidationError when there is a problem: what does not validate never goes live. */
export function refuseProblems({ problems: found }: Examination): void {
	if (found.length === 0) return;
	const shown = found.slice(0, 10).map(describeProblem).join('; ');
	const hidden = found.length > 10 ? `; and ${found.length - 10} more` : '';
	throw refusal(
		`The policies are not valid, and nothing was published; the former ones go on: ${shown}${hidden}.`,
	);
}

function changedDefinition(before: PolicyDefinition, change: PolicyChange): unknown {
	switch (change.kind) {
		case 'form':
			return withPolicy(before, change.policy, compiled(change.policy, formOf(change.policy, change.form)));
		case 'text':
			return withPolicy(before, change.policy, change.text);
		case 'remove': {
			if (!Object.hasOwn(before.policies, change.policy))
				throw refusal(`There is no policy "${change.policy}"; ${listed(before)}.`, change.policy);
			const { [change.policy]: _removed, ...policies } = before.policies;
			return { ...before, policies };
		}
		case 'catalogue': {
			const catalogue = Catalogue.safeParse(change.catalogue);
			if (!catalogue.success)
				throw refusal(`The sensitive operations can't be used: ${problems(catalogue.error)}`);
			return { ...before, catalogue: catalogue.data };
		}
		case 'definition':
			return typeof change.definition === 'object' &&
				change.definition !== null &&
				!Array.isArray(change.definition)
				? { catalogue: before.catalogue, ...change.definition }
				: change.definition;
	}
}

function withPolicy(before: PolicyDefinition, policy: string, text: string): PolicyDefinition {
	const id = PolicyId.safeParse(policy);
	if (!id.success) throw refusal(`The policy's name can't be used: ${problems(id.error)}`, policy);
	return { ...before, policies: { ...before.policies, [id.data]: text } };
}

function formOf(policy: string, given: unknown): PolicyForm {
	const form = PolicyForm.safeParse(given);
	if (form.success) return form.data;
	throw refusal(`The policy "${policy}" can't be used: ${problems(form.error)}`, policy);
}

function compiled(policy: string, form: PolicyForm): string {
	try {
		return compileForm(form);
	} catch (error) {
		if (!(error instanceof CedarFailedError)) throw error;
		throw refusal(`The policy "${policy}" can't be used: ${error.message}`, policy);
	}
}

function listed({ policies }: PolicyDefinition): string {
	const names = Object.keys(policies);
	if (names.length === 0) return 'none is published';
	const shown = names
		.slice(0, 20)
		.map((name) => `"${name}"`)
		.join(', ');
	return `there are ${shown}${names.length > 20 ? ` and ${names.length - 20} more` : ''}`;
}

function refusal(message: string, key?: string): ValidationError {
	return new ValidationError(message, { system: 'policies', ...(key === undefined ? {} : { key }) });
}
