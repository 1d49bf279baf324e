import type { Picture } from '../../core/approvals/picture';
import { organisationHealth, type OrganisationHealth } from '../../core/approvals/organisationHealth';
import { takesOrganisation, type OrganisationTarget } from '../../core/ports/approvalSystem';
import { UnavailableError } from '../../core/ports/errors';
import type { OperationContext } from '../shared/operationContext';
import { gather, type Gathered } from './evidence';

export interface Organisation extends Gathered {
	target: OrganisationTarget;
	hr: NonNullable<Picture['hr']>;
}

/** Both sides of the organisation. HR that cannot be read is an error at once, before anybody waits for what it would have said. */
export async function bothSides(
	context: OperationContext,
	given: { system: string; hrSource: 'same' | 'scim' | 'ldap' | 'none' },
): Promise<Organisation> {
	const gathered = await gather(context, {
		...given,
		mailServer: 'none',
		language: 'en',
		binaryPropertyName: 'report',
		options: { mailGraceMinutes: 5, mailTimeoutSeconds: 10, mailSecure: false },
	});
	const { approvals, picture, unreadable } = gathered;
	if (given.hrSource === 'none')
		throw context.invalid('Choose where HR is read; without it there is nothing to compare.');
	if (!takesOrganisation(approvals)) throw context.invalid(`${approvals.system} takes no people from HR.`);
	if (picture.hr === undefined) {
		const [first] = unreadable;
		throw new UnavailableError(
			`HR could not be read: ${first?.reason ?? 'no answer'} Nothing was written to ${approvals.system}.`,
			{
				system: first?.source ?? 'hr',
				hint: 'Repair the interface; until then new approvers do not arrive, and orders will wait for them.',
			},
		);
	}
	return { ...gathered, target: approvals, hr: picture.hr };
}

/** As it is after a change: read anew from the system. */
export async function healthOf(
	context: OperationContext,
	given: { system: string; hrSource: 'same' | 'scim' | 'ldap' | 'none' },
	staleAfterHours: number,
): Promise<OrganisationHealth & { healthy: boolean }> {
	const { picture } = await bothSides(context, given);
	const health = organisationHealth(picture, staleAfterHours * 3_600_000);
	const healthy = health.alarm === undefined && health.problems.length === 0;
	return { healthy, ...health };
}
